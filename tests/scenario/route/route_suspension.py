#!tests/run
"""Goal: a suspension is notified to both bodies of paragraph 15, whatever its marking."""

import client
from route import example, reaches, reference, refused
from world import World

with World(
    __doc__,
    ("nccis", "isoc-energy", "owner-grid", "knb", "telecom", "prosecutor"),
    officers=("knb",),
) as world:
    world.hub.start()
    world.raw()
    BOTH = {name: "suspension.notified 488:15" for name in ("telecom", "prosecutor")}
    past = {"suspended_at": client.rfc3339(-3600)}
    notice = reaches(
        world, example("suspension.notice", "knb", body=past), BOTH, "both, and nobody else"
    )
    reaches(
        world,
        example("suspension.notice", "knb", "TLP:RED", to=["telecom"], body=past),
        BOTH,
        "the duty is towards each: TLP:RED that names one does not keep it from the other",
    )
    reaches(
        world,
        example("suspension.lifted", "knb", re=reference(notice)),
        {name: "suspension.end 488:15, default" for name in ("telecom", "prosecutor")},
        "and both learn of its end",
    )
    reaches(
        world,
        example("suspension.lifted", "knb", "TLP:RED", re=reference(notice), to=["telecom"]),
        {"telecom": "suspension.end 488:15, default"},
        "which is a default, and passes no marking",
    )
    for field in ("suspended_at", "what", "ground", "decided_by"):
        refused(
            world,
            example("suspension.notice", "knb", body={field: None}),
            "doc.schema",
            f"/body/{field}",
            "what paragraph 15 makes of it",
        )
    refused(
        world, example("suspension.notice", "nccis"), "role.kind", "/kind", "only the agencies may"
    )
