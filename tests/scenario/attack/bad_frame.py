#!tests/run
"""Goal: garbage on the wire harms only its sender."""

import random
import socket
import struct

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    source = random.Random(7)

    # Before any handshake: bytes that are no ZMTP, half a greeting, silence.
    plain = []
    for data in (
        b"GET / HTTP/1.1\r\n\r\n",
        source.randbytes(5000),
        b"\xff" + bytes(8) + b"\x7f",
        b"\xff",
    ):
        peer = socket.create_connection(("127.0.0.1", world.port))
        peer.sendall(data)
        plain.append(peer)
    sender = world.raws["isoc-energy"]
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(
        isinstance(answer, client.Receipt),
        "garbage before the handshake: others are served",
        answer,
    )

    # A peer that never says hello is told to.
    bad = world.node("isoc-bank").client()
    bad.send(client.publish_frame(b"", []))
    tap.equal(
        bad.expect(client.RESYNC)[0],
        client.RESYNC,
        "a publish without a hello is answered with RESYNC",
    )

    # After a good hello: frames of every wrong shape.
    good = client.encode(client.notice("isoc-bank", 2))
    frame = client.publish_frame(client.seal_head(world.origin, [good], [bad.seal]), [(0, good)])
    wrong = [
        b"",
        b"\1",
        b"\2\3",
        bytes((1, 99)),
        bytes((1, client.PUBLISH)),
        frame[:-1],
        frame + b"\0",
        bytes((1, client.PUBLISH)) + struct.pack(">H", 65535),
        frame.replace(struct.pack(">HHI", 1, 0, 0), struct.pack(">HHI", 1, 9, 0)),  # a head that is not there
        frame.replace(struct.pack(">HHI", 1, 0, 0), struct.pack(">HHI", 1, 0, 1 << 16)),
        client.publish_frame(b"idle", []),
        client.publish_frame(b"twice", [(1, good), (1, good)]),
        client.publish_frame(b"backwards", [(2, good), (1, good)]),
        client.publish_frame(b"ragged", [(0, good)], bytes(33)),
        bytes((1, client.ACK)) + bytes(20),
        bytes((1, client.AGAIN)) + b"\xff" * 16,
        bytes((1, client.EXPLAIN)),
        bytes((1, client.HELLO)) + b"\xff\xff",
        bytes((1, client.WELCOME)) + bytes(60),
        bytes((1, client.DELIVER)) + bytes(60),
    ]
    wrong += [frame[: source.randrange(len(frame))] for _ in range(40)]
    wrong += [
        bytes((1, source.randrange(256))) + source.randbytes(source.randrange(300))
        for _ in range(100)
    ]
    for bits in range(60):
        changed = bytearray(frame)
        changed[source.randrange(200)] ^= 1 << source.randrange(8)
        wrong.append(bytes(changed))
    said = set()
    for data in wrong:
        bad.send(data)
    bad.close()

    # It may come back and be an honest node again.
    again = world.node("isoc-bank").client().begin()
    (answer,) = again.tell(good)
    tap.ok(
        isinstance(answer, client.Receipt),
        f"after {len(wrong)} wrong frames a new hello is welcome",
        answer,
    )

    # A frame past the limit ends that connection and no other.
    huge = world.node("isoc-bank").client().begin()
    huge.send(bytes((1, client.PUBLISH)) + bytes(8 << 20))
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "a frame past the limit: others are served", answer)
    got = world.fence()
    tap.equal(
        [d.leaf["author"] for d in got["nccis"]],
        ["isoc-energy", "isoc-bank", "isoc-energy"],
        "nccis had the three good messages and nothing else",
    )
    tap.equal(got["owner-grid"], [], "the owner noticed nothing")
    for peer in plain:
        peer.close()
