#!/usr/bin/python3
"""court - checks what `dabyl hub export` wrote, with no program of ours: each file against its leaf,
each leaf against the signed checkpoint, the checkpoint against the log's key.

    court.py FOLDER [--vkey FILE]

Whose seal a message bears is checked by `dabyl verify --certs`, or by an expert with any Ed25519 library.
"""

import argparse
import os
import sys

from check import NOTE, PROOF, Fault, listing, parse_leaf, path_root, read, read_vkey, sha, signed_by, unbase64


def checkpoint_of(text, origin, key, where):
    """Size and root, when the log signed them."""
    match = NOTE.fullmatch(text)
    if not match or match[2] != origin:
        raise Fault(where, "not a checkpoint of this log")
    key_id = sha(origin + b"\n\1" + key)[:4]
    for line in match[5].splitlines():
        _, name, value = line.split(b" ")
        data = unbase64(value, where)
        if name == origin and data[:4] == key_id and signed_by(key, data[4:], match[1]):
            return int(match[3]), unbase64(match[4], where, 32)
    raise Fault(where, "the log did not sign this checkpoint")


def heads_of(text):
    """A seal's head is its first lines: how many, its leaf says by their hash."""
    lines = text.splitlines(True)
    return {sha(b"".join(lines[:n])).hex() for n in range(1, len(lines) + 1)} | {sha(text).hex()}


def check_entry(stem, names, origin, key, note):
    path = stem + ".tlog-proof"
    match = PROOF.fullmatch(read(path))
    if not match:
        raise Fault(path, "not a tlog-proof")
    if match[4] != note:
        raise Fault(path, "another checkpoint than the folder's")
    size, root = checkpoint_of(note, origin, key, path)
    octets, index = unbase64(match[1], path), int(match[2])
    hashes = [unbase64(line, path, 32) for line in match[3].splitlines()]
    if path_root(sha(b"\0" + octets), index, size, hashes, path) != root:
        raise Fault(path, "the proof does not lead to the checkpoint's root")
    leaf = parse_leaf(octets, path)
    if leaf.position != index or int(os.path.basename(stem)[:12]) != index:
        raise Fault(path, "another place than the file's name says")
    for ending, wanted in ((".json", leaf.document), (".document", leaf.document), (".record", leaf.record)):
        if stem + ending in names and sha(read(stem + ending)).hex() != wanted:
            raise Fault(stem + ending, "not what the log says of it")
    if stem + ".seal" in names and leaf.seal not in heads_of(read(stem + ".seal")):
        raise Fault(stem + ".seal", "not what the log says of it")
    return leaf


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--vkey")
    arguments = parser.parse_args()
    try:
        origin, key, _ = read_vkey(arguments.vkey or os.path.join(arguments.folder, "vkey"))
        note = read(os.path.join(arguments.folder, "checkpoint"))
        top = os.path.join(arguments.folder, "entries")
        names = {os.path.join(top, name) for name in listing(top)}
        stems = sorted(name[: -len(".tlog-proof")] for name in names if name.endswith(".tlog-proof"))
        leaves = [check_entry(stem, names, origin, key, note) for stem in stems]
        for before, after in zip(leaves, leaves[1:]):
            if after.position != before.position + 1:
                raise Fault(top, f"entry {before.position + 1} is missing")
        loose = {name for name in names if name[: name.rfind(".")] not in stems}
        if loose:
            raise Fault(sorted(loose)[0], "no proof belongs to it")
    except Fault as fault:
        print(f"FAULT {fault}")
        return 1
    print(f"good: {len(leaves)} entries from {leaves[0].position} to {leaves[-1].position}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
