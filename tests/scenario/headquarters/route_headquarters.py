#!tests/run
"""Goal: nccis proposes, the Headquarters convenes its members, and tells them when it has finished."""

from route import example, reaches, reference, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "authority", "hq")) as world:
    world.hub.start()
    world.raw()
    MEMBERS = ["knb", "authority", "owner-grid"]
    proposal = reaches(
        world,
        example("headquarters.proposal", "nccis"),
        {"hq": "proposal.headquarters 488:22"},
        "the Headquarters alone",
    )
    reaches(
        world,
        example("headquarters.decision", "hq", re=reference(proposal)),
        {"nccis": "decision.nccis 488:21, 22, default"},
        "nccis, which proposed",
    )
    convening = reaches(
        world,
        example(
            "headquarters.convening",
            "hq",
            re=reference(proposal),
            to=MEMBERS,
            body={"members": MEMBERS},
        ),
        {name: "convening.members 488:18, 20, 21" for name in (*MEMBERS, "nccis")},
        "its members and nccis",
    )
    reaches(
        world,
        example("headquarters.adjournment", "hq", re=reference(convening), to=MEMBERS),
        {name: "adjournment.members 488:18, default" for name in (*MEMBERS, "nccis")},
        "the same",
    )
    for kind, author in (("headquarters.proposal", "hq"), ("headquarters.convening", "nccis")):
        refused(
            world,
            example(kind, author, to=MEMBERS),
            "role.kind",
            "/kind",
            "one proposes, the other decides",
        )
    refused(
        world,
        example("headquarters.convening", "hq", to=[*MEMBERS, "nobody"]),
        "to.unknown",
        "/to/3",
        "who is convened must exist",
    )
    refused(
        world,
        example("headquarters.convening", "hq", to=MEMBERS, body={"head": None}),
        "doc.schema",
        "/body/head",
        "paragraph 20: it has a head",
    )
