#!tests/run
"""Goal: who the plan says decides must seal what is decided, by an office that the CA certified."""

import json

import client
import tap
from route import example, reference
from world import World

HEAD = {"name": "A. Example", "office": "head-of-territorial-body", "territory": "KZ-75"}

with World(__doc__, ("nccis", "knb", "hq", "media", "owner-grid", "telecom", "prosecutor")) as world:
    for name, node, office, territory in (
        ("nccis-1", "nccis", None, None), ("hq-1", "hq", None, None),
        ("almaty", "knb", "head-of-territorial-body", "KZ-75"), ("knb-1", "knb", None, None),
        ("knb-head", "knb", "head", None), ("astana", "knb", "head-of-territorial-body", "KZ-71"),
    ):  # fmt: skip
        world.officer(name, node, office, territory)
    world.hub.start()
    world.raw()

    def tell(message, *officers):
        raw = world.raws[message["from"]]
        (answer,) = raw.tell(message, keys=[raw.seal, *map(world.officer_key, officers)])
        return answer

    def refused(message, officers, code, by, name):
        answer = tell(message, *officers)
        got = [getattr(answer, word, answer) for word in ("code", "by")]
        tap.equal(got, [code, by], name)
        return answer

    def accepted(message, officers, name):
        answer = tell(message, *officers)
        tap.ok(isinstance(answer, client.Receipt), name, answer)
        return message

    tap.note("22: the head of NCCIS proposes.")
    proposal = example("headquarters.proposal", "nccis")
    refused(proposal, (), "seals.missing", "proposal.head", "not the node alone")
    no = refused(proposal, ("nccis-1",), "seals.office", "proposal.head", "nor another officer of it")
    tap.has(no.text, "paragraph 488:22, default: of this headquarters.proposal the seal of the head of nccis",
            "who is told whose seal it takes")  # fmt: skip
    tap.has(no.text, "it was sealed by nccis-1 (no office)", "and who did")
    accepted(proposal, ("head-nccis",), "its head may")

    tap.note("20, 21: the head of the Headquarters decides.")
    decision = example("headquarters.decision", "hq", re=reference(proposal))
    refused(decision, ("deputy-head-hq",), "seals.office", "decision.head", "the deputy decides nothing")
    accepted(decision, ("head-hq",), "the head decides on the proposal")
    convening = example(
        "headquarters.convening", "hq", re=reference(proposal), to=["owner-grid"],
        body={"members": ["owner-grid"]},
    )  # fmt: skip
    for officer in ("hq-1", "deputy-head-hq"):
        refused(convening, (officer,), "seals.office", "convening.head", f"{officer} does not convene")
    refused(convening, ("head-nccis",), "seal.node", "roster", "nor does the head of another node")
    accepted(convening, ("head-hq",), "the head does")
    for kind, rule in (("public.notice", "public.head"), ("headquarters.adjournment", "adjournment.head")):
        message = example(kind, "hq", re=reference(convening), to=["owner-grid"])
        refused(message, ("deputy-head-hq",), "seals.office", rule, f"{kind} by the deputy")
        accepted(message, ("head-hq",), f"{kind} by the head")

    tap.note("15: the Chairman, his deputies, heads of territorial bodies suspend.")
    body = {"suspended_at": client.rfc3339(-60), "decided_by": HEAD}
    suspension = example("suspension.notice", "knb", body=body)
    refused(suspension, ("knb-1", "knb-head"), "seals.office", "suspension.seals", "the head of a division does not")
    refused({**suspension, "body": {**body, **suspension["body"], "decided_by": {"name": "C. Example", "office": "chairman"}}},
            ("knb-1", "almaty"), "seals.office", "suspension.seals", "nor does he in the Chairman's name")  # fmt: skip
    no = refused(suspension, ("knb-1", "astana"), "seals.office", "suspension.seals", "nor the head of another territory")
    tap.has(no.text, "head-of-territorial-body in KZ-75", "who is told of which one it is")
    for head, office in ((HEAD, "chairman"), ({**HEAD, "territory": None}, "head-of-territorial-body")):
        decided = {name: word for name, word in {**head, "office": office}.items() if word}
        no = tell(example("suspension.notice", "knb", body={**body, "decided_by": decided}), "knb-1", "almaty")
        got = getattr(no, "code", no), getattr(no, "pointer", "")
        tap.equal(got, ("doc.schema", "/body/decided_by/territory"), f"of a territory is its head alone: {office}")
    accepted(suspension, ("knb-1", "almaty"), "the head of a territorial body does")

    tap.note("The law says so, in words.")
    law = ("--rules", world.hub.path("rules", "plan.rules"))
    text = world.run("rules", "cites", "22", *law, "--lang", "en")
    tap.has(text, "the seals of officers of its author: 1 (head)", "dabyl rules cites names the office")
    text = world.run("rules", "explain", "headquarters.directive", "--json", *law)
    tap.has(json.dumps(json.loads(text)), '"seals": 2, "by": [{"office": ["head"], "territory": "", "held": false}',
            "and its JSON, too")  # fmt: skip
