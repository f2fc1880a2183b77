#!tests/run
"""Goal: where no folder can be watched, everything goes on by looking: messages, answers, attachments, commands."""

import json
import os

import client
import order
import tap
from processes import Process, until
from world import TOP, World

BLIND = order.preload(shim="blind")

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "authority")) as world:
    isoc, owner, authority = (world.node(n) for n in ("isoc-energy", "owner-grid", "authority"))
    script = world.path("told")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nbasename "$1" >> {world.path("told.txt")}\n')
    os.chmod(script, 0o755)
    with open(owner.path("node.conf"), "a", encoding="utf-8") as conf:
        conf.write(f'command = "{script}";\n')
    for node in world.nodes.values():
        node.process.env = BLIND
    world.start()

    def dabyl(node, *arguments, code=0, stdin=None):
        return world.run("--node", node.folder, *arguments, code=code, stdin=stdin, env=BLIND)

    notice = client.encode(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    text = dabyl(isoc, "send", "-", "--timeout", "60", stdin=notice.decode())
    tap.ok("receipt" in text, "dabyl send: the receipt is there", text)
    owner.has_received(1)
    until(lambda: os.path.exists(world.path("told.txt")), "the command is run")
    tap.ok(True, "the command is run")
    text = dabyl(owner, "ack", "1", "accepted", "--timeout", "60")
    tap.ok("receipt" in text, "dabyl ack: the receipt is there", text)

    follower = Process(
        "follow", [world.program("dabyl"), "--node", owner.folder, "follow", "--bookmark", "b",
                   "--count", "2", "--timeout", "60"], world.path("follow.log"), env=BLIND)  # fmt: skip
    world.begin(follower)
    isoc.drop(client.notice("isoc-energy", 1, body={"object": "obj-grid-1"}))
    isoc.has_sent(2)
    tap.ok(True, "a file in the outbox is sent")
    tap.equal(follower.child.wait(60), 0, "dabyl follow prints what comes")

    with open(os.path.join(TOP, "schemas", "examples", "plan.submission.json"), encoding="utf-8") as file:
        plan = json.load(file)
    for key in ("id", "from", "sent", "nonce"):
        del plan[key]
    plan["body"]["file"] = {"name": "plan.pdf"}
    with open(world.path("plan.pdf"), "wb") as file:
        file.write(os.urandom(70000))
    text = dabyl(owner, "send", "-", "--attach", world.path("plan.pdf"), "--timeout", "60",
                 stdin=json.dumps(plan))  # fmt: skip
    authority.has_received(1)
    text = dabyl(authority, "attachment", "get", "1", "--into", world.path("got.pdf"),
                 "--timeout", "60")  # fmt: skip
    with open(world.path("plan.pdf"), "rb") as one, open(world.path("got.pdf"), "rb") as other:
        tap.ok(one.read() == other.read(), "an attachment is handed in and fetched", text)
