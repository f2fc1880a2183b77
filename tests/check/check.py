#!/usr/bin/python3
"""check - verify a hub's journal and the receipts of its nodes, with public keys alone.

    check.py --vkey FILE --journal FOLDER [--sent FOLDER]... [--inbox FOLDER]...
             [--attachments FOLDER]... [--torn] [--json]

It shares no code with the hub, the nodes or their tests: what it knows is in
schemas/PROTOCOL.md.  It reads every byte of the segments and recomputes all that follows from
them (leaves, the tree, tiles, bundles, checkpoint); it checks each certificate, seal and
acknowledgement against the roster that the journal itself holds; then each receipt and each
delivered message against that tree.  The first fault ends it: file, place, what; exit code 1.

--torn   a hub may be writing, or was killed, or the files are a copy made while it wrote: what
         lies beyond the checkpoint need not be whole, as long as nothing that anybody holds
         (receipt, delivery) needs it.  Everything is read in this order: the names of what
         nodes hold, the checkpoint, the segments, the tiles
--json   one JSON object of counts instead of the table
"""

import argparse
import base64
import binascii
import collections
import datetime
import functools
import hashlib
import json
import os
import re
import struct
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID, NameOID

ZERO = datetime.datetime(1970, 1, 1)
NODE = KIND = RULE = rb"[!-~]{1,63}"
UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# No sign, no zero in front, at most 2^64 - 1: that, or one that is less from some digit on.
MOST = str(2**64 - 1)
LESS = "".join(
    f"|{MOST[:i]}[{int(not i)}-{int(digit) - 1}][0-9]{{{len(MOST) - i - 1}}}" for i, digit in enumerate(MOST) if int(digit) > int(not i)
)
NUMBER = f"0|[1-9][0-9]{{0,{len(MOST) - 2}}}|{MOST}{LESS}".encode()
HEX = rb"[0-9a-f]{64}"
B64 = rb"[A-Za-z0-9+/]+={0,2}"
TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"

TYPE = rb"[!-~]{1,23}"
SEAL_HEAD = re.compile(
    rb"dabyl-seal/v1\norigin ([!-~]+)\ncount (%s)\nroot (%s)\n((?:sig ed25519 %s %s\n){1,4})"
    % (NUMBER, B64, HEX, B64)
)
SEAL_TAIL = re.compile(rb"index (%s)\n((?:path %s\n){0,16})" % (NUMBER, B64))
SEAL = re.compile(SEAL_HEAD.pattern + SEAL_TAIL.pattern)
ACK = re.compile(
    rb"(dabyl-ack/v1\n([!-~]+)\n(%s)\n(%s)\n(%s)\n)sig ed25519 (%s)\n" % (HEX, NUMBER, B64, B64)
)
ORIGIN = re.compile(
    rb"([!-~]+\n)(?:predecessor ([!-~]+)\ntaken (%s)\nformers (%s)\n[!-~]+\n.*)?" % (NUMBER, NUMBER),
    re.S,
)
PACK = re.compile(rb"pack [!-~]+ (%s)\n" % NUMBER)
RULES_SEAL = re.compile(
    rb"dabyl-rules/v1\norigin ([!-~]+)\ndigest (%s)\nsig ed25519 (%s) (%s)\n" % (HEX, HEX, B64)
)
NOTE = re.compile(
    # Lines behind the root are extensions; names of keys are any but space and plus.
    rb"(([!-~]+)\n(%s)\n(%s)\n(?:[^\n\0-\x1f]+\n)*)\n((?:\xe2\x80\x94 [^\s+]+ %s\n)+)" % (NUMBER, B64, B64)
)
PROOF = re.compile(
    rb"c2sp\.org/tlog-proof@v1\nextra (%s)\nindex (%s)\n((?:%s\n)*)\n(.*)" % (B64, NUMBER, B64),
    re.S,
)
FEED = rb"[!-~]{1,32}"
ROUTE = re.compile(
    rb"(?:(?P<how>deliver|by-subscription) (?P<to>%s) (?P<r1>%s) (?P<t1>sender|none) [^\n]+"
    rb"|withhold %s %s (?P<t2>sender|none) [a-z.-]+ [^\n]+"
    rb"|emit (?P<kind>%s) (?P<id>%s) %s (?P<t3>sender|none) [^\n]+"
    rb"|remark [a-z.-]+ (?P<t4>sender|none)"
    rb"|refers (?P<refers>(?:incident|re|under|supersedes|cancels) %s %s)"
    rb"|exercise (?P<exercise>(?:opens|joins|closes|within) %s)"
    rb"|attachment (?P<attachment>%s (?:%s))"
    rb"|cause (?P<cause>%s %s)"
    rb"|carries (?P<brought>%s) (?P<old>%s %s)"
    rb"|omits (?P<without>%s) [a-z.-]+ (?:%s)"
    rb"|(?:joins|leaves) (?P<set>%s %s) %s"
    rb"|absent [a-z-]+ %s (?P<t5>sender|none) [^\n]+"
    rb"|delegates %s (?:-|[!-~]+) %s %s %s"
    rb"|(?P<acts>acts %s (?:-|[!-~]+) %s (?P<delegation>%s %s))"
    rb"|level (?P<level>[3-9])"
    rb"|subscribers (?P<subscribers>(?:%s)) (?P<t6>sender|none)"
    rb"|feed (?P<feed>%s %s (?:%s) %s)"
    rb"|subscribes (?P<subscribes>%s (?:kind|level|sector|category|country|object|author) [!-~]+)"
    rb"|unsubscribes (?P<unsubscribes>%s)"
    rb"|expires (?P<expires>%s)"
    rb"|(?P<unreached>unreached %s))"
    % (
        *(NODE, RULE, NODE, RULE, KIND, UUID, RULE, NODE, UUID, NODE, HEX, NUMBER, NODE, UUID),
        *(NODE, NODE, UUID, NODE, NUMBER, NODE, UUID, NODE, RULE, NODE, NODE, TIME, TIME),
        *(NODE, NODE, NODE, UUID),
        *(NUMBER, NODE, FEED, NUMBER, HEX, FEED, FEED, TIME, NODE),
    )
)
TELLS = "t1", "t2", "t3", "t4", "t5", "t6"
ERASURE = re.compile(
    rb"dabyl-erasure/v(1|2)\n((?:position (?:%s)\n){1,16})((?:attachment [0-9a-f]{64}\n){,64})" % NUMBER
)
QUARANTINE = re.compile(rb"dabyl-quarantine/v1\nposition (%s)\nreason ([^\n]*)\n" % NUMBER)
OPERATOR = re.compile(
    rb"dabyl-operator/v1\nnonce [0-9a-f]{32}\nby ([^\n]+)\n(?:uid (?:%s)\n)?act ([!-~]+)\n"
    rb"(?:to ([^\n]+)\n)?(?:reason ([^\n]+)\n)?(?:result ([^\n]+)\n)?" % NUMBER
)
ATTACHMENT = re.compile(rb"dabyl-attachment/v1\ndigest (%s)\nsize (%s)\n" % (HEX, NUMBER))

# Magic, octets of seals and entries, of the seals alone, count, sequence, position, id, root before.
BATCH = struct.Struct(">8sIIIQQ16s32s")
UNSEALED, UNDER_A_HEAD, SEALED_BY_TEXT = range(3)  # how an entry says its seal
DOCUMENT, SEALED, RECORD, ID, FORMER = 1, 2, 4, 8, 16  # what a leaf has
SETTLED = ("met", "met-late", "withdrawn")
DUTY_STATES = ("open", "handed", "near", "overdue") + SETTLED
Leaf = collections.namedtuple("Leaf", "position time type kind author id document seal record former", defaults=(None,))
Entry = collections.namedtuple("Entry", "where leaf document seal record")
Parts = collections.namedtuple("Parts", "said kind place seal leaf document record")  # as a batch has them
Certificate = collections.namedtuple("Certificate", "key name role node serial start end")


class Fault(Exception):
    """Something that must not be: where, and what."""

    def __init__(self, where, what):
        super().__init__(f"{where}: {what}")


class Unreadable(Fault):
    """An entry that does not say anything: no fault, if a later entry sets it aside."""


def sha(data):
    return hashlib.sha256(data).digest()


class Reader:
    """Numbers and octets from the front of bytes, up to an end."""

    def __init__(self, data, at=0, end=None):
        self.data, self.at, self.end = data, at, len(data) if end is None else end

    def take(self, size):
        if size > self.end - self.at:
            raise EOFError
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def sized(self, size):
        """As many octets as a number of this size says."""
        return self.take(self.number(size))

    def whole(self):
        if self.at != self.end:
            raise EOFError


def take_entry(reader):
    """The next entry of a batch: how it says its seal, and its parts."""
    begin, place, seal = reader.at, None, b""
    kind = reader.number(1)
    if kind == UNDER_A_HEAD:
        place = reader.number(4), reader.number(2), reader.number(4)
    elif kind == SEALED_BY_TEXT:
        seal = reader.sized(4)
    elif kind != UNSEALED:
        raise EOFError
    end = begin + 1 if kind == SEALED_BY_TEXT else reader.at
    said = reader.data[begin:end]
    return Parts(said, kind, place, seal, reader.sized(2), reader.sized(4), reader.sized(4))


