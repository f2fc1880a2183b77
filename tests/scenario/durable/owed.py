#!tests/run
"""Goal: what the log could not be given on a full disk is in it once there is room, over restarts too."""

import errno
import json
import os

import client
import entries
import order
import tap
from processes import until
from world import World

HOUR = 3600


def step(world, seconds):
    temporary = world.path("clock.new")
    with open(temporary, "w", encoding="ascii") as file:
        file.write(str(seconds * 1000))
    os.rename(temporary, world.path("clock"))


def fill(world):
    with open(world.path("orders.new"), "w", encoding="ascii") as file:
        file.write(f"reserve {errno.ENOSPC} segments/\n")
    os.rename(world.path("orders.new"), world.path("orders"))


def found(world, kind):
    return [e.document.decode() for e in entries.read(world.hub.path("journal")) if e.type == kind]


def states(world):
    found = [duty for _, duty in entries.duties(world.hub.path("journal"))]
    return [duty["state"] for duty in found if duty["duty"] == "alert.acknowledged"]


def held(world):
    _, text = world.run("hub", "status", world.hub.folder, "--json", code=None)
    return json.loads(text)["clock_held"]


def counted(world):
    return sum(int(line.split()[1]) for text in found(world, "refusal")
               for line in text.splitlines() if line.startswith("doc.kind "))


# A segment that a turn hardly fits into: the disk is full as soon as the next cannot be had.
with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "knb")) as world:
    env = order.preload(shim="clock")
    env["LD_PRELOAD"] += ":" + order.preload(shim="fail")["LD_PRELOAD"].split(":")[-1]
    env.update(CLOCK_FILE=world.path("clock"), FAIL_ORDERS=world.path("orders"))
    world.hub.process.env = env
    step(world, 0)
    world.hub.start()
    world.raw("isoc-energy")
    world.raws["isoc-energy"].tell(client.notice("isoc-energy", 3))
    tap.equal(states(world), ["open"], "an alert opens a duty of 15 minutes")
    world.hub.stop()

    # It begins without room: nothing can be written, whatever happens.
    fill(world)
    world.hub.start()
    world.hub.process.says("disk.full")
    step(world, HOUR)
    world.hub.process.says("clock.step")
    step(world, 2 * HOUR)
    world.hub.process.says_again("clock.step", 1)
    first = world.node("isoc-bank").client().begin(stored=0)
    second = world.node("isoc-bank").client().begin(stored=0)
    for i in range(5):
        notice = client.notice("isoc-bank", 1)
        notice["kind"] = "incident.rumour"
        second.tell(notice)
    tap.equal((found(world, "clock"), found(world, "session")), ([], []), "there is no room to say so")
    tap.ok(held(world), "and nothing falls due")
    first.close()
    second.close()
    world.hub.kill()
    world.hub.start()
    world.hub.process.says("disk.full")
    tap.ok(held(world), "nor after a restart, still without room")
    world.hub.kill()

    os.unlink(world.path("orders"))
    world.hub.start()
    moved = until(lambda: found(world, "clock"), "the step is entered")
    sums = [round(int(text.split()[5]) / 60000) for text in moved]
    tap.equal(sum(sums), 120, "with room, both steps are in the log")
    tap.equal(len(found(world, "session")), 1, "and the second session")
    tap.ok(held(world) and states(world) == ["open"], "and still nothing falls due")
    world.hub.kill()
    world.hub.start()
    tap.ok(held(world), "now by the log")
    tap.equal(len(found(world, "clock")), len(moved), "each is entered once")
    world.run("hub", "clock", "accept", world.hub.folder)
    world.hub.process.says("duty.overdue")
    until(lambda: states(world) == ["open", "overdue"], "the duty is overdue")
    tap.ok(not held(world), "until an operator accepts the clock")
    world.hub.stop()

    # Counts of what was refused while there was no room are not lost with it.
    world.hub.start()
    fill(world)
    one = world.node("isoc-bank").client().begin(stored=0)
    before = counted(world)
    told = 0
    for _ in range(20):
        notice = client.notice("isoc-bank", 1)
        notice["kind"] = "incident.rumour"
        (answer,) = one.tell(notice)
        told += answer.code == "doc.kind"
    one.close()
    os.unlink(world.path("orders"))
    world.hub.stop()
    tap.ok(told > 0, "kinds that nobody knows are refused")
    tap.equal(counted(world) - before, told, "all refusals are counted in the log")

    # Nor what was in a batch that turned out to have no room: the folder lacks a block for a name.
    with open(world.path("orders.new"), "w", encoding="ascii") as file:
        file.write(f"rename {errno.ENOSPC} segments/\n")
    world.hub.start()
    before, told, sessions = counted(world), 0, len(found(world, "session"))
    agency = [world.node("knb").client().begin(stored=0)]
    one = world.node("isoc-bank").client().begin(stored=0)
    two = world.node("isoc-energy").client().begin(stored=0)
    os.rename(world.path("orders.new"), world.path("orders"))
    for _ in range(300):
        (answer,) = one.tell(dict(client.notice("isoc-bank", 1), kind="incident.rumour"))
        told += answer.code == "doc.kind"
        (answer,) = two.tell(client.encode(client.notice("isoc-energy", 0)).ljust(990000))
        full = world.hub.process.text().count("disk.full")
        if full > 5 and len(agency) == 1:
            agency.append(world.node("knb").client().begin(stored=0))
        if full > 40:
            break
    tap.equal(getattr(answer, "code", "taken"), "disk.full", "a batch has no room")
    os.unlink(world.path("orders"))
    until(lambda: isinstance(two.tell(client.notice("isoc-energy", 0))[0], client.Receipt), "there is room")
    for client_ in (one, two, *agency):
        client_.close()
    world.hub.stop()
    tap.ok(counted(world) - before >= told, "what was counted in it is in the log all the same", told)
    tap.equal(len(found(world, "session")) - sessions, 1, "and the session that was replaced meanwhile")
