#!tests/run
"""Goal: `dabyl duties` shows who owes and who watches what is owed, with the time left, and nobody else."""

import json

import client
import tap
from processes import until
from world import World

NAMES = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb")

with World(__doc__, NAMES) as world:
    world.start()

    def duties(name, *words):
        code, text = world.run("--node", world.node(name).folder, "duties", *words, code=None)
        return text if code == 0 else f"exit {code}: {text}"

    def objects(name, *words):
        """Of these, what is to be acknowledged."""
        lines = [json.loads(line) for line in duties(name, "--json", *words).splitlines()]
        return [line for line in lines if line["duty"] == "alert.acknowledged"]

    until(lambda: duties("knb") == "nothing is owed\n", "there is a session, and nothing is owed")
    tap.equal(duties("knb"), "nothing is owed\n", "nothing is owed")
    world.node("isoc-energy").drop(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}))
    world.node("knb").has_received(1)
    text = duties("knb")
    tap.has(text, "met by acknowledgement", "knb is shown by what it is met")
    for part in ("open", " left, 20", "knb: alert.acknowledged, towards nccis (para 488:14"):
        tap.has(text, part, f"knb is shown '{part}'")
    (mine,) = objects("knb")
    tap.equal((mine["debtor"], mine["mine"]), ("knb", True), "as its own")
    (watched,) = objects("nccis")
    tap.equal((watched["id"], watched["mine"]), (mine["id"], False), "nccis watches it")
    for name in ("isoc-energy", "isoc-bank", "owner-grid"):
        tap.equal(duties(name), "nothing is owed\n", f"{name} learns nothing of it")

    request = client.message(
        "information.request", "nccis", {"questions": ["Seen it?"]}, to=["isoc-bank"]
    )
    world.node("nccis").drop(request)
    world.node("isoc-bank").has_received(1)
    tap.has(duties("isoc-bank"), "isoc-bank: request.answered", "whoever is asked owes an answer")
    text = duties("nccis")
    tap.ok(
        text.index("alert.acknowledged") < text.index("request.answered"),
        "what is due first is shown first",
        text,
    )
    world.run("--node", world.node("knb").folder, "ack", "1", "accepted")
    tap.equal(duties("knb"), "nothing is owed\n", "an acknowledgement settles it")
    (met,) = objects("knb", "--all")
    tap.equal((met["state"], met["by"]["author"]), ("met", "knb"), "it is there with --all")
    tap.has(duties("nccis", "--all"), "met  20", "and says when it was met")
    world.hub.stop()
    until(lambda: duties("knb").startswith("exit 3"), "without a hub the exit code says so")
    tap.has(duties("knb"), "exit 3", "without a hub the exit code says so")
