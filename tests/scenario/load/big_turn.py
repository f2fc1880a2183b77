#!tests/run
"""Goal: more than one batch's worth at once is written in several, answered in order, and loses nothing."""

import signal

import client
import tap
from world import World


def large():
    """White space is part of a document, and is carried and sealed like the rest of it."""
    abroad = {"cross_border": True, "countries": ["KZ", "KG"]}
    return client.encode(client.notice("isoc-energy", 4, body=abroad)).ljust(990000)


with World(__doc__) as world:
    world.hub.start()
    world.raw()
    sender, other = world.raws["isoc-energy"], world.raws["owner-grid"]
    # Both wait at the stopped hub, so that one turn finds them all.
    world.hub.process.signal(signal.SIGSTOP)
    big = [large() for _ in range(8)]
    small = [client.encode(client.notice("isoc-energy", 0)) for _ in range(300)]
    hashes = [sender.publish([document])[0] for document in big] + sender.publish(small)
    mine = client.notice("owner-grid", 0)
    mine = (mine, other.publish([mine]))
    world.hub.process.signal(signal.SIGCONT)
    answers = sender.answers(hashes)
    tap.ok(
        all(isinstance(answer, client.Receipt) for answer in answers),
        f"{len(big)} megabytes with their alerts, and {len(small)} notices, are all taken",
        [answer for answer in answers if not isinstance(answer, client.Receipt)][:3],
    )
    (answer,) = other.answers(mine[1])
    tap.ok(isinstance(answer, client.Receipt), "and what another node sent meanwhile", answer)
    positions = [answer.position for answer in answers]
    tap.equal(positions, sorted(positions), "in the order in which they were sent")
    got = world.fence()
    documents = [d.document for d in got["nccis"] if d.leaf["author"] == "isoc-energy"]
    tap.ok(documents == big + small, "nccis has every byte of them, in order", len(documents))
    tap.equal(len(got["knb"]), len(big), "and every alert went out")
    tap.equal(len(got["mfa"]), len(big), "and every item for abroad")
