#!tests/run
"""Goal: whether an alert is still to be acknowledged when its notice is taken back is for the rule to say, and is shown."""

import client
import entries
import tap
from route import reference
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "knb"),
    law="what this rule may say is what is shown",
) as world:
    world.hub.start()
    world.raw()
    centre = world.raws["isoc-energy"]

    def alarm():
        """A notice of level 4 that is corrected, and then taken back: the states of the alert's duty."""
        first = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
        second = client.notice("isoc-energy", 4, supersedes=reference(first))
        last = client.notice("isoc-energy", 4, cancels=reference(second))
        for message in (first, second, last):
            centre.tell(message)
        found = [
            duty
            for _, duty in entries.duties(world.hub.path("journal"))
            if duty["duty"] == "alert.acknowledged"
        ]
        mine = [duty for duty in found if duty.get("cause") == reference(first)]
        tap.ok(mine, "the duty names what its alert was derived from", found)
        return [duty["state"] for duty in mine], reference(last), mine[-1]

    states, _, duty = alarm()
    tap.equal(states, ["open"], "by the plan's rules it stays")
    (said,) = [d for d in world.raws["knb"].ask("duties", {})["duties"] if d["id"] == duty["id"]]
    tap.ok(said.get("taken_back") and said.get("stays"), "the hub says so", said)
    world.raws.pop("knb").close()
    node = world.node("knb")
    node.start().connected()
    text = world.run("--node", node.folder, "duties")
    tap.has(text, "taken back; by its rule it is owed all the same", "and so does the tool")
    node.stop()
    world.raw("knb")

    plan = world.rules()
    world.write_rules(plan.replace('withdrawal = "stays";', 'withdrawal = "ends";'))
    world.reload()
    states, last, duty = alarm()
    tap.equal((states, duty["by"]), (["open", "withdrawn"], last), "by another rule it ends")
    world.hub.kill()
    world.hub.start()
    world.raw()
    owed = world.raws["knb"].ask("duties", {})["duties"]
    tap.equal([d["id"] == duty["id"] for d in owed], [False], "after a restart, too")
