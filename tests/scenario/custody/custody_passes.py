#!tests/run
"""Goal: custody of traces passes when an officer of the one who was named takes it, each step once, and nobody else."""

import client
import entries
import tap
from route import example, reference
from world import World

CAST = ("nccis", "isoc-energy", "owner-grid", "service", "knb")

with World(__doc__, CAST) as world:
    officers = {"nccis": "nccis-1", "service": "service-1", "knb": "knb-1", "owner-grid": "grid-1"}
    for node, name in officers.items():
        world.officer(name, node)
    world.hub.start()
    world.raw()

    def tell(message, officer=False):
        author = message["from"]
        raw = world.raws[author]
        keys = [raw.seal] + ([world.officer_key(officers[author])] if officer else [])
        (answer,) = raw.tell(message, keys=keys)
        return answer

    def accepted(message, name, officer=False):
        answer = tell(message, officer)
        tap.ok(isinstance(answer, client.Receipt), f"{name}: accepted", answer)
        return message

    def refused(message, code, by, name, officer=True):
        answer = tell(message, officer)
        got = getattr(answer, "code", answer), getattr(answer, "by", None)
        tap.equal(got, (code, by), f"{name}: refused")
        return answer

    def manifest(author, to=None, former=None, of=None, **more):
        more["re" if former else "incident"] = of or reference(notice)
        body = {"former": former} if former else {}
        return example("trace.manifest", author, to=to and [to], body=body, **more)

    def answer(author, what, of, **more):
        return client.message("acknowledgement", author, {"answer": what}, re=reference(of), **more)

    def duty(of):
        """The states of the duty that a manifest brought."""
        found = [one for _, one in entries.duties(world.hub.path("journal"))]
        return [one["state"] for one in found if one["message"]["id"] == of["id"]]

    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    world.raws["isoc-energy"].tell(notice)
    world.fence()

    # Only said: nobody is asked to take anything.
    declared = accepted(manifest("owner-grid"), "a manifest that hands nothing over")
    tap.equal(duty(declared), [], "brings no duty")
    refused(answer("nccis", "custody-taken", declared), "author.outside", "custody.answered",
            "to take what was not offered")  # fmt: skip

    # Offered to nccis, which takes it.
    offered = accepted(manifest("owner-grid", "nccis"), "traces are offered to nccis")
    (why,) = [d.why for d in world.fence()["nccis"] if d.leaf["id"] == offered["id"]]
    tap.has(why, "traces.nccis", "which has the manifest")
    tap.equal(duty(offered), ["open"], "and owes an answer")
    accepted(answer("nccis", "read", offered), "that it was read")
    tap.equal(duty(offered), ["open"], "is no answer")
    no = refused(answer("nccis", "custody-taken", offered), "seals.missing", "custody.officer",
                 "to take it without an officer", officer=False)  # fmt: skip
    tap.has(no.text, "paragraph 488:8.7, default: ", "with its paragraph")
    refused(answer("knb", "custody-taken", offered), "reference.unknown", "",
            "a stranger who takes it")  # fmt: skip
    refused(answer("owner-grid", "custody-taken", offered), "author.outside", "custody.answered",
            "its own author who takes it")  # fmt: skip
    early = manifest("nccis", "knb", "taken", reference(offered))
    refused(early, "precondition.unmet", "custody.handed-on", "to hand on what was not taken")
    taken = accepted(answer("nccis", "custody-taken", offered), "nccis takes it", officer=True)
    tap.equal(duty(offered), ["open", "met"], "which meets the duty")
    tap.ok(
        any(d.leaf["id"] == taken["id"] for d in world.fence()["owner-grid"]),
        "and the one who gave it is told",
    )
    refused(answer("nccis", "custody-declined", offered), "precondition.ended", "custody.answered",
            "a second answer")  # fmt: skip
    theirs = manifest("owner-grid", "service", "taken", reference(offered))
    refused(theirs, "author.outside", "custody.handed-on", "to hand on what one has no more")
    again = manifest("owner-grid", "service", "declined", reference(offered))
    refused(again, "precondition.unmet", "custody.offered-again", "as if it had been declined")

    world.hub.kill()
    world.hub.start()
    world.raws, world.fences = {}, {}
    world.raw()
    world.fence()

    # nccis hands it on; who declines takes nothing, and it is offered to another.
    other = reference(accepted(answer("nccis", "read", offered), "another message"))
    wrong = manifest("nccis", "service", "taken", other)
    refused(wrong, "reference.kind", "custody.handed-on", "to hand on what is no manifest")
    onward = accepted(manifest("nccis", "service", "taken", reference(offered)), "handed on")
    second = manifest("nccis", "knb", "taken", reference(offered))
    refused(second, "precondition.ended", "custody.handed-on", "to hand it to two")
    accepted(answer("service", "custody-declined", onward), "service declines")
    tap.equal(duty(onward), ["open", "met"], "which is an answer, too")
    refused(answer("service", "custody-taken", onward), "precondition.ended", "custody.answered",
            "and then takes it")  # fmt: skip
    stolen = manifest("service", "owner-grid", "taken", reference(onward))
    refused(stolen, "precondition.unmet", "custody.handed-on", "who declined, to hand it on")
    onto = accepted(manifest("nccis", "knb", "declined", reference(onward)), "offered to knb")
    third = manifest("nccis", "owner-grid", "declined", reference(onward))
    refused(third, "precondition.ended", "custody.offered-again", "to offer it twice")
    fixed = dict(manifest("nccis", "knb", "declined", reference(onward)), supersedes=reference(onto))
    accepted(fixed, "a correction of the offer")
    refused(answer("knb", "custody-taken", onto), "precondition.withdrawn", "custody.answered",
            "to take what was corrected")  # fmt: skip
    accepted(answer("knb", "custody-taken", fixed), "knb takes the corrected one", officer=True)
    tap.equal(duty(onto), ["open", "open", "met"], "which meets the one duty of both")

    # What is taken back is not there to be taken.
    offer = accepted(manifest("owner-grid", "nccis"), "another offer")
    back = dict(manifest("owner-grid", "nccis"), cancels=reference(offer))
    accepted(back, "is taken back")
    tap.equal(duty(offer), ["open", "withdrawn"], "and its duty with it")
    refused(answer("nccis", "custody-taken", offer), "precondition.withdrawn", "custody.answered",
            "to take it then")  # fmt: skip
