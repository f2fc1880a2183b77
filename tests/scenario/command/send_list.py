#!tests/run
"""Goal: `send --new list` offers each role exactly the kinds that it may send by the law in force, and explains each in its language."""

import json
import os

import tap
from commands import TOP
from world import CAST, World

NODE = {}  # of each role one
for name, (role, _) in CAST.items():
    NODE.setdefault(role, name)


def rows():
    with open(os.path.join(TOP, "tests", "data", "exchange.table"), encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines][1:]


def may_send(role):
    """By the table that was written by hand."""
    return {
        kind for kind, fact, who, _ in rows() if fact == "may" and {role, "any"} & {word.strip() for word in who.split(",")}
    }


with World(__doc__, NODE.values()) as world:
    world.start()
    for role, name in NODE.items():
        folder = world.node(name).folder
        code, text = world.run("--node", folder, "--json", "send", "--new", "list", code=None)
        listed = [json.loads(line) for line in text.splitlines()]
        tap.equal({one["kind"] for one in listed}, may_send(role), f"{role}: all that it may send, and nothing else")
        tap.ok(code == 0 and all(one["title"] and one["cites"] for one in listed), f"{role}: each with a title and its paragraphs", listed)
    for role, kind in (("prosecutor", "investigation.report"), ("media", "publication.report"), ("communications", "emergency.report")):
        for lang in ("kk", "ru"):
            code, text = world.run("--node", world.node(NODE[role]).folder, "send", kind, "--help", code=None, env={"DABYL_LANG": lang})
            tap.ok(code == 0 and "--summary-ru" in text, f"{role}: {kind} is explained in {lang}", text)
    for kind in ("incident.update", "incident.closure"):
        for lang, what, value in (
            ("kk", "инциденттен кейінгі әрекеттер", "орындалуда"),
            ("ru", "действия после инцидента", "исполняется"),
            ("en", "is to be done after the incident", "in progress"),
        ):
            folder = world.node(NODE["owner"]).folder
            code, text = world.run("--node", folder, "send", kind, "--help", code=None, env={"DABYL_LANG": lang})
            tap.ok("course" in text and what in text and value in text, f"{kind}: what is done afterwards, in {lang}", text)
