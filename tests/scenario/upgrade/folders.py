#!tests/run
"""Goal: folders that the first build wrote are read by today's: duties are open still and get met, receipts verify, numbers go on."""

import json

import entries
import tap
from processes import until
from upgraded import Upgraded


def owed(world, node):
    """What this node owes, by kind of duty: the open ones, and the settled."""
    found = {}
    for line in world.run("--json", "duties", "--node", world.node(node).folder, "--all").splitlines():
        duty = json.loads(line)
        if duty["debtor"] == node:
            found.setdefault(duty["state"], []).append(duty)
    return found


def numbers(node):
    return [int(name[:12]) for name in node.names("inbox", ".json")]


with Upgraded(__doc__, "first") as world:
    isoc, owner, knb = (world.node(name) for name in ("isoc-energy", "owner-grid", "knb"))
    code, text = world.check()
    tap.ok(code == 0, "the independent check reads what was left", text)
    text = world.run("verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"))
    tap.has(text, "good", "and so does dabyl verify")
    before = {node.name: numbers(node) for node in (isoc, owner, knb)}
    sent = isoc.sent()
    left = len(list(entries.read(world.hub.path("journal"))))
    for node in (isoc, owner, knb):
        text = world.run("-n", node.path("node.conf"), program="dabyl-node")
        tap.has(text, "good", f"-n: {node.name}")
    tap.has(world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub"), "good", "-n: hub")
    mail = world.run("--node", isoc.folder, "inbox")
    tap.ok("information.reply" in mail and "advisory" in mail, "old deliveries are shown while no daemon runs", mail)

    world.start()
    tap.ok(world.hub.process.says("state.ready"), "the hub starts on it")
    waited = until(lambda: set(isoc.sent()) - set(sent), "what waited for the hub")
    tap.equal(len(waited), 1, "what waited for the hub in the spool is taken, once")

    state = owed(world, "owner-grid")
    tap.equal({name: len(duties) for name, duties in state.items()}, {"open": 1, "met": 1}, "the owner still owes what it had not answered")
    asked = state["open"][0]["message"]
    body = {"description": "It is, since noon.", "more_follows": False}
    owner.drop(world.message("information.reply", "owner-grid", body, re={"author": asked["author"], "id": asked["id"]}, to=["isoc-energy"]))
    until(lambda: "open" not in owed(world, "owner-grid"), "and has answered")
    tap.equal(len(owed(world, "owner-grid")["met"]), 2, "its answer meets it, in time")

    state = owed(world, "knb")
    tap.equal(len(state["open"]), 1, "national security owes its answer to the alert")
    alert = next(number for number, one in zip(numbers(knb), knb.inbox()) if one["kind"] == "security.alert")
    world.run("--node", knb.folder, "ack", alert, "accepted")
    until(lambda: "open" not in owed(world, "knb"), "and has given it")

    isoc.drop(world.message("incident.notice", "isoc-energy", next(one for one in owner.inbox() if one["kind"] == "incident.notice")["body"]))
    until(lambda: len(numbers(knb)) > len(before["knb"]), "a new alert")
    for node in (isoc, owner, knb):
        now = numbers(node)
        tap.equal(now[: len(before[node.name])], before[node.name], f"{node.name}: what it had is there")
        tap.equal(now, list(range(1, len(now) + 1)), f"{node.name}: the next message has the next number")

    for node in (isoc, owner, knb):
        node.stop()
    kept, rebuilt = world.hub.rebuilt()
    tap.ok(kept == rebuilt, "what is kept of the state is what the whole journal comes to")
    tap.ok(len(list(entries.read(world.hub.path("journal")))) > left + 8, "the log goes on behind what was there")
    with open(world.hub.path("state", "log.mark"), "rb") as file:
        tap.equal(file.readline(), b"dabyl-log/v2\n", "the log's mark says that an older hub is not to go on with it")
