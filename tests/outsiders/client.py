"""client - a node of a few hundred lines, from schemas/PROTOCOL.md and pyzmq alone.

It can do what an honest node does (say hello, publish, verify receipts, take deliveries,
acknowledge) and, since every step is in the caller's hand, what a hostile one would try.
"""

import base64
import collections
import datetime
import hashlib
import json
import secrets
import struct
import time

import zmq
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from zmq.utils.monitor import parse_monitor_message

(
    HELLO,
    WELCOME,
    PUBLISH,
    RECEIPT,
    REFUSED,
    DELIVER,
    ACK,
    AGAIN,
    EXPLAIN,
    EXPLAINED,
    PULSE,
    RESYNC,
    BYE,
    ASK,
    ANSWER,
) = range(1, 16)
GIVE, HELD, FETCH, PIECE, CARRY, CARRIED, AHEAD, KNOWS = range(16, 24)
ASIDE, MESSAGE = range(2)  # of a delivery: the log sets it aside, and the leaf is all there is; or not
TIME_END = 253402300800000  # the first millisecond that a year of four digits cannot say
# What a leaf has.
PARTS = {"document": 1, "seal": 2, "record": 4, "id": 8, "former": 16}

Welcome = collections.namedtuple(
    "Welcome", "origin checkpoint consistency inbox_last window size_limit time_ms"
)
Receipt = collections.namedtuple(
    "Receipt", "position time type kind author id document seal record told former", defaults=(None,)
)
Refused = collections.namedtuple("Refused", "document retry code pointer by text")
Held = collections.namedtuple("Held", "digest size offset piece")
Piece = collections.namedtuple("Piece", "digest size offset data")
Delivery = collections.namedtuple("Delivery", "number leaf why document seal more", defaults=((),))


class Unexpected(Exception):
    """The hub said something else than an honest hub would, or nothing in time."""


