"""forge - writes a batch into the journal of a hub that is stopped, as a faulty hub would have."""

import glob
import hashlib
import os
import secrets
import struct

import client
import entries

HEAD = ">8sIIQQ16s32s"


def part(size, data):
    return len(data).to_bytes(size, "big") + data


def leaf_of(position, time, kind, parts):
    """`kind`: type, message kind, author, id; None where there is none."""
    hashes = [client.sha(part).hex() if part else "-" for part in parts]
    names = ("type", "kind", "author", "id", "document", "seal", "record")
    lines = "".join(f"{n} {v or '-'}\n" for n, v in zip(names, [*kind, *hashes]))
    return f"dabyl-leaf/v1\nposition {position}\ntime {time}\n{lines}".encode()


def leaves(folder):
    """The texts of all leaves so far, and the last segment with the offset of its end."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "segments", "*.seg"))):
        with open(path, "rb") as file:
            data = file.read()
        at = 64
        while data[at : at + 8] == b"DBATCH01":
            length, count, sequence = struct.unpack_from(">IIQ", data, at + 8)
            inner = at + 80
            for _ in range(count):
                size = int.from_bytes(data[inner : inner + 2], "big")
                found.append(data[inner + 2 : inner + 2 + size])
                inner += 2 + size
                for _ in range(3):
                    inner += 4 + int.from_bytes(data[inner : inner + 4], "big")
            at += 112 + length
        if data[:64].strip(b"\0"):
            last = path, at, sequence
    return found, last


def append(folder, added):
    """Each of `added` is ((type, kind, author, id), document, seal, record); their positions.

    A fifth part is a function that makes another leaf of the right one.
    """
    texts, (path, at, sequence) = leaves(folder)
    time = entries.read(folder)[-1].time
    first, body, hashes = len(texts), b"", b""
    for i, (kind, *parts) in enumerate(added):
        parts, damage = parts[:3], parts[3:]
        leaf = leaf_of(first + i, time, kind, parts)
        if damage:
            leaf = damage[0](leaf)
        body += part(2, leaf) + b"".join(part(4, one) for one in parts)
        hashes += client.sha(b"\0" + leaf)
        hashes += b"".join(client.sha(one) if one else bytes(32) for one in parts)
    root = client.root_of([client.sha(b"\0" + text) for text in texts])
    head = struct.pack(
        HEAD, b"DBATCH01", len(body), len(added), sequence + 1, first, secrets.token_bytes(16), root
    )
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(head + body + hashlib.sha256(head + hashes).digest())
    return [first + i for i in range(len(added))]
