#!tests/run
"""Goal: directives and suspensions need the seals of two different officers, one in office, unless switched off."""

import shutil

import client
import tap
from route import example, reference
from world import World

with World(
    __doc__, ("nccis", "knb", "hq", "owner-grid"),
    law="the rule is a default, and may be taken out",
) as world:
    for name, node, office in (
        ("hq-1", "hq", "head"), ("hq-2", "hq", "deputy-head"), ("hq-3", "hq", None),
        ("knb-1", "knb", "deputy-chairman"), ("knb-2", "knb", None), ("knb-3", "knb", None),
    ):  # fmt: skip
        world.officer(name, node, office)
    keys = {name: world.officer_key(name) for name in
            ("hq-1", "hq-2", "hq-3", "knb-1", "knb-2", "knb-3")}  # fmt: skip
    # A second key of the same person.
    folder = world.path("again")
    world.run("ca", "request", "--dir", folder, "--id", "hq-1", "--officer-of", "hq", "--office", "head",
              "--org", "HQ")  # fmt: skip
    world.run(
        "ca", "renew", "hq-1", f"{folder}/request.pem", "--ca", world.path("ca"), "--yes",
        "--out", f"{folder}/certs",
    )  # fmt: skip
    shutil.copy(f"{folder}/certs/seal.pem", world.hub.path("roster", "hq-1-again.pem"))
    keys["hq-1 again"] = world.officer_key("again")
    world.hub.start()
    world.raw()

    def tell(message, *officers):
        raw = world.raws[message["from"]]
        (answer,) = raw.tell(message, keys=[raw.seal, *(keys[name] for name in officers)])
        return answer

    def refused(message, officers, code, name):
        answer = tell(message, *officers)
        return tap.equal(getattr(answer, "code", answer), code, name) and answer

    def accepted(message, officers, name):
        answer = tell(message, *officers)
        tap.ok(isinstance(answer, client.Receipt), name, answer)

    convening = example(
        "headquarters.convening", "hq", to=["owner-grid"], body={"members": ["owner-grid"]}
    )
    answer = refused(convening, (), "seals.missing", "a convening by the node alone")
    tap.equal(answer.by, "convening.head", "is refused by its rule")
    tap.has(answer.text, "paragraph 488:20, 21, default: of this headquarters.convening the seal of an officer of hq (head)",
            "which says whose seal it wants")  # fmt: skip
    accepted(convening, ("hq-1",), "the head convenes")
    directive = example(
        "headquarters.directive", "hq", to=["owner-grid"], re=reference(convening)
    )
    verdict = world.raws["hq"].explain(directive)
    tap.equal(verdict["verdict"], "accept", "what is not sealed yet may be asked about")
    answer = refused(directive, (), "seals.missing", "a directive by the node alone")
    tap.equal(answer.by, "directive.seals", "is refused by its rule")
    tap.has(answer.text, "paragraph 488:20, 23, default: ", "which is a default")
    tap.has(answer.text, "2 different officers of hq (head, any), and has 0", "and says what is missing")
    refused(directive, ("hq-1",), "seals.missing", "one officer is not enough")
    refused(directive, ("hq-1", "hq-1 again"), "seals.missing", "nor two keys of one person")
    refused(directive, ("hq-1", "knb-1"), "seal.node", "nor an officer of another node")
    answer = refused(directive, ("hq-2", "hq-3"), "seals.office", "nor two without the head")
    tap.has(answer.text, "seal of the head of hq is needed; it was sealed by hq-2 (deputy-head), hq-3 (no office)",
            "and says who they are")  # fmt: skip
    accepted(directive, ("hq-1", "hq-2"), "two are")
    accepted(directive, (), "the same again is the same")
    taken_back = {**directive, "id": client.uuid7(), "cancels": reference(directive)}
    refused(taken_back, ("hq-1",), "seals.missing", "nor is it taken back by fewer")
    refused(taken_back, ("hq-2", "hq-3"), "seals.office", "nor without the head")
    accepted(taken_back, ("hq-2", "hq-1"), "than it was given by")
    suspension = example("suspension.notice", "knb", body={"suspended_at": client.rfc3339(-60)})
    answer = refused(suspension, ("knb-1",), "seals.missing", "a suspension by one officer")
    tap.equal(answer.by, "suspension.seals", "is refused by its rule")
    refused(suspension, ("knb-2", "knb-3"), "seals.office", "by two of whom none may suspend")
    accepted(suspension, ("knb-2", "knb-1"), "by two it is taken")
    world.drop_rules("suspension.seals")
    world.seal_rules("duty-nccis")
    tap.has(world.reload(), "law.reloaded", "without the rule")
    accepted(example("suspension.notice", "knb", body={"suspended_at": client.rfc3339(-60)}), (), "the node's seal is enough")
