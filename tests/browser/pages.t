#!tests/run
"""Goal: every page of the console is for everybody: no fault that axe knows, in the dark and in the light, at twice the size, and nothing outside its own server."""

import browsing
import client
from console import Console
from route import example
from world import World

browsing.ready()
with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "telecom"), officers=("nccis", "knb")) as world:
    world.start("nccis", "isoc-energy", "telecom")
    world.raw("knb", "owner-grid")
    desks = {name: Console(world, world.node(name)).start() for name in ("nccis", "telecom")}
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, summary={"en": "Two substations opened"})
    world.node("isoc-energy").drop(notice)
    world.node("nccis").has_received(1)
    opening = example("exercise.opening", "nccis", body={"exercise": "spring", "opens_at": client.rfc3339(-60)})
    world.node("nccis").drop(opening)
    suspension = example("suspension.notice", "knb", body={"suspended_at": client.rfc3339(-3600)})
    world.raws["knb"].tell(suspension)
    world.node("telecom").has_received(2)
    browsing.Browsing(
        world, link=lambda node, officer: desks[node].link(officer), incident=lambda: notice["id"], opening=lambda: opening["id"],
        suspension=lambda: suspension["id"], hub_stops=lambda: world.hub.stop()
    ).run("pages.js")
