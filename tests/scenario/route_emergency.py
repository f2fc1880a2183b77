#!/usr/bin/python3
"""Goal: in an emergency the authorised body reaches those it names, or all who run infrastructure."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from route import example, reaches, refused  # noqa: E402
from world import World  # noqa: E402

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
            name: "emergency.all 16"
            for name in ("isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "telecom")
        },
        "all of them, when it names nobody",
    )
    reaches(
        world,
        example("emergency.coordination", "authority", to=["owner-bank", "telecom", "media"]),
        {name: "emergency.named 16" for name in ("owner-bank", "telecom")},
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
