#!tests/run
"""Goal: after a step of the clock nothing falls overdue, over a restart too, until an operator accepts the clock."""

import json
import os

import client
import entries
import order
import tap
from world import World

HOUR = 3600


def step(world, seconds):
    temporary = world.path("clock.new")
    with open(temporary, "w", encoding="ascii") as file:
        file.write(str(seconds * 1000))
    os.rename(temporary, world.path("clock"))


def states(world):
    found = [duty for _, duty in entries.duties(world.hub.path("journal"))]
    return [duty["state"] for duty in found if duty["duty"] == "alert.acknowledged"]


def status(world):
    code, text = world.run("hub", "status", world.hub.folder, "--json", code=None)
    return code, json.loads(text)


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    env = order.preload(shim="clock")
    env["CLOCK_FILE"] = world.path("clock")
    world.hub.process.env = env
    step(world, 0)
    world.hub.start()
    world.raw()
    world.raws["isoc-energy"].tell(client.notice("isoc-energy", 3))
    tap.equal(states(world), ["open"], "an alert opens a duty of 15 minutes")
    code, said = status(world)
    tap.equal((code, said["clock_held"], said["duties"]), (0, False, 2), "nothing is in doubt")
    code, text = world.run("hub", "clock", "accept", world.hub.folder, code=None)
    tap.ok(code == 1 and "not in doubt" in text, "there is nothing to accept", text)

    step(world, HOUR)
    world.hub.process.says("clock.step")
    world.raws["isoc-energy"].tell(client.notice("isoc-energy", 1))
    code, said = status(world)
    tap.equal((code, said["clock_held"]), (1, True), "after a step the status says trouble")
    tap.equal(states(world), ["open"], "and nothing is overdue")
    world.hub.kill()
    world.hub.start()
    world.raw()
    world.raws["isoc-energy"].tell(client.notice("isoc-energy", 1))
    tap.equal(states(world), ["open"], "nor after a restart")
    text = world.run("hub", "clock", "accept", world.hub.folder)
    tap.has(text, "accepted", "an operator accepts the clock")
    world.hub.process.says("duty.overdue")
    world.raws["isoc-energy"].tell(client.notice("isoc-energy", 1))
    tap.equal(states(world), ["open", "overdue"], "then it is overdue")
    found = [one for one in entries.read(world.hub.path("journal")) if one.type == "clock"]
    tap.equal(
        found[-1].document.decode(), "an operator accepts the clock\n", "the journal says who did"
    )
