#!tests/run
"""Goal: a node whose certificate ends while it is connected is out from then on, and hears why."""

import client
import tap
from world import World

LEFT = 8  # seconds that the certificate is good for after it was made
DAY = 86400

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.cast["isoc-brief"] = ("isoc", "SOC-B")
    world.enrol("isoc-brief", "isoc", "SOC-B", "--from", client.rfc3339(LEFT - DAY), "--days", "1")
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    brief = world.node("isoc-brief").client().begin()
    (answer,) = brief.tell(client.notice("isoc-brief", 2))
    tap.ok(isinstance(answer, client.Receipt), "while its certificate is good it is served", answer)
    tap.equal(brief.bye(), "node.expired", "when it ends, so does the session, and says why")
    tried = [client.notice("isoc-brief", 2) for _ in range(3)]
    brief.publish(tried)
    got = world.fence()
    taken = [d for d in got["nccis"] if d.leaf["author"] == "isoc-brief"]
    tap.equal(len(taken), 1, "what it sends afterwards is not taken")
    tap.equal(world.node("isoc-brief").client().handshake(), "refused", "nor is it let in again")
