#!tests/run
"""Goal: the first build's programs go on talking with today's, whichever is upgraded first, and refuse a folder that is newer than they."""

import os

import client
import tap
from commands import TOP
from processes import until
from world import World

OLD = os.path.join(TOP, "build", "old", "build", "release")

if not os.path.exists(os.path.join(TOP, "build", "old", ".commit")):
    tap.skip_all("the first build's programs are not there: tests/upgrade/build makes them (make upgrade)")


def of_old(process):
    """The same daemon by the program of the first build."""
    return [os.path.join(OLD, os.path.basename(process.command[0])), *process.command[1:]]


def night(world, name):
    """A notice, its alert and the answer, from whoever to whomever."""
    isoc, knb = world.node("isoc-energy"), world.node("knb")
    had = len(knb.names("inbox", ".json"))
    sent = len(isoc.sent())
    isoc.drop(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}))
    isoc.has_sent(sent + 1)
    knb.has_received(had + 1)
    answers = len(knb.sent())
    world.run("--node", knb.folder, "ack", str(had + 1), "accepted")
    tap.equal(len(knb.has_sent(answers + 1)), answers + 1, f"{name}: a notice, its alert, and the answer to that")
    tap.has(world.run("--node", knb.folder, "duties", "--all"), "met", f"{name}: who asks is answered")


class Old(World):
    """A world that the first build's commands made: later ones write options that its hub does not know."""

    @staticmethod
    def program(name):
        return os.path.join(OLD, name) if name == "tools/commands" else World.program(name)


with Old(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    processes = {"hub": world.hub.process, **{name: node.process for name, node in world.nodes.items()}}
    today = {name: process.command for name, process in processes.items()}
    old = {name: of_old(process) for name, process in processes.items()}

    def run_by(who, name):
        """Each by these programs, one after the other as an upgrade goes."""
        for one, process in processes.items():
            if process.command != who[one] or not process.running():
                process.stop()
                process.command = who[one]
        (world.hub if not world.hub.process.running() else world.node("knb")).start()
        for one in world.nodes.values():
            if not one.process.running():
                one.start()
        for one in world.nodes.values():
            until(lambda one=one: world.run("--node", one.folder, "duties", code=None)[0] == 0, f"{one.name} is connected")
        night(world, name)

    run_by(old, "all of the first build")
    run_by({**old, "knb": today["knb"]}, "an old hub, a new node")
    run_by({**today, "isoc-energy": old["isoc-energy"]}, "a new hub, an old node")
    run_by({**today, "knb": old["knb"]}, "a new hub, the other node old again")
    for process in processes.values():
        process.stop()
    code, text = world.run("-n", world.hub.path("hub.conf"), program=os.path.join(OLD, "dabyl-hub"), code=None)
    tap.ok(code != 0 and "a log's mark of version 2, and this program reads version 1" in text, "-n of an older hub says that the folder is newer", text)
    hub = world.hub.process
    hub.command = old["hub"]
    hub.start()
    until(lambda: not hub.running(), "it ends")
    tap.ok(hub.child.returncode != 0 and "version 2, and this program reads version 1" in hub.text(), "an older hub does not start on it, and says why", hub.text())
    hub.command = today["hub"]
    run_by(today, "and nothing of it was changed")
