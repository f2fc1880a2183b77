#!tests/run
"""Goal: runbooks for copies, a damaged segment and a restored hub do what they say, typed as they stand there."""

import os
import re
import shutil
import subprocess

import client
import tap
from commands import MODE, TOP
from processes import until
from world import World

with open(os.path.join(TOP, "hub", "OPERATIONS.md"), encoding="utf-8") as page:
    PAGE = page.read()


def commands(title):
    """The one block of commands below this heading."""
    text = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return block.replace("nccis-desk", "nccis").replace("kib-duty", "knb")


def shell(world, title):
    done = subprocess.run(
        ["sh", "-eu", "-c", commands(title)],
        cwd=world.folder,
        env=dict(os.environ, PATH=f"{TOP}/build/{MODE}:{os.environ['PATH']}", LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    tap.ok(done.returncode == 0, title, f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    author, desk = world.node("isoc-energy"), world.node("nccis")
    world.start()
    shutil.copy(world.hub.path("vkey"), world.path("hub.vkey"))
    first = author.drop(client.notice("isoc-energy", 4))
    author.has_sent(1)
    desk.has_received(2)
    for node in world.nodes.values():
        node.stop()
    world.hub.stop()
    shell(world, "Before anything happens")

    segment = world.hub.path("journal", "segments", f"{0:020}.seg")
    with open(segment, "r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    said = shell(world, "A segment is damaged")
    tap.has(said, f"segments/{0:020}.seg: offset", "it is named by file and offset")
    world.hub.start()
    world.hub.stop()
    world.run("hub", "backup", world.hub.folder, "--to", world.path("backup"))

    shutil.rmtree(world.hub.folder)
    said = shell(world, "The hub's machine is gone, and a copy has everything")
    tap.has(said, "the same log goes on", "it says so")
    world.start()
    last = author.drop(client.notice("isoc-energy", 4))
    until(lambda: {first, last} <= {message["id"] for message in desk.inbox()}, "both notices are at the centre")
    tap.ok({first, last} <= set(author.sent()), "and both have their receipts")
