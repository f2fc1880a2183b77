#!tests/run
"""Goal: only a day-old backup is left of a hub: each entry that it has not is named, with who has it, and no other."""

import json
import os
import shutil

import client
import entries
import tap
from processes import until
from succeed import Successor
from world import ORIGIN, World

NAMES = ("nccis", "isoc-energy", "owner-grid", "knb")


def notice(node, level):
    message = client.notice("isoc-energy", level, body={"object": "obj-grid-1"})
    node.drop(message)
    return message["id"]


def size_of(path):
    with open(path, encoding="utf-8") as file:
        return int(file.read().split("\n")[1])


def given(world, word, *more):
    """What each operator sends: a file a node."""
    paths = []
    for name in NAMES:
        path = world.path(f"{name}.{word}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(world.run("node", word, *more, "--node", world.node(name).folder))
        paths.append(path)
    return paths


def options(word, paths):
    return [option for path in paths for option in (f"--{word}", path)]


def missing(world, copy, *more, code=0):
    """Entry by entry; beside programs people are told the same."""
    done, shown = world.run("hub", "missing", copy, *more, code=None)
    again, told = world.run("--json", "hub", "missing", copy, *more, code=None)
    if (done, again) != (code, code):
        tap.ok(False, f"hub missing ends with {code}", f"{done}, {again}: {shown}")
    return {entry["position"]: entry for entry in map(json.loads, told.splitlines())}, shown


def prepare(world, hub):
    """What is left to do in the folder that `hub restore` has made: certificates and the rules' seal."""
    world.run("ca", "request", "--dir", hub.folder, "--id", "hub", "--org", "STS", "--role", "hub")
    ca = ("--ca", world.path("ca"), "--yes", "--out", hub.path("certs"))
    world.run("ca", "renew", "hub", hub.path("request.pem"), *ca)
    shutil.copy(hub.path("certs", "seal.pem"), hub.path("roster", "hub-2-seal.pem"))
    officer = world.path("duty-nccis")
    keys = ("--key", f"{officer}/keys/seal.key", "--cert", f"{officer}/certs/seal.pem")
    world.run("rules", "seal", hub.path("rules/plan.rules"), "--origin", hub.origin, *keys)


with World(__doc__, NAMES) as world:
    author, desk, owner, knb = (world.node(name) for name in ("isoc-energy", "nccis", "owner-grid", "knb"))
    world.start()
    before = [notice(author, 4) for _ in range(3)]
    desk.has_received(6)
    knb.has_received(3)
    world.hub.published(*before)
    copy = world.path("day-old")
    world.run("hub", "backup", world.hub.folder, "--to", copy)
    end = size_of(os.path.join(copy, "journal", "checkpoint"))
    after = [notice(author, 4) for _ in range(4)] + [notice(author, 2)]
    author.has_sent(8)
    desk.has_received(12)
    owner.has_received(8)
    knb.has_received(7)
    for node in (author, desk, owner, knb):
        node.stop()
    world.hub.stop()
    truth = {e.position: e for e in entries.read(world.hub.path("journal")) if e.position >= end}
    shutil.rmtree(world.hub.folder)

    # --- what is missing --------------------------------------------------------------------
    notes, held = given(world, "checkpoint"), given(world, "held", str(end))
    newest = max(size_of(path) for path in notes)
    said, text = missing(world, copy, *options("checkpoint", notes), *options("held", held))
    tap.ok(said and sorted(said) == list(range(end, max(said) + 1)), "each position behind the copy is named once", text)
    tap.ok(newest <= max(said) + 1, "up to the newest that anybody has proven", newest)
    wrong = []
    for position, entry in said.items():
        had = {"isoc-energy"} if entry.get("author") == "isoc-energy" else set()
        real = truth[position]
        if real.type != "message":
            wrong += [entry] if entry["had_by"] or "id" in entry else []
        elif (real.author, real.id, real.kind) != tuple(entry.get(name) for name in ("author", "id", "kind")):
            wrong.append(entry)
        elif not had < set(entry["had_by"]):
            wrong.append(entry)
    tap.equal(wrong, [], "every message is named by position, kind, author and id, with its author's node and receivers")
    named = {entry["id"] for entry in said.values() if "id" in entry}
    tap.ok(set(after) <= named and not set(before) & named, "none that the copy has")
    tap.has(text, "nobody who was asked has it", "of the others it is said that nobody has them")
    tap.has(text, after[0], "people are told the same")
    messages = [entry for entry in said.values() if "id" in entry]
    alone = [entry for entry in missing(world, copy, "--held", held[NAMES.index("knb")])[0].values() if "id" in entry]
    tap.equal({entry["kind"] for entry in alone}, {"security.alert"}, "who is not asked is not named")
    tap.equal(missing(world, copy, "--checkpoint", notes[0], *options("held", held))[0], said, "a proof is a checkpoint too")

    # --- lies -------------------------------------------------------------------------------
    with open(held[0], encoding="utf-8") as file:
        whole = file.read()
    for what, changed in (
        ("another log", whole.replace(f"log {ORIGIN}", "log dabyl.test/other", 1)),
        ("an end that is cut off", whole[: len(whole) // 2]),
        ("another place in the log", whole.replace("\nindex ", "\nindex 1", 1)),
    ):
        path = world.path("changed.held")
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)
        code, text = world.run("hub", "missing", copy, "--held", path, code=None)
        tap.ok(code == 1 and path in text, f"{what}: refused", text)

    # --- the log that goes on ---------------------------------------------------------------
    world.hub = hub = Successor(world, 2)
    text = world.run("hub", "restore", copy, hub.folder, "--origin", hub.origin, "--yes", *options("checkpoint", notes))
    tap.has(text, f"dabyl node held {end}", "the restore says how they are named")
    prepare(world, hub)
    code, text = world.run(hub.path("hub.conf"), program="dabyl-hub", code=None)
    hub.starts("--accept-loss", text.split("--accept-loss ")[1].split('"')[0])
    held_by = [*options("held", held), "--successor", hub.folder]
    said, text = missing(world, copy, *held_by, code=1)
    tap.ok("NOT there again" in text and not any(entry.get("again") for entry in said.values()), "nothing is back yet", text)
    for node in (author, desk, owner, knb):
        hub.hand_over(node)
        node.start()
    until(lambda: world.run("hub", "missing", copy, *held_by, code=None)[0] == 0, "all messages are there again", 120)
    said, text = missing(world, copy, *held_by)
    tap.has(text, f"{len(messages)} of {len(messages)} messages are there again", "what authors had comes again, and what follows")
    places = {e.position: e.id for e in entries.read(hub.path("journal"))}
    tap.equal({places[entry["again"]] for entry in said.values() if "id" in entry}, named, "each where it is said to be")
    kept = given(world, "held", str(end), "--log", ORIGIN)
    tap.equal(missing(world, copy, *options("held", kept), "--successor", hub.folder)[0], said, "who went over has the same")
