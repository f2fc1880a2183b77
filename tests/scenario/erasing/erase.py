#!tests/run
"""Goal: a message's text goes from the hub lawfully, the log still verifies, and nothing that somebody needs goes."""

import hashlib
import json
import os
import struct

import client
import entries
import tap
from processes import until
from world import World

SECRET = "the-words-that-have-to-go"


def erase(world, *words, code=0):
    out = world.run("hub", "erase", *words, "--hub", world.hub.folder, "--as", "aigul", code=None)
    got, text = out
    tap.ok(got == code, f"erase {' '.join(words)[:50]} ends with {code}", text)
    return text


def on_disk(world):
    """How often the words stand in the hub's folder."""
    found = 0
    for top, _, names in os.walk(world.hub.folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found += file.read().count(SECRET.encode())
    return found


def order(world, old, new):
    """What the hub writes down before it writes: where zeros go, and the batch's checksum."""
    start = next(at for at, pair in enumerate(zip(old, new)) if pair[0] != pair[1])
    end = start
    while new[end] == 0 and old[end] != 0:
        end += 1
    behind = 64  # of the batch
    while behind <= start:
        behind += 116 + int.from_bytes(new[behind + 8 : behind + 12], "big")
    said = struct.pack(">8sIQQQQ", b"DABYLERA", 1, 0, start, end - start, behind - 32) + new[behind - 32 : behind]
    with open(world.hub.path("journal", "erasing"), "wb") as file:
        file.write(said + hashlib.sha256(said).digest())
    return (start + end) // 2


def advisory(world, raw):
    letter = client.advisory("nccis", body={"actions": [SECRET]})
    raw.tell(letter)
    return letter["id"]


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    raw = world.node("nccis").client().begin(stored=0)
    world.node("isoc-energy")
    first = advisory(world, raw)
    text = erase(world, first, "--reason", "a court", code=1)
    tap.ok("isoc-energy has not signed" in text, "what is under way to somebody stays", text)
    world.node("isoc-energy").start()
    world.node("isoc-energy").has_received(1)
    until(lambda: world.run("hub", "erase", first, "--look", "--hub", world.hub.folder, code=None)[0] == 0, "signed for")
    text = erase(world, first, "--look")
    tap.ok("advisory" in text and on_disk(world) == 1, "what would go is shown, and stays", text)
    tap.ok("--reason" in erase(world, first, code=2), "there is no erasing without a reason")
    erase(world, client.uuid7(), "--reason", "a court", code=1)
    journal = world.hub.path("journal")
    before = os.path.getsize(world.hub.path("journal", "segments", "%020d.seg" % 0))
    text = erase(world, first, "--reason", "decision 12 of a court")
    until(lambda: on_disk(world) == 0, "the words are gone from the disk")
    tap.equal(os.path.getsize(world.hub.path("journal", "segments", "%020d.seg" % 0)), before, "nothing moved")
    code, text = world.check("--torn")
    tap.ok(code == 0, "an independent check finds the log good", text)
    text = world.run("verify", "--journal", journal, "--vkey", world.hub.path("vkey"), "--torn")
    tap.ok("1 document erased" in text, "who verifies the journal is told", text)
    tap.ok("already" in erase(world, "nccis", first, "--reason", "again", code=1), "once is enough")
    act = json.loads(world.run("--json", "hub", "acts", world.hub.folder).splitlines()[-1])
    tap.equal(
        (act["by"], act["act"], act["to"], act["reason"]),
        ("aigul", "erase", f"nccis {first}", "decision 12 of a court"),
        "who, what and why is an entry",
    )
    last = [e for e in entries.read(journal) if e.type in ("operator", "erasure")][-2:]
    tap.equal(([e.type for e in last], last[0].batch), (["operator", "erasure"], last[1].batch), "in one batch")

    tap.note("A duty hangs on a notice, and the hub made an alert of it.")
    notice = client.notice("isoc-energy", 4)
    notice["body"]["description"] = SECRET
    world.node("isoc-energy").drop(notice)
    until(lambda: len(world.node("isoc-energy").sent()) == 1, "it is taken")
    text = erase(world, notice["id"], "--reason", "a court", code=1)
    tap.ok("nccis has not signed" in text or "owes" in text, "what somebody waits for stays", text)
    tap.ok(on_disk(world) > 0, "and so do its words")

    tap.note("The hub is killed when the entry is durable, and in the middle of the writing.")
    second = advisory(world, raw)
    until(lambda: world.run("hub", "erase", second, "--look", "--hub", world.hub.folder, code=None)[0] == 0, "signed for")
    path = world.hub.path("journal", "segments", "%020d.seg" % 0)
    with open(path, "rb") as file:
        old = file.read()
    old = old[: len(old.rstrip(b"\0"))]
    count = on_disk(world)
    erase(world, second, "--reason", "decision 13 of a court")
    until(lambda: on_disk(world) < count, "erased")
    world.hub.process.kill()
    with open(path, "rb") as file:
        new = file.read()[: len(old)]
    with open(path, "r+b") as file:
        file.write(old)
    code, text = world.check("--torn")
    tap.ok(code == 0, "an entry that is not carried out yet is no fault", text)
    world.hub.start()
    with open(path, "rb") as file:
        tap.ok(file.read(len(old)) == new, "the next start carries it out, to the octet")
    world.hub.process.kill()
    half = order(world, old, new)
    with open(path, "r+b") as file:
        file.write(new[:half] + old[half:])
    code, text = world.check("--torn")
    tap.ok(code != 0, "half of it is damage", text)
    world.hub.start()
    with open(path, "rb") as file:
        tap.ok(file.read(len(old)) == new, "and the next start ends it before it reads")
    tap.ok(not os.path.exists(world.hub.path("journal", "erasing")), "nothing is left of that")

    kept, again = world.hub.rebuilt()
    tap.equal(kept[-32:], again[-32:], "a start out of the journal alone comes to the same state")
