#!tests/run
"""Goal: a hub that was restored from an old copy learns of it from its own nodes, and takes nothing more."""

import os
import shutil

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    sender.tell(client.notice("isoc-energy", 2))
    tap.equal(world.hub.stop(), 0, "the hub stops, and is copied")
    shutil.copytree(world.hub.path("journal"), world.path("copy"))
    world.hub.start()
    sender = world.node("isoc-energy").client().begin()
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    note = sender.note
    tap.equal(world.hub.stop(), 0, "it took one more message since")
    shutil.rmtree(world.hub.path("journal"))
    shutil.copytree(world.path("copy"), world.hub.path("journal"))
    world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=1)
    tap.ok(True, "the marks that were not restored with it keep it from starting")
    for mark in ("log.mark", os.path.join("state", "log.mark")):
        os.remove(world.hub.path(mark))  # as if the whole machine had come back as it was
    world.hub.start()

    witness = world.node("isoc-energy").client()
    witness.begin(checkpoint=note)
    reader = world.node("nccis").client().begin()
    for sender, message in (
        (witness, client.notice("isoc-energy", 2)),
        (reader, client.advisory("nccis")),
    ):
        (answer,) = sender.tell(message)
        tap.equal(getattr(answer, "code", answer), "session.checkpoint", "it takes nothing more")
        tap.ok(answer.retry, "and nothing is wrong with the message")
    tap.has(world.hub.process.text(), "hub.rolled-back", "the hub says so to its operator")
