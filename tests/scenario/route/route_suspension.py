#!tests/run
"""Goal: a suspension is notified to both bodies of paragraph 15, whatever its marking."""

import client
import tap
from route import example, reaches, reference, refused
from world import World

with World(
    __doc__,
    ("nccis", "isoc-energy", "owner-grid", "knb", "telecom", "prosecutor"),
    officers=("knb",),
) as world:
    world.hub.start()
    world.raw()
    BOTH = {name: "suspension.notified 488:15" for name in ("telecom", "prosecutor")}
    past = {"suspended_at": client.rfc3339(-3600)}
    notice = reaches(
        world, example("suspension.notice", "knb", body=past), BOTH, "both, and nobody else"
    )
    reaches(
        world,
        example("suspension.notice", "knb", "TLP:RED", to=["telecom"], body=past),
        BOTH,
        "the duty is towards each: TLP:RED that names one does not keep it from the other",
    )

    def lifted(marking=None, /, about=notice, seconds=-60, **more):
        more["body"] = {"lifted_at": client.rfc3339(seconds), **more.pop("body", {})}
        return example("suspension.lifted", "knb", marking, re=reference(about), **more)

    refused(world, lifted(seconds=-3700), "moment.before", "/body/lifted_at", "before it began")
    part = {"what": {"resources": ["https://tariff.example/"]}}
    reaches(
        world,
        lifted(body=part),
        {name: "suspension.end 488:15, default" for name in ("telecom", "prosecutor")},
        "both learn that a part of it has ended",
    )
    reaches(
        world,
        lifted(),
        {name: "suspension.end 488:15, default" for name in ("telecom", "prosecutor")},
        "and of its end",
    )
    refused(world, lifted(), "precondition.ended", "/re", "what was lifted is not lifted again")
    refused(world, lifted(body=part), "precondition.ended", "/re", "nor in part")
    def accepted(message, name):
        (answer,) = world.raws["knb"].tell(message)
        tap.ok(isinstance(answer, client.Receipt), f"{message['kind']}: {name}", answer)
        return message

    first = accepted(example("suspension.notice", "knb", body=past), "another one")
    ended = accepted(lifted(about=first), "which ends")
    ended = accepted(lifted(about=first, seconds=-50, supersedes=reference(ended)), "when it ended is corrected")
    fixed = accepted(example("suspension.notice", "knb", body=past, supersedes=reference(first)), "so is its notice")
    refused(world, lifted(about=fixed), "precondition.ended", "/re", "which is as lifted as before")
    accepted(lifted(about=fixed, cancels=reference(ended)), "it had not ended")
    accepted(lifted(about=fixed), "and may end once more")
    # it never begins after its end: neither of the two is corrected to say so (suspension.corrected,
    # lifted.suspension)
    early = accepted(example("suspension.notice", "knb", body={"suspended_at": client.rfc3339(-7200)}), "one more")
    partly = accepted(lifted(about=early, seconds=-600, body=part), "a part of it ends")

    LATER = client.rfc3339(-500)

    def begins(seconds):
        body = {"suspended_at": LATER if seconds == -500 else client.rfc3339(seconds)}
        return example("suspension.notice", "knb", body=body, supersedes=reference(early))

    refused(world, begins(-500), "moment.before", "/body/suspended_at", "it did not begin after a part had ended")
    later = {**part, "lifted_at": LATER}
    accepted(lifted(about=early, body=later, supersedes=reference(partly)), "which ended later")
    refused(world, begins(-490), "moment.before", "/body/suspended_at", "nor after that")
    early = accepted(begins(-500), "but at that moment it may have begun")
    ended = accepted(lifted(about=early, seconds=-400), "and all of it ends")
    refused(
        world,
        lifted(about=early, seconds=-510, supersedes=reference(ended)),
        "moment.before",
        "/body/lifted_at",
        "nor did it end before that",
    )
    accepted(lifted(about=early, cancels=reference(ended)), "taken back, its end stands in nobody's way")
    refused(world, begins(-450), "moment.before", "/body/suspended_at", "that of the part does still")
    taken = example("suspension.notice", "knb", body=past)
    world.raws["knb"].tell(taken)
    world.raws["knb"].tell(dict(example("suspension.notice", "knb", body=past), cancels=reference(taken)))
    refused(world, lifted(about=taken), "precondition.withdrawn", "/re", "nor what was taken back")
    other = example("suspension.notice", "knb", body=past)
    world.raws["knb"].tell(other)
    reaches(
        world,
        lifted("TLP:RED", about=other, to=["telecom"]),
        {"telecom": "suspension.end 488:15, default"},
        "which is a default, and passes no marking",
    )
    for field in ("suspended_at", "what", "grounds", "urgency", "in_interest_of", "decided_by", "order"):
        refused(
            world,
            example("suspension.notice", "knb", body={field: None}),
            "doc.schema",
            f"/body/{field}",
            "what paragraph 15 makes of it",
        )
    refused(
        world, example("suspension.notice", "nccis"), "role.kind", "/kind", "only the agencies may"
    )
