#!tests/run
"""Goal: what a node has is acknowledged at last, in few words, also when hub or node is killed before that was written."""

import client
import entries
import tap
from processes import until
from world import World

SLOW = "timing: { acknowledgement_ms = 1000; };\n"  # so long it waits for a batch that other things are written with


def written(world):
    """The numbers that the journal has acknowledgements of nccis up to."""
    return [
        int(one.document.split(b"\n")[3])
        for one in entries.read(world.hub.path("journal"))
        if one.type == "delivery" and one.author == "nccis"
    ]


def several(numbers):
    """One of them is about more than one message."""
    return any(later > earlier + 1 for earlier, later in zip([0, *numbers], numbers))


def kept(world):
    """The ids in the inbox, by number: what came twice would be there twice."""
    return [message["id"] for message in world.node("nccis").inbox()]


with World(__doc__, ("nccis", "isoc-energy"), settings=SLOW) as world:
    world.hub.start()
    node = world.node("nccis")
    node.start()
    node.connected()
    (sender,) = world.raw("isoc-energy")
    ids = []

    def publish():
        message = client.notice("isoc-energy", 1)
        (answer,) = sender.tell(message)
        if not isinstance(answer, client.Receipt):
            tap.ok(False, "it is taken", answer)
        ids.append(message["id"])

    # A word for several: a stream is published until there is one.
    while len(ids) < 500 and not several(written(world)):
        publish()
    node.has_received(len(ids))
    until(lambda: written(world)[-1:] == [len(ids)], "all of it is acknowledged")
    numbers = written(world)
    tap.ok(len(numbers) < len(ids), f"{len(ids)} messages are acknowledged in fewer words", numbers)
    tap.equal(numbers, sorted(set(numbers)), "each says more than the one before")

    for who, kill in (
        ("the hub", (world.hub,)),
        ("hub and node", (world.hub, node)),
    ):
        for _ in range(50):
            publish()
            node.has_received(len(ids))
            for one in kill:
                one.kill()
            lost = written(world)[-1] < len(ids)
            for one in reversed(kill):
                one.start()
            node.connected()
            sender = world.node("isoc-energy").client().begin(stored=0)
            if lost:
                break
        tap.ok(lost, f"{who}: killed between keeping and the log")
        until(lambda: written(world)[-1] == len(ids), "what was kept is acknowledged, and nothing new came")
        tap.equal(kept(world), ids, "nothing is lost or comes twice")
    world.hub.stop()
    code, text = world.check()
    tap.equal(code, 0, "the independent check finds the journal in order")
    if code:
        tap.note(text)
