#!tests/run
"""Goal: what is started without standard descriptors works, and none of its files or sockets takes the place of one: hub, node and commands."""

import itertools
import os
import signal
import subprocess

import client
import tap
from processes import die_with_parent, until
from world import World


def start(command, missing):
    def prepare():
        die_with_parent()
        for fd in missing:
            os.close(fd)

    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=prepare
    )


def leads(child, fd):
    """Where a descriptor leads; "" while there is none."""
    try:
        return os.readlink(f"/proc/{child.pid}/fd/{fd}")
    except FileNotFoundError:
        return ""


def standard(child):
    return [leads(child, fd) for fd in (0, 1, 2)]


def wanted(missing):
    return ["/dev/null" if fd in missing or fd == 0 else log.name for fd in (0, 1, 2)]


def watches(child):
    """It holds what tells it of new files: all that it opens at the start is open."""
    return any("inotify" in leads(child, fd) for fd in os.listdir(f"/proc/{child.pid}/fd"))


def contents(folder):
    """What files hold, by name; of a lock only that a process's number stands there."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                data = file.read()
            found[name] = data.strip().isdigit() if name == "lock" else data
    return found


with World(__doc__, ("nccis", "isoc-energy")) as world, open(world.path("both.log"), "wb") as log:
    node, sent = world.node("isoc-energy"), 0
    subsets = [s for n in (1, 2, 3) for s in itertools.combinations((0, 1, 2), n)]
    for missing in subsets:
        hub = start(world.hub.process.command, missing)
        until(lambda: world.run("hub", "status", world.hub.folder, code=None)[0] == 0, "the hub runs")
        daemon = start(node.process.command, missing)
        node.drop(client.notice("isoc-energy", 2))
        sent += 1
        until(lambda: len(node.sent()) == sent, "the message has its receipt")
        for name, child in (("hub", hub), ("node", daemon)):
            tap.equal(standard(child), wanted(missing), f"without {missing} nothing of the {name}'s is in their place")
        for name, child in (("node", daemon), ("hub", hub)):
            child.send_signal(signal.SIGTERM)
            tap.equal(child.wait(60), 0, f"and the {name} ends well")

    # A command that waits: what it holds open meanwhile is elsewhere.
    follow = [world.program("dabyl"), "--node", node.folder, "follow"]
    # One that speaks while it holds a file that it may write to: the CA's lock.
    ca, newcomer = world.path("ca"), world.path("newcomer")
    world.run("ca", "request", "--dir", newcomer, "--id", "newcomer", "--role", "isoc", "--org", "SOC-N")
    sign = [world.program("dabyl"), "ca", "sign", "--ca", ca, "--fingerprint", "0" * 40, world.path("newcomer", "request.pem")]
    before = contents(ca)
    for missing in subsets:
        child = start(follow, missing)
        until(lambda: watches(child), "follow waits")
        tap.equal(standard(child), wanted(missing), f"without {missing} nothing of follow's is in their place")
        child.send_signal(signal.SIGTERM)
        child.wait(60)
        tap.equal(start(sign, missing).wait(60), 1, "a request with another fingerprint is refused")
        changed = [name for name, data in contents(ca).items() if data != before.get(name)]
        tap.equal(changed, [], f"and without {missing} nothing is said into a file of the CA's")
