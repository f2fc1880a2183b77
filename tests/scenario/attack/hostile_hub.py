#!tests/run
"""Goal: a false hub floods a node and resets the connection while it is at its disk: it stays and goes on.

Whoever has the hub's channel key can do that; what waits of it is bounded."""

import os
import socket

import client
import order
import tap
import zmtp
from processes import until
from world import World

PULSE = bytes((1, client.PULSE))
BIG = bytes((1, client.PULSE)) + bytes(1 << 20)


def peak_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) // 1024



def sockets(process):
    folder = f"/proc/{process.pid}/fd"
    paths = [os.path.join(folder, name) for name in os.listdir(folder)]
    links = {os.readlink(path) for path in paths if os.path.lexists(path)}
    return {link for link in links if link.startswith("socket:")}


def flood(peer, megabytes):
    """How much of it the other end takes before it hangs up."""
    for n in range(megabytes):
        try:
            peer.send(peer.message(BIG))
        except zmtp.Refused:
            return n
    return megabytes


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    node = world.node("isoc-energy")
    held = world.path("held")
    impostor = socket.create_server(("127.0.0.1", 0))
    impostor.settimeout(60)
    hub_channel = client.ChannelKey(world.hub.path("keys", "channel.key"))
    with open(node.path("node.conf"), encoding="utf-8") as file:
        conf = file.read()
    false = f"tcp://127.0.0.1:{impostor.getsockname()[1]}"
    with open(node.path("node.conf"), "w", encoding="utf-8") as file:
        file.write(conf.replace(f'["{world.endpoint}"]', f'["{false}", "{world.endpoint}"]'))
    env = order.preload(shim="hold")
    # A sanitizer keeps what was freed for a while: not here, where memory is looked at.
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    node.process.env = dict(env, HOLD_FLUSH=held, ASAN_OPTIONS=options)
    cases = [(frames, every) for frames in (0, 1, 1999, 2100, 6000) for every in (3, 50)]
    for n, case in enumerate([*cases, None]):
        node.start(wait=False)
        peer = zmtp.Server(impostor.accept()[0], hub_channel).let_in()
        peer.read_frame()  # HELLO
        open(held, "w").close()
        name = node.drop(client.notice("isoc-energy", 2))
        until(lambda: os.path.exists(held + ".stands"), "the node stands in its flush")
        before = peak_mib(node.process)
        open_now = sockets(node.process)
        if case:
            peer.send(zmtp.burst(peer, PULSE, *case))
            peer.reset()
            until(lambda: len(sockets(node.process)) < len(open_now), "the node lets go")
        else:
            taken = flood(peer, 400)
            grown = peak_mib(node.process) - before
            print(f"# {taken} MiB were taken, and the node grew by {grown} MiB at most")
            tap.ok(grown < 200, "of what an impostor sends only so much is kept")
        os.unlink(held)
        until(lambda: name in node.sent(), f"the honest hub has the message after case {case}")
        tap.ok(node.process.running(), f"case {case}: the node is there, its message has a receipt")
        node.stop()
