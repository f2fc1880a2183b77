#!tests/run
"""Goal: an owner engages the services and centres that it names; its own centre learns of it."""

from route import example, reaches, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "service")) as world:
    world.hub.start()
    world.raw()
    ISOC = "engagement.isoc 488:8.3, 11, default"
    ENGAGED = "engagement.engaged 488:11"

    def engage(to, **body):
        return example("response.engagement", "owner-grid", to=to, body=body)

    reaches(
        world,
        engage(["service", "nccis"], object=None),
        {"service": ENGAGED},
        "services and centres that it names",
    )
    reaches(
        world,
        engage(["service"], object="obj-grid-1"),
        {"service": ENGAGED, "isoc-energy": ISOC},
        "and the centre that serves the object",
    )
    reaches(
        world,
        engage(["isoc-bank", "isoc-energy"], object="obj-grid-1"),
        {"isoc-bank": ENGAGED, "isoc-energy": ENGAGED},
        "a centre that is named has it for that",
    )
    reaches(
        world, engage(["service"], object="obj-alone"), {"service": ENGAGED}, "no centre serves it"
    )
    refused(world, engage(None), "doc.schema", "/to", "it must name whom")
    refused(
        world,
        example("response.engagement", "isoc-energy", to=["service"]),
        "role.kind",
        "/kind",
        "it is the owner's decision",
    )
