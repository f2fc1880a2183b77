#!tests/run
"""Goal: whoever was alerted when an incident's level rose follows the incident from then on."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "mfa")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    first = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    incident = {"author": "isoc-energy", "id": first["id"]}

    def kinds(fields):
        """What each node receives of it."""
        (answer,) = sender.tell(fields)
        return {
            name: sorted(d.leaf["kind"] for d in found)
            for name, found in world.fence().items()
            if found and name != "isoc-energy"
        }

    def update(**body):
        return client.message("incident.update", "isoc-energy", body, incident=incident)

    notice, change = ["incident.notice"], ["incident.update"]
    tap.equal(kinds(first), {"nccis": notice, "owner-grid": notice}, "a notice of level 2")
    tap.equal(
        kinds(update(level=4)),
        {
            "nccis": ["incident.update", "security.alert"],
            "owner-grid": change,
            "knb": ["security.alert"],
        },
        "level 4 alerts national security",
    )
    tap.equal(
        kinds(update(description="still level 4")),
        {"nccis": change, "owner-grid": change, "knb": change},
        "which then has every update",
    )
    tap.equal(
        kinds(update(level=4)),
        {"nccis": change, "owner-grid": change, "knb": change},
        "and no second alert for the same level",
    )
    got = kinds(update(cross_border=True, countries=["XX"]))
    tap.equal(
        got,
        {
            "nccis": ["crossborder.item", "incident.update"],
            "owner-grid": change,
            "knb": change,
            "mfa": ["crossborder.item"],
        },
        "a side abroad found later reaches the liaison",
    )
    closure = client.message(
        "incident.closure",
        "isoc-energy",
        {"cause": "a stolen password", "elimination": "access closed", "recovery": "restored"},
        incident=incident,
    )
    end = ["incident.closure"]
    tap.equal(
        kinds(closure),
        {"nccis": end, "owner-grid": end, "knb": end, "mfa": end},
        "the closure goes to all of them",
    )
    opened = client.notice("isoc-energy", 5, body={"object": "obj-grid-1"})
    opened["incident"] = incident
    (refused,) = sender.tell(opened)
    tap.equal(
        (getattr(refused, "code", refused), getattr(refused, "pointer", "")),
        ("doc.schema", "/incident"),
        "a notice cannot hide behind an incident that was alerted before",
    )
