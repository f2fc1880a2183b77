#!tests/run
"""Goal: a command can be run for each message delivered, and its failure loses nothing."""

import os

import client
import tap
from processes import until
from world import World


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


with World(__doc__) as world:
    log = world.path("seen")
    script = world.path("handler")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\necho "$1" >> {log}\nexit 3\n')
    os.chmod(script, 0o755)
    with open(world.node("nccis").path("node.conf"), "a", encoding="utf-8") as conf:
        conf.write(f'command = "{script}";\ncommand_tries = 1;\n')
    world.start("isoc-energy", "nccis")
    for _ in range(3):
        world.node("isoc-energy").drop(client.notice("isoc-energy", 2))
    # Files of one moment may change places on their way; the inbox's numbers are the order.
    ids = [message["id"] for message in world.node("nccis").has_received(3)]
    until(lambda: len(lines(log)) >= 3, "three runs of the command")
    tap.equal(
        [line[-len(name) - 5 : -5] for line, name in zip(lines(log), ids)],
        ids,
        "it was given the path of each message, in order",
    )
    tap.ok(all(os.path.exists(line) for line in lines(log)), "and the paths are there", lines(log))
    tap.equal(len(world.node("nccis").inbox()), 3, "its exit code took nothing away")
