#!tests/run
"""Goal: the runbook for a message that has to go by law does what it says, typed as it stands there."""

import os
import re
import shutil
import subprocess

import client
import tap
from commands import MODE, TOP
from processes import until
from world import World

SECRET = b"the-words-that-have-to-go"
with open(os.path.join(TOP, "hub", "OPERATIONS.md"), encoding="utf-8") as page:
    PAGE = page.read()


def commands(title, name):
    """The one block of commands below this heading, about this message."""
    text = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return block.replace("nccis-desk", "nccis").replace("019abd5a-4624-7666-97ea-5e8f67cc1752", name)


def found(folder):
    count = 0
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    count += file.read().count(SECRET)
    return count


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.start("isoc-energy")
    shutil.copy(world.hub.path("vkey"), world.path("hub.vkey"))
    raw = world.node("nccis").client().begin(stored=0)
    letter = client.advisory("nccis", body={"actions": [SECRET.decode()]})
    raw.tell(letter)
    world.node("isoc-energy").has_received(1)
    look = ("hub", "erase", letter["id"], "--look", "--hub", world.hub.folder)
    until(lambda: world.run(*look, code=None)[0] == 0, "signed for")
    world.hub.published(letter["id"])
    world.run("hub", "backup", world.hub.folder, "--to", world.path("backup"))
    tap.equal((found(world.hub.folder), found(world.path("backup"))), (1, 1), "hub and backup have the words")
    done = subprocess.run(
        ["sh", "-eu", "-c", commands("A message has to go by law", letter["id"])],
        cwd=world.folder,
        env=dict(os.environ, PATH=f"{TOP}/build/{MODE}:{os.environ['PATH']}", LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    said = done.stdout + done.stderr
    tap.ok(done.returncode == 0, "A message has to go by law", f"exit {done.returncode}\n{said}")
    for words in ("what goes", "erased from the hub", "told with proof", "follow_erasures", "decision 12 of the court", "1 document erased", "GOOD"):
        tap.has(said, words, f"it says: {words}")
    tap.equal(found(world.hub.folder), 0, "the words are gone from the hub")
    tap.equal(found(world.path("backup")), 0, "and from the backup")
