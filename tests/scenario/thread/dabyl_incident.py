#!tests/run
"""Goal: `dabyl incident` tells each party what happened as far as it was party to it, and strangers nothing."""

import json

import client
import tap
from processes import until
from world import World

ENDS = ("cause", "elimination", "recovery", "afterwards")
COURSE = {
    **dict.fromkeys(("elimination", "traces", "cause", "removal", "recovery"), "done"),
    "afterwards": "in-progress",
}
NAMES = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb")

with World(__doc__, NAMES) as world:
    world.start()

    def incident(name, *words, code=0):
        found, text = world.run("--node", world.node(name).folder, "incident", *words, code=None)
        tap.equal(found, code, f"exit code of incident at {name}")
        return text

    def timeline(name, *words):
        return json.loads(incident(name, "--json", *words))

    def kinds(answer):
        return [message["kind"] for message in answer["messages"]]

    centre = world.node("isoc-energy")
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    about = {"author": "isoc-energy", "id": notice["id"]}
    update = client.message("incident.update", "isoc-energy", {"level": 4}, incident=about)
    centre.drop(notice)
    centre.has_sent(1)
    centre.drop(update)
    centre.has_sent(2)
    (alert,) = world.node("knb").has_received(1)
    world.node("nccis").has_received(3)
    world.node("owner-grid").has_received(2)
    world.run("--node", world.node("knb").folder, "ack", "1", "accepted")
    closure = client.message(
        "incident.closure", "isoc-energy", {**dict.fromkeys(ENDS, "Test"), "course": COURSE}, incident=about
    )
    centre.drop(closure)
    world.node("nccis").has_received(5)

    # the author: all of its own, and whom its receipts told of
    answer = timeline("isoc-energy", notice["id"])
    tap.equal(answer["incident"], about, "the incident is named by its notice")
    tap.equal(
        kinds(answer),
        ["incident.notice", "incident.update", "incident.closure"],
        "the author sees its notice, update and closure in order",
    )
    positions = [message["position"] for message in answer["messages"]]
    tap.equal(positions, sorted(positions), "with their positions")
    receivers = {r["node"]: r["stored"] for r in answer["messages"][0]["receivers"]}
    tap.equal(sorted(receivers), ["nccis", "owner-grid"], "who was told")

    def stored():
        first = timeline("isoc-energy", notice["id"])["messages"][0]
        return all(receiver["stored"] for receiver in first["receivers"])

    until(stored, "both have signed for it")
    tap.ok(True, "and that both have signed for it")

    # nccis: alert, acknowledgement and duty as well, whichever message it names
    for name in (notice["id"], update["id"], alert["id"]):
        answer = timeline("nccis", name)
        tap.equal(
            kinds(answer),
            [
                "incident.notice",
                "incident.update",
                "security.alert",
                "acknowledgement",
                "incident.closure",
            ],
            "nccis sees the whole thread",
        )
    tap.equal(
        [message.get("course") for message in answer["messages"]],
        [None] * 4 + [COURSE],
        "how far each step has come, for programs",
    )
    levels = [message.get("level") for message in answer["messages"]]
    tap.equal(levels[:3], [2, 4, 4], "with the change of level")
    tap.equal(
        sorted((duty["duty"], duty["debtor"], duty["state"]) for duty in answer["duties"]),
        [("alert.acknowledged", "knb", "met"), ("alert.informed", "nccis", "met")],
        "and its duties, which are met",
    )

    # the agencies: the alert and what they said to it
    answer = timeline("knb", alert["id"])
    tap.equal(kinds(answer)[:2], ["security.alert", "acknowledgement"], "knb sees the alert")
    told = {r["node"] for message in answer["messages"] for r in message["receivers"]}
    tap.ok("owner-grid" not in told, "and not who else was told of the notice", told)

    # the owner has what it was sent, and no more
    answer = timeline("owner-grid", notice["id"])
    tap.equal(
        kinds(answer),
        ["incident.notice", "incident.update", "incident.closure"],
        "the owner sees what it was sent",
    )
    tap.equal(answer["duties"], [], "and no duty of others")

    # strangers cannot tell it from what does not exist
    text = incident("isoc-bank", "--author", "isoc-energy", notice["id"], code=1)
    other = client.uuid7()
    none = incident("isoc-bank", "--author", "isoc-energy", other, code=1)
    tap.equal(
        text.replace(notice["id"], ""), none.replace(other, ""), "a stranger learns nothing"
    )

    text = incident("nccis", notice["id"])
    for part in ("has signed for it", "level 4", "alert.acknowledged", "A test of incident.update"):
        tap.has(text, part, f"in words: {part}")
    tap.has(text, "actions after the incident: in progress", "and what is still to be done afterwards")
    _, text = world.run("--node", world.node("nccis").folder, "inbox", "show", "5", code=None)
    tap.has(text, "elimination of the cause: done", "the inbox says it, too")
