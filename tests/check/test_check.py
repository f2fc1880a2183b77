#!tests/run
"""Goal: the independent check accepts an honest journal and finds every lie told to it.

Invented entries and their receipts, 100 single-bit changes spread over every part of every kind of
file, and journals that are consistent in every byte and yet wrong.  test_hub.py does it to a real hub's.
"""

import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import check
import make_journal
from make_journal import sha

HERE = os.path.dirname(os.path.abspath(__file__))
ENTRIES = int(os.environ.get("CHECK_ENTRIES", "3000"))
SEED = int(os.environ.get("CHECK_SEED", str(random.SystemRandom().randrange(1 << 30))))
done = failed = 0


def ok(good, name, detail=""):
    global done, failed
    done += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {done} - {name}")
    if not good:
        print(f"# {detail}")
    sys.stdout.flush()


def command(folder, *more):
    """The check as an outsider runs it."""
    run = subprocess.run(
        [
            sys.executable,
            "-B",
            f"{HERE}/check.py",
            "--vkey",
            f"{folder}/vkey",
            "--journal",
            f"{folder}/journal",
            "--sent",
            f"{folder}/sent",
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def files(folder, *parts, ending=""):
    return [
        os.path.join(at, name)
        for at, _, names in os.walk(os.path.join(folder, *parts))
        for name in sorted(names)
        if name.endswith(ending) and name[0] != "." and os.path.getsize(os.path.join(at, name))
    ]


class Parts:
    """The parts of a file, from its front: (name, where it begins, where it ends)."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.at, self.found = 0, []

    def part(self, name, size):
        self.found.append((name, self.at, self.at + size))
        self.at += size

    def number(self, name, size):
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.part(name, size)
        return value

    def sized(self, name, size):
        self.part(name, self.number(f"length of the {name}", size))

    def lines(self, name, size):
        """Each line of a text, named by its first word, or by how many lines it is from the front."""
        for i, line in enumerate(self.data[self.at : self.at + size].splitlines(keepends=True)):
            word = re.match(rb"[a-z]{2,}(?= )", line)
            self.part(f"{name}, {word[0].decode() if word else i}", len(line))

    def leaf(self, name):
        end = self.number(f"length of the {name}", 2) + self.at
        self.part(f"version of a {name}", 1)
        has = self.number(f"what a {name} has", 1)
        for part in ("position", "time"):
            self.part(f"{part} in a {name}", 8)
        for part in ("type", "kind", "author"):
            self.sized(f"{part} in a {name}", 1)
        hashes = "document", "seal", "record"
        parts = [("id", 8, 16), *((part, 1 << i, 32) for i, part in enumerate(hashes)), ("former", 16, 8)]
        for part, bit, size in parts:
            if has & bit:
                self.part(f"{part} in a {name}", size)
        assert self.at == end

    def bundle(self):
        while self.at < len(self.data):
            self.leaf("leaf of a bundle")

    def entry(self):
        kind = self.number("how an entry is sealed", 1)
        if kind == 1:
            for part, size in (("place in its batch", 4), ("head", 2), ("place under its head", 4)):
                self.part(f"{part} of an entry", size)
        elif kind == 2:
            self.lines("rules' seal", self.number("length of the rules' seal", 4))
        self.leaf("leaf")
        for part in ("document", "record"):
            self.sized(part, 4)

    def batch(self):
        self.part("batch", 8)
        self.part("length of a batch", 4)
        self.part("length of the seals", 4)
        count = self.number("count of a batch", 4)
        for part, size in (("sequence", 8), ("position", 8), ("id", 16), ("root before", 32)):
            self.part(f"{part} of a batch", size)
        for _ in range(self.number("count of the heads", 2)):
            self.lines("seal", self.number("length of a head", 4))
            self.sized("proof of a head", 4)
        for _ in range(count):
            self.entry()
        self.part("checksum", 32)

    def segment(self):
        """Without the zeros that are reserved behind it."""
        for part, size in (("segment", 8), ("version", 4), ("zeros", 4), ("position", 8), ("sequence", 8), ("origin", 32)):
            self.part(f"{part} of a segment", size)
        while self.data.startswith(b"DBATCH01", self.at):
            self.batch()

    @classmethod
    def of(cls, path):
        """Those that have anything in them."""
        parts, name = cls(path), os.path.basename(path)
        if path.endswith(".seg"):
            parts.segment()
        elif "/tile/entries/" in path:
            parts.bundle()
        elif "/tile/" in path:
            parts.part(f"tile of level {path.partition('/tile/')[2][0]}", len(parts.data))
        elif path.endswith(".json"):
            parts.part(".json", len(parts.data))
        else:
            parts.lines(name[name.find(".") :] if "." in name else name, len(parts.data))
        return [(name, path, begin, end) for name, begin, end in parts.found if end > begin]


class Flip:
    """One bit of a file changed, and changed back."""

    def __init__(self, path, source, begin=0, end=None):
        self.path = path
        if end is None:
            with open(path, "rb") as file:
                data = file.read()
            end = len(data.rstrip(b"\0")) if path.endswith(".seg") else len(data)
        self.offset, self.bit = source.randrange(begin, end), 1 << source.randrange(8)

    def turn(self):
        with open(self.path, "r+b") as file:
            file.seek(self.offset)
            byte = file.read(1)[0]
            file.seek(self.offset)
            file.write(bytes([byte ^ self.bit]))

    def __enter__(self):
        self.turn()
        return self

    def __exit__(self, *_):
        self.turn()

    def __str__(self):
        return f"byte {self.offset}, bit {self.bit:#x} of {self.path}"


def found(action, path):
    """Whether the action meets a fault, and names this file."""
    try:
        action()
    except check.Fault as fault:
        return path in str(fault), str(fault)
    return False, "nothing found"


def places(paths, source):
    """A place in some file for each part that there is of all these files, by the part's name."""
    by_name = {}
    for path in paths:
        for name, *place in Parts.of(path):
            by_name.setdefault(name, []).append(place)
    return {name: source.choice(there) for name, there in by_name.items()}


def held(folder, good):
    """What nodes hold: its name, the files, and what reads them."""
    for name, read in (("inbox", good.delivered), ("attachments", good.handed_in_by)):
        top = os.path.join(folder, name)
        for node in sorted(os.listdir(top)) if os.path.isdir(top) else []:
            at = os.path.join(top, node)
            yield f"{name}/{node}", files(at), lambda read=read, at=at: read(at)
    yield "sent", files(folder, "sent"), lambda: good.sent(f"{folder}/sent")


def flips(folder, source):
    """A change in each part of each kind of file, and then anywhere in the segments: 100 at least.

    What does not depend on the changed file is read once.
    """
    journal, vkey = f"{folder}/journal", f"{folder}/vkey"
    good = check.Check(vkey, journal)
    good.segments()
    segments = files(journal, "segments", ending=".seg")
    kinds = [
        ("checkpoint", [f"{journal}/checkpoint"], good.checkpoint),
        ("tiles and bundles", files(journal, "tile"), good.checkpoint),
        *held(folder, good),
        ("segments", segments, lambda: check.Check(vkey, journal).segments()),
    ]
    left = 100
    for name, paths, action in kinds:
        missed, chosen = [], [*places(paths, source).items()]
        if paths == segments:
            chosen += [("anywhere", (source.choice(paths), 0, None)) for _ in range(max(20, left - len(chosen)))]
        for part, (path, *range_) in chosen:
            with Flip(path, source, *range_) as flip:
                hit, said = found(action, path)
                if not hit:
                    missed.append(f"{part}: {flip}: {said}")
        left -= len(chosen)
        parts = f"{len(chosen)} changed bits in {name}, in each part one"
        ok(chosen and not missed, f"{parts}: each is found in its file", "; ".join(missed))
    ok(left <= 0, f"they are {100 - left}, and 100 at least")
    with Flip(source.choice(segments), source) as flip:
        code, text = command(folder)
        ok(code == 1 and flip.path in text, "as a command it names the file and exits 1", text)


class Liar(make_journal.Inventor):
    """Breaks one rule and keeps every hash and checksum right."""

    lie = ""
    older = ""

    def begin(self):
        self.keys["mallory"] = make_journal.Key(self.random)
        super().begin()

    def certify(self, name, role, node=None):
        if self.lie == "officer" and name == "aigerim":
            node = "isoc-energy"
        if self.lie == "ca" and name == "nccis":
            self.ca, true = self.keys["mallory"], self.ca
            super().certify(name, role, node)
            self.ca = true
            return
        super().certify(name, role, node)

    def seal(self, documents, signers):
        swap = {
            "forged": {"isoc-energy": "mallory"},
            "another": {"isoc-energy": "ksc"},
            "second": {"aigerim": "dauren"},
        }.get(self.lie, {})
        signers = [swap.get(name, name) for name in signers]
        if self.lie == "falling":  # the last place first
            yield from reversed(list(super().seal(documents[::-1], signers)))
            return
        for seal in super().seal(documents, signers):
            yield seal._replace(index=1) if self.lie == "index" and len(documents) == 1 else seal

    def publish(self, author, kind, bodies, signers=None):
        if self.lie == "short":  # of a large one a few are refused, so it has a proof
            bodies = bodies + [{"level": 0}] * 25
        super().publish(author, kind, bodies, signers)

    def heads(self):
        tree = make_journal.Subtrees()
        tree.leaves = [bytes(32)]
        heads = super().heads()
        if self.lie == "order":
            heads = dict(reversed(heads.items()))
        return {**heads, **({"dabyl-seal/v1\n": (tree, [])} if self.lie == "idle" else {})}

    def proof(self, tree, places):
        proof = super().proof(tree, places)
        return {"long": proof + bytes(32), "short": proof[:-32], "ragged": proof + b"\0"}.get(self.lie, proof)

    def said(self, seal, at, heads):
        if self.lie == "empty" and not seal:
            return b"\2" + bytes(4), b"\2"
        return super().said(seal, at + (self.lie == "moved" and at > 500), heads)

    def add(self, kind, document, seal=b"", record=b"", message=("", "", "")):
        if self.lie == "unheard" and kind == "start":
            kind = "unheard"
        if self.lie == "startled" and kind == "start":  # as a message is
            seal = next(self.seal([document.encode()], ["hub"]))
        if self.lie == "text" and isinstance(seal, make_journal.Seal):
            seal = make_journal.text_of(seal).encode()
        return super().add(kind, document, seal, record, message)

    def leaf(self, position, kind, hashes, message):
        octets = super().leaf(position, kind, hashes, message)
        changed = {
            "version": b"\2" + octets[1:],
            "nothing": bytes((1, octets[1] | 32)) + octets[2:],
            "former": bytes((1, octets[1] | 16)) + octets[2:] + bytes(8),
            "never": octets[:10] + b"\xff" + octets[11:],
            "behind": octets + b"\0",
            "early": octets[:-1],
        }
        return changed.get(self.lie, octets) if kind == "message" else octets

    def entry(self, message, document, seal, routes):
        if self.lie == "author" and message["from"] == "isoc-energy":
            message = dict(message, **{"from": "nccis"})
        if self.lie == "carried" and message["from"] == "hub":
            message["body"]["carried"]["document"] = "e30="
            document = make_journal.json.dumps(message).encode()
            seal = next(self.seal([document], ["hub"]))
        if self.lie == "derived" and message["from"] == "hub":
            return
        if self.lie in ("for", "carries", "cause") and message["from"] == "isoc-energy":
            lie = {
                "for": {"for": "nccis"},
                "carries": {"body": dict(message["body"], carried={"document": "e30="})},
                "cause": {"body": dict(message["body"], cause={"author": "ksc", "id": "1"})},
            }[self.lie]
            message = dict(message, **lie)
            document = json.dumps(message).encode()
            seal = next(self.seal([document], [message["from"]]))
        if self.lie == "refers":
            routes = routes + [f"refers re nccis {message['id']}"]
        if self.lie == "silent":
            routes = [route for route in routes if not route.startswith("refers ")]
        if self.lie == "exercise":
            routes = routes + ["exercise within autumn"]
        if self.lie == "stranger" and message["from"] == "isoc-energy":
            message = dict(message, status="exercise", exercise="autumn")
            document = json.dumps(message).encode()
            seal = next(self.seal([document], [message["from"]]))
            routes = routes + ["exercise within autumn"]
        if self.lie == "file":
            routes = [route for route in routes if not route.startswith("attachment ")]
        if self.lie == "later":
            routes = self.behind(routes, [f"carries nccis isoc-energy {message['id']}"])
        if self.lie == "unsent":
            routes = routes + [f"carries ksc isoc-energy {message['id']}"]
            routes = [route for route in routes if not route.startswith("deliver ksc ")]
        if self.lie == "once" and self.older:
            routes = self.behind(routes, [f"carries nccis {self.older}"] * 2)
        self.older = f"{message['from']} {message['id']}"
        if self.lie == "twice" and len(seal.tree.leaves) > 1:
            super().entry(message, document, next(self.seal([document], [message["from"]])), routes)
        super().entry(message, document, seal, routes)
        if self.lie == "told":
            parts = self.kept[0][2]
            parts["told"] = parts.get("told", "") + "deliver ksc secret-rule none 14\n"

    @staticmethod
    def behind(routes, lines):
        """These lines behind the one that delivers to nccis."""
        at = next((i for i, route in enumerate(routes) if route.startswith("deliver nccis ")), None)
        return routes if at is None else routes[: at + 1] + lines + routes[at + 1 :]

    def hand_in(self, author, digest, size):
        if self.lie == "thief":
            author = "ksc"
        if self.lie == "longer":
            size += 1
        for _ in range(2 if self.lie == "again" else 1):
            super().hand_in(author, digest, size)

    def acknowledge(self, node):
        if self.lie == "more":
            self.numbers[node] = self.numbers.get(node, 0) + 1
        return (
            {"nccis": "ksc", "ksc": "nccis"}[node] if self.lie == "ack" else node
        ), super().acknowledge(node)[1]

    def checkpoint(self):
        if self.lie != "fork" or len(self.tree.leaves) < 40:
            return super().checkpoint()
        true, self.tree = self.tree, make_journal.Subtrees()
        self.tree.leaves = [bytes(32)] + true.leaves[1:]
        note = super().checkpoint()
        self.tree = true
        return note


LIES = {
    "forged": "no certificate in force",
    "another": "is by ksc",
    "second": "is by dauren",
    "index": "the seal does not contain|head, place or proof is none",
    "idle": "nothing in its batch is under",
    "order": "another order than entries name them in",
    "falling": "the places under a head do not rise",
    "empty": "a seal of no octets",
    "long": "head, place or proof is none",
    "short": "head, place or proof is none",
    "ragged": "head, place or proof is none",
    "text": "is under a head of its batch",
    "unheard": "unknown entry type",
    "startled": "is under a head of its batch",
    "moved": "another place of its batch",
    "version": "not a leaf in its canonical form",
    "nothing": "not a leaf in its canonical form",
    "former": "not a leaf in its canonical form",
    "never": "not a leaf in its canonical form",
    "behind": "not a leaf in its canonical form",
    "early": "not a leaf in its canonical form",
    "officer": "no officer of nccis",
    "ca": "no officer of nccis",
    "author": "differ in author",
    "carried": "carries something else",
    "derived": "not in its cause's batch",
    "for": "is not by the hub",
    "carries": "is not by the hub",
    "cause": "is not by the hub",
    "twice": "used before",
    "refers": "not the message's references",
    "silent": "not the message's references",
    "exercise": "not what the message does",
    "stranger": "said within autumn, and sent to",
    "file": "not the files that are named",
    "thief": "handed in what no message of its own names",
    "longer": "handed in what no message of its own names",
    "again": "the same attachment twice",
    "later": "which is not before it",
    "unsent": "who does not have it",
    "once": "once more",
    "told": ".told: ",
    "more": "does not follow|nobody sent it",
    "ack": " acknowledges for ",
    "fork": "another root at size",
}


def lies(folder):
    for lie, words in LIES.items():
        place = os.path.join(folder, lie)
        liar = Liar(place, seed=SEED)
        liar.lie = lie
        liar.run(60)
        code, text = command(place)
        ok(
            code == 1 and any(word in text for word in words.split("|")),
            f"a consistent journal with a lie about: {lie}",
            text,
        )


class Erring(make_journal.Inventor):
    """Once writes a message that nobody can read among those that were sealed with it, and sets it aside."""

    part, erred, told = "leaf", None, False

    def leaf(self, position, kind, hashes, message):
        octets = super().leaf(position, kind, hashes, message)
        if position != self.erred or self.part == "record":
            return octets
        if self.part == "position":  # of another entry, and otherwise a leaf
            return octets[:9] + bytes([octets[9] ^ 1]) + octets[10:]
        if self.part == "hashes":  # where a leaf would have them
            octets = octets.replace(hashes[0], bytes(32))
        return b"\2" + octets[1:]

    def entry(self, message, document, seal, routes):
        plain = not any(route.startswith(("emit ", "attachment ", "cause ")) for route in routes)
        if self.erred is not None or seal.index == 0 or not plain:
            super().entry(message, document, seal, routes)
            return
        self.erred, record = len(self.tree.leaves), self.record(routes)
        if self.part == "record":
            record += "a line of a later version\n"
        named = message["kind"], message["from"], message["id"]
        self.add("message", document, seal, record, named)
        if self.part == "record":  # its numbers stay in the inboxes
            for node in (route.split()[1] for route in routes if route.startswith("deliver ")):
                self.numbers[node] = self.numbers.get(node, 0) + 1

    def flush(self):
        super().flush()
        if self.erred is not None and not self.told:
            self.told = True
            self.add("quarantine", f"dabyl-quarantine/v1\nposition {self.erred}\nreason none\n")
            super().flush()


def set_aside(folder):
    for part in ("leaf", "position", "hashes", "record"):
        place = os.path.join(folder, f"erring-{part}")
        inventor = Erring(place, seed=SEED)
        inventor.part = part
        inventor.run(300)
        code, text = command(place, "--inbox", f"{place}/inbox/nccis", "--inbox", f"{place}/inbox/ksc")
        ok(
            code == 0 and "1 entries set aside" in text,
            f"a {part} that nobody can read keeps nothing from being proven that was sealed with it",
            text,
        )


M = {"author": "nccis", "id": "m"}


def wants(word):
    return [{"field": "/body/answer", "in": [word]}]


def duty_entry(at="12:00", debtor="isoc", **fields):
    """An entry of a duty that is due at 13:00, brought by entry 1."""
    duty = {
        "id": "d",
        "state": "open",
        "debtor": "isoc",
        "towards": "nccis",
        "duty": "answered",
        "met_by": "reply",
        "message": M,
        "position": 1,
        "from": "2026-11-22T12:00",
        "due": "2026-11-22T13:00",
        "at": f"2026-11-22T{at}",
        **fields,
    }
    leaf = check.Leaf(9, f"2026-11-22T{at}", "duty", None, debtor, None, None, None, None)
    return check.Entry("here", leaf, json.dumps(duty).encode(), b"", b"")


# What the messages of these histories are: author, id, what they do to an exercise, and the rest.
SAID = (
    None,
    ("nccis", "m", "", {}),
    ("nccis", "played", "within autumn", {}),
    ("isoc", "answer", "", {"re": "m"}),
    ("isoc", "in autumn", "within autumn", {"re": "played"}),
    ("isoc", "in winter", "within winter", {"re": "played"}),
    ("nccis", "closing", "closes autumn", {}),
    ("nccis", "cancel", "", {"cancels": "m"}),
    ("nccis", "fixed", "", {"supersedes": "m"}),
    ("nccis", "dropped", "", {"supersedes": "fixed"}),
    ("isoc", "unsaid", "", {"re": "m", "cancels": "answer"}),
    ("isoc", "beside", "", {"re": "fixed"}),
    ("isoc", "aside", "", {"re": "played", "incident": "m"}),
    ("owner", "foreign", "", {"re": "m"}),
)
LATER = "2026-11-22T13:01"
HANDED = {"met_by": "delivery", "state": "handed", "handed": "2026-11-22T12:00"}
PLAYED = {"exercise": "autumn", "position": 2, "message": {"author": "nccis", "id": "played"}}


def named(id_):
    return {"author": next(said[0] for said in SAID[1:] if said[1] == id_), "id": id_}


ANSWER, BESIDE, UNSAID = named("answer"), named("beside"), named("unsaid")
IN_AUTUMN, IN_WINTER = named("in autumn"), named("in winter")
CLOSING, CANCEL, FIXED, DROPPED = map(named, ("closing", "cancel", "fixed", "dropped"))


def said_entry(position):
    """The entry of a message, and of the log's origin at 0."""
    author, id_, _, refers = SAID[position] or ("", None, "", {})
    message = {field: named(other) for field, other in refers.items()}
    message.update(kind="reply", body={"answer": "taken"})
    kind = "message" if position else "origin"
    leaf = check.Leaf(position, "", kind, "reply", author, id_, *[None] * 3)
    return check.Entry("", leaf, json.dumps(message).encode(), b"", b"")


def duties():
    """Histories of a duty: what may be, and what may not."""
    after, late = {"at": "13:01"}, {"state": "met-late", "at": "13:01"}
    over = {"state": "overdue", **after}
    met = {"state": "met", "at": "12:30"}
    for name, good, history in (
        ("met in time", True, [{}, met]),
        ("overdue, then met late", True, [{}, over, late]),
        ("answered by another", False, [{}, {**met, "by": named("foreign")}]),
        ("met by what answers something else", False, [{}, {**met, "by": named("aside")}]),
        ("met by what takes an answer back", False, [{}, {**met, "by": UNSAID}]),
        ("corrected", True, [{}, {"by": FIXED, "latest": FIXED}]),
        ("met by an answer to a correction", True, [{}, {**met, "by": BESIDE}]),
        (
            "owed again when its answer is taken back",
            True,
            [{}, {**met, "by": ANSWER, "unsaid": True}, {"by": UNSAID}, over],
        ),
        ("owed again though its answer stands", False, [{}, {**met, "by": BESIDE}, {"by": UNSAID}]),
        (
            "met by another answer instead",
            True,
            [{}, {**met, "by": ANSWER, "unsaid": True}, {**met, "by": BESIDE}],
        ),
        ("withdrawn by what asks others", True, [{}, {"state": "withdrawn", "by": FIXED}]),
        (
            "asked anew, with more time",
            True,
            [
                {},
                {"state": "withdrawn", "by": FIXED},
                {
                    "message": DROPPED,
                    "first": M,
                    "position": 9,
                    "by": DROPPED,
                    "due": "2026-11-22T14:00",
                },
            ],
        ),
        ("of another beginning", False, [{"message": DROPPED, "position": 9, "by": DROPPED}]),
        (
            "owed again by nothing",
            False,
            [{}, {"state": "withdrawn", "by": FIXED}, {"by": FIXED, "latest": FIXED}],
        ),
        ("owed by what does not ask it", False, [{"by": ANSWER}]),
        ("shortened", True, [{}, {"due": "2026-11-22T12:10"}]),
        ("late at once", True, [over]),
        ("met in time after its time", False, [{}, {**met, **after}]),
        ("met late before its time", False, [{}, {**late, "at": "12:30"}]),
        ("overdue before its time", False, [{}, {**over, "at": "12:59"}]),
        ("near before its time", False, [{}, {"state": "near", "near": "2026-11-22T12:30"}]),
        ("lengthened", False, [{}, {"due": "2026-11-22T14:00"}]),
        ("settled twice", False, [{}, met, late]),
        ("of another message", False, [{"message": {"author": "nccis", "id": "other"}}]),
        ("of an entry to come", False, [{"position": 77}]),
        ("of what is no message", False, [{"position": 0}]),
        ("another's than its leaf says", False, [{"debtor": "owner"}]),
        ("at another time than its leaf", False, [{"at": "11:00"}]),
        ("in a state that there is not", False, [{"state": "done"}]),
        ("without an end", False, [{"due": None}]),
        ("handed over, and signed for later", True, [HANDED, {**HANDED, **met, "at": "13:30"}]),
        ("handed over late, and met in time", False, [{**HANDED, **over, "handed": LATER}, {**HANDED, **met, "handed": LATER, "at": "13:30"}]),
        ("handed over late, as if it were not", False, [{**HANDED, "at": "13:01", "handed": LATER}]),
        ("handed over at two times", False, [HANDED, {**HANDED, **met, "handed": LATER}]),
        ("handed over at another time than its message", False, [{**HANDED, "by": M, "handed": LATER}]),
        ("handed over by who is to answer", False, [{**HANDED, "met_by": "reply"}]),
        ("handed over where nobody has the role", False, [{**HANDED, "towards": "role:media"}]),
        ("met by an answer", True, [{}, {**met, "by": ANSWER}]),
        ("met by the answer it wants", True, [{}, {**met, "by": ANSWER, "met_when": wants("taken")}]),
        ("given more time by who asks", True,
         [{"until": True, "bound": "2026-11-22T15:00"},
          {"by": FIXED, "latest": FIXED, "until": True, "bound": "2026-11-22T15:00", "due": "2026-11-22T15:00"}]),
        ("given more time than its bound", False,
         [{"until": True, "bound": "2026-11-22T15:00"},
          {"by": FIXED, "latest": FIXED, "until": True, "bound": "2026-11-22T15:00", "due": "2026-11-22T15:01"}]),
        ("given another bound", False,
         [{"until": True, "bound": "2026-11-22T15:00"},
          {"by": FIXED, "latest": FIXED, "until": True, "bound": "2026-11-22T16:00", "due": "2026-11-22T13:00"}]),
        ("given more time where nobody may", False,
         [{}, {"by": FIXED, "latest": FIXED, "until": True, "due": "2026-11-22T15:00"}]),
        ("reported on", True, [{}, {"by": ANSWER, "heard": ANSWER, "interim": True, "met_when": wants("done")}]),
        ("only reported on by what meets it", False,
         [{}, {"by": ANSWER, "heard": ANSWER, "interim": True, "met_when": wants("taken")}]),
        ("reported on where reports do not count", False,
         [{}, {"by": ANSWER, "heard": ANSWER, "met_when": wants("done")}]),
        ("met by another answer", False, [{}, {**met, "by": ANSWER, "met_when": wants("declined")}]),
        ("met by what there is not", False, [{}, {**met, "by": {"author": "isoc", "id": "none"}}]),
        ("met by what was exercised", False, [{}, {**met, "by": IN_AUTUMN}]),
        ("withdrawn by nobody", False, [{}, {"state": "withdrawn"}]),
        ("withdrawn by its author", True, [{}, {"state": "withdrawn", "by": CANCEL}]),
        ("withdrawn by an answer", False, [{}, {"state": "withdrawn", "by": ANSWER}]),
        ("withdrawn by a closing", False, [{}, {"state": "withdrawn", "by": CLOSING}]),
        ("of an exercise, by a real message", False, [{"exercise": "autumn"}]),
        ("of an exercise, met in it", True, [PLAYED, {**PLAYED, **met, "by": IN_AUTUMN}]),
        ("of an exercise, met in another", False, [PLAYED, {**PLAYED, **met, "by": IN_WINTER}]),
        ("of an exercise, met by what is real", False, [PLAYED, {**PLAYED, **met, "by": ANSWER}]),
        ("of an exercise, closed", True, [PLAYED, {**PLAYED, "state": "withdrawn", "by": CLOSING}]),
        ("of an exercise, met by its closing", False, [PLAYED, {**PLAYED, **met, "by": CLOSING}]),
        ("of an exercise, become real", False, [PLAYED, dict(PLAYED, exercise="")]),
        ("of a message that was exercised", False, [dict(PLAYED, exercise="")]),
    ):
        one = check.Check.__new__(check.Check)
        one.duties, one.roster, one.erased = {}, None, set()
        one.acts = [said[2] if said else "" for said in SAID]
        one.messages = {said[:2]: position for position, said in enumerate(SAID) if said}
        one.first, one.replaced = {8: M, 9: M, 7: M, 10: ANSWER}, {("nccis", "m")}
        one.entries = [said_entry(position) for position in range(len(SAID))]
        try:
            for fields in history:
                fields = dict(fields)
                unsaid = fields.pop("unsaid", False)
                at = {"at": fields["at"]} if "at" in fields else {}
                rest = {key: value for key, value in fields.items() if key not in ("at", "debtor")}
                entry = duty_entry(**at, **rest)
                if "debtor" in fields:
                    entry = entry._replace(leaf=entry.leaf._replace(author=fields["debtor"]))
                if name.startswith("at another"):
                    entry = entry._replace(leaf=entry.leaf._replace(time="2026-11-22T12:00"))
                one.duty(entry)
                one.replaced |= {("isoc", "answer")} if unsaid else set()
            said = None
        except check.Fault as fault:
            said = str(fault)
        ok((said is None) == good, f"a duty {name} is {'taken' if good else 'found'}", said)


def torn(last, whole, run=command):
    """What may be left of the last batch by who was killed, and what may not."""
    place = os.path.dirname(os.path.dirname(os.path.dirname(last)))
    batch = next_batch(whole)
    spoilt = bytearray(batch)
    spoilt[-40] ^= 1  # its checksum is no longer right
    lost, at = bytearray(spoilt), 512 - len(whole) % 512
    lost[at : at + 512] = bytes(512)  # a sector that was not written
    more = struct.pack(">Q", 77)
    for what, octets, words in (
        ("a batch with a sector of zeros is unfinished", lost, "of an unfinished batch"),
        ("one of which all is there is not", spoilt, "no part of it is missing"),
        ("nor one out of its order", batch[:20] + more + batch[28:], "not the batch that follows"),
        ("nor with something behind it", spoilt + b"more", "bytes behind the last batch"),
        ("nor what begins as none does", b"BATCH", "is no batch"),
        ("and what has a right checksum and another form was written so", reformed(batch), "a seal of no octets"),
    ):
        with open(last, "r+b") as file:
            file.seek(len(whole))
            file.write(octets)
        code, text = run(place, "--torn")
        ok(code == ("no octets" in words) and words in " ".join(text.split()), what, text)
        os.truncate(last, len(whole))


def next_batch(whole):
    """One that could follow the last of these bytes of a segment: of one entry of some size."""
    count, sequence, first = last_header(whole)
    entry = b"\0" + b"\0\4leaf" + b"\0\0\10\0" + b"x" * 2048 + bytes(4)
    head = struct.pack(">8sIIIQQ48s", b"DBATCH01", 2 + len(entry), 2, 1, sequence + 1, first + count, b"r" * 48) + bytes(2)
    summed = b"\0" + sha(b"\0leaf") + sha(b"x" * 2048) + bytes(64)
    return head + entry + sha(head + summed)


def reformed(batch):
    """The same with a seal of no octets."""
    head = bytearray(batch[:86])
    head[8:12] = struct.pack(">I", len(batch) - 84 - 32 + 4)
    summed = b"\2" + sha(b"\0leaf") + sha(b"x" * 2048) + bytes(64)
    return bytes(head) + b"\2" + bytes(4) + batch[87:-32] + sha(bytes(head) + summed)


def last_header(whole):
    """Count, sequence and position of the last batch."""
    at = 64
    while whole.startswith(b"DBATCH01", at):
        length, _, *found = struct.unpack_from(">IIIQQ", whole, at + 8)
        at += 84 + length + 32
    return found


def unfinished(folder):
    """What a killed hub leaves, and what only looks like it."""
    place = os.path.join(folder, "unfinished")
    make_journal.Inventor(place, seed=SEED).run(120)
    last = files(place, "journal", "segments")[-1]
    with open(last, "r+b") as file:
        data = file.read().rstrip(b"\0")
        file.seek(len(data))
        file.write(b"DBATCH01 begun and not ended")
    code, text = command(place)
    ok(
        code == 1 and f"{last}:{len(data)}" in text,
        "an unfinished batch is a fault, with its offset",
        text,
    )
    code, text = command(place, "--torn")
    ok(code == 0 and "28 bytes" in text, "unless it was asked for", text)
    torn(last, data)
    with open(last, "r+b") as file:
        file.seek(len(data))
        file.write(b"DBATCH01 begun and not ended")
    flip = Flip(last, random.Random(SEED))
    flip.offset = 200  # in the first batch
    with flip:
        code, text = command(place, "--torn")
        ok(code == 1 and f"{last}:64" in text, "yet a bad batch before a good one is damage", text)
    os.truncate(last, len(data) - 1)
    code, text = command(place, "--torn")
    ok(code == 1, "but never when a checkpoint needs what was cut", text)
    with open(last, "r+b") as file:
        file.write(data)
    os.truncate(last, len(data))
    tile = files(place, "journal", "tile", "0")[-1]
    os.rename(tile, f"{place}/tile")
    code, text = command(place)
    ok(code == 1 and "missing: level 0" in text, "a missing tile is missed", text)
    os.rename(f"{place}/tile", tile)
    code, text = command(place, "--inbox", f"{place}/inbox/nccis", "--inbox", f"{place}/inbox/ksc")
    ok(code == 0, "and made whole again, all is well", text)


def main():
    source = random.Random(SEED)
    print(f"# CHECK_SEED={SEED} CHECK_ENTRIES={ENTRIES}")
    folder = tempfile.mkdtemp(prefix="dabyl-check-")
    honest = os.path.join(folder, "honest")
    make_journal.Inventor(honest, seed=SEED).run(ENTRIES)
    code, text = command(honest, "--inbox", f"{honest}/inbox/nccis")
    ok(
        code == 0 and "everything verified" in text,
        f"{ENTRIES} honest entries and their receipts",
        text,
    )
    flips(honest, source)
    lies(folder)
    set_aside(folder)
    duties()
    unfinished(folder)
    print(f"1..{done}")
    if failed:
        print(f"# kept: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
