#!tests/run
"""Goal: a write or flush that fails ends the hub before anybody hears of it; it recovers, and every receipt holds."""

import errno
import os

import client
import order
import tap
from processes import until
from world import World

FATAL = (
    ("a flush that fails", f"sync {errno.EIO} .seg"),
    ("a write that fails", f"write {errno.EIO} .seg"),
    ("a write without room where room was reserved", f"write {errno.ENOSPC} .seg"),
)

with World(__doc__) as world:
    orders = world.path("orders")
    world.hub.process.env = dict(order.preload(shim="fail"), FAIL_ORDERS=orders)

    def command(text):
        with open(orders + ".new", "w", encoding="ascii") as file:
            file.write(text + "\n")
        os.rename(orders + ".new", orders)

    command("")
    world.start("isoc-energy", "owner-grid", "nccis")
    sender = world.node("isoc-energy")
    hub = world.hub.process

    def publish():
        sender.drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))

    publish()
    sender.has_sent(1)
    for n, (name, text) in enumerate(FATAL):
        command(text)
        publish()
        until(lambda: not hub.running(), "the hub ends")
        tap.ok(hub.child.returncode not in (0, -6), f"{name}: the hub ends", hub.child.returncode)
        tap.has(hub.text(), "hub.died", "and says why")
        tap.equal(len(sender.sent()), n + 1, "no receipt left")
        command("")
        world.processes.remove(hub)
        world.hub.start()
        sender.has_sent(n + 2)
    tap.ok(True, "each time it recovers, and the message is taken once")

    # Whether a message was taken before must be known, not guessed.
    notice = client.advisory("nccis")
    world.node("nccis").stop()
    raw = world.node("nccis").client().begin()
    (first,) = raw.tell(notice)
    command(f"read {errno.EIO} .seg")
    raw.publish([notice])
    until(lambda: not hub.running(), "the hub ends")
    tap.has(hub.text(), "hub.died", "an entry that cannot be read: the hub ends, and says why")
    command("")
    world.processes.remove(hub)
    world.hub.start()
    raw.close()
    world.clients.remove(raw)
    raw = world.node("nccis").client().begin()
    (again,) = raw.tell(notice)
    tap.equal(again.position, first.position, "the message it was asked about is there once")
    raw.close()
    world.clients.remove(raw)
    world.node("nccis").start()

    # What the public fetches is written off the path: trouble there stops nothing.
    command(f"write {errno.EIO} /tile/\nrename {errno.EIO} checkpoint\nopen {errno.EIO} /tile/")
    publish()
    sender.has_sent(len(FATAL) + 2)
    hub.says("publisher.trouble")
    publish()
    sender.has_sent(len(FATAL) + 3)
    tap.ok(True, "a checkpoint that cannot be published costs no receipt")
    command("")
    world.node("owner-grid").has_received(len(FATAL) + 3)
    world.node("nccis").has_received(len(FATAL) + 3)
    ids = [message["id"] for message in world.node("owner-grid").inbox()]
    tap.equal(len(set(ids)), len(ids), "nothing arrived twice")
    tap.equal(world.hub.stop(), 0, "it ends when asked, with everything published")
