#!tests/run
"""Goal: every page of the console is for everybody: no fault that axe knows, in the dark and in the light, at twice the size, and nothing outside its own server."""

import browsing
import client
from console import Console
from world import World

browsing.ready()
with World(__doc__, officers=("nccis",)) as world:
    world.start()
    console = Console(world, world.node("nccis")).start()
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, summary={"en": "Two substations opened"})
    world.node("isoc-energy").drop(notice)
    world.node("nccis").has_received(1)
    browsing.Browsing(
        world, link=lambda node, officer: console.link(officer), incident=lambda: notice["id"]
    ).run("pages.js")
