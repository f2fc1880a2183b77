#!tests/run
"""Goal: the newest hello of a node wins, and the log says that there were two."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()
    world.raw()
    old = world.raws["isoc-energy"]
    new = world.node("isoc-energy").client().begin(stored=0)
    tap.equal(old.bye(), "session.replaced", "the older session is told why it ends")
    old.publish([client.notice("isoc-energy", 2)])
    tap.equal(
        old.expect(client.RESYNC, client.BYE)[0], client.RESYNC, "and is not listened to any more"
    )
    (answer,) = new.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "the newer one is served", answer)
    world.raws["isoc-energy"] = new
    got = world.fence()
    tap.equal(len(got["nccis"]), 1, "nccis had one message")
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.has(text, "1 session", "the journal has the entry")
