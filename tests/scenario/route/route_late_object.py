#!tests/run
"""Goal: whom an incident turns out to concern gets what there is of it, when it is for the author to say; nobody else does."""

import client
import tap
from route import reference, rule_and_cites
from world import World

CAST = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "service", "knb")


def tell(world, message, name):
    """Publish; whom it reached, and what of the thread each was brought: {node: {ids}}."""
    (answer,) = world.raws[message["from"]].tell(message)
    lines = getattr(answer, "told", f"{answer}").splitlines()
    brought = {}
    for line in lines:
        words = line.split(" ")
        if words[0] == "deliver":
            brought.setdefault(words[1], set())
        if words[0] == "carries":
            brought[words[1]].add(words[3])
    found = {
        node
        for node, parts in world.fence().items()
        for part in parts
        if part.leaf["id"] == message["id"]
    }
    tap.equal(found, set(brought), f"{name}: it reaches whom the receipt names") or tap.note(answer)
    return brought, "\n".join(lines)


def by(told, node):
    """The rule and the paragraphs by which the receipt says that it reached the node."""
    lines = [line for line in told.splitlines() if line.startswith(f"deliver {node} ")]
    return rule_and_cites(lines[0]) if lines else ""


def update(incident, author, kind="incident.update", **more):
    body = more.pop("body", {})
    if kind == "incident.closure":
        body = {"cause": "a password", "elimination": "closed", "recovery": "restored", **body}
    body = body or {"description": "more is known"}
    return client.message(kind, author, body, incident=reference(incident), **more)


