#!tests/run
"""Goal: in an incident's course every delivery names the rule and the paragraphs that brought it."""

import client
from route import derived, reaches, reference
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb", "mfa")) as world:
    world.hub.start()
    world.raw()
    NCCIS, OWNER, ISOC = "notice.nccis 488:8.3, 8.5, 10", "notice.owner 488:8.5", "notice.isoc 488:8.3, 8.5"
    COURSE = "488:8.5, 8.6, 8.7, 8.8, 8.9, 8.10, 8.11, 12"

    def notice(author, **body):
        return client.notice(author, 2, body={"object": "obj-grid-1", **body})

    first = reaches(
        world, notice("isoc-energy"), {"nccis": NCCIS, "owner-grid": OWNER}, "a centre notices"
    )
    reaches(world, notice("owner-grid"), {"nccis": NCCIS, "isoc-energy": ISOC}, "an owner notices")
    reaches(
        world,
        notice("isoc-bank"),
        {"nccis": NCCIS, "owner-grid": OWNER, "isoc-energy": ISOC},
        "another centre notices",
    )
    incident = {"incident": reference(first)}
    parties = {name: f"update.parties {COURSE}" for name in ("nccis", "owner-grid")}

    def update(author, **body):
        return client.message("incident.update", author, body, **incident)

    reaches(world, update("isoc-energy", cause="found"), parties, "whoever had the notice")

    # What the hub derives for NCCIS, from a notice or later from an update.
    alert = {name: "alert.agencies 488:14" for name in ("knb", "nccis")}
    item = {name: "item.automatic 488:17, default" for name in ("mfa", "nccis")}
    kind = "security.alert"
    derived(world, notice("isoc-energy", level=3), kind, "notice.alert 488:14", alert)
    derived(world, update("owner-grid", level=4), kind, "update.alert 488:14", alert)
    kind, default = "crossborder.item", "488:17, default"
    derived(
        world,
        notice("isoc-energy", cross_border=True),
        kind,
        f"notice.cross-border {default}",
        item,
    )
    derived(
        world, update("owner-grid", cross_border=True), kind, f"update.cross-border {default}", item
    )

    body = {"cause": "a password", "elimination": "closed", "recovery": "restored"}
    reaches(
        world,
        client.message("incident.closure", "isoc-energy", body, **incident),
        {name: f"closure.parties {COURSE}" for name in ("nccis", "owner-grid", "knb", "mfa")},
        "whoever had the notice, or what was derived",
    )
    item = {"countries": ["KG"], "description": "seen from abroad"}
    reaches(
        world,
        client.message("crossborder.item", "nccis", item),
        {"mfa": "item.nccis 488:17"},
        "begun by nccis itself",
    )
    reaches(
        world,
        client.advisory("nccis", "TLP:GREEN"),
        {name: "advisory.all 488:4" for name in world.raws if name != "nccis"},
        "all",
    )
