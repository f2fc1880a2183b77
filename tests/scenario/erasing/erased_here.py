#!tests/run
"""Goal: a node takes away the text of what was erased by law when somebody says so, whole or not at all."""

import json
import os
import shutil
import signal

import client
import tap
from processes import until
from world import World

SECRET = "words-that-have-to-go"


def on_disk(node):
    """The files of a node's folder that have the words."""
    found = []
    for top, _, names in os.walk(node.folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    if SECRET.encode() in file.read():
                        found.append(os.path.relpath(path, node.folder))
    return sorted(found)


def run(world, node, *command, code=0):
    got, text = world.run(*command, "--node", node.folder, code=None)
    tap.ok(got == code, f"{' '.join(command)[:40]} ends with {code}", text)
    return text


def erase_at_hub(world, message):
    look = ("hub", "erase", message["id"], "--look", "--hub", world.hub.folder)
    until(lambda: world.run(*look, code=None)[0] == 0, "signed for")
    world.run("hub", "erase", message["id"], "--reason", "a court", "--hub", world.hub.folder, "--as", "aigul")


def is_told(node):
    before = node.process.text(everything=True).count("message.erased author=")
    node.process.signal(signal.SIGHUP)
    until(lambda: node.process.text(everything=True).count("message.erased author=") > before, "told")


def advisory(nccis):
    letter = client.advisory("nccis", summary={"en": SECRET}, body={"actions": [SECRET]})
    nccis.drop(letter)
    return letter


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    with open(world.node("isoc-bank").path("node.conf"), "a", encoding="utf-8") as conf:
        conf.write("follow_erasures = true;\n")
    world.start()
    nccis, energy, bank = (world.node(name) for name in ("nccis", "isoc-energy", "isoc-bank"))
    letter, stays = advisory(nccis), advisory(nccis)
    for node in (energy, bank):
        node.has_received(2)
    text = run(world, energy, "inbox", "--text", SECRET)
    tap.equal(text.count("advisory"), 2, "both are found by their words")
    text = run(world, energy, "erase", letter["id"], code=1)
    tap.ok("does not say" in text, "what was not erased at the hub stays", text)
    erase_at_hub(world, letter)
    for node in (nccis, energy, bank):
        is_told(node)
    bank.process.says("message.erased-here")
    here = "000000000001-" + letter["id"]
    tap.ok("inbox/" + here + ".json" not in on_disk(bank), "who follows takes it away by itself", on_disk(bank))
    text = run(world, energy, "status")
    tap.ok("1 by law at the hub" in text, "who does not is reminded by `dabyl status`", text)
    tap.equal(run(world, energy, "erase").count("ERASED BY LAW"), 1, "and shown what waits")

    tap.note("Interrupted, it goes on: by whom it was begun is written down before anything goes.")
    copy = energy.path("inbox", here + ".json")
    with open(energy.path("state", "erase", "nccis." + letter["id"]), "w", encoding="utf-8") as file:
        file.write("begun aigul\n")
    energy.kill()
    energy.start().connected()
    energy.process.says("message.erased-here")
    tap.ok(not os.path.exists(copy), "the next start of its daemon ends it")
    with open(energy.path("inbox", here + ".erased"), encoding="utf-8") as file:
        tap.ok("by aigul\n" in file.read(), "in the name of who began it")

    tap.note("By hand, at its author.")
    text = run(world, nccis, "erase", letter["id"])
    tap.ok("ERASED" in text, "it says so", text)
    left = [path for path in on_disk(nccis) if letter["id"] in path]
    tap.equal(left, [], "the document is gone at its author, too")
    tap.ok(os.path.exists(nccis.path("sent", letter["id"] + ".seal")), "its seal and receipt stay")
    for node in (energy, bank):
        tap.ok(all(letter["id"] not in path for path in on_disk(node)), f"and its words at {node.name}", on_disk(node))
        text = run(world, node, "inbox")
        tap.ok("#1" in text and "#2" in text, "no number is missing in the list", text)
        tap.equal(text.count("erased here as well"), 1, "which says that its text is gone here")
        text = run(world, node, "inbox", "--text", SECRET)
        tap.ok(letter["id"] not in text and stays["id"] in text, "it is found by its words no more", text)
        text = run(world, node, "inbox", "--kind", "advisory")
        tap.ok(letter["id"] in text, "and by its kind still", text)
        text = run(world, node, "inbox", "show", "1")
        tap.ok("ERASED BY LAW" in text and SECRET not in text, "shown whole it says what became of it", text)
    text = run(world, energy, "verify", "1")
    tap.ok("GOOD" in text and "erased by law at the hub" in text, "`dabyl verify` says what it is", text)
    mark = energy.path("state", "erased", "nccis." + letter["id"])
    with open(mark, encoding="utf-8") as file:
        kept = file.read()
    with open(mark, "w", encoding="utf-8") as file:
        file.write(kept.replace("position 6\n", "position 7\n"))
    text = run(world, energy, "verify", energy.path("inbox", here + ".erased"), code=1)
    tap.ok("NOT GOOD" in text, "and no other words for it are believed", text)
    with open(mark, "w", encoding="utf-8") as file:
        file.write(kept)
    text = run(world, nccis, "sent", "show", letter["id"])
    tap.ok("ERASED BY LAW" in text and "told:" in text, "its author sees still who was told", text)
    one = json.loads(run(world, nccis, "--json", "sent", "show", letter["id"]).splitlines()[-1])
    tap.equal(one["erased"]["here"], False, "a program sees that it is gone")

    tap.note("What was erased before it came says so, where it is set aside.")
    os.makedirs(energy.path("aside"), exist_ok=True)
    for author, name in (("nccis", "000000000009-" + letter["id"]), ("isoc-bank", "000000000010-" + letter["id"])):
        with open(energy.path("aside", name + ".leaf"), "w", encoding="utf-8") as file:
            file.write(f"position 6\ntime x\ntype message\nkind advisory\nauthor {author}\nid {letter['id']}\n")
    stay = json.loads(run(world, energy, "--json", "status", code=1))["files"]["stay"]
    said = ["erased by law" in one["reason"] for one in sorted(stay, key=lambda one: one["file"])]
    tap.equal(said, [True, False], "that one, and not another's of its id")
    shutil.rmtree(energy.path("aside"))

    tap.note("What comes later has its number, and the hub takes up where it was.")
    third = advisory(nccis)
    names = until(lambda: len(energy.names("inbox", ".json")) == 2 and energy.names("inbox", ".json"), "the third")
    tap.ok(names[-1].startswith("000000000003-" + third["id"]), "the next number follows", names)
    energy.stop()
    energy.start().connected()
    tap.equal(run(world, energy, "status").count("by law at the hub"), 0, "nothing waits any more")
