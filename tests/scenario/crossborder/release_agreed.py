#!tests/run
"""Goal: a cross-border measure is released on the liaison's agreement, naming its treaty."""

import client
import tap
from world import World

TREATY = {"title": "Agreement on information security", "ratified_by": "Law No. 1"}


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
        return client.message("crossborder.position", author, body, re=named(of), **more)

    def release(of, treaty=TREATY, **more):
        body = {"treaty": treaty, "measures": ["Take it off the network."]}
        more = {"to": ["partner", "isoc-energy"], "re": named(of), **more}
        return client.message(
            "crossborder.release",
            "nccis",
            {name: value for name, value in body.items() if value},
            **more,
        )

    def tell(message):
        (answer,) = world.raws[message["from"]].tell(message)
        return answer

    def accepted(message, name):
        answer = tell(message)
        return tap.ok(isinstance(answer, client.Receipt), name, answer)

    def refused(message, code, pointer, name):
        answer = tell(message)
        return tap.ok(
            isinstance(answer, client.Refused)
            and (answer.code, answer.pointer) == (code, pointer)
            and (code.split(".")[0] not in ("precondition", "reference")
                 or "17" in answer.text and answer.by == "release.agreed"),
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
    refused(release(first, None), "doc.schema", "/body/treaty", "a release names its treaty")
    other = {**TREATY, "title": "Another"}
    refused(
        release(first, other), "precondition.unmet", "/body/treaty", "and the measure's treaty"
    )
    verdict = world.raws["nccis"].explain(release(first))
    tap.equal(verdict["verdict"], "accept", "asked before, the hub would accept it")
    accepted(release(first), "with both it is released")
    got = [delivery.leaf["kind"] for delivery in world.fence()["partner"]]
    tap.equal(got, ["crossborder.release"], "to the partner it names")
    accepted(
        position(first, "declined", supersedes=named(agreed)), "a position may change once more"
    )
    refused(release(first), "precondition.unmet", "/re", "the superseded one no longer counts")
    second = measure(countries=["UZ"])
    accepted(second, "another measure")
    refused(release(second), "precondition.unmet", "/re", "needs a position of its own")
    last = position(second, "agreed")
    accepted(last, "which agrees")
    accepted(
        position(second, "agreed", cancels=named(last), supersedes=None), "and is taken back"
    )
    refused(release(second), "precondition.withdrawn", "/re", "a withdrawn one does not count")
