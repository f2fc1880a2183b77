#!tests/run
"""Goal: a node that stands still in the middle holds up nobody, and has everything once it moves again."""

import signal

import client
import tap
from world import World

COUNT = 60

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.start()
    sender, receiver, desk = (
        world.node(name) for name in ("isoc-energy", "owner-grid", "nccis")
    )
    ids = []

    def publish(author, n):
        for _ in range(n):
            notice = client.notice(author.name, 2, body={"object": "obj-grid-1"})
            ids.append(notice["id"])
            author.drop(notice)

    publish(sender, 10)
    receiver.has_received(10)
    receiver.process.signal(signal.SIGSTOP)
    publish(sender, COUNT)
    sender.has_sent(10 + COUNT)
    desk.has_received(10 + COUNT)
    tap.ok(True, "while a receiver stands still the sender has its receipts, and others receive")

    # And one that published stands still before it can hear of its receipts.
    sender.process.signal(signal.SIGSTOP)
    publish(sender, 10)
    publish(desk, 10)
    desk.has_sent(10)
    tap.ok(True, "and while a sender does")
    for node in (sender, receiver):
        node.process.signal(signal.SIGCONT)
    sender.has_sent(20 + COUNT)
    receiver.has_received(len(ids))
    got = [message["id"] for message in receiver.inbox()]
    tap.equal(sorted(got), sorted(ids), "moving again, the receiver has everything, once")
    tap.equal(len(sender.sent()), 20 + COUNT, "and the sender every receipt")
