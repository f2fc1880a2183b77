#!tests/run
"""Goal: a threat report reaches nccis from anybody, and the centres as far as its marking goes."""

from route import example, reaches, refused
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "media", "partner")
) as world:
    world.hub.start()
    world.raw()
    NCCIS = {"nccis": "threat.nccis 488:4, 5"}
    CENTRES = {name: "threat.isoc 488:5, 6, default" for name in ("isoc-energy", "isoc-bank")}

    for marking in ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"):
        reaches(world, example("threat.report", "partner", marking), {**NCCIS, **CENTRES}, marking)
    for author in ("owner-grid", "media"):
        reaches(world, example("threat.report", author), {**NCCIS, **CENTRES}, "anybody may")
    reaches(
        world,
        example("threat.report", "isoc-energy"),
        {**NCCIS, "isoc-bank": CENTRES["isoc-bank"]},
        "the other centre",
    )
    reaches(
        world,
        example("threat.report", "partner", "TLP:AMBER+STRICT", to=["isoc-bank"]),
        NCCIS,
        "TLP:AMBER+STRICT stays with nccis",
    )
    reaches(
        world,
        example("threat.report", "partner", "TLP:RED", to=["nccis", "isoc-bank", "owner-grid"]),
        {**NCCIS, "isoc-bank": CENTRES["isoc-bank"]},
        "TLP:RED goes to whom it names, and naming an owner opens nothing",
    )
    refused(
        world,
        example("threat.report", "partner", body={"description": None}),
        "doc.schema",
        "/body/description",
        "a threat must be described",
    )
