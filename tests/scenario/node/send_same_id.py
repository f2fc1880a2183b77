#!tests/run
"""Goal: two documents with one id are never taken for each other: one goes, the other is refused, and each is told its own."""

import json
import os
import sys

import client
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    node, reader = world.node("isoc-energy"), world.node("nccis")
    world.start()

    def write(identity, words):
        fields = client.notice("isoc-energy", 2, id=identity)
        for key in ("nonce", "sent"):
            del fields[key]
        fields["body"]["description"] = words
        path = world.path(words + ".json")
        with open(path, "wb") as file:
            file.write(client.encode(fields))
        return path

    def send(*words):
        code, text = world.run("--node", node.folder, "--json", "send", *words, code=None)
        return code, [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def delivered(identity):
        return [m["body"]["description"] for m in reader.inbox() if m["id"] == identity]

    # Both at once, while the node takes them as fast as it can.
    for turn in range(12):
        identity = client.uuid7()
        code, told = send(write(identity, f"first-{turn}"), write(identity, f"second-{turn}"))
        found = {os.path.basename(o["file"])[:-5]: o["outcome"] for o in told}
        tap.equal(found, {f"first-{turn}": "sent", f"second-{turn}": "refused"}, "each is told what became of it")
        tap.equal(code, 1, "and the exit code says that one was refused")
        reader.has_received(turn + 1)
        tap.equal(delivered(identity), [f"first-{turn}"], "the first goes")

    # While nobody takes them: what was promised to go is not replaced.
    node.stop()
    identity = client.uuid7()
    first, second = write(identity, "promised"), write(identity, "later")
    code, told = send(first)
    tap.equal((code, told[0]["outcome"]), (3, "waiting"), "one waits in the outbox")
    code, told = send(second)
    tap.equal((code, told[0]["outcome"]), (1, "refused"), "another with its id is refused")
    code, told = send(first)
    tap.equal((code, told[0]["outcome"]), (3, "waiting"), "the same once more is the same")
    node.start()
    code, told = send("--outcome", identity)
    tap.equal((code, told[0]["outcome"]), (0, "sent"), "it goes by itself, as was said")
    reader.has_received(13)
    tap.equal(delivered(identity), ["promised"], "with its own words")

    # One that comes by another way is kept with its reason, whatever the first one's answer.
    identity = client.uuid7()
    world.hub.stop()
    send("--no-wait", write(identity, "sealed"))
    until(lambda: not os.path.exists(node.path("outbox", identity + ".json")), "it is taken")
    with open(write(identity, "dropped"), "rb") as file:
        node.drop(file.read(), identity)
    until(lambda: identity + ".json.reason.json" in node.refused(), "the other is refused")
    world.hub.start()
    code, told = send("--outcome", identity)
    node.has_sent(14)
    reader.has_received(14)
    tap.equal(delivered(identity), ["sealed"], "the one that was sealed goes")
    kept = [node.load("refused", name[: -len(".reason.json")])["body"]["description"] for name in node.refused()]
    tap.ok("dropped" in kept, "the other lies in refused/ still", kept)

sys.exit(tap.finish())
