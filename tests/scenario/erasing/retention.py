#!tests/run
"""Goal: messages go from the hub when they are past the age of their kind, if somebody set one, and never by themselves."""

import json

import tap
from retained import advisory, configure, erasures, on_disk, reaches, retention, signed, step, under_a_clock
from world import World


def reload(world, code=0):
    got, text = world.run("hub", "reload", world.hub.folder, "--as", "aigul", code=None)
    tap.ok(got == code, f"a reload ends with {code}", text)
    return text


with World(__doc__, ("nccis", "isoc-energy")) as world:
    env = under_a_clock(world)
    world.hub.start()
    node = world.node("isoc-energy").start()
    raw = world.node("nccis").client().begin(stored=0)
    old = [advisory(raw) for _ in range(3)]
    node.has_received(3)
    signed(world, old[-1])
    world.hub.stop()

    tap.note("Off by default, however old a message is.")
    step(world, 3)
    world.hub.start()
    told = retention(world)
    tap.equal((told["on"], told["kinds"], on_disk(world)), (False, [], 3), "where hub.conf names no age nothing has one")
    text = world.run("hub", "retention", world.hub.folder)
    tap.has(text, "nothing goes by its age", "and the command says so")

    tap.note("What is written wrongly is refused by name, and what was in force stays.")
    for ages, words in (
        (("advisory",), "advisory"),
        (("advisory 0",), "from 1 to 36500"),
        (("advisory 2", "advisory 3"), "there twice"),
    ):
        configure(world, ages)
        tap.has(reload(world, code=1), words, f"{ages} is refused at a reload")
        code, text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub", code=None, env=env)
        tap.ok(code != 0 and words in text, "and by dabyl-hub -n", text)
    configure(world, ("advisory 2", "no.such 9"), erase=False)
    code, text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub", code=None, env=env)
    tap.ok(code == 0 and "no.such" in text, "a kind that no schema has is warned of", text)

    tap.note("Ages alone only count.")
    reload(world)
    reaches(world, "advisory", due=3, gone=0)
    tap.ok("no.such" in world.run("hub", "status", world.hub.folder, code=None)[1], "the status warns, too")
    tap.equal((on_disk(world), len(erasures(world))), (3, 0), "what is past its age is counted, and stays")

    tap.note("New ages wait for a pause, in which somebody can take them back.")
    configure(world, ("advisory 1",), more="pause_minutes = 60;")
    text = reload(world)
    tap.ok("3 messages" in text and "pause" in text, "a reload says how many would go", text)
    tap.equal((retention(world)["begins_in_s"] > 3000, on_disk(world)), (True, 3), "and nothing goes yet")

    tap.note("Without a pause they go, and the log says by which age.")
    configure(world, ("advisory 2",))
    reload(world)
    reaches(world, "advisory", due=0, gone=3)
    tap.equal((on_disk(world), len(erasures(world))), (0, 3), "the words are gone from the disk, each by an entry")
    acts = [json.loads(line) for line in world.run("--json", "hub", "acts", world.hub.folder).splitlines()]
    acts = [act for act in acts if act["act"] == "erase"]
    tap.equal(
        [(act["by"], act["to"], act["reason"], "uid" in act) for act in acts],
        [("hub", f"nccis {one}", "retention: advisory, 2 days", False) for one in old],
        "the hub did it, by which age, the oldest first",
    )
    code, text = world.check("--torn")
    tap.ok(code == 0 and "3 documents erased" in text, "an independent check finds the log good", text)
