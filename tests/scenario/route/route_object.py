#!tests/run
"""Goal: who serves an object is the registry's to say; an unknown object goes to nccis alone, and the receipt says so."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-bank"]

    for name, body, wanted, remark in (
        ("a known object", {"object": "obj-grid-1"}, {"nccis", "isoc-energy", "owner-grid"}, None),
        ("an object that no centre serves", {"object": "obj-alone"}, {"nccis", "owner-grid"}, None),
        ("an unknown object", {"object": "obj-nobody-knows"}, {"nccis"}, "object.unknown"),
        ("no object at all", {}, {"nccis"}, "object.none"),
    ):
        (receipt,) = sender.tell(client.notice("isoc-bank", 2, body=body))
        got = world.fence()
        tap.equal(
            {node for node, found in got.items() if found},
            wanted,
            f"{name} goes to {sorted(wanted)}",
        )
        if remark:
            tap.has(receipt.told, f"remark {remark} ", f"{name}: the receipt remarks {remark}")
        else:
            tap.ok("remark object" not in receipt.told, f"{name}: nothing to remark", receipt.told)

    (refused,) = sender.tell(client.notice("isoc-bank", 2, body={"object": "obj-sealed"}))
    tap.equal(
        getattr(refused, "code", refused),
        "object.out-of-scope",
        "an object outside the plan is refused",
    )
