#!tests/run
"""Goal: an exercise reaches those who joined it, and neither touches what is real nor is touched."""

import json

import client
import tap
from route import example, reference, refused
from world import World

CAST = ("nccis", "isoc-energy", "owner-grid", "knb", "mfa", "hq")

with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()

    def accepted(message, expected, name):
        (answer,) = world.raws[message["from"]].tell(message)
        if tap.ok(isinstance(answer, client.Receipt), name, answer) and expected is not None:
            got = {
                node: sorted(d.leaf["kind"] for d in found)
                for node, found in world.fence().items()
                if found
            }
            tap.equal(got, expected, f"{name}: reaches whom it must")
        return answer

    def opening(name):
        return example("exercise.opening", "nccis", body={"exercise": name})

    def joining(author, of, name=None):
        name = name or of["body"]["exercise"]
        return example("exercise.joining", author, re=reference(of), body={"exercise": name})

    def closing(of):
        body = {"exercise": of["body"]["exercise"]}
        return example("exercise.closing", "nccis", re=reference(of), body=body)

    def notice(level=4, exercise="autumn", **more):
        more = {"status": "exercise", "exercise": exercise, **more}
        return client.notice("isoc-energy", level, body={"object": "obj-grid-1"}, **more)

    def no(message, code, pointer, name):
        return refused(world, message, code, pointer, name)

    no(notice(), "exercise.unknown", "/exercise", "no exercise before it is opened")
    autumn, winter = opening("autumn"), opening("winter")
    accepted(autumn, None, "an exercise is opened")
    accepted(winter, None, "and another")
    no(opening("autumn"), "exercise.taken", "/body/exercise", "its name is its own")
    no(notice(), "exercise.absent", "/exercise", "who has not joined sends nothing in it")
    answer = no(
        joining("knb", autumn, "winter"), "precondition.unmet", "/body/exercise", "nor another's"
    )
    tap.equal(answer.by, "exercise.joins", "by its rule")
    for author in ("isoc-energy", "knb"):
        accepted(joining(author, autumn), None, f"{author} joins")
    world.fence()
    real = client.notice("isoc-energy", 1, body={"object": "obj-grid-1"})
    accepted(
        real,
        {"nccis": ["incident.notice"], "owner-grid": ["incident.notice"]},
        "something real",
    )
    played = notice()
    answer = accepted(
        played,
        {"nccis": ["incident.notice", "security.alert"], "knb": ["security.alert"]},
        "a notice of the exercise, and its alert",
    )
    tap.has(answer.told, "withhold owner-grid", "its author learns who is not in it")
    tap.has(answer.told, "exercise.absent", "and why")
    at = ("rules", "at", "--journal", world.hub.path("journal"), answer.position)
    tap.has(world.run(*at), "exercise: within autumn\n", "the record says in which it was sent")
    routes = json.loads(world.run(*at, "--json"))["routes"]
    tap.ok({"type": "exercise", "node": "autumn", "act": "within"} in routes, "in both forms", routes)

    def update(of, **more):
        return client.message(
            "incident.update", "isoc-energy", {"level": 4}, incident=reference(of), **more
        )

    within = {"status": "exercise", "exercise": "autumn"}
    no(update(played), "exercise.reference", "/incident", "nothing real refers to it")
    no(update(real, **within), "exercise.reference", "/incident", "nor it to anything real")
    tested = client.notice("isoc-energy", 4, status="test")
    accepted(tested, None, "a test")
    no(update(tested), "exercise.reference", "/incident", "nothing real refers to a test")
    accepted(joining("isoc-energy", winter), None, "of the same node")
    no(
        update(played, status="exercise", exercise="winter"),
        "exercise.reference",
        "/incident",
        "exercises do not refer to each other",
    )
    world.fence()
    accepted(
        update(played, **within),
        {"nccis": ["incident.update"], "knb": ["incident.update"]},
        "an update within it",
    )
    world.hub.stop()
    world.hub.start()
    world.raws, world.fences = {}, {}
    world.raw()
    world.fence()
    accepted(
        update(played, **within),
        {"nccis": ["incident.update"], "knb": ["incident.update"]},
        "it outlives a restart",
    )
    answer = no(
        example("exercise.closing", "hq", re=reference(real), body={"exercise": "autumn"}),
        "reference.unknown",
        "/re",
        "it is closed by naming its opening",
    )
    wrong = {**closing(autumn), "body": {**closing(autumn)["body"], "exercise": "winter"}}
    answer = no(wrong, "precondition.unmet", "/body/exercise", "and its name")
    tap.equal(answer.by, "exercise.closes", "by its rule")
    accepted(closing(autumn), None, "it is closed")
    no(update(played, **within), "exercise.closed", "/exercise", "and over")
    no(joining("mfa", autumn), "exercise.closed", "/body/exercise", "for who comes late, too")
    no(opening("autumn"), "exercise.taken", "/body/exercise", "its name is used up")
