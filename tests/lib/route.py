"""route - sends the examples of schemas/examples, and says whom they reached by which rule."""

import json
import os

import client
import tap
from world import TOP

REFERENCES = ("to", "incident", "re", "supersedes", "cancels")


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
    fields["body"] = {name: value for name, value in body.items() if value is not None}
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


def reference(message):
    return {"author": message["from"], "id": message["id"]}


def reaches(world, message, wanted, name):
    """Publish; `wanted` has, by node, the rule and the paragraphs that bring it there."""
    (answer,) = world.raws[message["from"]].tell(message)
    found = {
        node: " ".join(part.why.split(" ")[2:3] + part.why.split(" ")[4:])
        for node, parts in world.fence().items()
        for part in parts
        if part.leaf["id"] == message["id"]
    }
    kind, author = message["kind"], message["from"]
    tap.equal(found, wanted, f"{kind} of {author}: {name}") or tap.note(answer)
    return message


def refused(world, message, code, pointer, name):
    (answer,) = world.raws[message["from"]].tell(message)
    got = (getattr(answer, "code", answer), getattr(answer, "pointer", None))
    tap.equal(got, (code, pointer), f"{message['kind']} of {message['from']}: {name}")
    return answer
