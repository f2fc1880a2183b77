#!tests/run
"""Goal: whoever reads the log, or no longer does, neither stops nor ends a hub or a node; what was lost is said."""

import fcntl
import os
import signal
import socket
import subprocess

import client
import tap
from processes import die_with_parent, until
from world import World

REFUSALS = 900
SIZE = 4096  # of a pipe, so that little fills it


def small(fd):
    fcntl.fcntl(fd, 1031, SIZE)  # F_SETPIPE_SZ


class Reader:
    """The other end of a program's standard error: a pipe, a socket, or none."""

    def __init__(self, how):
        self.seen, self.end = b"", None
        if how == "pipe":
            self.end, self.given = os.pipe()
            small(self.given)
        elif how == "socket":
            ours, theirs = socket.socketpair()
            self.end, self.given = ours.detach(), theirs.detach()
        else:
            self.given = os.open("/dev/full", os.O_WRONLY)
        if self.end is not None:
            os.set_blocking(self.end, False)

    def start(self, *command, closed=False):
        def prepare():
            die_with_parent()
            if closed:
                os.close(2)

        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.given,
            preexec_fn=prepare)
        os.close(self.given)
        return child

    def read(self):
        try:
            while True:
                more = os.read(self.end, 65536)
                self.seen += more
                if not more:
                    break
        except (BlockingIOError, ConnectionResetError):
            pass
        return self.seen.decode(errors="replace")

    def close(self):
        if self.end is not None:
            os.close(self.end)
            self.end = None


def status(world):
    return world.run("hub", "status", world.hub.folder, code=None)


def refusals(one, n, first=0):
    """Each with a code of its own node: more lines than any pipe here holds."""
    for i in range(first, first + n):
        document = client.notice("isoc-energy", 0)
        document["kind"] = f"incident.rumour{i}"
        (answer,) = one.tell(document)
        if not isinstance(answer, client.Refused):
            raise RuntimeError(answer)


def end(child):
    child.send_signal(signal.SIGTERM)
    return child.wait(60)


def hub(world, how, gone=False, closed=False):
    name = "closed" if closed else f"{how}, {'gone' if gone else 'not read'}"
    reader = Reader(how)
    child = reader.start(world.program("dabyl-hub"), world.hub.path("hub.conf"), closed=closed)
    until(lambda: status(world)[0] in (0, 1), "the hub answers")
    if gone:
        reader.close()
    one = world.node("isoc-energy").client().begin(stored=0)
    refusals(one, REFUSALS)
    (answer,) = one.tell(client.notice("isoc-energy", 0))
    tap.ok(isinstance(answer, client.Receipt), f"{name}: the exchange goes on")
    one.close()
    return name, reader, child


def lines(text, word):
    return [line for line in text.splitlines() if word in line]


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    for how, gone, closed in (
        ("pipe", True, False), ("socket", True, False), ("full", False, False), ("full", False, True),
    ):
        name, reader, child = hub(world, how, gone, closed)
        code, text = status(world)
        alarmed = code == 1 and "nobody reads this hub's log" in text
        tap.ok(alarmed != closed, f"{name}: status {'is content' if closed else 'alarms'}", text)
        tap.equal(end(child), 0, f"{name}: it ends when asked")
        reader.close()

    # A reader that comes back: what was refused is limited, what was lost is said.
    reader = Reader("pipe")
    child = reader.start(world.program("dabyl-hub"), world.hub.path("hub.conf"))
    until(lambda: status(world)[0] in (0, 1), "the hub answers")
    one = world.node("isoc-energy").client().begin(stored=0)
    refusals(one, REFUSALS)
    text = reader.read()
    tap.ok(0 < len(lines(text, "message.refused")) <= 20, "refusals are limited in the log", text)
    tap.equal(status(world)[0], 0, "and nothing is lost as long as somebody reads")
    for _ in range(200):  # fills it by lines that are no repeats
        child.send_signal(signal.SIGHUP)
        if status(world)[0] == 1:
            break
    (answer,) = one.tell(client.notice("isoc-energy", 0))
    tap.ok(isinstance(answer, client.Receipt), "a reader that stands still stops nobody")
    code, text = status(world)
    tap.ok(code == 1 and "nobody reads this hub's log" in text, "status alarms", text)
    until(lambda: lines(reader.read(), "log.lost"), "the log says how many are lost")
    until(lambda: status(world)[0] == 0, "status is content again")
    tap.ok(all(len(line) > 24 and line[10] == "T" for line in reader.seen.decode().splitlines()),
           "every line is whole")
    child.send_signal(signal.SIGTERM)
    tap.equal(child.wait(60), 0, "it ends when asked")
    one.close()

    # A node, the same: its reader is gone, or stands still.
    world.hub.start()
    node = world.node("isoc-energy")
    for gone in (True, False):
        reader = Reader("pipe")
        child = reader.start(world.program("dabyl-node"), node.path("node.conf"))
        until(lambda: world.run("--node", node.folder, "status", code=None)[0] == 0, "the node is ready")
        if gone:
            reader.close()
        before = len(node.sent())
        for _ in range(150):
            node.drop(client.notice("isoc-energy", 0))
        until(lambda: len(node.sent()) >= before + 150, "all have their receipts")
        code, text = world.run("--node", node.folder, "status", code=None)
        word = "gone" if gone else "not read"
        tap.ok(code == 1 and "nobody reads this node's log" in text, f"{word}: status says so", text)
        if not gone:
            until(lambda: lines(reader.read(), "log.lost"), "the node says how many are lost")
        tap.equal(end(child), 0, f"{word}: it ends when asked")
        reader.close()
    world.hub.stop()
