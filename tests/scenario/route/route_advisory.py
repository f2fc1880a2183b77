#!tests/run
"""Goal: an advisory reaches everybody its marking lets have it, and the author learns who."""

import json

import client
import tap
from world import World

ALL = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb", "mfa", "hq", "media", "partner")
ENTITIES = set(ALL) - {"nccis", "media", "partner"}

with World(__doc__, ALL) as world:
    world.hub.start()
    world.raw()
    for marking, wanted in (
        ("TLP:CLEAR", set(ALL) - {"nccis"}),
        ("TLP:GREEN", ENTITIES),
        ("TLP:AMBER", {"isoc-energy", "isoc-bank", "owner-grid"}),
    ):
        (receipt,) = world.raws["nccis"].tell(client.advisory("nccis", marking))
        got = world.fence()
        names = {name for name, found in got.items() if found} - {"nccis"}
        tap.equal(names, wanted, f"{marking} reaches {len(wanted)} nodes")
        for name in sorted(wanted):
            tap.has(receipt.told, f"deliver {name} ", f"{marking}: the author learns of {name}")
        for name in sorted(set(ALL) - {"nccis"} - wanted):
            tap.has(
                receipt.told, f"withhold {name} ", f"{marking}: and that {name} does not get it"
            )
    tap.equal(
        {json.loads(d.document)["kind"] for found in got.values() for d in found},
        {"advisory"},
        "only advisories",
    )
