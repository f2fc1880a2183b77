"""false_hub - speaks as a hub with a log's key, and says what a test wants said: honest, or in any way wrong."""

import json
import struct
import threading
import time

import client
import zmq
from client import b64, long, sha, short

NOW = int(time.time() * 1000)


class Part(bytes):
    """Octets of a frame that have a name."""

    def __new__(cls, name, octets):
        self = super().__new__(cls, octets)
        self.name = name
        return self


def parts_of(name, size, octets):
    """A length, and what it is the length of."""
    return [Part(f"length of {name}", struct.pack({1: "B", 2: ">H", 4: ">I"}[size], len(octets))), Part(name, octets)]


class Log:
    """A log of a few entries, with a key of its own."""

    def __init__(self, origin, key):
        self.origin, self.key, self.leaves = origin, key, []

    def add(self, leaf):
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def hashes(self):
        return [sha(b"\0" + leaf) for leaf in self.leaves]

    def checkpoint(self, spell=lambda text: text):
        text = spell(f"{self.origin}\n{len(self.leaves)}\n{b64(client.root_of(self.hashes()))}\n").encode()
        key_id = sha(self.origin.encode() + b"\n\1" + self.key.public)[:4]
        return text + f"\n— {self.origin} {b64(key_id + self.key.sign(text))}\n".encode()

    def proof(self, positions):
        return client.run_proof(self.hashes(), positions)


def leaf_of(position, message, document, head, milliseconds=NOW, change=None):
    """Front and back of its leaf; `change` makes others of the right ones."""
    time_ms = client.text_of(client.datetime.datetime.fromtimestamp(NOW / 1000, client.datetime.timezone.utc))
    kind = ("message", message["kind"], message["from"], message["id"])
    whole = client.make_leaf(position, time_ms.replace("Z", "+00:00"), kind, [sha(document), sha(head), sha(b"record")])
    at = whole.index(sha(document))
    front, back = whole[:at], whole[at + 64 :]
    front = front[:10] + struct.pack(">Q", milliseconds) + front[18:]
    return change(front, back) if change else (front, back)


class FalseHub:
    """Answers HELLO by WELCOME, then says what it was given; PULSE by PULSE.  `acknowledged` is what came back."""

    def __init__(self, secret, public, port=None):
        self.socket = zmq.Context.instance().socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.curve_server = True
        self.socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
        self.socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
        self.endpoint = f"tcp://127.0.0.1:{self.socket.bind_to_random_port('tcp://127.0.0.1')}"
        self.log = None
        self.frames = []  # what is said behind a WELCOME
        self.answer = None  # what is said to a PUBLISH, made of its document
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def welcome(self):
        return bytes((1, client.WELCOME)) + short(self.log.origin) + long(self.log.checkpoint()) + long("") + \
            struct.pack(">QIIQ", 9, 1024, 1 << 20, NOW)

    def run(self):
        while not self.ending.is_set():
            if not self.socket.poll(50):
                continue
            who, frame = self.socket.recv_multipart()
            for said in self.says(frame):
                self.socket.send_multipart((who, said))

    def says(self, frame):
        if frame[1] == client.HELLO:
            return [self.welcome(), *self.frames]
        if frame[1] == client.PUBLISH:
            return [self.answer(published(frame))]
        return [frame] if frame[1] == client.PULSE else []

    def close(self):
        self.ending.set()
        self.thread.join()
        self.socket.close()


def published(frame):
    """Head and document of a PUBLISH of one."""
    body = client.Reader(frame[2:])
    ((head, _),) = body.list(lambda: (body.long(), body.long()))
    ((_, _, document),) = body.list(lambda: (body.number(2), body.number(4), body.long()))
    return head, document


