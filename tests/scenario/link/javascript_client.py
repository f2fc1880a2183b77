#!tests/run
"""Goal: the worked example in JavaScript publishes, has a receipt, takes deliveries and acknowledges them, and believes nothing."""

import json
import os
import shutil
import subprocess

import client
import tap
from world import TOP, World


def install(folder):
    """The example with its packages; what is missing for that, or None."""
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


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    example = world.path("example")
    missing = install(example)
    if missing:
        tap.skip("the example in JavaScript", missing)
    else:
        world.hub.start()

        def run(name, *words):
            done = subprocess.run(
                ["node", os.path.join(example, "client.js"), world.node(name).folder, world.endpoint, *words],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            return done.returncode, done.stdout + done.stderr

        path = world.path("notice.json")
        notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
        for name in ("dabyl", "id", "from", "sent", "status", "nonce"):
            del notice[name]
        with open(path, "w", encoding="utf-8") as file:
            json.dump(notice, file)
        code, text = run("isoc-energy", "publish", path)
        tap.ok(code == 0 and text.startswith("receipt "), "it publishes, and has a receipt", text)
        tap.has(text, "deliver nccis notice.nccis sender", "which says who was told")
        notice["body"]["level"] = 9
        with open(path, "w", encoding="utf-8") as file:
            json.dump(notice, file)
        code, text = run("isoc-energy", "publish", path)
        tap.ok(code == 1 and "doc.schema at /body/level" in text, "a refusal says why", text)

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
        with open(world.node("nccis").path("example.json"), encoding="utf-8") as file:
            state = json.load(file)
        tap.equal(state["stored"], 7, "it remembers what it has")

        # What it must not believe.
        state["checkpoint"] = state["checkpoint"].replace("\n", "\n9", 1)
        for name, changed, words in (
            ("a checkpoint of its own that is forged", state, "has not signed"),
            ("deliveries that this log never made", dict(state, stored=9, checkpoint=""), "session.stored"),
        ):
            with open(world.node("nccis").path("example.json"), "w", encoding="utf-8") as file:
                json.dump(changed, file)
            code, text = run("nccis", "receive", "1")
            tap.ok(code == 1 and words in text, f"{name}: it stops", text)
        sender.tell(client.notice("isoc-energy", 1, body={"object": "obj-grid-1"}))
        certs = world.node("owner-grid").path("certs")
        shutil.copy(os.path.join(certs, "seal.pem"), os.path.join(certs, "ca.pem"))
        code, text = run("owner-grid", "receive", "1")
        tap.ok(code == 1 and "did not issue" in text, "authors that another CA certified: it takes nothing", text)
        tap.equal(world.hub.stop(), 0, "the hub stops")
        code, text = world.check()
        tap.ok(code == 0 and "deliver" in text, "and its acknowledgements are good evidence", text)
