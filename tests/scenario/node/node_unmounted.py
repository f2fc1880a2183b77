#!tests/run
"""Goal: a node of which a folder is not mounted does not begin anew, and goes on when it is back."""

import os

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.start()
    author, desk = world.node("isoc-energy"), world.node("nccis")
    author.drop(client.notice("isoc-energy", 2))
    author.has_sent(1)
    desk.has_received(1)
    tap.equal(desk.stop(), 0, "a node that has had something stops")
    for folder in ("inbox", "sent", "state"):
        os.rename(desk.path(folder), desk.path("mounted"))
        for empty in (True, False):
            if empty:
                os.mkdir(desk.path(folder), 0o700)
            how = "empty" if empty else "not there"
            code, text = world.run("-n", desk.path("node.conf"), program="dabyl-node", code=None)
            tap.ok(code == 1 and "mount" in text, f"{folder}/ is {how}: -n says so", text)
            code, text = world.run(desk.path("node.conf"), program="dabyl-node", code=None)
            tap.ok(code == 1 and "mount" in text, f"{folder}/ is {how}: no start", text)
            if os.path.isdir(desk.path(folder)):
                for name in os.listdir(desk.path(folder)):
                    os.remove(desk.path(folder, name))
                os.rmdir(desk.path(folder))
        os.rename(desk.path("mounted"), desk.path(folder))
    desk.start()
    author.drop(client.notice("isoc-energy", 1))
    desk.has_received(2)
    tap.equal(len(desk.names("inbox", ".json")), 2, "with all of them back it goes on")
