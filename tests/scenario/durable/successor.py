#!tests/run
"""Goal: a log that is lost goes on in a successor: nothing of it is lost that anybody has, and nothing comes twice."""

import json
import os
import shutil

import client
import order
import tap
from processes import until
from succeed import Successor
from world import ORIGIN, World

NAMES = ("nccis", "isoc-energy", "owner-grid", "knb")


def ids(node, folder="inbox"):
    """Ids of the messages in a folder of the node's."""
    return [name[13:-5] for name in node.names(folder, ".json")]


def notice(node, level, **more):
    """A notice about the grid, put into the node's outbox; its id."""
    message = client.notice("isoc-energy", level, body={"object": "obj-grid-1"}, **more)
    node.drop(message)
    return message["id"]


def has(node, wanted, folder="inbox"):
    until(lambda: wanted in ids(node, folder), f"{wanted} in {folder}/ of {node.name}")


def receipt(node, wanted):
    path = node.path("sent", wanted + ".tlog-proof")
    until(lambda: os.path.exists(path), f"the receipt for {wanted}")


def size_of(path):
    """Of the log that a checkpoint is of."""
    with open(path, encoding="utf-8") as file:
        return int(file.read().split("\n")[1])


def alerts(hub_folder, wanted=None):
    """Derived alerts of a journal, by their kind and what they are about."""
    import entries

    found = [e for e in entries.read(hub_folder) if e.kind == "security.alert"]
    return len([e for e in found if wanted is None or wanted in e.document.decode()])


def owed(node, state="open"):
    """Messages that brought a duty which is in this state, as the node is told."""
    code, text = node.world.run("--json", "duties", "--node", node.folder, "--all", code=None)
    found = [json.loads(line) for line in text.splitlines()] if code == 0 else []
    return {duty["message"]["id"] for duty in found if duty["state"] == state}


def numbers(node):
    return [int(name[:12]) for name in node.names("inbox", ".json")]


def interrupted(hub, node):
    """Going over fails at each of its steps in turn; the daemon then waits for it to be done."""
    world, orders = hub.world, hub.world.path("orders")
    env = dict(order.preload(shim="fail"), FAIL_ORDERS=orders)
    steps = ("1/going", "1/hub.vkey", "1/again", "1/before", "1/ready", "/inbox", "/sent")
    steps += ("state/stored", "state/checkpoint", "state/spool", "state/before", "outbox/")
    failed = 0
    for step in steps:
        with open(orders, "w", encoding="utf-8") as file:
            file.write(f"rename 5 {step}\n")
        _, text = hub.hand_over(node, code=None, env=env)
        failed += "say it again" in text
        if "done" in text:
            break
        if os.path.exists(node.path("former", "1", "going")):
            code, text = world.run(node.path("node.conf"), program="dabyl-node", code=None)
            if code != 1 or "accept-log" not in text:
                tap.ok(False, f"the daemon waits after {step}", text)
    if "done" not in text:
        text = hub.hand_over(node)
    tap.ok(failed > 5, f"going over is interrupted {failed} times, and done", failed)
    return text


def by_hand(hub, node):
    """The new log's key in the old one's place, and the old checkpoint away: what the daemon says of it."""
    kept = {name: node.path(*name) for name in (("hub.vkey",), ("state", "checkpoint"))}
    for path in kept.values():
        os.rename(path, path + ".kept")
    shutil.copy(hub.path("vkey"), node.path("hub.vkey"))
    node.start(wait=False)
    until(lambda: not node.process.running() or "node.ready" in node.process.text(), "it starts, or not")
    started, said = node.process.running(), node.process.text()
    if started:
        node.stop()
    for path in kept.values():
        os.rename(path + ".kept", path)
    tap.ok(not started, f"{node.name} takes nothing of the old log for the new one's", said)
    return said


