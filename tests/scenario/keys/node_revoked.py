#!tests/run
"""Goal: a node's daemon that is revoked says so to its operator, and comes back when it is certified anew."""

import os

import client
import tap
from world import World

with World(__doc__) as world:
    world.start("isoc-energy", "nccis", "owner-grid")
    node = world.node("owner-grid")
    node.process.says("link.ready")
    world.revoke("owner-grid")
    tap.has(world.reload(), "law.reloaded", "the hub learns of the revocation")
    tap.has(node.process.says("node.revoked"), "link.refused", "the daemon says that it is revoked")
    world.node("isoc-energy").drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    world.node("isoc-energy").has_sent(1)
    world.node("nccis").has_received(1)
    tap.equal(node.inbox(), [], "it receives nothing any more")
    tap.equal(node.stop(), 0, "the daemon stops")

    # New keys, new certificates, the same node.
    for use in ("seal", "channel"):
        os.remove(node.path("keys", f"{use}.key"))
        os.remove(world.hub.path("roster", f"owner-grid-{use}.pem"))
    world.certify("owner-grid", ("--role", "owner"), "GRID")
    world.admit("owner-grid")
    tap.has(world.reload(), "law.reloaded", "the hub takes the new certificates")
    node.start()
    world.node("isoc-energy").drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    tap.ok(len(node.has_received(1)) >= 1, "it is served again")
