"""example - what every worked example of a client must do: they say the same, in whatever language."""

import json
import os
import shutil
import subprocess

import client
import tap
from world import TOP


def install(folder):
    """The example in JavaScript with its packages; what is missing for that, or None."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    shutil.copytree(os.path.join(TOP, "nodes", "examples"), folder)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        return "npm cannot install zeromq here: " + " ".join(done.stderr.split())[:120]
    return None


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def bare_notice():
    """A notice without what a client adds."""
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
    for name in ("dabyl", "id", "from", "sent", "status", "nonce"):
        del notice[name]
    return notice


def publishes(world, run):
    path = world.path("notice.json")
    notice = bare_notice()
    write(path, notice)
    code, text = run("isoc-energy", "publish", path)
    tap.ok(code == 0 and text.startswith("receipt "), "it publishes, and has a receipt", text)
    tap.has(text, "deliver nccis notice.nccis sender", "which says who was told")
    notice["body"]["level"] = 9
    write(path, notice)
    code, text = run("isoc-energy", "publish", path)
    tap.ok(code == 1 and "doc.schema at /body/level" in text, "a refusal says why", text)


def receives(world, run):
    code, text = run("nccis", "receive", "2")
    lines = text.splitlines()
    tap.ok(
        code == 0 and len(lines) == 2 and lines[0].startswith("delivery 1 incident.notice isoc-energy "),
        "it takes what is delivered, what the hub derived, too",
        text,
    )
    (sender,) = world.raw("isoc-energy")
    sender.tell(*[client.notice("isoc-energy", 1, body={"object": "obj-grid-1"}) for _ in range(5)])
    code, text = run("nccis", "receive", "5")
    tap.ok(
        code == 0 and "delivery 7 " in text and "delivery 2 " not in text,
        "and goes on where it was, with five under one seal",
        text,
    )


def has_what_comes_along(world, run):
    """Who is brought in by a later message takes what came before it first."""
    (sender,) = world.raw("isoc-energy")
    first = client.notice("isoc-energy", 1)
    about = {"author": "isoc-energy", "id": first["id"]}
    update = client.message("incident.update", "isoc-energy", {"object": "obj-grid-1"}, incident=about)
    sender.tell(first)
    sender.tell(update)
    code, text = run("owner-grid", "receive", "7")
    lines = text.splitlines()
    tap.ok(
        code == 0
        and f"older incident.notice isoc-energy {first['id']}" in lines[-2:-1]
        and update["id"] in lines[-1],
        "what a delivery brings along is there before it",
        text,
    )


def believes_nothing(world, run):
    path = world.node("nccis").path("example.json")
    with open(path, encoding="utf-8") as file:
        state = json.load(file)
    tap.equal(state["stored"], 7, "it remembers what it has")
    state["checkpoint"] = state["checkpoint"].replace("\n", "\n9", 1)
    for name, changed, words in (
        ("a checkpoint of its own that is forged", state, "has not signed"),
        ("deliveries that this log never made", dict(state, stored=9, checkpoint=""), "session.stored"),
    ):
        write(path, changed)
        code, text = run("nccis", "receive", "1")
        tap.ok(code == 1 and words in text, f"{name}: it stops", text)
    (sender,) = world.raw("isoc-energy")
    sender.tell(client.notice("isoc-energy", 1, body={"object": "obj-grid-1"}))
    certs = world.node("owner-grid").path("certs")
    shutil.copy(os.path.join(certs, "seal.pem"), os.path.join(certs, "ca.pem"))
    code, text = run("owner-grid", "receive", "1")
    tap.ok(code == 1 and "did not issue" in text, "authors that another CA certified: it takes nothing", text)


def check(world, run):
    """`run(node, *words)` runs the example in a node's name: its exit code, and what it said."""
    publishes(world, run)
    receives(world, run)
    has_what_comes_along(world, run)
    believes_nothing(world, run)
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0 and "deliver" in text, "and its acknowledgements are good evidence", text)
