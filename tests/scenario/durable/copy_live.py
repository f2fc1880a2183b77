#!tests/run
"""Goal: a journal that grows is verified, where it lies and as a copy over a slow line.

What is read first is what everything read later holds: the checkpoint, then tiles and segments.
"""

import os
import shutil
import subprocess
import threading

import client
import order
import tap
from processes import until
from world import TOP, World

CHUNK = 64 << 10
ROUNDS = 2
CHECK = os.path.join(TOP, "tests", "check", "check.py")


def advisories(node, n):
    node.tell(*[client.advisory("nccis", body={"description": "x" * 500}) for _ in range(n)])


def filled(data):
    return len(data.rstrip(b"\0"))


def slow_copy(source, target, grow):
    """Chunk by chunk; where the writer stands in one, it goes on past it before the next is read."""
    with open(source, "rb") as old, open(target, "wb") as new:
        for offset in range(0, os.path.getsize(source), CHUNK):
            old.seek(offset)
            chunk = old.read(CHUNK)
            new.write(chunk)
            old.seek(offset + CHUNK)
            if filled(chunk) and not filled(old.read(CHUNK)):
                grow(old, offset + CHUNK)


def grow_past(node):
    grown = []

    def grow(file, offset):
        if len(grown) == 3:  # the line is not that slow
            return
        grown.append(offset)

        def is_past():
            advisories(node, 4)
            file.seek(offset)
            return filled(file.read(CHUNK)) > CHUNK // 2

        until(is_past, "the hub writes on behind what was copied")

    return grow, grown


def check(world, journal, *held):
    done = subprocess.run(
        ["/usr/bin/python3", CHECK, "--vkey", world.hub.path("vkey"), "--journal", journal, "--torn", *held],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def verify(world, journal, *more):
    return world.run(
        "verify", "--journal", journal, "--vkey", world.hub.path("vkey"), "--torn", *more, code=None
    )


def copy_part(source, target):
    """A file, or a folder but for what was made anew under another name meanwhile, as the last tile is."""
    if not os.path.isdir(source):
        shutil.copy(source, target)
        return
    try:
        shutil.copytree(source, target)
    except shutil.Error as error:
        if any(os.path.exists(path) for path, _, _ in error.args[0]):
            raise


def copy(world, name, parts, node):
    """A copy of these parts in this order, while the hub writes; None: in whatever order."""
    target = world.path(name)
    os.makedirs(target)
    for part in parts:
        source = world.hub.path("journal", part)
        if part != "segments":
            copy_part(source, os.path.join(target, part))
            continue
        os.makedirs(os.path.join(target, part))
        for segment in sorted(os.listdir(source)):
            if segment.startswith("."):
                continue
            grow, grown = grow_past(node)
            slow_copy(os.path.join(source, segment), os.path.join(target, part, segment), grow)
            tap.ok(grown, "the hub wrote behind the copy's back")
    return target


class Busy(threading.Thread):
    """Publishes until it is told to stop, and so does a node with its files."""

    def __init__(self, world, most=400):
        super().__init__()
        self.world, self.most, self.stop, self.told = world, most, threading.Event(), 0

    def run(self):
        raw = self.world.node("nccis").client().begin()
        while not self.stop.is_set() and self.told < self.most:
            advisories(raw, 16)
            self.world.node("isoc-energy").drop(client.notice("isoc-energy", 1))
            self.told += 1


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    raw = world.node("nccis").client().begin()
    for _ in range(6):
        advisories(raw, 100)
    checkpoint = world.hub.path("journal", "checkpoint")
    until(lambda: int(open(checkpoint, "rb").read().split(b"\n")[1]) > 600, "a checkpoint of these")

    good = copy(world, "good", ("checkpoint", "tile", "segments"), raw)
    code, text = check(world, good)
    tap.ok(code == 0 and "read no further" in text, f"check.py: {text[-300:]}")
    code, text = verify(world, good)
    tap.ok(code == 0 and "beyond the checkpoint" in text, f"dabyl verify: {text[-300:]}")
    code, text = verify(world, good, "--json")
    tap.has(text, '"broken_off":"segments/', "and says where it stopped")
    code, text = world.run("verify", "--journal", good, "--vkey", world.hub.path("vkey"), code=None)
    tap.equal(code, 1, "without --torn it is a fault")

    advisories(raw, 600)
    bad = copy(world, "bad", ("segments", "tile"), raw)
    size = int(open(checkpoint, "rb").read().split(b"\n")[1])
    advisories(raw, 100)
    until(lambda: int(open(checkpoint, "rb").read().split(b"\n")[1]) > size, "a later checkpoint")
    shutil.copy(checkpoint, bad)
    tap.equal((check(world, bad)[0], verify(world, bad)[0]), (1, 1), "a checkpoint copied last shows the hole")

    # Whatever is written between its first look and the others.
    journal, held = world.hub.path("journal"), world.path("held")
    open(held, "w").close()
    size = int(open(checkpoint, "rb").read().split(b"\n")[1])
    verifier = subprocess.Popen(
        [world.program("dabyl"), "verify", "--journal", journal, "--vkey", world.hub.path("vkey"), "--torn"],
        env=dict(os.environ, **order.preload(shim="hold"), HOLD_OPEN=held, HOLD_PATH="checkpoint"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    until(lambda: os.path.exists(held + ".stands"), "dabyl verify is about to read the checkpoint")
    advisories(raw, 100)
    until(lambda: int(open(checkpoint, "rb").read().split(b"\n")[1]) > size, "a later checkpoint")
    os.remove(held)
    text = verifier.communicate(timeout=120)[0]
    tap.equal((verifier.returncode, verifier.returncode and text), (0, 0), "a checkpoint that is later than its first look")

    world.node("isoc-energy").start()
    raw.close()
    world.clients.remove(raw)
    busy = Busy(world)
    busy.start()
    node = world.node("isoc-energy")
    node.has_sent(3)
    node.has_received(40)
    journal = world.hub.path("journal")
    for i in range(ROUNDS):
        before = busy.told
        code, text = check(world, journal, "--sent", node.path("sent"), "--inbox", node.path("inbox"))
        tap.equal((code, code and text), (0, 0), f"check.py on a busy hub, {i + 1} of {ROUNDS}")
        code, text = verify(world, journal)
        tap.equal((code, code and text), (0, 0), f"dabyl verify on it, {i + 1} of {ROUNDS}")
        until(lambda: busy.told > before or not busy.is_alive(), "the hub was busy meanwhile")
    busy.stop.set()
    busy.join()
