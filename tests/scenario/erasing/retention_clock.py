#!tests/run
"""Goal: no clock that is wrong makes a message old, and a hub that dies or forgets has each go once."""

import shutil

import tap
from processes import until
from retained import (
    advisory,
    configure,
    erasures,
    on_disk,
    reaches,
    retention,
    segment,
    signed,
    step,
    under_a_clock,
    SEGMENT,
)
from world import World


def accept(world):
    tap.has(world.run("hub", "clock", "accept", world.hub.folder), "accepted", "an operator accepts the clock")


with World(__doc__, ("nccis", "isoc-energy")) as world:
    under_a_clock(world)
    configure(world, ("advisory 2",))
    world.hub.start()
    world.node("isoc-energy").start()
    raw = world.node("nccis").client().begin(stored=0)
    signed(world, [advisory(raw) for _ in range(2)][-1])
    world.hub.stop()
    before = segment(world)

    tap.note("The clock is far ahead at a start: only an operator can know whether it is right.")
    step(world, 9)
    world.hub.start()
    world.hub.process.says("retention.clock")
    told = retention(world)
    tap.equal((told["clock_held"], told["looked"], on_disk(world)), (True, 0, 2), "nothing is even looked at")
    world.hub.kill()
    world.hub.start()
    tap.equal((retention(world)["clock_held"], on_disk(world)), (True, 2), "nor after another start")
    accept(world)
    reaches(world, "advisory", due=0, gone=2)
    tap.equal(on_disk(world), 0, "then they go")

    tap.note("The hub is killed when the order is durable and the words are still there.")
    world.hub.kill()
    with open(world.hub.path("journal", "segments", SEGMENT), "r+b") as file:
        now = file.read()
        start = before.rstrip(b"\0")
        file.seek(0)
        file.write(start)
    tap.equal((on_disk(world), len(erasures(world))), (2, 2), "as it was in between")
    world.hub.start()
    tap.ok(segment(world)[: len(start)] == now[: len(start)], "the next start carries it out, to the octet")
    reaches(world, "advisory", due=0, gone=2)

    tap.note("Its state is lost: what is gone is known again, and nothing is ordered twice.")
    world.hub.kill()
    shutil.rmtree(world.hub.path("state"))
    world.hub.start()
    reaches(world, "advisory", due=0, held={}, gone=2)
    tap.equal(len(erasures(world)), 2, "each was ordered once")

    tap.note("The clock steps forward while the hub runs.")
    raw = world.node("nccis").client().begin(stored=0)
    signed(world, advisory(raw))
    step(world, 18)
    world.hub.process.says("clock.step")
    tap.equal((retention(world)["clock_held"], on_disk(world)), (True, 1), "nothing goes")
    accept(world)
    until(lambda: not retention(world)["clock_held"], "accepted")
    world.hub.kill()
    step(world, 19)
    world.hub.start()
    reaches(world, "advisory", due=0, gone=2)
    tap.equal(on_disk(world), 1, "nine days that were no time make nothing old")
    world.hub.kill()
    step(world, 18 + 2.1)
    world.hub.start()
    reaches(world, "advisory", due=0, gone=3)
    tap.equal((on_disk(world), len(erasures(world))), (0, 3), "then it goes")
    code, text = world.check("--torn")
    tap.ok(code == 0 and "3 documents erased" in text, "an independent check finds the log good", text)
