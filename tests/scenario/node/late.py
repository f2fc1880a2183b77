#!tests/run
"""Goal: a file that goes nowhere while the hub is away is named with its age and why, and the status is red."""

import json

import client
import tap
from processes import until
from world import World


def status(world, node, *more):
    return world.run(*more, "--node", node.folder, "status", code=None)


def unsent(world, node):
    return json.loads(status(world, node, "--json")[1])["files"]["unsent"]


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    node = world.node("isoc-energy")
    with open(node.path("node.conf"), "a", encoding="utf-8") as file:
        file.write("late_seconds = 1;\n")
    node.start()
    node.drop(client.notice("isoc-energy", 1))
    node.has_sent(1)
    tap.equal((status(world, node)[0], unsent(world, node)["named"]), (0, []), "what has its receipt is not named")
    world.hub.stop()
    names = [node.drop(client.notice("isoc-energy", 1), f"alarm-{i}") for i in range(3)]

    def named(when):
        files = [f"alarm-{i}.json" for i in range(3)]
        text = until(
            lambda: (got := status(world, node))[0] == 1 and all(f in got[1] for f in files) and got[1],
            f"{when}: each is named, and the exit code is 1",
        )
        tap.has(text, "there is no hub to send it to", f"{when}: each is named, and why it waits")
        found = unsent(world, node)
        tap.equal(sorted(one["file"] for one in found["named"]), files, f"{when}: as JSON, too")
        tap.ok(all(one["late"] and one["seconds"] >= 1 for one in found["named"]), f"{when}: with its age", found)
        return max(one["seconds"] for one in found["named"])

    age = named("sealed")
    node.stop()
    node.start(wait=False)
    tap.ok(named("after a restart") >= age, "a restart does not make it younger")
    world.hub.start()
    node.has_sent(4)
    until(lambda: status(world, node)[0] == 0, "with the hub back it is green")
    tap.equal(unsent(world, node), {"named": [], "more": 0, "late": 0}, "and nothing is named any more")
