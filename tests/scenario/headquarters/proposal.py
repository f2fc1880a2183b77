#!tests/run
"""Goal: a proposal to convene the Headquarters awaits its head's decision, and that says what may follow."""

import entries
import tap
from route import example, reaches, reference, refused
from world import World

NAMES = ("nccis", "isoc-energy", "owner-grid", "hq")

with World(__doc__, NAMES, officers=("nccis", "hq")) as world:
    world.hub.start()
    world.raw()

    def proposal():
        return reaches(
            world,
            example("headquarters.proposal", "nccis"),
            {"hq": "proposal.headquarters 488:22"},
            "the Headquarters",
        )

    def decision(on, what, **more):
        return example(
            "headquarters.decision", "hq", re=reference(on), body={"decision": what}, **more
        )

    def decided(on, what, name):
        return reaches(
            world, decision(on, what), {"nccis": "decision.nccis 488:21, 22, default"}, name
        )

    def convening(on):
        return example(
            "headquarters.convening", "hq", re=reference(on), body={"members": ["owner-grid"]}
        )

    def may_not(message, code, by, name):
        tap.equal(refused(world, message, code, "/re", name).by, by, "by the rule " + by)

    def states(on):
        return [
            (duty["debtor"], duty["towards"], duty["state"])
            for _, duty in entries.duties(world.hub.path("journal"))
            if (duty["duty"], duty["message"]["id"]) == ("proposal.decided", on["id"])
        ]

    first = proposal()
    tap.equal(states(first), [("hq", "nccis", "open")], "its decision is owed")
    may_not(convening(first), "precondition.unmet", "convening.decided", "before it is decided")
    no = decided(first, "not-convened", "nccis learns that it is not convened, and why")
    tap.equal(states(first)[-1], ("hq", "nccis", "met"), "which is an answer")
    may_not(convening(first), "precondition.unmet", "convening.decided", "against the decision")
    (answer,) = world.raws["hq"].tell(decision(first, "convened", supersedes=reference(no)))
    tap.ok(answer.kind == "headquarters.decision", "the head thinks better of it", answer)
    reaches(
        world,
        convening(first),
        {name: "convening.members 488:18, 20, 21" for name in ("owner-grid", "nccis")},
        "and now it is convened",
    )
    second = proposal()
    may_not(decision(no, "convened"), "reference.kind", "decision.nccis", "a decision on a decision")
    refused(
        world,
        {**decision(second, "convened"), "body": {"decision": "convened"}},
        "doc.schema",
        "/body/reasons",
        "without reasons",
    )
    refused(
        world,
        example("headquarters.decision", "nccis", re=reference(second)),
        "role.kind",
        "/kind",
        "who proposes does not decide",
    )
    raw = world.raws["hq"]
    (answer,) = raw.tell(decision(second, "convened"), keys=[raw.seal])
    tap.equal((answer.code, answer.by), ("seals.missing", "decision.head"), "nor the node without its head")
