#!/usr/bin/python3
"""Goal: a claimed routing id takes over nothing: a session is a routing id and a key, on every frame."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import client  # noqa: E402
import tap  # noqa: E402
from world import World  # noqa: E402

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.hub.start()
    victim = world.node("isoc-energy").client(routing_id=b"the-same-name").begin()
    world.raws.update({"isoc-energy": victim})
    world.raw("nccis", "owner-grid")
    thief = world.node("isoc-bank").client(routing_id=b"the-same-name")
    thief.hello()
    (answer,) = victim.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "the session that had the id first goes on", answer)
    victim.close()
    world.clients.remove(victim)

    # The name is free now: whoever has it must still say hello, and is only who its key says.
    third = world.node("isoc-bank").client(routing_id=b"the-same-name")
    third.send(client.publish_frame(b"", []))
    tap.equal(
        third.expect(client.RESYNC, client.WELCOME)[0],
        client.RESYNC,
        "a freed id comes with no session",
    )
    for wild in (b"\0\0\0\0\1", b"x" * 255, bytes(range(1, 200))):
        other = world.node("owner-grid").client(routing_id=wild)
        if wild[0] == 0:
            continue  # libzmq itself refuses to set one that begins with zero
        other.begin()
        tap.ok(other.welcome, f"an id of {len(wild)} bytes harms nobody")
    world.raws["owner-grid"] = other
    world.raws["isoc-energy"] = world.node("isoc-energy").client().begin()
    got = world.fence()
    tap.equal(
        [d.leaf["author"] for d in got["nccis"]], ["isoc-energy"], "nccis had the one message"
    )
