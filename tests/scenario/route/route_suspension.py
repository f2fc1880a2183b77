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
