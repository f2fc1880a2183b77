#!tests/run
"""Goal: a person sees what his node sent and what became of it, says it better, and takes it back, by commands that one would guess."""

import errno
import json
import os
import sys

import client
import order
import tap
from processes import until
from terminal import Terminal
from world import World

SHOW = bool(os.environ.get("SHOW"))  # also print what a person sees

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    centre, nccis, owner = (world.node(n) for n in ("isoc-energy", "nccis", "owner-grid"))

    def dabyl(node, *words, lang="en"):
        code, text = world.run("--node", node.folder, *words, code=None, env={"DABYL_LANG": lang})
        if SHOW:
            tap.note(f"$ dabyl {' '.join(words)}  [{lang}] -> {code}\n{text}")
        return code, text

    def person(node, *words, lang="en"):
        return Terminal(world.program("dabyl"), "--node", node.folder, *words, lang=lang)

    def end(terminal):
        text = terminal.end()
        if SHOW:
            tap.note(text)
        return text

    def listed(node, *words):
        code, text = dabyl(node, "--json", "sent", *words)
        return [json.loads(line) for line in text.splitlines()] if code == 0 else text

    def sent(node, *words):
        """Send a message; its id."""
        code, text = dabyl(node, "--json", "send", *words, "--yes")
        if code != 0:
            raise RuntimeError(text)
        return json.loads(text)["id"]

    def number_of(node, name):
        until(lambda: any(m["id"] == name for m in node.inbox()), f"{name} is delivered")
        return next(i + 1 for i, m in enumerate(node.inbox()) if m["id"] == name)

    def notice(level, text):
        return sent(centre, "incident.notice", "--level", level, "--determination", "confirmed", "--sector", "banking", "--object", "obj-grid-1", "--summary-en", text, "--summary-ru", f"{text}, по-русски")

    # what was sent, who was told, who answered
    tap.equal(dabyl(centre, "sent"), (0, "nothing\n"), "nothing was sent yet")
    first = notice("2", "Transfers stopped")
    second = notice("4", "Substation stopped")
    dabyl(nccis, "ack", str(number_of(nccis, second)), "accepted", "--yes")
    until(lambda: any(m["kind"] == "acknowledgement" for m in centre.inbox()), "the answer is there")
    code, text = dabyl(centre, "sent")
    tap.ok(code == 0 and text.index(first) < text.index(second), "sent: the newest stands last", text)
    tap.ok("told: nccis, owner-grid" in text and "LEVEL 4" in text and "position" in text, "who was told, the level, the receipt", text)
    tap.ok("#1  nccis: Accepted" in text, "and who answered what", text)
    one, other = listed(centre)
    tap.equal((one["state"], [r["from"] for r in other["replies"]], one["replies"]), ("sent", ["nccis"], []), "for programs, too")
    code, text = dabyl(centre, "sent", lang="ru")
    tap.ok("ОТПРАВЛЕНО" in text and "по-русски" in text and "Принято" in text, "in the language spoken", text)
    for words, names in (
        (("--level", "3"), [second]), (("--kind", "incident.update"), []), (("--text", "transf"), [first]), (("--object", "obj-grid-1"), [first, second]),
        (("--since", "an hour ago"), [first, second]), (("--until", "an hour ago"), []), (("--last", "1"), [second]), (("--sector", "energy"), []),
        (("--since", "час назад", "--level", "1", "--text", "Substation"), [second]),
    ):  # fmt: skip
        tap.equal([m["message"]["id"] for m in listed(centre, *words)], names, f"sent {' '.join(words)}")
    code, text = dabyl(centre, "sent", "show", second[-6:])
    tap.ok(code == 0 and "nccis: Accepted" in text and "488:" in text and second in text, "sent show, by the end of its id", text)
    code, text = dabyl(centre, "sent", "show", client.uuid7())
    tap.ok(code == 1 and "this node sends no message" in text, "what it never sent is not there", text)

    # what was refused, and what waits
    code, text = dabyl(centre, "send", "incident.update", "--incident", f"isoc-energy/{client.uuid7()}", "--summary-en", "Of nothing", "--yes", "--object", "obj-grid-1")
    refused = min(centre.refused()).split(".")[0]
    code, text = dabyl(centre, "sent", "--last", "1")
    tap.ok("REFUSED" in text and "reference.unknown" in text and "Of nothing" in text, "what was refused is listed, with the reason", text)
    world.hub.kill()
    dabyl(centre, "send", "threat.report", "--description", "Scans.", "--summary-en", "Waits for the hub", "--no-wait", "--yes")
    until(lambda: listed(centre, "--last", "1")[0]["state"] == "sealed", "the node has sealed it")
    code, text = dabyl(centre, "sent", "--last", "1")
    tap.ok("WAITING" in text and "no answer from the hub" in text, "what waits for the hub is listed", text)
    centre.stop()
    dabyl(centre, "send", "threat.report", "--description", "Scans.", "--summary-en", "Waits in the outbox", "--no-wait", "--yes")
    tap.equal([m["state"] for m in listed(centre, "--last", "3")], ["refused", "sealed", "waiting"], "and what waits in the outbox")
    world.hub.start()
    centre.start().connected()
    until(lambda: [m["state"] for m in listed(centre, "--last", "3")] == ["refused", "sent", "sent"], "they go when the hub is there")

    # said better: by options, then on a terminal, in Russian
    code, text = dabyl(centre, "correct", first[-8:], "--yes")
    tap.ok(code == 2 and "nothing of the message is changed" in text, "a correction that corrects nothing is not sent", text)
    code, text = dabyl(centre, "correct", first, "--levle", "3", "--yes")
    tap.ok(code == 2 and "no field 'levle'" in text, "nor one of a field that is none", text)
    code, text = dabyl(centre, "correct", first, "--level", "3", "--print")
    drawn = json.loads(text)
    tap.equal((drawn["supersedes"]["id"], drawn["body"]["level"], drawn["body"]["sector"], "id" in drawn), (first, 3, "banking", False), "--print shows all that it would say")
    code, text = dabyl(centre, "correct", first[-8:], "--level", "3", "--yes")
    tap.ok(code == 0 and "nccis" in text and "owner-grid" in text, "one field is said better, and all who had it are told", text)
    better = listed(centre, "--last", "1")[0]["message"]
    tap.equal((better["supersedes"]["id"], better["body"]["level"], better["summary"]["en"]), (first, 3, "Transfers stopped"), "the rest stands")
    code, text = dabyl(centre, "correct", first, "--level", "1", "--yes")
    tap.ok(code == 1 and better["id"] in text and "corrected already" in text, "what was corrected names what stands now", text)
    code, text = dabyl(centre, "sent", "--until", "now")
    tap.ok(f"CORRECTED, see {better['id']}" in text, "and sent says so", text)
    at = person(centre, "correct", better["id"], lang="ru")
    at.until("summary-en").answer("?", "level").answer("level: ", "4").answer("?", "")
    at.until("owner-grid").answer("Отправить", "да")
    text = end(at)
    best = listed(centre, "--last", "1")[0]["message"]
    tap.equal((at.code, best.get("supersedes", {}).get("id"), best["body"]["level"]), (0, better["id"], 4), "on a terminal it asks what to change, and shows who would be told")
    at = person(centre, "correct", best["id"])
    at.answer("What is to be changed?", "")
    text = end(at)
    tap.ok(at.code == 1 and "Nothing was changed" in text, "nothing changed there: nothing is sent", text)
    at = person(centre, "correct", best["id"], "--level", "0")
    at.answer("Send it?", b"\x03")
    text = end(at)
    tap.ok(at.code == 1 and "Nothing was sent" in text and "What was written is in" in text, "Ctrl-C in the question: nothing is sent, and nothing lost", text)
    tap.equal(listed(centre, "--last", "1")[0]["message"]["id"], best["id"], "nothing went")
    with open(world.path("orders"), "w", encoding="ascii") as file:
        file.writelines(f"{call} {errno.ENOSPC} state/\n" for call in ("open", "write", "rename"))
    full = {**order.preload(shim="fail"), "FAIL_ORDERS": world.path("orders")}
    os.environ.update(full)
    at = person(centre, "correct", best["id"], "--level", "0")
    for name in full:
        del os.environ[name]
    at.answer("Send it?", "no")
    text = end(at)
    tap.ok(at.code == 1 and "could not be kept" in text and "No space left" in text, "a full disk: what could not be kept is said", text)
    code, text = dabyl(nccis, "correct", first)
    tap.ok(code == 1 and "has sent no message" in text, "another's is not there to be corrected", text)
    code, text = dabyl(centre, "correct", refused, "--level", "1", "--yes")
    tap.ok(code == 1 and "was refused" in text, "nor is what nobody has", text)

    code, text = dabyl(centre, "verify", best["id"][-6:])
    tap.ok(code == 0 and text.startswith("GOOD"), "a message is verified by a piece of its id", text)

    # taken back, with the reason
    code, text = dabyl(centre, "withdraw", best["id"], "--yes")
    tap.ok(code == 2 and "--summary" in text, "nothing is taken back without a reason", text)
    at = person(centre, "withdraw", best["id"], lang="kk")
    at.answer("summary-kk: ", "Жалған дабыл.").until("owner-grid").answer("Жіберілсін бе?", "жоқ")
    end(at)
    tap.equal(at.code, 1, "a no on the terminal, in Kazakh: nothing is sent")
    code, text = dabyl(centre, "withdraw", best["id"], "--reason", "A test of the sensors.", "--yes")
    tap.ok(code == 0 and "nccis" in text, "it is taken back", text)
    back = listed(centre, "--last", "1")[0]["message"]
    tap.equal((back["cancels"]["id"], back["summary"]), (best["id"], {"en": "A test of the sensors."}), "with the reason")
    code, text = dabyl(centre, "withdraw", best["id"], "--reason", "Again.", "--yes")
    tap.ok(code == 1 and "taken back already" in text, "once", text)
    number = number_of(owner, back["id"])
    tap.has(dabyl(owner, "inbox", "show", str(number))[1], "WITHDRAWS", "the owner sees it")
    tap.has(dabyl(centre, "reached", back["id"][-6:])[1], f"takes back {best['id']}", "reached says who has it")
    code, text = dabyl(centre, "withdrawal", back["id"])
    tap.ok(code == 2 and "it is: dabyl reached" in text and "dabyl withdraw ID" in text, "the old name says what it is called now", text)

    # answers: asked back on a terminal, a repeat too
    number = str(number_of(owner, second))
    at = person(owner, "ack", number, "принято", lang="ru")
    at.until("Substation stopped, по-русски").until("accepted").answer("да", "да")
    text = end(at)
    tap.ok(at.code == 0 and "ОТПРАВЛЕНО" in text, "an answer is shown with its message, and goes after a yes", text)
    at = person(owner, "ack", "accepted", number)
    at.until("This node has answered: accepted").until("UTC").answer("Answer again?", "no")
    text = end(at)
    tap.ok(at.code == 1 and "Nothing was sent" in text, "a repeat is asked back, in either order", text)
    at = person(owner, "ack", number, "done")
    at.until("This node has answered: accepted").answer("Answer again?", b"\x04")
    tap.equal((end(at) and at.code), 1, "so is another answer; the end of the terminal is a no")
    code, text = dabyl(owner, "ack", number, "Қабылданды", "--yes")
    tap.ok(code == 1 and "--again" in text, "a script that repeats is told", text)
    code, text = dabyl(owner, "ack", number, "орындалды", "--yes")
    tap.ok(code == 0, "and answers in any language", text)
    for word, told in (("maybe", "none of the answers"), ("acepted", "did you mean 'accepted'?")):
        code, text = dabyl(owner, "ack", number, word)
        tap.ok(code == 2 and told in text, f"{word} is refused: {told}", text)

    # an exercise
    tap.has(dabyl(owner, "join")[1], "no exercise is open", "no exercise yet")
    for name in ("north-2026", "south-2026"):
        sent(nccis, "exercise.opening", "--exercise", name, "--opens-at", "now", "--marking", "TLP:GREEN", "--summary-en", f"Exercise {name}", "--summary-ru", f"Учение {name}")
    until(lambda: sum(m["kind"] == "exercise.opening" for m in owner.inbox()) == 2, "the owner is told of both")
    code, text = dabyl(owner, "join", lang="ru")
    tap.ok(code == 0 and "north-2026" in text and "Учение south-2026" in text, "join lists those that are open", text)
    at = person(owner, "join", "north-2026")
    at.until("nccis").answer("Send it?", "yes")
    text = end(at)
    tap.ok(at.code == 0 and "SENT" in text, "and joins the one that is named", text)
    code, text = dabyl(owner, "join", "north-2026", "--yes")
    tap.ok(code == 1 and "joined 'north-2026' already" in text, "once", text)
    code, text = dabyl(owner, "join", "west", "--yes")
    tap.ok(code == 1 and "south-2026" in text, "of another name those that there are are listed", text)
    sent(nccis, "exercise.closing", "--re", "nccis/" + next(m["id"] for m in owner.inbox() if m["body"].get("exercise") == "south-2026"), "--exercise", "south-2026", "--closed-at", "now", "--summary-en", "Over.", "--marking", "TLP:GREEN")
    until(lambda: any(m["kind"] == "exercise.closing" for m in owner.inbox()), "the closing is there")
    tap.equal([json.loads(line)["exercise"] for line in dabyl(owner, "--json", "join")[1].splitlines()], ["north-2026"], "a closed one is not listed")

    # long work of a hub is told in its log: here ten seconds pass between two entries
    world.hub.stop()
    process, command = world.hub.process, world.hub.process.command
    process.command, process.env = [command[0], "--rebuild", *command[1:]], {**order.preload(shim="clock"), "CLOCK_FAST": "5000"}
    world.hub.start()
    tap.has(process.text(), "info state.reading entries=", "a hub that reads its journal says how far it is")
    world.hub.stop()
    process.command, process.env = command, None
sys.exit(tap.finish())
