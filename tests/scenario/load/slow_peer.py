#!tests/run
"""Goal: a node that reads nothing, or acknowledges nothing, costs only disk; no other waits for it."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "mfa")) as world:
    world.hub.start()
    slow = world.node("owner-grid").client()
    slow.hello(window=2**20)  # and never reads again
    deaf = world.node("knb").client().begin(window=4)  # and never acknowledges
    sender, reader = world.raw("isoc-energy", "nccis")
    ids = []
    for _ in range(30):
        notices = [
            client.notice(
                "isoc-energy", 3, body={"object": "obj-grid-1", "description": "x" * 5000}
            )
            for _ in range(20)
        ]
        answers = sender.tell(*notices)
        ids += [notice["id"] for notice in notices]
        if not all(isinstance(answer, client.Receipt) for answer in answers):
            tap.ok(False, "every notice is taken", answers)
            break
    tap.ok(True, f"{len(ids)} notices are taken while two nodes sleep")
    reader.take(2 * len(ids))
    first = [d.leaf["id"] for d in reader.take(2 * len(ids)) if d.leaf["kind"] == "incident.notice"]
    tap.equal(first, ids, "nccis has all of them, in order, with their alerts")
    tap.equal(len(deaf.take(4, acknowledge=False)), 4, "who acknowledges nothing gets its window")
    tap.equal([kind for kind, _ in deaf.quiet()], [], "and no more")
    deaf.acknowledge(4)
    deaf.take(8, acknowledge=False)
    tap.ok(8 in deaf.inbox, "and the next four when it has")
    slow.close()
    world.clients.remove(slow)
    awake = world.node("owner-grid").client().begin()
    tap.equal(
        [d.leaf["id"] for d in awake.take(len(ids))], ids, "who slept has everything once awake"
    )
