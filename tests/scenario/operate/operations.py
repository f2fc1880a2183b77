#!tests/run
"""Goal: the runbook for a hub whose machine is gone does what it says, typed as it stands there."""

import glob
import os
import re
import shutil
import subprocess

import client
import tap
from commands import MODE, TOP
from processes import until
from succeed import Successor
from world import World

with open(os.path.join(TOP, "hub", "OPERATIONS.md"), encoding="utf-8") as page:
    RUNBOOK = page.read().split("\n## The hub's machine is gone\n")[1].split("\n## ")[0]
COMMANDS = re.findall(r"^```(\w*)\n(.*?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL)


def adapt(world, text):
    """The names of this test, its port, and the answers to what a person is asked."""
    for here, there in (
        ("exchange.example/log", "dabyl.test/log"),
        ("tcp://127.0.0.1:7600", world.endpoint),
        ("nccis-desk isoc-energy kib-duty", "nccis isoc-energy knb"),
        ("hub-nccis", "hub"),
        ("duty/", "duty-nccis/"),
        ("dabyl ca sign ", "dabyl ca sign --yes "),
        ("dabyl node accept-log ", "dabyl node accept-log --yes "),
    ):
        text = text.replace(here, there)
    return text


def shell(world, text, name):
    path = f"{TOP}/build/{MODE}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", adapt(world, text)],
        cwd=world.folder,
        env=dict(os.environ, PATH=path, LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    tap.ok(done.returncode == 0, name, f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def what_is_kept_elsewhere(world):
    """What an operator has beside the hub's machine."""
    for folder in ("backup", "law", "roster"):
        os.makedirs(world.path(folder))
    for path in glob.glob(world.hub.path("roster", "*.pem")):
        shutil.copy(path, world.path("roster"))
    for path in ("registry.conf", "rules/plan.rules"):
        shutil.copy(world.hub.path(path), world.path("law"))
    shutil.copy(world.hub.path("vkey"), world.path("hub.vkey"))


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    author, desk, knb = (world.node(name) for name in ("isoc-energy", "nccis", "knb"))
    world.start()
    for _ in range(3):
        author.drop(client.notice("isoc-energy", 4))
    author.has_sent(3)
    desk.has_received(6)
    knb.has_received(3)
    world.hub.stop()
    what_is_kept_elsewhere(world)
    world.run("hub", "backup", world.hub.folder, "--to", world.path("backup"))
    world.hub.start()
    lost = author.drop(client.notice("isoc-energy", 4))
    author.has_sent(4)
    desk.has_received(8)
    world.hub.kill()
    shutil.rmtree(world.hub.folder)
    author.drop(client.notice("isoc-energy", 3))

    scripts = [text for kind, text in COMMANDS if kind == "sh"]
    ((_, predecessor),) = [block for block in COMMANDS if block[0] == ""]
    before = {node.name: node.names("inbox", ".json") for node in (desk, knb)}
    what, hub, refused, named, accepted, given, nodes = scripts
    for node in (author, desk, knb):
        tap.equal(node.stop(), 0, f"{node.name} stops")
    shell(world, what, "what there is")
    shell(world, hub, "a hub of another key, under the same name")
    path = world.path("hub-2", "hub.conf")
    with open(path, encoding="utf-8") as file:
        conf = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"predecessor = \{.*?\n\};\n", predecessor, conf, flags=re.S))
    said = shell(world, refused, "a first start that says what is lost")
    told = shell(world, named, "what is lost is named")
    tap.ok(lost in told and "nobody who was asked has it" in told, "the message that was lost, too", told)
    number = re.search(r"--accept-loss (\d+)", said)[1]
    expected = re.search(r"--accept-loss (\d+)", refused)[1]
    tap.has(accepted, f"--accept-loss {expected}", "the page says the same number twice")
    world.hub = Successor(world, 2)
    world.hub.starts("--accept-loss", number)
    shell(world, given, "what nodes are given")
    text = shell(world, nodes, "each node goes over")
    tap.equal(text.count("done: "), 3, "all three")
    for node in (author, desk, knb):
        node.start().connected()
    author.has_sent(2)
    until(lambda: [name for name in desk.names("inbox", ".json")], "the new notice at the centre")
    tap.ok(lost in author.sent(), "what was lost with the machine is in the new log")
    had = {name[13:] for name in before["nccis"]}
    now = [name[13:] for name in desk.names("inbox", ".json")]
    tap.equal(had & set(now), set(), "and nobody has anything twice")
    look = re.search(r"`(dabyl verify [^`]*)`", RUNBOOK)[1].replace("\n", " ")
    shell(world, look, "the new log verifies")
    _, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.has(text, "3 connected", "all are here")
