#!tests/run
"""Goal: an exercise has duties of its own, met, overdue and withdrawn within it; a real one beside is untouched."""

import json

import client
import entries
import tap
from processes import until
from route import example, reference
from world import World

# nccis is not in it: who has not joined sees nothing, whatever else it is told of.
CAST = ("nccis", "hq", "isoc-energy", "isoc-bank", "owner-grid", "knb")
IN_IT = ("isoc-energy", "isoc-bank", "knb")
NAME = "winter"

with World(
    __doc__, CAST,
    law="nobody can wait a day for a duty to fall due: it has two seconds",
) as world:
    plan = world.rules()
    at = plan.index('duty = "request.answered"')
    short = plan[at:].replace('"24 h"', '"2 s"', 1).replace('"4 h"', '"1 s"', 1)
    world.write_rules(plan[:at] + short)
    world.hub.start()
    world.raw()

    def played(kind, author, body=None, **more):
        return client.message(kind, author, body, status="exercise", exercise=NAME, **more)

    def accepted(message, name):
        (answer,) = world.raws[message["from"]].tell(message)
        tap.ok(isinstance(answer, client.Receipt), name, answer)
        return message

    def history(duty, exercise=NAME):
        found = [one for _, one in entries.duties(world.hub.path("journal"))]
        return [
            one["state"]
            for one in found
            if one["duty"] == duty and one.get("exercise") == exercise and one["state"] != "near"
        ]

    def seen(name, **arguments):
        """What `name` is shown: (duty, who, state, exercise)."""
        answer = world.raws[name].ask("duties", arguments)
        return sorted(
            (one["duty"], one["debtor"], one["state"], one.get("exercise"))
            for one in answer["duties"]
        )

    def counted():
        said = json.loads(world.run("hub", "status", world.hub.folder, "--json"))
        return said["duties"]

    def alerted(notice):
        accepted(notice, f"a notice of level 4, {notice['status']}")
        return next(
            d.leaf["id"] for d in world.fence()["knb"] if d.leaf["kind"] == "security.alert"
        )

    def answer_to(alert, **more):
        about = {"author": "hub", "id": alert}
        return client.message("acknowledgement", "knb", {"answer": "read"}, re=about, **more)

    def restart(how):
        how()
        world.hub.start()
        world.raws, world.fences = {}, {}
        world.raw()
        world.fence()

    grid = {"object": "obj-grid-1"}

    def played_notice(level):
        body = client.notice("isoc-energy", level, body=grid)["body"]
        return played("incident.notice", "isoc-energy", body)

    opening = accepted(example("exercise.opening", "hq", body={"exercise": NAME}), "it is opened")
    for author in IN_IT:
        joining = example(
            "exercise.joining", author, re=reference(opening), body={"exercise": NAME}
        )
        accepted(joining, f"{author} joins")
    world.fence()

    # A real alert, and one of the exercise, of the same node.
    real = alerted(client.notice("isoc-energy", 4, body=grid))
    one = alerted(played_notice(4))
    owed = ("alert.acknowledged", "knb", "open")
    tap.equal(seen("knb"), [owed + (None,)], "who owes both is shown the real one")
    tap.equal(seen("knb", exercise=NAME), [owed + (NAME,)], "and the exercise's where it asks")
    tap.equal(seen("nccis"), [owed + (None,)], "nccis watches the real one")
    tap.equal(seen("nccis", exercise=NAME), [], "and has not joined: it is shown none of it")
    tap.equal(seen("knb", exercise="autumn"), [], "an exercise that there is not has none")
    tap.equal(counted(), 1, "the hub counts the real one alone")

    # Met within it, not from outside.
    (answer,) = world.raws["knb"].tell(answer_to(one))
    tap.equal(answer.code, "exercise.reference", "nothing real answers it")
    tap.equal(history("alert.acknowledged"), ["open"], "it stays open")
    restart(world.hub.kill)
    tap.equal(seen("knb", exercise=NAME), [owed + (NAME,)], "also over a kill of the hub")
    tap.equal(counted(), 1, "and is not counted")
    accepted(answer_to(one, status="exercise", exercise=NAME), "knb answers within it")
    tap.equal(history("alert.acknowledged"), ["open", "met"], "that meets it")
    tap.equal(history("alert.acknowledged", None), ["open"], "and not the real one")

    # Overdue, while the hub is away.
    questions = {"questions": ["Have you seen it?"]}
    request = accepted(
        played("information.request", "isoc-energy", questions, to=["isoc-bank"]), "a question"
    )
    world.hub.kill()
    until(lambda: client.rfc3339(-3) > request["sent"], "the time is over while the hub is away")
    world.hub.start()
    world.hub.process.says("exercise.overdue")
    # The hub says it before the batch that has it is written.
    until(lambda: history("request.answered")[-1] != "open", "the entry is there")
    tap.equal(history("request.answered"), ["open", "overdue"], "an unanswered one is overdue")
    world.raws, world.fences = {}, {}
    world.raw()
    notices = {
        name: [
            (message["body"]["event"], message["status"], message.get("exercise"))
            for message in (json.loads(d.document) for d in found)
            if message["kind"] == "service.notice" and message["body"]["event"] == "overdue"
        ]
        for name, found in world.fence().items()
    }
    told = [("overdue", "exercise", NAME)]
    tap.equal(
        notices,
        {name: told if name in ("isoc-energy", "isoc-bank") else [] for name in CAST},
        "who owes it and who asked are told, as of the exercise; nccis is not",
    )
    tap.ok("duty.overdue" not in world.hub.process.text(), "the hub's log alarms nobody")
    tap.equal(counted(), 1, "nor is it counted")

    # Closing it withdraws what is open.
    alerted(played_notice(5))
    tap.equal(history("alert.acknowledged")[-1], "open", "another alert is open")
    closing = example("exercise.closing", "hq", re=reference(opening), body={"exercise": NAME})
    accepted(closing, "it is closed")
    tap.equal(history("alert.acknowledged"), ["open", "met", "open", "withdrawn"], "which ends it")
    tap.equal(history("request.answered"), ["open", "overdue", "withdrawn"], "the overdue one too")
    by = [
        one["by"]["id"]
        for _, one in entries.duties(world.hub.path("journal"))
        if one["state"] == "withdrawn"
    ]
    tap.equal(by, [closing["id"]] * 2, "by the closing")
    restart(world.hub.stop)
    tap.equal(seen("knb", exercise=NAME), [], "nothing of it is owed any more")
    tap.equal(
        [state for _, _, state, _ in seen("isoc-bank", exercise=NAME, all=True)],
        ["withdrawn"],
        "what was is there when asked for",
    )
    tap.equal(history("alert.acknowledged", None), ["open"], "the real duty stands as it stood")
    world.raws["knb"].tell(answer_to(real))
    tap.equal(history("alert.acknowledged", None), ["open", "met"], "until it is met")
    tap.equal(counted(), 0, "and then nothing is owed")

    # As a person sees it.
    for raw in world.raws.values():
        raw.close()
    world.node("knb").start().connected()
    command = ("--node", world.node("knb").folder, "duties")
    tap.equal(world.run(*command), "nothing is owed\n", "nothing is owed")
    text = world.run(*command, "--exercise", NAME, "--all")
    tap.has(text, f"EXERCISE {NAME}  withdrawn", "the exercise's are marked as such")
    heads = [line for line in text.splitlines() if not line.startswith(" ")]
    tap.ok(heads and all(line.startswith("EXERCISE") for line in heads), "each one", text)
    lines = world.run(*command, "--exercise", NAME, "--all", "--json").splitlines()
    tap.equal({json.loads(line)["exercise"] for line in lines}, {NAME}, "in JSON too")
    journal = ("--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"))
    world.node("knb").stop()
    world.hub.stop()
    found = json.loads(world.run("--json", "verify", *journal))
    tap.equal((found["good"], found["duties"]), (True, 5), "`dabyl verify` holds them to it")
