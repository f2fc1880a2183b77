#!tests/run
"""Goal: the liaison asks nccis, opens an item from a foreign note, and a question of its is answered."""

import client
import tap
from route import example, reaches, reference, refused
from world import World

OWN = {"for": None}  # what somebody writes, the hub writes for nobody

with World(__doc__, ("nccis", "isoc-energy", "mfa", "partner")) as world:
    world.hub.start()
    world.raw()
    note = {"sender": "The other side", "number": "17/3", "received_at": client.rfc3339(-600)}
    text = {"cause": None, "level": None, "note": note, "description": "Their bank is attacked from here."}
    item = reaches(
        world,
        example("crossborder.item", "mfa", **OWN, body=text),
        {"nccis": "item.liaison 488:17, default"},
        "from a note that came from abroad",
    )
    refused(
        world,
        example("crossborder.item", "mfa", **OWN, body={**text, "note": {"number": "17/3"}}),
        "doc.schema",
        "/body/note/sender",
        "whose note it is must be said",
    )
    refused(
        world,
        example("crossborder.item", "isoc-energy", **OWN, body=text),
        "role.kind",
        "/kind",
        "a centre opens none",
    )
    other = client.advisory("nccis")
    world.raws["nccis"].tell(other)
    world.fence()
    got = refused(
        world,
        example("crossborder.measure", "nccis", re=reference(other)),
        "reference.kind",
        "/re",
        "a measure comes from an incident or an item",
    )
    tap.equal(got.by, "measure.item", "by the rule that says so")
    refused(
        world, example("crossborder.measure", "nccis"), "doc.schema", "/incident", "and from one of them"
    )
    measure = reaches(
        world,
        example("crossborder.measure", "nccis", re=reference(item)),
        {"mfa": "measure.liaison 488:17"},
        "the liaison: there is no incident here, and there need not be",
    )
    body = {"position": "question", "conditions": None, "questions": ["Which network is it in?"]}
    question = reaches(
        world,
        example("crossborder.position", "mfa", re=reference(measure), body=body),
        {"nccis": "position.nccis 488:17"},
        "it has a question",
    )
    reaches(
        world,
        example("information.reply", "nccis", re=reference(question)),
        {"mfa": "reply.asker 488:6, 8.3"},
        "nccis answers it",
    )
    request = reaches(
        world,
        example("information.request", "mfa", to=["nccis", "isoc-energy"]),
        {"nccis": "request.liaison 488:17, default"},
        "or it asks nccis, and nobody else",
    )
    verdict = world.raws["mfa"].explain(example("information.request", "mfa", to=["nccis"]))
    owed = [(one["duty"], one["debtor"]) for one in verdict["duties"]]
    tap.equal(owed, [("request.answered", "nccis")], "which owes an answer")
    reaches(
        world,
        example("information.reply", "nccis", re=reference(request)),
        {"mfa": "reply.asker 488:6, 8.3"},
        "and gives it",
    )
