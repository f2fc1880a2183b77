#!/usr/bin/python3
"""make_journal - invent a journal and a sent/ folder, to test the check without a hub.

    make_journal.py FOLDER [ENTRIES]

Written from schemas/PROTOCOL.md alone, and sharing nothing with the check that will read it.
FOLDER then holds vkey, journal/, sent/, inbox/ and attachments/.
"""

import base64
import collections
import datetime
import hashlib
import json
import os
import random
import struct
import sys

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

ORIGIN = "demo.dabyl/invented"
BEGIN = datetime.datetime(2026, 1, 1)
SEGMENT = 2 << 20

# Of one document: the seal's head, its place in the tree that was sealed, and that tree.
Seal = collections.namedtuple("Seal", "head index tree")


def text_of(seal):
    """As a node keeps it, and as what was derived from it carries it."""
    path = seal.tree.path(seal.index, 0, len(seal.tree.leaves))
    return seal.head + f"index {seal.index}\n" + "".join(f"path {b64(sibling)}\n" for sibling in path)


def sha(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def mth(hashes):
    """RFC 6962's definition, word for word."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1" + mth(hashes[:k]) + mth(hashes[k:]))


class Subtrees:
    """Roots of complete subtrees, kept, so that many roots and paths can be had."""

    def __init__(self):
        self.leaves = []
        self.known = {}

    def hash(self, low, high):
        if (low, high) in self.known:
            return self.known[low, high]
        if high - low == 1:
            return self.leaves[low]
        k = low + (1 << (high - low - 1).bit_length() - 1)
        value = sha(b"\1" + self.hash(low, k) + self.hash(k, high))
        if high - low & high - low - 1 == 0:
            self.known[low, high] = value
        return value

    def root(self, size):
        return self.hash(0, size) if size else sha(b"")

    def path(self, index, low, high):
        if high - low == 1:
            return []
        k = low + (1 << (high - low - 1).bit_length() - 1)
        if index < k:
            return self.path(index, low, k) + [self.hash(k, high)]
        return self.path(index, k, high) + [self.hash(low, k)]

    def run(self, places, low, high):
        """The hashes of a run proof of these places."""
        if not any(low <= place < high for place in places):
            return self.hash(low, high)
        if high - low == 1:
            return b""
        k = low + (1 << (high - low - 1).bit_length() - 1)
        return self.run(places, low, k) + self.run(places, k, high)


class Key:
    def __init__(self, source):
        self.secret = ed25519.Ed25519PrivateKey.from_private_bytes(source.randbytes(32))
        self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = sha(self.public).hex()


class Inventor:
    def __init__(self, folder, seed=1):
        self.folder = folder
        self.random = random.Random(seed)
        self.now = BEGIN + datetime.timedelta(days=1)
        self.log = Key(self.random)
        self.ca = Key(self.random)
        self.keys = {}
        self.pem = ""
        self.pending, self.summed, self.all = [], [], []
        self.tree = Subtrees()
        self.sequence = 1
        self.segment, self.segment_first = b"", 0
        self.numbers = {}
        self.files = []  # named, and not handed in yet
        self.kept = []
        for part in ("journal/segments", "sent", "inbox", "attachments"):
            os.makedirs(os.path.join(folder, part))

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    def uuid(self):
        number = (
            int(self.now.timestamp() * 1000) << 80
            | 7 << 76
            | self.random.getrandbits(12) << 64
            | 2 << 62
            | self.random.getrandbits(62)
        )
        text = f"{number:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def certify(self, name, role, node=None):
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "invented"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, role),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented CA")])
        key = self.ca if role == "ca" else self.keys.setdefault(name, Key(self.random))
        builder = (
            x509.CertificateBuilder()
            .subject_name(issuer if role == "ca" else subject)
            .issuer_name(issuer)
            .public_key(key.secret.public_key())
            .serial_number(self.random.getrandbits(100) + 1)
            .not_valid_before(BEGIN)
            .not_valid_after(BEGIN + datetime.timedelta(days=400))
        )
        for extension, critical in self.extensions(key, role == "ca"):
            builder = builder.add_extension(extension, critical)
        if node:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(node)]), False
            )
        self.pem += builder.sign(self.ca.secret, None).public_bytes(Encoding.PEM).decode()

    def extensions(self, key, is_ca):
        """What OpenSSL's strict verifier asks for."""
        usage = dict.fromkeys(
            (
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        usage.update(key_cert_sign=is_ca, crl_sign=is_ca, digital_signature=not is_ca)
        yield x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), True
        yield x509.KeyUsage(**usage), True
        yield x509.SubjectKeyIdentifier.from_public_key(key.secret.public_key()), False
        yield x509.AuthorityKeyIdentifier.from_issuer_public_key(self.ca.secret.public_key()), False

    def revocations(self):
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented CA")])
        gone = x509.RevokedCertificateBuilder().serial_number(77).revocation_date(BEGIN).build()
        crl = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer)
            .last_update(BEGIN)
            .next_update(BEGIN + datetime.timedelta(days=400))
            .add_revoked_certificate(gone)
            .add_extension(x509.CRLNumber(1), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.ca.secret.public_key()),
                False,
            )
            .sign(self.ca.secret, None)
        )
        self.pem += crl.public_bytes(Encoding.PEM).decode()

    def leaf(self, position, kind, hashes, message):
        """`message`: kind, author and id, "" where there is none."""
        words = [word.encode() for word in (kind, *message[:2])]
        id_ = bytes.fromhex(message[2].replace("-", ""))
        has = sum(1 << i for i, part in enumerate((*hashes, id_)) if part)
        milliseconds = (self.now - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)
        out = struct.pack(">BBQQ", 1, has, position, milliseconds)
        out += b"".join(bytes([len(word)]) + word for word in words)
        return out + id_ + b"".join(hashes)

    def add(self, kind, document, seal=b"", record=b"", message=("", "", "")):
        document, record = (part.encode() if isinstance(part, str) else part for part in (document, record))
        sealed = seal.head.encode() if isinstance(seal, Seal) else seal
        position = len(self.tree.leaves)
        self.now += datetime.timedelta(milliseconds=self.random.randrange(300))
        hashes = [sha(part) if part else b"" for part in (document, sealed, record)]
        leaf = self.leaf(position, kind, hashes, message)
        self.tree.leaves.append(sha(b"\0" + leaf))
        self.all.append(leaf)
        self.pending.append((seal, leaf, document, record))
        self.summed.append((self.tree.leaves[-1], *(part or bytes(32) for part in hashes)))
        return position

    def heads(self):
        """Those of the batch, and which places under each are in it."""
        found = collections.OrderedDict()
        for seal, *_ in self.pending:
            if isinstance(seal, Seal):
                found.setdefault(seal.head, (seal.tree, []))[1].append(seal.index)
        return found

    def proof(self, tree, places):
        """That these places, which are in the batch, are in the tree that was sealed."""
        return tree.run(places, 0, len(tree.leaves))

    def said(self, seal, at, heads):
        """How an entry at this octet of its batch says its seal; how much of that is summed."""
        if isinstance(seal, Seal):
            octets = struct.pack(">BIHI", 1, at, list(heads).index(seal.head), seal.index)
            return octets, octets
        return (b"\2" + struct.pack(">I", len(seal)) + seal, b"\2") if seal else (b"\0", b"\0")

    def flush(self):
        first = len(self.tree.leaves) - len(self.pending)
        heads = self.heads()
        seals = struct.pack(">H", len(heads))
        for head, (tree, places) in heads.items():
            parts = head.encode(), self.proof(tree, places)
            seals += b"".join(struct.pack(">I", len(part)) + part for part in parts)
        entries, summed = b"", b""
        for (seal, leaf, *parts), hashes in zip(self.pending, self.summed):
            said, also = self.said(seal, 84 + len(seals) + len(entries), heads)
            entries += said + struct.pack(">H", len(leaf)) + leaf
            entries += b"".join(struct.pack(">I", len(part)) + part for part in parts)
            summed += also + b"".join(hashes)
        numbers = len(seals) + len(entries), len(seals), len(self.pending), self.sequence, first
        if len(self.segment) + numbers[0] + 200 > SEGMENT or not self.segment:
            self.close_segment()
            self.segment_first = first
            self.segment = struct.pack(">8sIIQQ", b"DABYLSEG", 1, 0, first, self.sequence)
            self.segment += sha(ORIGIN.encode())
        head = struct.pack(">8sIIIQQ", b"DBATCH01", *numbers)
        head += self.random.randbytes(16) + self.tree.root(first) + seals
        self.segment += head + entries + sha(head + summed)
        self.sequence += 1
        self.pending, self.summed = [], []

    def close_segment(self, unused=0):
        if self.segment:
            self.write(
                f"journal/segments/{self.segment_first:020d}.seg", self.segment + bytes(unused)
            )

    def checkpoint(self):
        size = len(self.tree.leaves)
        text = f"{ORIGIN}\n{size}\n{b64(self.tree.root(size))}\n"
        key_id = sha(ORIGIN.encode() + b"\n\1" + self.log.public)[:4]
        return f"{text}\n— {ORIGIN} {b64(key_id + self.log.secret.sign(text.encode()))}\n".encode()

    def begin(self):
        key_id = sha(ORIGIN.encode() + b"\n\1" + self.log.public)[:4].hex()
        vkey = f"{ORIGIN}+{key_id}+{b64(bytes([1]) + self.log.public)}\n"
        self.write("vkey", vkey)
        self.certify("Invented CA", "ca")
        self.revocations()
        for name, role in (
            ("hub", "hub"),
            ("nccis", "nccis"),
            ("isoc-energy", "isoc"),
            ("ksc", "national-security"),
        ):
            self.certify(name, role)
        self.certify("aigerim", "officer", "nccis")
        self.certify("dauren", "officer", "isoc-energy")
        rules = b"rules = ();\n"
        officer, digest = self.keys["aigerim"], sha(rules).hex()
        signature = officer.secret.sign(
            f"dabyl-rules/v1\n{ORIGIN}\n{officer.id}\n{digest}\n".encode()
        )
        self.add("origin", vkey)
        self.add("start", "dabyl-hub 0\n")
        self.add("roster", self.pem)
        self.rules = self.add(
            "rules",
            b"dabyl-packs/v1\npack plan.rules %d\n" % len(rules) + rules,
            f"dabyl-rules/v1\norigin {ORIGIN}\ndigest {digest}\n"
            f"sig ed25519 {officer.id} {b64(signature)}\n".encode(),
        )
        self.add("registry", "objects = ();\n")
        self.flush()

    def seal(self, documents, signers):
        hashes = [sha(b"\0" + sha(document)) for document in documents]
        places = Subtrees()
        places.leaves = hashes
        root = b64(mth(hashes))
        head = f"dabyl-seal/v1\norigin {ORIGIN}\ncount {len(hashes)}\nroot {root}\n"
        for name in signers:
            key = self.keys[name]
            text = f"dabyl-seal/v1\n{ORIGIN}\n{key.id}\n{len(hashes)}\n{root}\n"
            head += f"sig ed25519 {key.id} {b64(key.secret.sign(text.encode()))}\n"
        for i in range(len(hashes)):
            yield Seal(head, i, places)

    def publish(self, author, kind, bodies, signers=None):
        """A sealed batch; level 3 and higher derives an alert that carries its cause.

        Of a large one the hub refuses a few, which are not in the log.
        """
        messages = [
            {
                "dabyl": 1,
                "id": self.uuid(),
                "kind": kind,
                "from": author,
                "body": body,
                "summary": {"kk": "сынақ"},
            }
            for body in bodies
        ]
        documents = [json.dumps(message, ensure_ascii=False).encode() for message in messages]
        for message, document, seal in zip(
            messages, documents, self.seal(documents, signers or [author])
        ):
            if len(documents) > 20 and seal.index % 7 == 3:
                continue
            routes = [
                "deliver nccis to-nccis sender 8.3, 10",
                "withhold ksc no-alert none marking 14",
            ]
            if "file" in message["body"]:
                file = message["body"]["file"]
                routes.append(f"attachment {file['sha256']} {file['size']}")
                self.files.append((author, file["sha256"], file["size"]))
            alert = None
            if message["body"].get("level", 0) >= 3:
                routes.append(f"level {message['body']['level']}")
                alert = {
                    "dabyl": 1,
                    "id": self.uuid(),
                    "kind": "security.alert",
                    "from": "hub",
                    "for": "nccis",
                    "incident": {"author": author, "id": message["id"]},
                    "body": {
                        "cause": {"author": author, "id": message["id"]},
                        "carried": {"document": b64(document), "seal": b64(text_of(seal).encode())},
                    },
                }
                routes.append(f"emit security.alert {alert['id']} alert-level-3 sender 14")
            self.entry(message, document, seal, routes)
            if alert:
                text = json.dumps(alert).encode()
                self.entry(
                    alert,
                    text,
                    next(self.seal([text], ["hub"])),
                    [
                        f"refers incident {author} {message['id']}",
                        f"cause {author} {message['id']}",
                        "deliver ksc alert-level-3 none 14",
                        "deliver nccis alert-level-3 none 14",
                    ],
                )

    def record(self, routes):
        head = f"dabyl-routing/v1\nnonce {self.random.randbytes(16).hex()}\nrules {self.rules}\n"
        return head + "".join(route + "\n" for route in routes)

    def entry(self, message, document, seal, routes):
        record = self.record(routes)
        position = self.add(
            "message", document, seal, record, (message["kind"], message["from"], message["id"])
        )
        seal = text_of(seal)
        told = "".join(route + "\n" for route in routes if " sender" in route)
        if message["from"] != "hub":
            parts = {"json": document, "seal": seal, "told": told}
            self.kept.append((position, f"sent/{message['id']}", parts))
        for route in routes:
            if route.startswith("deliver "):
                node = route.split()[1]
                self.numbers[node] = self.numbers.get(node, 0) + 1
                name = f"inbox/{node}/{self.numbers[node]:012d}-{message['id']}"
                self.kept.append((position, name, {"json": document, "seal": seal, "why": route + "\n"}))

    def hand_in(self, author, digest, size):
        text = f"dabyl-attachment/v1\ndigest {digest}\nsize {size}\n"
        position = self.add("attachment", text, message=("", author, ""))
        self.kept.append((position, f"attachments/{author}/{digest}", {"attachment": text}))

    def acknowledge(self, node):
        root = b64(self.tree.root(len(self.tree.leaves)))
        text = (
            f"dabyl-ack/v1\n{ORIGIN}\n{self.keys[node].id}\n{self.numbers.get(node, 0)}\n{root}\n"
        )
        signature = b64(self.keys[node].secret.sign(text.encode()))
        return node, f"{text}sig ed25519 {signature}\n"

    def keep(self):
        """What nodes store of the batch just flushed."""
        size, note = len(self.tree.leaves), self.checkpoint()
        for position, name, parts in self.kept:
            path = "".join(b64(sibling) + "\n" for sibling in self.tree.path(position, 0, size))
            proof = f"c2sp.org/tlog-proof@v1\nextra {b64(self.all[position])}\nindex {position}\n{path}\n".encode()
            for ending, part in parts.items():
                self.write(f"{name}.{ending}", part)
            self.write(name + ".tlog-proof", proof + note)
        self.kept = []

    def tiles(self):
        level, nodes = 0, list(self.tree.leaves)
        while nodes:
            for first in range(0, len(nodes), 256):
                part = nodes[first : first + 256]
                self.write(self.tile_name(level, first // 256, len(part)), b"".join(part))
                if level == 0:
                    leaves = self.all[first : first + 256]
                    self.write(
                        self.tile_name("entries", first // 256, len(part)),
                        b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves),
                    )
            nodes = [mth(nodes[i : i + 256]) for i in range(0, len(nodes) - 255, 256)]
            level += 1

    @staticmethod
    def tile_name(level, number, width):
        digits = f"{number:03d}"
        digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
        parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join(["x" + part for part in parts[:-1]] + parts[-1:])
        return f"journal/tile/{level}/{name}" + (f".p/{width}" if width < 256 else "")

    def run(self, entries):
        self.begin()
        signed = set()  # who has acknowledged anything
        while len(self.tree.leaves) < entries or not signed:
            for node, text in [self.acknowledge(node) for node in ("nccis", "ksc")]:
                if self.numbers.get(node) and (self.random.random() < 0.5 or node not in signed):
                    signed.add(node)
                    self.add("delivery", text, message=("", node, ""))
            if self.random.random() < 0.1:
                self.add("refusal", "seal.signature 3\n", message=("", "isoc-energy", ""))
            for author, signers in (("isoc-energy", None), ("nccis", ["nccis", "aigerim"])):
                while self.files:
                    self.hand_in(*self.files.pop())
                bodies = [
                    {"level": self.random.randrange(6), "note": "x" * self.random.randrange(500)}
                    for _ in range(self.random.randrange(1, 40))
                ]
                data = self.random.randbytes(9)
                bodies[0]["file"] = {"name": "log", "size": 9, "sha256": sha(data).hex()}
                self.publish(
                    author,
                    "incident.notice" if author != "nccis" else "advisory",
                    bodies if author != "nccis" else [{"cve": "CVE-2026-0001"}],
                    signers,
                )
            self.flush()
            self.keep()
        self.close_segment(unused=100000)
        self.tiles()
        self.write("journal/checkpoint", self.checkpoint())


def main():
    folder = sys.argv[1]
    Inventor(folder).run(int(sys.argv[2]) if len(sys.argv) > 2 else 1000)


if __name__ == "__main__":
    main()
