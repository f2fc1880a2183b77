"""route - sends the examples of schemas/examples, and says whom they reached by which rule."""

import json
import os

import client
import tap
from world import TOP

REFERENCES = ("to", "incident", "re", "under", "supersedes", "cancels")


def example(kind, author, marking=None, /, **more):
    """The example of a kind as a new message of this author.

    It names and refers to nobody but what `more` says; `body` replaces fields of the body, or
    takes them away with None.
    """
    with open(os.path.join(TOP, "schemas", "examples", kind + ".json"), encoding="utf-8") as file:
        fields = json.load(file)
    body = {**fields["body"], **more.pop("body", {})}
    for name in REFERENCES:
        fields.pop(name, None)
    fields.update(client.message(kind, author, None, marking or fields["marking"]))
    if body.get("due") and body["due"] == fields["body"].get("due"):
        body["due"] = client.rfc3339(3600)  # the example's is past
    fields["body"] = {name: value for name, value in body.items() if value is not None}
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


def reference(message):
    return {"author": message["from"], "id": message["id"]}


def release(measure, position, digest=None, /, **more):
    """A release of what `position` agreed of `measure`; `digest` when its bytes were not encoded here."""
    part = position["body"]["position"] == "agreed-in-part"
    body = {
        name: measure["body"].get(name) for name in ("treaty", "countries", "measures", "begins_at")
    }
    if part:
        body.update({name: position["body"][name] for name in ("countries", "measures")})
    body.update(
        in_part=part or None,
        conditions=position["body"].get("conditions"),
        position_sha256=digest or client.sha(client.encode(position)).hex(),
    )
    more["body"] = {**body, **more.pop("body", {})}
    return example("crossborder.release", measure["from"], re=reference(measure), **more)


def rule_and_cites(line):
    """Of a line of a routing record: deliver NODE RULE TELL CITES, emit KIND ID RULE TELL CITES."""
    words = line.split(" ")
    at = 3 if words[0] == "emit" else 2
    return " ".join(words[at : at + 1] + words[at + 2 :])


def reaches(world, message, wanted, name):
    """Publish; `wanted` has, by node, the rule and the paragraphs that bring it there."""
    (answer,) = world.raws[message["from"]].tell(message)
    found = {
        node: rule_and_cites(part.why)
        for node, parts in world.fence().items()
        for part in parts
        if part.leaf["id"] == message["id"]
    }
    kind, author = message["kind"], message["from"]
    tap.equal(found, wanted, f"{kind} of {author}: {name}") or tap.note(answer)
    return message


def derived(world, message, kind, rule, wanted):
    """Publish; a message of this kind is derived by this rule, and reaches whom `wanted` has.

    Returns a reference to what was derived.
    """
    (answer,) = world.raws[message["from"]].tell(message)
    emitted = [line for line in answer.told.splitlines() if line.startswith(f"emit {kind} ")]
    tap.equal([rule_and_cites(line) for line in emitted], [rule], f"{kind} is derived")
    found = {
        node: (rule_and_cites(part.why), part.leaf["author"], part.leaf["id"])
        for node, parts in world.fence().items()
        for part in parts
        if part.leaf["kind"] == kind
    }
    tap.equal({node: why for node, (why, _, _) in found.items()}, wanted, f"{kind} is delivered")
    return next(({"author": author, "id": id_} for _, author, id_ in found.values()), None)


def refused(world, message, code, pointer, name):
    (answer,) = world.raws[message["from"]].tell(message)
    got = (getattr(answer, "code", answer), getattr(answer, "pointer", None))
    tap.equal(got, (code, pointer), f"{message['kind']} of {message['from']}: {name}")
    return answer
