#!tests/run
"""Goal: `dabyl nodes` tells the Coordination Centre how each node is, and nobody else that it could be asked."""

import json

import client
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.start("nccis", "isoc-energy")
    centre = world.node("nccis")
    world.node("isoc-energy").drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    centre.has_received(1)

    def nodes():
        _, text = world.run("--json", "--node", centre.folder, "nodes", code=None)
        return {node["node"]: node for node in map(json.loads, text.splitlines())}

    found = until(lambda: nodes()["nccis"]["stored"] == 1 and nodes(), "the centre has signed for its message")
    tap.equal(sorted(found), ["isoc-energy", "nccis", "owner-grid"], "every member but the hub is there")
    owner = found["owner-grid"]
    tap.equal(
        (owner["connected"], owner["role"], owner["last"], owner["stored"], "heard" in owner),
        (False, "owner", 1, 0, False),
        "who has not come yet has its message to come",
    )
    tap.ok(found["isoc-energy"]["since"] and found["isoc-energy"]["heard"], "who is here says since when")
    tap.equal(sorted(owner["certificates"]), ["channel", "seal"], "until when certificates are in force")

    code, text = world.run("--node", centre.folder, "nodes", code=None)
    tap.equal(code, 1, "somebody is not connected")
    tap.ok(text.index("owner-grid") < text.index("isoc-energy"), "who is away comes first", text)
    for words in ("not connected", "not heard of since the hub's start", "has not signed for 1 messages"):
        tap.has(text, words, f"in words: {words}")
    world.node("owner-grid").start().connected()
    until(lambda: nodes()["owner-grid"]["stored"] == 1, "the owner has signed for it")
    tap.has(world.run("--node", centre.folder, "nodes"), "connected, since", "then all is well")
    world.node("owner-grid").stop()
    gone = until(lambda: not nodes()["owner-grid"]["connected"] and nodes(), "it is gone again")["owner-grid"]
    tap.ok(gone["heard"], "when it was heard of last is known")

    code, text = world.run("--node", world.node("isoc-energy").folder, "nodes", code=None)
    tap.equal(code, 1, "nobody else is told")
    tap.has(text, "it tells the Coordination Centre alone", "and why")
    (sender,) = world.raw("isoc-energy")
    tap.ok("nodes" not in sender.ask("hub")["topics"], "nor that it could be asked")
    strange = sender.ask("weather")
    tap.equal(sender.ask("nodes"), strange, "the answer is the same")
