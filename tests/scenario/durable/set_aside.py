#!tests/run
"""Goal: whatever a hub that erred has written into any part of an entry, its operator can start it, everybody is served, and no number of an inbox is missing."""

import client
import entries
import forge
import tap
from processes import Process, until
from world import ORIGIN, World

AUTHOR, DAEMON, READER = "isoc-energy", "nccis", "knb"

RECORD = b"""dabyl-routing/v1
nonce 00112233445566778899aabbccddeeff
rules %d
deliver nccis notice.nccis sender 8.3, 8.5, 10
deliver knb notice.owner sender 8.5
"""

HASH = client.b64(bytes(32))


def another(name):
    """A leaf that names another part than the entry has."""
    begin = -32 * {"document": 3, "seal": 2, "record": 1}[name]  # its last three parts

    def change(leaf):
        return leaf[:begin] + b"\x55" * 32 + leaf[len(leaf) + begin + 32 :]

    return change


def head(change):
    return lambda seal: seal._replace(head=change(seal.head))


# What can be wrong with a message: its four parts, of the right ones.
LEAF = {
    "no leaf": lambda leaf: b"something else\n",
    "an empty leaf": lambda leaf: b"",
    "a leaf without its end": lambda leaf: leaf[:-8],
    "a leaf of another place": lambda leaf: leaf[:8] + b"\1" + leaf[9:],
    "a leaf of no moment": lambda leaf: leaf[:10] + b"\xff" + leaf[11:],
    "a leaf of another document": another("document"),
    "a leaf of another seal": another("seal"),
    "a leaf of another record": another("record"),
}
SEAL = {
    "no seal": lambda seal: b"",
    "a seal that is a text": lambda seal: client.seal_text(seal.head, 0, []),
    "a head that is none": head(lambda text: b"signed by us\n"),
    "a head without a signature": head(lambda text: text[: text.index(b"sig")]),
    "a head with no number": head(lambda text: text.replace(b"count 1", b"count one")),
    "a head signed twice": head(lambda text: text + text[text.index(b"sig") :]),
    "a head with something behind it": head(lambda text: text + b"and so on\n"),
    "a place beyond its end": lambda seal: seal._replace(index=1),
    "a proof that is none": lambda seal: seal._replace(proof=b"here"),
    "a proof that is too long": lambda seal: seal._replace(proof=bytes(32)),
}
DOCUMENT = {
    "no document": lambda text: b"",
    "a document that is not JSON": lambda text: text[:-1],
    "a document that is no object": lambda text: b"[" + text + b"]",
    "a document of another author": lambda text: text.replace(AUTHOR.encode(), b"isoc-bank"),
    "a document of another kind": lambda text: text.replace(b"incident.notice", b"incident.other"),
}
TOLD = {
    "a record with a line of a later version": lambda record: record + b"a later line\n",
    "a record that breaks off": lambda record: record[:-1] + b"\ndeliver kn",
    "a record without its head": lambda record: record[record.index(b"deliver") :],
    "a record that delivers twice": lambda record: record + record[record.index(b"deliver") :],
}
UNTOLD = {"no record": lambda record: b""}
# And with what is no message: type, author, document.
OTHER = {
    "a duty": ("duty", DAEMON, b"{}\n"),
    "an acknowledgement": ("delivery", DAEMON, b"dabyl-ack/v1\n"),
    "an acknowledgement of what was never sent": (
        "delivery",
        READER,
        f"dabyl-ack/v1\n{ORIGIN}\n{'0' * 64}\n999999\n{HASH}\n".encode()
        + f"sig ed25519 {client.b64(bytes(64))}\n".encode(),
    ),
    "an attachment": ("attachment", AUTHOR, b"four\n"),
    "a quarantine": ("quarantine", None, b"dabyl-quarantine/v1\n"),
    "a quarantine of what follows": (
        "quarantine",
        None,
        b"dabyl-quarantine/v1\nposition 999999\nreason none\n",
    ),
    "a second origin": ("origin", None, b"another\n"),
}


