"""forge - writes a batch into the journal of a hub that is stopped, as a faulty hub would have."""

import collections
import secrets
import struct

import client
import entries

# How a message is sealed: the head, its place, and the proof of that place in what was sealed.
Under = collections.namedtuple("Under", "head index proof", defaults=(0, b""))


def under(origin, document, key):
    """The seal of a document alone."""
    return Under(client.seal_head(origin, [document], [key]))


def said(seal, at, heads):
    """How an entry at this octet of its batch says its seal, and how much of that is in the checksum."""
    if isinstance(seal, Under):
        octets = struct.pack(">BIHI", 1, at, heads.index(seal), seal.index)
        return octets, octets
    return (b"\2" + client.long(seal), b"\2") if seal else (b"\0", b"\0")


def append(folder, added):
    """Each of `added` is ((type, kind, author, id), document, seal, record); their positions.

    `seal` is a text, or of a message Under.  A fifth part is a function that makes another leaf of
    the right one.
    """
    batches = list(entries.batches(folder))
    leaves = [client.sha(b"\0" + one.leaf) for batch in batches for one in batch.entries]
    time = client.parse_leaf(batches[-1].entries[-1].leaf)["time"]
    heads = [seal for _, _, seal, *_ in added if isinstance(seal, Under)]
    seals = struct.pack(">H", len(heads))
    seals += b"".join(client.long(one.head) + client.long(one.proof) for one in heads)
    first, body, summed = len(leaves), b"", b""
    for i, (kind, document, seal, record, *damage) in enumerate(added):
        parts = document, seal.head if isinstance(seal, Under) else seal, record
        hashes = [client.sha(part) if part else None for part in parts]
        leaf = client.make_leaf(first + i, time, kind, hashes)
        if damage:
            leaf = damage[0](leaf)
        octets, counted = said(seal, entries.HEAD.size + len(seals) + len(body), heads)
        body += octets + client.short(leaf) + client.long(document) + client.long(record)
        summed += counted + client.sha(b"\0" + leaf) + b"".join(one or bytes(32) for one in hashes)
    numbers = len(seals) + len(body), len(seals), len(added), batches[-1].sequence + 1, first
    head = entries.HEAD.pack(b"DBATCH01", *numbers, secrets.token_bytes(16), client.root_of(leaves))
    with open(batches[-1].path, "r+b") as file:
        file.seek(batches[-1].end)
        file.write(head + seals + body + client.sha(head + seals + summed))
    return [first + i for i in range(len(added))]
