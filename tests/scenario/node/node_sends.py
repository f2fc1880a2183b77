#!tests/run
"""Goal: a file renamed into outbox/ comes out in sent/ with seal and proof, or in refused/ with the reason."""

import hashlib
import os

import client
import tap
from world import World

with World(__doc__) as world:
    world.start("isoc-energy", "nccis")
    node = world.node("isoc-energy")
    bare = client.notice("isoc-energy", 2, id=None, from_=None, sent=None, nonce=None)
    node.drop(bare, "a-name-of-our-own")
    (name,) = node.has_sent(1)
    message = node.load("sent", name + ".json")
    tap.equal((message["id"], message["from"]), (name, "isoc-energy"), "id and from are completed")
    tap.ok(len(message["nonce"]) == 32 and message["sent"].endswith("Z"), "and nonce and sent")
    tap.equal(message["body"], bare["body"], "the body is what it was")
    tap.equal(
        node.names("sent", ""),
        sorted(name + end for end in (".json", ".seal", ".told", ".tlog-proof")),
        "sent/ has document, seal, told and proof",
    )
    with open(node.path("sent", name + ".json"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    (received,) = world.node("nccis").has_received(1)
    tap.equal(received, message, "nccis has the same document")
    tap.equal(os.listdir(node.path("outbox")), [], "outbox/ is empty again")

    full = client.notice("isoc-energy", 1)
    node.drop(full)
    node.has_sent(2)
    with open(node.path("sent", full["id"] + ".json"), "rb") as file:
        tap.equal(
            file.read(), client.encode(full), "a message that lacks nothing is sent byte for byte"
        )

    for name, bad, code in (
        ("unreadable", b'{"kind": ', "doc.syntax"),
        ("level-nine", client.notice("isoc-energy", 9), "doc.schema"),
        ("not-ours", client.advisory("isoc-energy"), "role.kind"),
        ("secret", client.notice("isoc-energy", 2, state_secret=True), "secret.declared"),
    ):
        node.drop(bad, name)
        node.has_refused(1)
        reason = next(iter(node.refused().values()))
        tap.equal(reason["code"], code, f"{name} is refused: {reason.get('text')}")
        tap.ok(reason.get("sentence"), "with a sentence", reason)
        for left in os.listdir(node.path("refused")):
            os.remove(node.path("refused", left))
    tap.equal(len(node.sent()), 2, "only the two good ones were sent")
    tap.ok(
        not any(n.endswith(".tmp") for n in os.listdir(node.path("outbox"))),
        "nothing is left lying about",
    )
