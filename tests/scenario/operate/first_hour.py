#!tests/run
"""Goal: with the dabyl command alone an officer asks, sends, reads, answers and verifies."""

import json

import client
import tap
from processes import until
from world import World

DONE, REFUSED, MISUSED, NO_ANSWER = 0, 1, 2, 3


def write(world, name, fields):
    path = world.path(name)
    with open(path, "wb") as file:
        file.write(fields if isinstance(fields, bytes) else client.encode(fields))
    return path


with World(__doc__) as world:
    world.start()
    centre, owner = world.node("isoc-energy"), world.node("owner-grid")
    bare = client.notice(
        "isoc-energy", 4, id=None, from_=None, sent=None, nonce=None, body={"object": "obj-grid-1"}
    )
    file = write(world, "notice.json", bare)

    def dabyl(node, *words, code=DONE):
        """Run a command in a node's name; its output, and that its exit code is as wanted."""
        got, text = world.run(*words, "--node", node.folder, code=None)
        tap.equal(
            got, code, f"dabyl {words[0]} at {node.name}: exit {code}"
        )
        return text

    text = dabyl(centre, "explain", file)
    tap.ok(
        all(word in text for word in ("nccis", "owner-grid", "8.5", "14")),
        "it tells who and why",
        text,
    )
    tap.equal(len(world.node("nccis").inbox()), 0, "and sends nothing")

    text = dabyl(centre, "send", file)
    tap.ok(
        all(word in text for word in ("nccis", "owner-grid", "8.5")), "send tells who and why", text
    )
    (name,) = centre.sent()
    owner.has_received(1)
    world.node("knb").has_received(1)

    text = dabyl(owner, "inbox")
    tap.ok("incident.notice" in text and "isoc-energy" in text, "the owner sees the notice", text)
    text = dabyl(world.node("knb"), "inbox", "--json")
    lines = [json.loads(line) for line in text.splitlines()]
    tap.equal(
        [line["message"]["kind"] for line in lines],
        ["security.alert"],
        "for scripts: a line of JSON each",
    )

    text = dabyl(owner, "ack", "1", "accepted")
    (answer,) = centre.has_received(1)
    tap.equal(
        (answer["kind"], answer["re"]["id"], answer["body"]["answer"]),
        ("acknowledgement", name, "accepted"),
        "the centre has the owner's answer",
    )

    dabyl(centre, "verify", centre.path("sent", name + ".json"))
    dabyl(owner, "verify", *[owner.path("inbox", n) for n in owner.names("inbox", ".json")])
    with open(centre.path("sent", name + ".json"), "r+b") as spoiled:
        spoiled.write(b" ")
    text = dabyl(centre, "verify", centre.path("sent", name + ".json"), code=REFUSED)
    tap.ok("FAIL" in text.upper() or "not" in text, "a changed message does not verify", text)
    with open(centre.path("sent", name + ".json"), "r+b") as mended:
        mended.write(b"{")

    text = dabyl(
        centre, "send", write(world, "bad.json", dict(bare, kind="advisory")), code=REFUSED
    )
    tap.ok("doc." in text or "role.kind" in text, "a refusal says why", text)
    text = dabyl(centre, "send", write(world, "worse.json", b"{"), code=REFUSED)
    dabyl(centre, "send", world.path("nowhere.json"), code=REFUSED)
    dabyl(centre, "sned", code=MISUSED)

    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.ok(code == DONE and "nccis" in text, "the operator sees who is connected", text)
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.equal(code, NO_ANSWER, "hub status without a hub: exit 3")
    dabyl(centre, "send", "--timeout", "1", file, code=NO_ANSWER)
    world.hub.start()
    until(lambda: len(centre.sent()) == 2, "what was sent without a hub is receipted later")
    tap.ok(True, "what was sent without a hub goes out when it is back")
