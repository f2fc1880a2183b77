#!tests/run
"""Goal: a hub without room for another batch takes nothing, says so, delivers what it has, and goes on by itself."""

import errno
import os

import client
import order
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    full = world.path("orders")
    world.hub.process.env = dict(order.preload(shim="fail"), FAIL_ORDERS=full)
    world.start("isoc-energy", "owner-grid")
    sender = world.node("isoc-energy")
    sender.drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    sender.has_sent(1)
    tap.equal(world.hub.stop(), 0, "with room a notice is taken")

    with open(full, "w", encoding="ascii") as file:
        file.write(f"reserve {errno.ENOSPC} segments/\n")
    world.hub.start()
    world.hub.process.says("disk.full")
    tap.ok(True, "a hub that begins without room begins all the same, and says so")
    sender.drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    sender.process.says("code=disk.full")
    raw = world.node("nccis").client().begin(stored=0)
    raw.take(1)
    tap.ok(1 in raw.inbox, "what was taken before is delivered", raw.inbox)
    (answer,) = raw.tell(client.advisory("nccis"))
    tap.ok(
        not isinstance(answer, client.Receipt) and answer.code == "disk.full" and answer.retry,
        "a publisher is told to come again",
        answer,
    )
    code, status = world.run("hub", "status", world.hub.folder, code=None)
    tap.ok(code == 1 and "no room on the disk" in status, "the operator is told", status)
    reason = world.reload()
    tap.has(reason, "law.refused", "a reload that could not be recorded is refused")
    tap.equal(len(sender.sent()), 1, "no receipt is given")
    tap.equal(sender.refused(), {}, "and nothing is refused for good")

    os.unlink(full)
    world.hub.process.says("disk.room")
    sender.has_sent(2)
    world.node("owner-grid").has_received(2)
    until(
        lambda: isinstance(raw.tell(client.advisory("nccis"))[0], client.Receipt), "an advisory"
    )
    tap.ok(True, "with room again it goes on by itself")
    code, status = world.run("hub", "status", world.hub.folder, code=None)
    tap.equal(code, 0, "and the operator has nothing to do")
