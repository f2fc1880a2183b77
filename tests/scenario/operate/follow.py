#!tests/run
"""Goal: two standbys follow a hub under load; its folder is destroyed, and nothing that had a receipt is lost."""

import os
import shutil
import threading

import client
import entries as journal
import tap
from cast import CAST
from processes import Process, until
from world import World

CREW = {name: CAST[name] for name in ("nccis", "isoc-energy")}
CREW |= {"standby-1": ("standby", "STS"), "standby-2": ("standby", "STS")}


WAITING = 20  # notices that are written while there is no hub
MOST = int(os.environ.get("DRILL", "1000"))  # notices at most; make drill asks for more


class Load(threading.Thread):
    """Notices in the outbox of a node, without end."""

    def __init__(self, node):
        super().__init__()
        self.node, self.ids, self.stop = node, [], threading.Event()

    def run(self):
        while not self.stop.is_set() and len(self.ids) < MOST:
            self.ids.append(self.node.drop(client.notice("isoc-energy", 3)))
            until(lambda: len(self.node.sent()) > len(self.ids) - 3 or self.stop.is_set(), "the hub takes them")


class Standby:
    def __init__(self, world, name, folder=None):
        self.world, self.node = world, world.node(folder or name)
        self.to = world.path(name + "-copy")
        self.process = Process(name, [world.program("dabyl"), "hub", "follow", self.node.folder, "--to", self.to], self.to + ".log")

    def start(self):
        self.world.begin(self.process)
        self.process.says("standby.ready")
        return self

    def entries(self):
        try:
            with open(os.path.join(self.to, "journal", "checkpoint"), "rb") as file:
                return int(file.read().split(b"\n")[1])
        except FileNotFoundError:
            return 0


def entries(world):
    with open(world.hub.path("journal", "checkpoint"), "rb") as file:
        return int(file.read().split(b"\n")[1])


def segments(folder):
    """What lies in the segments, without the space that is reserved behind it."""
    folder = os.path.join(folder, "journal", "segments")
    return {
        name: open(os.path.join(folder, name), "rb").read().rstrip(b"\0")
        for name in os.listdir(folder) if name[0] != "."
    }  # fmt: skip


def receipts(node):
    """Where the log has each message that the node has a receipt for."""
    places = {}
    for name in node.sent():
        with open(node.path("sent", name + ".tlog-proof"), encoding="utf-8") as file:
            places[name] = next(int(line[6:]) for line in file if line.startswith("index "))
    return places


def ids_of(node):
    return {message["id"] for message in node.inbox()}


with World(__doc__, CREW) as world:
    author, desk = world.node("isoc-energy"), world.node("nccis")
    world.start("isoc-energy", "nccis")
    keys = world.path("keys")
    shutil.copytree(world.hub.path("keys"), keys)
    world.run("hub", "backup", world.hub.folder, "--to", world.path("day-old"))
    one, two = Standby(world, "standby-1").start(), Standby(world, "standby-2")
    load = Load(author)
    load.start()
    author.has_sent(20)
    two.start()
    until(lambda: one.entries() > 60 and two.entries() > 30, "both standbys have what came")

    # Cut off, killed, with half a batch on the disk; in use; another log's; a hub's.
    two.process.kill()
    with open(os.path.join(two.to, "journal", "segments", f"{0:020}.seg"), "ab") as file:
        file.write(b"DBATCH01 and no more")
    code, text = world.run("hub", "follow", one.node.folder, "--to", one.to, code=None)
    tap.ok(code == 1 and "in use by process" in text, "a copy belongs to one standby", text)
    code, text = world.run("hub", "follow", one.node.folder, "--to", world.hub.folder, code=None)
    tap.ok(code == 1 and "hub's folder" in text or "in use" in text, "and is no hub", text)
    if MOST > 1000:
        until(lambda: len(author.sent()) >= MOST // 2, "half of the drill's notices have their receipts", 3600)
    told = len(author.sent())
    until(lambda: len(author.sent()) > told + 5, "the hub goes on without it")
    two.start()
    world.kill_hub()
    until(lambda: two.entries() >= entries(world) > 0, "it catches up, also over a hub that was killed")
    _, text = world.run("hub", "status", world.hub.folder, "--json", code=None)
    tap.ok('"node":"standby-1"' in text and '"behind"' in text, "the status names who follows, and how far", text[-300:])

    # A node of another role is given nothing.
    other = Standby(world, "other", "nccis")
    desk.stop()
    other.start()
    world.hub.process.says("frame.malformed")
    other.process.stop()
    tap.equal(other.entries(), 0, "who is no standby gets no byte of the journal")
    desk.start().connected()

    # The machine is gone in the middle of it.
    load.stop.set()
    load.join()
    author.has_sent(len(load.ids))
    until(lambda: one.entries() == entries(world), "a standby is seconds behind")
    tap.equal(segments(one.to), segments(world.hub.folder), "it has the same bytes")
    world.hub.kill()
    shutil.rmtree(world.hub.folder)
    before = receipts(author)
    waiting = {author.drop(client.notice("isoc-energy", 3)) for _ in range(WAITING)}
    until(lambda: not author.names("outbox", ".json"), "what is written meanwhile is sealed, and waits")
    for standby in (one, two):
        tap.equal(standby.process.stop(), 0, f"{standby.process.name} ends when asked")
    given = []
    for node in (author, desk):
        node.stop()
        given += ["--checkpoint", world.path(node.name + ".checkpoint")]
        with open(given[-1], "w", encoding="utf-8") as file:
            file.write(world.run("node", "checkpoint", "--node", node.folder))
    text = world.run(
        "hub", "restore", one.to, world.hub.folder, "--keys", keys, "--with", world.path("day-old"), "--yes", *given
    )
    tap.has(text, "the same log goes on", "its newest copy is the standby's")
    restored = {e.position: e.id for e in journal.read(world.hub.path("journal"))}
    lost = {name: at for name, at in before.items() if restored.get(at) != name}
    tap.equal(lost, {}, "what each receipt of before proves is where it says in the restored log")
    files = [author.path("sent", name + ".json") for name in before]
    code, text = world.run("verify", "--node", author.folder, "--vkey", world.hub.path("vkey"), *files, code=None)
    tap.ok(code == 0 and text.count("GOOD") == len(before) >= len(load.ids), "and verifies with its key", text[-300:])
    world.hub.start()
    for node in (author, desk):
        node.start().connected()
    told = set(load.ids) | waiting
    until(lambda: told <= ids_of(desk), "every notice is there", 300)
    tap.equal(told - set(author.sent()), set(), "no notice is lost, and each has its receipt")
    tap.equal(len(desk.inbox()), len(ids_of(desk)), "none is there twice")
    tap.note(f"{len(before)} receipts of before verify; {len(told)} notices delivered, {len(waiting)} of them written")
    tap.note(f"while there was no hub; {len(restored)} entries restored, 0 lost")
    one.start()
    last = author.drop(client.notice("isoc-energy", 4))
    until(lambda: last in author.sent() and one.entries() == entries(world), "the standby follows the restored hub")

    # One whose copy goes further than the hub stops, and says why.
    one.process.stop()
    world.hub.stop()
