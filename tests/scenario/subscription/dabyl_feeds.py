#!tests/run
"""Goal: with the tools alone a node sees what it may subscribe to, reads a feed with a place of its own, checks it and ends it."""

import json
import os

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "authority")) as world:
    world.start("authority")
    world.raw("isoc-energy", "nccis")
    sender, desk = world.raws["isoc-energy"], world.node("authority")
    desk.connected()

    def dabyl(*words):
        return world.run("--node", desk.folder, *words, code=None)

    def publish(level, **more):
        message = client.notice("isoc-energy", level, marking="TLP:GREEN", **more)
        sender.tell(message)
        return message

    code, text = dabyl("feeds")
    tap.ok(code == 0 and "incident.notice" in text and "feed.notices" in text and "security.alert" not in text, "what is offered", text)
    path = world.path("subscription.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({
            "kind": "subscription", "marking": "TLP:GREEN", "summary": {"en": "Grave ones."},
            "body": {"name": "grave", "kinds": ["incident.notice"], "level": 3},
        }, file)
    code, text = dabyl("send", path)
    tap.ok(code == 0, "it subscribes", text)
    desk.has_received(1)

    grave = publish(4)
    publish(2)
    second = publish(5)
    desk.has_received(3)
    code, text = dabyl("--json", "follow", "--feed", "grave", "--count", "2", "--timeout", "60")
    tap.equal([json.loads(line)["message"]["id"] for line in text.splitlines()], [grave["id"], second["id"]], "it follows its feed, from the first message of it")
    third = publish(3)
    code, text = dabyl("--json", "follow", "--feed", "grave", "--count", "1", "--timeout", "60")
    tap.equal([json.loads(line)["message"]["id"] for line in text.splitlines()], [third["id"]], "and goes on at a place of its own")
    code, text = dabyl("follow", "--after", "0", "--kind", "incident.notice", "--level", "4", "--sector", "power-supply", "--from", "isoc-energy", "--count", "2", "--timeout", "60")
    tap.ok(code == 0 and "LEVEL 4" in text and "LEVEL 5" in text and "subscription" not in text, "what one follows can be chosen without a feed, too", text)
    code, text = dabyl("follow", "--after", "0", "--sector", "banking", "--count", "1", "--timeout", "1")
    tap.ok(code == 3, "nothing is of another sector", text)
    code, text = dabyl("inbox", "--feed", "grave")
    tap.ok(code == 0 and text.count("incident.notice  from") == 3 and "subscription" not in text, "the inbox shows it", text)

    code, text = dabyl("feeds")
    tap.ok("grave" in text and "level: 3" in text, "what is taken", text)
    code, text = dabyl("feeds", "check", "grave")
    tap.ok(code == 0 and "3 messages" in text, "it is whole", text)
    code, text = dabyl("feeds", "check", "other")
    tap.ok(code == 1 and "'other'" in text, "one that there is not", text)

    # what a hub that left something out would have brought about
    name = desk.names("inbox", ".why")[2]
    why = desk.path("inbox", name)
    with open(why, encoding="utf-8") as file:
        lines = file.read()
    with open(why, "w", encoding="utf-8") as file:
        file.write(lines.split("\n")[0] + "\n")
    code, text = dabyl("feeds", "check", "grave")
    tap.ok(code == 1 and "left out" in text, "a message that the feed chooses and is not counted", text)
    os.rename(why, why + ".away")
    os.rename(why[:-4] + ".json", why[:-4] + ".away")
    code, text = dabyl("feeds", "check", "grave")
    tap.ok(code == 1 and "is missing" in text, "a gap", text)
    os.rename(why + ".away", why)
    os.rename(why[:-4] + ".away", why[:-4] + ".json")
    with open(why, "w", encoding="utf-8") as file:
        file.write(lines)

    code, text = dabyl("send", "subscription", "--name", "past", "--kinds", "incident.notice", "--backfill", "--summary-en", "All.")
    tap.ok(code == 0, "it subscribes to more, and to what stands already", text)
    desk.has_received(5)
    code, text = dabyl("inbox", "--carried", "5")
    tap.ok(code == 0 and text.count("incident.notice  from") == 1 and "level 2" in text, "what it lacked comes along", text)
    code, text = dabyl("feeds", "check", "past")
    tap.ok(code == 0 and "0 messages" in text, "and is not counted", text)
    code, text = dabyl("feeds", "end", "past")
    tap.ok(code == 0, "it ends that", text)

    code, text = dabyl("feeds", "end", "grave")
    tap.ok(code == 0, "it ends the feed", text)
    publish(5)
    code, text = dabyl("feeds")
    tap.ok("grave" not in text, "and has it no more", text)
    tap.equal(len(desk.names("inbox", ".json")), 5, "nothing of it comes any more")
