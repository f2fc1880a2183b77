#!tests/run
"""Goal: a successor takes over a log with what was erased in it: gone there, and explained there, however it is interrupted."""

import os
import shutil

import client
import entries
import order
import tap
from processes import until
from route import example
from succeed import Successor
from world import World

SECRET = b"the-words-that-have-to-go"


def found(folder):
    """How often the words stand there."""
    count = 0
    for top, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(top, name), "rb") as file:
                count += file.read().count(SECRET)
    return count


def read(path):
    with open(path, "rb") as file:
        return file.read()


def erase(world, name):
    words = ("hub", "erase", name, "--hub", world.hub.folder)
    until(lambda: world.run(*words, "--look", code=None)[0] == 0, "signed for")
    world.run(*words, "--reason", "a court")


def verified(world, hub, erased):
    text = world.run("verify", "--journal", hub.path("journal"), "--vkey", hub.path("vkey"), "--torn")
    tap.ok(f"{erased} documents erased" in text, "and who verifies is told what is gone", text)


def number(hub, kind):
    return [e for e in entries.read(hub.path("journal")) if e.type == kind]


with World(__doc__, ("nccis", "isoc-energy")) as world:
    node = world.node("isoc-energy")
    world.start("isoc-energy")
    raw = world.node("nccis").client().begin(stored=0)
    letters = [client.advisory("nccis", body={"actions": [SECRET.decode()]}) for _ in range(3)]
    raw.tell(*letters)
    file = SECRET * 50
    named = {"name": "advisory.p7s", "size": len(file), "sha256": client.sha(file).hex()}
    signature = example("signature", "nccis", body={"file": named}, re={"author": "nccis", "id": letters[2]["id"]})
    raw.tell(signature)
    raw.hand_in(file)
    segment = ("segments", f"{0:020}.seg")
    old = read(world.hub.path("journal", *segment)).rstrip(b"\0")
    erase(world, letters[0]["id"])
    erase(world, signature["id"])
    raw.tell(client.advisory("nccis"))
    raw.close()
    world.clients.remove(raw)
    until(lambda: len(node.inbox()) == 5, "delivered")
    node.stop()
    world.hub.stop()
    first = world.hub
    copy = world.path("copy")
    shutil.copytree(first.path("journal"), copy)
    new = read(os.path.join(copy, *segment))
    tap.equal(found(copy), 2, "what was erased is gone from the copy")
    with open(os.path.join(copy, *segment), "wb") as out:
        out.write(old + new[len(old) :])
    tap.equal(found(copy), 3, "or ordered, and not done yet")

    world.hub = hub = Successor(world, 2).build(first, first.path("journal", "checkpoint"), copy)
    os.makedirs(hub.path("attachments", "whole"))
    with open(hub.path("attachments", "whole", named["sha256"]), "wb") as out:
        out.write(file)  # as of an older backup
    for flush in range(1, 4):  # killed in the middle of taking over, each time a little later
        hub.process.env = order.preload(kill=f"flush {flush}")
        hub.start(wait=False)
        until(lambda: not hub.process.running() or "hub.ready" in hub.process.text(), "killed")
        hub.kill()
    hub.process.env = None
    hub.start()
    tap.equal(len(number(hub, "former.erasure")), 2, "what was ordered is taken over")
    tap.equal(found(hub.path("journal")), 2, "and nothing of it is there")
    tap.equal(os.listdir(hub.path("attachments", "whole")), [], "nor its file")
    verified(world, hub, 2)
    hub.hand_over(node)
    node.start().connected()
    tap.equal(len(node.inbox()), 0, "the node goes over, and has nothing a second time")
    code, text = world.check("--torn")
    tap.ok(code == 0, "an independent check finds the log good", text)

    tap.note("The copy has what is gone already, and the log goes on once more.")
    node.stop()
    hub.stop()
    third = Successor(world, 3).build(hub, hub.path("journal", "checkpoint"), hub.path("journal"))
    world.hub = third
    third.start()
    tap.equal(found(third.path("journal")), 2, "it is gone there, too")
    verified(world, third, 2)
