#!tests/run
"""Goal: a correction or withdrawal, its author's alone, reaches exactly who had the original."""

import client
import tap
from processes import until
from world import World


def named(message):
    return {"author": message["from"], "id": message["id"]}


CAST = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "knb")

with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()

    def notice(level, author="isoc-energy", object_="obj-grid-1", **more):
        return client.notice(author, level, body={"object": object_}, **more)

    def accepted(message, expected, name):
        """Who receives what of it."""
        (answer,) = world.raws[message["from"]].tell(message)
        if not tap.ok(isinstance(answer, client.Receipt), name, answer):
            return
        got = {
            node: sorted(d.leaf["kind"] for d in found)
            for node, found in world.fence().items()
            if found
        }
        tap.equal(got, expected, f"{name}: reaches whom it must")

    def refused(message, code, pointer, name):
        (answer,) = world.raws[message["from"]].tell(message)
        tap.ok(
            isinstance(answer, client.Refused)
            and (answer.code, answer.pointer) == (code, pointer),
            name,
            answer,
        )

    had = ("nccis", "owner-grid", "knb")
    kind, alert = ["incident.notice"], ["security.alert"]
    first = notice(3)
    accepted(
        first, {"nccis": kind + alert, "owner-grid": kind, "knb": alert}, "a notice of level 3"
    )
    refused(
        notice(2, "nccis", supersedes=named(first)),
        "withdrawal.author",
        "/supersedes",
        "a receiver may not correct it",
    )
    refused(
        notice(2, "isoc-bank", supersedes=named(first)),
        "reference.unknown",
        "/supersedes",
        "to a stranger it does not exist",
    )
    refused(
        notice(3, marking="TLP:RED", to=["nccis"], cancels=named(first)),
        "withdrawal.marking",
        "/marking",
        "a withdrawal must reach all who had it",
    )
    second = notice(3, object_="obj-bank-1", supersedes=named(first))
    accepted(second, {name: kind for name in had}, "corrected, though the object is another's")
    refused(
        notice(2, supersedes=named(first)),
        "precondition.withdrawn",
        "/supersedes",
        "what was corrected is not corrected again",
    )
    third = notice(4, supersedes=named(second))
    accepted(
        third,
        {"nccis": kind + alert, "owner-grid": kind, "knb": kind + alert},
        "a correction that raises the level alerts",
    )
    last = notice(4, cancels=named(third))
    accepted(last, {name: kind for name in had}, "and taken back")
    refused(
        notice(4, supersedes=named(third)),
        "precondition.withdrawn",
        "/supersedes",
        "which is the end of it",
    )

    def state(of=None):
        answer = world.raws["isoc-energy"].ask("withdrawal", {"id": (of or last)["id"]})
        return {
            one["node"]: (one["stored"], one.get("answer")) for one in answer.get("receivers", [])
        }

    world.raws["nccis"].tell(
        client.message("acknowledgement", "nccis", {"answer": "read"}, re=named(last))
    )
    world.raws["knb"].tell(
        client.message("acknowledgement", "knb", {"answer": "done"}, re=named(third))
    )
    world.fence()
    # Who was told only of the alert is not named to the author, now as little as then.
    wanted = {"nccis": (True, "read"), "owner-grid": (True, None)}
    until(lambda: state() == wanted, f"{wanted} of {state()}")
    tap.ok(True, "the author sees who has signed for it, and who has answered")
    answer = world.raws["nccis"].ask("withdrawal", {"id": last["id"]})
    tap.equal(answer.get("code"), "reference.unknown", "and nobody else does")
    world.raws.pop("owner-grid").close()
    gone = notice(1)
    accepted(gone, {"nccis": kind}, "while the owner is away")
    back = notice(1, cancels=named(gone))
    accepted(back, {"nccis": kind}, "something else is taken back")
    wanted = {"nccis": (True, None), "owner-grid": (False, None)}
    until(lambda: state(back) == wanted, f"{wanted} of {state(back)}")
    tap.ok(True, "the author sees that the owner does not know yet")
    world.raws.pop("isoc-energy").close()
    centre = world.node("isoc-energy")
    centre.start().connected()
    text = world.run("--node", centre.folder, "reached", back["id"])
    tap.has(text, f"takes back {gone['id']}", "so does a person")
    tap.ok("does not have it yet" in text and "has it\n" in text, "who has it and who not", text)
    code, text = world.run("--node", centre.folder, "reached", client.uuid7(), code=None)
    tap.ok(code == 1 and "no message of this id" in text, "of what the node has sent", text)
