#!tests/run
"""Goal: a reply, report or update is about what it answers, and about nothing else."""

import client
import tap
from route import example, reference, refused
from world import World

# kind, author, the field that refers, the rule, the paragraph it cites
ANSWERS = (
    ("incident.update", "owner-grid", "incident", "update.incident", "8.5"),
    ("incident.closure", "owner-grid", "incident", "closure.incident", "8.5"),
    ("information.reply", "owner-grid", "re", "reply.request", "6, 8.3"),
    ("recovery.report", "owner-grid", "re", "recovery.recommendation", "12, default"),
    ("response.report", "owner-grid", "re", "report.task", "19, default"),
    ("suspension.lifted", "knb", "re", "lifted.suspension", "15, default"),
    ("crossborder.position", "mfa", "re", "position.measure", "17"),
)

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "mfa")) as world:
    world.hub.start()
    world.raw()
    other = client.advisory("nccis")
    world.raws["nccis"].tell(other)
    for kind, author, field, rule, cites in ANSWERS:
        message = example(kind, author, **{field: reference(other)})
        answer = refused(
            world, message, "reference.kind", "/" + field, "an advisory is not what it answers"
        )
        tap.equal(answer.by, rule, "by the rule that says so")
        tap.has(answer.text, f"paragraph 488:{cites}: ", "which cites its paragraph")
