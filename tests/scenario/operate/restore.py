#!tests/run
"""Goal: a hub's folder is destroyed under load; a restored one goes on as the same log, or as a successor."""

import os
import shutil
import threading

import client
import tap
from processes import until
from world import World


def restore(world, source, to, *more, code=None):
    return world.run("hub", "restore", source, to, "--yes", *more, code=code)


class Load(threading.Thread):
    """Notices in the outbox of a node, without end."""

    def __init__(self, node, least):
        super().__init__()
        self.node, self.least, self.ids, self.stop = node, least, [], threading.Event()

    def run(self):
        while not self.stop.is_set() or len(self.ids) < self.least:
            self.ids.append(self.node.drop(client.notice("isoc-energy", 3)))
            until(lambda: len(self.node.names("outbox", ".json")) < 20, "the hub takes them", 120)


def ids_of(node):
    return {message["id"] for message in node.inbox()}


def checkpoints(world, *names):
    """What operators of these nodes send, their daemons stopped."""
    paths = []
    for name in names:
        path = world.path(name + ".checkpoint")
        with open(path, "w", encoding="utf-8") as file:
            file.write(world.run("node", "checkpoint", "--node", world.node(name).folder))
        paths += ["--checkpoint", path]
    return paths


with World(__doc__, ("nccis", "isoc-energy")) as world:
    author, desk = world.node("isoc-energy"), world.node("nccis")
    world.start()
    copy, keys = world.path("copy"), world.path("keys")
    shutil.copytree(world.hub.path("keys"), keys)
    author.drop(client.notice("isoc-energy", 4))
    desk.has_received(1)
    world.run("hub", "backup", world.hub.folder, "--to", copy)
    day_old = world.path("day-old")
    shutil.copytree(copy, day_old)

    # The hub ends whole; its newest backup has all that its nodes have seen.
    load = Load(author, 30)
    load.start()
    author.has_sent(10)
    load.stop.set()
    load.join()
    author.has_sent(1 + len(load.ids))
    for node in (author, desk):
        node.stop()
    world.hub.stop()
    world.run("hub", "backup", world.hub.folder, "--to", copy)
    shutil.rmtree(world.hub.folder)
    given = checkpoints(world, "isoc-energy", "nccis")

    code, text = restore(world, copy, world.hub.folder, "--keys", keys)
    tap.ok(code == 1 and "nobody can tell" in text, "without a node's checkpoint nothing is said to be newest", text)
    code, text = restore(world, day_old, world.hub.folder, "--keys", keys, *given)
    tap.ok(code == 1 and "has seen" in text and "--origin" in text, "an older copy is none that the log goes on with", text)
    code, text = restore(world, copy, world.hub.folder, *given)
    tap.ok(code == 1 and "--keys" in text, "nor without its keys", text)
    code, text = world.run("hub", "restore", copy, world.hub.folder, "--keys", keys, *given, code=None, stdin="no\n")
    tap.ok(code == 1 and "nothing was changed" in text, "it asks", text)
    tap.ok(not os.path.exists(world.hub.folder), "and has made nothing")
    # Interrupted: whatever a command before has left is made anew.
    os.makedirs(world.hub.path("journal", "segments"))
    shutil.copy(os.path.join(copy, "files-2", "hub.conf"), world.hub.path(".restoring.conf"))
    with open(world.hub.path("journal", "segments", f"{0:020}.seg"), "w", encoding="utf-8") as file:
        file.write("half")
    text = restore(world, copy, world.hub.folder, "--keys", keys, *given, code=0)
    tap.has(text, "the same log goes on", "it says so")
    code, text = restore(world, copy, world.hub.folder, "--keys", keys, *given)
    tap.ok(code == 1 and "hub's folder already" in text, "a hub is not written over", text)
    tap.has(world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub"), "", "what it made would start")
    world.start()
    later = author.drop(client.notice("isoc-energy", 4))
    author.has_sent(2 + len(load.ids))
    told = set(load.ids) | {later}
    until(lambda: told <= ids_of(desk), "all of it at the centre")
    tap.ok(told <= set(author.sent()), "every notice has its receipt, and is delivered")
    world.verify()

    # Another history, or another log, is none of its own.
    forged = world.path("forged.checkpoint")
    with open(given[1], encoding="utf-8") as file:
        note = file.read()
    with open(forged, "w", encoding="utf-8") as file:
        file.write(note.replace("\n", "\n1", 1))
    code, text = restore(world, copy, world.path("hub-x"), "--keys", keys, "--checkpoint", forged)
    tap.equal(code, 1, "a checkpoint that the log has not signed is refused")

    # The day-old copy: a successor, prepared whole.
    for node in (author, desk):
        node.stop()
    world.hub.kill()
    given = checkpoints(world, "isoc-energy", "nccis")
    to = world.path("hub-2")
    text = restore(world, day_old, to, "--origin", "dabyl.test/log-2", *given, code=0)
    tap.ok("a successor begins" in text and "entries are missing" in text, "it says what is lost", text)
    with open(os.path.join(to, "hub.conf"), encoding="utf-8") as file:
        tap.has(file.read(), 'journal = "before/journal"', "its configuration names the copy")
    for name in ("before/vkey", "before/checkpoint", "before/journal/checkpoint", "registry.conf", "roster/hub-seal.pem"):
        tap.ok(os.path.exists(os.path.join(to, name)), f"{name} is there")
    world.hub.start()
