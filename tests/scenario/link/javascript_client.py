#!tests/run
"""Goal: the worked example in JavaScript publishes, has a receipt, takes deliveries and acknowledges them, and believes nothing."""

import os
import subprocess

import example
import tap
from world import World


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    folder = world.path("example")
    missing = example.install(folder)
    if missing:
        tap.skip("the example in JavaScript", missing)
    else:
        world.hub.start()

        def run(name, *words):
            done = subprocess.run(
                ["node", os.path.join(folder, "client.js"), world.node(name).folder, world.endpoint, *words],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            return done.returncode, done.stdout + done.stderr

        example.check(world, run)
