#!tests/run
"""Goal: a person's acknowledgement reaches the author; one of a message that was never theirs does not."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid")) as world:
    world.hub.start()
    world.raw()
    first = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    world.raws["isoc-energy"].tell(first)
    world.fence()

    def acknowledgement(author, **more):
        return client.message(
            "acknowledgement",
            author,
            {"answer": "accepted"},
            re=dict({"author": "isoc-energy", "id": first["id"]}, **more),
        )

    (answer,) = world.raws["owner-grid"].tell(acknowledgement("owner-grid"))
    got = world.fence()
    tap.ok(isinstance(answer, client.Receipt), "the owner acknowledges what it has", answer)
    tap.equal(
        [d.leaf["kind"] for d in got["isoc-energy"]], ["acknowledgement"], "the author hears of it"
    )

    for name, more in (
        ("one that was never theirs", {}),
        ("one that does not exist", {"id": client.uuid7()}),
    ):
        (refused,) = world.raws["isoc-bank"].tell(acknowledgement("isoc-bank", **more))
        tap.equal(
            (getattr(refused, "code", refused), getattr(refused, "pointer", "")),
            ("reference.unknown", "/re"),
            f"acknowledging {name} is refused",
        )
    got = world.fence()
    tap.equal(got["isoc-energy"], [], "and nobody hears of that")
