#!/usr/bin/python3
"""Goal: a public notice reaches owners, and the media only when it is marked as public."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from route import example, reaches, refused  # noqa: E402
from world import World  # noqa: E402

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "owner-bank", "media", "hq")) as world:
    world.hub.start()
    world.raw()
    OWNERS = {name: "public.owners 23" for name in ("owner-grid", "owner-bank")}
    reaches(
        world,
        example("public.notice", "hq", "TLP:CLEAR"),
        {**OWNERS, "media": "public.media 23"},
        "TLP:CLEAR reaches the media",
    )
    for marking in ("TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"):
        reaches(world, example("public.notice", "hq", marking), OWNERS, f"{marking} does not")
    reaches(
        world,
        example("public.notice", "hq", "TLP:RED", to=["media", "owner-bank"]),
        {"owner-bank": "public.owners 23"},
        "nor does TLP:RED that names them",
    )
    refused(
        world, example("public.notice", "nccis"), "role.kind", "/kind", "the Headquarters informs"
    )
