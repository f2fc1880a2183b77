#!tests/run
"""Goal: a node that fetches and reads nothing cannot fill the hub's memory, not even on many connections."""

import random
import struct

import client
import tap
from route import example
from world import World

PIECE = 1_000_000
SETTINGS = f"attachments = {{ piece_bytes = {PIECE}; reserve_bytes = 0; }};\n"
PIECES = 50  # many times what libzmq and the kernel take, and fewer than limits.queue_frames

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "authority"), settings=SETTINGS) as world:
    world.hub.start()
    world.raw()
    owner, other = world.raws["owner-grid"], world.raws["isoc-energy"]
    plan = random.Random(3).randbytes(PIECE)
    digest = client.sha(plan)
    file = {"name": "plan.pdf", "size": len(plan), "sha256": digest.hex()}
    owner.tell(example("plan.submission", "owner-grid", body={"file": file}))
    tap.equal(owner.hand_in(plan).type, "attachment", "a large file is handed in")

    # The journal's answers to another node pace it: the hub has had time for each piece.
    deaf = world.node("owner-grid").client(hwm=1).begin()
    world.raws["owner-grid"] = deaf
    for i in range(PIECES):
        deaf.send(bytes((1, client.FETCH)) + digest + struct.pack(">Q", 0))
        for _ in range(5):
            (receipt,) = other.tell(client.message("threat.report", "isoc-energy", {"description": str(i)}))
    tap.ok(isinstance(receipt, client.Receipt), "others are served", receipt)

    # The same node on another connection, while the first one stays as it is.
    second = world.node("owner-grid").client().begin()
    world.raws["owner-grid"] = second
    answer = second.fetch(digest)
    tap.ok(getattr(answer, "code", "") == "rate.limit", "who leaves so much unread is given no more", str(answer)[:200])
    tap.ok(getattr(answer, "retry", False), "for now")
    tap.ok(world.raws["authority"].fetch_all(digest) == plan, "others fetch it")
    (receipt,) = second.tell(client.notice("owner-grid", 2))
    tap.ok(isinstance(receipt, client.Receipt), "and its messages are taken", receipt)
    deaf.close()
    for _ in range(1000):
        other.tell(client.message("threat.report", "isoc-energy", {"description": "time goes by"}))
        answer = second.fetch(digest)
        if isinstance(answer, client.Piece):
            break
    tap.ok(isinstance(answer, client.Piece), "once the first connection is gone it fetches again")
