#!tests/run
"""Goal: a node that is killed at any moment sends the same message, not a second one, and misses nothing."""

import random

import client
import tap
from world import World

with World(__doc__) as world:
    world.start("isoc-energy", "owner-grid", "nccis")
    sender, reader, source = world.node("isoc-energy"), world.node("owner-grid"), random.Random(5)
    names = set()
    for round_ in range(6):
        for i in range(15):
            # Without an id: the node itself makes one, and must keep to it.
            name = f"r{round_}-{i}"
            sender.drop(
                client.notice(
                    "isoc-energy", 2, id=None, body={"object": "obj-grid-1", "description": name}
                ),
                name,
            )
            names.add(name)
        sender.has_sent(len(sender.sent()) + 1)
        for node in (sender, reader):
            node.kill()
            node.start(wait=False)
    sender.has_sent(len(names))
    got = world.node("nccis").has_received(len(names))
    tap.equal(
        sorted(m["body"]["description"] for m in got),
        sorted(names),
        f"{len(names)} files, six kills: each sent once",
    )
    tap.equal(len(sender.sent()), len(names), "each has its receipt")
    got = reader.has_received(len(names))
    tap.equal(
        sorted(m["body"]["description"] for m in got),
        sorted(names),
        "the killed reader has each once",
    )
    for node in (sender, reader):
        node.process.says("node.ready")
