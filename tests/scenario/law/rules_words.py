#!tests/run
"""Goal: those who own the rules see what they do, what new ones change, and by which an entry was accepted."""

import json
import sys

import client
import tap
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "knb"),
    law="laws that are wrong, and one that changes",
) as world:
    rules = world.hub.path("rules", "plan.rules")
    with open(rules, encoding="utf-8") as file:
        old = file.read()
    new = old.replace('id = "notice.nccis";', 'id = "notice.centre";').replace("at_least = 3", "at_least = 4")
    start = new.index('id = "notice.centre"')
    new = new[:start] + new[start:].replace('deliver = [ "role:nccis" ]', 'deliver = [ "role:nccis", "role:prosecutor" ]', 1)
    paths = {}
    for name, text in (("old", old), ("new", new), ("renamed", old.replace("notice.nccis", "notice.centre"))):
        paths[name] = world.path(name + ".rules")
        with open(paths[name], "w", encoding="utf-8") as file:
            file.write(text)

    def dabyl(*words, code=0):
        got, text = world.run("rules", *words, code=None)
        tap.equal(got, code, f"exit code {code} of rules {words[0]}")
        return text

    # before anybody seals them
    text = dabyl("check", paths["old"])
    tap.ok("no error" in text and "notice.nccis " in text and "operational defaults" in text, "rules without error", text)
    listed = [json.loads(line) for line in dabyl("check", "--json", paths["old"]).splitlines()]
    tap.ok(all(rule["effect"] for rule in listed) and any(rule["oblige"] for rule in listed) and any(rule["require"] for rule in listed), "the same for programs", listed)
    for name, wrong, said in (
        ("a field that no such message has", old.replace('"/body/level"; at_least', '"/body/levl"; at_least', 1), "names the field /body/levl, which no incident.notice has"),
        ("a kind without a schema", old.replace('on = "advisory"', 'on = "advice"'), "is about 'advice', of which there is no schema"),
        ("an unknown role", old.replace('"role:nccis"', '"role:nobody"', 1), "unknown role 'nobody'"),
    ):
        with open(world.path("wrong.rules"), "w", encoding="utf-8") as file:
            file.write(wrong)
        tap.has(dabyl("check", world.path("wrong.rules"), code=1), said, name)
        world.write_rules(wrong)
        code, text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub", code=None)
        tap.ok(code != 0 and said in text, f"{name}: the hub does not take it either", text)
    world.write_rules(old)

    # what changes for whom
    text = dabyl("diff", paths["old"], paths["new"], code=1)
    tap.has(text, "+ prosecutor will also receive incident.notice, sent by isoc, owner  (rule notice.centre, para 488:8.3, 8.5, 10)", "who is told more")
    tap.has(text, "~ of incident.notice the hub makes security.alert: now level at least 4; before level at least 3", "and when")
    tap.ok("nccis receives" not in text and "information.request" not in text, "what stays is not named", text)
    text = dabyl("diff", paths["new"], paths["old"], code=1)
    tap.has(text, "- prosecutor will no longer receive incident.notice", "and the other way round")
    text = dabyl("diff", paths["old"], paths["renamed"])
    tap.has(text, "nothing changes for anybody", "another name of a rule changes nothing")
    found = [json.loads(line) for line in dabyl("diff", "--json", paths["old"], paths["new"], code=1).splitlines()]
    tap.ok(any(c["change"] == "added" and c["receiver"] == "prosecutor" for c in found if c["what"] == "receive"), "the same for programs", found)
    text = dabyl("diff", paths["old"], world.path("none.rules"), code=2)
    tap.has(text, "none.rules", "a file that is not there is named")

    # what rests on a paragraph
    text = dabyl("cites", "14", "--rules", paths["old"])
    parts = ("para 488:14: NCCIS informs the national security agencies", "alert.agencies", "national-security, nccis, whatever its marking", "operational defaults", "acknowledgement.alert")
    tap.ok(all(part in text for part in parts), "cites 14", text)
    tap.has(dabyl("cites", "8.3", "--rules", paths["old"]), "notice.nccis, para 488:8.3, 8.5, 10", "cites 8.3")
    text = dabyl("packs", "--rules", paths["old"], "--day", "2025-09-17")
    for part in ("488  National anti-crisis plan", "No. 488 of 2018-08-09, as of 2022-10-26", "paragraphs: 1 to 23", "24 h (488:15)", "Ministry of Digital Development, Innovations"):
        tap.has(text, part, "packs")
    text = dabyl("packs", "--lang", "kk", "--rules", paths["old"], "--day", "2026-01-22")
    tap.has(text, "Жасанды интеллект және цифрлық даму министрлігі", "names in Kazakh, of the day")
    pack = json.loads(dabyl("packs", "--json", "--rules", paths["old"]))
    tap.ok(pack["instrument"] == "488" and pack["times"][1] == {"paragraph": "15", "within": "24 h"}, "packs for programs", pack)
    dabyl("packs", "--day", "yesterday", code=2)
    tap.has(dabyl("cites", "default", "--rules", paths["old"]), "acknowledgement.author, operational default", "cites default")
    tap.has(dabyl("cites", "7", "--rules", paths["old"], code=1), "no rule rests on it", "a paragraph without rules")
    tap.has(dabyl("cites", "24", code=2), "'24' is neither a paragraph of 488", "a paragraph that there is not")

    # what is done with a kind
    text = dabyl("explain", "incident.notice", "--rules", paths["old"])
    parts = ("isoc ", "nccis, sent by isoc, owner  (rule notice.nccis, para 488:8.3, 8.5, 10)", "the object's owner", "security.alert, when level at least 3  (rule notice.alert, para 488:14)", "crossborder.item, when cross_border true")
    tap.ok(all(part in text for part in parts), "explain incident.notice", text)
    tap.has(dabyl("explain", "security.alert", "--rules", paths["old"]), "the hub makes it of:\n  incident.closure", "what a derived message comes from")
    text = dabyl("explain", "incident.notify", "--rules", paths["old"], code=1)
    tap.ok("no rule lets anybody send 'incident.notify'" in text and "\n  incident.notice\n" in text, "a kind that there is not", text)

    # by which rules an entry was accepted
    world.hub.start()
    world.raw("nccis", "isoc-energy", "knb")
    sender = world.raws["isoc-energy"]
    (before,) = sender.tell(client.notice("isoc-energy", 3))
    world.write_rules(new)
    tap.has(world.reload(), "law.reload", "the hub takes the new rules")
    (after,) = sender.tell(client.notice("isoc-energy", 3))
    world.stop()
    journal = ("--journal", world.hub.path("journal"))

    was, now = str(before.position), str(after.position)
    text = dabyl("at", *journal, was)
    tap.ok("told nccis  (rule notice.nccis, para 488:8.3, 8.5, 10)" in text and "the hub made security.alert" in text and "level at least 3" in text, "an entry by the rules of then", text)
    text = dabyl("at", *journal, now)
    tap.ok("told nccis  (rule notice.centre" in text and "goes to     nccis, prosecutor" in text and "security.alert" not in text, "and by those of later", text)
    found = json.loads(dabyl("at", "--json", *journal, was))
    routes = [route for route in found["routes"] if "by" in route]
    tap.ok(routes[0]["by"]["rule"] == "notice.nccis" and found["rules"]["position"] < int(was), "the same for programs", found)
    tap.ok(dabyl("at", "--text", *journal, was) == world.packs(old) and dabyl("at", "--text", *journal, now) == world.packs(new), "the rules of then, byte for byte")
    tap.has(dabyl("at", *journal, "0", code=1), "no rules were in force yet", "before the first rules")
    tap.has(dabyl("at", *journal, "99999", code=1), "the journal ends before", "behind the end")
    dabyl("at", *journal, "-1", code=2)
    dabyl("at", "--journal", world.path("none"), "1", code=1)

sys.exit(tap.finish())
