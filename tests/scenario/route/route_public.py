#!tests/run
"""Goal: a public notice reaches owners, and the media only when it is marked as public."""

from route import example, reaches, reference, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "owner-bank", "media", "hq")) as world:
    world.hub.start()
    world.raw()
    convening = example("headquarters.convening", "hq", body={"members": ["nccis"]})
    world.raws["hq"].tell(convening)
    MORE = {"re": reference(convening)}
    OWNERS = {name: "public.owners 488:23" for name in ("owner-grid", "owner-bank")}
    reaches(
        world,
        example("public.notice", "hq", "TLP:CLEAR", **MORE),
        {**OWNERS, "media": "public.media 488:23"},
        "TLP:CLEAR reaches the media",
    )
    for marking in ("TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"):
        reaches(world, example("public.notice", "hq", marking, **MORE), OWNERS, f"{marking} does not")
    reaches(
        world,
        example("public.notice", "hq", "TLP:RED", to=["media", "owner-bank"], **MORE),
        {"owner-bank": "public.owners 488:23"},
        "nor does TLP:RED that names them",
    )
    refused(
        world, example("public.notice", "nccis", **MORE), "role.kind", "/kind", "the Headquarters informs"
    )
