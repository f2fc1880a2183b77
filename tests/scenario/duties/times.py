#!tests/run
"""Goal: a message says by when, within its rule's bound; reports keep a duty open, and who asks may give more time."""

import datetime

import client
import entries
import tap
from route import example, reference
from world import World

DAY = 86400

with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "hq"), officers=("hq",)
) as world:
    world.hub.start()
    world.raw()

    def answer(message):
        (got,) = world.raws[message["from"]].tell(message)
        return got

    def accepted(message, name):
        got = answer(message)
        tap.ok(isinstance(got, client.Receipt), f"{message['kind']}: {name}", got)
        world.fence()
        return message

    def refused(message, code, pointer, name):
        got = answer(message)
        got = (getattr(got, "code", got), getattr(got, "pointer", None))
        tap.equal(got, (code, pointer), f"{message['kind']}: {name}")

    def course(name):
        return [
            one
            for _, one in entries.duties(world.hub.path("journal"))
            if one["duty"] == name
        ]

    def now(name):
        return course(name)[-1]

    def due(seconds):
        return {"due": client.rfc3339(seconds)}

    def task(body, **more):
        return example("response.task", "nccis", to=["owner-grid"], body=body, **more)

    def report(about, state, **more):
        body = {"state": state}
        return example("response.report", "owner-grid", re=reference(about), body=body, **more)

    def moment(text):
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    def same_moment(text, duty, name):
        tap.equal(moment(duty["due"]), moment(text), name)

    # What a message may say of its own time.
    for body, code, name in (
        (due(-60), "due.past", "a time that is over"),
        (due(31 * DAY), "due.beyond", "more time than the rule lets anybody have"),
        ({"due": client.rfc3339(3600).rstrip("Z")}, "doc.schema", "a time without a zone"),
        ({"due": "tomorrow"}, "doc.schema", "no time at all"),
    ):
        refused(task(body), code, "/body/due", name)
        got = world.raws["nccis"].explain(task(body))
        tap.equal((got["verdict"], got["code"]), ("refuse", code), "and explain says so before")
    soon = accepted(task(due(600)), "a task of ten minutes")
    same_moment(soon["body"]["due"], now("task.reported"), "is due in ten minutes")
    tap.ok(now("task.reported")["near"] > client.rfc3339(0), "its warning is yet to come")
    week = accepted(task(due(7 * DAY)), "a task of seven days")
    same_moment(week["body"]["due"], now("task.reported"), "is due in seven days")
    open_ = accepted(task({"due": None}), "a task that does not say")
    whole = moment(now("task.reported")["due"]) - moment(now("task.reported")["from"])
    tap.equal(whole.total_seconds(), DAY, "has the rule's own time")

    # A report keeps it open, an end ends it, and an end that is taken back is none.
    first = accepted(report(open_, "in-progress"), "it is in progress")
    tap.equal((now("task.reported")["state"], now("task.reported")["heard"]),
              ("open", reference(first)), "which is noted, and keeps it open")  # fmt: skip
    done = accepted(report(open_, "done"), "it is done")
    tap.equal(now("task.reported")["state"], "met", "which meets it")
    accepted(report(open_, "in-progress", supersedes=reference(done)), "it is not done after all")
    tap.equal(now("task.reported")["state"], "open", "so it is owed again")
    cannot = accepted(report(open_, "impossible"), "it cannot be done")
    tap.equal(now("task.reported")["state"], "met", "which is an end, too")
    accepted(report(open_, "impossible", cancels=reference(cannot)), "that was a mistake")
    tap.equal(now("task.reported")["state"], "open", "and it is owed once more")
    tap.equal(world.hub.stop(), 0, "the hub stops")
    world.hub.start()
    world.raw()
    text = world.raws["owner-grid"].ask("duties")
    owed = [one for one in text["duties"] if one["message"]["id"] == open_["id"]]
    tap.equal([(one["state"], one.get("heard", {}).get("author")) for one in owed],
              [("open", "owner-grid")], "after a restart it is owed, and was reported on")  # fmt: skip

    # Who asks gives more time by a correction, up to the bound, and less; who owes never does.
    longer = accepted(task(due(3 * DAY), supersedes=reference(soon)), "three days instead")
    same_moment(longer["body"]["due"], now("task.reported"), "are what it has now")
    refused(
        task(due(31 * DAY), supersedes=reference(longer)), "due.beyond", "/body/due",
        "beyond the bound, counted from the first",
    )  # fmt: skip
    shorter = accepted(task(due(1200), supersedes=reference(longer)), "twenty minutes instead")
    same_moment(shorter["body"]["due"], now("task.reported"), "are what it has now")
    ask = {"to": ["owner-grid"]}
    request = accepted(
        example("information.request", "nccis", body=due(3600), **ask), "a question"
    )
    more = accepted(
        example("information.request", "nccis", body=due(7200), supersedes=reference(request), **ask),
        "with more time, which the rule lets nobody give",
    )
    same_moment(request["body"]["due"], now("request.answered"), "its time stays what it was")
    part = example(
        "information.reply", "owner-grid", re=reference(more), body={"more_follows": True}
    )
    accepted(part, "a part of the answer")
    tap.equal(now("request.answered")["state"], "open", "leaves it open")
    rest = example(
        "information.reply", "owner-grid", re=reference(more), body={"more_follows": None}
    )
    accepted(rest, "the rest")
    tap.equal(now("request.answered")["state"], "met", "meets it")

    # Nor does who owes by its own message: the moment that it told first counts.
    def change(hours, **more):
        body = {"reason": "replacement", "replaced_at": client.rfc3339(-3600 * hours)}
        return example("contact.change", "owner-grid", body=body, **more)

    told = accepted(change(50), "a replacement is told two hours late")
    first_due = now("contact.told")["due"]
    tap.equal(now("contact.told")["state"], "met-late", "which is noted")
    told = accepted(change(1, supersedes=reference(told)), "it is said to have been an hour ago")
    tap.equal(now("contact.told")["due"], first_due, "which gives it no more time")
    tap.equal(now("contact.told")["state"], "met-late", "and leaves it late")

    # The same of a directive.
    members = {"to": ["owner-grid"], "body": {"members": ["owner-grid"]}}
    convening = accepted(example("headquarters.convening", "hq", **members), "it meets")
    directive = accepted(
        example("headquarters.directive", "hq", re=reference(convening), to=["owner-grid"], body=due(900)),
        "a directive of a quarter of an hour",
    )
    later = example(
        "headquarters.directive", "hq", re=reference(convening), to=["owner-grid"],
        body=due(2 * DAY), supersedes=reference(directive),
    )  # fmt: skip
    accepted(later, "is given two days")
    same_moment(later["body"]["due"], now("directive.reported"), "and has them")
    code, text = world.check()
    tap.ok(code == 0, "who verifies the journal finds each change to be one that may be", text)
