#!tests/run
"""Goal: a node knows the law in force from the hub's log, learns of a new one, and keeps what it knows while the hub is away."""

import base64
import json

import client
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy"), law="a rule less, to have two laws") as world:
    world.start("isoc-energy")
    centre = world.node("isoc-energy")

    def known():
        try:
            with open(centre.path("state", "law.json"), encoding="utf-8") as file:
                return json.load(file)["entries"]
        except FileNotFoundError:
            return None

    def of_type(name, entries):
        leaves = [(client.parse_leaf(base64.b64decode(e["leaf"])), e["document"]) for e in entries]
        return [document for leaf, document in leaves if leaf["type"] == name]

    def rules(entries):
        (one,) = of_type("rules", entries)
        return one

    first = until(known, "the node has a copy of the law")
    tap.equal(rules(first), world.packs(), "word by word the one that was sealed")
    tap.ok(of_type("schemas", first), "and the schemas")

    world.drop_rules("threat.isoc")
    world.seal_rules("duty-nccis")
    tap.has(world.reload(), "law.reloaded", "another law comes into force")
    world.kill_hub()
    until(lambda: rules(known()) == world.packs(), "the copy is the new law")
    tap.ok(True, "a new session learns of it")

    world.hub.kill()
    centre.kill()
    centre.start(wait=False)
    until(lambda: "node.ready" in centre.process.text(), "the node runs")
    tap.equal(rules(known()), world.packs(), "without a hub it keeps what it knew")
    with open(centre.path("state", "law.json"), encoding="utf-8") as file:
        text = file.read()
    with open(centre.path("state", "law.json"), "w", encoding="utf-8") as file:
        file.write(text.replace("information.request", "information.demand"))
    centre.kill()
    world.hub.start()
    centre.start()
    centre.connected()
    until(lambda: rules(known()) == world.packs(), "a copy that is not the log's is replaced")
    tap.ok(True, "a copy that somebody changed counts for nothing")
