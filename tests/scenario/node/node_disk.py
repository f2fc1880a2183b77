#!tests/run
"""Goal: a node whose disk fails or is full loses nothing, says so, and goes on by itself when it can."""

import errno
import os

import client
import order
import tap
from world import World

# What goes wrong at the same time: where, the order for the shim, the words of the node's log.
TROUBLE = (
    ("isoc-energy", f"write {errno.ENOSPC} /spool/", "outbox.stuck", "outbox.goes-on"),
    ("nccis", f"write {errno.ENOSPC} /sent/", "store.failed", "store.goes-on"),
    ("owner-grid", f"sync {errno.EIO} /inbox", "store.failed", "store.goes-on"),
)

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    orders = {}
    for name in world.nodes:
        orders[name] = world.path(f"orders-{name}")
        world.node(name).process.env = dict(
            order.preload(shim="fail"), FAIL_ORDERS=orders[name]
        )

    def command(name, text):
        with open(orders[name] + ".new", "w", encoding="ascii") as file:
            file.write(text + "\n")
        os.rename(orders[name] + ".new", orders[name])

    world.start()
    receiver = world.node("owner-grid")
    for name, text, _, _ in TROUBLE:
        command(name, text)
    ids = {}
    for author in ("isoc-energy", "nccis"):
        notice = client.notice(author, 2, body={"object": "obj-grid-1"})
        ids[author] = notice["id"]
        world.node(author).drop(notice)
    for name, text, word, _ in TROUBLE:
        world.node(name).process.says(word)
        tap.ok(True, f"{text}: {name} says so")
    tap.equal(receiver.inbox(), [], "what could not be flushed does not count as received")
    for name, _, _, word in TROUBLE:
        command(name, "")
    for name, _, _, word in TROUBLE:
        world.node(name).process.says(word)
        tap.ok(True, f"{name} goes on when it can")
    receiver.has_received(2)
    got = [message["id"] for message in receiver.inbox()]
    tap.equal(sorted(got), sorted(ids.values()), "everything arrived, once")
    for author, message in ids.items():
        tap.equal(world.node(author).has_sent(1), [message], f"with a receipt for {author}")
