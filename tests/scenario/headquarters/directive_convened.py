#!tests/run
"""Goal: a directive needs a Headquarters that was convened, includes its addressees, and sits."""

import client
import tap
from world import World


def named(message):
    return {"author": message["from"], "id": message["id"]}


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "hq"), officers=("hq",)) as world:
    world.hub.start()
    world.raw()

    def directive(under, *to, **more):
        body = {"tasks": ["Close remote access."], "due": client.rfc3339(3600)}
        return client.message(
            "headquarters.directive", "hq", body, to=list(to), re=named(under), **more
        )

    def report(on, author="owner-grid"):
        body = {"state": "done", "description": "Closed."}
        return client.message("directive.report", author, body, re=named(on))

    def adjournment(of):
        body = {"adjourned_at": client.rfc3339()}
        return client.message(
            "headquarters.adjournment", "hq", body, to=["nccis", "owner-grid"], re=named(of)
        )

    def accepted(message, name):
        (answer,) = world.raws[message["from"]].tell(message)
        tap.ok(isinstance(answer, client.Receipt), name, answer)

    # What each rule cites; "" where the hub itself says no.
    cites = {
        "": "",
        "directive.convened": "paragraph 488:18, 23: ",
        "directive.members": "paragraph 488:21, 23, default: ",
        "directive.adjourned": "paragraph 488:18, default: ",
        "adjournment.convened": "paragraph 488:18, default: ",
        "report.directive": "paragraph 488:23, default: ",
    }

    def refused(message, code, pointer, rule, name):
        (answer,) = world.raws[message["from"]].tell(message)
        tap.ok(
            isinstance(answer, client.Refused)
            and (answer.code, answer.pointer, answer.by) == (code, pointer, rule)
            and cites[rule] in answer.text,
            name,
            answer,
        )

    convening = client.message(
        "headquarters.convening",
        "hq",
        {
            "members": ["nccis", "owner-grid"],
            "head": {"name": "D. Example"},
            "meets_at": client.rfc3339(600),
        },
        to=["nccis", "owner-grid"],
    )
    plain = "directive.convened"
    refused(
        directive(convening, "owner-grid"),
        "reference.unknown",
        "/re",
        "",
        "no directive before the Headquarters is convened",
    )
    accepted(convening, "the Headquarters is convened")
    order = directive(convening, "owner-grid")
    accepted(order, "it directs a member")
    refused(
        directive(convening, "owner-grid", "isoc-energy"),
        "to.outside",
        "/to/1",
        "directive.members",
        "but nobody whom it does not include",
    )
    refused(directive(order, "owner-grid"), "reference.kind", "/re", plain, "nor under no convening")
    refused(
        report(convening), "reference.kind", "/re", "report.directive", "a report is on a directive"
    )
    refused(
        report(order, "isoc-energy"),
        "reference.unknown",
        "/re",
        "",
        "and by someone who was given it",
    )
    accepted(report(order), "the member reports")
    end = adjournment(convening)
    accepted(end, "the Headquarters adjourns")
    refused(
        directive(convening, "owner-grid"),
        "precondition.ended",
        "/re",
        "directive.adjourned",
        "and directs no more",
    )
    refused(adjournment(convening), "precondition.ended", "/re", "adjournment.convened", "it ends once")
    accepted(report(order), "what was directed before may still be reported on")
    world.hub.stop()
    world.hub.start()
    world.raws = {}
    world.raw()
    refused(
        directive(convening, "owner-grid"),
        "precondition.ended",
        "/re",
        "directive.adjourned",
        "also after a restart",
    )
    accepted({**adjournment(convening), "re": named(convening), "cancels": named(end)}, "mistaken")
    accepted(directive(convening, "owner-grid"), "an adjournment that is taken back ends nothing")
