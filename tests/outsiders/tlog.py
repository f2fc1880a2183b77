"""tlog - a reader of a public transparency log over HTTP, made of C2SP's pages alone (tlog-tiles,
tlog-checkpoint, signed-note) and RFC 6962; it shares nothing with hub, nodes or check.py."""

import base64
import hashlib
import http.client

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, HASH = 256, 32


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def ask(address, method, path, headers=None):
    """(status, headers, body); the path goes as it is."""
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


class Checkpoint:
    def __init__(self, text, vkey):
        body, signatures = text.split(b"\n\n", 1)
        origin, size, root = body.split(b"\n")[:3]
        name, key_id, key = vkey.split("+", 2)
        key = base64.b64decode(key)
        assert origin.decode() == name and key[0] == 1, "another log's"
        for line in signatures.decode().splitlines():
            _, who, signature = line.split(" ")
            raw = base64.b64decode(signature)
            if who == name and raw[:4].hex() == key_id:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], body + b"\n")
                break
        else:
            raise AssertionError("not signed by the log")
        self.size, self.root = int(size), base64.b64decode(root)


class Log:
    """The log as of one checkpoint."""

    def __init__(self, address, vkey):
        self.address, self.cache = address, {}
        status, self.headers, text = ask(address, "GET", "/checkpoint")
        assert status == 200, text
        self.checkpoint = Checkpoint(text, vkey)
        self.size = self.checkpoint.size

    def path(self, level, index):
        """The tile's path; partial at the right edge."""
        groups = f"{index % 1000:03d}"
        rest = index // 1000
        while rest:
            groups = f"x{rest % 1000:03d}/{groups}"
            rest //= 1000
        nodes = self.size >> (8 * (0 if level == "entries" else level))
        width = min(WIDTH, nodes - index * WIDTH)
        return f"/tile/{level}/{groups}" + ("" if width == WIDTH else f".p/{width}")

    def fetch(self, level, index):
        path = self.path(level, index)
        if path not in self.cache:
            status, headers, body = ask(self.address, "GET", path)
            assert status == 200, (path, status)
            assert headers["Content-Type"] == "application/octet-stream", headers
            assert "immutable" in headers["Cache-Control"], headers
            self.cache[path] = body
        return self.cache[path]

    def entry(self, index):
        data, at = self.fetch("entries", index // WIDTH), 0
        for _ in range(index % WIDTH):
            at += 2 + int.from_bytes(data[at : at + 2], "big")
        return data[at + 2 : at + 2 + int.from_bytes(data[at : at + 2], "big")]

    def subtree(self, height, index):
        """The hash of a complete subtree of 2**height leaves."""
        level, rest = divmod(height, 8)
        first = index << rest
        tile = self.fetch(level, first // WIDTH)
        hashes = [
            tile[(first % WIDTH + i) * HASH :][:HASH] for i in range(1 << rest)
        ]
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[i : i + 2]) for i in range(0, len(hashes), 2)]
        return hashes[0]

    def hash(self, begin, end):
        """MTH(D[begin:end]) of RFC 6962."""
        n = end - begin
        if n & (n - 1) == 0 and begin % n == 0:
            height = n.bit_length() - 1
            return self.subtree(height, begin >> height)
        split = 1 << ((n - 1).bit_length() - 1)
        return node_hash(self.hash(begin, begin + split), self.hash(begin + split, end))

    def inclusion(self, index, begin=0, end=None):
        """The audit path of a leaf, from below."""
        end = self.size if end is None else end
        if end - begin == 1:
            return []
        split = begin + (1 << ((end - begin - 1).bit_length() - 1))
        if index < split:
            return [*self.inclusion(index, begin, split), self.hash(split, end)]
        return [*self.inclusion(index, split, end), self.hash(begin, split)]

    def consistency(self, size, begin=0, end=None, whole=True):
        """PROOF(size, D[end]) of RFC 6962."""
        end = self.size if end is None else end
        if size == end:
            return [] if whole else [self.hash(begin, end)]
        split = begin + (1 << ((end - begin - 1).bit_length() - 1))
        if size <= split:
            return [*self.consistency(size, begin, split, whole), self.hash(split, end)]
        return [*self.consistency(size, split, end, False), self.hash(begin, split)]


def included(leaf, index, size, path, root):
    """RFC 9162, 2.1.3.2."""
    fn, sn, found = index, size - 1, leaf
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def consistent(first, first_root, second, second_root, path):
    """RFC 9162, 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    if first & (first - 1) == 0:
        path = [first_root, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(step, fr), node_hash(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root
