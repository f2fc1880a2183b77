#!tests/run
"""Goal: a node asks for its next certificates and has them in force, without a file copied by hand and without
a gap; what was interrupted goes on, and what is not for it changes nothing."""

import json
import os
import sys

import tap
from processes import Process, free_port
from world import World

PORT = free_port()
ADDRESS = f"tcp://127.0.0.1:{PORT}"
SETTINGS = f'join = {{ listen = ["{ADDRESS}"]; }};\n'


def read(path):
    with open(path, "rb") as file:
        return file.read()


def certs(node):
    return [read(node.path("certs", f"{use}.pem")) for use in ("seal", "channel")]


def ask(world, node, code):
    return world.run("--node", node.folder, "node", "renew", ADDRESS, "--wait", "0", code=code)


def requests(world, node):
    """What the hub's operator sees of this node, the oldest first."""
    text = world.run("hub", "joins", world.hub.folder, "--json")
    return [one for one in map(json.loads, text.splitlines()) if one["node"] == node.name]


def issued(world, node):
    text = world.run("ca", "list", node.name, "--ca", world.path("ca"), "--json")
    return len([one for one in map(json.loads, text.splitlines()) if one.get("name") == node.name])


def sends(world, node):
    with open(world.path("advice.json"), "w", encoding="utf-8") as file:
        file.write(
            '{"kind": "threat.report", "marking": "TLP:GREEN", "summary": {"en": "Scans."},'
            ' "body": {"description": "Scans of port 502."}}'
        )
    world.run("--node", node.folder, "send", world.path("advice.json"))
    return os.listdir(node.path("outbox")) == []


def online(world, isoc):
    """The CA is on the hub's machine, and the daemon runs."""
    before, lost = certs(isoc), isoc.process.text().count("link.lost")
    text = ask(world, isoc, 3)
    tap.has(text, "asks for further certificates", "asked; somebody has to look at it")
    waits = Process("renew", [world.program("dabyl"), "--node", isoc.folder, "node", "renew", ADDRESS], world.path("renew.log"))
    world.begin(waits)
    waits.says("asks for further")
    waits.kill()
    ask(world, isoc, 3)
    tap.equal([one["renewal"] for one in requests(world, isoc)], [True], "interrupted, it goes on with its request")
    shown = world.run("hub", "joins", world.hub.folder)
    tap.has(shown, "proven  by its seal key", "the hub's operator sees a renewal, and nothing to compare")
    accept = ("hub", "joins", "accept", isoc.name, world.hub.folder, "--ca", world.path("ca"), "--as", "aigerim")
    tap.has(world.run(*accept), "has further certificates", "accepted and signed in one step")
    count = issued(world, isoc)
    os.unlink(world.hub.path("joins", requests(world, isoc)[0]["request"] + ".answer"))
    tap.has(world.run(*accept), "has further certificates", "interrupted at the hub, it is said again")
    tap.equal(issued(world, isoc), count, "and nothing is issued twice")
    tap.has(world.run("hub", "acts", world.hub.folder), "aigerim", "the log says who did it")
    loaded = isoc.process.text().count("certificates.loaded renewed=yes")
    tap.has(ask(world, isoc, 0), "in force", "the node takes them, and its daemon has them")
    isoc.process.says_again("certificates.loaded renewed=yes", loaded)
    tap.ok(all(old != new for old, new in zip(before, certs(isoc))), "both certificates are others")
    tap.equal(isoc.process.text().count("link.lost"), lost, "and the session goes on")
    tap.ok(sends(world, isoc), "messages go on")
    tap.ok(not os.path.exists(isoc.path("renewal.pem")), "the next time it is another request")
    tap.has(ask(world, isoc, 3), "asks for further", "and it may ask again")
    tap.equal(len(requests(world, isoc)), 2, "which is another one")
    world.run("hub", "joins", "refuse", isoc.name, world.hub.folder, "--reason", "you have new ones")
    tap.has(ask(world, isoc, 1), "you have new ones", "who is refused hears why")


def offline(world, nccis):
    """The CA is elsewhere, and the daemon does not run."""
    nccis.stop()
    before, answer, wrong = certs(nccis), world.path("nccis.answer"), world.path("wrong.answer")
    ask(world, nccis, 3)
    text = world.run("hub", "joins", "accept", "nccis", world.hub.folder)
    tap.has(text, "dabyl ca renew nccis", "an offline CA: the next commands are named")
    world.run("ca", "renew", "isoc-energy", "--ca", world.path("ca"), "--answer", wrong)
    world.run("ca", "renew", "nccis", "--ca", world.path("ca"), "--answer", answer)
    text = world.run("hub", "joins", "import", "nccis", wrong, world.hub.folder, code=1)
    tap.has(text, "the answer is for isoc-energy", "another's answer is not taken by the hub")
    # A hub that hands it out all the same.
    (one,) = requests(world, nccis)
    with open(world.hub.path("joins", one["request"] + ".answer"), "wb") as file:
        file.write(read(wrong))
    tap.has(ask(world, nccis, 1), "nothing was changed", "nor by the node")
    tap.equal(certs(nccis), before, "what was there is there")
    os.unlink(world.hub.path("joins", one["request"] + ".answer"))
    world.run("hub", "joins", "import", "nccis", answer, world.hub.folder)
    tap.has(ask(world, nccis, 0), "takes them when it starts", "taken while the daemon does not run")
    tap.ok(certs(nccis) != before, "and in place")
    nccis.start().connected()
    tap.ok(True, "it starts with them")


def strangers(world, nccis):
    """Who has not the node's seal key asks to join, with digits, and by habit nobody signs."""
    who = ("--id", "nccis", "--role", "nccis", "--org", nccis.organisation)
    world.run("node", "join", ADDRESS, "--dir", world.path("thief"), *who, "--wait", "0", code=3)
    newest = requests(world, nccis)[-1]
    tap.equal((newest["state"], newest["renewal"]), ("waits", False), "another key for the same id renews nothing")
    text = world.run("hub", "joins", "accept", newest["request"][:12], world.hub.folder, "--yes", "--ca", world.path("ca"), code=1)
    tap.has(text, "the roster has nccis with other keys", "and accepted without a word for that it is not")


with World(__doc__, cast=("nccis", "isoc-energy"), settings=SETTINGS) as world:
    world.start("nccis", "isoc-energy")
    world.hub.process.says("join.open")
    online(world, world.node("isoc-energy"))
    offline(world, world.node("nccis"))
    strangers(world, world.node("nccis"))
sys.exit(tap.finish())
