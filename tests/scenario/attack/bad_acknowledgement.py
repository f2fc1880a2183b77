#!tests/run
"""Goal: an acknowledgement that lies ends its session and leaves nothing in the journal that an auditor would reject."""

import struct

import client
import tap
from world import World


def again(world, stored=0):
    """A new session of the receiver, with everything it missed delivered."""
    return world.node("nccis").client().begin(stored=stored)


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy")
    sender, first = world.raws["isoc-energy"], world.raws["nccis"]
    sender.tell(client.notice("isoc-energy", 2))
    first.take(1)
    early = first.root
    for _ in range(3):
        sender.tell(client.notice("isoc-energy", 2))
    first.take(4)
    stranger = world.node("isoc-energy").seal_key()

    for name, number, options, code in (
        ("a root that no checkpoint had", 4, {"root": bytes(range(32))}, "ack.root"),
        ("a root from before the delivery", 4, {"root": early}, "ack.root"),
        ("a signature by another node", 4, {"key": stranger}, "seal.signature"),
        ("more than was delivered", 4000, {}, "frame.malformed"),
        ("the end of time", 2**64 - 1, {}, "frame.malformed"),
    ):
        liar = world.node("nccis").client()
        sender.tell(client.notice("isoc-energy", 2))
        liar.begin(stored=3, position=first.inbox[3].leaf["position"]).expect(client.DELIVER)
        liar.note, liar.root = first.note, liar.root
        liar.root = client.base64.b64decode(liar.welcome.checkpoint.split(b"\n")[2])
        last = liar.welcome.inbox_last
        liar.acknowledge(last if number == 4 else number, **options)
        tap.equal(liar.bye(), code, f"{name}: the hub says so")

    # What an honest node does that lost its folder, or came back as an old copy.
    back = again(world)
    back.take(back.welcome.inbox_last)
    for number in (1, 3, 2, back.welcome.inbox_last, 1):
        back.acknowledge(number)
        back.quiet()
    tap.ok(True, "numbers that were acknowledged before harm nothing")
    back.send(bytes((1, client.ACK)) + struct.pack(">Q", 0) + back.root + bytes(64))
    back.quiet()
    world.raws["nccis"] = back
    got = world.fence()
    tap.ok(len(got["nccis"]) >= 9, "and the node is served as before", len(got["nccis"]))
    world.hub.stop()
    code, text = world.check()
    tap.equal(code, 0, "the independent check finds the journal in order")
    if code:
        tap.note(text)
