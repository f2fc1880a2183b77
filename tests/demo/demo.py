#!tests/run
"""demo - one night at the exchange: a CA, a hub, eight nodes, and what may go wrong.

    demo.py FOLDER

FOLDER is made anew.  It keeps hub/journal/, hub/vkey and a folder per node with sent/ and
inbox/, to be looked at with `dabyl`.  Exit code 1 when anything is not as it should be.
"""

import os
import shutil
import sys
import textwrap

import client
import crisis
from processes import until
from story import CAST, OWN, UNSENT, Story, detail, must, problems, say, step
from world import World


def begin(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    cast = {name: entry[:2] for name, entry in CAST.items()}
    return World(__doc__, cast, folder=folder, officers=("nccis", "hq", "knb"))


def ordinary(story):
    step("isoc-energy reports a level 2 incident at a power-grid object.")
    name = story.send(
        "isoc-energy",
        "incident notice, level 2, power grid",
        client.notice(
            "isoc-energy",
            2,
            body={
                "object": "obj-grid-1",
                "description": "Telemetry of one substation lost for six minutes.",
            },
            summary={
                "kk": "Бір қосалқы станцияның телеметриясы жоғалды",
                "ru": "Потеряна телеметрия подстанции",
                "en": "Telemetry of a substation lost",
            },
        ),
    )
    for node in ("nccis", "owner-grid"):
        story.arrived(node, name)
    must(not story.world.node("knb").inbox(), "level 2 must not alarm national security")


def grave(story):
    step("owner-grid's line goes down; its node is away.")
    must(story.world.node("owner-grid").stop() == 0, "the node stops cleanly")
    step("isoc-energy reports a level 4 incident on the same grid, coming from across the border.")
    notice = client.notice(
        "isoc-energy",
        4,
        marking="TLP:GREEN",
        body={
            "object": "obj-grid-1",
            "cross_border": True,
            "countries": ["KG"],
            "description": "Breakers of two substations opened by remote command; "
            "dispatch is on manual control.",
        },
        summary={
            "kk": "Екі қосалқы станция қашықтан ажыратылды",
            "ru": "Две подстанции отключены удалённой командой",
            "en": "Two substations opened by remote command",
        },
    )
    detail("Before sending, the officer asks who would be told, and why:")
    story.command("explain", story.write("level-4", notice), node="isoc-energy")
    detail("And sends it:")
    name = story.send("isoc-energy", "incident notice, level 4, power grid, cross-border", notice)
    story.incident = name
    alert = story.arrived("knb", name, "security.alert")
    must(alert["body"]["level"] == 4, "the alert says level 4")
    detail("National security has the alert, with the sealed notice inside:")
    story.command("inbox", node="knb")
    story.arrived("mfa", name, "crossborder.item")
    detail("Foreign affairs has the cross-border item:")
    story.command("inbox", node="mfa")
    story.arrived("isoc-bank", name)
    detail("isoc-bank reads it along, by its subscription:")
    story.command("inbox", "--feed", "grave", node="isoc-bank")
    must(not story.world.node("hq").inbox(), "the Headquarters is not yet concerned")


def subscribed(story):
    step("isoc-bank wants to read along what is grave elsewhere, beside what it has by law.")
    detail("What it may have:")
    story.command("feeds", node="isoc-bank")
    body = {"name": "grave", "kinds": ["incident.notice", "incident.update"], "level": 3}
    words = {"en": "What is grave elsewhere"}
    feed = client.message("subscription", "isoc-bank", body, summary=words)
    story.arrived("isoc-bank", story.send("isoc-bank", OWN, feed))


def everybody(story):
    step("nccis warns everybody: an advisory, TLP:GREEN.")
    name = story.send(
        "nccis",
        "advisory, TLP:GREEN",
        client.advisory(
            "nccis",
            "TLP:GREEN",
            body={"description": "The terminal units of both substations have a known flaw."},
            summary={"en": "Update the firmware of remote terminal units"},
        ),
    )
    for node in ("isoc-energy", "isoc-bank", "knb", "mfa", "hq"):
        story.arrived(node, name)


def forgery(story):
    step("Somebody on isoc-bank's machine sends an all-clear in the name of isoc-energy.")
    world = story.world
    world.node("isoc-bank").stop()
    liar = world.node("isoc-bank").client().begin()
    false = client.notice(
        "isoc-energy", 0, body={"object": "obj-grid-1", "description": "All clear."}
    )
    for words, keys, expected in (
        (
            "a false all-clear in the name of isoc-energy, sealed with a forged key",
            [client.SealKey()],
            "seal.key",
        ),
        ("the same, sealed with isoc-bank's own key", [liar.seal], "from.mismatch"),
    ):
        (answer,) = liar.tell(false, keys=keys)
        must(
            isinstance(answer, client.Refused) and answer.code == expected,
            f"refused as {expected}: {answer}",
        )
        detail(f"refused, {answer.code}: {answer.text}")
        story.refused.append(("isoc-bank", words, answer.code, answer.text))
    step("A stranger knocks with a key that nobody certified.")
    stranger = world.node("isoc-bank").client(channel=client.ChannelKey())
    met = stranger.handshake()
    must(met == "refused", f"the stranger is refused at the handshake: {met}")
    detail("refused at the handshake: the stranger never got to say a word.")
    story.refused.append(
        (
            "a stranger",
            "a connection with a key that nobody certified",
            "node.unknown",
            "The key belongs to no node of the roster.",
        )
    )
    liar.close()
    world.clients.clear()
    world.node("isoc-bank").start()


def killed(story):
    step("The hub is killed (SIGKILL) while twenty more notices are on their way.")
    world, names = story.world, []
    for i in range(20):
        if i == 10:  # the first are safe, the last are still to be sent
            until(lambda: names[0] in world.node("isoc-energy").sent(), "a first receipt")
        message = client.notice(
            "isoc-energy",
            1,
            body={"object": "obj-grid-1", "description": f"Log-in attempts, substation {i + 1}."},
            summary={"en": f"Log-in attempts at substation {i + 1}"},
        )
        names.append(story.post("isoc-energy", f"notice, level 1, number {i + 1} of 20", message))
    running = [node.process for node in world.nodes.values() if node.process.running()]
    before = {process: process.text().count("link.ready") for process in running}
    world.hub.kill()
    had = len(set(world.node("isoc-energy").sent()) & set(names))
    detail(f"{had} of 20 had their receipts when the hub died.")
    world.hub.start()
    for process in running:
        process.says_again("link.ready", before[process])
    detail("The hub is back; it has read its journal and the nodes have found it again.")
    until(lambda: set(names) <= set(world.node("isoc-energy").sent()), "all twenty receipts")
    detail("All 20 have their receipts now. None was lost, none was taken twice.")


def back(story):
    step("owner-grid is back.")
    node = story.world.node("owner-grid")
    had = len(node.inbox())
    node.start()
    told = {name: author for name, (author, words) in story.sent.items() if words != OWN}
    for name in told:
        story.arrived("owner-grid", name)
    now = len(node.inbox())
    detail(
        f"It had {had} message when it left, and has caught up: {now} now, in order, none missing."
    )
    for name, author in told.items():
        if author != "nccis":
            story.arrived("nccis", name)


def verify(story):
    """Everything is stopped; `dabyl verify`, and then code of another hand, look at what is left."""
    step("The hub and the nodes are stopped. What they keep is verified, with public keys alone.")
    world = story.world
    for node in world.nodes.values():
        must(node.stop() == 0, f"{node.name} ends cleanly")
    must(world.hub.stop() == 0, "the hub ends cleanly")
    receipts = deliveries = 0
    for node in world.nodes.values():
        sent, inbox = (
            [node.path(folder, name) for name in node.names(folder, ".json")]
            for folder in ("sent", "inbox")
        )
        receipts, deliveries = receipts + len(sent), deliveries + len(inbox)
        if sent + inbox:
            code, text = world.run("verify", "--node", node.folder, *sent, *inbox, code=None)
            must(code == 0, f"dabyl verify at {node.name}: {text}")
    detail(
        f"dabyl verify: {receipts} receipts and {deliveries} deliveries, each proven and its author's seal good."
    )
    code, text = world.run(
        "verify",
        "--journal",
        world.hub.path("journal"),
        "--vkey",
        world.hub.path("vkey"),
        "--ca",
        world.path("ca", "ca.pem"),
        code=None,
    )
    must(code == 0, f"dabyl verify of the journal: {text}")
    detail("dabyl verify: the hub's journal, every entry and every published proof.")
    code, text = world.check()
    must(code == 0, f"the independent check: {text}")
    detail("The independent check (another language, no shared code) agrees:")
    for line in text.splitlines():
        detail("  " + line)
    return receipts


def columns(left, right):
    """Two columns; the left one is a list of lines."""
    for i in range(max(len(left), len(right))):
        first = left[i] if i < len(left) else ""
        second = right[i] if i < len(right) else ""
        say(f"  {first:<50} {second}".rstrip())
    say()


def wrapped(text, width=48):
    return textwrap.wrap(text, width)


def clock(moment):
    return moment[:19].replace("T", " ")


def conclude(story, receipts, folder):
    rows = story.table()
    batch = [name for name, (_, words) in story.sent.items() if "of 20" in words]
    say("\n")
    columns(
        ["WHAT WAS SENT", "-" * 48], ["WHO RECEIVED IT, BY WHICH PARAGRAPH OF THE PLAN", "-" * 64]
    )
    for name, (author, words, receivers) in rows:
        must(bool(receivers) or words in UNSENT, f"somebody received: {words}")
        if name in batch:
            if name != batch[0]:
                continue
            same = all(sorted(row[2]) == sorted(receivers) for other, row in rows if other in batch)
            must(same, "the twenty notices went to the same nodes")
            words = "20 notices, level 1, the hub killed among them (all 20 arrived, each once)"
        columns(
            wrapped(words) + [f"    by {author}"],
            [f"{node:<12} {CAST[node][2]:<29} {cites}" for node, cites in sorted(receivers)]
            or ["nobody: it is in the hub's log, and meets the duty"],
        )
    columns(["WHAT WAS OWED", "-" * 48], ["BY WHOM, BY WHICH PARAGRAPH, AND WHEN", "-" * 64])
    for duty in story.duties:
        owner = CAST[duty["debtor"]][2]
        columns(
            [duty["duty"] + ", met by " + duty["met_by"]],
            [
                f"{duty['debtor']:<12} {owner:<29} {duty['cites']}",
                f"{duty['state']} {clock(duty['at'])}, due {clock(duty['due'])}",
            ],
        )
    columns(["WHAT WAS REFUSED", "-" * 48], ["WHY", "-" * 64])
    for who, words, code, text in story.refused:
        columns(wrapped(words) + [f"    by {who}"], [code] + wrapped(text, 62))
    say(f"  RECEIPTS  {receipts} issued" + (", and every one verified." if not problems else "."))
    say(
        "\n  'default' marks a route that the plan leaves open: an operational default, not the law."
    )
    here = os.path.relpath(folder)
    say(f"  Everything is in {here}. To look for yourself:\n")
    say(f"    build/release/dabyl inbox  --node {here}/nccis")
    say(f"    build/release/dabyl verify --node {here}/knb {here}/knb/inbox/*.json")
    say(
        f"    build/release/dabyl verify --journal {here}/hub/journal --vkey {here}/hub/vkey --ca {here}/ca/ca.pem"
    )
    say("\n  The same night in a browser, until Ctrl-C:\n")
    say("    make console")
    for problem in problems:
        say(f"\nPROBLEM: {problem}")


def night(story):
    step("A certification authority, a hub and eight nodes on 127.0.0.1.")
    story.world.build()
    story.world.start()
    for name, (_, _, words) in CAST.items():
        detail(f"{name:<12} {words}")
    for part in (ordinary, subscribed, grave, everybody, forgery, killed, back, crisis.act):
        part(story)


def main():
    folder = os.path.abspath(sys.argv[1])
    world = begin(folder)
    story = Story(world)
    try:
        night(story)
        receipts = verify(story)
    finally:
        world.stop()
    conclude(story, receipts, folder)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
