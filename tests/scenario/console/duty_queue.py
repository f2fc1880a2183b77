#!tests/run
"""Goal: the queue shows what is owed by the time left, alarms until somebody looks, and goes on when the hub is away."""

import client
import tap
from console import Console
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    centre, agency = world.node("isoc-energy"), world.node("knb")
    console = Console(world, agency).start()
    first, second = console.browser("aigul"), console.browser("daniyar")
    tap.equal(first.get("/api/queue").json["groups"], [], "nothing is owed at first")

    evil = "Сбой \u202eгнесерк\u202c <script>alert(1)</script>"
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, summary={"en": evil})
    centre.drop(notice)
    (alert,) = agency.has_received(1)
    about = {"author": "isoc-energy", "id": notice["id"]}

    def queue(browser=first):
        return browser.get("/api/queue").json

    def groups(browser=first):
        return queue(browser)["groups"]

    until(groups, "the duty to answer the alert")
    (group,) = groups()
    tap.equal(group["incident"], about, "it belongs to the incident")
    (duty,) = group["duties"]
    tap.equal(
        (duty["duty"], duty["mine"], duty["met_by"]),
        ("alert.acknowledged", True, "acknowledgement"),
        "the hub's duty is shown",
    )
    tap.ok(0 < duty["left_ms"] <= 15 * 60 * 1000, "with the time that is left", duty)
    tap.equal(duty["about"], {"author": "hub", "id": alert["id"]}, "about the alert")
    tap.equal(duty["message"]["number"], 1, "of which there is the row")
    tap.equal(duty["message"]["level"], 4, "with its level")
    tap.equal(group["level"], 4, "which is the group's")

    alarms = queue()["alarms"]
    tap.equal([row["number"] for row in alarms], [1], "it is an alarm")
    texts = {"kk": None, "ru": None, "en": None, **alert["summary"]}
    tap.equal(alarms[0]["summary"], texts, "texts go on exactly")

    # seen: by one, at every console, and it says until when
    tap.equal(first.ask("POST", "/api/seen", {"number": 7}).status, 404, "what is not there cannot be seen")
    for bad in ({}, {"id": "../../etc/passwd"}, {"number": "x"}, {"author": "..", "id": alert["id"] + "x"}):
        tap.equal(first.ask("POST", "/api/seen", bad).status, 404, f"nor what is no name: {bad}")
    answer = first.ask("POST", "/api/seen", {"number": 1})
    tap.equal((answer.status, answer.json["officer"]), (200, "aigul"), "one has seen it")
    for browser in (first, second):
        (duty,) = groups(browser)[0]["duties"]
        tap.equal(duty["seen"], answer.json, "every console shows that")
        tap.equal(queue(browser)["alarms"][0]["seen"], answer.json, "and of the alarm as well")
    with open(agency.path("state", "seen", f"hub.{alert['id']}"), "w", encoding="utf-8") as file:
        file.write("aigul 2026-01-01T00:00:00.000Z 2026-01-01T00:15:00.000Z\n")
    until(lambda: groups()[0]["duties"][0]["seen"] is None, "when its time is over, it comes back by itself")

    # the hub goes: what it said runs on
    left = groups()[0]["duties"][0]["left_ms"]
    world.hub.stop()
    until(lambda: queue()["stale_since"], "the queue says that it is not of now")
    stale = queue()
    tap.equal([d["duty"] for d in stale["groups"][0]["duties"]], ["alert.acknowledged"], "what was known stays")
    until(lambda: queue()["groups"][0]["duties"][0]["left_ms"] < left, "its time goes on running out")

    # a console that begins without hub and daemon knows what the node noted
    until(lambda: agency.names("state/waiting", ""), "the node has noted it")
    agency.stop()
    console.process.stop()
    console.start()
    alone = console.browser("aigul")
    (group,) = until(lambda: groups(alone), "the node's own list")
    (duty,) = group["duties"]
    tap.equal(
        (duty["met_by"], duty["about"]["id"], duty["mine"]),
        ("acknowledgement", alert["id"], True),
        "which says what is owed about which message",
    )
    tap.equal(duty["message"]["number"], 1, "and the row is here all the same")
    tap.ok(queue(alone)["stale_since"], "it says that nobody answers")

    # opened: that is enough where no answer is owed, and not where one is
    tap.equal(alone.ask("POST", "/api/messages/1/opened").status, 200, "one opens it")
    tap.equal([row["number"] for row in queue(alone)["alarms"]], [1], "it is still to be answered, and alarms")
    watcher = Console(world, world.node("nccis")).start().browser("gulnara")
    looked = queue(watcher)["alarms"]
    tap.ok(looked, "who owes nothing has it as an alarm as well", looked)
    for row in looked:
        watcher.ask("POST", f"/api/messages/{row['number']}/opened")
    tap.equal(queue(watcher)["alarms"], [], "until somebody there has opened it")
    world.hub.start()
    agency.start().connected()
    until(lambda: queue(alone)["stale_since"] is None, "the hub is there again")
    world.run("--node", agency.folder, "ack", "1", "accepted")
    until(lambda: not groups(alone) and not queue(alone)["alarms"], "what was answered is gone")
    tap.ok(True, "what was answered is gone, and alarms no more")
