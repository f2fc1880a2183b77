#!tests/run
"""Goal: what an erased message named goes with it, unless another message keeps it; who asks for it is told."""

import os
import random
import re
import shutil
import subprocess

import client
import order
import tap
from processes import until
from route import example
from world import World

RANDOM = random.Random(5)


def whole(folder):
    return set(os.listdir(os.path.join(folder, "attachments", "whole")))


def signature(raw, data):
    """A signature under an advisory, whose file these bytes are."""
    raw.tell(advisory := client.advisory("nccis"))
    file = {"name": "advisory.p7s", "size": len(data), "sha256": client.sha(data).hex()}
    letter = example("signature", "nccis", body={"file": file}, re={"author": "nccis", "id": advisory["id"]})
    (receipt,) = raw.tell(letter)
    tap.ok(isinstance(receipt, client.Receipt), "a signature is taken", receipt)
    return letter["id"]


def hand_in(raw, data):
    answer = raw.hand_in(data)
    tap.ok(getattr(answer, "type", "") == "attachment", "and its file", answer)


def erase(world, name, *more, code=0):
    words = ("hub", "erase", name, "--hub", world.hub.folder)
    until(lambda: world.run(*words, "--look", code=None)[0] == 0, "signed for")
    got, text = world.run(*words, *(more or ("--reason", "a court")), code=None)
    tap.ok(got == code, f"erase ends with {code}", text)
    return text


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.start("isoc-energy")
    raw = world.node("nccis").client().begin(stored=0)
    alone, shared, coming = (RANDOM.randbytes(size) for size in (200_000, 3_000, 100_000))
    name = {data: client.sha(data).hex() for data in (alone, shared, coming)}
    first = signature(raw, alone)
    hand_in(raw, alone)
    second, third = signature(raw, shared), signature(raw, shared)
    hand_in(raw, shared)
    fourth = signature(raw, coming)
    raw.give(client.sha(coming), len(coming))
    raw.piece(client.sha(coming), len(coming), 0, coming[:50_000])
    backup = world.path("backup")
    world.run("hub", "backup", world.hub.folder, "--to", backup, "--attachments")
    tap.equal(whole(backup), {name[alone], name[shared]}, "a backup has what was handed in")

    tap.note("What goes is shown, and goes; whoever asks for it is told.")
    text = erase(world, first, "--look")
    tap.ok("attachments that go with it" in text and name[alone] in text, "the file goes along", text)
    erase(world, first)
    tap.equal(whole(world.hub.folder), {name[shared]}, "it is gone when the command is back")
    refused = raw.fetch(client.sha(alone))
    tap.ok(refused.code == "attachment.erased" and not refused.retry, "its author is told that it was erased by law", refused)
    refused = raw.give(client.sha(alone), len(alone))
    tap.equal(refused.code, "attachment.erased", "who hands it in again, too")

    tap.note("What another message names stays, until that is erased as well.")
    text = erase(world, second, "--look")
    tap.ok("another message names" in text and name[shared] in text, "it is said that it stays", text)
    erase(world, second)
    tap.equal(whole(world.hub.folder), {name[shared]}, "it stays")
    tap.ok(raw.fetch_all(client.sha(shared)) == shared, "and is given out")

    tap.note("What was not whole goes as well.")
    erase(world, fourth)
    tap.equal(os.listdir(world.hub.path("attachments", "coming")), [], "nothing of it comes any more")
    answer = raw.piece(client.sha(coming), len(coming), 50_000, coming[50_000:])
    tap.equal(getattr(answer, "code", answer), "attachment.erased", "nor is it taken")

    tap.note("The hub is killed, and the power goes, before it is on the disk that the file is gone.")
    until(lambda: world.run("hub", "erase", third, "--look", "--hub", world.hub.folder, code=None)[0] == 0, "signed for")
    raw.close()
    world.clients.remove(raw)
    world.node("isoc-energy").stop()
    stand = world.path("stand")
    world.hub.stop()
    world.hub.process.env = dict(order.preload(shim="hold"), HOLD_OPEN=stand, HOLD_PATH="/attachments/coming")
    world.hub.start()
    open(stand, "w").close()
    command = subprocess.Popen(
        [world.program("dabyl"), "hub", "erase", third, "--reason", "a court", "--hub", world.hub.folder],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    until(lambda: os.path.exists(stand + ".stands"), "it is about to do it")
    tap.ok(command.poll() is None, "who asked is not told yet")
    world.hub.kill()
    with open(world.hub.path("attachments", "whole", name[shared]), "wb") as file:
        file.write(shared)
    os.remove(stand)
    command.communicate()
    world.hub.process.env = None
    world.hub.start()
    tap.equal(whole(world.hub.folder), set(), "the next start ends it")
    world.hub.stop()
    world.hub.start()
    raw = world.node("nccis").client().begin()
    tap.equal(raw.fetch(client.sha(shared)).code, "attachment.erased", "as is known after another start")
    world.run("verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"), "--torn")

    tap.note("The backup goes on.")
    size = int(re.search(r'"entries":(\d+)', world.run("--json", "hub", "status", world.hub.folder))[1])
    checkpoint = world.hub.path("journal", "checkpoint")
    until(lambda: int(open(checkpoint, "rb").read().split(b"\n")[1]) >= size, "a checkpoint of all")
    old = world.path("old")
    shutil.copytree(backup, old)
    world.run("hub", "backup", world.hub.folder, "--to", backup)
    tap.equal(whole(backup), set(), "the files are gone from it, also when no attachments are wanted this time")
    for folder in (backup, old):
        code, text = world.run("verify", "--backup", folder, code=None)
        tap.ok(code == 0, f"{os.path.basename(folder)} verifies", text)

    tap.note("Who names it anew hands it in anew.")
    signature(raw, alone)
    hand_in(raw, alone)
    tap.ok(raw.fetch_all(client.sha(alone)) == alone, "it is another message's")
    kept, again = world.hub.rebuilt()
    tap.equal(kept[-32:], again[-32:], "a start out of the journal alone comes to the same state")
    tap.equal(whole(world.hub.folder), {name[alone]}, "and leaves what came after its erasure")
