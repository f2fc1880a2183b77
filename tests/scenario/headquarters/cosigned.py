#!tests/run
"""Goal: directives and suspensions need the seals of two different officers, unless switched off."""

import shutil

import client
import tap
from route import example, reference
from world import World

with World(
    __doc__, ("nccis", "knb", "hq", "owner-grid"),
    law="the rule is a default, and may be taken out",
) as world:
    for name, node in (("hq-1", "hq"), ("hq-2", "hq"), ("knb-1", "knb"), ("knb-2", "knb")):
        world.officer(name, node)
    keys = {name: world.officer_key(name) for name in ("hq-1", "hq-2", "knb-1", "knb-2")}
    # A second key of the same person.
    folder = world.path("again")
    world.run("ca", "request", "--dir", folder, "--id", "hq-1", "--officer-of", "hq", "--org", "HQ")
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
    accepted(convening, (), "a convening needs no officer")
    directive = example(
        "headquarters.directive", "hq", to=["owner-grid"], re=reference(convening)
    )
    verdict = world.raws["hq"].explain(directive)
    tap.equal(verdict["verdict"], "accept", "what is not sealed yet may be asked about")
    answer = refused(directive, (), "seals.missing", "a directive by the node alone")
    tap.equal(answer.by, "directive.seals", "is refused by its rule")
    tap.has(answer.text, "paragraph 488:23, default: ", "which is a default")
    tap.has(answer.text, "2 different officers of hq, and has 0", "and says what is missing")
    refused(directive, ("hq-1",), "seals.missing", "one officer is not enough")
    refused(directive, ("hq-1", "hq-1 again"), "seals.missing", "nor two keys of one person")
    refused(directive, ("hq-1", "knb-1"), "seal.node", "nor an officer of another node")
    accepted(directive, ("hq-1", "hq-2"), "two are")
    accepted(directive, (), "the same again is the same")
    taken_back = {**directive, "id": client.uuid7(), "cancels": reference(directive)}
    refused(taken_back, ("hq-1",), "seals.missing", "nor is it taken back by fewer")
    accepted(taken_back, ("hq-2", "hq-1"), "than it was given by")
    suspension = example("suspension.notice", "knb", body={"suspended_at": client.rfc3339(-60)})
    answer = refused(suspension, ("knb-1",), "seals.missing", "a suspension by one officer")
    tap.equal(answer.by, "suspension.seals", "is refused by its rule")
    accepted(suspension, ("knb-2", "knb-1"), "by two it is taken")
    world.drop_rules("suspension.seals")
    world.seal_rules("duty-nccis")
    tap.has(world.reload(), "law.reloaded", "without the rule")
    accepted(example("suspension.notice", "knb", body={"suspended_at": client.rfc3339(-60)}), (), "the node's seal is enough")
