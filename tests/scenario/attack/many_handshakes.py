#!tests/run
"""Goal: a node that connects again and again is held off for a while; the others come and go as they like."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy")
    said = "in"
    for n in range(1000):
        one = world.node("isoc-bank").client()
        said = one.handshake()
        one.close()
        world.clients.remove(one)
        if said != "in":
            break
    tap.ok(n > 50, f"{n} handshakes are taken as they come")
    tap.equal(said, "refused", "then one is not")
    again = world.node("isoc-energy").client().begin()
    world.raws["isoc-energy"] = again
    (answer,) = again.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "another node comes and is served", answer)
    tap.equal(len(world.fence()["nccis"]), 1, "and what it sends arrives")
