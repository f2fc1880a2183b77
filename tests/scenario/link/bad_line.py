#!tests/run
"""Goal: a line that is cut, held or slow costs nobody a message, nothing happens twice, and no other node waits."""

import client
import proxy
import tap
from processes import until
from world import World


def behind(world, name):
    """This node's line to the hub, in our hand."""
    line = proxy.Proxy(world.port)
    with open(world.node(name).path("node.conf"), encoding="utf-8") as conf:
        text = conf.read()
    with open(world.node(name).path("node.conf"), "w", encoding="utf-8") as conf:
        conf.write(text.replace(f":{world.port}", f":{line.port}"))
    return line


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    lines = {name: behind(world, name) for name in ("isoc-energy", "owner-grid")}
    world.start("isoc-energy", "owner-grid", "nccis")
    bank = world.node("isoc-bank").client().begin()
    sender, receiver = world.node("isoc-energy"), world.node("owner-grid")
    ids = []

    def publish(n):
        for _ in range(n):
            notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
            ids.append(notice["id"])
            sender.drop(notice)

    def others_are_served(when):
        (answer,) = bank.tell(client.notice("isoc-bank", 2))
        tap.ok(isinstance(answer, client.Receipt), f"{when}: another node is served", answer)

    def all_is_there(when):
        sender.has_sent(len(ids))
        receiver.has_received(len(ids))
        tap.equal(sorted(sender.sent()), sorted(ids), f"{when}: each message has its receipt")
        got = [message["id"] for message in receiver.inbox()]
        tap.equal(sorted(got), sorted(ids), f"{when}: each arrived, once")

    publish(5)
    all_is_there("a good line")

    # Cut at once after the files were taken, and as the first of them arrives.
    for name in lines:
        for _ in range(3):
            publish(10)
            until(lambda: not sender.names("outbox", ".json"), "the outbox is taken")
            lines[name].cut()
    others_are_served("a line that is cut")
    all_is_there("a line that is cut")

    # Half-open: both ends believe in a connection that carries nothing.
    for line in lines.values():
        line.mode = proxy.HOLD
    publish(10)
    others_are_served("a line that is held")
    for node in (sender, receiver):
        node.process.says("fell silent")
    for line in lines.values():
        line.mode = proxy.PASS
    all_is_there("a line that was held")

    # A few bytes at a time, from the handshake on.
    for line in lines.values():
        line.mode = proxy.DRIP
        line.cut()
    publish(1)
    others_are_served("a slow line")
    for line in lines.values():
        line.mode = proxy.PASS
    all_is_there("a line that was slow")
    for line in lines.values():
        line.close()
