#!tests/run
"""Goal: TLP:RED goes to those the author names whom a rule also allows, and to no other."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "media")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]

    (refused,) = sender.tell(
        client.notice("isoc-energy", 2, marking="TLP:RED", body={"object": "obj-grid-1"})
    )
    tap.equal(getattr(refused, "code", refused), "marking.red", "without addressees it is refused")
    tap.equal(getattr(refused, "pointer", refused), "/to", "naming the missing field")

    sender.tell(
        client.notice(
            "isoc-energy", 2, marking="TLP:RED", to=["nccis"], body={"object": "obj-grid-1"}
        )
    )
    got = world.fence()
    tap.equal(
        {name for name, found in got.items() if found},
        {"nccis"},
        "named: nccis, and not the owner, has it",
    )

    sender.tell(
        client.notice(
            "isoc-energy",
            2,
            marking="TLP:RED",
            to=["nccis", "media"],
            body={"object": "obj-grid-1"},
        )
    )
    got = world.fence()
    tap.equal(got["media"], [], "naming somebody whom no rule allows opens nothing")
    tap.equal(len(got["nccis"]), 1, "and stops nobody else")

    (refused,) = sender.tell(
        client.notice(
            "isoc-energy", 2, marking="TLP:RED", to=["nobody"], body={"object": "obj-grid-1"}
        )
    )
    tap.equal(getattr(refused, "code", refused), "to.unknown", "an addressee must exist")

    # Paragraph 14 is a duty of law: an author's marking does not keep the agencies in the dark.
    (receipt,) = sender.tell(
        client.notice(
            "isoc-energy", 4, marking="TLP:RED", to=["nccis"], body={"object": "obj-grid-1"}
        )
    )
    got = world.fence()
    tap.equal(
        [d.leaf["kind"] for d in got["knb"]],
        ["security.alert"],
        "at level 4 the agencies are alerted all the same",
    )
    tap.has(receipt.told, " 488:14", "and the author is told so")
    tap.equal(got["owner-grid"], [], "the owner, not named, has nothing")
