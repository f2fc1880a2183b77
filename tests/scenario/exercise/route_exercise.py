#!tests/run
"""Goal: an exercise is opened to everybody, joined by anybody, and closed."""

import client
from route import example, reaches, reference, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "media", "hq")) as world:
    world.hub.start()
    world.raw()
    opening = reaches(
        world,
        example("exercise.opening", "hq", "TLP:CLEAR"),
        {
            name: "exercise.opened default"
            for name in ("nccis", "isoc-energy", "owner-grid", "media")
        },
        "everybody",
    )
    for author in ("owner-grid", "media"):
        reaches(
            world,
            example("exercise.joining", author, re=reference(opening)),
            {name: "exercise.joined default" for name in ("hq", "nccis")},
            "the one who opened it, and nccis",
        )
    reaches(
        world,
        example("exercise.closing", "hq", "TLP:GREEN", re=reference(opening)),
        {name: "exercise.closed default" for name in ("nccis", "isoc-energy", "owner-grid")},
        "the entities of the system, by its marking",
    )
    refused(
        world,
        example("exercise.opening", "owner-grid"),
        "role.kind",
        "/kind",
        "nccis or the Headquarters opens",
    )
    refused(
        world,
        example("exercise.joining", "media", re={"author": "hq", "id": client.uuid7()}),
        "reference.unknown",
        "/re",
        "an exercise must have been opened",
    )
