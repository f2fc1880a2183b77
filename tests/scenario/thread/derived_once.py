#!tests/run
"""Goal: what one party reports of an incident uses up no alert of another's; what a marking withheld is sent when it no longer does; the same again is not."""

import re

import client
import tap
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "mfa"),
    law="rules that derive are gone, and what they derived stays",
) as world:
    world.hub.start()
    world.raw()

    def tell(fields):
        (answer,) = world.raws[fields["from"]].tell(fields)
        if not isinstance(answer, client.Receipt):
            raise RuntimeError(f"refused: {answer}")
        return {"author": fields["from"], "id": fields["id"]}

    def got(node, kind):
        """How many of this kind the node was sent since it was asked last."""
        return sum(d.leaf["kind"] == kind for d in world.fence()[node])

    def update(author, incident, marking="TLP:AMBER", **body):
        more = {"to": ["nccis"]} if marking == "TLP:RED" else {}
        kind = "incident.update"
        return tell(client.message(kind, author, body, marking, incident=incident, **more))

    def incident():
        named = tell(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
        world.fence()
        return named

    # --- a stranger's report is not the author's ----------------------------------------------
    first = incident()
    update("owner-grid", first, "TLP:RED", level=2, cross_border=True, countries=["KG"])
    tap.equal(got("mfa", "crossborder.item"), 0, "a report marked TLP:RED stays at home")
    update("isoc-energy", first, level=2, cross_border=True, countries=["KG"])
    tap.equal(got("mfa", "crossborder.item"), 1, "and uses up nothing of the author's own")
    update("isoc-energy", first, level=2, cross_border=True, countries=["KG"])
    tap.equal(got("mfa", "crossborder.item"), 0, "which is not sent again")

    second = incident()
    update("owner-grid", second, level=4, determination="false-positive")
    tap.equal(got("knb", "security.alert"), 1, "somebody calls level 4 a drill")
    update("isoc-energy", second, level=4, determination="confirmed")
    tap.equal(got("knb", "security.alert"), 1, "the one who is in it says it is none: an alert")

    # --- withheld is not sent -----------------------------------------------------------------
    third = incident()
    update("isoc-energy", third, "TLP:RED", level=3, cross_border=True)
    tap.equal(got("mfa", "crossborder.item"), 0, "withheld by the author's own marking")
    update("isoc-energy", third, level=3, cross_border=True)
    tap.equal(got("mfa", "crossborder.item"), 1, "sent when it is marked wider")

    # --- nor is what was taken back -----------------------------------------------------------
    fourth = incident()
    wrong = update("isoc-energy", fourth, level=5)
    tap.equal(got("knb", "security.alert"), 1, "level 5")
    tell(client.message("incident.update", "isoc-energy", {"level": 5}, incident=fourth, cancels=wrong))
    tap.equal(got("knb", "incident.update"), 1, "which is taken back")
    update("isoc-energy", fourth, level=5)
    tap.equal(got("knb", "security.alert"), 1, "and then true after all")

    # --- the log knows it, and no rule is asked -------------------------------------------------
    rules = world.rules()
    without = re.sub(r"\{\n    id = \"(notice|update)\.(alert|cross-border)\".*?\n\},\n", "", rules, flags=re.S)
    world.write_rules(without)
    world.hub.stop()
    world.hub.start()
    world.raws, world.fences = {}, {}
    world.raw()
    world.fence()
    update("isoc-energy", third, description="the rules that derive are gone")
    tap.equal(got("mfa", "incident.update"), 1, "who had the item is party, whatever rules now say")
    world.write_rules(rules)
    world.reload()
    update("isoc-energy", second, level=4)
    tap.equal(got("knb", "security.alert"), 0, "after a restart the same is the same still")
    update("isoc-energy", second, level=5)
    tap.equal(got("knb", "security.alert"), 1, "and another level another")
