#!tests/run
"""Goal: the pictures that README shows of the console, as the demo's night looks there."""

import os
import sys

import browsing
import client
import demo
from console import Console
from story import Story

LARGEST = 150000  # bytes: the only binaries of the tree stay small
PLACE = os.path.join(browsing.HERE, "pictures")


def notice(world):
    """An incident that calls: at national security nobody has answered yet."""
    words = {"kk": "Диспетчерлік байланыс үзілді", "ru": "Потеряна связь с диспетчерской", "en": "Dispatch centre cannot be reached"}
    sent = client.notice("isoc-energy", 4, body={"object": "obj-grid-1", "description": "Neither telephone nor data."}, summary=words)
    world.node("isoc-energy").drop(sent)


def main():
    browsing.ready()
    world = demo.begin(os.path.abspath(sys.argv[1]))
    try:
        story = Story(world)
        demo.night(story)
        consoles = {name: Console(world, world.node(name)).start() for name in ("knb", "nccis")}
        notice(world)
        os.makedirs(PLACE, exist_ok=True)
        browsing.Browsing(
            world,
            link=lambda node, officer: consoles[node].link(officer),
            incident=lambda: story.incident,
            place=lambda: PLACE,
        ).run("pictures.js")
    finally:
        world.stop()
    sizes = {name: os.path.getsize(os.path.join(PLACE, name)) for name in sorted(os.listdir(PLACE))}
    print(sizes)
    return 0 if len(sizes) == 3 and max(sizes.values()) < LARGEST else 1


if __name__ == "__main__":
    sys.exit(main())
