#!tests/run
"""Goal: what a message says is text in every page, whatever it says; and a browser's clock that is an hour off changes nothing of what is owed by when."""

import browsing
import client
from console import Console
from world import World

browsing.ready()
MARK = "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>\u202egnp.exe\u2066 \u200b"

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    consoles = {name: Console(world, world.node(name)).start() for name in ("knb", "nccis")}
    body = {"object": "obj-grid-1", "description": MARK, "measures": [MARK], "countries": [MARK[:60]]}
    notice = client.notice("isoc-energy", 4, body=body, summary={tongue: MARK for tongue in ("kk", "ru", "en")})
    world.node("isoc-energy").drop(notice)
    for name in consoles:
        world.node(name).has_received(1)
    browsing.Browsing(
        world, link=lambda node, officer: consoles[node].link(officer), notice=lambda: notice["id"], mark=lambda: MARK
    ).run("harm.js")
