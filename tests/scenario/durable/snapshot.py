#!tests/run
"""Goal: a hub starts with what it kept of its state, or, whatever is wrong with that, by reading its journal: both are the same."""

import os
import shutil

import client
import tap
from processes import until
from world import World

LOG = "log.mark"  # beside what is kept, the state folder has one of the log's marks


def ready(world):
    """(entries, kept) of the start that was last"""
    line = [line for line in world.hub.process.text().splitlines() if " state.ready " in line][-1]
    words = dict(word.split("=") for word in line.split() if "=" in word)
    return int(words["entries"]), int(words["kept"])


def tell(sender, n):
    for _ in range(n):
        (answer,) = sender.tell(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
        assert isinstance(answer, client.Receipt), answer


def copy(world, folder, *parts):
    shutil.rmtree(world.path(folder), ignore_errors=True)
    shutil.copytree(world.hub.path(*parts), world.path(folder))


def put_back(world, folder, *parts):
    shutil.rmtree(world.hub.path(*parts))
    shutil.copytree(world.path(folder), world.hub.path(*parts))


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x40]))


def start(world, name, kept):
    """A start, and whether it used what was kept."""
    world.hub.start()
    entries, had = ready(world)
    found = had > 0, world.hub.process.text().count("state.unused")
    tap.ok(found == kept, f"{name}: {had} of {entries} entries were known", found)
    world.hub.kill()


KEPT, GONE, BAD = (True, 0), (False, 0), (False, 1)

with World(__doc__, ("nccis", "isoc-energy", "owner-grid"),
           settings="cache = { snapshot_entries = 20; };\n") as world:
    world.start("nccis", "owner-grid")
    sender = world.node("isoc-energy").client().begin(stored=0)
    tell(sender, 5)
    first = client.notice("isoc-energy", 2)
    (receipt,) = sender.tell(first)
    world.hub.stop()
    copy(world, "young", "state")
    copy(world, "young-journal", "journal")
    shutil.copy(world.hub.path(LOG), world.path("young-mark"))

    world.hub.start()
    tap.equal(ready(world)[0], ready(world)[1], "after it was asked to end, a start reads no entry again")
    sender = world.node("isoc-energy").client().begin(stored=0)
    before = world.hub.snapshot()
    tell(sender, 300)
    until(lambda: world.hub.snapshot() != before, "a snapshot while it runs")
    world.hub.kill()
    world.hub.start()
    entries, kept = ready(world)
    tap.ok(12 < kept < entries, f"after it was killed, it reads what came last: {entries - kept} entries")
    kept, whole = world.hub.rebuilt()
    tap.ok(kept == whole, f"what it kept is what the whole journal comes to, byte for byte: {len(whole)}",
           next((i for i, (a, b) in enumerate(zip(kept, whole)) if a != b), (len(kept), len(whole))))

    copy(world, "good", "state")
    snapshot = world.hub.path("state", "snapshot")
    start(world, "untouched", KEPT)
    for name in os.listdir(world.hub.path("state")):
        if name in ("log.mark", "snapshot.new") or name.startswith("."):
            continue
        put_back(world, "good", "state")
        path = world.hub.path("state", name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        # nothing was written to it yet, so that it lacks nothing
        kept = KEPT if name == "lookup" else GONE if name == "snapshot" else BAD
        start(world, f"without {name}", kept)
    for at in (0, 9, 13, 20, 40, 70, 100, 1000, len(whole) - 40, len(whole) - 1):
        put_back(world, "good", "state")
        flip(snapshot, at)
        start(world, f"a bit of byte {at} changed", BAD)
    for size in (0, 7, 100, len(whole) - 1):
        put_back(world, "good", "state")
        os.truncate(snapshot, size)
        start(world, f"cut to {size} bytes", BAD)
    put_back(world, "young", "state")
    start(world, "a state of long ago", KEPT)
    put_back(world, "good", "state")
    copy(world, "journal", "journal")
    shutil.copy(world.hub.path(LOG), world.path("mark"))
    for mark in (LOG, os.path.join("state", "log.mark")):
        if os.path.exists(world.hub.path(mark)):
            shutil.copy(world.path("young-mark"), world.hub.path(mark))
    put_back(world, "young-journal", "journal")
    start(world, "a state that is ahead of the journal", BAD)
    put_back(world, "journal", "journal")
    put_back(world, "good", "state")
    shutil.copy(world.path("mark"), world.hub.path(LOG))

    # What is damaged below is not looked at by a start; whoever wants it finds out.
    flip(world.hub.path("state", "hashes"), 1000)
    world.hub.start()
    sender = world.node("isoc-energy").client().begin(stored=0)
    sender.publish([client.encode(first)])
    world.hub.process.says("hub.died")
    tap.ok("state.damaged" in world.hub.process.text(), "a damaged page ends the hub when it is wanted")
    world.hub.process.child.wait(60)
    world.hub.start()
    tap.equal(ready(world)[1], 0, "and the next start makes all of it anew")
    sender = world.node("isoc-energy").client().begin(stored=0)
    (again,) = sender.tell(first)
    tap.equal(again.position, receipt.position, "so that who asked before is answered")
    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.ok("state kept up to entry" in text, "the status tells of it", text)
