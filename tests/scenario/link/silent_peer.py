#!tests/run
"""Goal: a node that vanished behind a line that holds is not shown as here for long, and comes back as if nothing had been."""

import json
import signal

import client
import proxy
import tap
from processes import until
from world import World

SETTINGS = "timing: { heartbeat_ms = 600; };\n"


def here(world, name):
    text = world.run("--json", "hub", "status", world.hub.folder)
    return next(n["connected"] for n in json.loads(text)["nodes"] if n["node"] == name)


with World(__doc__, ("nccis", "isoc-energy"), settings=SETTINGS) as world:
    world.hub.start()
    node = world.node("isoc-energy")
    line = proxy.Proxy(world.port)
    with open(node.path("node.conf"), encoding="utf-8") as file:
        text = file.read()
    with open(node.path("node.conf"), "w", encoding="utf-8") as file:
        file.write(text.replace(f":{world.port}", f":{line.port}"))
    node.start()
    until(lambda: here(world, "isoc-energy"), "the node is here")
    # The kernel at the other end answers; only nothing is passed on, and the node does
    # not hang up either.
    line.mode = proxy.HOLD
    node.process.signal(signal.SIGSTOP)
    try:
        until(lambda: not here(world, "isoc-energy"), "the hub notices that it hears nothing")
    finally:
        node.process.signal(signal.SIGCONT)
    tap.ok(True, "a node of which nothing is heard is away")
    name = node.drop(client.notice("isoc-energy", 2))
    line.mode = proxy.PASS
    line.cut()
    until(lambda: name in node.sent(), "its message has a receipt")
    tap.ok(here(world, "isoc-energy"), "it is back")
    line.close()
