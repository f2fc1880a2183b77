"""retained - a hub under a clock of ours, with ages for kinds of messages: how they are set, and what came of them."""

import json
import os

import client
import entries
import order
from processes import Late, until

SECRET = "words-that-go-by-their-age"
DAY = 86400
SEGMENT = "%020d.seg" % 0


def step(world, days):
    """The hub's wall clock, from now on so many days from the true one."""
    temporary = world.path("clock.new")
    with open(temporary, "w", encoding="ascii") as file:
        file.write(str(int(days * DAY * 1000)))
    os.rename(temporary, world.path("clock"))


def under_a_clock(world):
    """Before the hub's first start; the environment for its program."""
    env = order.preload(shim="clock")
    env["CLOCK_FILE"] = world.path("clock")
    world.hub.process.env = env
    step(world, 0)
    return env


def configure(world, ages, erase=True, more="pause_minutes = 0;"):
    """The part of hub.conf that is about ages, instead of what there was."""
    path = world.hub.path("hub.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read().split("retention = {")[0]
    ages = ", ".join(f'"{age}"' for age in ages)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{text}retention = {{ ages = [ {ages} ]; erase = {str(erase).lower()}; {more} }};\n")


def retention(world):
    return json.loads(world.run("--json", "hub", "retention", world.hub.folder))


def kind(world, name):
    return next(one for one in retention(world)["kinds"] if one["kind"] == name)


def reaches(world, name, **want):
    """Waits until the hub says so of the kind."""
    told = {}

    def as_wanted():
        told.update(kind(world, name))
        return all(told[key] == value for key, value in want.items())

    try:
        until(as_wanted, f"{name}: {want}")
    except Late as late:
        raise Late(f"{late}, and it says {told}") from late
    return told


def segment(world):
    with open(world.hub.path("journal", "segments", SEGMENT), "rb") as file:
        return file.read()


def on_disk(world):
    """How often the words stand in the journal."""
    return segment(world).count(SECRET.encode())


def advisory(raw):
    letter = client.advisory("nccis", body={"actions": [SECRET]})
    raw.tell(letter)
    return letter["id"]


def signed(world, message):
    """Waits until nobody has still to sign for it."""
    look = ("hub", "erase", message, "--look", "--hub", world.hub.folder)
    until(lambda: "signed" not in world.run(*look, code=None)[1], "signed for")


def erasures(world):
    return [one for one in entries.read(world.hub.path("journal")) if one.type == "erasure"]
