#!tests/run
"""Goal: what is erased at a hub goes from its standby and its backups as well, whenever they are interrupted."""

import hashlib
import os
import shutil
import struct

import client
import tap
from cast import CAST
from processes import Process, until
from world import World

CREW = {name: CAST[name] for name in ("nccis", "isoc-energy")}
CREW |= {"standby-1": ("standby", "STS")}
SECRET = b"the-words-that-have-to-go"


def found(folder):
    """How often the words stand there."""
    count = 0
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    count += file.read().count(SECRET)
    return count


def segments(folder):
    folder = os.path.join(folder, "journal", "segments")
    return {
        name: open(os.path.join(folder, name), "rb").read().rstrip(b"\0")
        for name in os.listdir(folder) if name[0] != "."
    }  # fmt: skip


def advisory(raw):
    letter = client.advisory("nccis", body={"actions": [SECRET.decode()]})
    raw.tell(letter)
    return letter["id"]


def erase(world, name):
    look = ("hub", "erase", name, "--look", "--hub", world.hub.folder)
    until(lambda: world.run(*look, code=None)[0] == 0, "signed for")
    return world.run("hub", "erase", name, "--reason", "a court", "--hub", world.hub.folder)


def write(path, data):
    with open(path, "r+b") as file:
        file.write(data)


def half(folder, old, new):
    """Somebody erases there, and is killed in the middle of the writing."""
    start = next(at for at, pair in enumerate(zip(old, new)) if pair[0] != pair[1])
    end = start
    while new[end] == 0 and old[end] != 0:
        end += 1
    behind = 64
    while behind <= start:
        behind += 116 + int.from_bytes(new[behind + 8 : behind + 12], "big")
    said = struct.pack(">8sIQQQQ", b"DABYLERA", 1, 0, start, end - start, behind - 32) + new[behind - 32 : behind]
    with open(os.path.join(folder, "journal", "erasing"), "wb") as file:
        file.write(said + hashlib.sha256(said).digest())
    middle = (start + end) // 2
    return new[:middle] + old[middle : len(new)]


with World(__doc__, CREW) as world:
    world.start("isoc-energy")
    raw = world.node("nccis").client().begin(stored=0)
    to = world.path("standby-copy")
    standby = Process("standby", [world.program("dabyl"), "hub", "follow", world.node("standby-1").folder, "--to", to], to + ".log")
    world.begin(standby)
    standby.says("standby.current")
    first, second = advisory(raw), advisory(raw)
    path = os.path.join(to, "journal", "segments", f"{0:020}.seg")
    until(lambda: found(to) == 2, "the standby has both")

    tap.note("The standby erases what the log says is erased, at once.")
    old = segments(to)[f"{0:020}.seg"]
    text = erase(world, first)
    tap.equal(found(world.hub.folder), 1, "whoever is told that it is done is told after the deed")
    standby.says("standby.erased")
    tap.equal(found(to), 1, "the words are gone from the copy")
    until(lambda: segments(to) == segments(world.hub.folder), "it has the same octets as the hub")

    tap.note("It is killed when the order is on its disk, and in the middle of the writing; the hub is away.")
    new = segments(to)[f"{0:020}.seg"]
    world.hub.kill()
    for name, data in (("before", old + new[len(old) :]), ("in the middle of", None)):
        standby.kill()
        write(path, data or half(to, old, new))
        standby.start().says("standby.ready")
        tap.equal(segments(to)[f"{0:020}.seg"], new, f"killed {name} it, its next start ends it, alone")
    tap.ok(not os.path.exists(os.path.join(to, "journal", "erasing")), "nothing is left of that")
    world.hub.start()
    third = advisory(world.node("nccis").client().begin())
    until(lambda: found(to) == 2, "it goes on with the log")
