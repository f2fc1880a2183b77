#!tests/run
"""Goal: duties are opened, met, near, overdue and met late in the journal, over a kill of the hub, each once."""

import json

import client
import entries
import tap
from processes import until
from world import CAST, World

CAST.update({"comms": ("communications", "COM"), "gp": ("prosecutor", "GP")})
NAMES = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb", "comms", "gp")


def states(world, name, who=None):
    """The states that a duty has had, in the order of the journal."""
    return [
        duty["state"]
        for _, duty in entries.duties(world.hub.path("journal"))
        if duty["duty"] == name and who in (None, duty["debtor"])
    ]


def batches(world, name, state):
    """Whether the state was entered in the batch of what caused it."""
    found = entries.read(world.hub.path("journal"))
    for one in found:
        duty = json.loads(one.document) if one.type == "duty" else {}
        if duty.get("duty") == name and duty["state"] == state:
            yield one, duty, [other for other in found if other.batch == one.batch]


def request(to):
    body = {"questions": ["Have you seen it?"]}
    return client.message("information.request", "nccis", body, to=to)


def reply(author, to):
    body = {"description": "No.", "more_follows": False}
    reference = {"author": to["from"], "id": to["id"]}
    return client.message("information.reply", author, body, re=reference)


def suspension(seconds):
    body = {
        "suspended_at": client.rfc3339(seconds),
        "what": {"resources": ["https://tariff.example/"]},
        "grounds": ["criminal-group"],
        "urgency": "Orders are placed there now.",
        "in_interest_of": ["National security agencies"],
        "decided_by": {"name": "C. Example", "office": "chairman"},
        "order": {"number": "7", "date": "2026-11-22"},
    }
    return client.message("suspension.notice", "knb", body, "TLP:AMBER+STRICT")


def contact(seconds):
    official = {"name": "A. Example", "position": "Head", "phone": "+7 7172 00 00 00"}
    body = {
        "reason": "replacement",
        "official": official,
        "replaced": {"name": "B. Example", "position": "Head"},
        "replaced_at": client.rfc3339(seconds),
    }
    return client.message("contact.change", "owner-grid", body)


def said(receipt):
    return receipt.told if isinstance(receipt, client.Receipt) else receipt.code


