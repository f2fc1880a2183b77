#!tests/run
"""Goal: what waits to be read of one key is bounded, over however many connections it comes; who is in bounds is served."""

import os

import client
import order
import tap
import zmtp
from processes import until
from world import World

SHARE, TOTAL = 32 << 20, 48 << 20  # limits.waiting_bytes as it is by default; what the greedy sends
FRAME = bytes((1, client.PUBLISH)) + bytes(900_000)
SETTINGS = "timing: { hello_ms = 600000; };\n"  # nothing else ends them


def come(world, name):
    return zmtp.Client(world.port, world.hub_key(), world.node(name).channel_key(), 60).come_in()


def say(peer, size):
    """Frames, and a PING: its answer comes when all that was said before it has been taken in."""
    for _ in range(size // len(FRAME)):
        peer.send(peer.message(FRAME))
    peer.send(peer.message(zmtp.ping(1), zmtp.COMMAND))
    peer.read_frame()


def at_once(world, sender, held, connections):
    """While the hub is at its disk: all of it over so many connections, and another key within its share."""
    greedy = [come(world, "isoc-bank") for _ in range(connections)]
    modest = come(world, "knb")
    cuts = world.hub.process.text().count("connection.cut")
    open(held, "w").close()
    hashes = sender.publish([client.notice("isoc-energy", 1)])
    until(lambda: os.path.exists(held + ".stands"), "the hub stands in its flush")
    for peer in greedy:
        say(peer, TOTAL // connections)
    say(modest, SHARE // 2)
    os.remove(held)
    (answer,) = sender.answers(hashes)
    tap.ok(isinstance(answer, client.Receipt), f"{connections} connections: others are served", answer)
    world.hub.process.says_again("connection.cut", cuts)
    lines = [line for line in world.hub.process.text().splitlines() if "connection.cut" in line][cuts:]
    good = all("node=isoc-bank limit=limits.waiting_bytes" in line for line in lines)
    tap.ok(good and 0 < len(lines) <= connections, f"{connections} connections: those with too much are cut off", lines)
    here = [peer.line for peer in greedy]
    until(lambda: len(zmtp.alive(here)) <= connections - len(lines), "they are ended")
    tap.ok(zmtp.alive([modest.line]), f"{connections} connections: who kept to its share stays")
    for peer in (*greedy, modest):
        peer.close()


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "knb"), settings=SETTINGS) as world:
    held = world.path("held")
    world.hub.process.env = dict(order.preload(shim="hold"), HOLD_FLUSH=held)
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    for connections in (1, 2, 4, 8):
        at_once(world, sender, held, connections)
    tap.has(world.run("hub", "status", world.hub.folder), "limits.waiting_bytes", "the status says which limit it was")
