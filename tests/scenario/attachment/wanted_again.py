#!tests/run
"""Goal: a node that waits for a file not handed in yet gets it, also when it is asked meanwhile for one that it has."""

import hashlib
import os
import sys

import client
import route
import tap
from processes import until
from world import CAST, World

cast = {name: CAST[name] for name in ("nccis", "isoc-energy", "owner-grid", "authority")}

with World(__doc__, cast, settings="attachments = { reserve_bytes = 0; };\n") as world:
    world.hub.start()
    world.raw("owner-grid")
    owner = world.raws["owner-grid"]
    node = world.node("authority")

    def name(data):
        return hashlib.sha256(data).hexdigest()

    # Names are looked at in order: the one that is there already has to come first.
    late, here, i = b"not yet handed in", b"here already", 0
    while name(here) > name(late):
        i += 1
        here = b"here already, %d" % i
    for data in (late, here):
        file = {"name": "plan.pdf", "size": len(data), "sha256": name(data)}
        (answer,) = owner.tell(route.example("plan.submission", "owner-grid", body={"file": file}))
        tap.ok(isinstance(answer, client.Receipt), "a plan is submitted", answer)
    owner.hand_in(here)
    node.start()
    node.has_received(2)

    def want(data):
        with open(node.path("attachments", ".wanted"), "w", encoding="utf-8") as request:
            request.write(f"{len(data)}\n")
        os.rename(node.path("attachments", ".wanted"), node.path("attachments", "wanted", name(data)))

    def is_whole(data):
        return os.path.exists(node.path("attachments", "whole", name(data)))

    def is_wanted(data):
        return os.path.exists(node.path("attachments", "wanted", name(data)))

    want(here)
    until(lambda: is_whole(here) and not is_wanted(here), "the file that is there is fetched")
    want(late)
    # The hub's no is not logged by default; a request for status is answered after it.
    node.process.says("attachment.fetching")
    world.run("--node", node.folder, "status", code=None)
    want(here)
    until(lambda: not is_wanted(here), "what is there is found there")
    code, text = world.run("--node", node.folder, "status", code=None)
    tap.ok("connected" in text, "the node is awake", text)
    owner.hand_in(late)
    until(lambda: is_whole(late), "the other one is fetched as soon as it is handed in")
    tap.ok(is_whole(late), "both are there")

sys.exit(tap.finish())
