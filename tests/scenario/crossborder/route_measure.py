#!tests/run
"""Goal: a cross-border measure goes to the liaison, its position to nccis, its release to the executors."""

import client
from route import example, reaches, reference, refused, release
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "mfa", "media", "partner")) as world:
    world.hub.start()
    world.raw()
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    world.raws["isoc-energy"].tell(notice)
    world.fence()
    measure = reaches(
        world,
        example("crossborder.measure", "nccis", incident=reference(notice)),
        {"mfa": "measure.liaison 488:17"},
        "the foreign-policy body, and nobody abroad yet",
    )
    position = reaches(
        world,
        example("crossborder.position", "mfa", re=reference(measure)),
        {"nccis": "position.nccis 488:17"},
        "its position",
    )
    reaches(
        world,
        release(measure, position, to=["partner", "isoc-energy", "media"]),
        {
            "partner": "release.executors 488:17",
            "isoc-energy": "release.executors 488:17",
            "mfa": "release.coordination 488:17",
        },
        "the executors and the liaison, and not the media, though named",
    )
    for kind, author in (
        ("crossborder.measure", "isoc-energy"),
        ("crossborder.position", "nccis"),
        ("crossborder.release", "mfa"),
    ):
        refused(
            world,
            example(
                kind, author, re=reference(measure), incident=reference(notice), to=["partner"]
            ),
            "role.kind",
            "/kind",
            "not theirs to say",
        )
    for kind in ("crossborder.measure", "crossborder.release"):
        refused(
            world,
            example(
                kind,
                "nccis",
                re=reference(measure),
                incident=reference(notice),
                to=["partner"],
                body={"treaty": None},
            ),
            "doc.schema",
            "/body/treaty",
            "without its treaty",
        )
    refused(
        world,
        example(
            "crossborder.position", "mfa", re=reference(measure), body={"position": "declined"}
        ),
        "doc.schema",
        "/body/reason",
        "who declines says why",
    )
