#!tests/run
"""Goal: updates and closures go to whoever had the notice, and to nobody who may not know of it."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb", "mfa")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    first = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    sender.tell(first)
    world.fence()
    incident = {"author": "isoc-energy", "id": first["id"]}

    def update(level, author="isoc-energy", incident=incident):
        return client.message(
            "incident.update",
            author,
            {"level": level, "description": "more is known"},
            incident=incident,
        )

    (answer,) = sender.tell(update(2))
    got = world.fence()
    tap.equal(
        {name for name, found in got.items() if found},
        {"nccis", "owner-grid"},
        "an update follows its notice",
    )

    sender.tell(update(4))
    got = world.fence()
    tap.equal(
        [d.leaf["kind"] for d in got["knb"]],
        ["security.alert"],
        "a raised level alerts national security",
    )

    for name, reference in (
        ("an incident that does not exist", {"author": "isoc-energy", "id": client.uuid7()}),
        ("one that the author never had", incident),
    ):
        (refused,) = world.raws["isoc-bank"].tell(update(2, "isoc-bank", reference))
        tap.equal(
            (getattr(refused, "code", refused), getattr(refused, "pointer", "")),
            ("reference.unknown", "/incident"),
            f"{name} gets the same answer",
        )

    (answer,) = sender.tell(
        client.message(
            "incident.closure",
            "isoc-energy",
            {
                "cause": "a stolen password",
                "elimination": "access closed",
                "recovery": "service restored",
            },
            incident=incident,
        )
    )
    got = world.fence()
    names = {name for name, found in got.items() if found}
    tap.ok(
        {"nccis", "owner-grid"} <= names and "isoc-bank" not in names,
        "the centre's closure reaches owner and nccis",
        f"{names} {answer}",
    )
