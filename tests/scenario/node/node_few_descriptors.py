#!tests/run
"""Goal: a node and its commands that get no descriptor say so, and are there again when they do."""

import resource
import subprocess

import client
import tap
from world import World

SAYS = "Too many open files"


def limited(n, *command):
    """Run it with so many descriptors: its exit code, and what it said."""

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))

    done = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=limit, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def sweep(what, good, *command):
    """From hardly any descriptor on: exit 1 or 2 with the cause, until it does what it should."""
    for n in range(6, 120):
        code, said = limited(n, *command)
        if code == 0:
            tap.ok(good in said, f"{what} works with {n} of them", said)
            return
        if code < 0 or SAYS not in said:
            tap.ok(False, f"{what} with {n} descriptors says why not", (code, said))
            return
    tap.ok(False, f"{what} works in the end", said)


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.start("isoc-energy", "nccis")
    node = world.node("isoc-energy")
    dabyl, daemon = world.program("dabyl"), world.program("dabyl-node")
    sweep("dabyl status", "connected to", dabyl, "status", "--node", node.folder)
    sweep("dabyl hub status", "connected", dabyl, "hub", "status", world.hub.folder)
    node.process.says("link.ready")

    # A daemon that runs, and must connect anew when it has none left.
    before = resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE, (16, before[1]))
    world.hub.kill()
    tap.has(node.process.says(SAYS), "link.lost", "the node says that it cannot connect, and why")
    tap.has(node.process.says(SAYS), "ulimit -n", "and what to do about it")
    world.hub.start()
    node.drop(client.notice("isoc-energy", 1))
    resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE, before)
    node.has_sent(1)
    tap.ok(node.process.running(), "it has gone on by itself as soon as it could")
    tap.equal(node.stop(), 0, "and ends well")

    sweep("dabyl-node -n", "good", daemon, "-n", node.path("node.conf"))