def take_batch(data, start):
    """The heads with their proofs and the entries (with where each begins); None if it is not whole."""
    try:
        reader = Reader(data, start)
        _, length, of_seals, count, *_ = BATCH.unpack(reader.take(BATCH.size))
        entries = Reader(data, reader.at + of_seals, reader.at + length)
        seals = Reader(data, reader.at, min(entries.at, entries.end))
        checksum = Reader(data, entries.end).take(32)
        heads = [(seals.sized(4), seals.sized(4)) for _ in range(seals.number(2))]
        seals.whole()
        total = hashlib.sha256(data[start : entries.at])
        found = []
        for _ in range(count):
            begin = entries.at
            parts = take_entry(entries)
            found.append((begin, parts))
            total.update(parts.said + sha(b"\0" + parts.leaf))
            seal = heads[parts.place[1]][0] if parts.place else parts.seal
            for part in (parts.document, seal, parts.record):
                total.update(sha(part) if part else bytes(32))
        entries.whole()
    except (EOFError, IndexError):
        return None
    return (heads, found, entries.end + 32) if total.digest() == checksum else None


def node_hash(left, right):
    return sha(b"\1" + left + right)


def is_erased(document):
    """What is left of a document that was erased lawfully: as many zeros."""
    return bool(document) and document.count(0) == len(document)


def unbase64(text, where, size=None):
    """Only the canonical encoding, and the size that was expected."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        data = b""
    if base64.b64encode(data) != text or (size is not None and len(data) != size):
        raise Fault(where, f"not canonical base64 of {size or 'some'} bytes: {text[:60]!r}")
    return data


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Fault(path, error.strerror) from error


def listing(folder):
    try:
        return os.listdir(folder)
    except OSError as error:
        raise Fault(folder, error.strerror) from error


def empty(data, offset=0):
    """Nothing but zeros from there on."""
    return data.count(0, offset) == len(data) - offset


@functools.lru_cache(maxsize=None)
def signed_by(key, signature, text):
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
        return True
    except InvalidSignature:
        return False


class Tree:
    """RFC 6962: the hashes of all complete subtrees, by level."""

    def __init__(self):
        self.levels = [[]]

    def size(self):
        return len(self.levels[0])

    def add(self, leaf):
        node, level = sha(b"\0" + leaf), 0
        self.levels[0].append(node)
        while len(self.levels[level]) % 2 == 0:
            node = node_hash(self.levels[level][-2], node)
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(node)

    def root(self, size):
        root = None
        for level in range(size.bit_length()):
            if size >> level & 1:
                left = self.levels[level][(size >> level) - 1]
                root = left if root is None else node_hash(left, root)
        return sha(b"") if root is None else root


def path_root(leaf_hash, index, size, path, where):
    """RFC 6962 section 2.1.1, as RFC 9162 section 2.1.3.2 spells it out."""
    if index >= size:
        raise Fault(where, f"index {index} is not below the size {size}")
    node, place, last = leaf_hash, index, size - 1
    for sibling in path:
        if last == 0:
            raise Fault(where, "the path is too long")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Fault(where, "the path is too short")
    return node


def paths_of(leaves, size, proof):
    """The root that a run proof leads to from leaves (place -> hash), and the audit path of each.

    None when the proof has not as many hashes as it takes.
    """
    rest = Reader(proof)

    def walk(low, high, inside):
        if not inside:
            return rest.take(32), {}
        if high - low == 1:
            return leaves[low], {low: []}
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        left, paths = walk(low, middle, [place for place in inside if place < middle])
        right, others = walk(middle, high, [place for place in inside if place >= middle])
        for path in paths.values():
            path.append(right)
        for path in others.values():
            path.append(left)
        return node_hash(left, right), {**paths, **others}

    try:
        found = walk(0, size, sorted(leaves))
        rest.whole()
    except EOFError:
        return None
    return found


def read_vkey(path):
    """C2SP signed-note: <name>+<hex key id>+<base64 of the type 0x01 and the key>."""
    text = read(path)
    match = re.fullmatch(rb"([!-*,-~]+)\+([0-9a-f]{8})\+(%s)\n?" % B64, text)
    if not match:
        raise Fault(path, "not a verifier key")
    key = unbase64(match[3], path, 33)
    if key[:1] != b"\1" or sha(match[1] + b"\n" + key)[:4].hex().encode() != match[2]:
        raise Fault(path, "the key id does not belong to this Ed25519 key")
    return match[1], key[1:], text.rstrip(b"\n") + b"\n"


def moment_of(milliseconds):
    """As texts have it: 2026-11-22T09:41:07.250Z."""
    moment = ZERO + datetime.timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds") + "Z"


def milliseconds_of(moment):
    since = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ") - ZERO
    return since // datetime.timedelta(milliseconds=1)


def uuid_of(octets):
    text = octets.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def word_of(octets, pattern, most=63):
    """A word of a leaf, or None where there is none."""
    if octets and not (len(octets) <= most and re.fullmatch(pattern, octets)):
        raise ValueError
    return octets.decode() or None


def take_leaf(reader):
    if len(reader.data) > 290 or reader.number(1) != 1:
        raise ValueError
    has, position, time = reader.number(1), reader.number(8), moment_of(reader.number(8))
    kind = word_of(reader.sized(1), TYPE, 23)
    what, author = word_of(reader.sized(1), KIND), word_of(reader.sized(1), NODE)
    id_ = word_of(uuid_of(reader.take(16)).encode(), UUID) if has & ID else None
    hashes = [reader.take(32).hex() if has & part else None for part in (DOCUMENT, SEALED, RECORD)]
    former = reader.number(8) if has & FORMER else None
    reader.whole()
    if has >= 2 * FORMER or not kind or (former is not None) != kind.startswith("former."):
        raise ValueError
    return Leaf(position, time, kind, what, author, id_, *hashes, former)


def parse_leaf(octets, where):
    try:
        return take_leaf(Reader(octets))
    except (ValueError, OverflowError, EOFError) as error:
        raise Fault(where, "not a leaf in its canonical form") from error


def octets_of(leaf):
    """A leaf as it is in the tree."""
    parts = leaf.document, leaf.seal, leaf.record, leaf.id, leaf.former
    has = sum(1 << i for i, part in enumerate(parts) if part is not None)
    out = struct.pack(">BBQQ", 1, has, leaf.position, milliseconds_of(leaf.time))
    for word in (leaf.type, leaf.kind, leaf.author):
        out += struct.pack("B", len(word or "")) + (word or "").encode()
    for digits in (leaf.id, leaf.document, leaf.seal, leaf.record):
        out += bytes.fromhex((digits or "").replace("-", ""))
    return out + (b"" if leaf.former is None else struct.pack(">Q", leaf.former))


class Roster:
    """CAs, their revocations and the certificates in force, from a roster entry."""

    def __init__(self, pem, where):
        blocks = re.findall(rb"-----BEGIN ([A-Z0-9 ]+)-----\n.*?-----END \1-----\n", pem, re.S)
        try:
            certs = [
                x509.load_pem_x509_certificate(block) for block in self.blocks(pem, b"CERTIFICATE")
            ]
            crls = [x509.load_pem_x509_crl(block) for block in self.blocks(pem, b"X509 CRL")]
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Fault(where, f"the roster does not parse: {error}") from error
        first = pem.find(b"-----BEGIN X509 CRL-----")
        leading = len(self.blocks(pem[:first], b"CERTIFICATE")) if first >= 0 else 1
        if not certs or leading < 1 or len(blocks) != len(certs) + len(crls):
            raise Fault(where, "the roster wants CAs, their CRLs, certificates and nothing else")
        self.cas = certs[:leading]
        self.by_key = collections.defaultdict(list)  # a renewed key has several certificates
        self.roles = {}
        self.revoked = {}
        for ca in self.cas:
            self.issuer(ca, where)
        listed = set()
        for crl in crls:
            ca = self.issuer(crl, where)
            listed.add(self.name(ca))
            self.revoked.update({(self.name(ca), entry.serial_number): entry.revocation_date for entry in crl})
        if crls and len(listed) != len({self.name(ca) for ca in self.cas}):
            raise Fault(where, "the roster has a CA without its CRL")
        for cert in certs[leading:]:
            ca = self.issuer(cert, where)
            if ca:
                self.take(cert, self.name(ca), where)

    @staticmethod
    def name(ca):
        """A CA is its name and key."""
        key = ca.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return ca.subject.public_bytes() + key

    @staticmethod
    def blocks(pem, label):
        return re.findall(rb"-----BEGIN %s-----\n.*?-----END %s-----\n" % (label, label), pem, re.S)

    @staticmethod
    def signed(ca, signed):
        key = ca.public_key()
        text = getattr(signed, "tbs_certificate_bytes", None) or getattr(signed, "tbs_certlist_bytes", None)
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signed.signature, text, ec.ECDSA(ca.signature_hash_algorithm))
            else:
                key.verify(signed.signature, text)
        except InvalidSignature:
            return False
        return True

    @staticmethod
    def identifier(signed, kind):
        """The key id of who signed it, or of a CA itself."""
        try:
            value = signed.extensions.get_extension_for_oid(kind).value
        except (ValueError, x509.ExtensionNotFound):
            return None
        return getattr(value, "key_identifier", None) or getattr(value, "digest", None)

    def issuer(self, signed, where):
        """The CA that signed it.  None: one that is believed no more, so that it counts for nothing."""
        named = self.identifier(signed, ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
        what = f"certificate {signed.serial_number:x}" if hasattr(signed, "serial_number") else "the CRL"
        alike = [
            ca for ca in self.cas
            if named == self.identifier(ca, ExtensionOID.SUBJECT_KEY_IDENTIFIER) and named is not None
        ]
        if not alike and len(self.cas) == 1 and not named:
            alike = self.cas
        for ca in alike:
            if signed.issuer == ca.subject and self.signed(ca, signed):
                return ca
        if alike or what == "the CRL" or signed in self.cas:
            raise Fault(where, f"{what} is not signed by the CA")
        return None

    def take(self, cert, ca, where):
        """Keep a sealing certificate; a channel's key (X25519) seals nothing."""
        try:
            key = cert.public_key()
        except (ValueError, UnsupportedAlgorithm):
            return
        if not isinstance(key, ed25519.Ed25519PublicKey):
            return
        try:
            name, role = (
                cert.subject.get_attributes_for_oid(oid)[0].value
                for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
            )
            node = name
            if role == "officer":
                names = cert.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
                node = names.value.get_values_for_type(x509.DNSName)[0]
        except (IndexError, ValueError, x509.ExtensionNotFound) as error:
            raise Fault(
                where, f"certificate {cert.serial_number:x} names no node or role"
            ) from error
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        start, end = cert.not_valid_before, cert.not_valid_after
        found = Certificate(raw, name, role, node, (ca, cert.serial_number), start, end)
        self.by_key[sha(raw).hex()].append(found)
        if role != "officer":
            self.roles[name] = role

    def find(self, key_id, time, where):
        """The certificate of this key that was good at that time."""
        moment = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")
        why = f"no certificate in force for the key {key_id[:16]}…"
        for cert in self.by_key[key_id]:
            if not cert.start <= moment <= cert.end:
                why = f"the certificate of {cert.name} is not valid at {time}"
            elif self.revoked.get(cert.serial, moment) < moment:
                why = f"the certificate of {cert.name} was revoked before {time}"
            else:
                return cert
        raise Fault(where, why)


