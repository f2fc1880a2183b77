#!tests/run
"""Goal: certificates are renewed without a gap: old and new hold side by side, and the inbox goes on."""

import os
import shutil

import client
import tap
from world import World

with World(__doc__) as world:
    world.start("isoc-energy", "nccis")
    node, sender = world.node("nccis"), world.node("isoc-energy")
    sender.drop(client.notice("isoc-energy", 1))
    node.has_received(1)
    for name in ("nccis", "isoc-energy"):
        world.run(
            "ca", "renew", name, "--ca", world.path("ca"), "--out", world.path("renewed", name)
        )
        for use in ("seal", "channel"):
            shutil.copy(
                world.path("renewed", name, f"{use}.pem"),
                world.hub.path("roster", f"{name}-{use}-2.pem"),
            )
    tap.has(world.reload(), "law.reloaded", "the hub has old and new")
    sender.drop(client.notice("isoc-energy", 1))
    node.has_received(2)
    tap.ok(
        node.process.running() and "link.lost" not in node.process.text(),
        "nobody lost the connection",
    )
    for name in ("nccis", "isoc-energy"):
        tap.equal(world.node(name).stop(), 0, f"{name} stops")
        for use in ("seal", "channel"):
            shutil.copy(world.path("renewed", name, f"{use}.pem"), world.node(name).path("certs"))
            os.remove(world.hub.path("roster", f"{name}-{use}.pem"))
        world.node(name).start()
    tap.has(world.reload(), "law.reloaded", "the old ones are taken away")
    sender.drop(client.notice("isoc-energy", 1))
    tap.equal(len(node.has_received(3)), 3, "and all goes on, under the new ones")
