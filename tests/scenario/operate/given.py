#!tests/run
"""Goal: who gives a program the folder or the configuration of another is told what it is, and what to type."""

import sys

import tap
from world import World

with World(__doc__, cast=("nccis",)) as world:
    hub, node = world.hub.folder, world.node("nccis").folder
    hub_conf, node_conf = world.hub.path("hub.conf"), world.node("nccis").path("node.conf")

    def refused(what, program, *words, says):
        for check in ((), ("-n",)):
            text = world.run(*check, *words, program=program, code=2)
            tap.has(text, says, f"{what}, {' '.join((program, *check))}")

    refused("a hub's folder", "dabyl-hub", hub, says=f"takes the configuration in it: dabyl-hub {hub_conf}")
    refused("a node's folder", "dabyl-node", node, says=f"takes the configuration in it: dabyl-node {node_conf}")
    refused("a node's folder", "dabyl-hub", node, says=f"{node} is a folder without a hub.conf")
    refused("a hub's configuration", "dabyl-node", hub_conf, says=f"{hub_conf} is a configuration of dabyl-hub; dabyl-node")
    refused("a node's configuration", "dabyl-hub", node_conf, says=f"{node_conf} is a configuration of dabyl-node; dabyl-hub")
    refused("a node's configuration", "dabyl-web", node_conf, says="dabyl-web takes another, which is called web.conf")

    with open(node_conf, "a", encoding="utf-8") as file:
        file.write('origin = "of/another";\n')
    refused("a node's with a key of a hub's", "dabyl-node", node_conf, says="unknown key 'origin'")

    for given in (hub, hub_conf):
        text = world.run("status", "--node", given, code=2)
        tap.has(text, f"this is a hub's; for the hub type: dabyl hub status {hub}", f"dabyl status --node {given}")
sys.exit(tap.finish())
