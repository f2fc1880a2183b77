#!tests/run
"""Goal: an owner's response plan reaches the authorised body, and nobody else."""

from route import example, reaches, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "owner-bank", "authority")) as world:
    world.hub.start()
    world.raw()
    for marking in ("TLP:AMBER+STRICT", "TLP:CLEAR"):
        reaches(
            world,
            example("plan.submission", "owner-grid", marking),
            {"authority": "plan.authority 488:8, 9"},
            marking,
        )
    refused(
        world,
        example("plan.submission", "isoc-energy"),
        "role.kind",
        "/kind",
        "paragraph 9 is about owners",
    )
    for field in ("file", "approved_on", "approved_by"):
        refused(
            world,
            example("plan.submission", "owner-grid", body={field: None}),
            "doc.schema",
            f"/body/{field}",
            "what a copy of a plan must say",
        )
