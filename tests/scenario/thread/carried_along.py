#!tests/run
"""Goal: who is brought into an incident has what came before, proven, before the message that brings it in; also over kills."""

import os

import client
import tap
from processes import until
from route import reference
from world import World

OLDER = 40


def update(incident, author, text, **more):
    body = {"description": text, **more.pop("body", {})}
    return client.message("incident.update", author, body, incident=reference(incident), **more)


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "knb")) as world:
    world.hub.start()
    (sender, other) = world.raw("isoc-energy", "isoc-bank")
    owner = world.node("owner-grid").start()
    nccis = world.node("nccis").start()

    def command(node, *words):
        return world.run("--node", node.folder, *words, code=None)

    first = client.notice("isoc-energy", 4)
    large = [update(first, "isoc-energy", f"{i} " + "x" * 15000) for i in range(OLDER)]
    sender.tell(first, *large)
    brings = update(first, "isoc-energy", "named now", body={"object": "obj-grid-1"})
    after = update(first, "isoc-energy", "and after")
    sender.tell(brings)
    sender.tell(after)
    owner.has_received(2)
    carried = owner.names("carried", ".json")
    tap.equal(len(carried), 1 + OLDER, "the notice and all that came after it are with the new party")
    ids = [first["id"], *(message["id"] for message in large)]
    tap.equal(
        [name.partition("-")[2] for name in carried], [f"{id_}.json" for id_ in ids], "in the log's order"
    )
    code, text = command(owner, "verify", *(owner.path("carried", name) for name in carried))
    tap.ok(code == 0 and text.count("GOOD") == len(carried), "each is proven, offline", text[-400:])
    code, text = command(owner, "inbox")
    tap.has(text, f"{OLDER + 1} older messages came along: dabyl inbox --carried 1", "the inbox says so")
    code, text = command(owner, "inbox", "--carried", "1")
    tap.ok(code == 0 and text.count("came along with #1") == OLDER + 1, "and lists them", text[-400:])
    code, text = command(owner, "--json", "incident", first["id"])
    tap.ok(
        code == 0 and all(message["id"] in text for message in (first, large[0], brings, after)),
        "the timeline has them, too",
        text[-800:],
    )
    code, text = command(owner, "ack", first["id"], "read")
    tap.equal(code, 0, "what came along can be answered") or tap.note(text)

    # A correction of what came along marks it.
    fixed = client.notice("isoc-energy", 3, supersedes=reference(first))
    sender.tell(fixed)
    owner.has_received(3)
    code, text = command(owner, "inbox", "--carried", "1")
    tap.has(text, "CORRECTED", "what came along is shown as corrected")

    # NCCIS reads beside the message what its author was told.
    rival = update(fixed, "isoc-energy", "a rival's", body={"object": "obj-bank-1"})
    sender.tell(rival)
    until(lambda: rival["id"] in nccis.why(), "NCCIS has it")
    code, text = command(nccis, "inbox", "--last", "1")
    tap.has(text, "object.not-yours", "NCCIS is told whom nobody told")

    # Killed while it fetches: nothing of it is taken for whole, and it comes again.
    bank = world.node("isoc-bank")
    other.close()
    mended = update(fixed, "nccis", "they should know", body={"object": "obj-bank-1"})
    nccis.drop(mended)
    nccis.has_sent(1)
    for _ in range(3):
        bank.start(wait=False)
        bank.process.says("link.ready")
        bank.kill()
    bank.start()
    until(lambda: mended["id"] in bank.why(), "the bank's centre has it")
    names = bank.names("carried", ".json")
    tap.equal(len(names), OLDER + 4, "once each, whatever it was killed at") or tap.note(names)
    tap.ok(
        not [name for name in os.listdir(bank.path("carried")) if name.startswith(".stage")],
        "and nothing half",
    )

    # The hub is killed, and serves the same again.
    world.kill_hub()
    bank.connected()
    tap.equal(bank.stop() or owner.stop() or nccis.stop(), 0, "the nodes stop")
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0 and f"{2 * OLDER + 5} came along" in text, "the independent check finds each", text)
