#!tests/run
"""Goal: a crowd that comes back at the same moment is let in whole, and nobody at work waits for it.

CROWD=1000 tests/scenario/crowd.py is the long one; a hundred will do every day.
"""

import os
import zmq

import client
import tap
from world import World

CROWD = int(os.environ.get("CROWD", "100"))
zmq.Context.instance().max_sockets = 4 * CROWD + 100

with World(__doc__, ("nccis", "isoc-energy")) as world:
    names = [f"partner-{n:04}" for n in range(CROWD)]
    for name in names:
        world.enrol(name, "partner", "CERT-X")
    world.hub.start()
    worker, desk = (world.node(name).client() for name in ("isoc-energy", "nccis"))
    crowd = [world.node(name).client() for name in names]
    everybody = [worker, desk, *crowd]

    def come():
        """All handshakes are under way; nobody waits for another."""
        for one in everybody:
            while one.handshake() != "in":  # the hub was just dying
                pass
            one.hello(stored=max(one.inbox, default=0))
        for one in everybody:
            kind = client.RESYNC
            while kind == client.RESYNC:
                kind, _ = one.expect(client.WELCOME, client.RESYNC)
                if kind == client.RESYNC:
                    one.hello(stored=max(one.inbox, default=0))
        return len(everybody)

    def warn():
        (answer,) = desk.tell(client.advisory("nccis"))
        return isinstance(answer, client.Receipt)

    tap.equal(come(), CROWD + 2, "all are welcomed")
    tap.ok(warn(), "an advisory is taken")
    for one in crowd:
        one.take(1)
    tap.ok(True, "and everybody has it")

    for again in range(2):
        world.hub.kill()
        world.hub.start()
        tap.equal(come(), CROWD + 2, f"all are back after kill {again + 1}")
        notices = [client.notice("isoc-energy", 1) for _ in range(20)]
        answers = [answer for notice in notices for answer in worker.tell(notice)]
        tap.ok(
            all(isinstance(answer, client.Receipt) for answer in answers),
            "who is at work has receipts",
            answers,
        )
        tap.ok(warn(), "an advisory is taken")
        for one in crowd:
            one.take(2 + again)
        tap.equal(
            {max(one.inbox) for one in crowd}, {2 + again}, "everybody has it, and nothing twice"
        )
