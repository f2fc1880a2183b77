#!tests/run
"""Goal: no name and no number counts without its proof; where node and log contradict, both stop loudly."""

import json
import os

import client
import entries
import tap
from processes import Process, until
from world import World


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def signed_for(world, node):
    """The highest number that the node has signed for, by the journal."""
    world.hub.stop()
    found = [
        int(entry.document.decode().split("\n")[3])
        for entry in entries.read(world.hub.path("journal"))
        if entry.type == "delivery" and entry.author == node
    ]
    world.hub.start()
    return max(found, default=0)


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.hub.start()
    owner = world.node("owner-grid").start()
    sender = world.node("isoc-energy").client().begin()

    def notice(level, text):
        message = client.notice(
            "isoc-energy", level, body={"object": "obj-grid-1"}, summary={"en": text}
        )
        sender.tell(message)
        return message["id"]

    first = notice(2, "the first")
    owner.has_received(1)
    tap.equal(owner.stop(), 0, "a node with one delivery stops")

    for name in ("000000000002-x.json", f"000000000002-{first}.json"):
        write(owner.path("inbox", name), "{}")
    second = notice(5, "the one that matters")
    owner.start()
    until(
        lambda: os.path.exists(owner.path("inbox", f"000000000002-{second}.json")),
        "the delivery whose number a file had taken",
    )
    tap.ok(True, "a file with the next number takes no delivery's place")
    tap.has(owner.process.text(), "inbox.stray", "and the node says that it is none")
    for name in ("000000000002-x.json", f"000000000002-{first}.json"):
        os.remove(owner.path("inbox", name))
    owner.stop()

    record = read(owner.path("state", "stored"))
    write(owner.path("state", "stored"), "99\n")
    code, text = world.run(owner.path("node.conf"), program="dabyl-node", code=None)
    tap.ok(code != 0 and "state/stored" in text, "a bare number is no record: no start", text)

    # A true proof with another number, beyond the log's last and below it.
    for number in (99, 1):
        write(owner.path("state", "stored"), record.replace("number 2\n", f"number {number}\n"))
        owner.start().process.says("inbox.contradicted")
        code, text = world.run("status", "--node", owner.folder, code=None)
        tap.ok(code != 0 and "STOPPED" in text, f"number {number}: the node's status is red", text)
        code, text = world.run("hub", "status", world.hub.folder, code=None)
        tap.ok(code == 1 and "WRONG owner-grid" in " ".join(text.split()), "the hub's too", text)
        tap.has(world.hub.process.text(), "node.contradicts", "and in its log")
        owner.stop()
    tap.ok(signed_for(world, "owner-grid") <= 2, "nothing was signed that was not there")
    sender = world.node("isoc-energy").client().begin()

    write(owner.path("state", "stored"), record)
    third = notice(3, "the third")
    owner.start()
    until(
        lambda: os.path.exists(owner.path("inbox", f"000000000003-{third}.json")),
        "with its record back the node goes on",
    )
    world.run("hub", "status", world.hub.folder)
    tap.ok(True, "and the hub's status is green")
    owner.stop()

    worked_off = owner.path("inbox", f"000000000001-{first}.json")
    os.rename(worked_off, owner.path("worked-off"))
    os.rename(owner.path("state", "stored"), owner.path("stored.away"))
    code, text = world.run(owner.path("node.conf"), program="dabyl-node", code=None)
    tap.ok(code != 0 and "is missing" in text, "a record that is lost is not a first start", text)
    os.rename(owner.path("stored.away"), owner.path("state", "stored"))
    os.rename(owner.path("worked-off"), worked_off)

    write(owner.path("state", "bookmark-b"), "99\n")
    follow = ("follow", "--node", owner.folder, "--bookmark", "b", "--count", "1", "--timeout", "1")


    def followed():
        code, text = world.run(*follow, code=None)  # a crowded machine may have no watch left
        return code == 1 and "no bookmark of this inbox" in text

    until(followed, "it is told that this is no bookmark of this inbox")
    tap.ok(True, "nor counts a bookmark beyond the inbox")

    # Nor does who reads the inbox: what has a number that nobody counted is passed over.
    owner.start()
    log = world.path("followed")
    reader = Process(
        "follow",
        [world.program("dabyl"), "--json", "follow", "--node", owner.folder, "--bookmark", "c"],
        log,
    )
    world.begin(reader)


    def shown():
        objects = [json.loads(line) for line in reader.text().splitlines() if line.startswith("{")]
        return [one["message"].get("id") for one in objects]


    until(lambda: shown() == [first, second, third], "what is there is shown")
    strange = [owner.path("inbox", f"{n:012}-{client.uuid7()}.json") for n in (4, 5, 999999999999)]
    for path in strange:
        write(path, "{}")
    later = [notice(3, f"after it, {i}") for i in range(4)]
    until(lambda: set(later) <= set(shown()), "what comes after strange files is shown")
    tap.ok(True, "files with numbers to come hide nothing that comes")
    tap.ok("moved away" not in reader.text(), "and nothing is called moved away", reader.text())
    reader.kill()
    for path in strange:
        os.remove(path)
