#!tests/run
"""Goal: what a hub delivers against its own log's word is not taken nor signed for, and the node's status says so until it is gone."""

import json
import os
import shutil

import client
import entries
import forge
import tap
from world import ORIGIN, World

RECORD = b"dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\nrules %d\ndeliver nccis notice.nccis sender 8.3\n"


def signed_for(world, node):
    """The highest number that the node has signed for, by the journal."""
    return max(
        (
            int(entry.document.decode().split("\n")[3])
            for entry in entries.read(world.hub.path("journal"))
            if entry.type == "delivery" and entry.author == node
        ),
        default=0,
    )


def cases():
    """Name, what the leaf says (kind, id), the document, and what the status names."""
    notice = client.notice("isoc-energy", 4)
    yield "another kind", "advisory", notice["id"], client.encode(notice), "/kind 'incident.notice'"
    notice, other = client.notice("isoc-energy", 4), client.uuid7()
    yield "another id", "incident.notice", other, client.encode(notice), f"/id '{notice['id']}'"
    notice = client.notice("owner-grid", 4)
    yield "another author", "incident.notice", notice["id"], client.encode(notice), "/from 'owner-grid'"
    yield "no JSON", "incident.notice", client.uuid7(), b"level 4, no JSON", "not one JSON object"


def put(source, place):
    """A copy of a file or folder, instead of what is there."""
    if os.path.isdir(place):
        shutil.rmtree(place)
    (shutil.copytree if os.path.isdir(source) else shutil.copyfile)(source, place)


def status(world, node, *more):
    return world.run("status", "--node", node.folder, *more, code=None)


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()
    node = world.node("nccis").start()
    one = world.node("isoc-energy").client().begin(stored=0)
    one.tell(client.notice("isoc-energy", 0))
    one.close()
    node.has_received(1)
    tap.equal(status(world, node)[0], 0, "all is well before")
    node.stop()
    world.hub.stop()
    journal = world.hub.path("journal")
    # What goes back with a hub that was never dishonest.
    places = [node.path("inbox"), node.path("state"), *map(world.hub.path, ("journal", "state", "log.mark"))]
    places = [place for place in places if os.path.exists(place)]
    kept = [(place, world.path(f"kept-{i}")) for i, place in enumerate(places)]
    for place, copy in kept:
        put(place, copy)
    rules = next(e.position for e in entries.read(journal) if e.type == "rules")

    honest = list(world.hub.process.command)
    for case, kind, ident, document, words in cases():
        seal = forge.under(ORIGIN, document, world.node("isoc-energy").seal_key())
        leaf = ("message", kind, "isoc-energy", ident)
        forge.append(journal, [(leaf, document, seal, RECORD % rules)])
        world.hub.process.command = [world.program("tools/careless_hub"), *honest[1:]]
        world.hub.start()
        for which in ("first", "second"):
            node.start(wait=False).process.says("delivery.contradicts")
            code, text = status(world, node)
            wanted = ("WRONG", "nothing of this is taken or acknowledged", "delivery 2 contradicts itself", words)
            tap.ok(
                code == 1 and all(word in text for word in wanted),
                f"{case}: after the {which} start the status is red and says why",
                f"{code} {text}",
            )
            answer = json.loads(status(world, node, "--json")[1])
            tap.has(answer["hub"]["contradiction"], words, "for programs, too")
            tap.equal(len(node.names("inbox", ".json")), 1, "it is not in the inbox")
            tap.equal(node.stop(), 0, "and the node stops in peace")
        world.hub.stop()
        tap.equal(signed_for(world, "nccis"), 1, "it has signed for the first alone")
        for place, copy in kept:
            put(copy, place)

    # Of the honest log as it was before.
    world.hub.process.command = honest
    world.hub.start()
    node.start()
    one = world.node("isoc-energy").client().begin(stored=0)
    one.tell(client.notice("isoc-energy", 4))
    node.has_received(2)
    code, text = status(world, node)
    tap.ok(code == 0 and "WRONG" not in text, "an honest hub leaves nothing of it", text)
    one.close()
