#!tests/run
"""Goal: nodes hand in and fetch attachments by themselves, go on after any interruption, and never before a notice."""

import base64
import os
import random
import re

import client
import tap
from processes import until
from route import example
from world import World

MIB = 1 << 20
RANDOM = random.Random(21)
SETTINGS = "attachments = { reserve_bytes = 0; };\n"


def put(node, data):
    """A file for the node to hand in, as any program may leave it."""
    digest = client.sha(data).hex()
    temporary = node.path("attachments", "outbox", "." + digest)
    with open(temporary, "wb") as file:
        file.write(data)
    os.rename(temporary, node.path("attachments", "outbox", digest))
    return digest


def want(node, data):
    digest = client.sha(data).hex()
    with open(node.path("attachments", ".wanted"), "w", encoding="ascii") as file:
        file.write(f"{len(data)}\n")
    os.rename(node.path("attachments", ".wanted"), node.path("attachments", "wanted", digest))


def plan(data):
    file = {"name": "plan.pdf", "size": len(data), "sha256": client.sha(data).hex()}
    return example("plan.submission", "owner-grid", body={"file": file})


def coming(place):
    """How many bytes of the one file that comes in are there."""
    folder = place.path("attachments", "coming")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    try:
        return os.path.getsize(os.path.join(folder, names[0])) if names else 0
    except FileNotFoundError:
        return 0


def offset_of(line):
    return int(re.search(r"offset=(\d+)", line)[1])


def leaf_of(path):
    with open(path, encoding="utf-8") as file:
        extra = re.search(r"^extra (\S+)$", file.read(), re.M)[1]
    return client.parse_leaf(base64.b64decode(extra))


with World(__doc__, ("nccis", "owner-grid", "authority"), settings=SETTINGS) as world:
    world.start()
    owner, authority = world.node("owner-grid"), world.node("authority")

    def handed_in(data):
        proof = owner.path("attachments", "sent", client.sha(data).hex() + ".tlog-proof")
        return proof if os.path.exists(proof) else None

    def fetched(data):
        path = authority.path("attachments", "whole", client.sha(data).hex())
        return path if os.path.exists(path) else None

    # the file first: it waits for the message that names it
    small = RANDOM.randbytes(300_000)
    put(owner, small)
    message = plan(small)
    owner.drop(message)
    proof = until(lambda: handed_in(small), "the small file is handed in")
    leaf = leaf_of(proof)
    tap.equal((leaf["type"], leaf["author"]), ("attachment", "owner-grid"), "handed in, with a receipt")
    with open(proof.replace(".tlog-proof", ".attachment"), "rb") as file:
        tap.equal(client.sha(file.read()).hex(), leaf["document"], "and what the log says of it beside")
    until(lambda: not os.listdir(owner.path("attachments", "outbox")), "its copy is gone from the outbox")
    authority.has_received(1)
    want(authority, small)
    path = until(lambda: fetched(small), "the small file is fetched")
    with open(path, "rb") as file:
        tap.ok(file.read() == small, "the receiver has every byte")
    until(lambda: not os.listdir(authority.path("attachments", "wanted")), "and the request is gone")

    # a large one, interrupted on both sides, with notices in between
    large = RANDOM.randbytes(40 * MIB + 1)
    digest = client.sha(large).hex()
    owner.drop(plan(large))
    authority.has_received(2)
    want(authority, large)  # before it is there
    authority.process.says("attachment.not-yet")
    tap.ok(True, "what is not handed in yet is asked for again later")
    put(owner, large)
    until(lambda: coming(world.hub) > 3 * MIB, "a part of it is at the hub")
    owner.kill()
    owner.start()
    line = owner.process.says("attachment.giving")
    tap.ok(offset_of(line) >= 3 * MIB, "the node is killed: it goes on where it was", line)
    reached = coming(world.hub) + MIB
    until(lambda: coming(world.hub) > reached, "more of it is at the hub")
    before = owner.process.text().count("attachment.giving")
    world.hub.kill()
    notice = client.notice("owner-grid", 2, body={"object": "obj-grid-1"})
    owner.drop(notice)
    owner.process.says(f"outbox.taken file=\"{notice['id']}")
    world.hub.start()
    owner.process.says_again("attachment.giving", before)
    lines = owner.process.text().splitlines()
    last = [i for i, line in enumerate(lines) if "attachment.giving" in line][before]
    receipt = next((i for i, line in enumerate(lines) if "sent.receipt" in line and notice["id"] in line), last)
    tap.ok(offset_of(lines[last]) >= reached - MIB, "the hub is killed: it goes on at the last MiB", lines[last])
    tap.ok(receipt < last, "but not before the notice that waited has its receipt", lines[receipt : last + 1])
    proof = until(lambda: handed_in(large), "the large file is handed in")
    position = leaf_of(owner.path("sent", notice["id"] + ".tlog-proof"))["position"]
    tap.ok(leaf_of(proof)["position"] > position, "whose entry comes after the notice's")

    # the receiver is killed in the middle
    want(authority, large)  # once more: it is looked for at once
    until(lambda: coming(authority) > 3 * MIB, "a part of it is at the receiver")
    authority.kill()
    authority.start()
    line = authority.process.says("attachment.fetching")
    tap.ok(offset_of(line) >= 2 * MIB, "the receiver is killed: it goes on where it was", line)
    path = until(lambda: fetched(large), "the large file is fetched")
    with open(path, "rb") as file:
        tap.ok(file.read() == large, "every byte of it is right")
    tap.equal(os.listdir(authority.path("attachments", "coming")), [], "and no part is left over")

    # what never can be: a file under another name than its digest, and what is not ours
    false = RANDOM.randbytes(1000)
    promised = RANDOM.randbytes(1000)
    with open(owner.path("attachments", ".false"), "wb") as file:
        file.write(false)
    os.rename(owner.path("attachments", ".false"), owner.path("attachments", "outbox", client.sha(promised).hex()))
    owner.drop(plan(promised))
    refused = owner.has_refused(1)
    (reason,) = refused.values()
    tap.equal(reason["code"], "attachment.digest", "bytes that were not promised are refused, with the reason in a file")
    put(owner, promised)
    until(lambda: handed_in(promised), "the right bytes are handed in")
    tap.ok(True, "and the right ones are taken afterwards")
    want(authority, RANDOM.randbytes(77))
    (reason,) = authority.has_refused(1).values()
    tap.equal(reason["code"], "attachment.unknown", "what nobody named is refused for good")
