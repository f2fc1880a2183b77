#!tests/run
"""Goal: a node that was away gets everything that it missed, in order, and what it wrote meanwhile goes out."""

import client
import tap
from world import World

with World(__doc__) as world:
    world.start("isoc-energy", "owner-grid", "nccis")
    away, sender = world.node("owner-grid"), world.node("isoc-energy")
    sender.drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    away.has_received(1)
    tap.equal(away.stop(), 0, "the owner's node goes away")
    ids = []
    for level in range(20):
        message = client.notice("isoc-energy", level % 3, body={"object": "obj-grid-1"})
        sender.drop(message)
        ids.append(message["id"])
    world.node("nccis").has_received(21)
    tap.equal(len(away.inbox()), 1, "twenty notices it does not have")
    late = client.notice("owner-grid", 1, sent=client.rfc3339(-7200))
    away.drop(late)
    away.start()
    got = away.has_received(21)
    order = [m["id"] for m in world.node("nccis").inbox() if m["id"] != late["id"]]
    tap.equal([m["id"] for m in got], order, "it has all of them, in the order that nccis has them")
    tap.equal(sorted(m["id"] for m in got[1:]), sorted(ids), "and they are the twenty")
    away.has_sent(1)
    with open(away.path("sent", late["id"] + ".told"), encoding="utf-8") as file:
        tap.has(
            file.read(), "remark time.late", "what it wrote two hours ago is taken and marked late"
        )
    until = world.node("nccis").has_received(22)
    tap.equal(until[-1]["id"], late["id"], "and delivered")
