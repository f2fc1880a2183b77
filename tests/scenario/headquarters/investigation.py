#!tests/run
"""Goal: the Headquarters has causes and conditions investigated, and whoever it asked reports (23)."""

import entries
import tap
from route import example, reaches, reference, refused
from world import World

NAMES = ("nccis", "isoc-energy", "owner-grid", "knb", "prosecutor", "hq")

with World(__doc__, NAMES, officers=("hq",)) as world:
    world.hub.start()
    world.raw()

    def request(under, *to, **more):
        return example("investigation.request", "hq", re=reference(under), to=list(to), **more)

    def report(on, author, state="final", **more):
        return example("investigation.report", author, re=reference(on), body={"state": state}, **more)

    def states(on):
        return [
            (duty["debtor"], duty["state"])
            for _, duty in entries.duties(world.hub.path("journal"))
            if duty["message"]["id"] == on["id"]
        ]

    convening = example("headquarters.convening", "hq", body={"members": ["owner-grid"]})
    world.raws["hq"].tell(convening)
    asked = reaches(
        world,
        request(convening, "isoc-energy", "prosecutor"),
        {name: "investigation.addressees 488:23" for name in ("isoc-energy", "prosecutor")},
        "whoever it asks, members or not",
    )
    tap.equal(states(asked), [("isoc-energy", "open"), ("prosecutor", "open")], "who owe a report")
    refused(world, request(asked, "knb"), "reference.kind", "/re", "under no convening")
    refused(world, report(asked, "knb"), "reference.unknown", "/re", "by who was not asked")
    reaches(
        world,
        report(asked, "isoc-energy"),
        {"hq": "investigation.reported 488:23, default"},
        "the report comes to the Headquarters",
    )
    tap.equal(states(asked)[-1], ("isoc-energy", "met"), "and is what was owed")
    refused(world, report(convening, "owner-grid"), "reference.kind", "/re", "on something else")
    end = example("headquarters.adjournment", "hq", re=reference(convening))
    world.raws["hq"].tell(end)
    answer = refused(
        world, request(convening, "knb"), "precondition.ended", "/re", "after it has adjourned"
    )
    tap.equal(answer.by, "investigation.adjourned", "by default")
    reaches(
        world,
        report(asked, "prosecutor"),
        {"hq": "investigation.reported 488:23, default"},
        "what was asked before is still reported on",
    )
    raw = world.raws["hq"]
    (answer,) = raw.tell(request(convening, "knb"), keys=[raw.seal])
    tap.ok(answer.by in ("investigation.head", "investigation.adjourned"), "and its head asks", answer)
