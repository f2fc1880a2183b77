#!tests/run
"""Goal: with few descriptors the hub takes fewer connections, and never one too many for its own files."""

import resource
import socket

import client
import tap
from world import World

LIMIT = 640  # a crowd takes a few hundred of them before the door is closed
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    world.hub.process.command = ["prlimit", f"--nofile={LIMIT}:{LIMIT}"] + world.hub.process.command
    world.hub.start()
    tap.has(world.hub.process.text(), "hub.descriptors", "the hub warns of it")
    world.raw("nccis", "isoc-energy")
    sender = world.raws["isoc-energy"]
    peers = []
    for _ in range(3 * LIMIT):
        peer = socket.socket()
        peer.setblocking(False)
        peer.connect_ex(("127.0.0.1", world.port))
        peers.append(peer)
    answers = []
    for _ in range(20):
        answers += sender.tell(client.notice("isoc-energy", 2))
    tap.ok(
        all(isinstance(answer, client.Receipt) for answer in answers),
        f"with {len(peers)} strangers at the door, those inside are served",
    )
    tap.has(world.reload(), "law.reloaded", "and the hub can still open its own files")
    for peer in peers:
        peer.close()
    late = world.node("isoc-bank").client().begin()
    (answer,) = late.tell(client.notice("isoc-bank", 2))
    tap.ok(isinstance(answer, client.Receipt), "once they are gone, who comes is let in", answer)
    got = world.fence()
    tap.equal(len(got["nccis"]), len(answers) + 1, "nothing was lost")
