#!tests/run
"""Goal: a kind of one's own needs a schema, a rule and a seal, and no compiler.

Schema and rule are those that schemas/NEW-KIND.md shows; a running hub takes them at a reload.
"""

import os
import re

import client
import tap
from processes import until
from route import reaches, refused
from world import TOP, World


def page(word):
    """The block of the page that has this word."""
    with open(os.path.join(TOP, "schemas/NEW-KIND.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```\w*\n(.*?)^```$", file.read(), re.S | re.M)
    (found,) = (block for block in blocks if word in block)
    return found


def report(author, **body):
    return client.message(
        "inspection.report", author, {"findings": "Two.", **body}, to=["owner-grid"]
    )


with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "authority"),
    law="a kind of its own",
) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy", "authority", "owner-grid")
    refused(world, report("authority"), "doc.kind", "/kind", "nobody knows the kind")

    before = world.rules()
    # An operational centre may send it too: a role that nodes have a profile of.
    rule = page("inspection.inspected").replace('"authority"', '"authority", "isoc"')
    rules = before.rstrip().removesuffix(");").rstrip() + ",\n" + rule + ");\n"
    world.write_rules(rules)
    line = world.reload()
    tap.ok(
        "law.refused" in line and "inspection.report" in line and "schema" in line,
        "a rule for a kind of which there is no schema is not taken",
        line,
    )
    refused(world, report("authority"), "doc.kind", "/kind", "and nothing has changed")

    schema = world.hub.path("schemas", "inspection.report.json")
    with open(schema, "w", encoding="utf-8") as file:
        file.write(page("inspection.report.json"))
    world.write_rules(before)
    tap.has(world.reload(), "law.reloaded", "a schema alone is taken")
    refused(world, report("authority"), "role.kind", "/kind", "and lets nobody send it")

    world.write_rules(rules)
    world.seal_rules("duty-nccis")  # as an officer does it: `dabyl rules seal` checks them
    tap.has(world.reload(), "law.reloaded", "with rule and seal")
    wanted = {name: "inspection.inspected default" for name in ("owner-grid", "nccis")}
    sent = reaches(world, report("authority"), wanted, "it travels")
    refused(world, report("authority", x=1), "doc.schema", "/body/x", "its schema holds")
    refused(world, report("owner-grid"), "role.kind", "/kind", "its rule holds")
    answer = world.raws["authority"].explain(report("authority"))
    tap.equal(
        {line["node"] for line in answer["receivers"]}, set(wanted), "a node can ask beforehand"
    )

    # From folder to folder, by the daemons that everybody runs.
    for name in ("isoc-energy", "owner-grid"):
        world.raws.pop(name).close()
        world.node(name).start()
    post = report("isoc-energy")
    world.node("isoc-energy").drop(post)
    world.node("isoc-energy").has_sent()
    until(
        lambda: {sent["id"], post["id"]} <= {m["id"] for m in world.node("owner-grid").inbox()},
        "both reports in the owner's inbox",
    )
    tap.ok(True, "nodes send and store it as any other")

    world.hub.kill()
    world.hub.start()
    (again,) = world.node("authority").client().begin().tell(sent)
    tap.has(again.told, "inspection.inspected", "and it is there after a restart")
