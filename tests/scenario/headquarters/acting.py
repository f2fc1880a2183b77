#!tests/run
"""Goal: who holds an office has somebody act in it, for a time and no further; nobody else has."""

import shutil

import client
import tap
from processes import until
from route import example, reference
from world import World

HOUR = 3600

HEAD = {"name": "A. Example", "office": "head-of-territorial-body", "territory": "KZ-75"}

with World(
    __doc__, ("nccis", "knb", "hq", "owner-grid", "telecom", "prosecutor"), officers=("knb",)
) as world:
    for name, node, office, territory in (
        ("hq-1", "hq", None, None), ("hq-2", "hq", None, None), ("knb-1", "knb", None, None),
        ("almaty", "knb", "head-of-territorial-body", "KZ-75"), ("nccis-1", "nccis", None, None),
    ):  # fmt: skip
        world.officer(name, node, office, territory)
    world.hub.start()
    world.raw()
    keys, acting = {}, []

    def key(officer):
        return keys.get(officer) or world.officer_key(officer)

    def tell(message, *officers):
        raw = world.raws[message["from"]]
        (answer,) = raw.tell(message, keys=[raw.seal, *map(key, officers)])
        return answer

    def refused(message, officers, code, name, pointer="", by=None):
        answer = tell(message, *officers)
        got = [getattr(answer, word, answer) for word in ("code", "pointer", "by")]
        tap.equal(got, [code, pointer, by or got[2]], name) or tap.note(answer)
        return answer

    def accepted(message, officers, name):
        answer = tell(message, *officers)
        tap.ok(isinstance(answer, client.Receipt), name, answer)
        acting[:] = [line for line in getattr(answer, "told", "").splitlines() if line.startswith("acts ")]
        return message

    def delegation(node, office, person, starts=0, ends=HOUR, **more):
        body = {"office": office, "person": person, "from": client.rfc3339(starts),
                "until": client.rfc3339(ends), **more.pop("body", {})}  # fmt: skip
        return example("delegation", node, body=body, **more)

    def convening(**more):
        return example("headquarters.convening", "hq", to=["owner-grid"],
                       body={"members": ["owner-grid"]}, **more)  # fmt: skip

    tap.note("Nobody has an office for being told so by somebody else.")
    refused(convening(), ("hq-1",), "seals.office", "hq-1 does not convene")
    refused(delegation("hq", "head", "hq-1"), (), "seals.missing", "the node does not delegate an office")
    refused(delegation("hq", "head", "hq-1"), ("deputy-head-hq",), "seals.office",
            "nor the deputy the head's")  # fmt: skip
    refused(delegation("hq", "head", "hq-1"), ("hq-2",), "seals.office", "nor who holds none",
            by="delegation.headquarters")  # fmt: skip
    refused(delegation("hq", "secretary", "hq-1"), ("head-hq",), "rule.none",
            "nor is what the law does not name delegated")  # fmt: skip
    refused(delegation("owner-grid", "head", "hq-1"), (), "role.kind", "an owner has no such office", "/kind")
    refused(delegation("hq", "head", "head-hq"), ("head-hq",), "delegation.self",
            "nobody acts for himself", "/body/person")  # fmt: skip
    for person, what in (("nobody", "whom nobody knows"), ("knb-1", "an officer of another node"),
                         ("hq", "a node")):  # fmt: skip
        refused(delegation("hq", "head", person), ("head-hq",), "delegation.person",
                f"nor does {what} act", "/body/person")  # fmt: skip
    refused(delegation("hq", "head", "hq-1", -2 * HOUR, -HOUR), ("head-hq",), "delegation.time",
            "what has ended", "/body/until")  # fmt: skip
    moment = client.rfc3339(HOUR)
    refused(delegation("hq", "head", "hq-1", body={"from": moment, "until": moment}), ("head-hq",), "delegation.time",
            "what ends as it begins", "/body/until")  # fmt: skip
    refused(delegation("hq", "head", "hq-1", body={"until": "9999-12-31T23:59:59-12:00"}), ("head-hq",),
            "delegation.time", "what ends at no moment that can be named", "/body/until")  # fmt: skip
    refused(delegation("hq", "head", "hq-1", body={"territory": "KZ-75"}), ("head-hq",), "seals.office",
            "an office of another territory")  # fmt: skip
    refused(convening(), ("hq-1",), "seals.office", "of all that hq-1 has nothing")

    tap.note("The head has somebody act for him.")
    given = delegation("hq", "head", "hq-1", -HOUR)
    verdict = world.raws["hq"].explain(given)
    tap.equal([one["node"] for one in verdict["receivers"]], ["nccis"], "who gets what the office seals is told")
    accepted(given, ("head-hq",), "by a delegation that he seals")
    accepted(convening(), ("hq-1",), "who acts convenes")
    by = "acts head - hq-1 hq " + given["id"]
    tap.equal(acting, [by], "and the receipt names him, the office and the delegation")
    accepted(convening(), ("head-hq",), "as the head still may")
    tap.equal(acting, [], "for whom nobody acts then")
    first = accepted(convening(), ("head-hq", "hq-1"), "nor where both seal")
    tap.equal(acting, [], "of which the office's own seal counts")
    accepted({**convening(), "cancels": reference(first)}, ("hq-1",), "who acts takes it back")
    tap.equal(acting, [by], "which is said, too")
    refused(delegation("hq", "head", "hq-2"), ("hq-1",), "seals.office", "and delegates it no further")
    refused(delegation("hq", "deputy-head", "hq-2"), ("hq-1",), "seals.office", "nor another office")
    meeting = accepted(convening(), ("hq-1",), "he convenes again")
    order = example("headquarters.directive", "hq", to=["owner-grid"], re=reference(meeting))
    refused(order, ("hq-1",), "seals.missing", "one person is not two")
    accepted(order, ("hq-1", "hq-2"), "with another officer he directs")
    later = delegation("hq", "head", "hq-2", HOUR, 2 * HOUR)
    accepted(later, ("head-hq",), "somebody else is to act from tomorrow on")
    refused(convening(), ("hq-2",), "seals.office", "and does not before")

    tap.note("It is a person who acts, and not a key; and it is in the log.")
    folder = world.path("anew")
    world.run("ca", "request", "--dir", folder, "--id", "hq-1", "--officer-of", "hq", "--org", "HQ")
    world.run("ca", "renew", "hq-1", f"{folder}/request.pem", "--ca", world.path("ca"), "--yes",
              "--out", f"{folder}/certs")  # fmt: skip
    shutil.copy(f"{folder}/certs/seal.pem", world.hub.path("roster", "hq-1-anew.pem"))
    keys["hq-1 anew"] = world.officer_key("anew")
    tap.has(world.reload(), "law.reloaded", "hq-1 has another key")
    accepted(convening(), ("hq-1 anew",), "with which he convenes")
    world.hub.kill()
    world.hub.start()
    world.raw()
    accepted(convening(), ("hq-1",), "also after the hub was killed")
    refused(convening(), ("hq-2",), "seals.office", "and nobody else does")

    tap.note("It is taken back by who holds the office, and by nobody else.")
    back = {**delegation("hq", "head", "hq-1"), "cancels": reference(given)}
    refused(back, ("hq-1",), "seals.office", "not by who acts")
    refused({**back, "body": {**back["body"], "office": "deputy-head", "person": "hq-2"}},
            ("deputy-head-hq",), "seals.office", "not by the deputy, whatever office he names")  # fmt: skip
    turned = {**delegation("hq", "deputy-head", "hq-2"), "supersedes": reference(given)}
    refused(turned, ("deputy-head-hq",), "seals.office", "nor turned into one of another office")
    accepted(back, ("head-hq",), "by the head")
    refused(convening(), ("hq-1",), "seals.office", "and then nobody acts")
    world.kill_hub()
    world.raw()
    refused(convening(), ("hq-1",), "seals.office", "nor after the hub was killed")
    first = accepted(delegation("hq", "head", "hq-1"), ("head-hq",), "another time")
    short = {**delegation("hq", "head", "hq-1", 0, 3), "supersedes": reference(first)}
    accepted(short, ("head-hq",), "it is corrected to end in three seconds")

    def ended():
        answer = tell(convening(), "hq-1")
        return getattr(answer, "code", None) == "seals.office"

    until(ended, "it has ended")
    tap.ok(True, "and then it has ended")

    tap.note("15: substitutes of those who suspend; 22: of the head of NCCIS.")
    suspended = {"suspended_at": client.rfc3339(-60), "decided_by": HEAD}
    suspension = example("suspension.notice", "knb", body=suspended)
    refused(suspension, ("knb-1", "chairman-knb"), "seals.office", "knb-1 heads no territorial body")
    there = {"territory": "KZ-75"}
    refused(delegation("knb", "head-of-territorial-body", "knb-1"), ("almaty",), "seals.office",
            "nor does he act for the head of no territory", by="delegation.security")  # fmt: skip
    accepted(delegation("knb", "head-of-territorial-body", "knb-1", body=there), ("almaty",),
             "until its head has him act")  # fmt: skip
    accepted(suspension, ("knb-1", "chairman-knb"), "then he suspends")
    tap.ok(acting[0].startswith("acts head-of-territorial-body KZ-75 knb-1 knb "), "by that office", acting)
    other = {**suspended, "decided_by": {**HEAD, "territory": "KZ-71"}}
    refused(example("suspension.notice", "knb", body=other), ("knb-1", "chairman-knb"), "seals.office",
            "but not as the head of another territory")  # fmt: skip
    chairman = {**suspended, "decided_by": {"name": "C. Example", "office": "chairman"}}
    refused(example("suspension.notice", "knb", body=chairman), ("knb-1", "almaty"), "seals.office",
            "but not as the Chairman")  # fmt: skip
    refused(delegation("nccis", "head", "nccis-1"), ("nccis-1",), "seals.office",
            "nobody has himself act for the head of NCCIS", by="delegation.nccis")  # fmt: skip
    accepted(delegation("nccis", "head", "nccis-1"), ("head-nccis",), "the head has him act")
    accepted(example("headquarters.proposal", "nccis"), ("nccis-1",), "who proposes")

    tap.note("Who gave it leaves the office: it stays, until whoever follows takes it back.")
    given = accepted(delegation("hq", "head", "hq-1"), ("head-hq",), "the head has somebody act, and is dismissed")
    world.revoke("head-hq")
    tap.has(world.reload(), "law.reloaded", "his certificate is revoked")
    refused(convening(), ("head-hq",), "seal.key", "he convenes no more")
    accepted(convening(), ("hq-1",), "who acts goes on: the office is vacant, and it is for that")
    back = {**delegation("hq", "head", "hq-1"), "cancels": reference(given)}
    refused(back, ("hq-1",), "seals.office", "who acts does not end it")
    world.officer("successor", "hq", "head")
    tap.has(world.reload(), "law.reloaded", "another head is appointed")
    accepted(back, ("successor",), "who ends it")
    refused(convening(), ("hq-1",), "seals.office", "and then nobody acts")
