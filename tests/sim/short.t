#!tests/run
"""Goal: a minute of seeds ends with nothing wrong, and a seed is the same run each time."""

import os
import re
import subprocess
import sys

import tap

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SIM = os.path.join(TOP, os.environ.get("BUILD", "build"), "sim")
SECONDS = os.environ.get("SIM_SECONDS", "60")


def sim(*words):
    done = subprocess.run((SIM, *words), cwd=TOP, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def main():
    tap.note(__doc__)
    if not os.path.exists(SIM):
        tap.skip_all("the simulator is not built: make build/sim")
    small = ("--seed", "7", "--nodes", "4", "--for", "60")
    first, again = sim(*small), sim(*small)
    tap.ok(first[0] == 0 and first == again, "a seed is the same run twice", first[1] + again[1])
    other = sim("--seed", "8", *small[2:])
    tap.ok(re.findall("run .*", first[1]) != re.findall("run .*", other[1]), "and another seed another")
    code, text = sim("--seconds", SECONDS)
    tap.note(text.strip())
    seeds = re.search(r"^(\d+) seeds, .* (\d+) receipts", text, re.M)
    tap.ok(code == 0, f"{SECONDS} s of seeds: nothing is wrong", text)
    tap.ok(seeds and int(seeds.group(1)) > 0 and int(seeds.group(2)) > 0, "seeds were played, and receipts given")
    return tap.finish()


sys.exit(main())
