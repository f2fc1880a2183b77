#!tests/run
"""Goal: what is erased at a hub goes from its standby and its backups as well, whenever they are interrupted."""

import hashlib
import os
import re
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


def read(path):
    with open(path, "rb") as file:
        return file.read()


def replace(path, data):
    with open(path, "wb") as file:
        file.write(data)


def backup(world, folder):
    return world.run("hub", "backup", world.hub.folder, "--to", folder)


def covered(world):
    """The published checkpoint has all that there is."""
    size = int(re.search(r'"entries":(\d+)', world.run("--json", "hub", "status", world.hub.folder))[1])
    until(lambda: int(read(world.hub.path("journal", "checkpoint")).split(b"\n")[1]) >= size, "a checkpoint of all")


with World(__doc__, CREW) as world:
    world.start("isoc-energy")
    keys = world.path("keys")
    shutil.copytree(world.hub.path("keys"), keys)
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
    raw = world.node("nccis").client().begin()

    tap.note("A backup has what was erased since the one before, until the next one.")
    copy, day_old = world.path("copy"), world.path("day-old")
    backup(world, copy)
    for _ in range(60):
        if len(segments(copy)) > 1:
            break
        raw.tell(*[client.advisory("nccis", body={"actions": ["x" * 1900] * 100}) for _ in range(15)])
        covered(world)
        backup(world, copy)
    first_segment = os.path.join(copy, "journal", "segments", f"{0:020}.seg")
    tap.equal((len(segments(copy)), found(copy)), (2, 1), "two segments, and in the finished one the words")
    shutil.copytree(copy, day_old)
    before = read(first_segment)
    manifest = read(os.path.join(copy, "manifest"))
    erase(world, second)
    covered(world)
    tap.ok("documents that went from it" in backup(world, copy), "the next backup says what went")
    tap.equal(found(copy), 0, "the words are gone from the backup")
    text = world.run("verify", "--backup", copy)
    tap.ok("erased by law" in text, "which verifies, and says so", text)
    tap.equal(world.run("verify", "--backup", day_old, code=None)[0], 0, "as does the one that has them")

    tap.note("It is interrupted when the segment is another, and the manifest not yet.")
    replace(os.path.join(copy, "manifest"), manifest)
    shutil.copy(os.path.join(day_old, "journal", "checkpoint"), os.path.join(copy, "journal"))
    for name in os.listdir(day_old):
        if name.startswith("files-"):
            shutil.copytree(os.path.join(day_old, name), os.path.join(copy, name))
    code, text = world.run("verify", "--backup", copy, code=None)
    tap.ok(code == 0, "what is gone is explained by what came behind", text)
    gone = read(first_segment)
    at = gone.index(b"x" * 1900) + 500
    replace(first_segment, gone[:at] + b"y" + gone[at + 1 :])
    code, text = world.run("verify", "--backup", copy, code=None)
    tap.ok(code == 1 and "offset" in text, "a changed letter is not", text)
    replace(first_segment, gone)
    backup(world, copy)
    tap.equal(world.run("verify", "--backup", copy, code=None)[0], 0, "said again, it goes on")
    replace(first_segment, before)
    code, text = world.run("verify", "--backup", copy, code=None)
    tap.ok(code == 1 and "was changed" in text, "the words put back are a change", text)
    replace(first_segment, gone)

    tap.note("The hub is lost, and goes on from each of them.")
    until(lambda: found(to) == 0 and segments(to) == segments(world.hub.folder), "the standby has all")
    standby.stop()
    raw.close()
    world.clients.remove(raw)
    world.node("isoc-energy").stop()
    world.hub.stop()
    hub = world.path("hub-before")
    os.rename(world.hub.folder, hub)
    mark = world.path("checkpoint")
    shutil.copy(os.path.join(hub, "journal", "checkpoint"), mark)
    for source in (copy, to, day_old):
        shutil.rmtree(world.hub.folder, ignore_errors=True)
        claim = mark if source == copy else os.path.join(source, "journal", "checkpoint")
        text = world.run(
            "hub", "restore", source, world.hub.folder, "--keys", keys, "--with", copy, "--yes", "--checkpoint", claim
        )
        tap.has(text, "the same log goes on", f"restored from {os.path.basename(source)}")
        world.hub.start()
        tap.equal(found(world.hub.path("journal")), 1 if source == day_old else 0, "what was erased is gone")
        world.hub.stop()
    shutil.rmtree(world.hub.folder)
    os.rename(hub, world.hub.folder)
    world.start("isoc-energy")
