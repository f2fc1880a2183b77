#!tests/run
"""Goal: a journal that is not there is not a first start, and nodes go on when it is back."""

import os
import shutil

import client
import tap
from world import World

MARKS = ("log.mark", os.path.join("state", "log.mark"))


def refused(world, expected, name, *more):
    """Neither the check nor a start takes this for the log; nothing is left behind by them."""
    before = sorted(os.listdir(world.hub.path("journal")))
    for how in (("-n",), ()):
        code, text = world.run(
            *how, *more, world.hub.path("hub.conf"), program="dabyl-hub", code=None
        )
        good = code == 1 and all(word in text for word in expected)
        tap.ok(good, f"{name}: {'dabyl-hub -n' if how else 'a start'} says no", text)
    tap.equal(sorted(os.listdir(world.hub.path("journal"))), before, "and changes nothing there")


with World(__doc__, ("nccis", "isoc-energy")) as world:
    journal, disk = world.hub.path("journal"), world.path("journal-disk")
    world.hub.start()
    author = world.node("isoc-energy").start()
    desk = world.node("nccis").start()
    for _ in range(3):
        author.drop(client.notice("isoc-energy", 1))
    author.has_sent(3)
    desk.has_received(3)
    tap.equal(world.hub.stop(), 0, "a hub with a log stops")
    older = shutil.copytree(journal, world.path("older"))
    world.hub.start()
    author.drop(client.notice("isoc-energy", 1))
    author.has_sent(4)
    tap.equal(world.hub.stop(), 0, "and once more, with a longer one")

    os.rename(journal, disk)
    os.mkdir(journal, 0o700)
    refused(world, ("dabyl.test/log", "no journal here"), "an empty folder")
    refused(world, ("dabyl.test/log",), "whatever is asked for", "--new-log", "dabyl.test/log")
    for mark in MARKS:
        os.rename(world.hub.path(mark), world.path("mark-away"))
        refused(world, ("no journal here",), f"without {mark}")
        os.rename(world.path("mark-away"), world.hub.path(mark))
    os.rmdir(journal)
    shutil.copytree(older, journal)
    code, text = world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=None)
    tap.ok(code == 1 and "published or marked" in text, "an older copy is not gone on with", text)
    shutil.rmtree(journal)

    # What if nothing is left that knows: a second log under the same name and key.
    os.mkdir(journal, 0o700)
    for mark in MARKS:
        os.remove(world.hub.path(mark))
    os.rename(world.hub.path("state"), world.path("state-away"))
    world.hub.start()
    for node in (author, desk):
        node.process.says("hub.rolled-back")
    author.drop(client.notice("isoc-energy", 2))
    tap.equal(world.hub.stop(), 0, "its nodes take nothing of it")
    shutil.rmtree(journal)
    shutil.rmtree(world.hub.path("state"))
    os.remove(world.hub.path(MARKS[0]))
    os.rename(disk, journal)
    os.rename(world.path("state-away"), world.hub.path("state"))
    world.hub.start()
    for node in (author, desk):
        node.process.says("hub.proven")
    author.has_sent(5)
    desk.has_received(5)
    tap.ok(True, "the disk is mounted again: the nodes go on by themselves, and nothing is missing")
    for node in (author, desk):
        world.run("status", "--node", node.folder)
    tap.ok(True, "and their status is green")
    tap.ok(all(os.path.exists(world.hub.path(mark)) for mark in MARKS), "both marks are there")
