#!tests/run
"""Goal: receivers in C, JavaScript and Python take what a hub proves in the one form there is, and find each of 100 changed bits."""

import os
import random
import re
import subprocess

import client
import example
import tap
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from false_hub import Delivery, FalseHub, Log, receipt_parts
from world import TOP, World

SEED = int(os.environ.get("CHECK_SEED", str(random.SystemRandom().randrange(1 << 30))))
# What nobody but the hub knows, so that no receiver can say that it is another: a delivery's line, and what an
# author is told.
HUBS_WORD = {"why", "told"}


def twice(lists):
    lists.heads.append(lists.heads[0])


def unnamed(name):
    """Something more in a list, which no item names."""
    def change(delivery):
        getattr(delivery, name).append(getattr(delivery, name)[0])
    return change


def turned(delivery):
    """Both lines in the other order."""
    delivery.whys.reverse()
    for item in delivery.items:
        item[1] = 1 - item[1]


def item(place, value, which=1):
    def change(delivery):
        delivery.items[which][place] = value
    return change


def end_of_time(_):
    return 253402300800000


def other_spelling(text):
    """The same size with a zero in front."""
    return text.replace("\n", "\n0", 1)


def other_base64(text):
    """The same root: of its last digit two bits mean nothing."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-3] + digits[digits.index(text[-3]) + 1] + text[-2:]


def leaf(at, change):
    """The same octet of each leaf's front."""
    def make(front, back):
        return front[:at] + bytes([change(front[at])]) + front[at + 1 :], back
    return make


# What a lying hub says, consistent in every hash and signature.
LIES = {
    "of the next version": {"frame": lambda frame: b"\2" + frame[1:]},
    "with something behind its end": {"frame": lambda frame: frame + b"\0"},
    "cut short": {"frame": lambda frame: frame[:-1]},
    "with a head that no item names": {"lists": unnamed("heads")},
    "with a line that no item names": {"lists": unnamed("whys")},
    "with lines in another order than items name them": {"lists": turned},
    "with an item of another kind": {"lists": item(2, 2)},
    "with one number twice": {"lists": item(0, 1)},
    "that begins with number 0": {"lists": item(0, 0, 0)},
    "with a head that is not there": {"lists": item(3, 1)},
    "with a line that is not there": {"lists": item(1, 2)},
    "with one place twice": {"lists": item(4, 0)},
    "with a hash too many in its proof": {"run": lambda proof: proof + bytes(32)},
    "with half a hash in its proof": {"run": lambda proof: proof + bytes(16)},
    "with a hash too many in a seal's proof": {"proof": lambda proof: proof + bytes(32)},
    "with half a hash in a seal's proof": {"proof": lambda proof: proof + bytes(16)},
    "of the year 10000": {"time": end_of_time},
    "with leaves of the next version": {"leaf": leaf(0, lambda _: 2)},
    "with leaves that have what there is not": {"leaf": leaf(1, lambda has: has | 32)},
    "with leaves that something follows": {"leaf": lambda front, back: (front, back + b"\0")},
    "with leaves that say a former position and are none": {
        "leaf": lambda front, back: (front[:1] + bytes([front[1] | 16]) + front[2:], back + bytes(8))
    },
    "with leaves whose type is no word": {"leaf": leaf(19, lambda _: 0x20)},
}
# What receivers find that read texts and signatures, too.
SPELLINGS = {
    "whose checkpoint has a zero in front of its size": {"checkpoint": other_spelling},
    "whose checkpoint spells its root otherwise": {"checkpoint": other_base64},
    "whose seal is of the next version": {"head": lambda head: head.replace(b"/v1", b"/v2", 1)},
    "whose seal has a zero in front of its count": {"head": lambda head: head.replace(b"count ", b"count 0", 1)},
    "whose seal has a line too many": {"head": lambda head: head + b"more\n"},
    "signed twice with one key": {"head": lambda head: head + head[head.index(b"sig ") :]},
}
RECEIPTS = {
    "with a text that no item is told": {"tolds": [b"", b"x\n", b"y\n"]},
    "with texts in another order": {"which": [1, 0]},
    "with a text that is not there": {"which": [0, 2]},
    "with a hash too many in its proof": {"more proof": bytes(32)},
    "with something behind its end": {"end": b"\0"},
    "with leaves of the next version": {"leaf": leaf(0, lambda _: 2)},
}


