#!tests/run
"""Goal: a hub whose journal has entries that nobody can read starts when its operator sets them aside, and says so."""

import json

import client
import entries
import forge
import tap
from processes import Process
from world import ORIGIN, World

RECORD = b"""dabyl-routing/v1
nonce 00112233445566778899aabbccddeeff
rules %d
deliver nccis notice.nccis sender 8.3, 8.5, 10
deliver nccis notice.owner sender 8.5
a line of a later version
"""


def fails(world, *options):
    """A start that must fail; what it says."""
    one = Process("hub", [*world.hub.process.command[:1], *options, world.hub.path("hub.conf")],
                  world.path("start.log"))
    one.start()
    one.child.wait(60)
    return one.child.returncode, one.text()


def status(world):
    code, text = world.run("hub", "status", world.hub.folder, code=None)
    return code, text


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    world.hub.start()
    world.node("nccis").start()
    one = world.node("isoc-energy").client().begin(stored=0)
    one.tell(client.notice("isoc-energy", 0))
    world.node("nccis").has_received(1)
    tap.equal(status(world)[0], 0, "all is well")
    one.close()
    world.node("nccis").stop()
    world.hub.stop()

    journal = world.hub.path("journal")
    rules = next(e.position for e in entries.read(journal) if e.type == "rules")
    notice = client.notice("isoc-energy", 0)
    document = client.encode(notice)
    seal = forge.under(ORIGIN, document, world.node("isoc-energy").seal_key())
    about = {"author": "isoc-energy", "id": notice["id"]}
    duty = {"duty": "odd", "id": client.uuid7(), "state": "open", "debtor": "nccis", "towards": "", "message": about}
    first, second = forge.append(journal, [
        (("message", "incident.notice", "isoc-energy", notice["id"]), document, seal, RECORD % rules),
        (("duty", None, "nccis", None), json.dumps(duty).encode() + b"\n", b"", b""),
    ])
    before = open(world.hub.path("journal", "segments", "%020d.seg" % 0), "rb").read()

    options = f"--quarantine {first} --quarantine {second}"
    code, text = fails(world)
    tap.ok(code == 1 and f"entry {first} cannot be read" in text and options in text,
           "a start fails and names the entry and the way out", text)
    code, text = fails(world, "--quarantine", str(first))
    tap.ok(code == 1 and f"entry {second} cannot be read" in text and options in text,
           "one of two is not enough", text)
    for position, word in ((first - 1, "can be read"), (second + 9, "ends before"), (0, "entry 0")):
        code, text = fails(world, "--quarantine", str(position))
        tap.ok(code != 0 and word in text, f"entry {position} cannot be set aside", text)
    after = open(world.hub.path("journal", "segments", "%020d.seg" % 0), "rb").read()
    tap.ok(before == after, "none of this wrote anything")

    code, text = world.check("--torn")
    tap.ok(code == 1 and "not a routing line" in text, "the check says what is wrong", text)

    plain = world.hub.process.command
    world.hub.process.command = [plain[0], *options.split(), plain[1]]
    world.hub.start()
    alarms = world.hub.process.text().count("entry.quarantined")
    tap.equal(alarms, 2, "the log alarms of each")
    code, text = status(world)
    tap.ok(code == 1 and f"entry {first} " in text and f"entry {second} " in text,
           "status alarms", text)
    world.node("nccis").start()
    one = world.node("isoc-energy").client().begin(stored=0)
    (again,) = one.tell(document)
    tap.equal(again.position, first, "its author, who never had a receipt, gets it now")
    (answer,) = one.tell(client.notice("isoc-energy", 0))
    tap.ok(isinstance(answer, client.Receipt), "messages are taken")
    inbox = world.node("nccis").has_received(3)
    tap.equal([inbox[1]["id"]], [notice["id"]], "and no number of an inbox shifted")
    one.close()
    world.node("nccis").stop()
    world.hub.stop()

    world.hub.process.command = plain
    world.hub.start()
    tap.equal(status(world)[0], 1, "it starts without the option from then on, and the alarm stays")
    orders = [e.document.decode() for e in entries.read(journal) if e.type == "operator"]
    tap.ok(
        len(orders) == 2 and all("act quarantine\nto entry " in order for order in orders),
        "the log says who ordered it",
        orders,
    )
    found = [e.document for e in entries.read(journal) if e.type == "quarantine"]
    tap.equal([text.split(b"\n")[1] for text in found],
              [b"position %d" % first, b"position %d" % second], "one entry says so of each")
    world.hub.stop()
    code, text = world.run("verify", "--journal", journal, "--vkey", world.hub.path("vkey"), code=None)
    tap.ok(code == 0 and "2 entries set aside" in text, "dabyl verify knows of them", text)
