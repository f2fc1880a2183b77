#!tests/run
"""Goal: after a power cut a hub goes on from the snapshot that is there, whatever the disk has of what came after it.

What was flushed before the snapshot got its name is there.  Of what was written later any part may be: pages as
they were written, as zeros or as something else, files that are short, empty or not there, tiles likewise.
"""

import os
import random
import shutil

import client
import tap
from world import World

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
CUTS = 5
PAGE = 4096


def tell(world, n):
    sender = world.node("isoc-energy").client().begin(stored=0)
    first = client.notice("isoc-energy", 2)
    for i in range(n):
        message = client.notice("isoc-energy", i % 6, body={"object": "obj-grid-1"})
        (answer,) = sender.tell(first if i == 0 else message)
        assert isinstance(answer, client.Receipt), answer
    return first


def files(top):
    """Path below the folder -> bytes, of all but what is no page or tile."""
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if name not in ("log.mark", "snapshot", "key") and not name.startswith("."):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, top)] = file.read()
    return found


def cut(dice, before, after):
    """What the disk may have of a file: the first `before` bytes of it were flushed."""
    fate = dice.randrange(5)
    if fate == 0:
        return after
    if fate == 1:
        return after[:before]
    pages = bytearray(after[: dice.randrange(before, len(after) + 1)])
    for at in range(before, len(pages), PAGE):
        end = min(at + PAGE, len(pages))
        lot = dice.randrange(3)
        if lot:
            pages[at:end] = bytes(end - at) if lot == 1 else dice.randbytes(end - at)
    return bytes(pages)


def make(dice, top, before, after):
    """The folder as a power cut may leave it."""
    for name in {*before, *after}:
        path, old = os.path.join(top, name), before.get(name)
        new = after.get(name, old)
        if old is None and dice.random() < 0.3:
            if os.path.exists(path):
                os.remove(path)
            continue
        if old is not None and (len(new) < len(old) or new[: len(old)] != old):
            new = old  # one that was replaced since
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(cut(dice, len(old or b""), new))


SETTINGS = "cache = { snapshot_entries = 100000; bytes = 65536; };\n"
with World(__doc__, ("nccis", "isoc-energy", "owner-grid"), settings=SETTINGS) as world:
    tap.note(f"SEED={SEED}")
    dice = random.Random(SEED)
    hub, good = world.hub, world.path("good")
    state, tiles = hub.path("state"), hub.path("journal", "tile")
    hub.start()
    tell(world, 200)
    hub.stop()  # everything is flushed, and a snapshot has its name
    before = files(state), files(tiles)
    tap.ok(len(hub.runs()) > 0, f"the snapshot knows of sorted files: {hub.runs()}")
    snapshot = hub.snapshot()
    hub.start()
    message = tell(world, 500)
    hub.kill()
    after = files(state), files(tiles)
    tap.equal(hub.snapshot(), snapshot, "until the next snapshot it is the one that counts")
    tap.ok(any(name not in before[0] for name in after[0]), "there are files that it knows nothing of")
    shutil.copytree(hub.folder, good, ignore=shutil.ignore_patterns("control"))
    hub.start()
    receipt = world.node("isoc-energy").client().begin(stored=0).tell(message)[0]
    hub.stop()
    for i in range(CUTS):
        for part in ("state", "journal"):
            shutil.rmtree(hub.path(part))
            shutil.copytree(os.path.join(good, part), hub.path(part))
        shutil.copy(os.path.join(good, "log.mark"), hub.path("log.mark"))
        make(dice, state, before[0], after[0])
        make(dice, tiles, before[1], after[1])
        if dice.random() < 0.5:
            with open(hub.path("state", "snapshot.new"), "wb") as file:
                file.write(snapshot[: dice.randrange(len(snapshot))])
        hub.start()
        text = hub.process.text()
        again = world.node("isoc-energy").client().begin(stored=0).tell(message)[0]
        hub.stop()
        code, checked = world.check()  # the tiles, too
        kept, rebuilt = hub.rebuilt()
        line = [line for line in text.splitlines() if " state.ready " in line][-1]
        good_start = " kept=0" not in line and again.position == receipt.position
        tap.ok(good_start and kept == rebuilt, f"cut {i + 1}: {line.split(' ', 3)[-1]}, and it comes to what the journal does",
               text[-1500:])
        tap.equal(code, 0, "tiles and all else verify from outside")
