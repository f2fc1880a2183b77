#!tests/run
"""Goal: no receipt and no delivery leaves the hub before the flush that makes its entries durable.

And no snapshot has its name before all that it knows of is flushed.
"""

import client
import order
import tap
from world import World

COUNT = 240

with World(__doc__, settings="cache = { snapshot_entries = 20; bytes = 65536; };\n") as world:
    log = world.path("order.log")
    world.hub.process.env = order.preload(log=log)
    world.start("isoc-energy", "owner-grid", "nccis")
    for n in range(COUNT):
        world.node("isoc-energy").drop(
            client.notice("isoc-energy", n % 6, body={"object": "obj-grid-1"})
        )
        if n % 20 == 19:
            world.node("isoc-energy").has_sent(n + 1)
    world.node("nccis").has_received(COUNT + COUNT // 2)  # and the alerts of levels 3, 4 and 5
    world.node("owner-grid").has_received(COUNT)
    world.hub.stop()

    durable, early, hasty, counts = 0, [], [], {}
    runs, gone, kept = {}, set(), []
    for event, size in order.events(log):
        counts[event] = counts.get(event, 0) + 1
        if event == "durable":
            durable = size
        elif event in ("receipt", "deliver") and size > durable or event == "early":
            early.append((event, size, durable))
        elif event == "hasty":
            hasty.append(size)
        elif event == "run":
            runs[size] = len(kept)  # snapshots before
        elif event == "gone":
            gone.add(size)
        elif event == "kept":
            kept.append(size)
    tap.ok(counts.get("durable", 0) > 3, "flushes were seen", counts)
    tap.ok(counts.get("receipt", 0) > 2, "receipts were seen", counts)
    tap.ok(counts.get("deliver", 0) > 5, "deliveries were seen", counts)
    tap.equal(counts.get("append"), counts.get("durable"), "every batch written was flushed")
    tap.equal(early, [], "nothing left before its flush had returned")
    known = world.hub.runs()
    tap.ok(len(kept) > 3, f"snapshots were seen, and {len(runs)} sorted files", counts)
    tap.equal(hasty, [], "none was written before what it knows of was flushed, nor named before itself")
    tap.equal(kept, sorted(kept), "each knows as much as the one before")
    tap.ok(known, f"the last one knows of sorted files: {known}")
    tap.ok(all(runs.get(run, len(kept)) < len(kept) for run in known), "and those had been flushed before", runs)
    tap.ok(not gone & set(known), "and are there", gone)
