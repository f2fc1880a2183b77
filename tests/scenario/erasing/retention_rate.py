#!tests/run
"""Goal: when ages are set over a log of many old messages they go little by little, and the exchange goes on meanwhile."""

import client
import tap
from processes import until
from retained import advisory, configure, erasures, kind, on_disk, reaches, signed, step, under_a_clock
from world import World

OLD, AT_ONCE = 150, 10

with World(__doc__, ("nccis", "isoc-energy")) as world:
    under_a_clock(world)
    world.hub.start()
    world.node("isoc-energy").start()
    raw = world.node("nccis").client().begin(stored=0)
    signed(world, [advisory(raw) for _ in range(OLD)][-1])
    world.hub.stop()
    step(world, 3)
    world.hub.start()

    configure(world, ("advisory 2",), more="pause_minutes = 0; a_minute = 600;")
    world.run("hub", "reload", world.hub.folder)
    told = until(lambda: found if (found := kind(world, "advisory"))["gone"] > 0 else None, "the first have gone")
    tap.ok(0 < told["gone"] < OLD and on_disk(world) > 0, "not all of them at once", told)
    raw = world.node("nccis").client().begin(stored=0)
    answers = [answer for _ in range(20) for answer in raw.tell(client.advisory("nccis"))]
    tap.ok(all(isinstance(one, client.Receipt) for one in answers), "meanwhile messages have their receipts")
    reaches(world, "advisory", due=0, gone=OLD)
    tap.equal((on_disk(world), len(erasures(world))), (0, OLD), "in the end all that is old is gone, and nothing else")
    batches = [one.batch for one in erasures(world)]
    most = max(batches.count(batch) for batch in set(batches))
    tap.ok(most <= AT_ONCE, f"of one batch {most} go, and {AT_ONCE} at most")
    tap.ok(len(set(batches)) >= OLD / AT_ONCE, "each of a second of its own")
