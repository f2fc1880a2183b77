#!/usr/bin/python3
"""Goal: a command can be run for each message delivered, and its failure loses nothing."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import client  # noqa: E402
import tap  # noqa: E402
from world import World  # noqa: E402

from processes import until

with World(__doc__) as world:
    log = world.path("seen")
    script = world.path("handler")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\necho "$1" >> {log}\nexit 3\n')
    os.chmod(script, 0o755)
    with open(world.node("nccis").path("node.conf"), "a", encoding="utf-8") as conf:
        conf.write(f'command = "{script}";\n')
    world.start("isoc-energy", "nccis")
    ids = []
    for _ in range(3):
        message = client.notice("isoc-energy", 2)
        world.node("isoc-energy").drop(message)
        ids.append(message["id"])
    world.node("nccis").has_received(3)
    # In order: the first is tried again, and then left, before the second has its turn.
    until(
        lambda: os.path.exists(log) and all(i in open(log, encoding="utf-8").read() for i in ids),
        "a run for each",
    )
    with open(log, encoding="utf-8") as file:
        lines = file.read().splitlines()
    tap.ok(
        all(any(i in line for line in lines) for i in ids)
        and all(os.path.exists(line) for line in lines),
        "it was given the path of each message",
        lines,
    )
    tap.equal(len(world.node("nccis").inbox()), 3, "and its exit code took nothing away")
