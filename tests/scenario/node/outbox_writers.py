#!tests/run
"""Goal: however a file comes into an outbox, and however often the node is killed meanwhile, it is one message."""

import os
import random
import subprocess
import tempfile
import threading
import time

import client
import tap
from processes import until
from world import World

SEED = int(os.environ.get("SEED", "9"))
EACH = int(os.environ.get("EACH", "25"))

with World(__doc__, ("nccis", "isoc-energy")) as world, tempfile.TemporaryDirectory(
    dir="/dev/shm"
) as elsewhere:
    node, reader = world.node("isoc-energy"), world.node("nccis")
    world.start()
    outbox = node.path("outbox")
    if os.stat(elsewhere).st_dev == os.stat(outbox).st_dev:
        tap.note("this machine has one file system for both: mv does not copy here")

    def text(what):
        return client.by_hand("isoc-energy", what)

    def beside(what, folder=None):
        path = os.path.join(folder or outbox, "." + what)
        with open(path, "wb") as file:
            file.write(text(what))
        return path

    # Each gives its message once.  What pauses is a writer; nothing here waits for the node.
    def renamed(what, source, target):
        os.rename(beside(what), target)

    def moved(what, source, target):
        subprocess.run(["mv", beside(what, elsewhere), target], check=True)

    def copied(what, source, target):
        subprocess.run(["cp", "-p", beside(what, elsewhere), target], check=True)

    def slow(what, source, target):
        data = text(what)
        with open(target, "wb", buffering=0) as file:
            at = 0
            while at < len(data):
                step = source.randint(1, 400)
                file.write(data[at : at + step])
                at += step
                time.sleep(source.random() / 50)
            time.sleep(source.random() / 10)
            file.write(b"\n")

    def touched(what, source, target):
        path = beside(what)
        os.rename(path, target)
        for _ in range(5):
            try:
                os.utime(target, (0, source.randint(0, 1 << 31)))
                os.chmod(target, source.choice((0o600, 0o640, 0o644)))
            except FileNotFoundError:
                pass

    def linked(what, source, target):
        path = beside(what)
        os.link(path, target)
        os.utime(path)
        if source.random() < 0.5:
            os.unlink(path)

    def saved(what, source, target):
        """As an editor: a copy under another name, the old one aside, renamed into place."""
        with open(target + "~", "wb") as file:
            file.write(text(what))
        with open(os.path.join(outbox, f".{what}.swp"), "wb") as file:
            file.write(b"b0VIM")
        os.rename(target + "~", target)
        os.unlink(os.path.join(outbox, f".{what}.swp"))

    def mapped(what, source, target):
        import mmap

        data = text(what)
        with open(target, "w+b") as file:
            file.truncate(len(data))
            with mmap.mmap(file.fileno(), len(data)) as area:
                for i in range(len(data)):
                    area[i : i + 1] = data[i : i + 1]
                area.flush()

    kinds = (renamed, moved, copied, slow, touched, linked, saved, mapped)
    failed = []

    def writer(kind, number):
        source = random.Random(f"{SEED} {kind.__name__}")
        try:
            for i in range(EACH):
                what = f"{kind.__name__}-{i}"
                # Names come again and again: a name is nobody.
                name = source.choice((what, what, f" {what}", f"x{number}"))
                target = os.path.join(outbox, name + ".json")
                if name == f"x{number}":
                    until(lambda target=target: not os.path.exists(target), f"{target} is taken")
                kind(what, source, target)
        except Exception as error:  # noqa: BLE001
            failed.append(f"{kind.__name__}: {error!r}")

    threads = [
        threading.Thread(target=writer, args=(kind, number)) for number, kind in enumerate(kinds)
    ]
    for thread in threads:
        thread.start()
    for kills in range(6):
        node.has_sent(min(len(node.sent()) + 10, len(kinds) * EACH))
        node.kill()
        node.start(wait=False)
    for thread in threads:
        thread.join(120)
    tap.equal(failed, [], f"{len(kinds)} kinds of writers, seed {SEED}")
    expected = sorted(f"{kind.__name__}-{i}" for kind in kinds for i in range(EACH))
    node.has_sent(len(expected))
    got = sorted(m["body"]["description"] for m in reader.has_received(len(expected)))
    for what in sorted(set(got)):
        if got.count(what) > 1:
            tap.note(f"{what}: {got.count(what)} messages")
    tap.equal(got, expected, f"{len(expected)} files, six kills: each is one message")
    # Hard links that stay are other names of files that were sent, under dot names.
    until(lambda: all(n[0] == "." for n in os.listdir(outbox)), "the outbox is empty")
    node.stop()
    node.start()
    node.drop(client.notice("isoc-energy", 0))
    node.has_sent(len(expected) + 1)
    tap.equal(len(node.sent()), len(expected) + 1, "and nothing comes once more after a start")
    tap.equal(node.refused(), {}, "none was refused")
