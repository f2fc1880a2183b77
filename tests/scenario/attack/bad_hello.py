#!tests/run
"""Goal: what a node claims about itself in its hello can harm only itself."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    sender = world.raws["isoc-energy"]
    sender.tell(client.notice("isoc-energy", 2))
    note = sender.note
    text, signature = note.split(b"\n\n")
    larger = text.split(b"\n")
    larger[1] = b"1000000"
    claims = {
        "to have more than there ever was": {"stored": 10**18},
        "no window": {"window": 0},
        "a window without end": {"window": 2**32 - 1},
        "a checkpoint that nobody signed": {"checkpoint": b"\n".join(larger) + b"\n\n" + signature},
        "a checkpoint cut short": {"checkpoint": note[:-10]},
        "a checkpoint of another log": {"checkpoint": note.replace(b"dabyl.test", b"other.test")},
        "a checkpoint that is no text": {"checkpoint": bytes(range(256)) * 4},
        "a name of another": {"node": "nccis"},
        "a name that is no name": {"node": "../../etc/passwd\n\0"},
    }
    for name, claim in claims.items():
        liar = world.node("isoc-bank").client()
        liar.hello(**claim)
        kind, _ = liar.expect(client.WELCOME, client.BYE, client.RESYNC)
        (answer,) = sender.tell(client.notice("isoc-energy", 1))
        tap.ok(isinstance(answer, client.Receipt), f"claiming {name}: others are served", answer)
    again = world.node("isoc-bank").client().begin(checkpoint=note)
    (answer,) = again.tell(client.notice("isoc-bank", 1))
    tap.ok(isinstance(answer, client.Receipt), "and an honest hello is welcome afterwards", answer)
    got = world.fence()
    tap.equal(len(got["nccis"]), len(claims) + 2, "nccis had every message")
