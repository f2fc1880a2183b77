#!tests/run
"""Goal: a hub is backed up while it writes; what is there is not copied again; what is wrong is named."""

import glob
import os
import shutil
import subprocess
import threading

import client
import order
import tap
from processes import until
from world import World


def backup(world, to, *more, code=0):
    return world.run("hub", "backup", world.hub.folder, "--to", to, *more, code=code)


def verify(world, to, *more):
    return world.run("verify", "--backup", to, *more, code=None)


def files_of(folder):
    return sorted(
        os.path.relpath(os.path.join(top, name), folder)
        for top, _, names in os.walk(folder)
        for name in names
    )


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


def advisories(raw, n, steps=1):
    """The position of the last."""
    body = {"actions": ["x" * 1900] * steps}
    return int(raw.tell(*[client.advisory("nccis", body=body) for _ in range(n)])[-1].position)


def covered(world, position):
    until(lambda: checkpoint(world) > position, "a checkpoint of these")


def checkpoint(world):
    with open(world.hub.path("journal", "checkpoint"), "rb") as file:
        return int(file.read().split(b"\n")[1])


class Busy(threading.Thread):
    """Publishes until it is told to stop."""

    def __init__(self, raw):
        super().__init__()
        self.raw, self.stop, self.told = raw, threading.Event(), 0

    def run(self):
        while not self.stop.is_set():
            advisories(self.raw, 8)
            self.told += 1


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    raw = world.node("nccis").client().begin()
    to = world.path("copy")
    busy = Busy(raw)
    busy.start()
    for i in range(3):
        told = busy.told
        until(lambda: busy.told > told + 3, "the hub is at work")
        backup(world, to, "--attachments")
        code, text = verify(world, to, "--vkey", world.hub.path("vkey"))
        tap.ok(code == 0 and "GOOD" in text, f"backup {i + 1} of a hub that writes verifies", text)
    busy.stop.set()
    busy.join()
    names = files_of(to)
    tap.ok(not any("key" in name for name in names if name.endswith(".key")), "no private key is in it")
    for name in ("hub.conf", "registry.conf", "certs/seal.pem", "rules/plan.rules.seal", "ca.pem"):
        tap.ok(f"files-3/{name}" in names, f"{name} is in it", names)
    tap.ok(not any(name.startswith("files-2") for name in names), "and of the files the newest alone")

    # What was finished is not written again.
    for _ in range(100):
        if len(glob.glob(world.hub.path("journal", "segments", "*.seg"))) > 1:
            break
        advisories(raw, 15, 100)
    covered(world, advisories(raw, 8))
    backup(world, to)
    first = os.path.join(to, "journal", "segments", f"{0:020}.seg")
    before = os.stat(first)
    advisories(raw, 8)
    text = backup(world, to, "--json")
    tap.has(text, '"kept":1', "a finished segment is left alone")
    tap.equal(os.stat(first).st_ino, before.st_ino, "it is the same file")
    tap.equal(verify(world, to)[0], 0, "and all of it verifies")

    # Interrupted in each of its steps, and said again.
    stand = world.path("stand")
    for step, hold in (
        ("a segment", {"HOLD_FLUSH": stand}),
        ("the files", {"HOLD_OPEN": stand, "HOLD_PATH": "registry.conf"}),
        ("the end", {"HOLD_OPEN": stand, "HOLD_PATH": "/copy"}),
    ):
        advisories(raw, 4)
        open(stand, "w").close()
        process = subprocess.Popen(
            [world.program("dabyl"), "hub", "backup", world.hub.folder, "--to", to],
            env=dict(os.environ, **order.preload(shim="hold"), **hold),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        until(lambda: os.path.exists(stand + ".stands") or process.poll() is not None, step)
        tap.ok(process.poll() is None, f"it stands at {step}")
        code, text = world.run("hub", "backup", world.hub.folder, "--to", to, code=None)
        tap.ok(code == 1 and "in use by process" in text, "two at once: the second is refused", text)
        process.kill()
        process.communicate()
        for path in (stand, stand + ".stands"):
            os.remove(path)
        code, text = verify(world, to)
        tap.ok(code == 0, f"ended at {step}: what was there still verifies", text)
        backup(world, to)
        tap.equal(verify(world, to)[0], 0, "said again, it goes on")

    # Where it may not go.
    code, text = world.run("hub", "backup", world.hub.folder, "--to", world.hub.folder, code=None)
    tap.ok(code == 1 and "is a hub's folder" in text, "not onto a hub", text)
    code, text = world.run("hub", "backup", world.hub.folder, "--to", world.hub.path("journal"), code=None)
    tap.ok(code == 1 and "lie in each other" in text, "nor into its journal", text)
    code, text = world.run("hub", "backup", world.hub.folder, "--to", world.path("ca"), code=None)
    tap.ok(code == 1 and "no backup" in text, "nor among other files", text)
    other = world.path("other")
    world.run("hub", "init", other, "--origin", "other.test/log", "--listen", world.endpoint)
    foreign = world.path("foreign")
    os.makedirs(foreign)
    shutil.copy(os.path.join(other, "vkey"), os.path.join(foreign, "log"))
    code, text = world.run("hub", "backup", world.hub.folder, "--to", foreign, code=None)
    tap.ok(code == 1 and "of another log (other.test/log)" in text, "nor onto another log's", text)
    code, text = verify(world, to, "--vkey", os.path.join(other, "vkey"))
    tap.ok(code == 1 and "another log" in text, "whose key does not fit", text)

    # One byte, or a segment.
    for name, at, words in (
        (f"journal/segments/{0:020}.seg", 3000, (f"{0:020}.seg: offset",)),
        ("manifest", 100, ("manifest", "changed")),
        ("journal/checkpoint", 40, ("journal/checkpoint",)),
        (glob.glob(os.path.join(to, "files-*/registry.conf"))[0][len(to) + 1 :], 5, ("registry.conf: bytes 0 to", "changed")),
    ):
        flip(os.path.join(to, name), at)
        code, text = verify(world, to)
        tap.ok(code == 1 and all(word in text for word in words), f"a flipped bit in {name} is named", text)
        flip(os.path.join(to, name), at)
    os.rename(first, first + ".away")
    code, text = verify(world, to)
    tap.ok(code == 1 and f"{0:020}.seg: it is missing" in text, "a missing segment is named", text)
    backup(world, to)
    os.remove(first + ".away")
    tap.equal(verify(world, to)[0], 0, "the next backup puts it back")

    # A hub that was set back does not spoil the newer copy.
    raw.close()
    world.clients.remove(raw)
    newest = world.hub.path("journal", "checkpoint")
    shutil.copy(newest, world.path("older"))
    raw = world.node("nccis").client().begin()
    covered(world, advisories(raw, 8))
    backup(world, to)
    world.hub.stop()
    shutil.copy(newest, world.path("newest"))
    shutil.copy(world.path("older"), newest)
    code, text = world.run("hub", "backup", world.hub.folder, "--to", to, code=None)
    tap.ok(code == 1 and "was set back" in text, "an older hub than its backup is told", text)
    shutil.copy(world.path("newest"), newest)
    tap.equal(verify(world, to)[0], 0, "and its backup is as it was")
