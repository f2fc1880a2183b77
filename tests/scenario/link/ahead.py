#!tests/run
"""Goal: who comes back to a long backlog is told at once which numbers are urgent or owed, and still gets all of it in order."""

import datetime

import client
import tap
from processes import until
from route import example, reference
from world import World

LEVEL = (False, False, None)


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()
    world.raw("isoc-energy", "nccis")
    sender, centre = world.raws["isoc-energy"], world.raws["nccis"]

    def told(*messages):
        for message in messages:
            (answer,) = world.raws[message["from"]].tell(message)
            if not isinstance(answer, client.Receipt):
                tap.ok(False, f"{message['kind']} is taken", answer)

    def asks(to="owner-grid", hours=None, **more):
        body = {"questions": ["Is it running?"]}
        if hours:
            body["due"] = client.rfc3339(hours * 3600)
        return client.message("information.request", "isoc-energy", body, to=[to], **more)

    def back(stored=0, position=0):
        """The owner says hello again: its conversation, and what it is told."""
        owner = world.raws["owner-grid"] = world.node("owner-grid").client().begin(stored=stored, position=position)
        kind, body = owner.expect(client.AHEAD, client.DELIVER)
        tap.equal(kind, client.AHEAD, "it is told ahead of the first delivery")
        return owner, owner.announced(body)

    levels = [4 if n == 40 else 5 if n == 90 else 1 for n in range(120)]
    urgent = []
    for level in levels:
        notice = client.notice("isoc-energy", level, body={"object": "obj-grid-1"})
        told(notice)
        if level >= 3:
            urgent.append(notice)
    told(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, supersedes={"author": "isoc-energy", "id": urgent[0]["id"]}))
    told(client.notice("isoc-energy", 5, body={"object": "obj-grid-1"}, cancels={"author": "isoc-energy", "id": urgent[1]["id"]}))

    owed, soon, taken_back, answered = asks(), asks(hours=2), asks(), asks()
    told(owed, soon, taken_back, answered)  # 123 to 126
    told(asks(cancels={"author": "isoc-energy", "id": taken_back["id"]}))  # 127
    opening = example("exercise.opening", "nccis", body={"exercise": "autumn"})
    told(opening)  # 128, as it goes to everybody
    told(example("exercise.joining", "isoc-energy", re=reference(opening), body={"exercise": "autumn"}))

    owner, ahead = back()
    duties = {duty["message"]["id"]: duty for duty in owner.ask("duties", {"mine": True})["duties"]}
    tap.equal(set(duties), {owed["id"], soon["id"], answered["id"]}, "it may ask at once what it owes, also by what is still to come")
    due = {name: milliseconds(duties[one["id"]]["due"]) for name, one in (("owed", owed), ("soon", soon), ("answered", answered))}
    expected = {
        41: (4, *LEVEL),
        91: (5, *LEVEL),
        121: (4, *LEVEL),
        123: (0, True, False, due["owed"]),
        124: (0, True, False, due["soon"]),
        126: (0, True, False, due["answered"]),
    }
    tap.equal(ahead, expected, "which numbers, their levels and when what is owed is due: a correction too, what is withdrawn not")
    tap.ok(due["soon"] < due["owed"], "each by its own time")

    world.kill_hub()
    world.raw("isoc-energy", "nccis")
    owner, ahead = back()
    tap.equal(ahead, expected, "a restart of the hub in between changes nothing")

    # It reads nothing of its inbox, and still answers one and joins the exercise.
    told(client.message("information.reply", "owner-grid", {"description": "It is.", "more_follows": False}, re=reference(answered), to=["isoc-energy"]))
    told(example("exercise.joining", "owner-grid", re=reference(opening), body={"exercise": "autumn"}))
    play = {"status": "exercise", "exercise": "autumn"}
    sender = world.raws["isoc-energy"]
    told(client.notice("isoc-energy", 5, body={"object": "obj-grid-1"}, **play), asks(**play))
    played = owner.ask("duties", {"mine": True, "exercise": "autumn"})["duties"][0]["due"]
    owner, ahead = back()
    del expected[126]
    late = sorted(set(ahead) - set(expected))
    tap.equal({number: ahead[number] for number in late}, {late[0]: (5, False, True, None), late[-1]: (0, True, True, milliseconds(played))}, "what is of an exercise says so")
    tap.equal({number: ahead[number] for number in ahead if number not in late}, expected, "what was met meanwhile is no longer announced")

    owner.take(123, acknowledge=False)
    position = owner.inbox[123].leaf["position"]
    owner, ahead = back(123, position)
    tap.equal({number: ahead[number] for number in ahead if number not in late}, {124: expected[124]}, "nor is what it has, though it is owed still")

    shorter = asks(hours=1, supersedes={"author": "isoc-energy", "id": owed["id"]})
    told(shorter)
    owner, ahead = back(123, position)
    new = max(ahead)
    tap.ok(new > late[-1] and ahead[new] == (0, True, False, milliseconds(shorter["body"]["due"])), "a correction that shortens the time of what it has is told by its own number", ahead)
    world.kill_hub()
    world.raw("isoc-energy", "nccis")
    tap.equal(back(123, position)[1], ahead, "after a restart, too")

    told(asks("nccis", hours=3))
    node = world.node("nccis")
    world.raws.pop("nccis").close()
    node.start()
    said = node.process.says("inbox.ahead numbers=")
    tap.ok(" duty=2" in said and " exercises=2 " in said, "a node says so when it is back", said)
    node.has_received(128)
    until(lambda: "announced" not in world.run("--node", node.folder, "inbox", "--last", "1"), "all that was announced is there")
    with open(node.path("state", "ahead"), "w", encoding="utf-8") as file:
        file.write("3 4 - real\n999 5 2026-11-22T10:00:00.000Z real\n1000 0 2026-11-22T09:00:00.000Z real\n1001 5 - exercise\nmore 7\n")
    for lang, level, duty, line in (
        ("en", "LEVEL 5", "DUTY", "10 of these are urgent: level 5; a duty, due 2026-11-22 09:00:00 UTC; 1 in exercises"),
        ("kk", "ДЕҢГЕЙ 5", "МІНДЕТ", "олардың шұғылы: 10"),
        ("ru", "УРОВЕНЬ 5", "ОБЯЗАННОСТЬ", "из них срочных: 10"),
    ):
        here = ("--node", node.folder, "--lang", lang)
        text = world.run(*here, "inbox", "--last", "1")
        tap.ok(f"#999  {level}  {duty}, " in text and f"#1000  {duty}, " in text and "#3  " not in text, f"{lang}: what is announced and not here yet is shown first", text)
        text = world.run(*here, "status")
        tap.has(text, line, f"{lang}: status says it in a line")

    world.kill_hub()
    with open(node.process.log, encoding="utf-8") as file:
        until(lambda: file.seek(0) or file.read().count("link.ready") > 1, "the node is back")
        file.seek(0)
        tap.equal(file.read().count("inbox.ahead numbers"), 1, "what was acknowledged is announced no more, over a restart either")
    until(lambda: "#999" not in world.run("--node", node.folder, "inbox", "--last", "1"), "what another session announced is shown no more")
    tap.ok("urgent" not in world.run("--node", node.folder, "status"), "nor by status")
