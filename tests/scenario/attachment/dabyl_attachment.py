#!tests/run
"""Goal: an officer attaches a plan with one option, and another has it with one command; whatever is wrong is said plainly."""

import json
import os
import random

import client
import tap
from processes import until
from route import example
from world import World

RANDOM = random.Random(5)
SETTINGS = "attachments = { bytes = 2000000L; reserve_bytes = 0; };\n"

with World(__doc__, ("nccis", "owner-grid", "isoc-energy", "authority"), settings=SETTINGS) as world:
    world.start("owner-grid", "authority", "nccis")
    owner, authority = world.node("owner-grid"), world.node("authority")

    def dabyl(node, *words, stdin=None):
        return world.run("--node", node.folder, *words, code=None, stdin=stdin)

    def write(name, data):
        path = world.path(name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def plan(**body):
        """As a person writes it: without what the node adds, and without the file."""
        fields = example("plan.submission", "owner-grid", body={"file": None, **body})
        for name in ("id", "from", "sent", "nonce"):
            fields.pop(name)
        return json.dumps(fields, ensure_ascii=False)

    def id_of(text):
        return next(word for word in text.split() if word.count("-") == 4)

    def states(node, message):
        code, text = dabyl(node, "--json", "attachment", message)
        tap.ok(code == 0, "the files of a message are listed", text)
        return {one["name"]: one["state"] for one in map(json.loads, text.splitlines())}

    def lies(node, *parts):
        try:
            return [name for name in os.listdir(node.path("attachments", *parts)) if name[0] != "."]
        except FileNotFoundError:
            return []

    # one option to send, one command to have
    data = RANDOM.randbytes(1_234_567)
    path = write("response-plan.pdf", data)
    code, text = dabyl(owner, "send", "-", "--attach", path, stdin=plan())
    tap.ok(code == 0 and text.startswith("SENT"), "a plan is sent with its file", text)
    tap.has(text, "dabyl attachment", "and says how to follow it")
    message = id_of(text)
    sent = owner.load("sent", message + ".json")["body"]["file"]
    expected = {"name": "response-plan.pdf", "size": len(data), "sha256": client.sha(data).hex()}
    tap.equal(sent, expected, "name, size and SHA-256 are filled in")
    authority.has_received(1)
    code, text = dabyl(authority, "attachment", "get", "1", "--into", world.path("got.pdf"))
    tap.ok(code == 0 and "got.pdf" in text, "the authority gets it", text)
    with open(world.path("got.pdf"), "rb") as file:
        tap.ok(file.read() == data, "every byte")
    until(lambda: not lies(owner, "outbox"), "the copy is gone")
    tap.equal((lies(authority, "whole"), lies(authority, "coming")), ([], []), "no copy stays in either node")
    tap.equal(states(owner, message), {"response-plan.pdf": "handed-in"}, "its author sees that it is handed in")
    tap.equal(states(authority, "1"), {"response-plan.pdf": "handed-in"}, "and so does its receiver")
    code, text = dabyl(authority, "attachment", "1")
    tap.ok("handed in, position" in text and expected["sha256"] in text, "with its place in the log", text)
    for command in (("inbox",), ("inbox", "show", "1")):
        tap.has(dabyl(authority, *command)[1], "dabyl attachment 1", f"dabyl {command[0]} says that there is a file")
    code, text = dabyl(authority, "attachment", "get", "1", "--into", world.path("got.pdf"))
    tap.ok(code == 1 and "there already" in text, "nothing is written over", text)

    # what its author holds proves it to others
    receipt = owner.path("attachments", "sent", expected["sha256"] + ".attachment")
    code, text = world.run("verify", receipt, code=None)
    tap.ok(code == 0 and "GOOD" in text and "owner-grid handed in " + expected["sha256"] in text, "the receipt verifies", text)
    with open(receipt, "r+b") as file:
        whole = file.read()
        file.seek(len(whole) - 2)
        file.write(b"0")
        file.flush()
        code, text = world.run("verify", receipt, code=None)
        tap.ok(code == 1 and "NOT GOOD" in text, "and not with another size", text)
        file.seek(0)
        file.write(whole)

    # what is wrong, said before anything is sent
    before = owner.names("sent", ".json")
    for name, words, said in (
        ("no such file", ("-", "--attach", world.path("no-such.pdf")), "no-such.pdf"),
        ("a folder", ("-", "--attach", world.folder), "no regular file"),
        ("two messages", (path, path, "--attach", path), "one message at a time"),
    ):
        code, text = dabyl(owner, "send", *words, stdin=plan())
        tap.ok(code != 0 and said in text, f"--attach {name}: nothing is sent", text)
    code, text = dabyl(owner, "send", "-", "--attach", path, stdin=json.dumps(client.notice("owner-grid", 2)))
    tap.ok(code == 1 and '{"name": "response-plan.pdf"}' in text, "where a file belongs must be known", text)
    code, text = dabyl(owner, "send", "-", "--attach", path, stdin=plan(approved_on=None))
    tap.ok(code == 1 and "/body/approved_on" in text, "a message that is refused", text)
    tap.equal(lies(owner, "outbox"), [], "keeps no copy")
    tap.equal(owner.names("sent", ".json"), before, "none of them was sent")
    code, text = dabyl(authority, "attachment", "99")
    tap.ok(code == 1 and "no message 99" in text, "a message that is not there", text)
    code, text = dabyl(authority, "attachment", "get", "1", "other.pdf")
    tap.ok(code == 1 and "other.pdf" in text, "a file that it does not name", text)

    # named and not handed in: not there yet
    file = {"name": "annex.pdf", "size": 1000, "sha256": client.sha(annex := RANDOM.randbytes(1000)).hex()}
    owner.drop(example("plan.submission", "owner-grid", body={"file": file}))
    authority.has_received(2)
    code, text = dabyl(authority, "attachment", "get", "2", "--into", world.path("annex.pdf"), "--timeout", "1")
    tap.ok(code == 3 and "not there yet" in text and "owner-grid" in text, "it is not there yet, and whose it is to do", text)
    tap.equal(states(authority, "2"), {"annex.pdf": "wanted"}, "the node asks again by itself")
    write("annex.pdf", annex)
    message = json.dumps(example("plan.submission", "owner-grid", body={"file": {"name": "annex.pdf"}}))
    code, text = dabyl(owner, "send", "-", "--attach", world.path("annex.pdf"), stdin=message)
    tap.ok(code == 0, "an object with its name is filled in", text)
    os.remove(world.path("annex.pdf"))
    code, text = dabyl(authority, "attachment", "get", "2", "--into", world.folder)
    tap.ok(code == 0 and os.path.getsize(world.path("annex.pdf")) == 1000, "then it comes, into the folder that was named", text)

    # a manifest made by dabyl trace, its files attached or not
    (answer,) = world.node("isoc-energy").client().begin().tell(
        notice := client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    )
    traces = [write(f"trace-{i}.log", RANDOM.randbytes(3000 + i)) for i in range(3)]
    manifest = world.path("manifest.json")
    code, text = dabyl(owner, "trace", *traces, "--incident", notice["id"], "--author", "isoc-energy", "--into", manifest)
    tap.ok(code == 0, "dabyl trace makes a manifest", text)
    code, text = dabyl(owner, "send", manifest, "--attach", traces[0], "--attach", traces[2])
    tap.ok(code == 0, "two of its three files are attached", text)
    message = id_of(text)
    until(lambda: not lies(owner, "outbox"), "both are handed in")
    tap.equal(
        states(owner, message),
        {"trace-0.log": "handed-in", "trace-1.log": "absent", "trace-2.log": "handed-in"},
        "the third stays where it lies",
    )
    nccis = world.node("nccis")
    number = next(
        str(int(name[:12])) for name in (nccis.has_received(2) and nccis.names("inbox", ".json")) if message in name
    )
    code, text = dabyl(nccis, "attachment", "get", number)
    tap.ok(code == 2 and "trace-1.log" in text, "with several files one has to be named", text)
    code, text = dabyl(nccis, "attachment", "get", number, "trace-2.log", "--into", world.path("from-nccis"))
    with open(traces[2], "rb") as one, open(world.path("from-nccis"), "rb") as other:
        tap.ok(code == 0 and one.read() == other.read(), "nccis gets the one it names", text)

    # too large, and a node that is down
    large = write("large.img", RANDOM.randbytes(2_000_001))
    code, text = dabyl(owner, "send", "-", "--attach", large, stdin=plan())
    tap.ok(code == 0, "that a file is too large for the hub is no fault of the message", text)
    name = client.sha(open(large, "rb").read()).hex() + ".reason.json"
    reason = until(lambda: owner.refused().get(name), "the refusal of the file")
    tap.equal(reason["code"], "attachment.size", "the reason is in refused/")
    authority.stop()
    code, text = dabyl(authority, "attachment", "get", "1", "--into", world.path("again.pdf"))
    tap.ok(code == 3 and "not running" in text, "without a node: said at once", text)
