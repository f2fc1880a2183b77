#!tests/run
"""Goal: the packs of other acts that come with the hub work beside the plan: cards with three clocks, findings of monitoring."""

import json
import os
import shutil

import client
import entries
import tap
from cast import ORIGIN
from processes import until
from route import example, reaches, reference, refused
from world import TOP, World

PACKS = ("exchange.rules", "monitoring.rules")

with World(__doc__, ("nccis", "isoc-energy", "owner-grid"), law="further acts") as world:
    keys = ("--key", world.path("duty-nccis", "keys", "seal.key"), "--cert", world.path("duty-nccis", "certs", "seal.pem"))

    def states(name, message):
        """Of a duty that this message brought, one after the other."""
        found = [json.loads(e.document) for e in entries.read(world.hub.path("journal")) if e.type == "duty"]
        return [duty["state"] for duty in found if duty["duty"] == name and duty["message"]["id"] == message["id"]]

    def published(message):
        (answer,) = world.raws[message["from"]].tell(message)
        tap.ok(isinstance(answer, client.Receipt), f"{message['kind']} is taken", answer)
        return message

    def card(stage, **body):
        return example("incident.card", "isoc-energy", body={"stage": stage, "object": None, **body}, incident=reference(notice))

    world.hub.start()
    world.raw()
    notice = client.notice("isoc-energy", 2)
    refused(world, card("first"), "role.kind", "/kind", "no act in force knows a card")

    for name in PACKS:
        shutil.copy(os.path.join(TOP, "hub", "etc", "packs", name), world.hub.path("rules", name))
    world.run("rules", "seal", *(world.hub.path("rules", name) for name in PACKS), "--with", world.hub.path("rules", "plan.rules"), "--origin", ORIGIN, *keys)
    tap.has(world.reload(), "law.reloaded", "two more acts come into force")
    text = world.run("rules", "packs", "--rules", world.hub.path("rules"))
    for part in ("488  National", "48/НҚ", "52/НҚ", "its text is not at hand"):
        tap.has(text, part, "they are shown")

    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.has(text, " rules in force by 488, 48, 52", "also by the status")
    text = world.run("rules", "diff", os.path.join(TOP, "hub", "etc", "plan.rules"), world.hub.path("rules"), code=1)
    for part in ("+ the act 48 comes in: Rules for the exchange", "+ isoc may now publish incident.card", "+ incident.notice will also open a duty: its author: card.first"):
        tap.has(text, part, "and by what they change")
    published(notice)
    clocks = ("card.first", "card.interim", "card.final")
    tap.equal([states(name, notice) for name in clocks], [["open"]] * 3, "a notice starts three clocks")
    reaches(world, card("first"), {"nccis": "card.nccis default"}, "the first card, to NCCIS")
    tap.equal([states(name, notice)[-1] for name in clocks], ["met", "open", "open"], "which meets the first")
    refused(world, card("final"), "doc.schema", "/body/cause", "a final card without what it is for")
    done = {"cause": "a password", "elimination": "closed", "recovery": "restored", "eliminated_at": "2026-11-22T12:00:00Z"}
    published(card("final", **done))
    tap.equal([states(name, notice)[-1] for name in clocks], ["met"] * 3, "the last meets all that is left")
    other = client.advisory("nccis")
    published(other)
    refused(world, {**card("first"), "incident": reference(other)}, "reference.kind", "/incident", "a card of no incident")

    finding = example("monitoring.finding", "nccis", body={"object": "obj-grid-1"})
    rule = "finding.object default"
    reaches(world, finding, {"owner-grid": rule, "isoc-energy": rule}, "to the owner and its centre")
    answer = {"re": reference(finding)}
    published(example("monitoring.answer", "owner-grid", body={"state": "in-progress"}, **answer))
    tap.ok("met" not in states("finding.answered", finding), "what is under way keeps it open", states("finding.answered", finding))
    published(example("monitoring.answer", "owner-grid", body={"state": "removed"}, **answer))
    until(lambda: states("finding.answered", finding)[-1] == "met", "the answer meets it")
    tap.ok(True, "an answer meets it")
