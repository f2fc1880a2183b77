#!tests/run
"""Goal: a hub killed at the worst moments, again and again, loses nothing that it has acknowledged.

usage: crash.py [ROUNDS]

Each round starts the hub to be killed before a flush, between a flush and its receipts, in the
middle of delivering, or while it keeps its state, while a centre publishes.  At the end every
receipt that was ever issued verifies, everyone entitled has every message exactly once, and what
was kept of the state is what the journal comes to.
"""

import os
import random
import sys
import time

import client
import order
import tap
from processes import Late
from world import World

MOMENTS = ("flush", "receipt", "deliver", "synced", "named", "kept", "run")
OFTEN = ("flush", "receipt", "deliver")  # those that come with each batch
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))


def publish(world, sent, source):
    """A few messages, some of which derive alerts."""
    for _ in range(source.randrange(1, 6)):
        message = client.notice(
            "isoc-energy", source.randrange(0, 6), body={"object": "obj-grid-1"}
        )
        world.node("isoc-energy").drop(message)
        sent[message["id"]] = message["body"]["level"]


def one_round(world, sent, source, moment):
    """Run the hub until it is killed; the moment at which it was."""
    count = source.randrange(1, 7 if moment in OFTEN else 3)
    world.hub.process.env = order.preload(kill=f"{moment} {count}")
    world.hub.start(wait=False)
    end = time.monotonic() + 30
    while world.hub.process.running() and time.monotonic() < end:
        publish(world, sent, source)
        try:  # the condition waited for is the hub's death; the pause is between publishes
            world.hub.process.child.wait(0.05)
        except Exception:  # pylint: disable=broad-except
            pass
    if world.hub.process.running():
        raise Late(f"the hub did not reach {moment} {count}")
    return moment if world.hub.process.child.returncode == -9 else "ended by itself"


with World(__doc__, settings="cache = { snapshot_entries = 11; bytes = 65536; };\n") as world:
    tap.note(f"{ROUNDS} rounds, SEED={SEED}")
    source, sent, kills = random.Random(SEED), {}, {}
    for name in ("isoc-energy", "owner-grid", "nccis", "knb"):
        world.node(name).start(wait=False)
    for round_ in range(ROUNDS):
        moment = one_round(world, sent, source, MOMENTS[round_ % len(MOMENTS)])
        kills[moment] = kills.get(moment, 0) + 1
    tap.note(f"kills: {kills}; {len(sent)} messages")
    world.hub.process.env = None
    world.hub.start()
    world.node("isoc-energy").has_sent(len(sent))
    tap.equal(set(world.node("isoc-energy").sent()), set(sent), "every message has its receipt")

    alerts = sum(level >= 3 for level in sent.values())
    for name, expected in (
        ("owner-grid", set(sent)),
        ("nccis", set(sent)),
        ("knb", None),
    ):
        total = {"owner-grid": len(sent), "nccis": len(sent) + alerts, "knb": alerts}[name]
        inbox = world.node(name).has_received(total)
        ids = [message["id"] for message in inbox]
        tap.equal((len(ids), len(set(ids))), (total, total), f"{name} has each exactly once")
        if expected:
            own = {i["id"] for i in inbox if i["kind"] == "incident.notice"}
            tap.equal(own, expected, f"{name} has every notice")
    least = ROUNDS // (len(MOMENTS) + 1)
    tap.ok(
        all(kills.get(moment, 0) >= least for moment in MOMENTS),
        f"at least {least} kills at each of {', '.join(MOMENTS)}",
        kills,
    )
    for name in ("isoc-energy", "owner-grid", "nccis", "knb"):
        world.node(name).stop()
    kept, whole = world.hub.rebuilt()
    tap.ok(kept == whole, f"what was kept is what the journal comes to, byte for byte: {len(whole)}")
    world.hub.start()
    world.hub.stop()
    code, text = world.check()
    tap.equal(code, 0, "every seal, receipt, delivery and checkpoint verifies from outside")
    tap.note(text)
