#!tests/run
"""Goal: messages whose decisions read much are decided over several turns, and nobody waits for all of them."""

import collections
import signal

import client
import entries
import tap
from world import World

LARGE, MESSAGES = 990000, 30
DECIDE_WORK = 16 << 20  # of hub/hub.c


def correction(notice):
    """Small itself; whether it may take the notice's place is read from that one."""
    return client.notice("isoc-energy", 1, supersedes={"author": "isoc-energy", "id": notice["id"]})


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    notices = [client.notice("isoc-energy", 1) for _ in range(MESSAGES)]
    for notice in notices:
        sender.tell(client.encode(notice).ljust(LARGE))
    # All of them wait at the stopped hub, so that one turn finds them.
    world.hub.process.signal(signal.SIGSTOP)
    hashes = sender.publish([correction(notice) for notice in notices])
    world.hub.process.signal(signal.SIGCONT)
    answers = sender.answers(hashes)
    good = [answer for answer in answers if isinstance(answer, client.Receipt)]
    tap.equal(len(good), MESSAGES, "corrections of large notices are taken, whatever they cost")
    positions = [answer.position for answer in good]
    tap.equal(positions, sorted(positions), "in the order in which they were sent")
    world.hub.stop()
    batches = collections.Counter(
        one.batch
        for one in entries.read(world.hub.path("journal"))
        if one.position in positions
    )
    # Each reads its notice at least once; the one that goes over the bound is decided still.
    most = DECIDE_WORK // LARGE + 1
    tap.ok(max(batches.values()) <= most, f"at most {most} of them are decided in one turn", batches)