class Unfinished(Exception):
    """Beyond the checkpoint, the files were still growing when they were read or copied."""


class Check:
    """One journal: what was read of it, and what was counted."""

    def __init__(self, vkey_path, journal, torn=False):
        self.origin, self.key, self.vkey = read_vkey(vkey_path)
        self.journal = journal
        self.torn = torn
        self.tree = Tree()
        self.entries = []
        self.raw = {}  # position -> the octets of a leaf that is none
        self.unread = {}  # position -> why its leaf does not say what it is
        self.duties = {}
        self.feeds = {}  # (node, name) -> what it asks for by field, its count and digest
        self.follows = set()  # (node, name, thread)
        self.acts = {}  # position of a message -> what it does to an exercise, "within autumn"
        self.first = {}  # position of what supersedes or cancels: what that began as
        self.replaced = set()  # what was superseded or cancelled
        self.carried = {}  # (node, "author id", to read) that it was brought later -> by which entry
        self.joined = collections.defaultdict(set)  # exercise -> who opened or joined it
        self.named = set()  # (author, digest, size) of what messages name
        self.handed_in = set()
        self.ends = {}  # root after each batch -> size
        self.inbox = collections.defaultdict(list)  # node -> positions, number 1 first
        self.told = {}  # position -> lines that the author may know
        self.messages = {}  # (author, id) -> position
        self.acked = collections.Counter()
        self.before = collections.Counter()  # node -> as many it had in the log before
        self.formers = 0  # entries that were taken over
        self.promised = {}  # (kind, id) of derived messages that a record announced
        self.roster = None
        self.rules = set()
        self.packs = []  # in force, with their seals
        self.heads = set()
        self.erased = set()  # positions of messages whose documents are gone
        self.lawful = set()  # positions that an entry says are erased
        self.aside = {}  # position -> why nobody can read what the entry there says
        self.count = collections.Counter()
        self.types = collections.Counter()
        self.next_sequence = None
        self.time = ""
        self.held_names = {}  # folder of a node -> what was in it before the journal was read
        self.published = b""  # the checkpoint, before the segments were read
        self.published_size = 0
        self.broken_off = ""

    # --- segments -------------------------------------------------------------------------

    def segments(self):
        folder = os.path.join(self.journal, "segments")
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(".seg"))
        except OSError as error:
            raise Fault(folder, error.strerror) from error
        if not names:
            raise Fault(folder, "no segment")
        for name in names:
            try:
                self.segment(os.path.join(folder, name), name == names[-1])
            except Unfinished as unfinished:
                self.broken_off = str(unfinished)
                break
        reserve = os.path.join(folder, ".next")  # room for the next segment, made ahead
        if os.path.exists(reserve) and not empty(read(reserve)):
            raise Fault(reserve, "the space reserved for the next segment is not empty")
        for fault in self.aside.values():
            raise fault
        if self.erased - self.lawful:
            where = self.entries[min(self.erased - self.lawful)].where
            raise Fault(where, "the document is gone, and no later entry says that it was erased")
        if self.promised:
            raise Fault(folder, f"announced but never made: {next(iter(self.promised))}")
        if not self.entries:
            raise Fault(folder, "no entry")

    def broken(self, where, why):
        """A fault of the framing: of a file that was growing, beyond the checkpoint, none."""
        if self.torn and self.published_size <= self.tree.size():
            return Unfinished(f"{where}: {why}")
        return Fault(where, why)

    def segment(self, path, last):
        data = read(path)
        name = os.path.basename(path)
        if last and self.torn and len(data) >= 64 and empty(data[:64]):
            return  # reserved, and not written yet
        if name != f"{self.tree.size():020d}.seg":
            raise self.broken(path, f"expected the segment of position {self.tree.size()}")
        head = data[:64].ljust(64, b"\0")
        magic, version, zero, position, sequence, origin = struct.unpack(">8sIIQQ32s", head)
        if magic != b"DABYLSEG" or version != 1 or zero or position != self.tree.size():
            raise self.broken(f"{path}:0", "not the header of this segment")
        if self.next_sequence not in (None, sequence) or origin != sha(self.origin):
            raise Fault(f"{path}:0", "the header names another batch sequence or log")
        self.next_sequence = sequence
        offset = 64
        while data.startswith(b"DBATCH01", offset):
            taken = self.batch(path, data, offset)
            if taken is None:
                break
            offset += taken
        if not empty(data, offset):
            if not (last and self.torn):
                raise self.broken(f"{path}:{offset}", "neither a whole batch nor unused space")
            self.cut_short(path, data.rstrip(b"\0"), offset)
            self.count["torn"] += len(data.rstrip(b"\0")) - offset
        elif not last and offset != len(data):
            raise self.broken(f"{path}:{offset}", "unused space before the last segment")
        self.count["segments"] += 1

    def cut_short(self, path, data, offset):
        """What is left of the last batch, up to its last octet that is not zero, was never written whole."""
        where = f"{path}:{offset}"
        at = data.find(b"DBATCH01", offset + 1)
        while at >= 0:
            if len(data) - at >= BATCH.size and self.is_later(BATCH.unpack_from(data, at)):
                raise self.broken(where, f"a bad batch before a good one at {at}")
            at = data.find(b"DBATCH01", at + 1)
        head = data[offset : offset + BATCH.size]
        if self.sector_lost(data, offset, offset + len(head)):
            return
        if len(head) < BATCH.size:
            if head[:8] != b"DBATCH01"[: len(head)]:
                raise self.broken(where, "what stands here is no batch")
            return
        magic, length, _, count, sequence, first, *_ = BATCH.unpack(head)
        if magic != b"DBATCH01" or count == 0 or (sequence, first) != (self.next_sequence, self.tree.size()):
            raise self.broken(where, "what stands here is not the batch that follows")
        end = offset + BATCH.size + length + 32
        if len(data) > end:
            raise self.broken(where, "bytes behind the last batch, where nothing was ever written")
        if len(data) == end and not self.sector_lost(data, offset, end):
            raise self.broken(where, "the last batch does not match its checksum, though no part of it is missing")

    def is_later(self, header):
        """Whether a header is of a batch behind the one that follows; what was read with it shows that one was whole."""
        _, length, of_seals, count, sequence, first, *_ = header
        good = count > 0 and of_seals <= length
        return good and self.next_sequence < sequence < self.next_sequence + 2**32 and first > self.tree.size()

    @staticmethod
    def sector_lost(data, begin, end):
        """Whether one of the file's 512-octet sectors between these was not written: it is of zeros as far as it is there."""
        starts = range(begin // 512 * 512, end, 512)
        return any(empty(data[max(at, begin) : at + 512]) for at in starts)

    def batch(self, path, data, start):
        """The bytes that the batch takes, or None if it is not whole."""
        where = f"{path}:{start}"
        found = take_batch(data, start)
        if found is None:
            if not self.torn:
                raise Fault(where, "the batch does not match its checksum")
            return None
        heads, entries, end = found
        self.form(path, start, heads, entries)
        _, _, _, count, sequence, first, _, before = BATCH.unpack_from(data, start)
        if sequence != self.next_sequence or first != self.tree.size() or count == 0:
            raise Fault(where, "the batch's sequence or position does not follow")
        if before != self.tree.root(first):
            raise Fault(where, "the root before the batch is not that of the entries before it")
        for at, parts in entries:
            self.parts(f"{path}:{at}", parts, heads)
        self.seals(first, heads, [parts for _, parts in entries])
        for entry in self.entries[first:]:
            try:
                self.entry(entry)
            except Unreadable as fault:
                self.set_aside(entry, fault)
        if self.promised:
            raise Fault(
                where, f"a derived message is not in its cause's batch: {next(iter(self.promised))}"
            )
        self.next_sequence += 1
        self.ends[self.tree.root(self.tree.size())] = self.tree.size()
        self.count["batches"] += 1
        return end - start

    @staticmethod
    def form(path, start, heads, entries):
        """A batch has one form; one whose checksum is right and that has another was written so."""
        named, last = 0, [-1] * len(heads)
        for at, parts in entries:
            where = f"{path}:{at}"
            if parts.kind == SEALED_BY_TEXT and not parts.seal:
                raise Fault(where, "the entry has a seal of no octets")
            if not parts.place:
                continue
            back, head, index = parts.place
            if back != at - start:
                raise Fault(where, "the entry says another place of its batch")
            if head > named:
                raise Fault(where, "heads are in another order than entries name them in")
            if index <= last[head]:
                raise Fault(where, "the places under a head do not rise")
            named, last[head] = max(named, head + 1), index
        if named < len(heads):
            raise Fault(f"{path}:{start}", "a head that nothing in its batch is under")

    def parts(self, where, parts, heads):
        try:
            leaf = self.leaf(parts.leaf, where)
        except Fault as fault:
            leaf = Leaf(self.tree.size(), self.time, "unread", *[None] * 7)
            leaf = leaf._replace(document=self.said_document(parts.leaf))
            self.raw[leaf.position] = parts.leaf
            self.unread[leaf.position] = str(fault).removeprefix(f"{where}: ")
        seal = heads[parts.place[1]][0] if parts.place else parts.seal
        for name, part in (("document", parts.document), ("seal", seal), ("record", parts.record)):
            if name == "document" and leaf.document and self.is_message(leaf) and is_erased(part):
                self.erased.add(leaf.position)
                continue
            if getattr(leaf, name) != (hashlib.sha256(part).hexdigest() if part else None):
                fault = f"the leaf has another hash than the {name}"
                self.unread.setdefault(leaf.position, fault)
        if (parts.kind == UNDER_A_HEAD) != (leaf.type in ("message", "former.message")):
            self.unread.setdefault(leaf.position, "a message, and nothing else, is under a head of its batch")
        if not leaf.former:
            if leaf.time < self.time:
                raise Fault(where, "the time went back")
            self.time = leaf.time
        self.tree.add(parts.leaf)
        self.entries.append(Entry(where, leaf, parts.document, parts.seal, parts.record))
        self.types[leaf.type] += 1

    def seals(self, first, heads, batch):
        """The whole seal of each message, from the head, its place and the proof of all that are there."""
        under = [[] for _ in heads]  # of each head: the places under it that are there, and where
        for position, parts in enumerate(batch, first):
            if parts.place:
                _, head, index = parts.place
                under[head].append((index, position))
        for (head, proof), places in zip(heads, under):
            match = SEAL_HEAD.fullmatch(head)
            size = int(match[2]) if match else 0
            leaves = {
                index: sha(b"\0" + self.sealed(self.entries[position]))
                for index, position in places
                if index < size <= 65536
            }
            found = paths_of(leaves, size, proof) if leaves else None
            for index, position in places:
                self.under(position, head, index, found[1].get(index) if found else None)

    @staticmethod
    def said_document(octets):
        """What an entry's leaf names as its document, though it be at another position; of what is no leaf None."""
        try:
            return take_leaf(Reader(octets)).document
        except (ValueError, OverflowError, EOFError):
            return None

    @staticmethod
    def sealed(entry):
        """The hash of a document as its leaf has it; where that is none, or has none, that of what is there."""
        return bytes.fromhex(entry.leaf.document) if entry.leaf.document else sha(entry.document)

    def under(self, position, head, index, path):
        if path is None:
            self.unread.setdefault(position, "the seal's head, place or proof is none")
            return
        lines = b"".join(b"path %s\n" % base64.b64encode(sibling) for sibling in path)
        self.entries[position] = self.entries[position]._replace(
            seal=head + b"index %d\n" % index + lines
        )

    def leaf(self, text, where):
        leaf = parse_leaf(text, where)
        if leaf.position != self.tree.size():
            raise Fault(where, f"the leaf says position {leaf.position}")
        return leaf

    # --- entries --------------------------------------------------------------------------

    def entry(self, entry):
        if entry.leaf.position in self.unread:
            raise Unreadable(entry.where, self.unread[entry.leaf.position])
        kind = entry.leaf.type
        if entry.leaf.position > 0 and kind == "origin":
            raise Unreadable(entry.where, "a second origin")
        if (entry.leaf.position == 0) != (kind == "origin"):
            raise Fault(entry.where, "the first entry, and no other, is the origin")
        if kind == "origin":
            self.begins(entry)
        former = entry.leaf.former is not None
        if kind != "origin" and former != (entry.leaf.position <= self.formers):
            raise Fault(entry.where, "more or less was taken over than the origin says")
        kind = kind.replace("former.", "")
        if former and kind == "delivery":
            self.had_before(entry)
        elif kind == "roster":
            self.roster = Roster(entry.document, entry.where)
        elif kind == "rules":
            self.rules_seals(entry)
        elif kind == "message":
            self.message(entry)
        elif kind == "delivery":
            self.delivery(entry)
        elif kind == "duty":
            self.duty(entry)
        elif kind == "attachment":
            self.attachment(entry)
        elif kind == "quarantine":
            self.quarantine(entry)
        elif kind == "erasure":
            self.erasure(entry)
        elif kind == "operator":
            self.operator(entry)
        elif kind not in ("origin", "start", "registry", "schemas", "refusal", "session", "clock"):
            raise Fault(entry.where, f"unknown entry type {kind}")
        if former and kind not in ("roster", "message", "delivery", "duty", "attachment", "erasure"):
            raise Fault(entry.where, f"a log takes over nothing of type {kind}")
        if kind != "message" and (entry.record or entry.leaf.kind or entry.leaf.id):
            raise Fault(entry.where, f"an entry of type {kind} has no kind, id or record")

    def begins(self, entry):
        """The log's key, and in a successor's the log that it goes on from."""
        match = ORIGIN.fullmatch(entry.document)
        if not match or match[1] != self.vkey:
            raise Fault(entry.where, "the log begins with another verifier key")
        self.formers = int(match[4] or 0)

    def had_before(self, entry):
        """The highest number that a node signed for in the log before."""
        match = ACK.fullmatch(entry.document)
        if not match or match[2] == self.origin:
            raise Unreadable(entry.where, "not an acknowledgement for the log before")
        self.before[entry.leaf.author] = int(match[4])

    def deliver(self, node, leaf):
        """The next number of an inbox; what was acknowledged in the log before has none."""
        if leaf.former and self.before[node] > 0:
            self.before[node] -= 1
        else:
            self.inbox[node].append(leaf.position)

    def set_aside(self, entry, fault):
        """Of what cannot be read only the lines count that deliver it, and that there it is."""
        leaf = entry.leaf
        self.aside[leaf.position] = fault
        if leaf.type not in ("message", "former.message"):
            return
        told, had = [], set()
        for line in entry.record.split(b"\n")[:-1]:
            route = ROUTE.fullmatch(line)
            if route and route["to"] and route["to"] not in had:
                self.deliver(route["to"].decode(), leaf)
                had.add(route["to"])
            if route and self.is_told(route):
                told.append(line + b"\n")
        self.told[leaf.position] = b"".join(told)
        self.acts[leaf.position] = ""

    def operator(self, entry):
        """What an operator did to the hub, in whose name."""
        match = OPERATOR.fullmatch(entry.document)
        if not match or not all(self.is_line(field) for field in match.groups() if field):
            raise Unreadable(entry.where, "not an operator's act")

    def quarantine(self, entry):
        """The log sets an entry aside that its hub could not read."""
        match = QUARANTINE.fullmatch(entry.document)
        if match and not (self.is_line(match[2]) and len(match[2]) < 256):
            match = None
        if not match or not 0 < int(match[1]) < entry.leaf.position:
            raise Unreadable(entry.where, "not the quarantine of an entry before it")
        self.aside.pop(int(match[1]), None)
        self.count["quarantined"] += 1

    def erasure(self, entry):
        """The log says which documents of earlier messages are gone lawfully."""
        match = ERASURE.fullmatch(entry.document)
        named = [int(line.split()[1]) for line in match[2].splitlines()] if match else []
        if not named or named != sorted(set(named)) or named[0] == 0 or named[-1] >= entry.leaf.position:
            raise Unreadable(entry.where, "not an erasure of entries before it")
        files = [line.split()[1] for line in match[3].splitlines()]
        if files != sorted(set(files)) or bool(files) != (match[1] == b"2"):
            raise Unreadable(entry.where, "not an erasure of attachments, each once")
        self.handed_in = {(who, file) for who, file in self.handed_in if file not in files}
        self.count["erased"] += len(self.erased.intersection(named))
        self.lawful.update(named)

    @staticmethod
    def is_message(leaf):
        return leaf.type in ("message", "former.message")

    @staticmethod
    def is_line(octets):
        """UTF-8 without control characters."""
        try:
            return not re.search("[\0-\x1f\x7f-\x9f]", octets.decode())
        except UnicodeDecodeError:
            return False

    def certificate(self, key_id, entry):
        if not self.roster:
            raise Fault(entry.where, "no roster yet")
        return self.roster.find(key_id, entry.leaf.time, entry.where)

    def pack_seal(self, entry, pack, seal):
        match = RULES_SEAL.fullmatch(seal)
        if not match or match[1] != self.origin or match[2].decode() != sha(pack).hex():
            raise Fault(entry.where, "the rules have no seal made for them and this log")
        cert = self.certificate(match[3].decode(), entry)
        text = b"dabyl-rules/v1\n%s\n%s\n%s\n" % (match[1], match[3], match[2])
        if not signed_by(cert.key, unbase64(match[4], entry.where, 64), text):
            raise Fault(entry.where, "the rules' signature is not by the key it names")
        if cert.role != "officer" or self.roster.roles.get(cert.node) != "nccis":
            raise Fault(entry.where, f"the rules are sealed by {cert.name}, no officer of nccis")

    def rules_seals(self, entry):
        """Each pack under its own seal; what was in force before was judged then."""
        found, rest = [], entry.document.removeprefix(b"dabyl-packs/v1\n")
        lines = entry.seal.splitlines(keepends=True)
        while rest and (match := PACK.match(rest)):
            size = match.end() + int(match[1])
            found.append((rest[match.end() : size], b"".join(lines[4 * len(found) :][:4])))
            rest = rest[size:]
        if rest or not found or len(lines) != 4 * len(found):
            raise Fault(entry.where, "the rules are no packs, each with its seal")
        for pack, seal in found:
            if (pack, seal) not in self.packs:
                self.pack_seal(entry, pack, seal)
        self.packs = found
        self.rules.add(entry.leaf.position)

    def seal(self, entry):
        """Place and signatures; the first by the author, others by officers of its node."""
        where, leaf = entry.where, entry.leaf
        match = SEAL.fullmatch(entry.seal)
        if not match:
            raise Unreadable(where, "the seal is not in its canonical text")
        origin, count, root, signatures, index, paths = match.groups()
        keys = [line.split(b" ")[2] for line in signatures.splitlines()]
        if not int(index) < int(count) <= 65536 or len(set(keys)) < len(keys):
            raise Unreadable(where, "the seal has no such place, or two signatures of a key")
        if (origin == self.origin) == (leaf.former is not None):
            raise Fault(where, "the seal was made for another log")
        try:
            path = [unbase64(line[5:], where, 32) for line in paths.splitlines()]
            wanted = unbase64(root, where, 32)
        except Fault as fault:
            raise Unreadable(where, "the seal is not in its canonical text") from fault
        document = sha(b"\0" + self.sealed(entry))
        if path_root(document, int(index), int(count), path, where) != wanted:
            raise Unreadable(where, "the seal does not contain this document")
        for i, line in enumerate(signatures.splitlines()):
            _, _, key_id, text = line.split(b" ")
            cert = self.certificate(key_id.decode(), entry)
            if cert.node != leaf.author or (cert.role == "officer") != (i > 0):
                raise Fault(where, f"signature {i + 1} of the seal is by {cert.name} ({cert.role})")
            signed = b"dabyl-seal/v1\n%s\n%s\n%s\n%s\n" % (origin, key_id, count, root)
            if not signed_by(cert.key, unbase64(text, where, 64), signed):
                raise Fault(where, f"signature {i + 1} of the seal is false")
            self.heads.add((key_id, root))

    def message(self, entry):
        where, leaf = entry.where, entry.leaf
        if leaf.position in self.erased:
            return self.erased_message(entry)
        try:
            message = json.loads(entry.document)
            named = message["from"], message["id"], message["kind"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Unreadable(where, "the document is not a message") from error
        if named != (leaf.author, leaf.id, leaf.kind):
            raise Unreadable(where, "leaf and document differ in author, id or kind")
        if (leaf.author, leaf.id) in self.messages:
            raise Fault(where, f"{leaf.author} {leaf.id} was used before")
        self.messages[leaf.author, leaf.id] = leaf.position
        self.seal(entry)
        self.record(entry, message)
        if self.roster.roles.get(leaf.author) == "hub":
            if not leaf.former:
                self.derived(entry, message)
            self.notice(entry, message.get("body", {}).get("about"))
        elif self.claims(message):
            raise Fault(where, "says that it was derived, and is not by the hub")
        self.count["messages"] += 1

    def erased_message(self, entry):
        """What its leaf, seal and record still say."""
        leaf = entry.leaf
        if (leaf.author, leaf.id) in self.messages:
            raise Fault(entry.where, f"{leaf.author} {leaf.id} was used before")
        self.messages[leaf.author, leaf.id] = leaf.position
        self.seal(entry)
        self.record(entry, None)
        if not leaf.former and self.promised.pop((leaf.kind, leaf.id), None) is not None:
            self.count["derived"] += 1
        self.count["messages"] += 1

    def record(self, entry, message):
        """Who it goes to; remembers inboxes and what the author may know."""
        where = entry.where
        lines = entry.record.split(b"\n")
        match = re.fullmatch(
            rb"dabyl-routing/v1\nnonce [0-9a-f]{32}\nrules (%s)" % NUMBER, b"\n".join(lines[:3])
        )
        former = entry.leaf.former is not None
        if not match or lines[-1] or not former and int(match[1]) not in self.rules:
            raise Unreadable(where, "the routing record has no good head, rules in force or end")
        told, refers, exercise, attachments, causes, receivers = [], [], [], [], [], set()
        sets = []
        routes = [ROUTE.fullmatch(line) for line in lines[3:-1]]
        if not all(routes):
            raise Unreadable(where, f"not a routing line: {lines[3 + routes.index(None)]!r}")
        to = [route["to"] for route in routes if route["to"]]
        if len(set(to)) < len(to):
            raise Unreadable(where, "two lines deliver it to one node")
        behind = None  # whom the line delivers to that this one stands behind
        for line, route in zip(lines[3:-1], routes):
            if route["to"]:
                self.deliver(route["to"].decode(), entry.leaf)
                receivers.add(route["to"].decode())
            if route["kind"] and not former:
                self.promised[route["kind"].decode(), route["id"].decode()] = entry.leaf.position
            with_it = route["brought"] or route["without"]
            if with_it and with_it != behind:
                raise Unreadable(where, f"carried to {with_it.decode()}, who does not have it")
            behind = with_it or route["to"]
            if route["old"]:
                self.brought(entry, with_it.decode(), route["old"].decode())
            if with_it or self.is_told(route):
                told.append(line + b"\n")
            if route["refers"]:
                refers.append(route["refers"].decode())
                field, _, name = refers[-1].partition(" ")
                if field in ("supersedes", "cancels"):
                    author, _, id_ = name.partition(" ")
                    self.first[entry.leaf.position] = self.began({"author": author, "id": id_})
                    self.replaced.add((author, id_))
            if route["exercise"]:
                exercise.append(route["exercise"].decode())
            if route["attachment"]:
                attachments.append(route["attachment"].decode())
            if route["set"]:
                sets.append(route["set"].decode())
            if route["cause"]:
                causes.append(route["cause"].decode())
        if message and exercise != list(self.exercise(message)):
            raise Fault(where, "the record's exercise line is not what the message does")
        if message and sorted(refers) != sorted(self.references(message)):
            raise Fault(where, "the record's refers lines are not the message's references")
        for begun in sets:
            self.began_set(entry, begun)
        if message and causes != list(self.causes(message)):
            raise Fault(where, "the record's cause line is not the message's cause")
        self.act(entry, exercise[0] if exercise else "", receivers)
        if message:
            self.read_along(entry, message, routes, receivers)
        else:
            self.read_along_of_record(entry, routes, refers)
        files = self.files(message["body"]) if message and message.get("status") != "test" else ()
        if message and sorted(attachments) != sorted(files):
            raise Fault(where, "the record's attachment lines are not the files that are named")
        self.named.update((entry.leaf.author, line) for line in attachments)
        self.told[entry.leaf.position] = b"".join(told)

    def brought(self, entry, node, old):
        """What is carried along is an earlier message, and comes to each node once."""
        position = self.messages.get(tuple(old.split(" ")))
        if position is None or position >= entry.leaf.position:
            raise Fault(entry.where, f"carries {old}, which is not before it")
        reads = entry.leaf.kind == "subscription"  # which makes nobody a party
        if (node, old, reads) in self.carried:
            raise Fault(entry.where, f"carries {old} to {node} once more")
        self.carried[node, old, reads] = entry.leaf.position
        self.count["carried"] += 1

    def began_set(self, entry, begun):
        """Who joins or leaves does so in the set of a message that corrects none."""
        author, _, id_ = begun.partition(" ")
        position = self.messages.get((author, id_))
        if position is None or position in self.first:
            raise Fault(entry.where, f"somebody joins or leaves {begun}, which began nothing")

    @staticmethod
    def is_told(route):
        """Whether its author may know the line."""
        return route["unreached"] or route["acts"] or b"sender" in (route[name] for name in TELLS)

    def act(self, entry, act, receivers):
        """What is said within an exercise reaches only those who are in it."""
        verb, _, name = act.partition(" ")
        self.acts[entry.leaf.position] = act
        if verb in ("opens", "joins"):
            self.joined[name].add(entry.leaf.author)
        if verb == "within" and not receivers <= self.joined[name]:
            strangers = ", ".join(sorted(receivers - self.joined[name]))
            raise Fault(entry.where, f"said within {name}, and sent to {strangers}, not in it")

    @staticmethod
    def asked(message):
        """What a subscription asks for, as lines have it."""
        body = message["body"]
        fields = ("kind", "kinds"), ("level", "level"), ("sector", "sectors"), ("category", "categories"), \
            ("country", "countries"), ("object", "objects"), ("author", "authors")
        for field, member in fields:
            values = body.get(member, [])
            for value in values if isinstance(values, list) else [values]:
                yield f"{body['name']} {field} {value}"

    @staticmethod
    def chooses(tests, message):
        body = message["body"]
        level = body.get("level")
        facts = {
            "kind": [message["kind"]],
            "author": [message["from"]],
            "sector": [body.get("sector")],
            "category": [body.get("category")],
            "country": body.get("countries", []),
            "object": [body.get("object"), *body.get("objects", [])],
        }
        return all(
            isinstance(level, int) and level >= int(values[0]) if field == "level"
            else bool(set(values) & {fact for fact in facts[field] if isinstance(fact, str)})
            for field, values in tests.items()
        )

    def read_along(self, entry, message, routes, receivers):
        """Feeds: what is asked for, who has it for that, and the count and digest of each."""
        where, leaf = entry.where, entry.leaf
        counts = message.get("status") != "test"
        lines = {name: [route[name].decode() for route in routes if route[name]]
                 for name in ("level", "feed", "subscribes", "unsubscribes", "subscribers")}
        level = message["body"].get("level")
        urgent = isinstance(level, int) and level >= 3 and "cancels" not in message and counts
        if lines["level"] != ([str(level)] if urgent else []):
            raise Fault(where, "the record's level line is not the message's level")
        ours = counts and leaf.kind == "subscription"
        asks = list(self.asked(message)) if ours and "cancels" not in message else []
        ends = [message["body"]["name"]] if ours and "cancels" in message else []
        if lines["subscribes"] != asks or lines["unsubscribes"] != ends:
            raise Fault(where, "the record's subscribes lines are not what the message asks for")
        asked = {route["to"].decode() for route in routes if route["how"] == b"by-subscription"}
        untold = sum(route["how"] == b"by-subscription" and route["t1"] == b"none" for route in routes)
        if lines["subscribers"] != ([str(untold)] if untold else []):
            raise Fault(where, "the record's number of subscribers is another")
        thread = self.began(message.get("incident") or {"author": leaf.author, "id": leaf.id})
        if "incident" not in message and leaf.position in self.first:
            thread = self.first[leaf.position]
        thread = thread["author"], thread["id"]
        fed = set()
        for line in lines["feed"]:
            node, name, count, digest = line.split(" ")
            feed = self.feeds.get((node, name))
            if not feed or node not in receivers:
                raise Fault(where, f"counted in the feed {name} of {node}, which has no such feed or no such message")
            follows = (node, name, thread) in self.follows and leaf.kind in feed["tests"]["kind"]
            if not follows and not self.chooses(feed["tests"], message):
                raise Fault(where, f"counted in the feed {name} of {node}, which does not ask for it")
            feed["digest"] = sha(feed["digest"] + f"{leaf.author}\n{leaf.id}\n".encode())
            feed["count"] += 1
            if (count, digest) != (str(feed["count"]), feed["digest"].hex()):
                raise Fault(where, f"the feed {name} of {node} is counted wrongly")
            self.follows.add((node, name, thread))
            fed.add((node, name))
            self.count["counted in feeds"] += 1
        corrects = "supersedes" in message or "cancels" in message  # and reaches who read it, also when the feed has ended
        if not corrects and not asked <= {node for node, _ in fed}:
            raise Fault(where, "delivered by subscription to who has no feed that it is in")
        for (node, name), feed in self.feeds.items():
            owed = counts and node in receivers and node != leaf.author and "cancels" not in message
            if owed and (node, name) not in fed and self.chooses(feed["tests"], message):
                raise Fault(where, f"left out of the feed {name} of {node}, which had it")
        self.subscribe(leaf.author, asks, ends)
        for old in (route["old"].decode().split(" ") for route in routes if asks and route["old"]):
            begun = self.began({"author": old[0], "id": old[1]})
            self.follows.add((leaf.author, message["body"]["name"], (begun["author"], begun["id"])))

    def read_along_of_record(self, entry, routes, refers):
        """The same of a message that was erased, as far as its record says it."""
        leaf, where = entry.leaf, entry.where
        asks, ends, feeds = ([route[name].decode() for route in routes if route[name]]
                             for name in ("subscribes", "unsubscribes", "feed"))
        incident = next((line.split(" ")[1:] for line in refers if line.startswith("incident ")), None)
        thread = self.first.get(leaf.position) if not incident else None
        thread = thread or self.began(dict(zip(("author", "id"), incident or (leaf.author, leaf.id))))
        for line in feeds:
            node, name, count, digest = line.split(" ")
            feed = self.feeds.get((node, name))
            if not feed:
                raise Fault(where, f"counted in the feed {name} of {node}, which has no such feed")
            feed["digest"] = sha(feed["digest"] + f"{leaf.author}\n{leaf.id}\n".encode())
            feed["count"] += 1
            if (count, digest) != (str(feed["count"]), feed["digest"].hex()):
                raise Fault(where, f"the feed {name} of {node} is counted wrongly")
            self.follows.add((node, name, (thread["author"], thread["id"])))
            self.count["counted in feeds"] += 1
        self.subscribe(leaf.author, asks, ends)
        for old in (route["old"].decode().split(" ") for route in routes if asks and route["old"]):
            begun = self.began({"author": old[0], "id": old[1]})
            self.follows.add((leaf.author, asks[0].split(" ")[0], (begun["author"], begun["id"])))

    def subscribe(self, node, asks, ends):
        for name in ends:
            self.feeds.pop((node, name), None)
            self.follows = {follow for follow in self.follows if follow[:2] != (node, name)}
        if not asks:
            return
        name, tests = asks[0].split(" ")[0], collections.defaultdict(list)
        for line in asks:
            _, field, value = line.split(" ")
            tests[field].append(value)
        begin = {"count": 0, "digest": sha(f"dabyl-feed/v1\n{node}\n{name}\n".encode())}
        self.feeds[node, name] = {**self.feeds.get((node, name), begin), "tests": dict(tests)}
        self.follows = {follow for follow in self.follows if follow[:2] != (node, name)}

    @staticmethod
    def references(message):
        """What the message refers to; a test leaves no trace."""
        for field in ("incident", "re", "under", "supersedes", "cancels"):
            if field in message and message.get("status") != "test":
                yield f"{field} {message[field]['author']} {message[field]['id']}"

    @classmethod
    def files(cls, value):
        """Digest and size of every file that is named, wherever in the body."""
        if isinstance(value, dict) and set(value) == {"name", "size", "sha256"}:
            yield f"{value['sha256']} {value['size']}"
        elif isinstance(value, (dict, list)):
            for member in value.values() if isinstance(value, dict) else value:
                yield from cls.files(member)

    @staticmethod
    def exercise(message):
        """What the message does to an exercise."""
        acts = {"exercise.opening": "opens", "exercise.joining": "joins"}
        acts["exercise.closing"] = "closes"
        if message.get("status") == "exercise":
            yield f"within {message['exercise']}"
        elif message["kind"] in acts and message["status"] != "test" and "cancels" not in message:
            yield f"{acts[message['kind']]} {message['body']['exercise']}"

    @staticmethod
    def causes(message):
        """What the hub derived it from."""
        cause = message.get("body", {}).get("cause")
        if "for" in message and isinstance(cause, dict) and message.get("status") != "test":
            yield f"{cause['author']} {cause['id']}"

    @staticmethod
    def claims(message):
        """Whether it says that it was derived: for whom, from what, or with what."""
        body = message.get("body", {})
        return "for" in message or "carried" in body or isinstance(body.get("cause"), dict)

    def derived(self, entry, message):
        """What the hub wrote itself was announced, and carries what its cause said."""
        body = message.get("body", {})
        cause = self.promised.pop((entry.leaf.kind, entry.leaf.id), None)
        if cause is None:
            if self.claims(message):
                raise Fault(entry.where, "says that it was derived, and no message did so")
            return
        origin = self.entries[cause]
        if body.get("cause") != {"author": origin.leaf.author, "id": origin.leaf.id}:
            raise Fault(entry.where, "a derived message names another cause")
        carried = body.get("carried")
        if carried and (
            cause not in self.erased and unbase64(carried["document"].encode(), entry.where) != origin.document
            or unbase64(carried["seal"].encode(), entry.where) != origin.seal
        ):
            raise Fault(entry.where, "a derived message carries something else than its cause")
        self.count["derived"] += 1

    def notice(self, entry, about):
        """What the hub says of an exercise's message it says in the exercise."""
        named = self.messages.get((about["author"], about["id"])) if about else None
        if named is not None and self.within(named) != self.within(entry.leaf.position):
            raise Fault(entry.where, "a notice about a message is not of its exercise")

    def delivery(self, entry):
        where, node = entry.where, entry.leaf.author
        match = ACK.fullmatch(entry.document)
        if not match or match[2] != self.origin or match[4] == b"0":
            raise Unreadable(where, "not an acknowledgement for this log")
        if int(match[4]) > len(self.inbox[node]):
            raise Unreadable(where, f"{node} acknowledges {int(match[4])}, which nobody sent it")
        cert = self.certificate(match[3].decode(), entry)
        if cert.name != node or cert.role == "officer":
            raise Fault(where, f"{cert.name} ({cert.role}) acknowledges for {node}")
        if not signed_by(cert.key, unbase64(match[6], where, 64), match[1]):
            raise Fault(where, f"the acknowledgement by {node} has a false signature")
        number, size = int(match[4]), self.ends.get(unbase64(match[5], where, 32))
        if number < self.acked[node]:
            raise Fault(where, f"{node} acknowledges {number}, which does not follow")
        if size is None or number and self.inbox[node][number - 1] >= size:
            raise Fault(where, f"{node} acknowledges a root that no checkpoint had then")
        self.acked[node] = number
        self.count["acknowledgements"] += 1

    def duty(self, entry):
        """What a duty's entries must hold to: who, since when, and that a time never grows."""
        where, leaf = entry.where, entry.leaf
        try:
            duty = json.loads(entry.document)
            state, message, due = duty["state"], duty["message"], duty["due"] + ""
            _ = duty["debtor"] + duty["towards"] + duty["at"] + duty["id"] + duty["from"]
            opened = self.entries[duty["position"]].leaf
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise Unreadable(where, f"not the record of a duty: {error}") from error
        if opened.type not in ("message", "former.message") or (opened.author, opened.id) != (
            message["author"],
            message["id"],
        ):
            raise Fault(where, "the duty's message is not at its position")
        if duty["debtor"] != leaf.author or duty["at"] != leaf.time:
            raise Fault(where, "the duty names another node or moment than its leaf")
        before = self.duties.get(duty["id"])
        if duty.get("first", message) != self.began(message) or duty.get("first") == message:
            raise Fault(where, "the duty's message began as another")
        anew = before and before["state"] == "withdrawn" and duty.get("by") == message
        if before and before["state"] in SETTLED and not anew:
            self.goes_on(duty, before, where)
        if before and not anew and duty.get("bound") != before.get("bound"):
            raise Fault(where, "a duty has another bound than before")
        if before and due > before["due"] and not anew and not self.longer(duty, before):
            raise Fault(where, "a duty has more time than before")
        of = (self.began(message), duty["debtor"], duty["towards"], duty["duty"], duty.get("exercise"))
        if before and before["of"] != of or before and not anew and before["message"] != message:
            raise Fault(where, "a duty became another's, or one of another message")
        met_at = self.world(duty, before, where)
        self.handed(duty, before, leaf, where)
        if "told" in duty and not (met_at and duty["met_by"] == "delivery"):
            raise Fault(where, "a duty was told otherwise, and nothing attests it")
        done = duty.get("handed") or met_at or leaf.time
        late = min(done, duty.get("told", done)) > due
        timely = state == "met" or state == "handed" and not duty.get("held")
        if state not in DUTY_STATES or timely and late or state == "met-late" and not late:
            raise Fault(where, f"a duty that is due at {due} cannot be {state}")
        if state == "overdue" and leaf.time < due or state == "near" and leaf.time < duty.get("near", ""):
            raise Fault(where, f"a duty that is due at {due} is {state} too early")
        self.duties[duty["id"]] = dict(duty, of=of)

    def handed(self, duty, before, leaf, where):
        """What is to be delivered is handed over by the message that brings the duty, once."""
        towards, handed = duty["towards"], duty.get("handed")
        if bool(handed) != (duty["met_by"] == "delivery" and not towards.startswith("role:")):
            raise Fault(where, "a duty is handed over that nobody can sign for, or is not")
        if duty["state"] == "handed" and not handed:
            raise Fault(where, "a duty is handed over at no time")
        brought = duty.get("by") == duty["message"]
        known = leaf.time if brought else before and before.get("handed")
        if handed and known and handed != known:
            raise Fault(where, "a duty was handed over at another time than its message")

    def longer(self, duty, before):
        """Whether who asks, and does not owe, gave more time by a correction, within the bound."""
        by = duty.get("by")
        at = by and self.messages.get((by["author"], by["id"]))
        if at is None or by["author"] == duty["debtor"] or by != duty.get("latest"):
            return False
        if at in self.erased:
            return True
        said = json.loads(self.entries[at].document)
        return "supersedes" in said and duty.get("until") and duty["due"] <= before.get("bound", "")

    def began(self, name):
        """What a message began as: the first of the chain that each in turn supersedes."""
        return self.first.get(self.messages.get((name["author"], name["id"])), name)

    def goes_on(self, duty, before, where):
        """What is settled is owed again only when what met it stands no more."""
        by = before.get("by")
        if before["state"] == "withdrawn" or by is None or duty["state"] == "withdrawn":
            raise Fault(where, "a duty that is settled goes on")
        if (by["author"], by["id"]) not in self.replaced:
            raise Fault(where, "a duty goes on though what met it stands")

    def world(self, duty, before, where):
        """By what it is brought, changed and settled: of its own exercise, real ones outside of all.

        Returns when what meets it was said.
        """
        name, by = duty.get("exercise", ""), duty.get("by")
        withdrawn = duty["state"] == "withdrawn"
        if self.within(duty["position"]) != name:
            raise Fault(where, "the duty and its message are not of the same exercise")
        if by is None and withdrawn:
            raise Fault(where, "a duty is withdrawn by nobody")
        if by is None:
            return None
        at = self.messages.get((by["author"], by["id"]))
        if at is None:
            raise Fault(where, "a duty is changed by a message that there is not")
        if withdrawn and name and self.acts[at] == f"closes {name}":
            return None
        of = self.began(duty["message"])
        if self.erased & {at, duty["position"]}:  # nobody can tell any more
            return self.entries[at].leaf.time if duty["state"] in ("met", "met-late") else None
        cause = json.loads(self.entries[duty["position"]].document).get("body", {}).get("cause")
        if duty.get("cause") != (cause and self.began(cause) if self.derived_at(duty) else None):
            raise Fault(where, "a duty names another cause than its message")
        said = json.loads(self.entries[at].document)
        ends = self.began(by) == of or "cancels" in said and self.began(by) == duty.get("cause")
        if withdrawn and (by == of or not ends or "cancels" in said and duty.get("stays")):
            raise Fault(where, "a duty is withdrawn by a message that takes nothing of it back")
        met = duty["state"] in ("met", "met-late")
        if met:
            self.meets(duty, by, of, at, where)
        elif not withdrawn and by != duty["message"]:
            answered = before and before["state"] in ("met", "met-late") and before["by"]
            of_answer = answered and by != self.began(answered) == self.began(by)
            heard = duty.get("interim") and by == duty.get("heard") and "cancels" not in said
            report = heard and self.about(duty, by, of, said) and not self.wanted(duty, said)
            if not (of_answer or report) and (self.began(by) != of or by != duty.get("latest")):
                raise Fault(where, "a duty is owed by a message that does not ask it")
        if self.within(at) != name:
            raise Fault(where, "a duty is changed by a message that is not of its exercise")
        return self.entries[at].leaf.time if met else None

    def derived_at(self, duty):
        """Whether the duty's message is the hub's own."""
        return self.roster and self.roster.roles.get(duty["message"]["author"]) == "hub"

    def meets(self, duty, by, of, at, where):
        if duty["met_by"] == "acceptance":
            if by != duty["message"]:
                raise Fault(where, "a duty is met by the acceptance of another message")
            return
        said = json.loads(self.entries[at].document)
        if duty["met_by"] == "delivery" and not self.attests(duty, said):
            raise Fault(where, "a duty is met by what does not attest it")
        if not self.wanted(duty, said):
            raise Fault(where, "a duty is met by another answer than it asks for")
        if not self.about(duty, by, of, said) or "cancels" in said or (by["author"], by["id"]) in self.replaced:
            raise Fault(where, "a duty is met by a message that does not answer it")
        if self.began(by) != duty.get("answer", by):
            raise Fault(where, "a duty names another answer than what met it began as")

    def about(self, duty, by, of, said):
        """Whether the duty's debtor says it, naming the message as it must."""
        fields = {"any": ("re", "incident")}.get(duty.get("refers"), (duty.get("refers", "re"),))
        named = any(field in said and self.began(said[field]) == of for field in fields)
        kind = duty.get("attested_by") if duty["met_by"] == "delivery" else duty["met_by"]
        return named and said["kind"] == kind and by["author"] == duty["debtor"]

    @staticmethod
    def attests(duty, said):
        """Whether it says that notice of this duty was given otherwise, and when the duty says so."""
        body = said.get("body", {})
        towards = body.get("towards", duty["towards"])
        if body.get("duty") != duty["duty"] or duty["towards"] not in (towards, f"role:{towards}"):
            return False
        told = datetime.datetime.fromisoformat(body["told_at"]).astimezone(datetime.timezone.utc)
        return told.isoformat(timespec="milliseconds").replace("+00:00", "Z") == duty.get("told")

    @staticmethod
    def wanted(duty, said):
        """Whether it says all that the duty asks for."""
        body = said.get("body", {})
        for test in duty.get("met_when", ()):
            value = body.get(test["field"].removeprefix("/body/"))
            good = value in test["in"] if "in" in test else (value is True) == test["is_true"]
            if not good:
                return False
        return True

    def within(self, position):
        """The exercise that the message there was sent within, or nothing."""
        verb, _, name = self.acts[position].partition(" ")
        return name if verb == "within" else ""

    def attachment(self, entry):
        """Handed in by a node that named it in a message before, and once."""
        where, author = entry.where, entry.leaf.author
        match = ATTACHMENT.fullmatch(entry.document)
        if not match:
            raise Unreadable(where, "not the text of an attachment")
        if (author, f"{match[1].decode()} {match[2].decode()}") not in self.named:
            raise Fault(where, f"{author} handed in what no message of its own names")
        if (author, match[1]) in self.handed_in:
            raise Fault(where, f"{author} handed in the same attachment twice")
        self.handed_in.add((author, match[1]))
        self.count["attachments"] += 1

    # --- what is published ----------------------------------------------------------------

    def note(self, text, where):
        """A checkpoint: its size, after signature and root were found good."""
        match = NOTE.fullmatch(text)
        if not match or match[2] != self.origin:
            raise Fault(where, "not a checkpoint of this log")
        key_id = sha(self.origin + b"\n\1" + self.key)[:4]
        good = False
        for line in match[5].splitlines():
            _, name, value = line.split(b" ")
            data = unbase64(value, where)
            if name == self.origin and data[:4] == key_id:
                good = signed_by(self.key, data[4:], match[1])
                if not good:
                    raise Fault(where, "the checkpoint's signature is false")
        if not good:
            raise Fault(where, "the log did not sign this checkpoint")
        size, root = int(match[3]), unbase64(match[4], where, 32)
        if size > self.tree.size():
            raise Fault(where, f"size {size}, but the journal ends at {self.tree.size()}")
        if root != self.tree.root(size):
            raise Fault(where, f"another root at size {size} than the journal's")
        return size

    def look_at_checkpoint(self):
        """Its bytes and size; whether it is right is known when the segments were read."""
        self.published = read(os.path.join(self.journal, "checkpoint"))
        lines = self.published.split(b"\n")
        self.published_size = int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 1 << 64

    def checkpoint(self):
        path = os.path.join(self.journal, "checkpoint")
        size = self.note(self.published or read(path), path)
        self.count["checkpoint"] = size
        self.tiles(size)

    def tiles(self, size):
        top = os.path.join(self.journal, "tile")
        seen = set()
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                if not name.startswith("."):  # one that was being written
                    seen.add(self.tile(path, os.path.relpath(path, top)))
        level, width = 0, size
        while width:
            for kind in [str(level), "entries"] if level == 0 else [str(level)]:
                wanted = [(kind, n, 256) for n in range(width // 256)]
                wider = range(width % 256, 257) if self.torn else (width % 256, 256)
                if width % 256 and not any((kind, width // 256, n) in seen for n in wider):
                    wanted.append((kind, width // 256, width % 256))
                for tile in wanted:
                    if tile not in seen:
                        raise Fault(top, "missing: level %s, tile %d, width %d" % tile)
            level, width = level + 1, width // 256
        self.count["tiles"] = len(seen)

    def tile(self, path, name):
        match = re.fullmatch(
            r"(entries|\d|[1-5]\d|6[0-3])/((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", name
        )
        if not match or match[4] and int(match[4]) > 255:
            raise Fault(path, "no name of a tile")
        index = int(match[2].replace("x", "").replace("/", "") + match[3])
        width = int(match[4] or 256)
        level = 0 if match[1] == "entries" else int(match[1])
        hashes = self.tree.levels[8 * level] if 8 * level < len(self.tree.levels) else []
        first, after = 256 * index, 256 * index + width
        if after > len(hashes) and not self.torn:
            raise Fault(path, "a tile past the journal's end")
        if match[1] == "entries":
            leaves = (self.leaf_octets(entry.leaf) for entry in self.entries[first:after])
            wanted = b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)
        else:
            wanted = b"".join(hashes[first:after])
        if self.torn and not os.path.exists(path):
            return None  # a partial one that gave way to a full one
        data = read(path)
        if data != wanted and not (after > len(hashes) and data.startswith(wanted)):
            raise Fault(path, "the tile is not what the journal yields")
        return match[1], index, width

    def leaf_octets(self, leaf):
        return self.raw[leaf.position] if leaf.position in self.raw else octets_of(leaf)

    # --- what nodes hold ------------------------------------------------------------------

    def proven(self, stem):
        """The entry that a proof as a node keeps it leads to."""
        path = stem + ".tlog-proof"
        match = PROOF.fullmatch(read(path))
        if not match:
            raise Fault(path, "not a tlog-proof")
        index = int(match[2])
        size = self.note(match[4], path)
        hashes = [unbase64(line, path, 32) for line in match[3].splitlines()]
        leaf = unbase64(match[1], path)
        if path_root(sha(b"\0" + leaf), index, size, hashes, path) != self.tree.root(size):
            raise Fault(path, "the proof does not lead to the checkpoint's root")
        entry = self.entries[index]
        if leaf != self.leaf_octets(entry.leaf):
            raise Fault(path, f"another leaf than the journal's at {index}")
        return entry

    def held(self, stem):
        """A message, its seal and its proof as a node keeps them."""
        seal, entry = read(stem + ".seal"), self.proven(stem)
        index = entry.leaf.position
        gone = os.path.exists(stem + ".erased") and not os.path.exists(stem + ".json")
        if gone and index not in self.lawful:
            raise Fault(stem + ".erased", f"the journal does not say that {index} was erased")
        if not gone and sha(read(stem + ".json")).hex() != entry.leaf.document:
            raise Fault(stem + ".json", f"another document than the journal's at {index}")
        if seal != entry.seal:
            raise Fault(stem + ".seal", f"another seal than the journal's at {index}")
        return entry

    def stems(self, folder, pattern, last):
        """What is there; while nodes run, what is there whole: its last file has this ending."""
        names = self.held_names.get(folder) or listing(folder)
        whole = [name for name in names if not self.torn or name.endswith(last)]
        return sorted({name.partition(".")[0] for name in whole if re.match(pattern, name)})

    def sent(self, folder):
        for name in self.stems(folder, UUID.decode(), ".tlog-proof"):
            stem = os.path.join(folder, name)
            entry = self.held(stem)
            if entry.leaf.id != name:
                raise Fault(stem + ".json", "the file is named after another message")
            if read(stem + ".told") != self.told[entry.leaf.position]:
                raise Fault(
                    stem + ".told",
                    "not the lines of the routing record that are the author's to know",
                )
            self.count["receipts"] += 1

    def delivered(self, folder):
        for name in self.stems(folder, r"\d{12}-", ".json"):
            stem = os.path.join(folder, name)
            entry = self.held(stem)
            why = read(stem + ".why")
            line = re.fullmatch(
                rb"((?:deliver|by-subscription) (%s) [^\n]*\n)((?:carries|omits|feed|remark) [^\n]*\n)*" % NODE, why
            )
            lines = why.splitlines(True)
            if not line or any(b"\n" + one not in b"\n" + entry.record for one in lines):
                raise Fault(stem + ".why", "not lines of the routing record")
            record = entry.record.splitlines(True)[3:]
            fed = [text for text in record if text.startswith(b"feed %s " % line[2])]
            if fed != [text for text in lines if text.startswith(b"feed ")]:
                raise Fault(stem + ".why", "not all lines of the node's feeds, or others")
            self.came_along(folder, name[:12], line[2], entry, lines)
            numbers = self.inbox[line[2].decode()]
            number = int(name[:12])
            if (
                name[13:] != entry.leaf.id
                or not 1 <= number <= len(numbers)
                or numbers[number - 1] != entry.leaf.position
            ):
                raise Fault(stem + ".json", f"number {number} of this inbox is another message")
            self.count["deliveries"] += 1

    def came_along(self, folder, number, node, carrier, lines):
        """All that the record of a delivery brings along lies beside the inbox, or is set aside."""
        words = b"carries " + node + b" "
        wanted = [line for line in carrier.record.splitlines(True) if line.startswith(words)]
        if wanted != [line for line in lines if line.startswith(b"carries ")]:
            raise Fault(carrier.where, "the receiver was not told all that comes along")
        for place, line in enumerate(wanted, 1):
            author, id_ = line.decode().split()[2:]
            name = f"{number}.{place:04d}-{id_}"
            stem = os.path.join(os.path.dirname(folder), "carried", name)
            if os.path.exists(os.path.join(os.path.dirname(folder), "aside", name + ".leaf")):
                continue
            entry = self.held(stem)
            if (entry.leaf.author, entry.leaf.id) != (author, id_) or read(stem + ".why") != line:
                raise Fault(stem + ".json", "another message than the one that comes along")
            self.count["came along"] += 1

    def handed_in_by(self, folder):
        """Receipts for what was handed in: FOLDER is a node's attachments/sent."""
        for name in self.stems(folder, HEX.decode() + r"\.", ".tlog-proof"):
            stem = os.path.join(folder, name)
            entry = self.proven(stem)
            if entry.leaf.type != "attachment" or read(stem + ".attachment") != entry.document:
                raise Fault(stem + ".attachment", "not what the log says of an attachment")
            if f"digest {name}\n".encode() not in entry.document:
                raise Fault(stem + ".attachment", "the file is named after another attachment")
            self.count["handed in"] += 1

    def run(self, sent=(), inboxes=(), attachments=()):
        for folder in (*sent, *inboxes, *attachments):
            self.held_names[folder] = listing(folder)
        self.look_at_checkpoint()
        self.segments()
        self.checkpoint()
        for folder in sent:
            self.sent(folder)
        for folder in inboxes:
            self.delivered(folder)
        for folder in attachments:
            self.handed_in_by(folder)

    def report(self):
        count, types = self.count, self.types
        acked = sum(self.acked.values())
        rows = [
            ("log", self.origin.decode()),
            (
                "journal",
                f"{len(self.entries)} entries in {count['batches']} batches, "
                f"{count['segments']} segments",
            ),
            ("", ", ".join(f"{n} {name}" for name, n in sorted(types.items()))),
            ("seals", f"{count['messages']} documents under {len(self.heads)} signatures"),
            ("derived", f"{count['derived']} messages, each in its cause's batch"),
            ("feeds", f"{count['counted in feeds']} messages, each counted in its feed"),
            (
                "deliveries",
                f"{count['acknowledgements']} signed acknowledgements of {acked} messages",
            ),
            ("carried", f"{count['carried']} older messages along with later ones"),
            ("attachments", f"{count['attachments']} handed in, each named before"),
            ("checkpoint", f"size {count['checkpoint']}, {count['tiles']} tiles and bundles"),
            ("receipts", f"{count['receipts']} verified"),
            ("inboxes", f"{count['deliveries']} verified, {count['came along']} came along"),
            ("handed in", f"{count['handed in']} receipts verified"),
        ]
        if count["quarantined"]:
            rows.insert(3, ("", f"{count['quarantined']} entries set aside, unread"))
        if count["erased"]:
            rows.insert(3, ("", f"{count['erased']} documents erased lawfully"))
        if count["torn"]:
            rows.insert(3, ("", f"{count['torn']} bytes of an unfinished batch left aside"))
        if self.broken_off:
            rows.insert(3, ("", f"read no further, beyond the checkpoint: {self.broken_off}"))
        for name, text in rows:
            print(f"{name:<14} {text}")
        print("everything verified")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--vkey", required=True, help="the log's verifier key, as `dabyl hub key` prints it"
    )
    parser.add_argument("--journal", required=True, help="the hub's journal folder")
    parser.add_argument("--sent", action="append", default=[], help="a node's sent/ folder")
    parser.add_argument("--inbox", action="append", default=[], help="a node's inbox/ folder")
    parser.add_argument(
        "--attachments", action="append", default=[], help="a node's attachments/sent/ folder"
    )
    parser.add_argument("--torn", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    check = None
    try:
        check = Check(options.vkey, options.journal, options.torn)
        check.run(options.sent, options.inbox, options.attachments)
    except Fault as fault:
        # What nobody can read comes first: the fault behind it may be of its making.
        for unread in check.aside.values() if check else ():
            if unread is not fault:
                print(f"FAULT {unread}")
        print(f"FAULT {fault}")
        return 1
    if options.json:
        print(json.dumps(dict(check.count, types=check.types, entries=len(check.entries))))
    else:
        check.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
