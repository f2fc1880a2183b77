#!tests/run
"""Goal: the manifest of an incident's digital traces reaches nccis alone, and names files safely."""

import client
from route import example, reaches, reference, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "service")) as world:
    world.hub.start()
    world.raw()
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    world.raws["isoc-energy"].tell(notice)
    world.fence()
    for author in ("isoc-energy", "owner-grid"):
        reaches(
            world,
            example("trace.manifest", author, incident=reference(notice)),
            {"nccis": "traces.nccis 488:8.7, default"},
            "whoever is party to the incident",
        )
    for author in ("service", "isoc-bank"):
        refused(
            world,
            example("trace.manifest", author, incident=reference(notice)),
            "reference.unknown",
            "/incident",
            "who is no party has no traces of it",
        )
    file = {"name": "../../inbox/x", "size": 1, "sha256": "0" * 64}
    refused(
        world,
        example(
            "trace.manifest",
            "owner-grid",
            incident=reference(notice),
            body={"traces": [{"file": file}]},
        ),
        "doc.schema",
        "/body/traces/0/file/name",
        "a file's name leads nowhere",
    )
