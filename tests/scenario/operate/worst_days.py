#!tests/run
"""Goal: runbooks for upgrade, full disk, wrong clock, stolen keys, officers and CAs do what they say, typed as they stand."""

import errno
import os
import re
import shutil
import subprocess

import client
import order
import tap
from commands import MODE, TOP
from processes import until
from succeed import Successor
from world import World

with open(os.path.join(TOP, "hub", "OPERATIONS.md"), encoding="utf-8") as page:
    PAGE = page.read()
NAMES = [
    ("exchange.example/log", "dabyl.test/log"),
    ("nccis-desk", "nccis"),
    ("kib-duty", "knb"),
    ("hub-nccis", "hub"),
    ("aigul", "duty-nccis"),
    ("duty/", "duty-nccis/"),
    ("dabyl ca init ", "dabyl ca init --no-passphrase "),
    ("--within 60 ", "--within 366 --days 400 "),
    ("dabyl ca sign ", "dabyl ca sign --yes "),
    ("dabyl node accept-log ", "dabyl node accept-log --yes "),
]


def shell(world, title, number=0, *more):
    """Type this block of commands below this heading; what it printed."""
    text = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    block = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[number]
    for here, there in (*NAMES, *more):
        block = block.replace(here, there)
    done = subprocess.run(
        ["sh", "-eu", "-c", block],
        cwd=world.folder,
        env=dict(
            os.environ,
            PATH=f"{TOP}/build/{MODE}:{os.environ['PATH']}",
            LC_ALL="C.UTF-8",
            DABYL_OPERATOR="saule",
            **world.typed,
        ),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    name = f"{title} ({number + 1})"
    tap.ok(done.returncode == 0, name, f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def step(world, seconds):
    """The hub's wall clock, from now on this far from the true one."""
    with open(world.path("clock.new"), "w", encoding="ascii") as file:
        file.write(str(seconds * 1000))
    os.rename(world.path("clock.new"), world.path("clock"))


def restart(world, between=lambda: None):
    """End the hub, do something, start it; nodes that run have a session again."""
    running = [node.process for node in world.nodes.values() if node.process.running()]
    before = {process: process.text().count("link.ready") for process in running}
    world.hub.stop()
    between()
    world.hub.start()
    for process in running:
        process.says_again("link.ready", before[process])


def all_know_the_next_key(world):
    for node in world.nodes.values():
        until(lambda node=node: os.path.exists(node.path("certs", "hub-channel.pem.next")), f"{node.name} has it")


def restart_all(world):
    for node in world.nodes.values():
        node.stop()
    world.hub.stop()
    world.start()


def passes(world, name):
    """A notice goes from its author to the centre, and both are in a session."""
    ids = world.node("isoc-energy").drop(client.notice("isoc-energy", 4))
    until(lambda: ids in {message["id"] for message in world.node("nccis").inbox()}, name)
    tap.ok(True, name)


def on_the_machine(world):
    """An upgrade, a full disk and a clock."""
    shell(world, "An upgrade", 0)
    restart(world)
    shell(world, "An upgrade", 1)

    with open(world.path("orders"), "w", encoding="ascii") as file:
        file.write(f"reserve {errno.ENOSPC} segments/\n")
    restart(world)
    world.hub.process.says("disk.full")
    tap.has(shell(world, "The disk is full", 0), "no room on the disk", "it is said which trouble it is")
    os.unlink(world.path("orders"))
    world.hub.process.says("disk.room")
    shell(world, "The disk is full", 1)

    step(world, -120)
    world.hub.process.says("clock.step")
    tap.has(shell(world, "The clock was wrong", 0), "clock", "nothing falls overdue until it is accepted")
    world.hub.stop()
    world.typed = world.hub.process.env
    tap.has(shell(world, "The clock was wrong", 1), "--accept-clock", "a clock that is behind is refused")
    world.typed = {}
    option = re.search(r"`dabyl-hub (--accept-clock) hub/hub.conf`", PAGE)[1]
    command = world.hub.process.command
    world.hub.process.command = [command[0], option, *command[1:]]
    world.hub.start()
    world.hub.process.command = command
    step(world, 0)
    world.hub.process.says("clock.step")
    world.run("hub", "clock", "accept", world.hub.folder)


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    author, desk, knb = (world.node(name) for name in ("isoc-energy", "nccis", "knb"))
    step(world, 0)
    shims = [order.preload(shim=name)["LD_PRELOAD"] for name in ("clock", "fail")]
    world.hub.process.env = {
        "LD_PRELOAD": ":".join(shims),
        "CLOCK_FILE": world.path("clock"),
        "FAIL_ORDERS": world.path("orders"),
    }
    world.typed = {}
    shutil.copy(world.hub.path("vkey"), world.path("hub.vkey"))
    world.start()
    on_the_machine(world)
    passes(world, "after all that a notice passes")

    rotation = "Certificates and the CRL, year after year"
    shell(world, rotation, 0)
    shell(world, rotation, 1)
    shell(world, rotation, 2)
    all_know_the_next_key(world)
    restart(world, lambda: shell(world, rotation, 3))
    passes(world, "certificates were renewed while all ran")
    os.unlink(world.path("ca", "index"))
    shell(world, "The CA's index is damaged or lost")
    passes(world, "a CA without its index goes on")

    knb.stop()
    shell(world, "A key was stolen", 0)
    knb.start().connected()
    tap.ok(True, "a node whose key was stolen comes back with a new one")
    shutil.copy(world.hub.path("certs", "channel.pem"), world.path("old.pem"))
    shell(world, "A key was stolen", 1)
    all_know_the_next_key(world)
    serial = subprocess.run(
        ["openssl", "x509", "-in", world.path("old.pem"), "-noout", "-serial"],
        capture_output=True, text=True, check=True,
    ).stdout.strip().split("=")[1].lower()  # fmt: skip
    restart(world, lambda: shell(world, "A key was stolen", 2, ("$old", serial)))
    passes(world, "the hub is believed by its new channel key, and nodes had nothing to do")

    shell(world, "The CA's key is stolen, or its passphrase lost")
    restart_all(world)
    passes(world, "everybody is of the new CA")
    new_ca = (("--ca ca ", "--ca ca-2 "), ("ca/crl.pem", "ca-2/crl.pem"))
    text = shell(world, "An officer is gone", 0, *new_ca)
    tap.ok("daulet" in text, "who seals now is in the roster", text)
    restart(world)
    passes(world, "and all goes on")

    for node in world.nodes.values():
        node.stop()
    world.hub.stop()
    shell(world, "A key was stolen", 3, *new_ca, ("duty-nccis/", "duty-2/"))
    world.hub = Successor(world, 2)
    world.hub.starts()
    shell(world, "The hub's machine is gone", 5)
    shell(world, "The hub's machine is gone", 6)
    for node in world.nodes.values():
        node.start().connected()
    passes(world, "the log goes on under another key")
