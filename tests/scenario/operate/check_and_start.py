#!tests/run
"""Goal: `-n` of hub and node calls good what starts, and nothing else, and gives the cause that the start gives.

It changes nothing, and beside a running hub it says what it could not try.
"""

import os
import shutil
import socket

import client
import tap
from processes import Process, until
from world import World


def conf(world, listen=None, more=""):
    listen = listen or world.endpoint
    with open(world.hub.path("hub.conf"), "w", encoding="utf-8") as file:
        file.write(f'origin = "{world.origin}";\nlisten = ["{listen}"];\n{more}\n')


def put_file(path):
    shutil.rmtree(path, ignore_errors=True)
    with open(path, "w", encoding="utf-8"):
        pass


def flip(world):
    """A start reads all of it when nothing was kept of the state."""
    os.remove(world.hub.path("state", "snapshot"))
    path = world.hub.path("journal", "segments", "0" * 20 + ".seg")
    with open(path, "r+b") as file:
        file.seek(300)
        byte = file.read(1)
        file.seek(300)
        file.write(bytes([byte[0] ^ 4]))


def cut(world):
    """The journal without its last batch, which was published."""
    path = world.hub.path("journal", "segments", "0" * 20 + ".seg")
    with open(path, "r+b") as file:
        data = file.read()
        last = data.rindex(b"DBATCH01")
        file.seek(last)
        file.write(bytes(len(data.rstrip(b"\0")) - last))


def append(world, name, text):
    with open(world.hub.path(name), "a", encoding="utf-8") as file:
        file.write(text)


# What is done to a good hub; a word that both causes must have, or None where it starts.
SPOILS = [
    ("as it is", lambda w: None, None),
    ("an address of IPv6", lambda w: conf(w, f"tcp://[::1]:{w.port}"), None),
    ("an address of another machine", lambda w: conf(w, f"tcp://192.0.2.1:{w.port}"), "192.0.2.1"),
    ("a port that is taken", lambda w: conf(w, f"tcp://127.0.0.1:{w.taken}"), "cannot listen"),
    ("no address at all", lambda w: conf(w, "somewhere"), "somewhere"),
    ("a long path of the socket", lambda w: conf(w, more=f'control = "{w.hub.path("x" * 120)}";'), "too long for a socket"),
    ("no socket", lambda w: conf(w, more='control = "";'), None),
    ("a socket's folder that others enter", lambda w: os.chmod(w.hub.path("run"), 0o755), "chmod 700"),
    ("a journal that is a file", lambda w: put_file(w.hub.path("journal")), "journal"),
    ("a state folder that is a file", lambda w: put_file(w.hub.path("state")), "state"),
    ("attachments that are a file", lambda w: put_file(w.hub.path("attachments")), "attachments"),
    ("a changed bit in the journal", flip, "segments/"),
    ("a journal that lost its end", cut, "journal"),
    ("a clock before the last entry", lambda w: w.set_clock(-3600_000), "--accept-clock"),
    ("a key that others may read", lambda w: os.chmod(w.hub.path("keys", "log.key"), 0o644), "log.key"),
    ("a stray file among the segments", lambda w: put_file(w.hub.path("journal", "segments", "x")), "not a segment"),
    ("an unknown setting", lambda w: append(w, "hub.conf", "colour = 3;\n"), "colour"),
]  # fmt: skip


# Files of the law: a start goes on with what the journal has, in alarm; -n says what is wrong.
LAW_SPOILS = [
    ("no CA", lambda w: os.remove(w.hub.path("certs", "ca.pem")), "ca.pem"),
    ("a registry with an error", lambda w: append(w, "registry.conf", "objects = 7;\n"), "registry.conf:"),
    ("rules changed after their seal", lambda w: append(w, "rules/plan.rules", "\n"), "plan.rules"),
]  # fmt: skip


