#!tests/run
"""Goal: a notice reaches nccis, the object's owner and the centre that serves it, and nobody else."""

import client
import tap
from world import World

NODES = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "service", "knb", "mfa", "media")

with World(__doc__, NODES) as world:
    world.hub.start()
    world.raw()
    # Paragraph 10: who called NCCIS, when, through what, on whose behalf.
    caller = {
        "channel": "call-centre-1400", "reported_at": client.rfc3339(-600), "name": "A. Example",
        "phone": "+7 7172 000000", "on_behalf_of": "An owner", "reference": "1400-17",
    }  # fmt: skip
    (answer,) = world.raws["nccis"].tell(client.notice("nccis", 2, body={"reported": caller}))
    tap.ok(isinstance(answer, client.Receipt), "a call to 1400 is told field by field", answer)
    for field, value in (("channel", "smoke"), ("reported_at", "in the night"), ("phone", "at home"), ("said", "help")):
        (answer,) = world.raws["nccis"].tell(client.notice("nccis", 2, body={"reported": {**caller, field: value}}))
        tap.equal((answer.code, answer.pointer), ("doc.schema", f"/body/reported/{field}"), f"and not by {field} as somebody likes")
    world.fence()

    for author, wanted in (
        ("isoc-energy", {"nccis", "owner-grid"}),
        ("owner-grid", {"nccis", "isoc-energy"}),
        ("nccis", {"isoc-energy", "owner-grid"}),
        ("service", {"nccis", "isoc-energy", "owner-grid"}),
    ):
        message = client.notice(author, 2, body={"object": "obj-grid-1"})
        (receipt,) = world.raws[author].tell(message)
        got = world.fence()
        tap.equal(
            {name for name, found in got.items() if found},
            wanted | ({"nccis"} if author == "nccis" else set()) if got.get("nccis") else wanted,
            f"a notice by {author} goes to {sorted(wanted)}",
        )
        for name in sorted(wanted):
            delivery = got[name][0]
            tap.equal(delivery.document, client.encode(message), f"{name} has the exact bytes")
            words = delivery.why.split()
            tap.equal(words[:2], ["deliver", name], f"{name} is told why: {delivery.why.strip()}")
            tap.has(receipt.told, delivery.why.strip(), f"the receipt of {author} names {name}")
            tap.equal(
                (words[2] == "notice.others", words[-1] == "default"),
                (author in ("nccis", "service"),) * 2,
                "that others than owners and centres inform is a default",
            )
        tap.ok(
            any(p in " ".join(delivery.why.split()[4:]) for p in ("8.3", "8.5", "10")),
            "the paragraph is cited",
            delivery.why,
        )
