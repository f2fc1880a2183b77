#!tests/run
"""Goal: a cross-border measure is released on the liaison's agreement, naming its treaty."""

import json

import client
import tap
from world import World

TREATY = {"title": "Agreement on information security", "ratified_by": "Law No. 1"}


PAIR = ["Take it off the network.", "Keep its disks."]


def named(message):
    return {"author": message["from"], "id": message["id"]}


with World(__doc__, ("nccis", "isoc-energy", "mfa", "partner")) as world:
    world.hub.start()
    world.raw()

    def measure(**body):
        found = {"treaty": TREATY, "countries": ["KG"], "measures": ["Take it off the network."]}
        return client.message(
            "crossborder.measure", "nccis", {**found, **body}, incident=named(incident)
        )

    def position(of, word, author="mfa", **more):
        body = {"position": word, **({"reason": "Not now."} if word == "declined" else {})}
        body.update(more.pop("body", {}))
        return client.message("crossborder.position", author, body, re=named(of), **more)

    def release(of, agreed=None, treaty=TREATY, **more):
        body = {
            "treaty": treaty,
            "countries": of["body"].get("countries", ["KG"]),
            "measures": ["Take it off the network."],
            "position_sha256": client.sha(client.encode(agreed)).hex() if agreed else 64 * "0",
            **more.pop("body", {}),
        }
        more = {"to": ["partner", "isoc-energy"], "re": named(of), **more}
        return client.message(
            "crossborder.release",
            "nccis",
            {name: value for name, value in body.items() if value is not None},
            **more,
        )

    def tell(message):
        (answer,) = world.raws[message["from"]].tell(message)
        return answer

    def accepted(message, name):
        answer = tell(message)
        return tap.ok(isinstance(answer, client.Receipt), name, answer)

    def rule_of(message):
        part = "part" in message["body"].get("position", "") or message["body"].get("in_part")
        if message["kind"] == "crossborder.position":
            return "position.part" if part else "position.measure"
        return "release.part" if part else "release.agreed"

    def refused(message, code, pointer, name):
        answer = tell(message)
        return tap.ok(
            isinstance(answer, client.Refused)
            and (answer.code, answer.pointer) == (code, pointer)
            and (code.split(".")[0] not in ("precondition", "reference")
                 or "17" in answer.text and answer.by == rule_of(message)),
            name,
            answer,
        )

    incident = client.notice("isoc-energy", 2, body={"cross_border": True, "countries": ["KG"]})
    accepted(incident, "an incident across the border")
    first = measure()
    accepted(first, "the measure is put to the liaison")
    refused(release(first), "precondition.unmet", "/re", "no release before a position")
    refused(release(incident, re=named(incident)), "reference.kind", "/re", "nor of no measure")
    refused(position(first, "agreed", "nccis"), "role.kind", "/kind", "only the liaison has one")
    declined = position(first, "declined")
    accepted(declined, "the liaison declines")
    refused(release(first), "precondition.unmet", "/re", "no release then")
    agreed = position(first, "agreed", supersedes=named(declined))
    accepted(agreed, "the liaison agrees after all")
    refused(release(first, agreed, None), "doc.schema", "/body/treaty", "a release names its treaty")
    other = {**TREATY, "title": "Another"}
    refused(
        release(first, agreed, other),
        "precondition.unmet",
        "/body/treaty/title",
        "and the measure's treaty",
    )
    verdict = world.raws["nccis"].explain(release(first, agreed))
    tap.equal(verdict["verdict"], "accept", "asked before, the hub would accept it")
    accepted(release(first, agreed), "with both it is released")
    got = [delivery.leaf["kind"] for delivery in world.fence()["partner"]]
    tap.equal(got, ["crossborder.release"], "to the partner it names")
    accepted(
        position(first, "declined", supersedes=named(agreed)), "a position may change once more"
    )
    refused(
        release(first, agreed), "precondition.unmet", "/re", "the superseded one no longer counts"
    )
    second = measure(countries=["UZ"])
    accepted(second, "another measure")
    refused(release(second, agreed), "precondition.unmet", "/re", "needs a position of its own")
    last = position(second, "agreed")
    accepted(last, "which agrees")
    refused(
        release(second, agreed),
        "precondition.unmet",
        "/body/position_sha256",
        "and is named by its digest",
    )
    accepted(
        position(second, "agreed", cancels=named(last), supersedes=None), "and is taken back"
    )
    refused(
        release(second, last), "precondition.withdrawn", "/re", "a withdrawn one does not count"
    )

    # What is released is what was agreed, word for word, with its conditions.
    third = measure(measures=PAIR, countries=["KG", "UZ"], begins_at="2026-11-22T12:00:00Z")
    accepted(third, "a measure of two steps")
    kept = ["The names of the substations are not passed on.", "The partner's consul is told."]
    yes = position(third, "agreed", body={"conditions": kept})
    accepted(yes, "is agreed, under conditions")

    def whole(**body):
        as_agreed = {
            "measures": PAIR,
            "countries": ["KG", "UZ"],
            "begins_at": "2026-11-22T12:00:00Z",
            "conditions": kept,
        }
        return release(third, yes, body={**as_agreed, **body})

    for changed, pointer, name in (
        ({"measures": [PAIR[0], "Keep its disk."]}, "/body/measures/1", "one word differs"),
        ({"measures": PAIR[:1]}, "/body/measures/1", "a step is left out"),
        ({"measures": [*PAIR, "And another."]}, "/body/measures/2", "a step is added"),
        ({"countries": ["KG"]}, "/body/countries/1", "a country is left out"),
        ({"countries": ["KG", "TJ"]}, "/body/countries/1", "a country is another"),
        ({"begins_at": None}, "/body/begins_at", "when it begins is left out"),
        ({"begins_at": "2026-11-22T13:00:00Z"}, "/body/begins_at", "it begins later"),
        ({"conditions": None}, "/body/conditions", "the conditions are left out"),
        ({"conditions": kept[:1]}, "/body/conditions/1", "a condition is left out"),
        ({"conditions": [kept[0], "The consul is told."]}, "/body/conditions/1", "one is weaker"),
        ({"conditions": [*kept, "We are paid."]}, "/body/conditions/2", "one is added"),
        ({"in_part": True}, "/re", "it was agreed as a whole"),
    ):
        refused(whole(**changed), "precondition.unmet", pointer, f"not released: {name}")
    free = release(first, body={"conditions": kept})
    refused(free, "precondition.unmet", "/re", "nor does a condition help that nobody asked for")
    released = whole()
    accepted(released, "as it was agreed it is released")
    weaker = whole(conditions=kept[:1])
    refused(
        {**weaker, "supersedes": named(released)},
        "precondition.unmet",
        "/body/conditions/1",
        "and a correction leaves no condition out either",
    )

    # A part of it.
    fourth = measure(measures=PAIR, countries=["KG", "UZ"])
    accepted(fourth, "another of two steps")
    part = {"measures": PAIR[1:], "countries": ["UZ"], "conditions": kept[:1]}
    refused(
        position(fourth, "agreed-in-part", body={**part, "measures": ["Keep its disk."]}),
        "precondition.unmet",
        "/body/measures/0",
        "who agrees to a part agrees to a part of this measure",
    )
    refused(
        position(fourth, "agreed", body=part), "doc.schema", "/body/position", "and says so"
    )
    half = position(fourth, "agreed-in-part", body=part)
    accepted(half, "it is agreed in part")
    refused(
        release(fourth, half, body={"measures": PAIR}),
        "precondition.unmet",
        "/re",
        "it is not released as a whole",
    )
    for changed, pointer, name in (
        ({"measures": PAIR}, "/body/measures/0", "more is released than was agreed"),
        ({"countries": ["KG"]}, "/body/countries/0", "in another country"),
        ({"conditions": None}, "/body/conditions", "without its condition"),
    ):
        refused(
            release(fourth, half, body={"in_part": True, **part, **changed}),
            "precondition.unmet",
            pointer,
            f"not released: {name}",
        )
    accepted(release(fourth, half, body={"in_part": True, **part}), "what was agreed is")

    # Not yet a position.
    fifth = measure()
    accepted(fifth, "one more measure")
    for word, body, pointer in (
        ("more-time", {"answer_by": client.rfc3339(3600)}, "/body/reason"),
        ("question", {}, "/body/questions"),
        ("more-time", {"conditions": kept, "reason": "We ask.", "answer_by": client.rfc3339(60)},
         "/body/position"),
    ):  # fmt: skip
        refused(position(fifth, word, body=body), "doc.schema", pointer, f"{word} says what for")
    for word, body in (
        ("more-time", {"reason": "The embassy asks.", "answer_by": client.rfc3339(3600)}),
        ("question", {"questions": ["Which network is it in?"]}),
    ):
        said = position(fifth, word, body=body)
        accepted(said, f"the liaison says {word}")
        refused(release(fifth, said), "precondition.unmet", "/re", "which agrees to nothing")

    # The agreement can be proven from the release alone: who has it and the position needs no hub.
    found = {
        delivery.leaf["id"]: delivery.document
        for deliveries in world.fence().values()
        for delivery in deliveries
    }
    tap.equal(
        json.loads(found[released["id"]])["body"]["position_sha256"],
        client.sha(found[yes["id"]]).hex(),
        "the release that was delivered names the digest of the position that was",
    )