with World(__doc__, NAMES) as world:
    author, desk, owner, knb = (world.node(n) for n in ("isoc-energy", "nccis", "owner-grid", "knb"))
    world.start()
    first = [notice(author, 4) for _ in range(3)]
    for one in first:
        receipt(author, one)
        has(owner, one)
        has(desk, one)
    until(lambda: len(ids(knb)) == 3, "three alerts at knb")
    tap.equal(owner.stop(), 0, "an owner goes away")
    missed = notice(author, 4)
    receipt(author, missed)
    has(desk, missed)
    until(lambda: len(ids(knb)) == 4, "a fourth alert at knb")
    duties = until(lambda: len(got := owed(knb)) == 4 and got, "a duty for each of them")
    tap.equal(world.hub.stop(), 0, "the hub's journal is copied")
    before, copy = world.hub, world.path("copy")
    shutil.copytree(before.path("journal"), copy)
    before.start()
    after = notice(author, 3)
    receipt(author, after)
    has(desk, after)
    until(lambda: len(ids(knb)) == 5, "a fifth alert at knb")
    before.kill()
    shutil.rmtree(before.path("journal"))
    tap.ok(True, "then there is one message more, and the hub's machine is gone")
    late = notice(author, 2)
    until(lambda: author.names("state/spool", ".parcel"), "a message is sealed, and waits")
    for node in (author, desk, knb):
        tap.equal(node.stop(), 0, f"{node.name} stops")

    # --- the successor ----------------------------------------------------------------------
    seen = {node.name: node.path("state", "checkpoint") for node in (author, desk, knb)}
    newest = shutil.copy(max(seen.values(), key=size_of), world.path("newest"))
    world.hub = hub = Successor(world, 2).build(before, newest, copy)
    code, text = world.run(hub.path("hub.conf"), program="dabyl-hub", code=None)
    tap.ok(code == 1 and "--accept-loss" in text, "what the copy lacks is said before it starts", text)
    kept = text.split("--accept-loss ")[1].split('"')[0]
    for flush in range(1, 5):  # killed in the middle of taking over, each time a little later
        hub.process.env = order.preload(kill=f"flush {flush}")
        hub.process.command = hub.program + ["--accept-loss", kept]
        hub.start(wait=False)
        until(lambda: not hub.process.running() or "hub.ready" in hub.process.text(), "killed")
        hub.kill()
    hub.process.env = None
    hub.starts("--accept-loss", kept)
    said = hub.process.text(everything=True)
    tap.has(said, "log.taken-over", "with the operator's word it takes over, whenever it is killed")
    tap.equal(alerts(hub.path("journal")), 4, "with the alerts there were")

    desk.start(wait=False)
    desk.process.says("link.")
    tap.ok("inbox.stored" not in desk.process.text(), "a node by itself takes nothing of it")
    desk.stop()
    tap.has(by_hand(hub, author), "accept-log", "nor sends what was sealed for it")
    by_hand(hub, desk)
    for node in (author, desk, owner, knb):
        text = interrupted(hub, node) if node is author else hub.hand_over(node)
        tap.has(text, "dabyl.test/log-2", f"{node.name} goes over")
        tap.equal(ids(node), [], "its inbox is that of the new log")
        node.start()
    for one in (after, late):
        receipt(author, one)
        has(owner, one)
    has(owner, missed)
    has(desk, late)
    tap.equal(sorted(ids(owner)), sorted([missed, after, late]), "the owner has what it had not")
    tap.equal(ids(desk), [late], "the centre has nothing a second time")
    tap.equal(sorted(set(author.sent())), sorted([after, late]), "receipts are there for the rest")
    until(lambda: len(numbers(owner)) == 3, "all numbers")
    until(lambda: len(ids(desk)) + len(numbers(knb)) >= 1, "deliveries")
    knb.process.says("inbox.had-before")
    tap.equal(ids(knb), [], "and nobody is alerted twice")
    tap.equal(alerts(hub.path("journal"), after), 1, "the alert that was lost is made again")

    until(lambda: duties <= owed(knb), "duties that stand")
    tap.ok(True, "the duties that stood are owed to the new log")
    text = world.run("inbox", "--node", desk.folder, "--log", ORIGIN, "--last", "0")
    tap.ok(first[0] in world.run("--json", "inbox", "--node", desk.folder, "--log", ORIGIN), "the old inbox can be read")
    text = world.run("incident", "--node", desk.folder, first[0])
    tap.has(text, "owner-grid", "what happened before is known")
    text = world.run("inbox", "--node", knb.folder, "--log", ORIGIN, "--waiting")
    tap.has(text, "#1 ", "and what in it waits for an answer")
    world.run("ack", "--node", knb.folder, "--log", ORIGIN, "1", "accepted", "--timeout", "30")
    tap.ok(True, "an alert of the old log is answered")
    answered = ids(knb, "former/1/inbox")[0]
    until(lambda: answered in owed(knb, "met"), "the duty that it brought is met")
    tap.equal(duties - owed(knb), {answered}, "and the duty that it brought is met, and no other")
    fixed = notice(author, 4, supersedes={"author": "isoc-energy", "id": first[1]})
    has(desk, fixed)
    has(owner, fixed)
    tap.equal(alerts(hub.path("journal"), first[1]), 1, "a correction of it brings no second alert")

    raw = client.Client(
        world.endpoint, world.hub_key(), hub.origin, "isoc-energy", author.channel_key(), author.seal_key()
    )
    author.stop()
    raw.begin()
    with open(author.path("former", "1", "sent", first[2] + ".json"), "rb") as file:
        old = file.read()
    (answer,) = raw.tell(old)
    tap.equal(getattr(answer, "type", answer), "former.message", "what was taken over has its receipt again")
    (answer,) = raw.tell(old.replace(b"Test notice", b"Best notice"))
    tap.equal(getattr(answer, "code", answer), "id.reused", "and its id is taken for ever")
    raw.close()
    author.start()
    tap.equal(hub.stop(), 0, "the successor stops")
    hub.start()
    again = notice(author, 1)
    has(desk, again)
    has(owner, again)
    tap.equal(set(ids(desk)) & {*first, missed, after}, set(), "and starts as any hub does")
    owner.stop()
    for node in (author, desk, knb):
        node.stop()
    tap.equal(hub.stop(), 0, "the second log ends, too")
    code, text = world.check()
    tap.ok(code == 0, "all that the nodes have of it verifies", text)
    code, text = world.run("verify", "--journal", hub.path("journal"), "--vkey", hub.path("vkey"),
                           "--ca", world.path("ca", "ca.pem"), "--torn", code=None)
    tap.ok(code == 0, "its journal verifies", text)

    # --- a third log ------------------------------------------------------------------------
    second = hub
    world.hub = hub = Successor(world, 3).build(
        second, second.path("journal", "checkpoint"), second.path("journal")
    )
    hub.starts()
    had = {node.name: ids(node) for node in (desk, owner, knb)}
    for node in (author, desk, owner, knb):
        tap.has(hub.hand_over(node), "proven", f"{node.name} goes over once more, proven")
        node.start()
    last = notice(author, 1)
    for node in (desk, owner):
        has(node, last)
        tap.equal(ids(node), [last], f"{node.name} has nothing a second time")
    tap.equal(ids(knb), [], "nor has knb")
    tap.equal(had["nccis"], ids(desk, "former/2/inbox"), "what it had is where it was moved to")
    hub.hand_over(desk, code=1)
    tap.ok(True, "a running node, or one that is there already, does not go over")
