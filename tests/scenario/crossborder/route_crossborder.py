#!tests/run
"""Goal: what crosses the border reaches the foreign-policy liaison and nccis as an item, and only that."""

import json

import client
import tap
from world import World

with World(__doc__) as world:
    world.hub.start()
    world.raw()
    for crosses in (False, True):
        message = client.notice(
            "isoc-energy",
            1,
            body={
                "object": "obj-grid-1",
                "cross_border": crosses,
                "countries": ["KG"] if crosses else None,
            },
        )
        world.raws["isoc-energy"].tell(message)
        got = world.fence()
        kinds = {name: [d.leaf["kind"] for d in found] for name, found in got.items()}
        tap.equal(
            kinds["mfa"],
            ["crossborder.item"] if crosses else [],
            f"cross_border {crosses}: mfa gets {kinds['mfa']}",
        )
        tap.equal(
            kinds["nccis"], ["incident.notice"] + ["crossborder.item"] * crosses, "nccis follows"
        )
        tap.equal(kinds["knb"], [], "level 1 is not for national security")
    item = json.loads(got["mfa"][0].document)
    tap.equal(item["body"]["cause"]["id"], message["id"], "the item names its cause")
    tap.has(got["mfa"][0].why, "17", "citing paragraph 17")
    tap.has(got["mfa"][0].why, "default", "and that the automatic item is an operational default")

    message = client.notice(
        "isoc-energy", 4, body={"object": "obj-grid-1", "cross_border": True, "countries": ["KG"]}
    )
    world.raws["isoc-energy"].tell(message)
    got = world.fence()
    tap.equal(
        sorted(d.leaf["kind"] for d in got["nccis"]),
        ["crossborder.item", "incident.notice", "security.alert"],
        "level 4 across the border derives both",
    )
    tap.equal(
        [d.leaf["kind"] for d in got["knb"]], ["security.alert"], "the alert for national security"
    )
    tap.equal(
        [d.leaf["kind"] for d in got["mfa"]], ["crossborder.item"], "the item for the liaison"
    )
