#!tests/run
"""Goal: levels 3, 4 and 5, and no lower, alert national security and nccis, with the notice inside."""

import base64
import json

import client
import tap
from world import World

with World(__doc__) as world:
    world.hub.start()
    world.raw()
    for level in range(6):
        message = client.notice("isoc-energy", level, body={"object": "obj-grid-1"})
        (receipt,) = world.raws["isoc-energy"].tell(message)
        got = world.fence()
        alerts = {
            name: [d for d in found if d.leaf["kind"] == "security.alert"]
            for name, found in got.items()
        }
        names = {name for name, found in alerts.items() if found}
        tap.equal(
            names,
            {"knb", "nccis"} if level >= 3 else set(),
            f"level {level} alerts {sorted(names) or 'nobody'}",
        )
        if level < 3:
            continue
        alert = json.loads(alerts["knb"][0].document)
        tap.equal(
            (alert["from"], alert["for"]), ("hub", "nccis"), "the alert is by the hub for nccis"
        )
        tap.equal(
            alert["body"]["cause"],
            {"author": "isoc-energy", "id": message["id"]},
            "it names its cause",
        )
        carried = alert["body"]["carried"]
        tap.equal(
            base64.b64decode(carried["document"]),
            client.encode(message),
            "it carries the notice as it was",
        )
        tap.has(
            base64.b64decode(carried["seal"]).decode(),
            world.node("isoc-energy").seal_key().id,
            "and its seal",
        )
        tap.equal(alert["marking"], message["marking"], "under the same marking")
        tap.has(alerts["knb"][0].why, "14", "citing paragraph 14")
        tap.equal(
            alerts["knb"][0].document, alerts["nccis"][0].document, "nccis has the same alert"
        )
        first = next(d for d in got["nccis"] if d.leaf["kind"] == "incident.notice")
        tap.ok(
            alerts["nccis"][0].leaf["position"] == first.leaf["position"] + 1,
            "it follows its cause in the log",
        )
        tap.equal(
            [d for d in got["knb"] if d.leaf["kind"] == "incident.notice"],
            [],
            "knb has no notice of its own",
        )
