#!tests/run
"""Goal: every role writes its part without JSON: what it may send, what to fill in, who would receive it, and then it goes."""

import json
import os
import sys

import tap
from processes import until
from terminal import Terminal
from world import World

SHOW = bool(os.environ.get("SHOW"))  # also print what a person sees

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb", "mfa")) as world:
    world.start()
    centre, owner, nccis = (world.node(n) for n in ("isoc-energy", "owner-grid", "nccis"))

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

    def last_sent(node):
        with open(node.path("sent", max(node.sent()) + ".json"), encoding="utf-8") as file:
            return json.load(file)

    # what there is to send, and what to fill in
    code, text = dabyl(centre, "send", "--new", "list", lang="ru")
    line = next(line for line in text.splitlines() if line.startswith("incident.notice "))
    tap.ok("уведомление об инциденте" in line and "488:8.3" in line, "kinds have a title and their paragraphs", text)
    tap.ok("advisory" not in text and "security.alert" not in text, "and others' kinds are not listed", text)
    listed = [json.loads(line) for line in dabyl(centre, "--json", "send", "--new", "list")[1].splitlines()]
    tap.ok({"kind", "title", "cites"} <= set(listed[0]), "for programs, too", listed)
    code, text = dabyl(centre, "send", "incident.notice", "--help", lang="kk")
    tap.ok(code == 0 and "--level N" in text and "критикалық деңгей" in text, "each field is explained in the language chosen", text)
    code, text = dabyl(centre, "send", "--new", "incident.notice", lang="ru")
    document = json.loads(text)
    tap.ok("уровень критичности" in document["body"]["level"], "in the document to fill in, too", text)
    code, text = dabyl(centre, "send", "--new", "no.such.kind")
    tap.ok(code == 2 and "incident.notice" in text, "an unknown kind is told which there are", text)

    # by options alone, where nobody can be asked
    wanted = ("--determination", "2", "--sector", "banking", "--summary-ru", "Остановлены переводы.")
    code, text = dabyl(centre, "send", "incident.notice", *wanted)
    tap.ok(code == 2 and "--level N" in text and "--sector" not in text, "what is missing is named with its words", text)
    code, text = dabyl(
        centre, "send", "incident.notice", "--level", "4", *wanted, "--object", "obj-grid-1", "--cross-border",
        "--detected-at", "now", "--measures", "one", "--measures=two", "--indicators-type", "ipv4-addr",
        "--indicators-value", "192.0.2.1", "--indicators-type", "url", "--indicators-value", "https://example.net/",
        "--indicators-1-note", "seen twice",
    )  # fmt: skip
    tap.ok(code == 0 and text.startswith("SENT"), "a notice is written and sent without JSON", text)
    body = last_sent(centre)["body"]
    tap.equal(
        (body["level"], body["determination"], body["cross_border"], body["measures"], [i["value"] for i in body["indicators"]], body["indicators"][0].get("note")),
        (4, "confirmed", True, ["one", "two"], ["192.0.2.1", "https://example.net/"], "seen twice"),
        "numbers, words, lists and lists of things are what was meant",
    )  # fmt: skip
    before = len(centre.sent())
    for words, complaint in (
        (("--level", "9"), "9 is not from 0 to 5"),
        (("--level", "high"), "a whole number"),
        (("--level", "4", "--level", "3"), "--level is given twice"),
        (("--levle", "4"), "no field 'levle'"),
        (("--cross-border", "perhaps"), "yes or no"),
        (("--detected-at", "yesterday"), "no moment"),
        (("--detected-at", "2026-11-22T10:00:00"), "no moment"),  # whose?
        (("--sector", "weather"), "cannot stand here"),
        (("--re", "77"), "no message 77"),
        (("--measures-3", "three"), "no item"),
        (("--nonce", "0" * 32), "no field 'nonce'"),
        (("--level",), "needs something behind it"),
    ):
        code, text = dabyl(centre, "send", "incident.notice", *words)
        tap.ok(code == 2 and complaint in text, f"{' '.join(words)} is not taken: {complaint}", text)
    code, text = dabyl(centre, "send", "advisory", "--yes")
    tap.ok(code == 2 and "the role isoc does not send advisory" in text, "nor is another role's kind", text)
    code, text = dabyl(centre, "send", "no.such.kind")
    tap.ok(code == 2 and "neither a file here nor a kind" in text, "nor a word that is neither file nor kind", text)
    code, text = dabyl(centre, "send", "notice.json", "--level", "3")
    tap.equal((code, len(centre.sent())), (2, before), "and nothing of all that was sent")
    code, text = dabyl(centre, "send", "incident.notice", "--level", "2", *wanted, "--print")
    tap.ok(code == 0 and json.loads(text)["body"]["level"] == 2, "--print only prints it", text)

    # asked on a terminal, in Russian: what is needed, what rules look at, one more field, then a yes
    at = person(centre, "send", "incident.notice", lang="ru")
    at.answer("level: ", "9").answer("level: ", "3")
    at.answer("determination: ", "2").answer("sector: ", "power-supply").answer("object: ", "obj-grid-1")
    at.answer("cross-border: ", "нет").answer("summary-ru: ", "")
    at.answer("summary-ru: ", "Отказ автоматики подстанции.")
    at.answer("?", "started-at").answer("started-at: ", "-30 min").answer("?", "?").until("category")
    at.answer("?", "weather").answer("?", "")
    at.until("owner-grid").answer("488:14", "да")
    text = end(at)
    tap.ok(at.code == 0 and "security.alert" in text, "a person is asked, shown who would receive it, and says yes", text)
    sent = last_sent(centre)["body"]
    tap.equal((sent["object"], sent["cross_border"], "started_at" in sent), ("obj-grid-1", False, True), "it went as it was typed")

    # an answer: the number of what it answers is enough, and a rule knows that one must be named
    code, text = dabyl(
        nccis, "send", "response.task", "--to", "owner-grid", "--tasks", "Cut the line.", "--due", "+2 h",
        "--summary-en", "Cut the line.",
    )  # fmt: skip
    tap.ok(code == 0, "a task is given", text)
    task = last_sent(nccis)
    until(lambda: any(m["id"] == task["id"] for m in owner.inbox()), "the owner has the task")
    number = next(i + 1 for i, m in enumerate(owner.inbox()) if m["id"] == task["id"])
    code, text = dabyl(owner, "send", "response.report", "--state", "done", "--summary-kk", "Желі ажыратылды.", lang="kk")
    tap.ok(code == 2 and "--re" in text, "a report that names no task is not sent", text)
    at = person(owner, "send", "response.report", "--state", "done", lang="kk")
    at.answer("re: ", str(number)).answer("description: ", "Ажыратылды.").answer("summary-kk: ", "Желі ажыратылды.").answer("?", "").answer("task.report", "иә")
    text = end(at)
    report = last_sent(owner)
    tap.ok(at.code == 0 and report["re"] == {"author": "nccis", "id": task["id"]}, "its number in the inbox is enough", text)
    tap.equal(report["marking"], task["marking"], "and it is marked as the task is")

    # what a rule wants to be the same in both is taken from what is answered
    code, text = dabyl(
        nccis, "send", "crossborder.measure", "--incident", "1", "--treaty-title", "Treaty", "--treaty-ratified-by", "Law 1", "--measures", "Ask.",
        "--countries", "KG", "--description", "Ask them.", "--summary-en", "A measure.",
    )  # fmt: skip
    tap.ok(code == 0, "a measure is proposed", text)
    measure, liaison = last_sent(nccis), world.node("mfa")
    until(lambda: any(m["id"] == measure["id"] for m in liaison.inbox()), "the liaison has the measure")
    code, text = dabyl(liaison, "send", "crossborder.position", "--re", measure["id"], "--position", "agreed", "--conditions", "By note.", "--summary-en", "Agreed.")
    tap.ok(code == 0, "the liaison agrees, on a condition", text)
    position = last_sent(liaison)
    until(lambda: any(m["id"] == position["id"] for m in nccis.inbox()), "NCCIS has the position")
    code, text = dabyl(nccis, "send", "crossborder.release", "--re", measure["id"], "--to", "isoc-energy", "--summary-en", "Go.")
    tap.ok(code == 0, "NCCIS releases it by its number alone", text)
    release = last_sent(nccis)["body"]
    tap.equal((release["treaty"], release["measures"], release["conditions"]), (measure["body"]["treaty"], ["Ask."], ["By note."]), "word for word")

    # a no, and a terminal that ends: nothing goes, and what was typed is kept
    for how, last in (("a no", "no"), ("the end of the terminal", b"\x04")):
        before = len(centre.sent())
        at = person(centre, "send", "threat.report", "--summary-en", "Scans.")
        at.answer("description: ", "Scans of port 502.").answer("?", "").answer("would be told", last)
        text = end(at)
        tap.ok(at.code == 1 and "Nothing was sent" in text, f"{how}: nothing is sent", text)
        with open(centre.path("state", "draft-threat.report.json"), encoding="utf-8") as file:
            tap.equal(json.load(file)["body"]["description"], "Scans of port 502.", "what was written is kept")
        tap.equal(len(centre.sent()), before, "nothing went")

    # a file beside it is named by itself
    plan = world.path("plan.txt")
    with open(plan, "w", encoding="utf-8") as file:
        file.write("Keep calm.")
    words = ("--covers", "8.1", "--approved-on", "2026-11-20", "--approved-by", "The board", "--summary-en", "Response plan.", "--attach", plan)
    code, text = dabyl(owner, "send", "plan.submission", *words, "--print")
    tap.ok(code == 2 and "--file-name" in text, "printing hands no file in, and says what it would fill in", text)
    code, text = dabyl(owner, "send", "plan.submission", *words)
    tap.ok(code == 0 and last_sent(owner)["body"]["file"]["name"] == "plan.txt", "a file is named by --attach", text)

    # the hub away: by the law as it was known, and it goes later
    world.hub.kill()
    code, text = dabyl(centre, "send", "--new", "list")
    tap.ok(code == 0 and "as the node knew it last" in text and "incident.notice" in text, "without a hub the law is the one that was known", text)
    at = person(centre, "send", "threat.report", "--summary-en", "Scans.", "--no-wait")
    at.answer("description: ", "Scans of port 102.").answer("?", "").answer("cannot be asked now", "yes")
    text = end(at)
    tap.ok(at.code == 0 and "WAITING" in text, "what is written waits in the node", text)
    world.hub.start()
    until(lambda: "Scans of port 102." in str(last_sent(centre)), "it goes when the hub is there")
    tap.ok(True, "it goes when the hub is there")
    world.hub.kill()
    centre.kill()
    os.unlink(centre.path("state", "law.json"))
    code, text = dabyl(centre, "send", "--new", "list")
    tap.ok(code == 0 and "as it was shipped" in text, "a node that never had a hub takes the law that was shipped", text)
    world.hub.start()
    centre.start()
sys.exit(tap.finish())
