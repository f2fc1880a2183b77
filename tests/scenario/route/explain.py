#!tests/run
"""Goal: a node can ask who would receive a message and why, learns what its receipt would name, and nothing is kept."""

import client
import tap
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb", "mfa", "media")
) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    message = client.notice(
        "isoc-energy", 4, body={"object": "obj-grid-1", "cross_border": True, "countries": ["KG"]}
    )
    answer = sender.explain(message)
    text = client.encode(answer).decode()
    tap.note(text[:600])
    (receipt,) = sender.tell(message)
    for line in receipt.told.splitlines():
        words = line.split()
        if words[0] in ("deliver", "withhold", "emit"):
            tap.ok(
                words[1] in text and words[2 if words[0] != "emit" else 3] in text,
                f"explained before: {line}",
                text,
            )
    answer = sender.explain(client.notice("isoc-energy", 2, body={"object": "obj-nobody-knows"}))
    tap.has(client.encode(answer).decode(), "object.unknown", "an unknown object is remarked")
    for name, document, code in (
        ("a kind of another role", client.advisory("isoc-energy"), ("role.kind", "explain.kind")),
        ("another's name", client.notice("owner-grid", 2), ("from.mismatch", "explain.kind")),
        ("a bad document", client.notice("isoc-energy", 9), ("doc.schema",)),
        ("no document", b"{", ("doc.syntax",)),
    ):
        text = client.encode(sender.explain(document)).decode()
        tap.ok(any(c in text for c in code), f"{name} is not explained: {code[0]}", text)
    got = world.fence()
    tap.equal(
        [d.leaf["id"] for d in got["nccis"] if d.leaf["kind"] == "incident.notice"],
        [message["id"]],
        "explaining sent nothing to anybody",
    )