with World(
    __doc__, NAMES, officers=("knb",),
    law="nobody can wait a day for a duty to fall due: it has two seconds",
) as world:
    plan = world.rules()
    at = plan.index('duty = "request.answered"')
    short = plan[at:].replace('"24 h"', '"2 s"', 1).replace('"4 h"', '"1 s"', 1)
    world.write_rules(plan[:at] + short)
    world.hub.start()
    world.raw()
    raws = world.raws

    # Paragraph 14: an alert, acknowledged by a person.
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
    tell = raws["isoc-energy"].tell(notice)
    alert = next(d for d in world.fence()["knb"] if d.leaf["kind"] == "security.alert")
    tap.equal(states(world, "alert.acknowledged", "knb"), ["open"], "an alert opens a duty")
    one, duty, batch = next(batches(world, "alert.acknowledged", "open"))
    tap.ok(
        any(other.id == alert.leaf["id"] for other in batch), "in the batch of the alert", batch
    )
    tap.equal(
        (duty["cites"], duty["position"]),
        ("488:14, default", alert.leaf["position"]),
        "under its paragraph, as a default, with the alert's position",
    )
    ack = client.message(
        "acknowledgement",
        "knb",
        {"answer": "read"},
        re={"author": "hub", "id": alert.leaf["id"]},
    )
    raws["knb"].tell(ack)
    tap.equal(states(world, "alert.acknowledged"), ["open", "met"], "an acknowledgement meets it")
    raws["knb"].tell(ack)
    raws["isoc-energy"].tell(notice)
    tap.equal(len(states(world, "alert.acknowledged")), 2, "the same again changes nothing")

    # Paragraph 15: owed by who suspended, towards each addressee, and met when that signs.
    (receipt,) = raws["knb"].tell(suspension(-3600))
    tap.ok("duty.late" not in said(receipt), "a suspension is notified in time", said(receipt))
    for name, who in (("suspension.communications", "comms"), ("suspension.prosecutor", "gp")):
        raws[who].take_id(receipt.id)
        until(lambda n=name: len(states(world, n)) == 2, f"the delivery to {who} is journalled")
        tap.equal(states(world, name), ["handed", "met"], f"{who} signs for it, and that meets it")
        one, duty, batch = next(batches(world, name, "met"))
        tap.ok(
            any(other.type == "delivery" and other.author == who for other in batch),
            "in the batch of the delivery",
            batch,
        )
        tap.ok("default" not in duty["cites"], "the time is the plan's, no default", duty)
        tap.equal((duty["debtor"], duty["towards"]), ("knb", who), f"knb owed it, towards {who}")
    (late,) = raws["knb"].tell(suspension(-25 * 3600))
    tap.has(said(late), "remark duty.late", "a notice that comes after 24 hours is marked late")
    raws["gp"].take_id(late.id)
    until(lambda: len(states(world, "suspension.prosecutor")) == 4, "and its delivery noted")
    tap.equal(
        states(world, "suspension.prosecutor")[2:], ["overdue", "met-late"], "it is met, late"
    )
    (future,) = raws["knb"].tell(suspension(3600))
    tap.equal(
        (said(future), getattr(future, "pointer", "")),
        ("time.future", "/body/suspended_at"),
        "a suspension that is still to come is refused",
    )

    # Paragraph 13: the change itself, in time or late.
    (receipt,) = raws["owner-grid"].tell(contact(-47 * 3600))
    tap.ok("duty.late" not in said(receipt), "a replacement within 48 hours", said(receipt))
    (receipt,) = raws["owner-grid"].tell(contact(-49 * 3600))
    tap.has(said(receipt), "remark duty.late", "a later one is accepted and marked late")
    tap.equal(states(world, "contact.told"), ["met", "met-late"], "and both are in the journal")
    one, duty, batch = next(batches(world, "contact.told", "met-late"))
    tap.equal((duty["rule"], duty["cites"]), ("contact.in-time", "488:13"), "by the rule of para 13")

    # Defaults: a request, first warned of, then overdue while the hub is away.
    first = request(["isoc-energy", "isoc-bank"])
    answer = raws["nccis"].explain(first)
    tap.equal(
        sorted(duty["debtor"] for duty in answer["duties"]),
        ["isoc-bank", "isoc-energy"],
        "it can be explained beforehand who will owe an answer",
    )
    raws["nccis"].tell(first)
    raws["isoc-energy"].take_id(first["id"])
    raws["isoc-energy"].tell(reply("isoc-energy", first))
    tap.has(states(world, "request.answered", "isoc-energy")[-1], "met", "one answers")
    until(
        lambda: "overdue" in states(world, "request.answered", "isoc-bank"),
        "the other is overdue",
    )
    found = [s for s in states(world, "request.answered", "isoc-bank") if s != "near"]
    tap.equal(found, ["open", "overdue"], "the other is overdue")
    second = request(["isoc-bank"])
    raws["nccis"].tell(second)
    world.hub.kill()
    until(lambda: client.rfc3339(-3) > second["sent"], "the time is over while the hub is away")
    world.hub.start()
    world.hub.process.says("duty.overdue")  # and then writes the batch that has it
    until(
        lambda: states(world, "request.answered", "isoc-bank").count("overdue") > 1,
        "the second is overdue",
    )
    found = states(world, "request.answered", "isoc-bank")
    tap.equal(found.count("overdue"), 2, "after the kill the second is overdue too, the first once")
    world.raw()
    raws = world.raws
    got = world.fence()
    for name in ("isoc-bank", "nccis"):  # by the rule service.addressees
        notices = [json.loads(d.document) for d in got[name] if d.leaf["kind"] == "service.notice"]
        about = [n["body"]["about"]["id"] for n in notices if n["body"]["event"] == "overdue"]
        tap.ok(
            about.count(first["id"]) == 1 and about.count(second["id"]) == 1,
            f"{name} was told of each once",
            notices,
        )
    strangers = b"".join(d.document for d in got["comms"] + got["owner-grid"])
    tap.ok(first["id"].encode() not in strangers, "and nobody whom it does not concern")
    raws["isoc-bank"].tell(reply("isoc-bank", second))
    tap.equal(
        states(world, "request.answered", "isoc-bank")[-1], "met-late", "a late answer is met late"
    )

    # What opens nothing.
    before = len(entries.duties(world.hub.path("journal")))
    raws["nccis"].tell(dict(request(["isoc-bank"]), status="test"))
    world.fence()
    tap.equal(
        len(entries.duties(world.hub.path("journal"))), before, "a test brings nobody a duty"
    )
