#!tests/run
"""Goal: in an emergency the authorised body reaches those it names, or all who run infrastructure."""

from route import example, reaches, refused
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
    reaches(
        world,
        example("emergency.coordination", "authority"),
        {
            name: "emergency.all 488:16"
            for name in ("isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "telecom")
        },
        "all of them, when it names nobody",
    )
    reaches(
        world,
        example("emergency.coordination", "authority", to=["owner-bank", "telecom", "media"]),
        {name: "emergency.named 488:16" for name in ("owner-bank", "telecom")},
        "only those it names, and never the media",
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
