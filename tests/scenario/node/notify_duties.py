#!tests/run
"""Goal: that a duty is overdue leaves the node that owes it, and nobody else is told once its alert is answered."""

import os

import client
import order
import tap
from processes import Process, until
from world import World

HOUR = 3600


def step(world, seconds):
    temporary = world.path("clock.new")
    with open(temporary, "w", encoding="ascii") as file:
        file.write(str(seconds * 1000))
    os.rename(temporary, world.path("clock"))


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    env = order.preload(shim="clock")
    env["CLOCK_FILE"] = world.path("clock")
    world.hub.process.env = env
    step(world, 0)
    world.start()
    node, told = world.node("knb"), world.path("told")
    with open(world.path("sms"), "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {told}\n')
    os.chmod(world.path("sms"), 0o755)
    with open(node.path("notify.conf"), "w", encoding="utf-8") as file:
        file.write(
            f"""
            recipients = ({{ name = "duty"; command = "{world.path("sms")}"; }},
                          {{ name = "head"; command = "{world.path("sms")}"; }});
            alarms = ({{ on = "duty-overdue"; tell = ["duty", "head"]; escalate_minutes = 60; }});
            """
        )
    notifier = Process(
        "notify", [world.program("dabyl"), "--node", node.folder, "notify", "run"], node.folder + "-notify.log"
    )
    world.begin(notifier)
    notifier.says("notify.ready")
    world.node("isoc-energy").drop(client.notice("isoc-energy", 3))
    node.process.says("needs.answer")

    step(world, HOUR)
    world.hub.process.says("clock.step")
    world.run("hub", "clock", "accept", world.hub.folder)
    world.hub.process.says("duty.overdue")
    notifier.says("notice.told")
    with open(told, encoding="utf-8") as file:
        lines = file.read().splitlines()
    tap.ok(len(lines) == 1 and "overdue" in lines[0] and "knb" in lines[0], "one is told that it is overdue", lines)

    def listed():
        return world.run("--node", node.folder, "notify", "list")

    tap.has(listed(), "head: waits", "the next one waits")
    number = next(
        name.split("-")[0].lstrip("0") for name in sorted(os.listdir(node.path("inbox"))) if name.endswith(".json")
    )
    world.run("--node", node.folder, "ack", number, "read")
    until(lambda: "no notice waits" in listed(), "the answer to the alert to end it")
    tap.ok("notice.answered" in notifier.text(), "and is not told once the alert is answered")
    tap.equal(notifier.stop(), 0, "it ends when it is asked to")
