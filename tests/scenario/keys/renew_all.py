#!tests/run
"""Goal: all certificates that end soon are renewed in one go: shown before, each once whatever is killed, taken by the hub from one file."""

import json
import os
import shutil
import signal
import subprocess

import client
import tap
from commands import MODE, TOP
from world import World

SOON = ("--within", "366", "--days", "400")


def killed(world, at, *command):
    """The command dies in the middle of what it writes."""
    env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"), DIES_AT=str(at))
    done = subprocess.run([world.program("dabyl"), *command], env=env, capture_output=True, check=False, timeout=120)
    return done.returncode == -signal.SIGKILL


def entries(world, ca):
    """What this CA has issued, by id and use."""
    found = {}
    for line in world.run("ca", "list", "--ca", ca, "--json").splitlines():
        entry = json.loads(line)
        found.setdefault((entry["id"], entry["use"]), []).append(entry)
    return found


def answers(path):
    with open(path, encoding="ascii") as file:
        return sorted(line.split()[1] for line in file if line.startswith("for "))


def shown(world, ca):
    with open(os.path.join(ca, "index"), "rb") as file:
        before = file.read()
    text = world.run("ca", "renew", "--all", *SOON, "--dry-run", "--ca", ca)
    with open(os.path.join(ca, "index"), "rb") as file:
        tap.ok(file.read() == before, "a dry run issues nothing")
    everybody = sorted(name for name, _ in entries(world, ca))
    tap.ok(all(name in text for name in everybody), "and shows whom it would be about", text)
    text = world.run("ca", "renew", "--all", "--dry-run", "--ca", ca)
    tap.has(text, "Nothing would be renewed", "within the usual days nobody is due")
    code, text = world.run("ca", "renew", "--all", "--within", "30", "--days", "30", "--ca", ca, code=None)
    tap.ok(code == 2 and "due again" in text, "what would be due again at once is not issued", text)
    code, text = world.run("ca", "renew", "--dry-run", "nccis", "--ca", ca, code=None)
    tap.equal(code, 2, "a dry run is of all")


def cut_short(world, ca):
    """Killed at each step and said again; nobody has a third certificate, and the file has everybody."""
    kills, fault = 0, ""
    want = {key: 2 for key in entries(world, ca)}
    everybody = sorted({name for name, _ in want})
    out = world.path("cut.answers")
    for at in range(1, 400, 3):
        copy = world.path("cut")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(ca, copy)
        words = ("ca", "renew", "--all", *SOON, "--ca", copy, "--answer", out)
        if os.path.exists(out):
            os.unlink(out)
        if not killed(world, at, *words):
            break
        kills += 1
        noted = world.run("ca", "list", "--ca", copy)
        began = os.path.exists(os.path.join(copy, "begun"))
        if began and "`dabyl ca renew --all` was cut short" not in noted:
            fault = fault or f"step {at}: {noted}"
        if began or not os.path.exists(out):
            world.run(*words)
        have = {key: len(of) for key, of in entries(world, copy).items()}
        if have != want or answers(out) != everybody:
            fault = fault or f"step {at}: {have} {answers(out)}"
        if "cut short" in world.run("ca", "list", "--ca", copy):
            fault = fault or f"step {at}: still owed"
    tap.ok(kills > 8 and not fault, f"killed at {kills} steps and said again, nobody is renewed twice or left out", fault)


def some_fail(world, ca):
    """Who cannot be renewed is named, and the others are."""
    copy = world.path("some")
    shutil.copytree(ca, copy)
    world.run("ca", "revoke", "isoc-energy", "--ca", copy)
    line = world.run("ca", "list", "nccis", "--ca", copy, "--json").splitlines()[0]
    serial = json.loads(line)["serial"]
    world.run("ca", "revoke", serial, "--ca", copy, "--reason", "key-compromise")
    out = world.path("some.answers")
    text = world.run("ca", "renew", "--all", *SOON, "--ca", copy, "--answer", out)
    tap.ok("nccis is left out" in text and "isoc-energy" not in text, "one whose seal is revoked is left out, and named", text)
    tap.ok("nccis" not in answers(out) and "hub" in answers(out), "and all others are renewed")
    short = world.path("short")
    world.run("ca", "init", "--ca", short, "--no-passphrase", "--days", "20")
    world.run("ca", "sign", world.path("nccis", "request.pem"), "--ca", short, "--yes", "--out", world.path("short-certs"))
    code, text = world.run("ca", "renew", "--all", "--ca", short, "--answer", out, code=None)
    tap.ok(code == 0 and "so does the CA itself" in text, "what ends with the CA is not renewed again and again", text)


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    author, desk = world.node("isoc-energy"), world.node("nccis")
    ca, out, folders = world.path("ca"), world.path("renewed.answers"), world.path("renewed")
    shown(world, ca)
    cut_short(world, ca)
    some_fail(world, ca)
    world.start()

    text = world.run("ca", "renew", "--all", *SOON, "--ca", ca, "--answer", out, "--out", folders)
    tap.has(text, "hub renew --all", "it is said where the file goes")
    again = world.run("ca", "renew", "--all", *SOON, "--ca", ca, "--answer", out)
    tap.equal({len(of) for of in entries(world, ca).values()}, {2}, "said again it hands out the same")
    tap.equal(again.count("\n") > 3, True, "all of them")
    tap.equal(world.run("ca", "show", out).count("answer for"), len(answers(out)), "each can be looked at")

    world.run("hub", "remove", "knb", "--hub", world.hub.folder, "--reason", "left")
    before = world.run("hub", "nodes", world.hub.folder, code=None)[1]
    code, text = world.run("hub", "renew", "--all", out, "--hub", world.hub.folder, code=None)
    tap.ok(code == 1 and text.count("FAILED knb") == 2, "who is no member is named", text)
    tap.has(text, "further certificates are in the roster", "and the others are renewed")
    after = world.run("hub", "nodes", world.hub.folder, code=None)[1]
    tap.ok("399 days" in after and "399 days" not in before, "the hub goes by them", after)
    text = world.run("hub", "renew", "--all", out, "--hub", world.hub.folder, code=None)[1]
    tap.has(text, "nothing is new", "a second time there is nothing to do")

    for node in (author, desk):
        for use in ("seal", "channel"):
            shutil.copy(os.path.join(folders, node.name, f"{use}.pem"), node.path("certs"))
        world.run("--node", node.folder, "node", "reload")
    author.drop(client.notice("isoc-energy", 4))
    desk.has_received(2)
    tap.ok(True, "nodes seal and connect with the new ones")
    for node in (author, desk):
        node.stop()
    world.hub.stop()
    world.hub.start()
    author.start().connected()
    desk.start().connected()
    author.drop(client.notice("isoc-energy", 4))
    desk.has_received(4)
    tap.ok(True, "and the hub shows its own")