class Receivers:
    """The two examples, as processes, and the client of these tests."""

    def __init__(self, world, hub, log):
        self.world, self.hub, self.log = world, hub, log
        self.author = client.SealKey(world.node("isoc-energy").path("keys", "seal.key"))
        with open(world.node("isoc-energy").path("certs", "seal.pem"), "rb") as file:
            self.cert = x509.load_pem_x509_certificate(file.read()).public_bytes(Encoding.DER)
        self.programs = {}

    def run(self, program, name, *words):
        state = self.world.node(name).path("example.json")
        if os.path.exists(state):
            os.remove(state)
        done = subprocess.run([*self.programs[program], self.world.node(name).folder, self.hub.endpoint, *words],
                              capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    def takes(self, program, frame):
        """Whether it takes both deliveries of a frame; what it said."""
        good_bye = bytes((1, client.BYE)) + client.short("hub.stopping") + client.short("it was another frame")
        self.hub.frames = [frame] if frame[1:2] == bytes([client.DELIVER]) else [frame, good_bye]
        code, text = self.run(program, "nccis", "receive", "2")
        return code == 0 and text.count("delivery ") == 2, text

    def python_takes(self, frame):
        one = client.Client.__new__(client.Client)
        one.certs, one.origin = [], self.log.origin
        try:
            if frame[:2] != bytes((1, client.DELIVER)):
                raise client.Unexpected("a frame of another version or kind")
            return len(one.deliveries(client.Reader(frame[2:]))) == 2, ""
        except (client.Unexpected, UnicodeDecodeError) as error:
            return False, str(error)

    def delivery(self, spoil=()):
        return Delivery(self.log, self.author, self.cert, "nccis", spoil)


def compiled(world):
    source = os.path.join(TOP, "nodes", "examples", "client.c")
    with open(source, encoding="utf-8") as file:
        libraries, command = re.search(r"(?m)^//     (LIBS=.*)\n//     (cc .*)$", file.read()).groups()
    subprocess.run(["sh", "-c", f"{libraries}\n{command.replace('client.c', source)}"], cwd=world.folder, check=True)
    return world.path("client")


def lies(receivers, program):
    for lie, spoil in {**LIES, **SPELLINGS}.items():
        took, text = receivers.takes(program, receivers.delivery(spoil).frame())
        tap.ok(not took and "delivery 2" not in text, f"{program}: a delivery {lie} is not taken", text)


def flips(receivers, program, source):
    """A bit of each part of a DELIVER, by turns, until they are 100."""
    missed, n = [], 0
    while n < 100:
        parts = list(receivers.delivery().parts())
        for i, part in enumerate(parts):
            if part.name in HUBS_WORD or not part:
                continue
            changed, bit = bytearray(part), source.randrange(8 * len(part))
            changed[bit // 8] ^= 1 << bit % 8
            took, text = receivers.takes(program, b"".join((*parts[:i], changed, *parts[i + 1 :])))
            n += 1
            if took:
                missed.append(f"bit {bit} of {part.name}: {text}")
    tap.ok(not missed, f"{program}: {n} changed bits in all parts of a DELIVER are found", "\n".join(missed))


def receipts(receivers, program, source):
    path = receivers.world.path("notice.json")
    with open(path, "wb") as file:
        file.write(client.encode(client.notice("isoc-energy", 1)))

    def publish(make):
        receivers.hub.answer = lambda sealed: make(list(receipt_parts(receivers.log, *sealed)), sealed)
        return receivers.run(program, "isoc-energy", "publish", path)

    code, text = publish(lambda parts, _: b"".join(parts))
    tap.ok(code == 0 and text.startswith("receipt 4 "), f"{program}: an honest receipt is taken", text)
    for lie, spoil in RECEIPTS.items():
        code, text = publish(lambda _, sealed, spoil=spoil: b"".join(receipt_parts(receivers.log, *sealed, spoil)))
        tap.ok(code == 1 and "receipt 4" not in text, f"{program}: a receipt {lie} is not taken", text)
    missed = []
    # Of another type it is another frame, which who waits for this one passes over.
    names = [part.name for part in receipt_parts(receivers.log, b"h", client.encode(client.notice("a", 1))) if part]
    chosen = [i for i, name in enumerate(names) if name not in HUBS_WORD | {"type"}]
    for i in chosen:
        def flip(parts, _, i=i):
            parts = [part for part in parts if part]
            changed, bit = bytearray(parts[i]), source.randrange(8 * len(parts[i]))
            changed[bit // 8] ^= 1 << bit % 8
            return b"".join((*parts[:i], changed, *parts[i + 1 :]))
        code, text = publish(flip)
        if code == 0:
            missed.append(f"{names[i]}: {text}")
    tap.ok(not missed, f"{program}: {len(chosen)} changed bits in a RECEIPT are found", "\n".join(missed))


def python(receivers):
    tap.ok(receivers.python_takes(receivers.delivery().frame())[0], "Python: an honest delivery is taken")
    for lie, spoil in LIES.items():
        took, text = receivers.python_takes(receivers.delivery(spoil).frame())
        tap.ok(not took, f"Python: a delivery {lie} is not taken", text)


with World(__doc__, ("nccis", "isoc-energy")) as world:
    tap.note(f"CHECK_SEED={SEED}")
    chance = random.Random(SEED)
    channel = client.ChannelKey(world.hub.path("keys", "channel.key"))
    hub = FalseHub(channel.secret, channel.public)
    hub.log = Log(world.origin, client.SealKey(world.hub.path("keys", "log.key")))
    receivers = Receivers(world, hub, hub.log)
    receivers.programs["C"] = [compiled(world)]
    missing = example.install(world.path("example"))
    if missing:
        tap.skip("the example in JavaScript", missing)
    else:
        receivers.programs["JavaScript"] = ["node", world.path("example", "client.js")]
    python(receivers)
    for program in receivers.programs:
        took, text = receivers.takes(program, receivers.delivery().frame())
        tap.ok(took, f"{program}: an honest delivery is taken", text)
        lies(receivers, program)
        flips(receivers, program, chance)
        receipts(receivers, program, chance)
    hub.close()
