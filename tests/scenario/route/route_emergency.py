#!tests/run
"""Goal: in an emergency the authorised body reaches those it names, or all who run infrastructure."""

import entries
import tap
from route import example, reaches, reference, refused
from world import World

with World(
    __doc__,
    (
        "nccis",
        "isoc-energy",
        "isoc-bank",
        "owner-grid",
        "owner-bank",
        "telecom",
        "authority",
        "media",
    ),
) as world:
    world.hub.start()
    world.raw()
    NCCIS = {"nccis": "emergency.nccis 488:16, default"}

    def owed(message):
        found = entries.duties(world.hub.path("journal"))
        return {
            duty["debtor"]: duty["state"]
            for _, duty in found
            if duty["message"]["id"] == message["id"]
        }

    all_of_them = ("isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "telecom")
    everybody = reaches(
        world,
        example("emergency.coordination", "authority"),
        {**{name: "emergency.all 488:16" for name in all_of_them}, **NCCIS},
        "all of them, when it names nobody",
    )
    tap.equal(owed(everybody), dict.fromkeys(all_of_them, "open"), "each of whom owes a report")
    some = reaches(
        world,
        example("emergency.coordination", "authority", to=["owner-bank", "telecom", "media"]),
        {**{name: "emergency.named 488:16" for name in ("owner-bank", "telecom")}, **NCCIS},
        "only those it names, and never the media",
    )
    back = "emergency.reported 488:16, default"
    reaches(
        world,
        example("emergency.report", "telecom", re=reference(some), body={"state": "in-progress"}),
        {"authority": back, "nccis": back},
        "who was named reports how far it is",
    )
    tap.equal(owed(some), {"owner-bank": "open", "telecom": "open"}, "and owes the rest")
    reaches(
        world,
        example("emergency.report", "telecom", re=reference(some)),
        {"authority": back, "nccis": back},
        "who was named reports back",
    )
    tap.equal(owed(some), {"owner-bank": "open", "telecom": "met"}, "and owes it no more")
    other = example("advisory", "nccis", "TLP:CLEAR")
    world.raws["nccis"].tell(other)
    refused(
        world,
        example("emergency.report", "telecom", re=reference(other)),
        "reference.kind",
        "/re",
        "a report is on a coordination",
    )
    refused(
        world,
        example("emergency.report", "isoc-energy", re=reference(some)),
        "reference.unknown",
        "/re",
        "who was not named has nothing to report on",
    )
    refused(
        world,
        example("emergency.coordination", "authority", body={"basis": None}),
        "doc.schema",
        "/body/basis",
        "it says on which basis",
    )
    refused(
        world,
        example("emergency.coordination", "nccis"),
        "role.kind",
        "/kind",
        "the authorised body coordinates",
    )
