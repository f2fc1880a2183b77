#!tests/run
"""Goal: a node that did not read its answers in time is asked to begin again, and learns of each; no other waits."""

import time

import client
import tap
from processes import until
from world import World

SETTINGS = "limits: { queue_frames = 16; };\n"

with World(__doc__, ("nccis", "isoc-energy", "owner-grid"), settings=SETTINGS) as world:
    world.hub.start()
    world.raw("nccis", "owner-grid")
    other = world.raws["owner-grid"]
    deaf = world.node("isoc-energy").client(hwm=1).begin()
    good = client.encode(client.notice("isoc-energy", 2))

    # Refusals by the thousand fill its line, and what it is told about the last goes nowhere.
    junk = client.publish_frame(b"no seal", [(n, b"%d" % n) for n in range(1000)])
    (good_hash,) = (client.sha(good),)
    frames = 0

    def full():
        global frames
        frames += 1
        deaf.send(junk)
        deaf.publish([good])
        return "queue is full" in world.hub.process.text()

    until(full, "its queue is full")
    (answer,) = other.tell(client.notice("owner-grid", 2))
    tap.ok(isinstance(answer, client.Receipt), f"{frames} frames unread: others are served", answer)

    # Now it reads.  Whatever it had been told, it is told to begin again.
    kinds, end = set(), time.monotonic() + 60
    while client.RESYNC not in kinds and time.monotonic() < end:
        deaf.send(bytes((1, client.PULSE)))
        kind, _ = deaf.receive(0.05)
        kinds.add(kind)
    tap.ok(client.RESYNC in kinds, "it is asked to begin again", kinds)
    deaf.held.clear()
    deaf.begin()
    (answer,) = deaf.tell(good)
    tap.ok(isinstance(answer, client.Receipt), "and then has its receipt", answer)
    world.raws["isoc-energy"] = deaf
    got = world.fence()
    authors = [d.leaf["author"] for d in got["nccis"]]
    tap.equal(sorted(authors), ["isoc-energy", "owner-grid"], "each message was taken once")