def damaged(world, rules):
    """(what, in how many inboxes its number is, whole or not; the entry) of each kind."""
    node = world.node(AUTHOR)
    for what, change in [*LEAF.items(), *SEAL.items(), *DOCUMENT.items(), *TOLD.items(), *UNTOLD.items()]:
        fields = client.notice(AUTHOR)
        document = client.encode(fields)
        seal, record = forge.under(ORIGIN, document, node.seal_key()), RECORD % rules
        kind = ("message", "incident.notice", AUTHOR, fields["id"])
        if what in DOCUMENT:
            document = change(document)
            seal = forge.under(ORIGIN, document, node.seal_key())
        seal = change(seal) if what in SEAL else seal
        record = change(record) if what in TOLD or what in UNTOLD else record
        parts = (kind, document, seal, record)
        unread = what in list(LEAF)[:5] or what in UNTOLD
        whole = what in TOLD or what == "a leaf of another record"
        yield what, not unread, whole, (*parts, change) if what in LEAF else parts
    for what, (kind, author, document) in OTHER.items():
        yield what, False, False, ((kind, None, author, None), document, b"", b"")


def start(world, *options):
    one = Process("hub", [world.hub.process.command[0], *options, "-n", world.hub.path("hub.conf")],
                  world.path("start.log"))
    one.start()
    one.child.wait(60)
    return one.child.returncode, one.text()


with World(__doc__, (DAEMON, AUTHOR, READER)) as world:
    world.hub.start()
    daemon = world.node(DAEMON).start()
    author = world.node(AUTHOR).client().begin(stored=0)
    author.tell(client.notice(AUTHOR))
    daemon.has_received(1)
    author.close()
    daemon.stop()
    world.hub.stop()

    journal = world.hub.path("journal")
    rules = next(e.position for e in entries.read(journal) if e.type == "rules")
    kinds = list(damaged(world, rules))
    positions = forge.append(journal, [entry for *_, entry in kinds])

    code, text = start(world)
    tap.ok(code == 1 and f"entry {positions[0]} cannot be read" in text
           and f"--quarantine {positions[0]} " in text, "a start names the first and the way out", text)
    options = [word for p in positions for word in ("--quarantine", str(p))]
    for (what, *_), position in zip(kinds, positions):
        left = [word for p in positions if p != position for word in ("--quarantine", str(p))]
        code, text = start(world, *left)
        tap.ok(code == 1 and f"entry {position} cannot be read" in text, f"{what} is named", text)

    plain = world.hub.process.command
    world.hub.process.command = [plain[0], *options, plain[1]]
    world.hub.start()
    author = world.node(AUTHOR).client().begin(stored=0)
    (answer,) = author.tell(last := client.notice(AUTHOR))
    tap.ok(isinstance(answer, client.Receipt), "messages are taken")

    counted = [(p, whole, entry) for (_, has, whole, entry), p in zip(kinds, positions) if has]
    daemon.start()
    daemon_has = 2 + sum(whole for _, whole, _ in counted)
    inbox = daemon.has_received(daemon_has)
    tap.ok(len(inbox) == daemon_has and inbox[-1]["id"] == last["id"],
           "a daemon has all that can be read, and what follows")
    leaves = daemon.names("aside", ".leaf")
    numbers = [int(name[:12]) for name in leaves + daemon.names("inbox", ".json")]
    tap.equal(sorted(numbers), list(range(1, 3 + len(counted))), "and no number is missing")
    until(lambda: daemon.process.text().count("inbox.set-aside") == len(leaves),
          "its log tells of each")
    code, text = world.run("--node", daemon.folder, "status", code=None)
    tap.ok(code == 1 and leaves[0] in text, "and so does its status", text)

    reader = world.node(READER).client().begin(stored=0)
    got = reader.take(reader.welcome.inbox_last)
    tap.equal([(one.number, one.leaf["position"]) for one in got],
              [*enumerate((p for p, *_ in counted), 1)], "a reader has each number")
    tap.equal([one.leaf["position"] for one in got if one.document is None],
              [p for p, whole, _ in counted if not whole], "and of some only the leaf")
    for entry in (entry for *_, entry in kinds if entry[0][0] == "message" and entry[1]):
        author.tell(entry[1])  # whatever the answer: each is answered
    tap.ok(True, "its author gets an answer about each")
    author.close()
    reader.close()
    daemon.stop()
    world.hub.stop()

    world.hub.process.command = plain
    world.hub.start()
    daemon.start().connected()
    tap.equal(sorted(daemon.names("aside", ".leaf")), leaves, "none of it comes twice")
    daemon.stop()
    world.hub.stop()
    code, text = world.run("verify", "--journal", journal, "--vkey", world.hub.path("vkey"), code=None)
    tap.ok(code == 0 and f"{len(positions)} entries set aside" in text, "dabyl verify knows of them", text)
