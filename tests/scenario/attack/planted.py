#!tests/run
"""Goal: what others put under names that a node is about to use is not followed, changed, waited for or lost."""

import os

import client
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    sender, reader = world.node("isoc-energy"), world.node("nccis")
    world.start()
    for node in (sender, reader):
        node.stop()
    victim = world.path("victim")
    with open(victim, "w", encoding="ascii") as file:
        file.write("theirs")
    kinds = {
        "link": lambda path: os.symlink(victim, path),
        "dangling": lambda path: os.symlink(world.path("made"), path),
        "second": lambda path: os.link(victim, path),
        "pipe": os.mkfifo,
        "folder": os.mkdir,
    }
    some = list(kinds.values())

    def plant(folder, name, n):
        some[n % len(some)](os.path.join(folder, name))

    # Where files get their names, in the folders that may be shared and in state/.
    for node in (sender, reader):
        for folder in ("sent", "inbox", "state/spool"):
            for i in range(40):
                plant(node.path(folder), f".stage-{i}", i)
    ids = [client.uuid7() for _ in range(5)]
    for i, id_ in enumerate(ids):
        plant(sender.path("refused"), f"{id_}.json.reason.json", i)
        plant(sender.path("sent"), f"{id_}.told", i)
        plant(sender.path("sent"), f"{id_}.json", i)
        for ending in (".seal", ".why", ".tlog-proof"):
            plant(reader.path("inbox"), f"{i + 1:012}-{id_}{ending}", i)
        plant(sender.path("attachments", "wanted"), client.sha(id_.encode()).hex(), i)
        plant(sender.path("attachments", "outbox"), client.sha(id_.encode()).hex(), i)
        plant(sender.path("outbox"), f"planted-{i}.json", i)
    for node in (sender, reader):
        node.start()
    for i, id_ in enumerate(ids):  # earlier, they would be deliveries that are not proven
        plant(reader.path("inbox"), f"{i + 1:012}-{id_}.json", i)
    for i, id_ in enumerate(ids):
        fields = client.notice("isoc-energy", 1)
        fields["id"] = id_
        sender.drop(fields)
        sender.has_sent(i + 1)  # one after the other: each has its number in the inbox

    def delivered():
        paths = [reader.path("inbox", name) for name in reader.names("inbox", ".json")]
        plain = [path for path in paths if os.path.isfile(path) and not os.path.islink(path)]
        return len([path for path in plain if os.stat(path).st_nlink == 1]) == 5

    until(delivered, "five deliveries")
    tap.ok(True, "five messages are delivered past all of it")
    sender.drop(b'{"kind": "incident.notice", "from": "x", "body": {}}', "bad")
    until(lambda: "bad.json.reason.json" in sender.names("refused", ".reason.json"), "refused")
    world.run("--node", sender.folder, "status", code=None)
    for id_ in ids:
        world.run("--node", sender.folder, "send", "--outcome", id_, "--timeout", "20")
    tap.ok(True, "whoever asks for the outcome of each has it")
    for node in (sender, reader):
        node.stop()
        node.start()
    tap.ok(True, "a start goes past it as well")
    with open(victim, encoding="ascii") as file:
        tap.equal(file.read(), "theirs", "what links and second names led to is as it was")
    tap.ok(not os.path.exists(world.path("made")), "nothing was made through a link")
