#!tests/run
"""Goal: a hub listens on IPv6 and IPv4, and a node finds it by whatever address its name has."""

import os
import socket

import client
import tap
from commands import MODE, TOP
from processes import until
from world import World

# name: its addresses, as in NAMES of tests/shims/names.c
NAMES = {"four.test": "127.0.0.1", "six.test": "::1", "both.test": "127.0.0.1,::1"}


def loopback():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def listen(world, *endpoints):
    with open(world.hub.path("hub.conf"), "w", encoding="utf-8") as conf:
        listed = ", ".join(f'"{endpoint}"' for endpoint in endpoints)
        conf.write(f'origin = "{world.origin}";\nlisten = [{listed}];\n')
    tap.has(world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub"), "good", f"-n: {listed}")
    world.hub.start()


def reaches(world, node, endpoint, what):
    """One notice through the node, over a hub of this name; its receipt is the proof."""
    with open(node.path("node.conf"), encoding="utf-8") as file:
        text = file.read()
    before = text.split('endpoints = ["')[1].split('"')[0]
    with open(node.path("node.conf"), "w", encoding="utf-8") as file:
        file.write(text.replace(before, endpoint))
    had = len(node.sent())
    node.process.env = {
        "LD_PRELOAD": os.path.join(TOP, "build", MODE, "shims", "names.so"),
        "NAMES": " ".join(f"{name}={addresses}" for name, addresses in NAMES.items()),
    }
    node.start()
    node.drop(client.notice("isoc-energy", 1))
    tap.ok(until(lambda: len(node.sent()) == had + 1, f"a receipt over {endpoint}"), what)
    node.stop()


if not loopback():
    tap.skip_all("no IPv6 on the loopback of this machine")

with World(__doc__, ("nccis", "isoc-energy")) as world:
    node, port = world.node("isoc-energy"), world.port
    listen(world, f"tcp://127.0.0.1:{port}", f"tcp://[::1]:{port}")
    reaches(world, node, f"tcp://[::1]:{port}", "an address of IPv6")
    reaches(world, node, f"tcp://127.0.0.1:{port}", "an address of IPv4")
    reaches(world, node, f"tcp://six.test:{port}", "a name with an address of IPv6 only")
    reaches(world, node, f"tcp://four.test:{port}", "a name with an address of IPv4 only")
    world.hub.stop()
    listen(world, f"tcp://[::1]:{port}")
    reaches(world, node, f"tcp://both.test:{port}", "a name with both, of which IPv4 leads nowhere")
    world.hub.stop()
    listen(world, f"tcp://127.0.0.1:{port}")
    reaches(world, node, f"tcp://both.test:{port}", "and one of which IPv6 leads nowhere")
    world.hub.stop()
    listen(world, f"tcp://*:{port}")
    reaches(world, node, f"tcp://[::1]:{port}", "a hub on all addresses, by IPv6")
    reaches(world, node, f"tcp://127.0.0.1:{port}", "and by IPv4")
    world.hub.stop()
