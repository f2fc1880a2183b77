#!tests/run
"""Goal: a test reaches its author and nobody else; an exercise that nobody opened is refused."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    message = client.notice("isoc-energy", 5, status="test", body={"object": "obj-grid-1"})
    (receipt,) = sender.tell(message)
    tap.ok(isinstance(receipt, client.Receipt), "a test is receipted", receipt)
    got = world.fence()
    tap.equal({name for name, found in got.items() if found}, {"isoc-energy"}, "its author has it")
    tap.equal(
        [d.leaf["kind"] for d in got["isoc-energy"]],
        ["incident.notice"],
        "and nothing derived from it",
    )
    (refused,) = sender.tell(client.notice("isoc-energy", 2, status="exercise", exercise="autumn"))
    tap.equal(getattr(refused, "code", refused), "exercise.unknown", "no such exercise is open")
    (refused,) = sender.tell(client.notice("isoc-energy", 2, status="exercise"))
    tap.equal(getattr(refused, "code", refused), "doc.schema", "an exercise must be named")
    (refused,) = sender.tell(client.notice("isoc-energy", 2, exercise="autumn"))
    tap.equal(getattr(refused, "code", refused), "doc.schema", "and only an exercise may name one")