def sha(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def tiny(data):
    data = data.encode() if isinstance(data, str) else data
    return struct.pack("B", len(data)) + data


def short(data):
    data = data.encode() if isinstance(data, str) else data
    return struct.pack(">H", len(data)) + data


def long(data):
    data = data.encode() if isinstance(data, str) else data
    return struct.pack(">I", len(data)) + data


def uuid7(moment=None):
    number = (
        int((moment or time.time()) * 1000) << 80
        | 7 << 76
        | secrets.randbits(12) << 64
        | 2 << 62
        | secrets.randbits(62)
    )
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def text_of(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def rfc3339(seconds_ahead=0):
    return text_of(
        datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_ahead)
    )


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        if self.at + size > len(self.data):
            raise Unexpected("a frame ends early")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def tiny(self):
        return self.take(self.number(1))

    def short(self):
        return self.take(self.number(2))

    def long(self):
        return self.take(self.number(4))

    def list(self, read):
        return [read() for _ in range(self.number(2))]

    @staticmethod
    def all_named(length, indexes):
        """What several items have in common stands in a list, in the order in which they first name it."""
        named = 0
        for index in indexes:
            if index > named:
                raise Unexpected("a list in another order than it is named in")
            named += index == named
        if named != length:
            raise Unexpected("a list has something that is not named, or not what is")

    def done(self):
        if self.at != len(self.data):
            raise Unexpected("something follows a last field")


# --- the tree ---------------------------------------------------------------------------------


def split(size):
    return 1 << (size - 1).bit_length() - 1


def root_of(hashes):
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha(b"\1" + root_of(hashes[:k]) + root_of(hashes[k:]))


def run_proof(hashes, places):
    """The proof that these places of the tree over all the hashes are in it."""

    def walk(low, high):
        if not any(low <= place < high for place in places):
            return root_of(hashes[low:high])
        if high - low == 1:
            return b""
        k = low + split(high - low)
        return walk(low, k) + walk(k, high)

    return walk(0, len(hashes))


def run_paths(leaves, size, proof):
    """The root that a run proof and the leaves (place -> hash) lead to, and the audit path of each."""
    rest = Reader(proof)

    def walk(low, high):
        if not any(low <= place < high for place in leaves):
            return rest.take(32), {}
        if high - low == 1:
            return leaves[low], {low: []}
        k = low + split(high - low)
        left, paths = walk(low, k)
        right, others = walk(k, high)
        paths = {place: path + [right] for place, path in paths.items()}
        paths.update({place: path + [left] for place, path in others.items()})
        return sha(b"\1" + left + right), paths

    found = walk(0, size)
    rest.done()
    return found


def run_root(leaves, size, proof):
    return run_paths(leaves, size, proof)[0]


# --- leaves -----------------------------------------------------------------------------------


def make_leaf(position, time, kind, hashes, former=None):
    """`kind`: type, message kind, author, id; `hashes`: of document, seal, record; None: there is none."""
    words, id_ = kind[:3], bytes.fromhex((kind[3] or "").replace("-", ""))
    has = sum(bit for bit, part in zip(PARTS.values(), (*hashes, id_, former is not None)) if part)
    moment = datetime.datetime.fromisoformat(time)
    since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    front = struct.pack(">BBQQ", 1, has, position, since // datetime.timedelta(milliseconds=1))
    front += b"".join(tiny(word or "") for word in words) + id_
    return front + b"".join(part or b"" for part in hashes) + (b"" if former is None else struct.pack(">Q", former))


def parse_leaf(octets):
    """Its fields by name; where there is none a word is empty, anything else None."""
    reader = Reader(octets)
    version, has = reader.number(1), reader.number(1)
    if version != 1:
        raise Unexpected(f"a leaf of version {version}, and this reads version 1")
    fields, milliseconds = {"position": reader.number(8)}, reader.number(8)
    if milliseconds >= TIME_END:
        raise Unexpected("a moment that nobody can write")
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=milliseconds)
    fields["time"] = text_of(moment)
    for name in ("type", "kind", "author"):
        fields[name] = reader.tiny().decode("latin-1")
        if not all("!" <= letter <= "~" for letter in fields[name]):
            raise Unexpected(f"not a word: {fields[name]!r}")
    id_ = reader.take(16).hex() if has & PARTS["id"] else None
    fields["id"] = id_ and "-".join((id_[:8], id_[8:12], id_[12:16], id_[16:20], id_[20:]))
    for name in ("document", "seal", "record"):
        fields[name] = reader.take(32).hex() if has & PARTS[name] else None
    fields["former"] = reader.number(8) if has & PARTS["former"] else None
    reader.done()
    former = fields["type"].startswith("former.")
    if has > 31 or not fields["type"] or former != (has > 15) or len(octets) > 290:
        raise Unexpected(f"not a leaf: {octets!r}")
    return fields


# --- keys and seals ---------------------------------------------------------------------------


class SealKey:
    """An Ed25519 key; a fresh one when no file is given."""

    def __init__(self, path=None):
        if path:
            with open(path, "rb") as file:
                self.secret = load_pem_private_key(file.read(), None)
        else:
            self.secret = ed25519.Ed25519PrivateKey.generate()
        self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = sha(self.public).hex()

    def sign(self, text):
        return self.secret.sign(text)


class ChannelKey:
    """An X25519 key; a fresh one when no file is given."""

    def __init__(self, path=None):
        if path:
            with open(path, "rb") as file:
                key = load_pem_private_key(file.read(), None)
        else:
            key = x25519.X25519PrivateKey.generate()
        self.secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def seal_head(origin, documents, keys):
    root = b64(root_of([sha(b"\0" + sha(document)) for document in documents]))
    head = f"dabyl-seal/v1\norigin {origin}\ncount {len(documents)}\nroot {root}\n"
    for key in keys:
        text = f"dabyl-seal/v1\n{origin}\n{key.id}\n{len(documents)}\n{root}\n"
        head += f"sig ed25519 {key.id} {b64(key.sign(text.encode()))}\n"
    return head.encode()


def seal_text(head, index, path):
    """A whole seal, as a node keeps it."""
    lines = "".join(f"path {b64(sibling)}\n" for sibling in path)
    return head + f"index {index}\n{lines}".encode()


def publish_frame(head, items, proof=b""):
    """`items` are (index, document), and `proof` the run proof of the indexes."""
    frame = bytes((1, PUBLISH)) + struct.pack(">H", 1) + long(head) + long(proof)
    frame += struct.pack(">H", len(items))
    for index, document in items:
        frame += struct.pack(">HI", 0, index) + long(document)
    return frame


# --- messages ---------------------------------------------------------------------------------


def message(kind, author, body, marking="TLP:AMBER", /, **more):
    """An envelope with everything that every kind needs; `more` replaces or, with None, removes."""
    fields = {
        "dabyl": 1,
        "id": uuid7(),
        "kind": kind,
        "from": author,
        "sent": rfc3339(),
        "status": "actual",
        "marking": marking,
        "nonce": secrets.token_hex(16),
        "summary": {"en": f"A test of {kind}"},
        "body": body,
    }
    for name, value in more.items():
        fields[name.rstrip("_")] = value
    return {name: value for name, value in fields.items() if value is not None}


def notice(author, level=2, **more):
    body = {
        "level": level,
        "determination": "confirmed",
        "sector": "power-supply",
        "cross_border": False,
        "detected_at": rfc3339(-60),
        "description": "Test notice",
    }
    body.update(more.pop("body", {}))
    body = {name: value for name, value in body.items() if value is not None}
    return message("incident.notice", author, body, **more)


def advisory(author, marking="TLP:CLEAR", **more):
    body = {
        "description": "Test advisory",
        "vulnerabilities": [{"id": "CVE-2026-0001"}],
        "references": ["https://дабыл.kz/оқиға/1"],  # an address in any script
    }
    body.update(more.pop("body", {}))
    return message("advisory", author, body, marking, **more)


def by_hand(author, description):
    """A notice as somebody writes it who leaves to the node what it adds."""
    fields = notice(author, 1, body={"description": description})
    for key in ("id", "nonce", "sent", "from", "dabyl", "status"):
        del fields[key]
    return encode(fields)


def encode(fields):
    return json.dumps(fields, ensure_ascii=False).encode()


# How many officers must seal a message of this kind, by the law as it ships; the first holds the office
# that decides.
OFFICERS = {
    "suspension.notice": 2,
    "attestation": 1,
    "headquarters.proposal": 1,
    "headquarters.decision": 1,
    "headquarters.convening": 1,
    "headquarters.membership": 1,
    "headquarters.adjournment": 1,
    "headquarters.directive": 2,
    "public.notice": 1,
    "investigation.request": 1,
    "delegation": 1,
}


def officers_needed(documents, officers):
    if not officers:
        return 0
    most = 0
    for document in documents:
        fields = json.loads(document)
        taken = fields["kind"] == "acknowledgement" and fields["body"].get("answer") == "custody-taken"
        most = max(most, OFFICERS.get(fields["kind"], int(taken)))
    return most


# --- the conversation ---------------------------------------------------------------------------


class Client:
    def __init__(
        self,
        endpoint,
        hub_key,
        origin,
        node,
        channel,
        seal,
        routing_id=None,
        seconds=60,
        hwm=100000,
        officers=(),
    ):
        self.officers = officers  # keys of those who seal beside the node where the law asks for it
        self.node, self.seal, self.origin, self.seconds = node, seal, origin, seconds
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndhwm, self.socket.rcvhwm = 100000, hwm
        if hub_key:
            self.socket.setsockopt(zmq.CURVE_SERVERKEY, hub_key)
            self.socket.setsockopt(zmq.CURVE_PUBLICKEY, channel.public)
            self.socket.setsockopt(zmq.CURVE_SECRETKEY, channel.secret)
        if routing_id is not None:
            self.socket.setsockopt(zmq.ROUTING_ID, routing_id)
        self.monitor = self.socket.get_monitor_socket()
        self.socket.connect(endpoint)
        self.held = collections.deque()
        self.welcome = None
        self.inbox = {}
        self.root = b""
        self.note = b""
        self.certs = []

    def close(self):
        if not self.socket.closed:
            self.socket.disable_monitor()
            self.socket.close(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def handshake(self):
        """ "in" once the hub let us in, "refused" when it said no at the handshake."""
        end = time.monotonic() + self.seconds
        while self.monitor.poll(max(0, 1000 * (end - time.monotonic()))):
            event = parse_monitor_message(self.monitor.recv_multipart())["event"]
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                return "in"
            if event in (
                zmq.EVENT_HANDSHAKE_FAILED_AUTH,
                zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
                zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL,
            ):
                return "refused"
        return "nothing"

    def send(self, frame):
        self.socket.send(frame)

    def receive(self, seconds=None):
        """The next frame as (type, rest), or (None, None) when there was none in time."""
        if self.held:
            return self.held.popleft()
        seconds = self.seconds if seconds is None else max(0, seconds)  # below 0 would be for ever
        if not self.socket.poll(1000 * seconds):
            return None, None
        frame = self.socket.recv()
        if len(frame) < 2 or frame[0] != 1:
            raise Unexpected(f"not a frame: {frame[:20]!r}")
        return frame[1], Reader(frame[2:])

    def expect(self, *types):
        """The next frame of these types; others wait their turn, pulses are dropped."""
        end, aside = time.monotonic() + self.seconds, []
        try:
            while time.monotonic() < end:
                kind, body = self.receive(end - time.monotonic())
                if kind in types:
                    return kind, body
                if kind == BYE and BYE not in types:
                    raise Unexpected(f"bye: {body.short().decode()}: {body.short().decode()}")
                if kind not in (None, PULSE):
                    aside.append((kind, body))
            raise Unexpected(
                f"nothing of type {types} within {self.seconds} s, but {[kind for kind, _ in aside]}"
            )
        finally:
            self.held.extend(aside)

    def hello(self, stored=0, window=256, checkpoint=b"", node=None, position=None, agent="client.py 1"):
        """`position`: of number `stored` in the log; found when it was delivered here."""
        if position is None:
            position = self.inbox[stored].leaf["position"] if stored in self.inbox else 0
        self.send(
            bytes((1, HELLO))
            + short(node or self.node)
            + short(agent)
            + struct.pack(">QQI", stored, position, window)
            + long(checkpoint)
        )

    def begin(self, **more):
        """Hello and welcome; said again when the hub asks for that, as it does in a rush."""
        kind = RESYNC
        while kind == RESYNC:
            self.hello(**more)
            kind, body = self.expect(WELCOME, RESYNC)
        self.welcome = Welcome(
            body.short().decode(),
            body.long(),
            body.long(),
            body.number(8),
            body.number(4),
            body.number(4),
            body.number(8),
        )
        return self

    def bye(self):
        """The code of the good-bye that must come."""
        _, body = self.expect(BYE)
        return body.short().decode()

    def publish(self, documents, keys=None, origin=None):
        """Seal in one batch and send in one frame; bytes or dicts."""
        documents = [
            document if isinstance(document, bytes) else encode(document) for document in documents
        ]
        keys = keys or [self.seal, *self.officers[: officers_needed(documents, self.officers)]]
        head = seal_head(origin or self.origin, documents, keys)
        self.send(publish_frame(head, list(enumerate(documents))))
        return [sha(document) for document in documents]

    def answers(self, hashes):
        """Receipt or Refused for each, in the order of the hashes."""
        got = {}
        while not all(document in got for document in hashes):
            kind, body = self.expect(RECEIPT, REFUSED)
            for answer in self.receipts(body) if kind == RECEIPT else self.refusals(body):
                document = answer.document if kind == REFUSED else bytes.fromhex(answer.document)
                got[document] = answer
        return [got[document] for document in hashes]

    def tell(self, *documents, **more):
        """Publish and wait for the answers."""
        return self.answers(self.publish(documents, **more))

    def proven(self, note, proof, leaves):
        origin, size, root = note.split(b"\n")[:3]
        if (
            origin.decode() != self.origin
            or b64(run_root(leaves, int(size), proof)).encode() != root
        ):
            raise Unexpected("a proof does not lead to its checkpoint")
        self.note, self.root = note, base64.b64decode(root)

    def receipts(self, body):
        note, proof = body.long(), body.long()
        tolds = body.list(body.long)
        found = body.list(lambda: (body.short(), body.number(2)))
        body.done()
        body.all_named(len(tolds), [which for _, which in found])
        found = [(leaf, tolds[which].decode()) for leaf, which in found]
        leaves = {parse_leaf(leaf)["position"]: sha(b"\0" + leaf) for leaf, _ in found}
        self.proven(note, proof, leaves)
        return [Receipt(told=told, **parse_leaf(leaf)) for leaf, told in found]

    @staticmethod
    def refusals(body):
        return [
            Refused(body.take(32), body.number(1), *(body.short().decode() for _ in range(4)))
            for _ in range(body.number(2))
        ]

    def deliveries(self, body):
        self.certs += body.list(body.long)
        note, proof = body.long(), body.long()
        heads = body.list(lambda: (body.long(), body.long()))
        whys = body.list(lambda: body.short().decode().split("\n"))
        items = body.list(lambda: self.item(body, heads))
        body.done()
        self.check_form(items, heads, whys)
        items = [(number, leaf, whys[why], *rest) for number, leaf, why, *rest in items]
        paths = [
            self.paths(head, seal_proof, [(i, document) for _, _, _, at, i, document in items if at == n])
            for n, (head, seal_proof) in enumerate(heads)
        ]
        found = []
        for number, leaf, (why, *more), head, index, document in items:
            seal, fields = None, parse_leaf(leaf)
            if head is not None:
                text, _ = heads[head]
                seal = seal_text(text, index, paths[head][index])
                if (fields["document"], fields["seal"]) != (sha(document).hex(), sha(text).hex()):
                    raise Unexpected(f"delivery {number} is not what its leaf says")
            found.append(Delivery(number, fields, why, document, seal, more))
        leaves = {one.leaf["position"]: sha(b"\0" + leaf) for one, (_, leaf, *_) in zip(found, items)}
        self.proven(note, proof, leaves)
        return found

    @staticmethod
    def announced(body):
        """Of an AHEAD: number to (level, whether it is owed, whether it is played, due or None)."""
        if body.number(4):
            raise Unexpected("more is urgent than was meant")
        found = {}
        for _ in range(body.number(2)):
            number, level, marks = body.number(8), body.number(1), body.number(1)
            owed, played = bool(marks & 1), bool(marks & 2)
            found[number] = (level, owed, played, body.number(8) if owed else None)
        return found

    @staticmethod
    def check_form(items, heads, whys):
        """A frame has one: its numbers increase, and its lists are named from the first on."""
        numbers = [0, *(number for number, *_ in items)]
        if numbers != sorted(set(numbers)):
            raise Unexpected("numbers do not increase")
        Reader.all_named(len(whys), [why for _, _, why, *_ in items])
        Reader.all_named(len(heads), [head for *_, head, _, _ in items if head is not None])
        places = [(head, index) for *_, head, index, _ in items if head is not None]
        for one in range(len(heads)):
            under = [index for head, index in places if head == one]
            if under != sorted(set(under)):
                raise Unexpected("places under a head do not increase")

    @staticmethod
    def item(body, heads):
        """Number, leaf, which why and, unless it is set aside, head, index and document."""
        number, why, kind = body.number(8), body.number(2), body.number(1)
        if kind == ASIDE:
            return number, body.short(), why, None, None, None
        if kind != MESSAGE:
            raise Unexpected("an item of another kind")
        head, index, front, back, document = body.number(2), body.number(4), body.tiny(), body.tiny(), body.long()
        if head >= len(heads):
            raise Unexpected("a head that is not there")
        leaf = front + sha(document) + sha(heads[head][0]) + back
        return number, leaf, why, head, index, document

    @staticmethod
    def paths(head, proof, documents):
        """The audit paths of the documents, each (index, bytes), of a frame that are under this head."""
        lines = dict(line.split(" ", 1) for line in head.decode().splitlines()[1:4])
        leaves = {index: sha(b"\0" + sha(document)) for index, document in documents}
        root, paths = run_paths(leaves, int(lines["count"]), proof)
        if not 0 < len(leaves) == len(documents) or b64(root) != lines["root"]:
            raise Unexpected("a seal does not contain what is under it")
        return paths

    def take(self, upto, acknowledge=True):
        """Take deliveries until number `upto` is there; acknowledges what came."""
        while not all(number in self.inbox for number in range(1, upto + 1)):
            _, body = self.expect(DELIVER)
            for delivery in self.deliveries(body):
                self.inbox[delivery.number] = delivery
            if acknowledge:
                self.acknowledge(max(self.inbox))
        return [self.inbox[number] for number in sorted(self.inbox)]

    def carried(self, number):
        """The older messages that this number of the inbox brings along, proven, in their order."""
        lines = [line for line in self.inbox[number].more if line.startswith("carries ")]
        found = []
        while len(found) < len(lines):
            self.send(bytes((1, CARRY)) + struct.pack(">QQ", number, len(found) + 1))
            _, body = self.expect(CARRIED)
            if body.number(8) != number:
                raise Unexpected("what another number brings along")
            for item in self.deliveries(body):
                name = f"{item.leaf['author']} {item.leaf['id']}"
                if item.number != len(found) + 1 or not lines[len(found)].endswith(" " + name):
                    raise Unexpected(f"another message than number {number} brings along")
                found.append(item)
        return found

    def take_id(self, message):
        """Take deliveries until this message is among them."""
        while not any(delivery.leaf["id"] == message for delivery in self.inbox.values()):
            self.take(max(self.inbox, default=0) + 1)
        return next(delivery for delivery in self.inbox.values() if delivery.leaf["id"] == message)

    def quiet(self, seconds=1.0):
        """Frames other than pulses that come within this time: for showing that none do.

        A pulse is sent first and its answer awaited: what the hub had to say before is then here.
        """
        frames = []
        self.send(bytes((1, PULSE)))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            kind, body = self.receive(end - time.monotonic())
            if kind == PULSE:
                break
            if kind is not None:
                frames.append((kind, body))
        return frames

    def acknowledge(self, number, key=None, root=None):
        key = key or self.seal
        root = self.root if root is None else root
        text = f"dabyl-ack/v1\n{self.origin}\n{key.id}\n{number}\n{b64(root)}\n"
        self.send(bytes((1, ACK)) + struct.pack(">Q", number) + root + key.sign(text.encode()))

    def explain(self, document, request=7):
        document = document if isinstance(document, bytes) else encode(document)
        self.send(bytes((1, EXPLAIN)) + struct.pack(">I", request) + long(document))
        _, body = self.expect(EXPLAINED)
        if body.number(4) != request:
            raise Unexpected("an answer to another question")
        return json.loads(body.long())

    def ask(self, topic, arguments=None, request=8):
        arguments = arguments if isinstance(arguments, bytes) else encode(arguments or {})
        self.send(bytes((1, ASK)) + struct.pack(">I", request) + short(topic) + long(arguments))
        _, body = self.expect(ANSWER)
        if body.number(4) != request:
            raise Unexpected("an answer to another question")
        return json.loads(body.long())

    # --- attachments ----------------------------------------------------------------------------

    def give(self, digest, size):
        self.send(bytes((1, GIVE)) + digest + struct.pack(">Q", size))
        return self.about(digest)

    def piece(self, digest, size, offset, data, wait=True):
        self.send(bytes((1, PIECE)) + digest + struct.pack(">QQ", size, offset) + long(data))
        return self.about(digest) if wait else None

    def fetch(self, digest, offset=0):
        self.send(bytes((1, FETCH)) + digest + struct.pack(">Q", offset))
        return self.about(digest)

    def about(self, digest):
        """The next answer about this attachment: Held, Piece, Refused, or Receipt."""
        kind, body = self.expect(HELD, PIECE, REFUSED, RECEIPT)
        if kind == HELD:
            return Held(body.take(32), body.number(8), body.number(8), body.number(4))
        if kind == PIECE:
            return Piece(body.take(32), body.number(8), body.number(8), body.long())
        (answer,) = self.refusals(body) if kind == REFUSED else self.receipts(body)
        if kind == REFUSED and answer.document != digest:
            raise Unexpected(f"an answer about another attachment: {answer}")
        return answer

    def hand_in(self, data, digest=None, upto=None):
        """Give all pieces, or until the hub has `upto` bytes; the last answer."""
        digest, size = digest or sha(data), len(data)
        answer = self.give(digest, size)
        while isinstance(answer, Held) and (upto is None or answer.offset < upto):
            part = data[answer.offset : answer.offset + answer.piece]
            answer = self.piece(digest, size, answer.offset, part)
        return answer

    def fetch_all(self, digest):
        """The bytes of an attachment, or the refusal."""
        data = b""
        while True:
            answer = self.fetch(digest, len(data))
            if not isinstance(answer, Piece):
                return answer
            data += answer.data
            if len(data) == answer.size:
                return data

    def again(self, first, last):
        self.send(bytes((1, AGAIN)) + struct.pack(">QQ", first, last))
