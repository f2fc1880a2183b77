#!tests/run
"""Goal: no key and no address holds all connections; who is put out is really out; log and status say which limit was reached."""

import json
import socket

import client
import tap
import zmtp
from processes import until
from world import World

CONNECTIONS, PLACES, HANDSHAKES = 64, 8, 20
SETTINGS = (
    f"limits: {{ connections = {CONNECTIONS}; node_connections = {PLACES};"
    f" address_handshakes = {HANDSHAKES}; }};\n"
    "timing: { hello_ms = 2000; handshake_ms = 8000; };\n"
)
PULSE = bytes((1, client.PULSE))


def come(world, name, says=None):
    """A connection with this node's key, or None when it is not let in."""
    peer = zmtp.Client(world.port, world.hub_key(), world.node(name).channel_key())
    try:
        peer.come_in()
        if says:
            peer.send(peer.message(says))
    except zmtp.Refused:
        peer.close()
        return None
    return peer


def crowd(world, name, n, says=None):
    return [peer for peer in (come(world, name, says) for _ in range(n)) if peer]


def lines(peers):
    return [peer.line for peer in peers]


def leave(peers):
    for peer in peers:
        peer.close()


def served(world, when):
    one = world.node("knb").client().begin()
    tap.ok(one.welcome, f"{when}: another node gets in")
    one.close()


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "knb"), settings=SETTINGS) as world:
    world.hub.start()
    (sender,) = world.raw("isoc-energy")

    silent = crowd(world, "isoc-bank", 40)
    tap.ok(len(silent) <= PLACES, f"of 40 silent connections of one key {len(silent)} are let in")
    served(world, "a key's places are taken by silent ones")
    until(lambda: not zmtp.alive(lines(silent)), "they are ended")
    tap.ok(True, "who says nothing is put out")
    leave(silent)

    loud = crowd(world, "isoc-bank", 40, PULSE)
    until(lambda: len(zmtp.alive(lines(loud))) <= PLACES, "its oldest make place for its newest")
    here = zmtp.alive(lines(loud))
    tap.ok(0 < len(here) <= PLACES, f"of 40 that speak {len(here)} stay")
    tap.ok(loud[-1].line in here, "the newest of them")
    served(world, "a key's places are taken by loud ones")

    world.revoke("isoc-bank")
    tap.ok("law.reloaded" in world.reload(), "the key is revoked")
    until(lambda: not zmtp.alive(lines(loud)), "all its connections are ended")
    tap.ok(True, "who is revoked is put out, session or not")
    leave(loud)

    strangers = [socket.create_connection(("127.0.0.1", world.port), 20) for _ in range(60)]
    until(lambda: len(zmtp.alive(strangers)) <= HANDSHAKES, "an address's places are bounded")
    tap.equal(len(zmtp.alive(strangers)), HANDSHAKES, "an address has so many unfinished handshakes")
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "those inside are served", answer)
    for peer in strangers:
        peer.close()
    served(world, "the strangers have left")

    names = ("limits.node_connections", "limits.address_handshakes", "timing.hello_ms")
    status = json.loads(world.run("--json", "hub", "status", world.hub.folder))
    text = world.run("hub", "status", world.hub.folder)
    for name in names:
        tap.ok(status["limits"].get(name, 0) > 0, f"status counts {name}", status["limits"])
        tap.ok(name in text, f"and `dabyl hub status` prints {name}", text)
        tap.ok(world.hub.process.says(f"limit.reached limit={name}"), f"and the log says {name}")
    tap.ok("last=isoc-bank" in world.hub.process.text(), "and who it was")
