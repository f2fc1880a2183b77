#!tests/run
"""Goal: deliveries keep to the window, come again until acknowledged, and a range can be asked for again."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    ids = [
        message["id"]
        for message in (client.notice("isoc-energy", 0) for _ in range(12))
        if isinstance(sender.tell(message)[0], client.Receipt)
    ]

    reader = world.node("nccis").client().begin(stored=0, window=5)
    tap.equal(reader.welcome.inbox_last, 12, "the welcome says how many there are")
    reader.take(5, acknowledge=False)
    tap.equal(reader.quiet(), [], "no more than the window until it is acknowledged")
    reader.acknowledge(3)
    reader.take(8, acknowledge=False)
    tap.equal(max(reader.inbox), 8, "three acknowledged, three more")
    third = reader.inbox[3].leaf["position"]
    reader.close()
    world.clients.remove(reader)

    reader = world.node("nccis").client().begin(stored=3, position=third, window=256)
    found = reader.held or None
    reader.inbox = {n: None for n in (1, 2, 3)}
    found = [d for d in reader.take(12, acknowledge=False) if d]
    tap.equal(
        [d.number for d in found],
        list(range(4, 13)),
        "after a reconnect: all from what it has stored, without a gap",
    )
    tap.equal([d.leaf["id"] for d in found], ids[3:], "in the order they were taken")
    reader.again(2, 4)
    for number in (2, 3, 4):
        reader.inbox.pop(number)
    reader.inbox[1] = None
    again = [d for d in reader.take(4, acknowledge=False) if d and d.number in (2, 3, 4)]
    tap.equal([d.leaf["id"] for d in again], ids[1:4], "a range asked for again comes again")
    reader.again(1, 10**15)
    reader.again(50, 60)
    reader.again(9, 2)
    tap.ok(True, "ranges that do not exist")

    reader.acknowledge(12, key=client.SealKey())
    reader.acknowledge(12, root=bytes(32))
    reader.acknowledge(10**9)
    reader.quiet()
    reader.close()
    world.clients.remove(reader)
    reader = world.node("nccis").client().begin(stored=0)
    tap.equal(
        len(reader.take(12)), 12, "false acknowledgements count for nothing: all twelve come again"
    )
    reader.quiet()
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0, "the journal holds no false acknowledgement", text)
