#!tests/run
"""Goal: whatever a peer says in ZMTP, whenever, and however it leaves, the hub stays and serves others.

SEED=n tests/scenario/hostile_peer.py repeats a run.
"""

import os
import random
import struct

import client
import order
import tap
import zmtp
from processes import Late, until
from world import World

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
CHANCE = random.Random(SEED)
PULSE = bytes((1, client.PULSE))
ATTACKERS = ("isoc-bank", "service", "authority", "knb", "mfa", "telecom")
LOW_ORDER = (bytes(32), bytes((1,)) + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f")


def leave(peer, how):
    {"reset": peer.reset, "close": peer.close, "stay": lambda: None}[how]()


def connections(hub):
    """Sockets that the hub has open."""
    folder = f"/proc/{hub.process.pid}/fd"
    links = [os.path.join(folder, name) for name in os.listdir(folder)]
    return sum(os.path.lexists(link) and os.readlink(link).startswith("socket:") for link in links)


# --- while the hub is at its disk ----------------------------------------------------------------


def while_it_stands(world, held, sender):
    """Peers that fill what there is to fill, and reset, while a turn takes its time."""
    cases = [(frames, every) for frames in (0, 7, 8, 9, 40, 3000) for every in (1, 3, 50)]
    before = connections(world.hub)
    peers = [(come(world, i), case) for i, case in enumerate(cases)]
    early = [new(world, i) for i in range(12)]
    for peer in early:
        peer.greet()
        peer.hello()
    open(held, "w").close()
    hashes = sender.publish([client.notice("isoc-energy", 2)])
    until(lambda: os.path.exists(held + ".stands"), "the hub stands in its flush")
    for peer, case in peers:
        peer.send(zmtp.burst(peer, PULSE, *case))
    for peer in early:  # nobody can be let in now
        peer.number = 3
        peer.initiate(more=peer.message(zmtp.ping(1), zmtp.COMMAND) * CHANCE.randrange(3))
        peer.reset()
    for peer, _ in peers:
        peer.reset()
    try:
        until(lambda: connections(world.hub) <= before, "the hub lets them go", 20)
        let_go = True
    except (Late, OSError):
        let_go = False
    tap.ok(let_go, f"{len(peers + early)} are read, reset and let go while the hub is at its disk")
    os.unlink(held)
    (answer,) = sender.answers(hashes)
    tap.ok(isinstance(answer, client.Receipt), "then the notice has its receipt", answer)


# --- at any moment ---------------------------------------------------------------------------


def new(world, i=None):
    name = ATTACKERS[CHANCE.randrange(len(ATTACKERS)) if i is None else i % len(ATTACKERS)]
    return zmtp.Client(world.port, world.hub_key(), world.node(name).channel_key())


def come(world, i=None):
    return new(world, i).come_in()


def noise(limit=300):
    return CHANCE.randbytes(CHANCE.randrange(limit))


def greetings(peer):
    say = CHANCE.choice(
        (
            noise(),
            zmtp.GREETING[: CHANCE.randrange(64)],
            zmtp.GREETING[:10] + bytes((CHANCE.randrange(4), CHANCE.randrange(4))) + noise(),
            zmtp.GREETING[:12] + b"NULL".ljust(20, b"\0") + bytes(32) + noise(),
            b"\1\0" + noise(),
        )
    )
    peer.send(say)


def hellos(peer):
    peer.greet()
    public = CHANCE.choice((*LOW_ORDER, peer.public))
    body = b"\5HELLO\1\0" + bytes(72) + public + struct.pack(">Q", 1) + CHANCE.randbytes(80)
    size = CHANCE.choice((0, 1, 5, 6, 199, 200))
    cut = zmtp.command(body[:size])
    peer.send(CHANCE.choice((cut, zmtp.frame(body), zmtp.command(noise()), noise())))


def lies(peer):
    """A frame that announces more than ever comes, before anybody has said who he is."""
    peer.greet()
    size = CHANCE.choice((1 << 63, (1 << 64) - 1, 1 << 32, 4 << 20, (4 << 20) + 1, 300))
    peer.send(bytes((CHANCE.choice((2, 6, 0xFE)),)) + struct.pack(">Q", size) + noise())


def initiates(peer):
    peer.greet()
    peer.hello()
    identity = CHANCE.choice((b"", b"\0\0\0\0\1", b"\0", b"x" * 256, b"y" * 70000, b"same"))
    metadata = CHANCE.choice(
        (
            zmtp.properties(identity),
            zmtp.properties(identity) * 2,
            zmtp.properties(kind=b"PUB"),
            b"\x0bSocket-Type\xff\xff\xff\xff",
            b"",
            noise(),
        )
    )
    # What may be said only after READY, in the same write: numbers go on where INITIATE's ends.
    peer.number = 3
    early = (
        lambda: peer.message(zmtp.ping(1), zmtp.COMMAND),
        lambda: peer.message(PULSE),
        lambda: zmtp.command(noise()),
        noise,
    )
    more = b"".join(CHANCE.choice(early)() for _ in range(CHANCE.randrange(4)))
    peer.initiate(metadata, more)


def messages(peer):
    peer.come_in(zmtp.properties(CHANCE.choice((b"", b"", b"same", b"\0abcd"))))
    for _ in range(CHANCE.randrange(1, 30)):
        flags = CHANCE.choice((0, 0, 1, 2, 3, 0xFF, 0xFC))
        data = CHANCE.choice(
            (
                b"",
                PULSE,
                noise(),
                b"\4PING",
                b"\4PING\0",
                zmtp.ping(CHANCE.choice((0, 1, 65535)), noise(40)),
                b"\4PONG" + noise(),
                b"\x09SUBSCRIBE" + noise(),
                b"\6CANCEL",
                b"\xff",
            )
        )
        number = CHANCE.choice((None, None, None, 0, 1, peer.number, (1 << 64) - 1))
        say = CHANCE.choice(
            (
                peer.message(data, flags),
                peer.message(data, flags, number),
                zmtp.frame(b"\7MESSAGE" + noise(40)),
                zmtp.command(noise()),
                zmtp.frame(b""),
            )
            if CHANCE.random() < 0.3
            else (peer.message(data, flags),)
        )
        peer.send(say)


MOMENTS = (greetings, hellos, lies, initiates, messages, messages)


def at_any_moment(world, sender, n):
    staying = []
    for _ in range(n):
        peer = new(world)
        try:
            CHANCE.choice(MOMENTS)(peer)
        except zmtp.Refused:
            pass
        how = CHANCE.choice(("reset", "close", "stay"))
        leave(peer, how)
        if how == "stay":
            staying.append(peer)
        if not world.hub.process.running():
            break
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    served = isinstance(answer, client.Receipt)
    tap.ok(served, f"{n} hostile connections: others are served", answer)
    for peer in staying:
        peer.reset()


with World(__doc__, ("nccis", "isoc-energy", *ATTACKERS)) as world:
    print(f"# SEED={SEED}")
    held = world.path("held")
    world.hub.process.env = dict(order.preload(shim="hold"), HOLD_FLUSH=held)
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    while_it_stands(world, held, sender)
    for _ in range(4):
        at_any_moment(world, sender, 40)
    tap.ok(world.hub.process.running(), "the hub is there")
