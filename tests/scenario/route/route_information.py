#!tests/run
"""Goal: a request for information reaches those it names, and the reply the one who asked."""

from route import example, reaches, reference, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "knb")) as world:
    world.hub.start()
    world.raw()
    asked = reaches(
        world,
        example("information.request", "nccis", to=["isoc-bank", "owner-grid", "knb"]),
        {"isoc-bank": "request.addressees 488:6, 8.3", "owner-grid": "request.owners 488:6, 8.3"},
        "the addressees who may reply",
    )
    for author in ("isoc-bank", "owner-grid"):
        reaches(
            world,
            example("information.reply", author, re=reference(asked)),
            {"nccis": "reply.asker 488:6, 8.3"},
            "the one who asked, and nobody else who was asked",
        )
    asked = reaches(
        world,
        example("information.request", "owner-grid", to=["isoc-energy"]),
        {"isoc-energy": "request.addressees 488:6, 8.3"},
        "an owner asks its centre",
    )
    reaches(
        world,
        example("information.reply", "isoc-energy", re=reference(asked)),
        {"owner-grid": "reply.asker 488:6, 8.3"},
        "and the centre answers",
    )
    reaches(
        world,
        example("information.request", "owner-grid", to=["owner-bank"]),
        {"owner-bank": "request.among-owners 488:8.3, default"},
        "that owners ask each other is a default",
    )
    reaches(
        world,
        example("information.request", "isoc-energy", to=["isoc-bank"]),
        {
            "isoc-bank": "request.addressees 488:6, 8.3",
            "nccis": "request.nccis 488:6, default",
        },
        "nccis sees what centres ask each other",
    )
    refused(
        world,
        example("information.reply", "isoc-bank", re=reference(asked)),
        "reference.unknown",
        "/re",
        "who was not asked cannot reply",
    )
    refused(
        world, example("information.request", "nccis"), "doc.schema", "/to", "it must name somebody"
    )
    refused(
        world,
        example("information.request", "knb", to=["nccis"]),
        "role.kind",
        "/kind",
        "no paragraph has the agencies ask this way",
    )
