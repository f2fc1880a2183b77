#!tests/run
"""Goal: questions about a large thread delay nobody: what others publish goes out before the rest of the answers."""

import os
import signal
import struct

import client
import tap
from processes import until
from world import World

UPDATES, QUESTIONS = 60, 20


def unread(port):
    """How many connections have bytes that the hub has not read."""
    waiting = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as file:
            for line in list(file)[1:]:
                words = line.split()
                here, queue = words[1], words[4]
                waiting += int(here.split(":")[1], 16) == port and int(queue.split(":")[1], 16) > 0
    return waiting


def stands_still(pid):
    """Whether no thread of a stopped process runs any more."""
    states = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii") as file:
            states.append(file.read().rsplit(")", 1)[1].split()[0])
    return set(states) == {"T"}


def ask(request, topic, arguments):
    return (
        bytes((1, client.ASK))
        + struct.pack(">I", request)
        + client.short(topic)
        + client.long(client.encode(arguments))
    )


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    world.hub.start()
    asker = world.node("nccis").client().begin(window=4096)
    other, author = world.raw("isoc-energy", "isoc-bank")
    first = client.notice("isoc-bank", 1, body={"object": "obj-bank-1"})
    author.tell(first)
    about = {"author": "isoc-bank", "id": first["id"]}
    body = {"level": 1, "indicators": [{"type": "other", "value": f"x{i}", "note": "y" * 900} for i in range(64)]}
    for _ in range(UPDATES):
        author.tell(client.message("incident.update", "isoc-bank", body, incident=about))
    asker.take(1 + UPDATES)
    answer = asker.ask("incident", about)
    tap.equal(len(answer["messages"]), 1 + UPDATES, "a thread of some megabytes is shown whole")

    port = int(world.endpoint.rsplit(":", 1)[1])
    # All of it reaches the hub before it can do anything about it.
    world.hub.process.signal(signal.SIGSTOP)
    try:
        until(lambda: stands_still(world.hub.process.pid), "the hub stands still")
        for request in range(QUESTIONS):
            asker.send(ask(request, "incident", about))
        until(lambda: unread(port) >= 1, "the questions are at the hub")
        notice = client.notice("isoc-energy", 1)
        (document,) = other.publish([notice])
        until(lambda: unread(port) >= 2, "and another's notice behind them")
    finally:
        world.hub.process.signal(signal.SIGCONT)
    answers, before = {}, None
    while len(answers) < QUESTIONS or before is None:
        kind, frame = asker.expect(client.ANSWER, client.DELIVER)
        if kind == client.ANSWER:
            request = frame.number(4)
            answers[request] = client.json.loads(frame.long())
        else:
            before = sum("messages" in one for one in answers.values())
    waiting = [one for one in answers.values() if "messages" in one]
    busy = [one for one in answers.values() if one.get("code") == "rate.limit"]
    tap.ok(len(waiting) >= 10 and len(waiting) + len(busy) == QUESTIONS, "each question is answered", answers)
    tap.ok(all(one.get("retry") for one in busy), "who has too many waiting is told to come again", busy)
    tap.ok(before < len(waiting) - 1, "what another published comes before the rest of the answers", before)
    (receipt,) = other.answers([document])
    tap.ok(isinstance(receipt, client.Receipt), "and its author has the receipt")
    tap.ok(all(len(one["messages"]) == 1 + UPDATES for one in waiting), "no answer is cut for that")
