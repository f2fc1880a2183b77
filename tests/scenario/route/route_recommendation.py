#!tests/run
"""Goal: a recommendation reaches the owner and its centre; the owner's report comes back."""

import entries
import tap
from route import example, reaches, reference, refused
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "authority")
) as world:
    world.hub.start()
    world.raw()
    OWNER, ISOC = "recommendation.owner 488:12", "recommendation.isoc 488:8.3, 12, default"

    def owed(message):
        """The states of what the owner owes for it, one after the other."""
        found = entries.duties(world.hub.path("journal"))
        return [duty["state"] for _, duty in found if duty["message"]["id"] == message["id"]]

    for author in ("nccis", "authority"):
        given = reaches(
            world,
            example("recommendation", author, body={"object": "obj-grid-1"}),
            {"owner-grid": OWNER, "isoc-energy": ISOC},
            "by its object",
        )
        for state in ("not-begun", "in-progress", "restored"):
            reaches(
                world,
                example("recovery.report", "owner-grid", re=reference(given), body={"state": state}),
                {
                    "nccis": "recovery.nccis 488:12, default",
                    author: "recovery.recommender 488:12, default",
                },
                "the owner reports to whoever recommended, and nccis sees it",
            )
            tap.equal(
                owed(given)[-1] == "met", state == "restored", f"{state}: what it owes for that"
            )
    reaches(
        world,
        example(
            "recommendation",
            "authority",
            to=["owner-bank", "isoc-bank", "nccis"],
            body={"object": None},
        ),
        {
            "owner-bank": "recommendation.addressees 488:12",
            "isoc-bank": "recommendation.centres 488:12, default",
        },
        "by its addressees: owners, and by default centres",
    )
    refused(
        world,
        example("recommendation", "authority", body={"object": None}),
        "doc.schema",
        "",
        "for nobody and no object",
    )
    refused(
        world,
        example("recovery.report", "owner-bank", re=reference(given)),
        "reference.unknown",
        "/re",
        "who had no recommendation reports on none",
    )
    refused(
        world,
        example("recommendation", "isoc-energy", to=["owner-grid"]),
        "role.kind",
        "/kind",
        "paragraph 12 names the authorised body and nccis",
    )
