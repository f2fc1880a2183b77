#!tests/run
"""Goal: messages are found at once by words in three languages and by what they are about, whatever becomes of the catalogue."""

import errno
import glob
import os
import sqlite3
import urllib.parse

import client
import order
import tap
from console import Console
from processes import until
from world import World


def words(kk, ru, en):
    return {"kk": kk, "ru": ru, "en": en}


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.start()
    centre, desk = world.node("isoc-energy"), world.node("nccis")
    console, orders = Console(world, desk), world.path("orders")
    console.process.env = dict(order.preload(shim="fail"), FAIL_ORDERS=orders)
    console.start()
    browser = console.browser("aigul")

    def ask(**query):
        return browser.get("/api/messages?" + urllib.parse.urlencode(query))

    def found(**query):
        answer = ask(**query)
        if answer.status != 200:
            return f"{answer.status} {answer.body[:200]}"
        return [row["id"] for row in answer.json["messages"]]

    empty = ask().json
    tap.equal((empty["messages"], empty["total"], empty["next"]), ([], 0, None), "there is nothing at first")

    told = [
        ("obj-grid-1", 4, words("Қосалқы станция тоқтады", "Подстанция остановлена", "Substation stopped")),
        ("obj-grid-1", 1, words("Ғимаратта үзіліс", "Перебой в здании", "Outage in a building")),
        ("obj-bank-1", 3, words("Деректер ағып кетті", "Утечка данных", "Leak of data")),
    ]
    sent = []
    for n, (thing, level, summary) in enumerate(told, 1):
        body = {"object": thing, "sector": "banking" if "bank" in thing else "power-supply"}
        notice = client.notice("isoc-energy", level, body=body, summary=summary)
        centre.drop(notice)
        centre.has_sent(n)
        sent.append(notice["id"])
    until(lambda: all(any(i in name for name in desk.names("inbox", ".json")) for i in sent), "all are delivered")
    one, two, three = sent

    def notices(**query):
        return found(kind="incident.notice", **query)

    tap.equal(notices(), [three, two, one], "the newest first, with no turn between")
    for text, wanted in (
        ("подстанция", one), ("ПОДСТАН", one), ("ҚОСАЛҚЫ станция", one), ("қосалқы", one), ("substation STOP", one),
        ("ғимаратта үзіліс", two), ("building", two), ("утечка дан", three), ("ағып", three), (two, two),
    ):  # fmt: skip
        tap.equal(notices(q=text), [wanted], f"found by {text!r}")
    for text in ("косалкы", "гимаратта", "building подстанция", "станцияx", "—!"):
        tap.equal(notices(q=text), [], f"and nothing by {text!r}")

    tap.equal(notices(object="obj-grid-1"), [two, one], "by object")
    tap.equal(notices(sector="banking"), [three], "by sector")
    tap.equal(notices(level=3), [three, one], "by level")
    tap.equal(found(**{"from": "isoc-energy"}), [three, two, one], "by author")
    tap.equal(notices(box="inbox", q="a", until="1900-01-01"), [], "before a year of long ago there is nothing")
    tap.equal(notices(since="1900-01-01T00:00:00Z"), [three, two, one], "since then there is all")
    tap.equal(notices(since="9999-12-31"), [], "and nothing after the last year")
    tap.equal(notices(box="sent"), [], "nothing of the kind was sent from here")
    tap.equal(found(box="sent", kind="incident.notice"), [], "nor")

    page, seen = ask(kind="incident.notice", limit=2).json, []
    tap.equal(([r["id"] for r in page["messages"]], page["total"]), ([three, two], 3), "a page says how many there are")
    rest = ask(kind="incident.notice", limit=2, before=page["next"]).json
    tap.equal(([r["id"] for r in rest["messages"]], rest["next"]), ([one], None), "and where the next begins")
    row = ask(q=one, kind="incident.notice").json["messages"][0]
    tap.equal(
        (row["box"], row["kind"], row["from"], row["level"], row["sector"], row["object"], row["summary"]),
        ("inbox", "incident.notice", "isoc-energy", 4, "power-supply", "obj-grid-1", told[0][2]),
        "a row is the message's",
    )

    for bad in ("level=7", "level=-1", "level=x", "level=33", "since=yesterday", "until=2026-13-01", "box=..%2Fstate",
                "before=x", "before=99999999999999999999", "since=2026-11-22T10%3A00"):  # fmt: skip
        answer = browser.get("/api/messages?" + bad)
        tap.equal((answer.status, answer.code), (400, "malformed"), f"{bad} is malformed")
    for odd in ('"', '""" OR *', "NEAR(a, b)", "text:x", "'; DROP TABLE message; --", ") (", "^", "-", "*" * 500, "\u202e"):
        answer = ask(q=odd)
        tap.equal(answer.status, 200, f"{odd[:30]!r} is a text")
    for name in ("kind", "from", "sector", "object", "feed", "exercise"):
        tap.equal(found(**{name: "' OR 1=1 --"}), [], f"{name} is compared and nothing else")

    tap.equal(found(unopened=1, kind="incident.notice"), [three, two, one], "nobody has opened any")
    browser.ask("POST", f"/api/messages/{two}/opened")
    tap.equal(found(unopened=1, kind="incident.notice"), [three, one], "now one was opened")

    # the small folders, by their files
    os.makedirs(desk.path("waiting"), exist_ok=True)
    for name in ("x.json", "x.0.1.seal", "x.by"):
        with open(desk.path("waiting", name), "w", encoding="utf-8") as file:
            file.write("{}")
    desk.drop(b"{ no document", name="bad")
    desk.has_refused(1)
    rows = {box: ask(box=box).json["messages"] for box in ("refused", "waiting")}
    tap.equal([row["file"] for row in rows["waiting"]], ["x.json"], "what waits is listed, without its seals")
    (refused,) = rows["refused"]
    tap.ok(refused["file"] == "bad.json" and refused["reason"]["code"].startswith("doc."), "what was refused, with its reason", refused)

    # what is moved out of the inbox, or back
    (name,) = (n for n in desk.names("inbox", ".json") if two in n)
    os.rename(desk.path("inbox", name), desk.path(name))
    tap.equal(notices(), [three, one], "one that was moved away is not listed")
    os.rename(desk.path(name), desk.path("inbox", name))
    until(lambda: notices() == [three, two, one], "it is again when it is back")

    # a correction
    again = client.notice("isoc-energy", 2, body={"object": "obj-bank-1", "sector": "banking"},
                          summary=words("Түзету", "Исправление", "Correction"),
                          supersedes={"author": "isoc-energy", "id": three})  # fmt: skip
    centre.drop(again)
    until(lambda: notices(q="исправление") == [again["id"]], "a correction is found as soon as it is there")
    amended = {row["id"]: row["amended"] for row in ask(kind="incident.notice").json["messages"]}
    tap.equal((amended[three] or {}).get("state"), "corrected", "what it corrects says so")

    # the disk is full: what comes then is seen all the same, and that the catalogue is behind
    with open(orders, "w", encoding="ascii") as file:
        file.write(f"write {errno.ENOSPC} index.sqlite\n")
    late = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, summary=words("Кеш", "Поздно", "Late"))
    centre.drop(late)
    until(lambda: any(late["id"] in name for name in desk.names("inbox", ".json")), "one more is delivered")
    alarms = [row["id"] for row in browser.get("/api/queue").json["alarms"]]
    tap.ok(late["id"] in alarms, "with a full disk a new alarm is seen", alarms)
    tap.equal(ask(q="поздно").json["index"]["state"], "behind", "and the list says that it may lack the newest")
    tap.equal(notices(q="подстанция"), [one], "what was known is found")
    os.remove(orders)
    until(lambda: notices(q="поздно") == [late["id"]], "when there is room again, the rest as well")
    tap.equal(ask(q="поздно").json["index"]["state"], "ready", "and nothing is behind")

    # the file is lost, or not a catalogue any more
    path = desk.path("state", "index.sqlite")

    def remove():
        for name in glob.glob(path + "*"):
            os.remove(name)

    def garbage():
        remove()
        with open(path, "wb") as file:
            file.write(os.urandom(60000))

    def empty_file():
        remove()
        open(path, "wb").close()

    def folder():
        remove()
        with open(path, "wb") as file:
            file.write(b"SQLite format 3\0" + bytes(5000))

    everything = found()
    tap.ok(len(everything) >= 4, "some are there", everything)
    for spoil in (remove, garbage, empty_file, folder):
        spoil()
        until(lambda: found() == everything and notices(q="подстанция") == [one], f"{spoil.__name__}: made anew")
    browser.get("/api/messages")
    console.process.stop()

    # none can be made: the newest are seen, and it is said what cannot be done
    remove()
    os.mkdir(desk.path("state", "index.lock.dir"))
    os.rename(desk.path("state", "index.lock"), desk.path("lock"))
    os.rename(desk.path("state", "index.lock.dir"), desk.path("state", "index.lock"))
    console.start()
    browser = console.browser("aigul")
    newest = ask(kind="incident.notice").json
    tap.equal(newest["index"]["state"], "unavailable", "without a catalogue the list says so")
    tap.equal([row["id"] for row in newest["messages"]], [i for i in everything if i in (*sent, again["id"], late["id"])], "and has what was delivered")
    answer = ask(q="подстанция")
    tap.equal((answer.status, answer.code), (503, "index.unavailable"), "words cannot be looked for")
    os.rmdir(desk.path("state", "index.lock"))
    until(lambda: found() == everything, "when one can be made, all is as before")
    console.process.stop()

    # a page is zeroed: of each the console finds it, at its start
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    size = os.path.getsize(path)
    pages = max(size // 4096, 1)
    for page in sorted({0, 1, 2, pages // 3, pages // 2, pages - 1}):
        with open(path, "r+b") as file:
            file.seek(page * 4096)
            file.write(bytes(4096))
        console.start()
        browser = console.browser("aigul")
        until(lambda: found() == everything and notices(q="подстанция") == [one], f"page {page} zeroed: all is found")
        console.process.stop()
    with open(console.process.log, encoding="utf-8") as file:
        said = [line for line in file if "index.anew" in line]
    tap.ok(len(said) >= 3, "the log says when it is made anew", said)
