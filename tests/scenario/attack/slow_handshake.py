#!tests/run
"""Goal: connections that never finish their handshake are dropped, and cannot keep honest nodes out for good."""

import socket

import client
import tap
from world import World

GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\3\1" + b"CURVE".ljust(20, b"\0") + bytes(32)


def attack(port, said):
    """As many connections as are let in, each saying this much and then nothing."""
    found = []
    for _ in range(64):
        peer = socket.socket()
        peer.settimeout(20)
        try:
            peer.connect(("127.0.0.1", port))
            peer.sendall(said)
        except OSError:
            peer.close()
            continue
        found.append(peer)
    return found


def dropped(peer):
    """Whether the hub ended it: it says nothing but its greeting before it does."""
    try:
        while peer.recv(4096):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


SETTINGS = "limits: { connections = 8; };\ntiming: { handshake_ms = 300; };\n"

with World(__doc__, ("nccis", "isoc-energy", "isoc-bank"), settings=SETTINGS) as world:
    world.hub.start()
    world.raw("isoc-energy", "nccis")
    sender = world.raws["isoc-energy"]
    for name, said in (
        ("that say nothing", b""),
        ("that stop within the greeting", GREETING[:11]),
        ("that stop after the greeting", GREETING),
        ("with half a command", GREETING + b"\4\xc8\5HELLO" + bytes(50)),
    ):
        peers = attack(world.port, said)
        (answer,) = sender.tell(client.notice("isoc-energy", 2))
        tap.ok(isinstance(answer, client.Receipt), f"connections {name}: others are served", answer)
        tap.ok(all(dropped(peer) for peer in peers), f"all {len(peers)} are dropped")
        late = world.node("isoc-bank").client().begin()
        tap.ok(late.welcome, "a node that comes now is let in")
        late.close()
    got = world.fence()
    tap.equal(len(got["nccis"]), 4, "nothing was lost")
