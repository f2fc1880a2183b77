#!tests/run
"""Goal: what closes an incident, what opens it again, and what an author should know of what it says."""

import json

import client
import tap
from processes import until
from route import example, reference
from world import World

CAST = ("nccis", "isoc-energy", "owner-grid", "knb", "telecom")
GRID = {"object": "obj-grid-1"}

with World(__doc__, CAST) as world:
    world.start()

    def tell(message):
        node = world.node(message["from"])
        node.drop(message)
        file = message["id"] + ".json.reason.json"
        until(lambda: message["id"] in node.sent() or file in node.refused(), "the hub's answer")
        reason = node.refused().get(file)
        return (reason["by"], reason["code"]) if reason else remarks(message)

    def remarks(message):
        path = world.path(message["from"], "sent", message["id"] + ".told")
        with open(path, encoding="utf-8") as file:
            return [line.split(" ")[1] for line in file if line.startswith("remark ")]

    def dabyl(name, *words):
        return world.run("--node", world.node(name).folder, *words)

    def state(name, of):
        return json.loads(dabyl(name, "incident", "--json", "--author", of["from"], of["id"]))["state"]

    def notice(author, **body):
        body = {"level": 1, "cross_border": False, "countries": None, "detected_at": None,
                "sector": "power-supply", **GRID, **body}  # fmt: skip
        return example("incident.notice", author, body=body)

    def closure(author, of):
        return example("incident.closure", author, incident=reference(of))

    def update(author, of):
        return example("incident.update", author, incident=reference(of), body={"level": None})

    tap.note("closure.centre: a centre's incident is closed with the centre; update.reopens: and opened again.")
    first = notice("isoc-energy")
    tap.equal(tell(first), [], "a centre reports")
    tap.equal(state("nccis", first), "open", "it is open")
    tap.equal(
        tell(closure("owner-grid", first)),
        ("closure.centre", "precondition.unmet"),
        "its owner does not close it alone",
    )
    tap.equal(tell(closure("isoc-energy", first)), [], "the centre does")
    tap.equal(tell(closure("owner-grid", first)), [], "and then the owner may, too")
    tap.equal(state("nccis", first), "closed", "it is closed")
    tap.equal(tell(update("owner-grid", first)), ["incident.reopened"], "an update opens it again")
    tap.equal(state("nccis", first), "reopened", "as everybody sees")
    tap.has(dabyl("nccis", "incident", "--author", "isoc-energy", first["id"]), "incident reopened", "who looks at its course")
    own = notice("owner-grid")
    tap.equal(tell(own), [], "an owner reports")
    tap.equal(tell(closure("owner-grid", own)), [], "and closes that by itself")

    tap.note("What the author should know.")
    other = notice("isoc-energy", sector="banking")
    tap.equal(tell(other), ["sector.contradicts"], "the registry has the object elsewhere")
    late = notice("isoc-energy", detected_at=client.rfc3339(-25 * 3600))
    tap.equal(tell(late), ["notice.late"], "it was detected more than a day ago")
    soon = notice("isoc-energy", detected_at=client.rfc3339(-23 * 3600))
    tap.equal(tell(soon), [], "or less")

    tap.note("An addressee whom no rule reaches is named.")
    request = example("information.request", "nccis", to=["isoc-energy", "telecom"])
    tap.equal(tell(request), ["to.unreached"], "one of two is not reached")
    with open(world.path("nccis", "sent", request["id"] + ".told"), encoding="utf-8") as file:
        tap.has(file.read(), "unreached telecom\n", "and which is said")
    path = world.path("again.json")
    asked = example("information.request", "nccis", to=["isoc-energy", "telecom"])
    with open(path, "w", encoding="utf-8") as file:
        json.dump(asked, file)
    tap.has(dabyl("nccis", "explain", path), "(telecom)", "and by dabyl explain, before it goes")

    tap.note("An answer after its time.")
    over = example("information.request", "nccis", to=["isoc-energy"], expires=client.rfc3339(-60))
    tell(over)
    timely = example("information.request", "nccis", to=["isoc-energy"], expires=client.rfc3339(3600))
    tell(timely)
    for asked, wanted in ((over, ["answer.expired"]), (timely, [])):
        answer = example("information.reply", "isoc-energy", re=reference(asked))
        tap.equal(tell(answer), wanted, "which had expired" if wanted else "which had not")
    text = dabyl("isoc-energy", "inbox")
    tap.has(text, "EXPIRED", "the inbox shows what has expired")
    tap.has(text, "expires ", "and what will")
