#!/usr/bin/python3
"""Goal: a request for information reaches those it names, and the reply the one who asked."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from route import example, reaches, reference, refused  # noqa: E402
from world import World  # noqa: E402

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb")) as world:
    world.hub.start()
    world.raw()
    asked = reaches(
        world,
        example("information.request", "nccis", to=["isoc-bank", "owner-grid", "knb"]),
        {name: "request.addressees 6, 8.3" for name in ("isoc-bank", "owner-grid")},
        "the addressees who may reply",
    )
    for author in ("isoc-bank", "owner-grid"):
        reaches(
            world,
            example("information.reply", author, re=reference(asked)),
            {"nccis": "reply.asker 6, 8.3"},
            "the one who asked, and nobody else who was asked",
        )
    asked = reaches(
        world,
        example("information.request", "owner-grid", to=["isoc-energy"]),
        {"isoc-energy": "request.addressees 6, 8.3"},
        "an owner asks its centre",
    )
    reaches(
        world,
        example("information.reply", "isoc-energy", re=reference(asked)),
        {"owner-grid": "reply.asker 6, 8.3"},
        "and the centre answers",
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
