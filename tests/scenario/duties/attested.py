#!tests/run
"""Goal: who owes notice to a body without a node gives it on paper, and an officer's attestation meets the duty; of others' duties none does."""

import json

import client
import entries
import tap
from route import example, reference
from world import World


def owed(world, name):
    """Of each duty of this name: towards whom, and the states it has had."""
    found = {}
    for _, duty in entries.duties(world.hub.path("journal")):
        if duty["duty"] == name:
            found.setdefault(duty["towards"], []).append(duty["state"])
    return found


def attestation(author, about, duty="suspension.prosecutor", /, **body):
    body = {"duty": duty, "towards": None, "told_at": client.rfc3339(-60), **body}
    return example("attestation", author, re=reference(about), body=body)


with World(
    __doc__, ("nccis", "isoc-energy", "knb", "telecom"), officers=("knb", "nccis")
) as world:
    world.hub.start()
    world.raw()
    raws = world.raws
    past = {"suspended_at": client.rfc3339(-3600)}
    suspension = example("suspension.notice", "knb", "TLP:AMBER+STRICT", body=past)
    raws["knb"].tell(suspension)

    def refused(message, code, pointer, name):
        answer = raws[message["from"]].tell(message)[0]
        said = (getattr(answer, "code", answer), getattr(answer, "pointer", ""))
        tap.equal(said, (code, pointer), f"{code}: {name}")

    unknown = ("duty.unknown", "/body/duty")
    refused(attestation("knb", suspension, "suspension.media"), *unknown, "a duty that there is not")
    refused(attestation("knb", suspension, towards="media"), *unknown, "one that is not owed there")
    notice = client.notice("isoc-energy", 4)
    raws["isoc-energy"].tell(notice)
    alert = next(d.leaf for d in world.fence()["knb"] if d.leaf["kind"] == "security.alert")
    alert = {"from": "hub", "id": alert["id"]}
    refused(attestation("knb", alert, "alert.informed"), *unknown, "the duty of another")
    refused(attestation("knb", alert, "alert.acknowledged"), *unknown, "one that is to be answered")
    refused(
        attestation("nccis", suspension), "reference.unknown", "/re", "of what is not its author's to know"
    )
    refused(
        attestation("knb", suspension, told_at=client.rfc3339(3600)),
        "time.future", "/body/told_at", "what is still to come",
    )  # fmt: skip
    refused(
        attestation("knb", suspension, told_at="2001-01-01T00:00:00Z"),
        "moment.absurd", "/body/told_at", "what nobody can mean",
    )  # fmt: skip
    refused(
        attestation("knb", suspension, told_at=client.rfc3339(-3660)),
        "moment.before", "/body/told_at", "what was told before there was anything to tell",
    )  # fmt: skip
    refused(
        attestation("knb", suspension, number=None),
        "doc.schema", "/body/number", "a letter without its number",
    )  # fmt: skip
    nobody = {"role:prosecutor": ["open"]}
    tap.equal(owed(world, "suspension.prosecutor"), nobody, "after all of that it is owed")

    # --- told on paper, in time ------------------------------------------------------------------
    told = attestation("knb", suspension)
    (receipt,) = raws["knb"].tell(told)
    tap.ok(isinstance(receipt, client.Receipt), "an officer of the agency attests it", receipt)
    met = {"role:prosecutor": ["open", "met"]}
    tap.equal(owed(world, "suspension.prosecutor"), met, "and that meets the duty, in time")
    last = [d for _, d in entries.duties(world.hub.path("journal"))][-1]
    tap.equal(last["by"], reference(told), "by the attestation")
    tap.equal(last["told"][:19], told["body"]["told_at"][:19], "at the moment that it says")
    tap.ok("telecom" in owed(world, "suspension.communications"), "the other body has its own", last)
    code, text = world.run("hub", "status", world.hub.folder, "--json", code=None)
    tap.equal((code, json.loads(text)["duties_towards_nobody"]), (0, 0), "and the status is good again")

    # --- what was attested can be taken back -------------------------------------------------------
    earlier = attestation("knb", suspension, told_at=client.rfc3339(-3660))
    refused(
        dict(earlier, supersedes=reference(told)),
        "moment.before", "/body/told_at", "nor is it corrected to say so",
    )  # fmt: skip
    raws["knb"].tell(dict(attestation("knb", suspension), cancels=reference(told)))
    again = {"role:prosecutor": ["open", "met", "open"]}
    tap.equal(owed(world, "suspension.prosecutor"), again, "taken back it meets nothing")
    world.hub.kill()
    world.hub.start()
    world.raw()
    raws = world.raws
    late = example(
        "suspension.notice", "knb", "TLP:AMBER+STRICT", body={"suspended_at": client.rfc3339(-30 * 3600)}
    )
    raws["knb"].tell(late)
    raws["knb"].tell(attestation("knb", late, told_at=client.rfc3339(-29 * 3600)))
    once_more = attestation("knb", suspension, told_at=client.rfc3339(-30))
    (receipt,) = raws["knb"].tell(dict(once_more, to=["telecom"]))
    line = "deliver telecom attestation.named sender 488:14, 15, default"
    tap.equal(receipt.told.splitlines(), [line], "it goes to whom it names, and to nobody else")
    found = [
        (duty["message"]["id"] == late["id"], duty["state"])
        for _, duty in entries.duties(world.hub.path("journal"))
        if duty["duty"] == "suspension.prosecutor"
    ]
    tap.equal(
        [state for is_late, state in found if is_late],
        ["overdue", "met"],
        "told in time, before the message came to the hub, it was in time",
    )
    tap.equal([s for is_late, s in found if not is_late][-1], "met", "another attestation meets it again")
    answer = raws["knb"].tell(attestation("knb", late, "suspension.media"))[0]
    tap.has(answer.text, "4096", "and it is said that what was settled long ago is not looked for")
