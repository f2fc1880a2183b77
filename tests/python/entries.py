"""entries - what a hub's journal holds, read from its segments as PROTOCOL.md gives them."""

import collections
import glob
import json
import os
import struct

from client import parse_leaf

Entry = collections.namedtuple("Entry", "position time type author id kind document record batch")


def read(folder):
    """Every entry of the journal in this folder; of a hub that runs, what is whole so far."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "segments", "*.seg"))):
        with open(path, "rb") as file:
            data = file.read()
        at = 64
        while data[at : at + 8] == b"DBATCH01":
            length, count, sequence = struct.unpack_from(">IIQ", data, at + 8)
            if at + 112 + length > len(data):
                break
            found += batch(data[at + 80 : at + 80 + length], count, sequence)
            at += 112 + length
    return found


def batch(data, count, sequence):
    found, at = [], 0
    for _ in range(count):
        parts = []
        for size in (2, 4, 4, 4):
            length = int.from_bytes(data[at : at + size], "big")
            at += size
            parts.append(data[at : at + length])
            at += length
        leaf = parse_leaf(parts[0])
        found.append(
            Entry(
                leaf["position"],
                leaf["time"],
                leaf["type"],
                leaf["author"],
                leaf["id"],
                leaf["kind"],
                parts[1],
                parts[3],
                sequence,
            )
        )
    return found


def duties(folder):
    """The duty entries, each as (entry, what it says)."""
    return [(one, json.loads(one.document)) for one in read(folder) if one.type == "duty"]
