#!tests/run
"""Goal: an attachment goes on where it was when the hub is killed in the middle of it, and holds up no notice."""

import os
import random

import client
import tap
from route import example
from world import World

MIB = 1 << 20
SETTINGS = "attachments = { reserve_bytes = 0; };\n"


def pieces(one, data, offset, n):
    """Give so many pieces from an offset on; the offset that the hub has then."""
    digest = client.sha(data)
    for _ in range(n):
        held = one.piece(digest, len(data), offset, data[offset : offset + 65536])
        offset = held.offset
    return offset


with World(__doc__, ("nccis", "owner-grid", "authority"), settings=SETTINGS) as world:
    world.hub.start()
    world.raw()
    plan = random.Random(3).randbytes(6 * MIB + 4321)
    digest = client.sha(plan)
    file = {"name": "plan.pdf", "size": len(plan), "sha256": digest.hex()}
    world.raws["owner-grid"].tell(example("plan.submission", "owner-grid", body={"file": file}))

    # killed again and again: each time it goes on from the last MiB that was flushed
    sent = offset = 0
    for stop in (20, 21, 40):
        owner = world.raws["owner-grid"]
        held = owner.give(digest, len(plan))
        tap.equal(held.offset, max(0, offset - 1) // MIB * MIB, f"after {offset} bytes it goes on at the MiB before")
        before = offset = held.offset
        offset = pieces(owner, plan, offset, stop)
        sent += offset - before
        world.hub.kill()
        world.hub.start()
        world.raw()
    owner = world.raws["owner-grid"]
    held = owner.give(digest, len(plan))
    tap.ok(held.offset >= 3 * MIB, "half of it need not come again", held)
    (coming,) = os.listdir(world.hub.path("attachments", "coming"))
    tap.equal(os.path.getsize(world.hub.path("attachments", "coming", coming)), held.offset, "as the hub's file says")

    # the session ends, and not the hub: nothing at all comes again
    offset = pieces(owner, plan, held.offset, 5)
    owner.close()
    owner = world.raws["owner-grid"] = world.node("owner-grid").client().begin(stored=0)
    tap.equal(owner.give(digest, len(plan)).offset, offset, "a new session goes on where the old one was")

    # notices in between, each with a piece before it that is not answered yet
    position = 0
    for _ in range(5):
        owner.piece(digest, len(plan), offset, plan[offset : offset + 65536], wait=False)
        (receipt,) = owner.tell(client.notice("owner-grid", 2, body={"object": "obj-grid-1"}))
        position = receipt.position
        offset = owner.about(digest).offset
    tap.ok(offset < len(plan), "five notices have their receipts while it is on its way")
    last = owner.hand_in(plan)
    tap.ok(last.type == "attachment" and last.position > position, "it is whole after them", last)
    tap.ok(world.raws["authority"].fetch_all(digest) == plan, "and every byte is right")

    # killed when it is whole and nobody was told so
    second = random.Random(4).randbytes(2 * MIB)
    file = {"name": "annex.pdf", "size": len(second), "sha256": client.sha(second).hex()}
    owner.tell(example("plan.submission", "owner-grid", body={"file": file}))
    owner.hand_in(second, upto=len(second) - 65536)
    owner.piece(client.sha(second), len(second), len(second) - 65536, second[-65536:], wait=False)
    world.hub.kill()
    world.hub.start()
    world.raw()
    receipt = world.raws["owner-grid"].hand_in(second)
    tap.equal(getattr(receipt, "type", receipt), "attachment", "what was whole when the hub was killed is taken")
    tap.ok(world.raws["authority"].fetch_all(client.sha(second)) == second, "and can be fetched")
    tap.ok(world.raws["authority"].fetch_all(digest) == plan, "as what was handed in before")
