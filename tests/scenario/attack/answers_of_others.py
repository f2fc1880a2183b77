#!tests/run
"""Goal: what a hub answers to a question that nobody asked does not stand in the way of the one that was asked."""

import socket
import struct

import zmq

import client
import tap
import zmtp
from world import World

def welcome(words):
    """The frame that an honest hub said."""
    return (
        bytes((1, client.WELCOME))
        + client.short(words.origin)
        + client.long(words.checkpoint)
        + client.long(words.consistency)
        + struct.pack(">QIIQ", words.inbox_last, words.window, words.size_limit, words.time_ms)
    )


def answer(request, text):
    return bytes((1, client.ANSWER)) + struct.pack(">I", request) + client.long(text)


def read_question(peer, topic):
    """The number of the next question of this topic; the node asks others of its own accord."""
    while True:
        said = peer.opened(peer.read_frame()[1], b"CurveZMQMESSAGEC")
        if said[:2] == bytes((1, client.ASK)) and said[6:].startswith(client.short(topic)):
            return int.from_bytes(said[2:6], "big")


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    node = world.node("isoc-energy")
    words = node.client().begin(stored=0).welcome
    impostor = socket.create_server(("127.0.0.1", 0))
    impostor.settimeout(60)
    false = f"tcp://127.0.0.1:{impostor.getsockname()[1]}"
    with open(node.path("node.conf"), encoding="utf-8") as file:
        conf = file.read()
    with open(node.path("node.conf"), "w", encoding="utf-8") as file:
        file.write(conf.replace(f'"{world.endpoint}"', f'"{false}"'))
    node.start(wait=False)
    hub_channel = client.ChannelKey(world.hub.path("keys", "channel.key"))
    peer = zmtp.Server(impostor.accept()[0], hub_channel).let_in()
    peer.read_frame()  # HELLO
    peer.send(peer.message(welcome(words)))
    node.process.says("link.ready")
    asker = zmq.Context.instance().socket(zmq.REQ)
    asker.connect("ipc://" + node.path("run", "control"))
    for number in (1, 2, 3):
        asker.send(b"ask hub\n{}")
        request = read_question(peer, "hub")
        for other in (request + 7, 0):
            peer.send(peer.message(answer(other, b'{"to":"nobody"}')))
        peer.send(peer.message(answer(request, b'{"to":"whoever asked"}')))
        tap.equal(
            asker.poll(20000) and asker.recv(),
            b'{"to":"whoever asked"}',
            f"question {number} has its answer, and not the others'",
        )
    asker.close(0)
    peer.close()
    tap.equal(node.stop(), 0, "the node stops in peace")
