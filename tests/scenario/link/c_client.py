#!tests/run
"""Goal: the worked example in C publishes, has a receipt, takes deliveries and acknowledges them, and believes nothing."""

import subprocess

import example
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()

    def run(name, *words):
        done = subprocess.run(
            [world.program("client"), world.node(name).folder, world.endpoint, *words],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    code, text = run("isoc-energy", "publish", world.path("no-such-file.json"))
    tap.ok(code == 1 and "no-such-file.json" in text, "what cannot be read is named", text)
    example.check(world, run)
