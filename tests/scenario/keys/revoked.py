#!tests/run
"""Goal: from the turn after a revocation nothing is read from that node or sent to it; the rest goes on."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.hub.start()
    world.raw()
    gone = world.raws.pop("owner-grid")
    sender = world.raws["isoc-energy"]
    sender.tell(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    gone.take(1)
    world.revoke("owner-grid")
    world.reload()
    tap.equal(gone.bye(), "node.revoked", "the session ends and says why")
    gone.publish([client.notice("owner-grid", 2)])
    sender.tell(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    got = world.fence()
    tap.equal(
        [d.leaf["author"] for d in got["nccis"]],
        ["isoc-energy"] * 2,
        "nothing is taken from it, others go on",
    )
    frames = []
    while True:
        kind, body = gone.receive(0)
        if kind is None:
            break
        frames.append(kind)
    tap.ok(
        client.DELIVER not in frames and client.RECEIPT not in frames,
        "nothing is sent to it",
        frames,
    )
    tap.equal(world.node("owner-grid").client().handshake(), "refused", "nor let in again")

    # A roster that would bring it back is a mistake or worse, and is refused.
    world.forget_revocations()
    world.reload()
    tap.equal(
        world.node("owner-grid").client().handshake(),
        "refused",
        "an older revocation list is not taken",
    )
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "and others go on", answer)
