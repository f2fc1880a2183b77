#!/usr/bin/python3
"""Goal: a hub and a node that are started without standard descriptors work, and none of their files or sockets takes the place of one."""

import itertools
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import client  # noqa: E402
import tap  # noqa: E402
from processes import die_with_parent, until  # noqa: E402
from world import World  # noqa: E402


def start(process, missing):
    def prepare():
        die_with_parent()
        for fd in missing:
            os.close(fd)

    return subprocess.Popen(
        process.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=prepare
    )


def standard(child):
    return [os.readlink(f"/proc/{child.pid}/fd/{fd}") for fd in (0, 1, 2)]


with World(__doc__, ("nccis", "isoc-energy")) as world, open(world.path("both.log"), "wb") as log:
    node, sent = world.node("isoc-energy"), 0
    subsets = [s for n in (1, 2, 3) for s in itertools.combinations((0, 1, 2), n)]
    for missing in subsets:
        hub = start(world.hub.process, missing)
        until(lambda: world.run("hub", "status", world.hub.folder, code=None)[0] == 0, "the hub runs")
        daemon = start(node.process, missing)
        node.drop(client.notice("isoc-energy", 2))
        sent += 1
        until(lambda: len(node.sent()) == sent, "the message has its receipt")
        wanted = ["/dev/null" if fd in missing or fd == 0 else log.name for fd in (0, 1, 2)]
        for name, child in (("hub", hub), ("node", daemon)):
            tap.equal(standard(child), wanted, f"without {missing} nothing of the {name}'s is in their place")
        for name, child in (("node", daemon), ("hub", hub)):
            child.send_signal(signal.SIGTERM)
            tap.equal(child.wait(60), 0, f"and the {name} ends well")
