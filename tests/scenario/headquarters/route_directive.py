#!tests/run
"""Goal: a directive reaches those it names, and their reports the Headquarters."""

from route import example, reaches, reference, refused
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "telecom", "hq"), officers=("hq",)
) as world:
    world.hub.start()
    world.raw()
    MEMBERS = ["owner-grid", "telecom"]
    convening = example("headquarters.convening", "hq", to=MEMBERS, body={"members": MEMBERS})
    world.raws["hq"].tell(convening)
    world.fence()
    directive = reaches(
        world,
        example("headquarters.directive", "hq", re=reference(convening), to=MEMBERS),
        {name: "directive.addressees 488:23" for name in MEMBERS},
        "whom it names",
    )
    for author in MEMBERS:
        reaches(
            world,
            example("directive.report", author, re=reference(directive)),
            {"hq": "directive.reported 488:23, default"},
            "each reports",
        )
    # the tasks of paragraph 23, each by its name
    for purpose in ("order-of-actions", "adjustment", "coordination", "recovery", "investigation"):
        reaches(
            world,
            example("headquarters.directive", "hq", re=reference(convening), to=MEMBERS, body={"purpose": purpose}),
            {name: "directive.addressees 488:23" for name in MEMBERS},
            purpose,
        )
    refused(
        world,
        example("headquarters.directive", "hq", re=reference(convening), to=MEMBERS, body={"purpose": "another"}),
        "doc.schema",
        "/body/purpose",
        "and no other",
    )
    refused(
        world,
        example("directive.report", "isoc-bank", re=reference(directive)),
        "reference.unknown",
        "/re",
        "who had no directive reports on none",
    )
    refused(
        world,
        example("headquarters.directive", "nccis", re=reference(convening), to=MEMBERS),
        "role.kind",
        "/kind",
        "the Headquarters directs",
    )
    refused(
        world,
        example(
            "headquarters.directive", "hq", re=reference(convening), to=MEMBERS, body={"due": None}
        ),
        "doc.schema",
        "/body/due",
        "it says by when",
    )
