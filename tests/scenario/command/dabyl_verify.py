#!tests/run
"""Goal: everything that nodes and the hub keep can be proven with `dabyl verify`, also what was sealed before a revocation."""

import json
import sys

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    centre, desk = world.node("isoc-energy"), world.node("nccis")
    for level in (1, 3, 5):
        centre.drop(client.notice("isoc-energy", level, body={"object": "obj-grid-1"}))
    sent = centre.has_sent(3)
    desk.has_received(5)

    for node, folder in ((centre, "sent"), (desk, "inbox"), (world.node("knb"), "inbox")):
        paths = [node.path(folder, name) for name in node.names(folder, ".json")]
        code, text = world.run("verify", *paths, code=None)
        tap.ok(code == 0 and text.count("GOOD") == len(paths), f"{node.name}: all {len(paths)} of {folder}/", text)
    both = [node.path(folder, name) for node, folder in ((centre, "sent"), (desk, "inbox"))
            for name in node.names(folder, ".json")]
    answer = world.run("verify", *both, code=None)
    tap.ok(answer[0] == 0, "files of two nodes at once, each with its node's keys", answer[1])
    tap.ok(
        "carries what isoc-energy sealed, its seal is good too" in text,
        "an alert proves whose message it carries, to a node that never had that message",
        text,
    )

    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.ok(code == 0 and text.count("here  ") == 4, "the hub says who is here", text)

    def journal(*more):
        return world.run("--json", "verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"),
                         "--ca", world.path("ca", "ca.pem"), *more, code=None)

    # revoked after it was sealed: the message still proves itself, with a certificate that is gone
    world.revoke("isoc-energy")
    world.reload()
    code, text = world.run("verify", "--crl", world.path("ca", "crl.pem"),
                           centre.path("sent", sent[0] + ".json"), code=None)
    tap.ok(code == 0 and "not revoked" in text, "sealed before a revocation", text)

    for node in world.nodes.values():
        node.stop()
    world.hub.stop()
    code, text = journal()
    found = json.loads(text)
    tap.ok(code == 0 and found["good"] and found["messages"] >= 5 and found["rosters"] == 2, "the journal of a hub that ended", text)
    world.hub.start()
    world.hub.kill()
    code, text = journal("--torn")
    tap.ok(code == 0, "and of one that was killed", text)

sys.exit(tap.finish())
