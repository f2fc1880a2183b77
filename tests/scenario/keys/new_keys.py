#!tests/run
"""Goal: a node whose machine was lost, or whose keys are to be others, goes on under its name without a file copied
by hand; nobody gets in under a name by a habit, and the old keys open nothing any more."""

import json
import os
import shutil
import signal
import subprocess
import sys

import client
import tap
from commands import MODE, TOP
from processes import Process, free_port
from world import World

PORT = free_port()
ADDRESS = f"tcp://127.0.0.1:{PORT}"
WRONG = " ".join(["12345"] * 8)
SETTINGS = f'join = {{ listen = ["{ADDRESS}"]; }};\n'


def field(text, word):
    return next(line.split(None, 1)[1] for line in text.splitlines() if line.split()[:1] == [word])


def newest(world, node):
    text = world.run("hub", "joins", world.hub.folder, "--json")
    return [one for one in map(json.loads, text.splitlines()) if one["node"] == node.name][-1]


def accept(world, node, *how, code=0):
    return world.run("hub", "joins", "accept", newest(world, node)["request"][:12], world.hub.folder, *how, code=code)


def roster_of(world, node):
    return sorted(name for name in os.listdir(world.hub.path("roster")) if name.startswith(node.name + "-"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def keys(node):
    names = ("keys/seal.key", "certs/seal.pem", "keys/channel.key", "certs/channel.pem")
    return [read(node.path(*name.split("/"))) for name in names]


def reports(node, n):
    """A notice with whatever key the node has now."""
    node.drop(client.notice(node.name, 2))
    return node.has_sent(n)


def lost(world, desk, away):
    """Its machine is gone; whoever has it, has its keys."""
    before = [message["id"] for message in desk.has_received(1)]
    old = roster_of(world, desk)
    desk.stop()
    shutil.move(desk.folder, away)
    who = ("--id", desk.name, "--role", desk.role, "--org", desk.organisation)
    join = ("node", "join", ADDRESS, "--dir", desk.folder, *who)
    digits = field(world.run(*join, "--wait", "0", code=3), "digits")
    shown = world.run("hub", "joins", world.hub.folder)
    tap.has(shown, f"{desk.name} asks with NEW KEYS", "the hub's operator sees that the keys are others")
    tap.ok(newest(world, desk)["new_keys"] and "--new-keys" in shown, "and what to type", shown)
    text = accept(world, desk, "--yes", "--ca", world.path("ca"), code=1)
    tap.has(text, "say --new-keys", "accepted by habit nobody gets in under a name that is there")
    tap.equal(roster_of(world, desk), old, "and nothing was changed")
    text = accept(world, desk, "--new-keys", "--digits", digits, "--ca", world.path("ca"))
    tap.ok("is admitted" in text and "ca revoke" in text, "asked to, it is, and what is left to do is named", text)
    world.run(*join, "--wait", "0", "--digits", digits)
    desk.start().connected()
    after = [message["id"] for message in desk.has_received(1)]
    tap.equal(after, before, "what was delivered to the lost machine is delivered again")


def thief(world, desk, away):
    """The old folder, on whatever machine."""
    text = read(os.path.join(away, "node.conf")).decode()
    with open(os.path.join(away, "node.conf"), "w", encoding="utf-8") as file:
        file.write(text.replace(desk.folder, away))
    opened = world.hub.process.text().count(f"session.opened node={desk.name}")
    daemon = Process("thief", [world.program("dabyl-node"), f"{away}/node.conf"], away + ".log")
    world.begin(daemon)
    daemon.says("does not admit this node's channel key")
    tap.equal(world.hub.process.text().count(f"session.opened node={desk.name}"), opened, "the keys of the lost machine open nothing")
    daemon.stop()


def rekey(world, node, *how, code=0):
    return world.run("--node", node.folder, "node", "renew", ADDRESS, "--new-keys", "--wait", "0", *how, code=code)


def live(world, isoc):
    """A node that runs goes over to new keys, however often it is interrupted."""
    before, receipts = keys(isoc), len(reports(isoc, 2))
    digits = field(rekey(world, isoc, code=3), "digits")
    tap.equal(field(rekey(world, isoc, code=3), "digits"), digits, "said again, it is the same request")
    tap.has(accept(world, isoc, "--yes", code=1), "say --new-keys", "the hub's operator has to know")
    accept(world, isoc, "--new-keys", "--digits", digits, "--ca", world.path("ca"))
    tap.has(rekey(world, isoc, "--digits", WRONG, code=1), "others than those given", "other digits change nothing")
    tap.equal(keys(isoc), before, "keys and certificates are those before")
    env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"))
    command = [world.program("dabyl"), "--node", isoc.folder, "node", "renew", ADDRESS, "--new-keys", "--wait", "0", "--yes"]
    kills = 0
    for at in range(1, 200, 3):
        done = subprocess.run(command, env=dict(env, DIES_AT=str(at)), capture_output=True, text=True, check=False)
        kills += done.returncode == -signal.SIGKILL
        if done.returncode == 0:
            break
    tap.ok(done.returncode == 0 and kills >= 3, f"killed {kills} times, each a step further, it ends whole", done)
    tap.ok(all(old != new for old, new in zip(before, keys(isoc))), "keys and certificates are others")
    tap.ok(not os.path.exists(isoc.path("next")), "and nothing is left of that")
    tap.equal(len(reports(isoc, receipts + 1)), receipts + 1, "and it seals with its new keys")


def offline(world, isoc):
    """The CA is elsewhere; refused, whoever asks again begins anew."""
    digits = field(rekey(world, isoc, code=3), "digits")
    world.run("hub", "joins", "refuse", isoc.name, world.hub.folder, "--reason", "not today")
    tap.has(rekey(world, isoc, code=1), "not today", "who is refused hears why")
    tap.ok(field(rekey(world, isoc, code=3), "digits") != digits, "and makes other keys the next time")
    request, answer, name = world.path("request"), world.path("answer"), newest(world, isoc)["request"][:12]
    text = accept(world, isoc, "--yes", "--new-keys")
    tap.has(text, f"dabyl ca renew {isoc.name} {isoc.name}.request", "an offline CA: the next commands are named")
    world.run("hub", "joins", "export", name, world.hub.folder, "--out", request)
    world.run("ca", "renew", isoc.name, request, "--ca", world.path("ca"), "--yes", "--answer", answer)
    world.run("hub", "joins", "import", name, answer, world.hub.folder)
    rekey(world, isoc, "--yes")
    tap.ok(reports(isoc, len(isoc.sent()) + 1), "taken by files")


with World(__doc__, cast=("nccis", "isoc-energy"), settings=SETTINGS) as world:
    world.start("nccis", "isoc-energy")
    reports(world.node("isoc-energy"), 1)
    lost(world, world.node("nccis"), world.path("away"))
    thief(world, world.node("nccis"), world.path("away"))
    live(world, world.node("isoc-energy"))
    offline(world, world.node("isoc-energy"))
sys.exit(tap.finish())
