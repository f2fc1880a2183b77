#!tests/run
"""What Dabyl is measured beside still runs, and counts and checks what it says it does: a few hundred
messages of each system.  Brokers that are not on this machine are left out: `make bench PEERS=1` fetches
them."""

import json
import os
import shutil
import subprocess

import tap
from commands import MODE, TOP

RUN = os.path.join(TOP, "tests", "bench", "peers", "run")
FETCHED = ":".join(os.path.join(TOP, "build", "peers", "usr", name) for name in ("bin", "sbin"))


def run(peer, *options):
    """The line of a short case, and what was said beside it."""
    done = subprocess.run(
        [RUN, peer, "2", "2", "64", "--seconds", "0.1", *options],
        cwd=TOP, env={**os.environ, "MODE": MODE}, capture_output=True, text=True, check=False)
    return {**json.loads(done.stdout), "exit": done.returncode}, done.stderr


def runs(peer):
    line, said = run(peer)
    tap.ok(line["status"] == "ok" and line["exit"] == 0 and line["deliveries_s"] > 0, f"{peer} runs, and every count is right",
           f"{line}\n{said}")


runs("floor-proven")
missed = []
for bit in (7, 100, 180, 1000, 5000, 10007, 40003):
    found, _ = run("floor-proven", "--with", f"flip={bit}", "--with", "patience=1")
    if found["status"] == "ok" or found["messages_s"] is None:
        missed.append((bit, found["status"]))
tap.equal(missed, [], "one bit that the hub of floor-proven turns is noticed, wherever it is")

runs("packed-tls")
lost, _ = run("packed-tls", "--with", "lose=5", "--with", "patience=1")
tap.has(lost["status"], " 0 twice", "a message that is lost on the way is counted")
tap.ok(lost["status"] != "ok", "and the case is not good", lost)
twice, _ = run("packed-tls", "--with", "twice=5")
tap.has(twice["status"], " 2 twice", "a message that comes twice is counted, for each subscriber")

for peer, program in (("redis-groups", "redis-server"), ("redis-cursor", "redis-server"), ("nats", "nats-server")):
    if shutil.which(program, path=f"{FETCHED}:{os.environ['PATH']}:/usr/sbin"):
        runs(peer)
    else:
        tap.skip(f"{peer} runs", f"{program} is not here: make bench PEERS=1 fetches it")

raise SystemExit(tap.finish())
