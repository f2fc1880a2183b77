#!tests/run
"""Goal: when the wall clock jumps, entries keep their order and the journal says that it jumped."""

import os

import client
import order
import tap
from world import World

HOUR = 3600


def step(world, seconds):
    """The hub's wall clock, from now on this far from the true one."""
    temporary = world.path("clock.new")
    with open(temporary, "w", encoding="ascii") as file:
        file.write(str(seconds * 1000))
    os.rename(temporary, world.path("clock"))


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    env = order.preload(shim="clock")
    env["CLOCK_FILE"] = world.path("clock")
    world.hub.process.env = env
    step(world, 0)
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    times = []

    def tell(name):
        (answer,) = sender.tell(client.notice("isoc-energy", 2))
        tap.ok(isinstance(answer, client.Receipt), f"{name}: a notice is taken", answer)
        times.append(answer.time)

    tell("before")
    for name, seconds, said in (
        ("an hour forward", HOUR, "ms=3"),
        ("back again", 0, "ms=-3"),
        ("two minutes back", -120, "ms=-1"),
    ):
        step(world, seconds)
        world.hub.process.says(f"clock.step {said}")
        tell(name)
    tap.equal(times, sorted(times), "the time of entries never goes back")
    tap.ok(times[1] > times[0], "and had gone forward", times)
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(" clock" in text, "each step is in the journal", text)

    code, text = world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=None, env=env)
    tap.ok(
        code == 1 and "--accept-clock" in text,
        f"it does not start before its last entry: {text.strip()[25:]}",
        text,
    )
    world.hub.process.command.insert(1, "--accept-clock")
    world.hub.start()
    tap.ok(True, "unless an operator vouches for the clock")
