#!tests/run
"""Goal: what names a message beside the point, or is not for its author to say, neither ends nor releases anything."""

import client
import route
import tap
from route import reference, refused
from world import World

CAST = ("nccis", "owner-grid", "service", "knb", "mfa", "partner")

with World(__doc__, CAST, officers=("nccis", "service", "knb")) as world:
    world.hub.start()
    world.raw()

    def taken(message, name):
        (answer,) = world.raws[message["from"]].tell(message)
        tap.ok(isinstance(answer, client.Receipt), name, answer)
        return message

    notice = taken(client.notice("owner-grid"), "there is an incident")

    def offer(author, to, **more):
        fields = {"incident": reference(notice), "to": [to], "body": {"former": None}, **more}
        return route.example("trace.manifest", author, "TLP:AMBER", **fields)

    def answer(who, word, manifest, **more):
        body = {"answer": word}
        return client.message("acknowledgement", who, body, re=reference(manifest), **more)

    # Somebody answers another offer, and names this one as the incident.
    first = taken(offer("owner-grid", "service"), "an offer to the service")
    other = taken(offer("owner-grid", "nccis"), "another to nccis")
    aside = answer("nccis", "custody-taken", other, incident=reference(first))
    taken(aside, "which nccis takes, naming the first offer beside it")
    got = answer("service", "custody-taken", first)
    taken(got, "the service can take the first all the same")
    refused(
        world,
        answer("service", "custody-declined", first),
        "precondition.ended",
        "/re",
        "and once only",
    )

    # A stranger's manifest stands in nobody's way.
    taken(
        offer("nccis", "knb", incident=None, re=reference(first)), "nccis names the offer in its own"
    )
    handed = offer(
        "service", "knb", incident=None, re=reference(first), body={"former": "taken"}
    )
    taken(handed, "who holds the traces hands them on")
    again = offer("service", "nccis", incident=None, re=reference(first), body={"former": "taken"})
    refused(world, again, "precondition.ended", "/re", "once")

    # A correction of the offer is the same offer.
    third = taken(offer("owner-grid", "service"), "a third offer")
    taken(answer("service", "custody-declined", third), "is declined")
    fixed = offer("owner-grid", "service", supersedes=reference(third))
    refused(world, fixed, "precondition.ended", "/supersedes", "and is not corrected any more")

    # An agreement to one measure, and another named beside it.
    def measure(**more):
        fields = {"incident": reference(notice), **more}
        return route.example("crossborder.measure", "nccis", "TLP:AMBER", **fields)

    def position(word, about, **more):
        body = {"position": word, **({"reason": "no"} if word == "declined" else {})}
        return client.message("crossborder.position", "mfa", body, re=reference(about), **more)

    def release(about, agreed):
        return route.release(about, agreed, to=["partner"])

    world.raws["nccis"].take_id(first["id"])
    abroad = taken(client.notice("nccis", body={"cross_border": True, "countries": ["KG"]}), "abroad")
    one = taken(measure(incident=reference(abroad)), "one measure")
    two = taken(measure(incident=reference(abroad)), "and another")
    taken(position("declined", one), "the first is declined")
    yes = taken(
        position("agreed", two, incident=reference(one)), "the other agreed to, naming the first"
    )
    refused(world, release(one, yes), "precondition.unmet", "/re", "what was declined stays so")
    taken(release(two, yes), "what was agreed to is released")

    # An agreement is to the wording that it names.
    three = taken(measure(incident=reference(abroad)), "a third measure")
    yes = taken(position("agreed", three), "is agreed to")
    worded = taken(
        measure(incident=reference(abroad), supersedes=reference(three)), "and then worded anew"
    )
    refused(world, release(worded, yes), "precondition.unmet", "/re", "that was not agreed to")
    yes = taken(position("agreed", worded), "until it is")
    taken(release(worded, yes), "then it is released")
