#!tests/run
"""Goal: whatever the moment at which the hub is killed, every receipt verifies and every message arrives once."""

import random

import client
import tap
from world import World

with World(__doc__) as world:
    world.start("isoc-energy", "owner-grid", "nccis")
    sender, source = world.node("isoc-energy"), random.Random(11)
    sent = set()
    for round_ in range(5):
        for _ in range(20):
            message = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
            sender.drop(message)
            sent.add(message["id"])
        before = len(sender.sent())
        if round_ % 2:
            sender.has_sent(before + source.randrange(1, 10))
        world.hub.kill()
        world.hub.start()
    sender.has_sent(len(sent))
    tap.equal(set(sender.sent()), sent, f"{len(sent)} messages, five kills: a receipt for each")
    for name in ("nccis", "owner-grid"):
        got = [m["id"] for m in world.node(name).has_received(len(sent))]
        tap.equal((len(got), set(got)), (len(sent), sent), f"{name} has each of them once")
