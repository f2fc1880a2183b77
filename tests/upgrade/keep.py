"""Writes folders of a hub and its nodes with the programs of an earlier build, for tests/upgrade/NAME.kept.

`keep` beside this file runs it, once `build` has made these programs; what drives them is of their age, too.
Keys and certificates are those of a test, and hold for fifty years.
"""

import os
import sys
import tempfile

import client
import kept
import tap
from commands import TOP
from processes import until
from route import example
from world import World

YEARS = ("--days", "18250")
NAMES = ("nccis", "isoc-energy", "owner-grid", "knb")
PLAN = b"The plan, in brief.\n" * 500


class Lasting(World):
    """A world whose certificates do not end while anybody reads its folders."""

    def run_all(self, commands):
        commands = list(commands)
        for i, command in enumerate(commands):
            if command[:2] == ("ca", "init"):
                commands[i] = (*command, *YEARS, "--crl-days", "18000")
            elif command[:2] == ("ca", "sign"):
                commands[i] = (*command[:2], "--days", "18000", *command[2:])
        super().run_all(commands)


def story(world):
    """Several kinds, one refused; duties met and open; an attachment; one message that waits for the hub."""
    isoc, owner, knb, centre = (world.node(name) for name in ("isoc-energy", "owner-grid", "knb", "nccis"))
    world.start()
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
    isoc.drop(notice)
    isoc.has_sent(1)
    isoc.drop(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, supersedes={"author": "isoc-energy", "id": notice["id"]}))
    isoc.drop(client.notice("isoc-energy", 9), "too-grave")
    isoc.has_refused(1)
    questions = {"questions": ["Is it running?"], "due": client.rfc3339(20 * 86400)}
    for _ in range(2):
        isoc.drop(client.message("information.request", "isoc-energy", questions, to=["owner-grid"]))
    isoc.has_sent(4)
    owner.has_received(4)
    asked = [one for one in owner.inbox() if one["kind"] == "information.request"]
    about = {"author": "isoc-energy", "id": asked[0]["id"]}
    owner.drop(client.message("information.reply", "owner-grid", {"description": "It is.", "more_follows": False}, re=about, to=["isoc-energy"]))
    plan = {"name": "plan.pdf", "size": len(PLAN), "sha256": client.sha(PLAN).hex()}
    with open(owner.path("attachments", "outbox", plan["sha256"]), "wb") as file:
        file.write(PLAN)
    owner.drop(example("plan.submission", "owner-grid", body={"file": plan}))
    owner.has_sent(2)
    until(lambda: os.listdir(owner.path("attachments", "sent")), "the file is handed in")
    centre.drop(client.advisory("nccis"))
    centre.has_sent(1)
    knb.has_received(3)
    isoc.has_received(2)
    world.hub.stop()  # in order: what it knows is in its snapshot
    isoc.drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}), "waits")
    until(lambda: os.listdir(isoc.path("state", "spool")), "it is sealed, and waits for the hub")
    world.run("--node", isoc.folder, "inbox", "--text", "running", code=None)
    for node in (isoc, owner, knb, centre):
        node.stop()


with Lasting(__doc__, NAMES, tempfile.mkdtemp(prefix="dabyl-keep-")) as the_world:
    story(the_world)
    places = {the_world.folder: "@HERE@", TOP: "@SHARE@", the_world.endpoint: "@HUB@"}
    with open(sys.argv[1], "w", encoding="utf-8") as the_file:
        kept.pack(the_world.folder, ("hub", "isoc-energy", "owner-grid", "knb"), the_file, places, client.rfc3339())
