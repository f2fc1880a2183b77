#!tests/run
"""Goal: the worked example in C publishes, has a receipt, takes deliveries and acknowledges them, and believes nothing."""

import os
import re
import subprocess

import example
import tap
from world import TOP, World

SOURCE = os.path.join(TOP, "nodes", "examples", "client.c")


def compile_as_it_says(folder):
    """By the lines that the source itself gives; what the compiler says."""
    with open(SOURCE, encoding="utf-8") as file:
        libraries, command = re.search(r"(?m)^//     (LIBS=.*)\n//     (cc .*)$", file.read()).groups()
    done = subprocess.run(
        ["sh", "-c", f"{libraries}\n{command.replace('client.c', SOURCE)} -Wall"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr + (f"exit {done.returncode}" if done.returncode else "")


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.hub.start()
    tap.equal(compile_as_it_says(world.folder), "", "it compiles by the lines at its head, without a warning")

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
