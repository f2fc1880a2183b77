#!tests/run
"""Goal: a seal that does not prove its author is refused with its code; the document may then be sent properly."""

import base64

import client
import tap
from world import World


def sealed(documents, keys, origin="dabyl.test/log"):
    return client.seal_head(origin, documents, keys)


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.officer("duty-energy", "isoc-energy")
    world.officer("duty-bank", "isoc-bank")
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    sender, own = world.raws["isoc-energy"], world.node("isoc-energy").seal_key()
    officer, stranger = world.officer_key("duty-energy"), world.officer_key("duty-bank")
    document = client.encode(client.notice("isoc-energy", 2))
    other = client.encode(client.notice("isoc-energy", 2))
    head = sealed([document], [own])
    pair = [client.sha(b"\0" + client.sha(d)) for d in (document, other)]
    lines = head.split(b"\n")

    def flip(line):
        """Another signature of the right form."""
        words = line.split(b" ")
        raw = bytearray(base64.b64decode(words[-1]))
        raw[5] ^= 1
        return b" ".join(words[:-1] + [base64.b64encode(bytes(raw))])

    cases = (
        (
            "a forged signature",
            b"\n".join(lines[:4] + [flip(lines[4])] + lines[5:]),
            0,
            b"",
            "seal.signature",
        ),
        ("a key that nobody certified", sealed([document], [client.SealKey()]), 0, b"", "seal.key"),
        (
            "another node's key",
            sealed([document], [world.node("owner-grid").seal_key()]),
            0,
            b"",
            "seal.node",
        ),
        ("an officer's key alone", sealed([document], [officer]), 0, b"", "seal.node"),
        ("an officer of another node", sealed([document], [own, stranger]), 0, b"", "seal.node"),
        ("made for another hub", sealed([document], [own], "other.hub/log"), 0, b"", "seal.origin"),
        ("another document's seal", sealed([other], [own]), 0, b"", "seal.place"),
        ("a wrong index", sealed([document, other], [own]), 1, pair[0], "seal.place"),
        (
            "an index outside the batch",
            sealed([document, other], [own]),
            7,
            pair[1],
            "seal.place",
        ),
        ("a proof too short", sealed([document, other], [own]), 0, b"", "seal.place"),
        ("a proof too long", head, 0, pair[1], "seal.place"),
        ("no signature", b"\n".join(lines[:4]) + b"\n", 0, b"", "seal.malformed"),
        ("an unknown version", head.replace(b"seal/v1", b"seal/v2"), 0, b"", "seal.malformed"),
        (
            "a count with a leading zero",
            head.replace(b"count 1", b"count 01"),
            0,
            b"",
            "seal.malformed",
        ),
        ("spaces at the end", head.replace(b"count 1", b"count 1 "), 0, b"", "seal.malformed"),
        ("an unknown algorithm", head.replace(b"ed25519", b"rot13"), 0, b"", "seal.malformed"),
        ("not text at all", bytes(range(256)), 0, b"", "seal.malformed"),
        ("nothing", b"", 0, b"", "seal.malformed"),
    )
    for name, text, index, proof, code in cases:
        sender.send(client.publish_frame(text, [(index, document)], proof))
        (answer,) = sender.answers([client.sha(document)])
        tap.ok(
            isinstance(answer, client.Refused) and answer.code == code and answer.text,
            f"{name}: {getattr(answer, 'code', 'accepted')}",
            f"{answer}\nwanted {code}",
        )

    (answer,) = sender.tell(document, keys=[own, officer])
    tap.ok(
        isinstance(answer, client.Receipt),
        "the same document, sealed by node and officer, is taken",
        answer,
    )
    got = world.fence()
    tap.equal([d.document for d in got["nccis"]], [document], "and delivered once")