def snapshot(folder):
    """Every file with size and time of change; the socket and folders are left out."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            info = os.lstat(path)
            found[path] = (info.st_size, info.st_mtime_ns)
    return found


def spoil_conf(node, old, new):
    with open(node.path("node.conf"), encoding="utf-8") as file:
        text = file.read()
    with open(node.path("node.conf"), "w", encoding="utf-8") as file:
        file.write(text.replace(old, new) if old else text + new)


# The same for a node that has run.
NODE_SPOILS = [
    ("as it is", lambda n: None, None),
    ("no address", lambda n: spoil_conf(n, "tcp://", "tpc://"), "hub.endpoints"),
    ("an address without a port", lambda n: spoil_conf(n, f":{n.world.port}", ""), "hub.endpoints"),
    ("a long path of the socket", lambda n: spoil_conf(n, "", f'control = "{"x" * 120}";\n'), "too long for a socket"),
    ("a socket's folder that others enter", lambda n: os.chmod(n.path("run"), 0o755), "chmod 700"),
    ("a state folder that is a file", lambda n: put_file(n.path("state")), "state"),
    ("an inbox that is a file", lambda n: put_file(n.path("inbox")), "inbox"),
    ("no such program", lambda n: spoil_conf(n, "", 'command = "gone";\n'), "gone"),
    ("a certificate of another key", lambda n: shutil.copy(n.world.hub.path("certs", "seal.pem"), n.path("certs", "seal.pem")), "seal"),
    ("a checkpoint that is none", lambda n: put_file(n.path("state", "checkpoint")), None),
]  # fmt: skip


def compare_node(node, name, word):
    world = node.world
    code, text = world.run("-n", node.path("node.conf"), program="dabyl-node", code=None)
    start = Process("node", node.process.command, world.path("start.log"))
    if os.path.exists(start.log):
        os.remove(start.log)
    start.start()
    until(lambda: "node.ready" in start.text() or not start.running(), "it starts, or not")
    starts, said = start.running(), start.text()
    if starts:
        start.stop()
    tap.equal(code == 0, starts, f"node, {name}: -n says {'good' if code == 0 else 'why not'}") or tap.note(f"{text}\n{said}")
    if word:
        tap.ok(word in text and word in said, f"node, {name}: both say '{word}'", f"{text}\n{said}")


def compare(world, name, word, kept=False):
    env = world.env
    before = snapshot(world.hub.folder)
    code, text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub", code=None, env=env)
    tap.equal(snapshot(world.hub.folder), before, f"{name}: -n changes nothing")
    start = Process("hub", world.hub.process.command, world.path("start.log"), env)
    if os.path.exists(start.log):
        os.remove(start.log)
    start.start()
    until(lambda: "hub.ready" in start.text() or not start.running(), "it starts, or not")
    starts = start.running()
    said = start.text()
    if starts:
        start.stop()
    if kept:
        tap.ok(code == 1 and starts and "law.files" in said, f"{name}: wrong, and a start does without", f"{text}\n{said}")
    else:
        tap.equal(code == 0, starts, f"{name}: -n says {'good' if code == 0 else 'why not'}") or tap.note(f"{text}\n{said}")
    if word:
        tap.ok(word in text and word in said, f"{name}: both say '{word}'", f"{text}\n{said}")


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.clock = world.path("clock")
    world.env = {
        "LD_PRELOAD": os.path.join(os.path.dirname(World.program("x")), "shims", "clock.so"),
        "CLOCK_FILE": world.clock,
    }

    def set_clock(milliseconds):
        with open(world.clock, "w", encoding="utf-8") as file:
            file.write(str(milliseconds))

    world.set_clock = set_clock
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen(1)
    world.taken = taken.getsockname()[1]
    compare(world, "a first start", None)
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    for _ in range(5):
        sender.tell(client.notice("isoc-energy", 2))
    text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub")
    tap.has(text, "good", "beside a running hub it is good")
    tap.has(text, f"in use by process {world.hub.process.child.pid}", "and names what was not tried")
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "the hub goes on", answer)
    tap.equal(world.hub.stop(), 0, "and stops")
    shutil.copytree(world.hub.folder, world.path("good"), ignore=shutil.ignore_patterns("control"))
    for name, spoil, word in SPOILS + LAW_SPOILS:
        shutil.rmtree(world.hub.folder)
        shutil.copytree(world.path("good"), world.hub.folder)
        set_clock(0)
        spoil(world)
        compare(world, name, word, kept=(name, spoil, word) in LAW_SPOILS)
    taken.close()
    shutil.rmtree(world.hub.folder)
    shutil.copytree(world.path("good"), world.hub.folder)

    set_clock(0)
    world.hub.start()
    node = world.node("isoc-energy")
    compare_node(node, "a first start", None)
    node.start()
    text = world.run("-n", node.path("node.conf"), program="dabyl-node")
    tap.has(text, f"in use by process {node.process.child.pid}", "beside a running daemon that is said")
    node.drop(client.notice("isoc-energy", 1))
    node.has_sent(1)
    node.stop()
    shutil.copytree(node.folder, world.path("good-node"), ignore=shutil.ignore_patterns("control"))
    for name, spoil, word in NODE_SPOILS:
        shutil.rmtree(node.folder)
        shutil.copytree(world.path("good-node"), node.folder)
        spoil(node)
        compare_node(node, name, word)
    shutil.rmtree(node.folder)
    shutil.copytree(world.path("good-node"), node.folder)
