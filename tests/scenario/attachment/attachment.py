#!tests/run
"""Goal: a file that a message names is handed in by its author and fetched by those who had the message, and nobody else."""

import json
import os
import random

import client
import tap
from route import example
from world import World

SETTINGS = """attachments = { bytes = 8000000L; total_bytes = 16000000L; piece_bytes = 100000;
    reserve_bytes = 0; };
"""
RANDOM = random.Random(9)


def file_of(data, name="plan.pdf", **more):
    return {"name": name, "size": len(data), "sha256": client.sha(data).hex(), **more}


def named(author, data, **more):
    """A plan whose copy these bytes are."""
    return example("plan.submission", author, body={"file": file_of(data, **more)})


def answer_of(refused):
    """What a refusal says, whatever it is about."""
    return refused._replace(document=b"")


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "owner-bank", "authority"), settings=SETTINGS) as world:
    world.hub.start()
    world.raw()
    owner, authority = world.raws["owner-grid"], world.raws["authority"]
    stranger, bank = world.raws["isoc-energy"], world.raws["owner-bank"]
    plan = RANDOM.randbytes(3_210_987)
    digest, nothing = client.sha(plan), bytes(32)

    # before the message: nobody knows it
    for who in (owner, authority, stranger):
        tap.equal(who.give(digest, len(plan)).code, "attachment.unknown", f"{who.node} cannot hand in what nothing names")
    (receipt,) = owner.tell(named("owner-grid", plan))
    tap.ok("attachment" not in receipt.told, "the receipt tells the author nothing that it said itself", receipt.told)
    refused = authority.fetch(digest)
    tap.ok(refused.code == "attachment.absent" and refused.retry, "named and not handed in: ask again later", refused)
    tap.equal(owner.give(digest, len(plan) - 1).code, "attachment.unknown", "with another size it is another file")

    # pieces, in order; one at a time
    held = owner.give(digest, len(plan))
    tap.equal(held, client.Held(digest, len(plan), 0, 100000), "the hub has nothing of it yet")
    held = owner.piece(digest, len(plan), 0, plan[:100000])
    tap.equal(held.offset, 100000, "a piece is there")
    held = owner.piece(digest, len(plan), 300000, plan[300000:400000])
    tap.equal(held.offset, 100000, "one for another place is not taken: the hub says where to go on")
    answers = set()
    for _ in range(2):
        owner.piece(digest, len(plan), 100000, plan[100000:200000], wait=False)
    for _ in range(2):
        answer = owner.about(digest)
        answers.add(getattr(answer, "code", None) or f"held {answer.offset}")
    tap.ok(
        answers in ({"flow.window", "held 200000"}, {"held 200000"}),
        "a second piece before the answer is refused, or came after it",
        answers,
    )
    tap.equal(authority.fetch(digest).code, "attachment.absent", "a part is nothing to fetch")

    # what is said in the meantime has its receipt while the upload is not complete
    owner.piece(digest, len(plan), 200000, plan[200000:300000], wait=False)
    (between,) = owner.tell(client.notice("owner-grid", 2, body={"object": "obj-grid-1"}))
    tap.ok(isinstance(between, client.Receipt), "a notice in the middle has its receipt", between)
    tap.equal(owner.about(digest).offset, 300000, "with most of the attachment still to come")
    answer = owner.hand_in(plan)
    tap.ok(isinstance(answer, client.Receipt) and answer.type == "attachment", "the last piece has a receipt", answer)
    tap.ok(answer.position > between.position, "after that of the notice")
    tap.equal(answer.author, "owner-grid", "of the one who handed it in")
    text = f"dabyl-attachment/v1\ndigest {digest.hex()}\nsize {len(plan)}\n"
    tap.equal(answer.told, text, "which says what was handed in")
    tap.equal(client.sha(text.encode()).hex(), answer.document, "as the leaf has its hash")
    again = owner.give(digest, len(plan))
    tap.equal(again.position, answer.position, "handing it in again: the same receipt")
    tap.equal(os.listdir(world.hub.path("attachments", "whole")), [digest.hex()], "it lies under its digest")

    # who may have it
    for who in (authority, owner):
        tap.ok(who.fetch_all(digest) == plan, f"{who.node} fetches it, every byte")
    foreign, absent = stranger.fetch(digest), stranger.fetch(nothing)
    tap.equal(answer_of(foreign), answer_of(absent), "a stranger hears what is said of a digest that nobody named")
    tap.equal(foreign.code, "attachment.unknown", "and that is a code of its own")
    tap.equal(answer_of(stranger.give(digest, len(plan))), answer_of(absent), "handing it in, too")
    past = authority.fetch(digest, len(plan))
    tap.equal(past.code, "attachment.absent", "behind its end there is nothing")

    # to know a digest is not to have the bytes
    bank.tell(named("owner-bank", plan))
    refused = bank.fetch(digest)
    tap.equal(refused.code, "attachment.absent", "who only names what another handed in gets nothing")
    tap.equal(bank.give(digest, len(plan)).offset, 0, "and is not told that the hub has it")
    tap.ok(bank.hand_in(plan).type == "attachment", "until it shows the bytes itself")
    tap.ok(bank.fetch_all(digest) == plan, "then they are its own")
    tap.equal(len(os.listdir(world.hub.path("attachments", "whole"))), 1, "kept once")

    # bytes that are not those that were named
    promised, other = RANDOM.randbytes(1_500_000), RANDOM.randbytes(1_500_000)
    owner.tell(named("owner-grid", promised))
    answer = owner.hand_in(other, client.sha(promised))
    tap.ok(answer.code == "attachment.digest" and not answer.retry, "other bytes are refused", answer)
    tap.equal(os.listdir(world.hub.path("attachments", "coming")), [], "and nothing of them is kept")
    tap.equal(authority.fetch(client.sha(promised)).code, "attachment.absent", "nobody gets them")
    tap.ok(owner.hand_in(promised).type == "attachment", "the right ones are taken afterwards")

    # limits
    large = RANDOM.randbytes(8_000_001)
    owner.tell(named("owner-grid", large))
    answer = owner.give(client.sha(large), len(large))
    tap.ok(answer.code == "attachment.size" and answer.by == "attachments.bytes", "too large a file is refused", answer)
    tap.ok(not answer.retry, "for good")
    many = [RANDOM.randbytes(7_999_000) for _ in range(2)]
    for data in many:
        owner.tell(named("owner-grid", data))
    tap.ok(owner.hand_in(many[0]).type == "attachment", "there is room for one more")
    answer = owner.give(client.sha(many[1]), len(many[1]))
    tap.ok(answer.code == "disk.full" and answer.retry, "and then no more: later", answer)
    tap.equal(answer.by, "attachments.total_bytes", "by the limit of all together")
    (receipt,) = owner.tell(client.message("threat.report", "owner-grid", {"description": "Messages go on"}))
    tap.ok(isinstance(receipt, client.Receipt), "messages notice nothing of it", receipt)

    # an empty file, and several in one message
    traces = [RANDOM.randbytes(size) for size in (0, 1, 100000)]
    (receipt,) = owner.tell(notice := client.notice("owner-grid", 2, body={"object": "obj-grid-1"}))
    manifest = example(
        "trace.manifest",
        "owner-grid",
        incident={"author": "owner-grid", "id": notice["id"]},
        body={"traces": [{"file": file_of(data, f"trace-{i}")} for i, data in enumerate(traces)]},
    )
    (receipt,) = owner.tell(manifest)
    tap.ok(isinstance(receipt, client.Receipt), "a manifest of three traces", receipt)
    world.hub.kill()
    world.hub.start()
    world.raw()
    owner, nccis, stranger = world.raws["owner-grid"], world.raws["nccis"], world.raws["isoc-energy"]
    for data in traces:
        tap.equal(getattr(owner.hand_in(data), "type", None), "attachment", f"{len(data)} bytes are handed in after a restart")
        tap.ok(nccis.fetch_all(client.sha(data)) == data, "and fetched by nccis")
        tap.equal(answer_of(stranger.fetch(client.sha(data))), answer_of(absent), "and by no stranger")
    tap.ok(world.raws["authority"].fetch_all(digest) == plan, "what was handed in before is there still")
    tap.equal(world.raws["owner-grid"].give(digest, len(plan)).type, "attachment", "with its receipt")

    code, text = world.check("--json")
    counts = json.loads(text)
    tap.equal(counts["attachments"], 7, "the independent check finds what was handed in")