with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()

    # 8.5: an update that names the right object brings its owner and centre in.
    first = client.notice("isoc-energy", 2)
    tell(world, first, "a notice without an object")
    early = update(first, "isoc-energy")
    tell(world, early, "an update without one")
    named = update(first, "isoc-energy", body={"object": "obj-grid-1"})
    brought, told = tell(world, named, "an update that names the object")
    tap.equal(by(told, "owner-grid"), "update.objects 488:8.5", "by the paragraph on stakeholders")
    tap.equal(
        brought,
        {"nccis": set(), "owner-grid": {first["id"], early["id"]}},
        "its owner gets what there was, and nobody else more than the update",
    )
    again = update(first, "isoc-energy", body={"object": "obj-grid-1"})
    tap.equal(
        tell(world, again, "the same object again")[0],
        {"nccis": set(), "owner-grid": set()},
        "who was brought in is a party, and is handed nothing twice",
    )
    reply = update(first, "owner-grid")
    tap.equal(
        set(tell(world, reply, "an update by the new party")[0]),
        {"nccis", "isoc-energy"},
        "who may speak of the incident from then on",
    )

    # A correction reaches all who had the original, and those newly concerned.
    wrong = client.notice("isoc-energy", 1, body={"object": "obj-alone"})
    tell(world, wrong, "a notice with the wrong object")
    course = update(wrong, "isoc-energy")
    tell(world, course, "its course")
    right = client.notice("nccis", 1)
    tell(world, right, "a notice of the 1400 call centre without an object")
    fixed = client.notice(
        "nccis", 1, body={"objects": ["obj-grid-1", "obj-bank-1"]}, supersedes=reference(right)
    )
    brought, told = tell(world, fixed, "its correction, with two objects")
    tap.equal(by(told, "owner-bank"), "correction.objects-others 488:8.5, default", "which the plan has owners and centres do")
    tap.equal(
        brought,
        {node: set() for node in ("owner-grid", "isoc-energy", "owner-bank", "isoc-bank")},
        "a correction stands for what it corrects, and brings in all whom its objects concern",
    )
    later = update(right, "isoc-bank")
    tap.equal(
        set(tell(world, later, "an update that names the first version")[0]),
        {"nccis", "owner-grid", "isoc-energy", "owner-bank"},
        "whichever version is named, the parties are the same",
    )

    # A rival's object in an update: nothing leaks, and NCCIS is told.
    rival = update(first, "isoc-energy", body={"objects": ["obj-bank-1"]})
    brought, told = tell(world, rival, "another's object in an update")
    tap.equal(set(brought), {"nccis", "owner-grid"}, "brings nobody in")
    tap.has(told, "remark object.not-yours sender", "and its author is told so")
    for name, message in (
        ("a closure", update(first, "isoc-energy", "incident.closure", body={"object": "obj-bank-1"})),
        (
            "a correction",
            client.notice(
                "isoc-energy",
                1,
                body={"object": "obj-bank-1"},
                supersedes=reference(wrong),
            ),
        ),
    ):
        brought, told = tell(world, message, f"another's object in {name}")
        tap.ok(
            not {"owner-bank", "isoc-bank"} & set(brought) and "object.not-yours" in told,
            f"{name}: neither",
            told,
        )
    red = update(first, "isoc-energy", body={"object": "obj-bank-1"}, marking="TLP:RED", to=["owner-grid"])
    brought, told = tell(world, red, "another's object, where a marking keeps NCCIS out")
    tap.equal(set(brought), {"owner-grid"}, "NCCIS is not told that there is such a message")
    tap.has(told, "remark object.not-yours sender", "its author is, who can name NCCIS")
    mended = update(first, "nccis", body={"object": "obj-bank-1"})
    brought, told = tell(world, mended, "NCCIS names it")
    tap.ok(
        {first["id"], named["id"], rival["id"]} <= brought["owner-bank"] == brought["isoc-bank"],
        "NCCIS brings them in, with what stands of the thread",
        f"{brought}",
    )
    tap.ok("object.not-yours" not in told, "and there is nothing to remark", told)
    tap.equal(
        by(told, "owner-bank"),
        "update.objects-others 488:8.5, default",
        "which the plan has owners and centres do",
    )
    tap.equal(by(told, "isoc-energy"), "update.others 488:8.5, default", "as what it tells parties")
    call = client.notice("nccis", 2)
    tell(world, call, "a call about something unknown")
    end = update(call, "nccis", "incident.closure", body={"object": "obj-grid-1"})
    brought, told = tell(world, end, "NCCIS closes it, and names the object then")
    tap.equal(
        (brought["owner-grid"], by(told, "owner-grid")),
        ({call["id"]}, "closure.objects-others 488:8.5, default"),
        "so its owner learns of it",
    )
    again = update(call, "nccis", "incident.closure")
    _, told = tell(world, again, "NCCIS closes it again")
    tap.equal(by(told, "owner-grid"), "closure.others 488:8.5, default", "as a party")

    # NCCIS names owners and centres.
    call = client.notice("nccis", 2, to=["owner-grid"])
    brought, told = tell(world, call, "a call to 1400 without an object")
    tap.equal(
        (set(brought), by(told, "owner-grid")),
        ({"owner-grid"}, "notice.named 488:8.5, 10, default"),
        "NCCIS names the owner in `to`",
    )
    early = update(call, "nccis", to=["isoc-energy"])
    brought, told = tell(world, early, "later a centre")
    tap.equal(
        (brought["isoc-energy"], by(told, "isoc-energy")),
        ({call["id"]}, "update.named 488:8.5, 10, default"),
        "and a centre in an update",
    )
    call = client.notice("nccis", 2, to=["owner-bank"], supersedes=reference(call))
    brought, told = tell(world, call, "another owner in a correction")
    tap.equal(
        (brought["owner-bank"], by(told, "owner-bank")),
        ({early["id"]}, "correction.named 488:8.5, 10, default"),
        "and in a correction, which stands for what it corrects",
    )
    tap.equal(
        set(brought), {"owner-grid", "isoc-energy", "owner-bank"}, "who was brought in has it, too"

    )

    other = client.notice("nccis", 2)
    tell(world, other, "another call")
    end = update(other, "nccis", "incident.closure", to=["owner-bank"])
    brought, told = tell(world, end, "whose incident it was turns out at the end")
    tap.equal(
        (brought["owner-bank"], by(told, "owner-bank")),
        ({other["id"]}, "closure.named 488:8.5, 10, default"),
        "and in a closure",
    )
    called = client.notice("isoc-energy", 2)
    tell(world, called, "a notice of a centre")
    to_rival = update(called, "isoc-energy", to=["isoc-bank"])
    brought, told = tell(world, to_rival, "a centre names another")
    tap.equal(set(brought), {"nccis"}, "whom nobody but nccis may name")

    # 14: a level that turns out at the end.
    final = update(call, "nccis", "incident.closure", body={"level": 4})
    _, told = tell(world, final, "a closure of a raised level")
    alerts = [rule_and_cites(line) for line in told.splitlines() if line.startswith("emit ")]
    tap.equal(alerts, ["closure.alert 488:14"], "a closure of level 4 alerts like any other")
    ended = client.notice("isoc-energy", 2)
    tell(world, ended, "one that is over soon")
    over = update(ended, "isoc-energy", "incident.closure", body={"object": "obj-grid-1"})
    brought, told = tell(world, over, "a closure that names the object")
    tap.equal(
        (brought["owner-grid"], by(told, "owner-grid")),
        ({ended["id"]}, "closure.objects 488:8.5"),
        "its owner gets what there was",
    )
    tap.equal(world.hub.stop(), 0, "the hub stops")
    world.hub.start()
    world.raw()
    tap.equal(
        tell(world, update(first, "isoc-bank"), "after a restart")[0],
        {node: set() for node in ("nccis", "isoc-energy", "owner-grid", "owner-bank")},
        "who was brought in is a party for good",
    )
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0, "and the independent check finds nothing", text)
