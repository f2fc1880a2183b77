#!tests/run
"""Goal: who is not certified, or not any more, does not get past the handshake; others notice nothing."""

import client
import tap
from world import World

NODES = ("nccis", "isoc-energy", "owner-grid", "isoc-bank", "hq")

with World(__doc__, NODES, expired=("hq",)) as world:
    world.revoke("isoc-bank")
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    for name, node in (
        ("an unknown key", world.node("isoc-energy").client(channel=client.ChannelKey())),
        ("a revoked certificate", world.node("isoc-bank").client()),
        ("an expired certificate", world.node("hq").client()),
    ):
        tap.equal(node.handshake(), "refused", f"{name} is refused at the handshake")
    plain = client.Client(world.endpoint, None, world.origin, "isoc-energy", None, None, seconds=5)
    tap.ok(plain.handshake() != "in", "a peer without CURVE is not let in")
    plain.close()
    other = world.node("isoc-energy")
    wrong = client.Client(
        world.endpoint,
        client.ChannelKey().public,
        world.origin,
        "isoc-energy",
        other.channel_key(),
        other.seal_key(),
        seconds=3,
    )
    tap.ok(wrong.handshake() != "in", "a node that expects another hub's key does not get in")
    wrong.close()

    # The name in a hello is only a name.
    liar = world.node("owner-grid").client()
    liar.hello(node="nccis")
    kind, body = liar.expect(client.WELCOME, client.BYE)
    liar.publish([client.advisory("nccis")])
    if kind == client.WELCOME:
        (answer,) = (
            liar.answers([client.sha(b"")]) if False else liar.tell(client.advisory("nccis"))
        )
        tap.equal(
            getattr(answer, "code", answer),
            "from.mismatch",
            "a hello in another's name gains nothing",
        )
    else:
        tap.ok(True, "a hello in another's name is refused")
    world.raws["owner-grid"] = world.node("owner-grid").client().begin()
    got = world.fence()
    tap.equal(
        {name: len(found) for name, found in got.items()},
        {"nccis": 0, "isoc-energy": 0, "owner-grid": 0},
        "and nobody received anything of it",
    )
