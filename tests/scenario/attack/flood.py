#!tests/run
"""Goal: a node that sends frames as fast as it can takes nobody else's turn, and not the hub's memory."""

import struct
import threading

import client
import tap
from world import World


class Flood(threading.Thread):
    """Sends frames until told to stop; what comes back is thrown away."""

    def __init__(self, one, frames):
        super().__init__(daemon=True)
        self.one, self.frames, self.sent, self.over = one, frames, 0, threading.Event()

    def run(self):
        one = self.one
        one.socket.sndhwm = 1000
        while not self.over.is_set():
            for frame in self.frames:
                if one.socket.poll(20, client.zmq.POLLOUT):
                    one.socket.send(frame)
                    self.sent += 1
                while one.socket.poll(0):
                    one.socket.recv()

    def stop(self):
        self.over.set()
        self.join()


def hello(sender):
    """One that shows a checkpoint, whose signature the hub has to check."""
    return (
        bytes((1, client.HELLO))
        + client.short("isoc-bank")
        + client.short("flood")
        + struct.pack(">QQI", 0, 0, 256)
        + client.long(sender.welcome.checkpoint)
    )


PULSE = bytes((1, client.PULSE))
EMPTY = bytes((1, client.PUBLISH)) + bytes(4)
GARBAGE = bytes((1, 99)) + bytes(100)
BIG = bytes((1, client.PUBLISH)) + bytes(1 << 20)

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    sender = world.raws["isoc-energy"]
    for name, frames in (
        ("hellos", None),
        ("pulses", [PULSE] * 100),
        ("garbage", [GARBAGE] * 100),
        ("publishes of nothing", [EMPTY] * 100),
        ("megabytes of nothing", [BIG]),
    ):
        one = world.node("isoc-bank").client().begin()
        flood = Flood(one, frames or [hello(sender)] * 100)
        flood.start()
        answers = [sender.tell(client.notice("isoc-energy", 2))[0] for _ in range(20)]
        flood.stop()
        flood.one.close()
        tap.ok(
            all(isinstance(answer, client.Receipt) for answer in answers),
            f"a flood of {name}: others are served",
            answers[0],
        )
    got = world.fence()
    tap.equal(len(got["nccis"]), 100, "and all that they sent arrives")
