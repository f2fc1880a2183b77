#!tests/run
"""Goal: what was corrected or withdrawn is shown as such everywhere, and what does it never as a
new alarm."""

import json
import random
import re
import sys

import client
import tap
from processes import until
from world import World

RANDOM = random.Random(11)
MESSAGES = 40


def named(message):
    return {"author": message["from"], "id": message["id"]}


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start("nccis", "knb")
    world.raw("isoc-energy")
    centre, desk, agency = world.raws["isoc-energy"], world.node("nccis"), world.node("knb")

    # Chains of any shape: new notices, corrections of what stands, withdrawals of it.
    sent, ends = [], {}  # ends: id -> (message that ends its chain, whether that withdraws)
    standing = []
    while len(sent) < MESSAGES:
        what = RANDOM.choice(("new", "correct", "withdraw")) if standing else "new"
        if what == "new":
            message, chain = client.notice("isoc-energy", RANDOM.randrange(5)), []
        else:
            chain = standing.pop(RANDOM.randrange(len(standing)))
            field = {"correct": "supersedes", "withdraw": "cancels"}[what]
            message = client.notice("isoc-energy", RANDOM.randrange(5), **{field: named(chain[-1])})
        (answer,) = centre.tell(message)
        if not isinstance(answer, client.Receipt):
            tap.ok(False, f"{what} is accepted", answer)
            break
        sent.append(message)
        chain.append(message)
        for earlier in chain[:-1]:
            ends[earlier["id"]] = (message, what == "withdraw")
        if what != "withdraw":
            standing.append(chain)
    until(lambda: all(any(m["id"] in n for n in desk.names("inbox", ".json")) for m in sent), "all are delivered")

    def dabyl(node, *words, code=0):
        return world.run("--node", node.folder, *words, code=code)

    def shown(node, *words):
        return [json.loads(line) for line in dabyl(node, "--json", *words).splitlines()]

    number = {m["message"]["id"]: m["number"] for m in shown(desk, "inbox", "--last", "0")}

    def check_json(listed, name):
        wrong = []
        for one in listed:
            message = one["message"]
            if message["kind"] != "incident.notice":
                continue
            end, withdrawn = ends.get(message["id"], (None, False))
            by = end and {**named(end), "number": number[end["id"]]}
            wanted = {
                "cancels": message.get("cancels"),
                "supersedes": message.get("supersedes"),
                "cancelled_by": by if withdrawn else None,
                "superseded_by": None if withdrawn else by,
            }
            got = {field: one.get(field) for field in wanted}
            if got != wanted:
                wrong.append((one["number"], got, wanted))
        tap.ok(not wrong, name, wrong[:2])

    def check_words(text, name, words):
        wrong = []
        for message in sent:
            (line,) = [x for x in text.splitlines() if re.match(rf"#{number[message['id']]}  ", x)]
            end, withdrawn = ends.get(message["id"], (None, False))
            wanted = []
            if end:
                wanted.append(f"{words['withdrawn' if withdrawn else 'corrected']} #{number[end['id']]}  ")
            for field, word in (("cancels", "withdraws"), ("supersedes", "corrects")):
                if field in message:
                    wanted.append(f"{words[word]} #{number[message[field]['id']]}  ")
            said = [w for name, w in words.items() if name != "level" and w in line]
            alarms = not end and "cancels" not in message and message["body"]["level"] >= 3
            if not all(w in line for w in wanted) or len(said) != len(wanted):
                wrong.append((line, wanted))
            if (words["level"] in line) != alarms:
                wrong.append((line, "alarms", alarms))
        tap.ok(not wrong, name, wrong[:2])

    words = {
        "en": {
            "withdrawn": "WITHDRAWN, see",
            "corrected": "CORRECTED, see",
            "withdraws": "WITHDRAWS",
            "corrects": "CORRECTS",
            "level": "LEVEL",
        },
        "ru": {
            "withdrawn": "ОТОЗВАНО, см.",
            "corrected": "ИСПРАВЛЕНО, см.",
            "withdraws": "ОТЗЫВАЕТ",
            "corrects": "ИСПРАВЛЯЕТ",
            "level": "УРОВЕНЬ",
        },
        "kk": {
            "withdrawn": "ҚАЙТАРЫП АЛЫНДЫ, қараңыз",
            "corrected": "ТҮЗЕТІЛДІ, қараңыз",
            "withdraws": "ҚАЙТАРЫП АЛАДЫ",
            "corrects": "ТҮЗЕТЕДІ",
            "level": "ДЕҢГЕЙ",
        },
    }
    count = str(len(number))
    check_json(shown(desk, "inbox", "--last", "0"), "the list says what became of each")
    check_json(shown(desk, "follow", "--after", "0", "--count", count), "so does follow")
    for lang in ("en", "ru", "kk"):
        listed = dabyl(desk, "--lang", lang, "inbox", "--last", "0")
        followed = dabyl(desk, "--lang", lang, "follow", "--after", "0", "--count", count)
        check_words(listed, f"in words, {lang}", words[lang])
        check_words(followed, f"followed, {lang}", words[lang])
    check_json([one for m in sent[:12] for one in shown(desk, "inbox", "show", m["id"])], "each by itself")
    desk.stop()
    desk.start().connected()
    check_json(shown(desk, "inbox", "--last", "0"), "after a restart too")

    # One that matters, from its first moment to its end, as those see it who are alerted.
    notice = client.notice("isoc-energy", 4)
    centre.tell(notice)
    agency.has_received(1)

    def alert_of():
        alerts = shown(agency, "inbox", "--last", "0", "--kind", "security.alert")
        return [m for m in alerts if m["message"]["body"]["cause"]["id"] == notice["id"]]

    (alert,) = until(alert_of, "the agency is alerted")
    tap.ok("cancelled_by" not in alert, "an alert stands", alert)
    back = client.notice("isoc-energy", 4, cancels=named(notice))
    centre.tell(back)
    until(lambda: any(m["message"]["id"] == back["id"] for m in shown(agency, "inbox")), "and is taken back")
    (alert,) = alert_of()
    tap.equal(alert.get("cancelled_by", {}).get("id"), back["id"], "the alert is marked with its cause")
    text = dabyl(agency, "inbox", "show", str(alert["number"]))
    tap.has(text, "WITHDRAWN, see #", "where it is shown whole")
    code, text = world.run("--node", agency.folder, "ack", str(alert["number"]), "read", code=None)
    tap.ok(code == 0 and "WITHDRAWN, see #" in text, "who answers it is told", text)

    # The hub's own account.
    text = dabyl(desk, "incident", notice["id"])
    tap.ok("WITHDRAWN, see" in text and "WITHDRAWS " + notice["id"] in text, "an incident's account marks both", text)
    (answer,) = shown(desk, "incident", notice["id"])
    (first,) = [m for m in answer["messages"] if m["id"] == notice["id"]]
    tap.equal(first.get("cancelled_by", {}).get("id"), back["id"], "for programs too")
    text = dabyl(desk, "--lang", "ru", "incident", notice["id"])
    tap.ok("ОТОЗВАНО, см." in text and "ОТЗЫВАЕТ" in text, "in Russian", text)

sys.exit(tap.finish())
