#!tests/run
"""Goal: who comes back to a long backlog is told at once which numbers are urgent, and still gets all of it in order."""

import client
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()
    world.raw("isoc-energy")
    sender = world.raws["isoc-energy"]
    levels = [4 if n == 40 else 5 if n == 90 else 1 for n in range(120)]
    urgent = []
    for level in levels:
        notice = client.notice("isoc-energy", level, body={"object": "obj-grid-1"})
        sender.tell(notice)
        if level >= 3:
            urgent.append(notice)
    sender.tell(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, supersedes={"author": "isoc-energy", "id": urgent[0]["id"]}))
    sender.tell(client.notice("isoc-energy", 5, body={"object": "obj-grid-1"}, cancels={"author": "isoc-energy", "id": urgent[1]["id"]}))

    request = client.message("information.request", "isoc-energy", {"questions": ["Is it running?"]}, to=["owner-grid"])
    sender.tell(request)

    (owner,) = world.raw("owner-grid")
    kind, body = owner.expect(client.AHEAD, client.DELIVER)
    tap.equal(kind, client.AHEAD, "it is told ahead of the first delivery")
    more, n = body.number(4), body.number(2)
    told = {body.number(8): body.number(1) for _ in range(n)}
    tap.equal((more, told), (0, {41: 4, 91: 5, 121: 4}), "which numbers, and their levels: a correction too, a withdrawal not")

    duties = owner.ask("duties", {})["duties"]
    tap.equal([(duty["duty"], duty["message"]["id"]) for duty in duties], [("request.answered", request["id"])], "it may ask at once what it owes, also by what is still to come")

    node = world.node("nccis")
    node.start()
    node.process.says("inbox.ahead numbers=")
    tap.ok(True, "a node says so when it is back")
    node.has_received(127)
    with open(node.path("state", "ahead"), "w", encoding="utf-8") as file:
        file.write("3 4\n999 5\n")
    text = world.run("--node", node.folder, "inbox", "--last", "1")
    tap.ok("#999  LEVEL 5  announced" in text and "#3  LEVEL" not in text, "what is announced and not here yet is shown first", text)
    world.kill_hub()
    with open(node.process.log, encoding="utf-8") as file:
        until(lambda: file.seek(0) or file.read().count("link.ready") > 1, "the node is back")
        file.seek(0)
        tap.equal(file.read().count("inbox.ahead numbers"), 1, "what was acknowledged is announced no more, over a restart either")
