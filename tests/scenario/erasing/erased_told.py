#!tests/run
"""Goal: who had a message that was erased by law is told, whenever it comes back, once, and sees it."""

import json
import signal

import client
import tap
from processes import until
from world import World


def look_again(node):
    """Have it ask the hub now, as it does once a minute."""
    node.process.signal(signal.SIGHUP)


def words(world, node, *command):
    return world.run(*command, "--node", node.folder)


def listed(world, node, *command):
    lines = world.run("--json", *command, "--node", node.folder).splitlines()
    return {json.loads(line)["message"]["id"]: json.loads(line) for line in lines}


def told(node):
    """How often its log has it, in all its lives."""
    return node.process.text(everything=True).count("message.erased author=")


def threat(node):
    """For the National Coordination Centre alone."""
    body = {"description": "Mail with a malicious attachment.", "category": "malicious-code"}
    letter = client.message("threat.report", node.name, body, "TLP:AMBER+STRICT")
    node.drop(letter)
    return letter


def name_of(letter):
    return {"author": letter["from"], "id": letter["id"]}


CAST = ("isoc-energy", "nccis", "isoc-bank")
with World(__doc__, CAST) as world:
    world.start()
    author, had, other = (world.node(name) for name in CAST)
    letter = threat(author)
    threat(author)
    author.has_sent(2)
    had.has_received(2)
    look = ("hub", "erase", letter["id"], "--look", "--hub", world.hub.folder)
    until(lambda: world.run(*look, code=None)[0] == 0, "signed for")
    tap.ok("erased" not in listed(world, had, "inbox")[letter["id"]], "nothing is said of it so far")
    had.kill()
    world.run(
        "hub", "erase", letter["id"], "--reason", "decision 12 of a court", "--hub", world.hub.folder, "--as", "aigul"
    )

    look_again(author)
    author.process.says("message.erased author=isoc-energy")
    text = words(world, author, "sent")
    tap.ok("ERASED BY LAW at the hub" in text, "its author sees it among what was sent", text)
    tap.ok("erased" in listed(world, author, "sent")[letter["id"]], "and so does a program")
    tap.ok("court" not in text and "aigul" not in text, "who ordered it, and why, is not told")

    text = words(world, author, "incident", letter["id"])
    tap.ok("ERASED BY LAW at the hub" in text, "what happened about it says so as well", text)
    about = dict(client.message("threat.report", author.name, letter["body"], "TLP:AMBER+STRICT"), supersedes=name_of(letter))
    text = world.run("explain", "-", "--node", author.folder, stdin=json.dumps(about), code=None)[1]
    tap.ok("/supersedes: ERASED BY LAW at the hub" in text, "and who explains what names it is told", text)

    tap.note("The receiver was not there, and the hub starts anew before it is.")
    world.kill_hub()
    had.start().connected()
    had.process.says("message.erased author=isoc-energy")
    one = listed(world, had, "inbox")[letter["id"]]["erased"]
    tap.ok(one["here"] is True, "it is told when it comes back", one)
    text = words(world, had, "inbox")
    tap.equal(text.count("ERASED BY LAW at the hub"), 1, "its inbox says so of that message alone")
    tap.ok("dabyl erase" in text, "and what can be done about the text that is still here", text)
    mark = had.path("state", "erased", f"isoc-energy.{letter['id']}")
    with open(mark, encoding="utf-8") as file:
        kept = file.read()
    tap.ok(kept.startswith("dabyl-erasure/v1\nposition "), "the words of the log's entry are kept", kept)
    tap.equal(kept.count("c2sp.org/tlog-proof@v1\n"), 2, "with the proofs of it and of the message")

    tap.note("Killed between the mark and the note of how far it asked, it is told again, and says nothing twice.")
    had.kill()
    with open(had.path("state", "erasures"), encoding="utf-8") as file:
        asked = file.read()
    with open(had.path("state", "erasures"), "w", encoding="utf-8") as file:
        file.write(asked.replace(f"position {asked.split()[-1]}", "position 0"))
    had.start().connected()
    until(lambda: "position 0\n" not in open(had.path("state", "erasures"), encoding="utf-8").read(), "asked again")
    tap.equal((told(had), told(author)), (1, 1), "each was told once")
    look_again(other)
    other.process.says("certificates.loaded")
    until(lambda: other.names("state", "erasures"), "it has asked")
    tap.equal((told(other), other.names("state/erased", "")), (0, []), "who had nothing is told nothing")
