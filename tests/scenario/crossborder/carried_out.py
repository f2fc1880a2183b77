#!tests/run
"""Goal: tasks and directives that carry out a cross-border measure need its position, and its conditions."""

import client
import tap
from route import example, reaches, reference
from world import World

KEPT = ["The names of the substations are not passed on."]
MEMBERS = ["nccis", "owner-grid"]

with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "mfa", "hq"), officers=("hq",)
) as world:
    world.hub.start()
    world.raw()

    def answer(message):
        (got,) = world.raws[message["from"]].tell(message)
        return got

    def refused(message, by, code, pointer, name):
        got = answer(message)
        got = (getattr(got, "by", got), getattr(got, "code", None), getattr(got, "pointer", None))
        tap.equal(got, (by, code, pointer), f"{message['kind']}: {name}")

    def accepted(message, name):
        got = answer(message)
        tap.ok(isinstance(got, client.Receipt), f"{message['kind']}: {name}", got)
        world.fence()
        return message

    def measure():
        return example("crossborder.measure", "nccis", incident=reference(abroad), to=["hq"])

    def position(word, of, **body):
        body = {"position": word, **({} if word == "agreed" else {"reason": "Not now."}), **body}
        return client.message("crossborder.position", "mfa", body, re=reference(of), to=["hq"])

    def task(**more):
        more = {"to": ["owner-grid"], "incident": reference(abroad), **more}
        return example("response.task", "nccis", **more)

    def directive(**more):
        more = {"to": ["owner-grid"], "re": reference(convening), **more}
        return example("headquarters.directive", "hq", **more)

    def needs_a_position(write, rule, of):
        """What `write` writes carries out the measure `of`."""
        kind = write()["kind"]

        def touches(changed=None, **more):
            body = {"cross_border": True, "conditions": KEPT, **(changed or {})}
            return write(body=body, **{"under": reference(of), **more})

        unmet = rule, "precondition.unmet"
        refused(touches(under=None), f"{kind}.json required", "doc.schema", "/under",
                "who says that it carries one out names it")  # fmt: skip
        refused(touches({"cross_border": False}), f"{kind}.json const", "doc.schema",
                "/body/cross_border", "and who names one says so")  # fmt: skip
        refused(touches(), *unmet, "/under", "there is no position yet")
        accepted(position("declined", of), "foreign affairs declines")
        refused(touches(), *unmet, "/under", "and nothing rests on that")
        accepted(position("agreed", of, conditions=KEPT), "it agrees, under a condition")
        refused(touches({"conditions": None}), *unmet, "/body/conditions", "that is left out")
        refused(touches({"conditions": ["The names are not passed on."]}), *unmet,
                "/body/conditions/0", "or worded otherwise")  # fmt: skip
        said = accepted(touches(), "with both it goes out")
        refused(touches({"conditions": None}, supersedes=reference(said)), *unmet,
                "/body/conditions", "and a correction keeps to them")  # fmt: skip
        accepted(position("declined", of), "foreign affairs changes its mind")
        refused(touches(), *unmet, "/under", "and nothing more rests on it")

    abroad = accepted(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}), "an incident")
    elsewhere = accepted(client.notice("nccis", 2), "and another")
    convening = accepted(
        example("headquarters.convening", "hq", to=MEMBERS, body={"members": MEMBERS}),
        "the Headquarters meets",
    )
    accepted(task(), "before there is a measure nobody is asked whether it carries one out")
    first = reaches(
        world,
        measure(),
        {"mfa": "measure.liaison 488:17", "hq": "measure.headquarters 488:17, 23, default"},
        "the liaison, and the Headquarters that it names",
    )
    refused(task(), "task.cross-border", "precondition.ended", "/incident",
            "where there is one in the thread it is said")  # fmt: skip
    accepted(task(body={"cross_border": False}), "that it does not")
    accepted(task(incident=reference(elsewhere)), "elsewhere nothing need be said")
    refused(task(under=reference(abroad), body={"cross_border": True}), "task.measure",
            "reference.kind", "/under", "an incident is no measure")  # fmt: skip
    refused(directive(under=reference(abroad), body={"cross_border": True}), "",
            "reference.unknown", "/under", "nor is what one had no part in")  # fmt: skip
    accepted(
        example("incident.sharing", "nccis", incident=reference(abroad), to=["hq"]),
        "the Headquarters is shown the incident",
    )
    about = {"incident": reference(abroad)}
    refused(directive(**about), "directive.cross-border", "precondition.ended", "/incident",
            "of a directive it is said, too")  # fmt: skip
    accepted(directive(**about, body={"cross_border": False}), "that it does not")
    accepted(directive(), "and what is about no incident need not say it")
    needs_a_position(task, "task.measure", first)
    second = accepted(measure(), "a measure that the Headquarters has")
    needs_a_position(directive, "directive.measure", second)
    third = accepted(measure(), "one more")
    reaches(
        world,
        position("agreed", third),
        {"nccis": "position.nccis 488:17", "hq": "position.headquarters 488:17, 23, default"},
        "who took the measure, and the Headquarters that it names",
    )
    tap.equal(world.hub.stop(), 0, "the hub stops")
    world.hub.start()
    world.raw()
    accepted(task(under=reference(third), body={"cross_border": True}), "after a restart as before")
