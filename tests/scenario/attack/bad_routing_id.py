#!tests/run
"""Goal: a claimed routing id takes over nothing: a session is a routing id and a key, on every frame."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    sender = world.raws["isoc-energy"]
    for wild in (b"the-same-name", b"x" * 255, bytes(range(1, 200)), b"\1"):
        one = world.node("isoc-bank").client(routing_id=wild)
        one.hello()
        tap.equal(
            one.bye(), "session.route", f"an id of {len(wild)} bytes: the hub says to leave it"
        )
        one.close()

    # A name that was one node's and is free again: what is routed to that node is not for
    # whoever takes the name next.
    victim = world.node("owner-grid").client(routing_id=b"the-name-of-the-owner")
    victim.hello()
    victim.expect(client.WELCOME, client.BYE)
    victim.close()
    thief = world.node("isoc-bank").client(routing_id=b"the-name-of-the-owner")
    tap.equal(thief.handshake(), "in", "another node takes the name")
    (answer,) = sender.tell(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    tap.ok(isinstance(answer, client.Receipt), "a message is sent to the node that had it", answer)
    world.fence()
    got = [kind for kind, _ in thief.quiet()]
    tap.ok(client.DELIVER not in got, "and nothing of it reaches the other", got)
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "others are served", answer)
