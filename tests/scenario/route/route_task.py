#!tests/run
"""Goal: tasks of the primary response go to those nccis names, and their reports to nccis."""

import tap
from route import example, reaches, reference, refused
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "service", "media")
) as world:
    world.hub.start()
    world.raw()
    task = reaches(
        world,
        example("response.task", "nccis", to=["owner-grid", "service", "media"]),
        {"owner-grid": "task.addressees 488:19", "service": "task.others 488:19, default"},
        "the owners of whose forces paragraph 19 speaks, and by default others",
    )
    (receipt,) = world.raws["nccis"].tell(example("response.task", "nccis", to=["media"]))
    tap.has(receipt.told, "remark to.unreached", "naming somebody who may not have it is remarked")
    world.fence()
    for author in ("owner-grid", "service"):
        reaches(
            world,
            example("response.report", author, re=reference(task)),
            {"nccis": "task.report 488:19, default"},
            "each reports",
        )
    refused(
        world,
        example("response.report", "isoc-bank", re=reference(task)),
        "reference.unknown",
        "/re",
        "who had no task reports on none",
    )
    refused(
        world,
        example("response.task", "isoc-energy", to=["owner-grid"]),
        "role.kind",
        "/kind",
        "nccis conducts the primary response",
    )
