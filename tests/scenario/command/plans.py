#!tests/run
"""Goal: `dabyl plans` is the authorised body's register of response plans, and says who owes one."""

import json

import tap
from route import example, reference
from world import CAST, World

cast = {name: CAST[name] for name in ("nccis", "owner-grid", "owner-bank", "authority")}
cast["owner-grid-2"] = CAST["owner-grid"]  # a second node of the same organisation
ALL = [f"8.{n}" for n in range(1, 12)]

with World(__doc__, cast) as world:
    world.start()
    sent = {name: 0 for name in cast}

    def tell(message):
        sent[message["from"]] += 1
        world.node(message["from"]).drop(message)
        world.node(message["from"]).has_sent(sent[message["from"]])
        return message

    def plan(owner, covers=ALL, **more):
        file = {"name": "plan.pdf", "size": 20, "sha256": "ab" * 32}
        return example("plan.submission", owner, body={"covers": covers, "file": file}, **more)

    def register(name):
        code, said = world.run("--node", world.node(name).folder, "plans", "--json", code=None)
        found = [json.loads(line) for line in said.splitlines()]
        return code, [(one["owner"], one["sent"], one.get("missing")) for one in found]

    def text(name):
        return world.run("--node", world.node(name).folder, "plans", code=None)[1]

    nobody = [(name, False, None) for name in ("owner-bank", "owner-grid", "owner-grid-2")]
    tap.equal(register("authority"), (1, nobody), "nobody has sent a plan")
    tap.has(text("authority"), "has sent no plan", "which is said")
    first = tell(plan("owner-grid", ALL[:-2]))
    tap.equal(
        register("authority"),
        (1, [nobody[0], ("owner-grid", True, ["8.10", "8.11"])]),
        "one has: for its organisation, and not of all that paragraph 8 asks",
    )
    tap.has(text("authority"), "does not provide for 8.10, 8.11", "which is said, too")
    second = tell(plan("owner-grid", supersedes=reference(first)))
    tell(plan("owner-bank"))
    whole = [("owner-bank", True, []), ("owner-grid", True, [])]
    tap.equal(register("authority"), (0, whole), "an edition takes the place of the one before")
    tap.equal(register("owner-bank"), (0, whole[:1]), "an owner sees its own")
    tap.equal(register("nccis"), (0, []), "others none")
    tell(plan("owner-grid", cancels=reference(second)))
    tap.equal(register("authority"), (1, whole[:1] + nobody[1:]), "what is taken back is not there")
    world.kill_hub()
    tap.equal(register("authority"), (1, whole[:1] + nobody[1:]), "nor after a kill")
