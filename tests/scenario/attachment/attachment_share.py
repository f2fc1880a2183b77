#!tests/run
"""Goal: an author has its share of the room for attachments, over restarts too, and nobody else has less for it."""

import json
import random

import client
import tap
from route import example
from world import World

SETTINGS = """attachments = { bytes = 1000000L; node_bytes = 2000000L; total_bytes = 8000000L;
    reserve_bytes = 0; };
"""
SIZE = 900_000
RANDOM = random.Random(4)


def name(author, data):
    """The author says that there is such a file."""
    file = {"name": "plan.pdf", "size": len(data), "sha256": client.sha(data).hex()}
    (receipt,) = author.tell(example("plan.submission", author.node, body={"file": file}))
    return isinstance(receipt, client.Receipt)


with World(__doc__, ("nccis", "owner-grid", "owner-bank", "authority"), settings=SETTINGS) as world:
    world.hub.start()
    world.raw("owner-grid", "owner-bank")
    for start in range(2):
        greedy, other = world.raws["owner-grid"], world.raws["owner-bank"]
        files = [RANDOM.randbytes(SIZE) for _ in range(4)]
        for data in files:
            name(greedy, data)
        if start == 0:
            tap.equal(greedy.hand_in(files[0]).type, "attachment", "one file is handed in")
            held = greedy.give(client.sha(files[1]), SIZE)
            greedy.piece(client.sha(files[1]), SIZE, 0, files[1][: held.piece])
            tap.equal(greedy.hand_in(files[1]).type, "attachment", "another is begun, and handed in")
        answer = greedy.give(client.sha(files[2]), SIZE)
        tap.equal((answer.code, answer.by), ("disk.full", "attachments.node_bytes"), "a third is too much for its share")
        tap.ok(answer.retry, "for now")
        mine = RANDOM.randbytes(SIZE)
        name(other, mine)
        tap.equal(other.hand_in(mine).type, "attachment", "another author has room")
        status = json.loads(world.run("--json", "hub", "status", world.hub.folder))
        tap.ok(status["limits"].get("attachments.node_bytes"), "the status counts it", status["limits"])
        line = world.hub.process.says("limit.reached limit=attachments.node_bytes")
        tap.has(line, "last=owner-grid", "the log says who has its share")
        if start == 0:
            world.hub.stop()
            world.hub.start()
            world.raw("owner-grid", "owner-bank")