class Delivery:
    """Two messages of a log, of three that were sealed together, as a DELIVER; each step can be changed."""

    def __init__(self, log, author, cert, receiver, spoil=()):
        self.log, self.author, self.receiver, self.spoil = log, author, receiver, dict(spoil)
        self.cert = cert
        messages = [client.notice("isoc-energy", 1, body={"object": "obj-grid-1"}) for _ in range(3)]
        documents = [client.encode(message) for message in messages]
        head = self.changed("head", client.seal_head(log.origin, documents, [author]))
        hashes = [sha(b"\0" + sha(document)) for document in documents]
        self.heads = [(head, self.changed("proof", client.run_proof(hashes, [0, 2])))]
        log.leaves = [b"another leaf %d" % i for i in range(7)]
        milliseconds = self.changed("time", NOW)
        self.whys = [f"deliver {receiver} rule.one sender {i}".encode() for i in (1, 2)]
        self.items = []
        for number, (i, position) in enumerate(((0, 3), (2, 5)), 1):
            front, back = leaf_of(position, messages[i], documents[i], head, milliseconds, self.spoil.get("leaf"))
            self.items.append([number, number - 1, 1, 0, i, front, back, documents[i]])
            log.leaves[position] = front + sha(documents[i]) + sha(head) + back
        self.positions = [3, 5]
        self.certs = [cert]
        self.changed("lists", self)

    def changed(self, name, value):
        return self.spoil[name](value) if name in self.spoil else value

    def parts(self):
        yield Part("version", b"\1")
        yield Part("type", bytes([client.DELIVER]))
        yield Part("count of certs", struct.pack(">H", len(self.certs)))
        for cert in self.certs:
            yield from parts_of("certificate", 4, cert)
        yield from parts_of("checkpoint", 4, self.log.checkpoint(self.spoil.get("checkpoint", lambda text: text)))
        yield from parts_of("run proof", 4, self.changed("run", self.log.proof(self.positions)))
        yield Part("count of heads", struct.pack(">H", len(self.heads)))
        for head, proof in self.heads:
            yield from parts_of("head", 4, head)
            yield from parts_of("proof of a head", 4, proof)
        yield Part("count of whys", struct.pack(">H", len(self.whys)))
        for why in self.whys:
            yield from parts_of("why", 2, why)
        yield Part("count of items", struct.pack(">H", len(self.items)))
        for number, which, kind, head, index, front, back, document in self.items:
            yield Part("number", struct.pack(">Q", number))
            yield Part("why-index", struct.pack(">H", which))
            yield Part("kind of an item", bytes([kind]))
            yield Part("head-index", struct.pack(">H", head))
            yield Part("leaf-index", struct.pack(">I", index))
            yield from parts_of("front", 1, front)
            yield from parts_of("back", 1, back)
            yield from parts_of("document", 4, document)

    def frame(self):
        return self.changed("frame", b"".join(self.parts()))


def receipt_parts(log, head, document, spoil=()):
    """A RECEIPT for a document, beside another item."""
    spoil = dict(spoil)
    message = json.loads(document)
    log.leaves = [b"another leaf %d" % i for i in range(9)]
    beside = client.make_leaf(1, "2026-01-01T00:00:00.000+00:00", ("start", "", "", ""), [sha(b"x"), None, None])
    front, back = leaf_of(4, message, document, head, change=spoil.get("leaf"))
    log.leaves[1], log.leaves[4] = beside, front + sha(document) + sha(head) + back
    tolds = spoil.get("tolds", [b"", b"deliver nccis a.rule sender 8\n"])
    which = spoil.get("which", [0, 1])
    yield Part("version", b"\1")
    yield Part("type", bytes([client.RECEIPT]))
    yield from parts_of("checkpoint", 4, log.checkpoint(spoil.get("checkpoint", lambda text: text)))
    yield from parts_of("run proof", 4, log.proof([1, 4]) + spoil.get("more proof", b""))
    yield Part("count of tolds", struct.pack(">H", len(tolds)))
    for told in tolds:
        yield from parts_of("told", 4, told)
    yield Part("count of items", struct.pack(">H", 2))
    for leaf, one in zip((beside, log.leaves[4]), which):
        yield from parts_of("leaf", 2, leaf)
        yield Part("told-index", struct.pack(">H", one))
    yield Part("end", spoil.get("end", b""))
