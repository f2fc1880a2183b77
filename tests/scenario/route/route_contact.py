#!tests/run
"""Goal: who is responsible at an owner reaches nccis alone, and a replacement says whom it replaces."""

from route import example, reaches, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "owner-bank", "authority")) as world:
    world.hub.start()
    world.raw()
    NCCIS = {"nccis": "contact.nccis 488:13"}
    reaches(world, example("contact.change", "owner-grid"), NCCIS, "a replacement")
    for reason, less in (
        ("details", ("replaced",)),
        ("designation", ("replaced", "replaced_at")),
        ("removal", ("official",)),
    ):
        reaches(
            world,
            example(
                "contact.change",
                "owner-grid",
                body={"reason": reason, **{name: None for name in less}},
            ),
            NCCIS,
            reason,
        )
    for field in ("replaced", "replaced_at", "official"):
        refused(
            world,
            example("contact.change", "owner-grid", body={field: None}),
            "doc.schema",
            f"/body/{field}",
            f"a replacement without {field}",
        )
    refused(
        world,
        example("contact.change", "owner-grid", body={"official": {"name": "A. Example"}}),
        "doc.schema",
        "/body/official/phone",
        "an official whom nobody can reach",
    )
    refused(
        world, example("contact.change", "isoc-energy"), "role.kind", "/kind", "owners have them"
    )
