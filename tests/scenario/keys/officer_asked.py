#!tests/run
"""Goal: an officer of a node that is admitted has a certificate without a file copied by hand; people compare digits,
since the node's own key proves only that somebody has the node, and what is not for the officer changes nothing."""

import glob
import json
import os
import sys

import tap
from processes import Process, free_port
from world import World

PORT = free_port()
ADDRESS = f"tcp://127.0.0.1:{PORT}"
SETTINGS = f'join = {{ listen = ["{ADDRESS}"]; }};\n'
WRONG = " ".join(["12345"] * 8)


def field(text, word):
    return next(line.split(None, 1)[1] for line in text.splitlines() if line.split()[:1] == [word])


def add(world, node, name, *how, code):
    return world.run("--node", node.folder, "node", "officer", "add", name, ADDRESS, "--wait", "0", *how, code=code)


def requests(world, name):
    text = world.run("hub", "joins", world.hub.folder, "--json")
    return [one for one in map(json.loads, text.splitlines()) if one["node"] == name]


def accept(world, name, *how, code=0):
    return world.run("hub", "joins", "accept", name, world.hub.folder, *how, code=code)


def console_has(node, name):
    return glob.glob(node.path("officers", f"{name}-*.pem"))


def whole(world, centre):
    """An officer of the Coordination Centre, who then seals the rules."""
    text = add(world, centre, "aigul", "--office", "head", code=3)
    digits = field(text, "digits")
    shown = world.run("hub", "joins", world.hub.folder)
    tap.has(shown, "aigul asks to be an officer of nccis", "the hub's operator sees who asks for what")
    tap.equal(field(shown, "digits"), digits, "both sides show the same digits")
    folder = centre.path("officers", "aigul")
    with open(folder + "/request.pem", "rb") as file:
        request = file.read()
    waits = [world.program("dabyl"), "--node", centre.folder, "node", "officer", "add", "aigul", ADDRESS, "--office", "head"]
    process = Process("add", waits, world.path("add.log"))
    world.begin(process)
    process.says("digits")
    process.kill()
    add(world, centre, "aigul", "--office", "head", code=3)
    with open(folder + "/request.pem", "rb") as file:
        tap.ok(file.read() == request and len(requests(world, "aigul")) == 1, "interrupted, it goes on with its request")
    tap.has(accept(world, "aigul", "--digits", WRONG, code=1), "others than those given", "other digits are not taken")
    text = accept(world, "aigul", code=1)
    tap.has(text, "nobody to ask", "that the node is known replaces no person")
    text = accept(world, "aigul", "--digits", digits, "--ca", world.path("ca"), "--as", "marat")
    tap.has(text, "aigul is an officer", "accepted, signed, in the roster: one step")
    tap.has(world.run("hub", "acts", world.hub.folder), "an officer", "the log says who did what")
    tap.has(accept(world, "aigul"), "aigul is an officer", "said again, it is done already")
    tap.has(add(world, centre, "aigul", "--office", "head", "--digits", WRONG, code=1), "others than", "nor at the node")
    tap.ok(not os.path.exists(folder + "/certs") and not console_has(centre, "aigul"), "nothing is taken before")
    tap.has(add(world, centre, "aigul", "--office", "head", "--digits", digits, code=0), "is an officer of nccis", "taken")
    tap.equal(len(console_has(centre, "aigul")), 1, "the console has it, too")
    rules = world.hub.path("rules", "plan.rules")
    with open(rules, "ab") as file:
        file.write(b"# changed\n")
    key, cert = folder + "/keys/seal.key", folder + "/certs/seal.pem"
    world.run("rules", "seal", rules, "--origin", world.origin, "--key", key, "--cert", cert)
    world.run("hub", "reload", world.hub.folder)
    tap.ok(True, "what the officer seals is in force")


def offline(world, isoc):
    """The CA is elsewhere, the key was made elsewhere, and a hub hands out another's certificate."""
    request, answer, away = world.path("dana.request"), world.path("dana.answer"), world.path("dana")
    world.run("ca", "request", "--dir", away, "--id", "dana", "--officer-of", isoc.name, "--org", isoc.organisation)
    text = add(world, isoc, "dana", "--request", away + "/request.pem", code=3)
    digits = field(text, "digits")
    wrong = world.run("--node", world.node("nccis").folder, "node", "officer", "add", "dana", ADDRESS, "--request",
                      away + "/request.pem", "--wait", "0", code=1)  # fmt: skip
    tap.has(wrong, "not by dana, officer of nccis", "a request of another node's officer is not handed in")
    text = accept(world, "dana", "--digits", digits)
    tap.has(text, "dabyl ca sign dana.request", "an offline CA: the next commands are named")
    world.run("hub", "joins", "export", "dana", world.hub.folder, "--out", request)
    world.run("ca", "sign", request, "--ca", world.path("ca"), "--yes", "--answer", answer)
    (one,) = requests(world, "dana")
    false = world.hub.path("joins", one["request"] + ".answer")
    os.link(world.hub.path("joins", requests(world, "aigul")[0]["request"] + ".answer"), false)
    text = add(world, isoc, "dana", "--request", away + "/request.pem", "--digits", digits, code=1)
    tap.ok("nothing was changed" in text and not console_has(isoc, "dana"), "another's certificate is not taken", text)
    os.unlink(false)
    world.run("hub", "joins", "import", "dana", answer, world.hub.folder)
    add(world, isoc, "dana", "--request", away + "/request.pem", "--digits", digits, code=0)
    tap.equal(len(console_has(isoc, "dana")), 1, "the key stays where it was made, the console has the certificate")


def again(world, isoc):
    """A further key of the same person."""
    text = add(world, isoc, "dana", "--dir", world.path("dana-2"), code=3)
    text = accept(world, "dana", "--digits", field(text, "digits"), "--ca", world.path("ca"))
    tap.has(text, "dana is an officer", "a further key of an officer is certified beside the first")
    add(world, isoc, "dana", "--dir", world.path("dana-2"), "--yes", code=0)
    tap.equal(len(console_has(isoc, "dana")), 2, "and both are there")
    text = add(world, isoc, "nobody-s", code=3)
    world.run("hub", "remove", isoc.name, "--hub", world.hub.folder, "--reason", "gone")
    text = accept(world, "nobody-s", "--yes", "--ca", world.path("ca"), code=1)
    tap.has(text, "no such node", "nobody is an officer of a node that is not in the roster")


with World(__doc__, cast=("nccis", "isoc-energy"), settings=SETTINGS) as world:
    world.start("nccis", "isoc-energy")
    whole(world, world.node("nccis"))
    offline(world, world.node("isoc-energy"))
    again(world, world.node("isoc-energy"))
sys.exit(tap.finish())
