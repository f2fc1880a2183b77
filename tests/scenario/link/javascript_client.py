#!tests/run
"""Goal: the worked example in JavaScript publishes, has a receipt, takes deliveries and acknowledges them, and believes nothing."""

import os
import shutil
import subprocess

import example
import tap
from world import TOP, World


def install(folder):
    """The example with its packages; what is missing for that, or None."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    shutil.copytree(os.path.join(TOP, "nodes", "examples"), folder)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        return "npm cannot install zeromq here: " + " ".join(done.stderr.split())[:120]
    return None


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    folder = world.path("example")
    missing = install(folder)
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
