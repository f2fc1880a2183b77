"""entries - what a hub's journal holds, read from its segments as PROTOCOL.md gives them."""

import collections
import glob
import json
import os
import struct

from client import Reader, Unexpected, parse_leaf

Entry = collections.namedtuple("Entry", "position time type author id kind document record batch")
Batch = collections.namedtuple("Batch", "path end sequence heads entries")
# `seal`: a text, empty where there is none, or of a message (which of the batch's heads, place under it).
Parts = collections.namedtuple("Parts", "seal leaf document record")

HEAD = struct.Struct(">8sIIIQQ16s32s")  # magic, octets in all, of seals, count, sequence, position, id, root


def batches(folder):
    """Every batch of the journal in this folder; of a hub that runs, what is whole so far."""
    for path in sorted(glob.glob(os.path.join(folder, "segments", "*.seg"))):
        with open(path, "rb") as file:
            reader = Reader(file.read())
        reader.at = min(64, len(reader.data))
        while reader.data.startswith(b"DBATCH01", reader.at):
            try:
                yield batch(path, reader)
            except Unexpected:
                break


def batch(path, reader):
    _, length, _, count, sequence, *_ = HEAD.unpack(reader.take(HEAD.size))
    inner = Reader(reader.take(length))
    reader.take(32)
    heads = inner.list(lambda: (inner.long(), inner.long()))
    return Batch(path, reader.at, sequence, heads, [entry(inner) for _ in range(count)])


def entry(reader):
    kind, seal = reader.number(1), b""
    if kind == 1:
        reader.number(4)
        seal = reader.number(2), reader.number(4)
    elif kind == 2:
        seal = reader.long()
    return Parts(seal, reader.short(), reader.long(), reader.long())


def read(folder):
    """Every entry of the journal in this folder."""
    names = "position", "time", "type", "author", "id", "kind"
    return [
        Entry(*map(parse_leaf(parts.leaf).get, names), parts.document, parts.record, one.sequence)
        for one in batches(folder)
        for parts in one.entries
    ]


def duties(folder):
    """The duty entries, each as (entry, what it says)."""
    return [(one, json.loads(one.document)) for one in read(folder) if one.type == "duty"]
