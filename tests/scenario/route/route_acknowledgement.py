#!tests/run
"""Goal: who is alerted answers nccis, for which the hub spoke; everybody else answers the author."""

import client
from route import derived, reaches, reference
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "mfa")) as world:
    world.hub.start()
    world.raw()

    def answer(author, message):
        return client.message("acknowledgement", author, {"answer": "accepted"}, re=message)

    def notice(level, **body):
        return client.notice("isoc-energy", level, body={"object": "obj-grid-1", **body})

    alert = {name: "alert.agencies 488:14" for name in ("knb", "nccis")}
    about = derived(world, notice(4), "security.alert", "notice.alert 488:14", alert)
    reaches(
        world, answer("knb", about), {"nccis": "acknowledgement.alert 488:14, default"}, "of the alert"
    )
    item = {name: "item.automatic 488:17, default" for name in ("mfa", "nccis")}
    about = derived(
        world,
        notice(1, cross_border=True),
        "crossborder.item",
        "notice.cross-border 488:17, default",
        item,
    )
    reaches(
        world, answer("mfa", about), {"nccis": "acknowledgement.item 488:17, default"}, "of the item"
    )
    first = notice(1)
    world.raws["isoc-energy"].tell(first)
    world.fence()
    reaches(
        world,
        answer("owner-grid", reference(first)),
        {"isoc-energy": "acknowledgement.author default"},
        "of the notice",
    )
