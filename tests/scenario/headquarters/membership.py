#!tests/run
"""Goal: who belongs to the Headquarters is what its convening and the changes of it add up to."""

import entries
import tap
from route import example, reaches, reference, refused
from world import World

NAMES = ("nccis", "isoc-energy", "owner-grid", "knb", "authority", "telecom", "hq")
MEMBERS = ["knb", "authority", "owner-grid"]

with World(__doc__, NAMES, officers=("hq",)) as world:
    world.hub.start()
    world.raw()

    def convening(members=MEMBERS, **more):
        return example("headquarters.convening", "hq", body={"members": members}, **more)

    def change(of, joins=None, leaves=None, **more):
        body = {"joins": joins, "leaves": leaves}
        return example("headquarters.membership", "hq", re=reference(of), body=body, **more)

    def directive(under, *to, **more):
        return example("headquarters.directive", "hq", re=reference(under), to=list(to), **more)

    def accepted(message, name, *remarks):
        (answer,) = world.raws[message["from"]].tell(message)
        told = getattr(answer, "told", str(answer))
        said = [line.split(" ")[1] for line in told.splitlines() if line.startswith("remark ")]
        tap.equal((type(answer).__name__, said), ("Receipt", list(remarks)), name)
        return message

    def brought(message, node):
        """What came along with it for this node, and is its own from then on."""
        (record,) = (
            one.record.decode()
            for one in entries.read(world.hub.path("journal"))
            if (one.type, one.id) == ("message", message["id"])
        )
        words = [line.split(" ") for line in record.splitlines()]
        return [word[3] for word in words if word[:2] == ["carries", node]]

    def lines(message):
        """What its record says of members."""
        (record,) = (
            one.record.decode()
            for one in entries.read(world.hub.path("journal"))
            if (one.type, one.id) == ("message", message["id"])
        )
        first = reference(begun)
        about = f"{first['author']} {first['id']} "
        words = [line.split(" ", 1) for line in record.splitlines() if line.split(" ")[0] in ("joins", "leaves")]
        tap.ok(all(rest.startswith(about) for _, rest in words), "they name the first convening", words)
        return [f"{what} {rest[len(about):]}" for what, rest in words]

    by, nccis = "membership.members 488:21", {"nccis": "membership.members 488:21"}
    begun = reaches(
        world,
        convening(),
        {name: "convening.members 488:18, 20, 21" for name in (*MEMBERS, "nccis")},
        "all whom it names, though `to` names nobody",
    )
    tap.equal(lines(begun), [f"joins {name}" for name in MEMBERS], "the record says who belongs to it")
    owed = accepted(directive(begun, "authority", "owner-grid"), "members are directed")
    refused(world, directive(begun, "telecom"), "to.outside", "/to/0", "others are not")

    tap.note("One comes, one goes.")
    changed = reaches(
        world,
        change(begun, ["telecom"], ["authority"]),
        {name: by for name in (*MEMBERS, "telecom", "nccis")},
        "all who belong to it, who comes, and who goes",
    )
    tap.equal(lines(changed), ["joins telecom", "leaves authority"], "and is in its record")
    tap.equal(
        brought(changed, "telecom"),
        [begun["id"], owed["id"]],
        "who comes gets the convening and what members had",
    )
    tap.equal(brought(changed, "knb"), [], "others have nothing more than the change")
    accepted(
        example("acknowledgement", "telecom", re=reference(begun), body={"answer": "accepted"}),
        "and may answer to it",
    )
    accepted(directive(begun, "telecom"), "who came is directed")
    refused(world, directive(begun, "owner-grid", "authority"), "to.outside", "/to/1", "who left is not")
    refused(
        world,
        directive(begun, "authority", supersedes=reference(owed)),
        "to.outside",
        "/to/0",
        "nor by correcting what was directed before",
    )
    states = [
        (duty["who"] if "who" in duty else duty["debtor"], duty["state"])
        for _, duty in entries.duties(world.hub.path("journal"))
        if duty["message"]["id"] == owed["id"]
    ]
    tap.equal(sorted(states), [("authority", "open"), ("owner-grid", "open")], "what it owed, it owes")
    accepted(
        example("directive.report", "authority", re=reference(owed)), "and it may report on it"
    )

    tap.note("What is no change.")
    (answer,) = world.raws["hq"].tell(change(begun, ["isoc-energy"]), keys=[world.raws["hq"].seal])
    got = (getattr(answer, "code", answer), getattr(answer, "by", None))
    tap.equal(got, ("seals.missing", "membership.head"), "its head decides")
    refused(world, change(begun, ["nobody"]), "member.unknown", "/body/joins/0", "a stranger comes")
    refused(world, change(begun, None, ["isoc-energy"]), "member.absent", "/body/leaves/0", "who is not in it, goes")
    refused(world, change(begun, None, ["knb", "authority"]), "member.absent", "/body/leaves/1", "who has left, goes again")
    refused(world, change(begun, ["isoc-energy"], ["isoc-energy"]), "member.both", "/body/leaves/0", "one comes and goes at once")
    refused(world, change(changed, ["isoc-energy"]), "reference.kind", "/re", "a change of a change")
    refused(world, {**change(begun, ["isoc-energy"]), "re": None}, "doc.schema", "/re", "of nothing")
    again = accepted(change(begun, ["knb"]), "who belongs to it comes", "member.already")
    tap.equal(lines(again), ["joins knb"], "and does so by two decisions")

    tap.note("Corrections and withdrawals.")
    corrected = reaches(
        world,
        change(begun, ["isoc-energy"], None, supersedes=reference(changed)),
        {
            **{name: "original.receivers default" for name in (*MEMBERS, "telecom", "nccis")},
            "isoc-energy": by,
        },
        "it goes to all who had the change, and to who comes",
    )
    tap.equal(
        lines(corrected),
        ["joins isoc-energy"],
        "and its record has what it says now",
    )
    accepted(directive(begun, "authority", "isoc-energy"), "what it does not say any more, does not hold")
    refused(world, directive(begun, "telecom"), "to.outside", "/to/0", "both ways")
    gone = accepted(change(begun, None, ["isoc-energy"]), "isoc-energy goes by another change")
    back = accepted(
        {**change(begun, ["isoc-energy"]), "cancels": reference(corrected)}, "the first one is taken back"
    )
    tap.equal(lines(back), [], "and says nothing any more")
    accepted({**change(begun, None, ["isoc-energy"]), "cancels": reference(gone)}, "the other as well")
    refused(
        world,
        directive(begun, "isoc-energy"),
        "to.outside",
        "/to/0",
        "that it does not go does not mean that it came",
    )
    newer = accepted(convening(["owner-grid", "telecom"], supersedes=reference(begun)), "a corrected convening")
    tap.equal(
        lines(newer),
        ["joins owner-grid", "joins telecom"],
        "has another list; the set goes by the name of the first",
    )
    refused(world, directive(begun, "telecom"), "precondition.withdrawn", "/re", "the old wording directs no more")
    accepted(
        directive(newer, "telecom", "knb"), "the new one does, whoever was added by a change, too"
    )

    tap.note("After a restart.")
    world.hub.stop()
    world.hub.start()
    world.raws = {}
    world.raw()
    accepted(directive(newer, "telecom", "knb"), "the same members")
    refused(world, directive(newer, "authority"), "to.outside", "/to/0", "and no others")

    tap.note("Who comes again.")
    meanwhile = accepted(directive(newer, "knb"), "something is directed while authority is away")
    returns = accepted(change(newer, ["authority"]), "it comes again")
    tap.ok(meanwhile["id"] in brought(returns, "authority"), "and gets what there was meanwhile")
    tap.ok(begun["id"] not in brought(returns, "authority"), "but nothing that it had")
    accepted(change(newer, None, ["authority"]), "and goes again")

    end = example("headquarters.adjournment", "hq", re=reference(newer))
    reaches(
        world,
        end,
        {name: "adjournment.members 488:18, default" for name in ("owner-grid", "telecom", "knb", "nccis")},
        "all who belong to it hear of its end",
    )
    answer = refused(
        world,
        change(newer, ["isoc-energy"]),
        "precondition.ended",
        "/re",
        "nobody comes to what has ended",
    )
    tap.equal(answer.by, "membership.adjourned", "by default")
