#!tests/run
"""Goal: real incidents and advisories go through whole, and the counts are those of the files.

A few invented lines always; the real data where it lies beside the project.
"""

import os
import subprocess
import sys

import tap
from commands import MODE, TOP
from world import World

HERE = os.path.dirname(os.path.abspath(__file__))

REAL = os.path.join(TOP, "..", "shared", "data")


def trial(name, incidents, advisories):
    done = subprocess.run(
        [sys.executable, "-B", f"{HERE}/trial.py", incidents, advisories],
        capture_output=True,
        text=True,
        check=False,
    )
    tap.ok(done.returncode == 0, name, done.stdout + done.stderr)
    if done.returncode == 0:
        tap.note(done.stdout)


def main():
    if not os.path.exists(World.program("dabyl-node")):
        tap.skip_all(f"dabyl-node is not built in {MODE}")
    data = os.path.join(HERE, "..", "data")
    trial("ten invented lines", f"{data}/incidents.jsonl", f"{data}/advisories.jsonl")
    incidents, advisories = f"{REAL}/eurepoc-incidents.jsonl", f"{REAL}/kev-advisories.jsonl"
    if os.path.exists(incidents) and os.path.exists(advisories):
        trial("1,219 real incidents and 702 advisories", incidents, advisories)
    else:
        tap.skip("1,219 real incidents and 702 advisories", "../shared/data is not here")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
