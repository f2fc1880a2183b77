#!tests/run
"""Goal: a message is one through all its corrections: no second alert for a level, and one incident from any of them."""

import client
import tap
from route import reference
from world import World

DEEP = 12  # corrections, and answers to answers

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.hub.start()
    world.raw()
    centre = world.raws["isoc-energy"]

    def told(*messages):
        for answer in centre.tell(*messages):
            if not isinstance(answer, client.Receipt):
                tap.ok(False, "it is taken", answer)
        return answer.told

    def notice(level, **more):
        return client.notice("isoc-energy", level, body={"object": "obj-grid-1"}, **more)

    def update(about, **body):
        return client.message(
            "incident.update", "isoc-energy", body, incident=reference(about)
        )

    chain = [notice(2)]
    told(chain[0])
    for _ in range(DEEP):
        chain.append(notice(2, supersedes=reference(chain[-1])))
        told(chain[-1])
    tap.has(told(update(chain[0], level=4)), "emit security.alert", "level 4 alerts, once")
    for name, about in (("first", chain[0]), ("middle", chain[5]), ("newest", chain[-1])):
        tap.ok("emit " not in told(update(about, level=4)), f"not again of the {name} version")
    chain.append(notice(4, supersedes=reference(chain[-1])))
    tap.ok("emit " not in told(chain[-1]), "nor by a correction that says that level too")
    tap.has(told(update(chain[3], level=5)), "emit security.alert", "the next level alerts anew")
    world.hub.kill()
    world.hub.start()
    world.raw()
    centre = world.raws["isoc-energy"]
    tap.ok("emit " not in told(update(chain[7], level=5)), "and once, after a restart too")

    alerts = [d.leaf["id"] for d in world.fence()["knb"] if d.leaf["kind"] == "security.alert"]
    tap.equal(len(alerts), 2, "national security had an alert for each level")
    last = {"author": "hub", "id": alerts[0]}
    for _ in range(DEEP):
        said = client.message("acknowledgement", "knb", {"answer": "read"}, re=last)
        world.raws["knb"].tell(said)
        last = reference(said)
    world.fence()

    def incident(asker, name):
        answer = world.raws[asker].ask("incident", name)
        return answer["incident"], [message["id"] for message in answer["messages"]]

    whole = incident("nccis", reference(chain[0]))
    tap.ok(all(message["id"] in whole[1] for message in chain), "nccis sees every version", whole)
    tap.ok(last["id"] in whole[1], "and all that was answered")
    for name, about in (("a correction", chain[4]), ("the newest", chain[-1])):
        tap.equal(incident("nccis", reference(about)), whole, f"{name} leads to the same")
    tap.equal(incident("nccis", last), whole, "and so does the last of many answers")
