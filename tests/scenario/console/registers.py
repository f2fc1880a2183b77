#!tests/run
"""Goal: incident, feeds, officials, plans, nodes, suspensions and exercises are listed, each to whom it is for."""

import json

import client
import tap
from console import Console
from processes import until
from route import example, reference
from world import World

NAMES = ("nccis", "isoc-energy", "owner-grid", "knb", "telecom", "authority")

with World(__doc__, NAMES, officers=("knb",)) as world:
    world.start("nccis", "isoc-energy", "telecom", "authority")
    world.raw("knb", "owner-grid")
    centre, nccis, telecom = (world.node(name) for name in ("isoc-energy", "nccis", "telecom"))
    author = Console(world, centre).start().browser("aigul")
    watch = Console(world, nccis).start().browser("duty-nccis")
    office = Console(world, telecom).start().browser("duty-telecom")

    # an incident with its thread
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    about = {"author": "isoc-energy", "id": notice["id"]}
    centre.drop(notice)
    centre.has_sent(1)
    centre.drop(client.message("incident.update", "isoc-energy", {"level": 4}, incident=about))
    centre.has_sent(2)
    nccis.has_received(3)
    path = f"/api/incidents/isoc-energy/{notice['id']}"

    def kinds(answer):
        return [message["kind"] for message in answer["messages"]]

    got = watch.get(path).json
    tap.equal(kinds(got), ["incident.notice", "incident.update", "security.alert"], "nccis sees the thread")
    tap.equal([message["number"] for message in got["messages"]], [1, 2, 3], "each with its number here")
    tap.equal((got["state"], got["from_hub"], got["incident"]), ("open", True, about), "and what has come of it")
    tap.equal(got["messages"][0]["row"]["opened"], [], "and its row")
    got = author.get(path).json
    tap.equal(kinds(got), ["incident.notice", "incident.update"], "its author what is its own")
    tap.equal([message["row"]["box"] for message in got["messages"]], ["sent", "sent"], "from what it sent")
    tap.equal(office.get(path).status, 404, "strangers nothing")
    other = client.uuid7()
    said = office.get(path).json["error"]["text"].replace(notice["id"], "")
    none = office.get(f"/api/incidents/isoc-energy/{other}").json["error"]["text"].replace(other, "")
    tap.equal(said, none, "in the words for what there is not")
    for bad in ("/api/incidents/../x", "/api/incidents/isoc-energy/x", f"/api/incidents/%2e%2e/{other}"):
        tap.ok(author.get(bad).status in (400, 404), f"no incident: {bad}")

    # what the hub lists
    for topic, list_ in (("contacts", "contacts"), ("plans", "plans")):
        tap.equal(author.get(f"/api/{topic}").json[list_], [], f"{topic}: as the hub answers")
    found = {node["node"]: node["connected"] for node in watch.get("/api/nodes").json["nodes"]}
    tap.equal(found["isoc-energy"], True, "nccis is told how nodes are")
    answer = author.get("/api/nodes")
    tap.equal((answer.status, answer.code), (403, "ask.topic"), "nobody else")

    # suspensions, of which one ends in part, and then as a whole
    past = {"suspended_at": client.rfc3339(-3600)}
    first = example("suspension.notice", "knb", body=past)
    second = example("suspension.notice", "knb", body=past)

    def tell(name, message):
        (answer,) = world.raws[name].tell(message)
        tap.ok(isinstance(answer, client.Receipt), f"{message['kind']} is taken", answer)
        return message

    def lifted(of, **body):
        return example("suspension.lifted", "knb", re=reference(of), body={"lifted_at": client.rfc3339(-60), **body})

    def standing():
        return office.get("/api/suspensions").json["suspensions"]

    tell("knb", first)
    tell("knb", second)
    until(lambda: len(standing()) == 2, "both stand")
    tap.equal([one["id"] for one in standing()], [second["id"], first["id"]], "the newest first")
    fixed = tell("knb", example("suspension.notice", "knb", body=past, supersedes=reference(first)))
    until(lambda: fixed["id"] in [one["id"] for one in standing()], "what was corrected stands as it is now")
    tap.equal(sorted(one["id"] for one in standing()), sorted((fixed["id"], second["id"])), "and not as it was")
    tell("knb", lifted(second, what={"resources": ["https://tariff.example/"]}))
    until(lambda: any(one["lifted"] for one in standing()), "a part of one has ended")
    tell("knb", lifted(fixed))
    until(lambda: [one["id"] for one in standing()] == [second["id"]], "one has ended")
    tell("knb", example("suspension.notice", "knb", body=past, supersedes=reference(fixed)))
    telecom.has_received(6)
    tap.equal([one["id"] for one in standing()], [second["id"]], "what has ended stays so when it is corrected")

    # exercises: announced, joined, closed; its duties in the queue, apart
    def exercises(browser):
        return {one["exercise"]: (one["state"], one["joined"]) for one in browser.get("/api/exercises").json["exercises"]}

    opening = example("exercise.opening", "nccis", body={"exercise": "spring", "opens_at": client.rfc3339(-60)})
    later = example("exercise.opening", "nccis", body={"exercise": "autumn", "opens_at": client.rfc3339(86400)})
    nccis.drop(opening)
    nccis.drop(later)
    until(lambda: len(exercises(author)) == 2, "both are known")
    tap.equal(exercises(author), {"spring": ("open", False), "autumn": ("announced", False)}, "nobody has joined yet")
    tap.equal(exercises(watch)["spring"], ("open", True), "who opened it is in it")
    centre.drop(example("exercise.joining", "isoc-energy", re=reference(opening), body={"exercise": "spring"}))
    until(lambda: exercises(author)["spring"] == ("open", True), "one joins")
    nccis.drop(example("exercise.closing", "nccis", re=reference(opening), body={"exercise": "spring", "closed_at": client.rfc3339(0)}))
    until(lambda: exercises(author)["spring"][0] == "closed", "it is closed")

    # a feed, with what nobody has opened of it
    text = json.dumps({"kind": "subscription", "marking": "TLP:GREEN", "summary": {"en": "Grave ones."},
                       "body": {"name": "grave", "kinds": ["incident.notice"], "level": 3}})
    with open(world.path("feed.json"), "w", encoding="utf-8") as file:
        file.write(text)
    body = world.node("authority")
    reader = Console(world, body).start().browser("duty-authority")
    world.run("--node", body.folder, "send", world.path("feed.json"))
    n = len(body.inbox())
    grave = client.notice("isoc-energy", 4, marking="TLP:GREEN")
    centre.drop(grave)
    body.has_received(n + 1)

    def unopened():
        return {feed["feed"]: feed["unopened"] for feed in reader.get("/api/feeds").json["taken"]}

    tap.equal(unopened(), {"grave": 1}, "a feed says how many of it nobody has opened")
    tap.equal(reader.ask("POST", f"/api/messages/{grave['id']}/opened").status, 200, "one opens it")
    tap.equal(unopened(), {"grave": 0}, "then there is none")
    tap.ok(reader.get("/api/feeds").json["offered"], "what it could subscribe to is there, too")

    # without the hub: the thread from what is here, the rest says who does not answer
    world.hub.stop()
    until(lambda: not watch.get(path).json["from_hub"], "the hub is away")
    got = watch.get(path).json
    tap.equal(kinds(got), ["incident.notice", "incident.update", "security.alert"], "the thread is here all the same")
    tap.equal([message["number"] for message in got["messages"]], [1, 2, 3], "with its numbers")
    tap.equal(watch.get("/api/plans").status, 503, "what only the hub knows is not invented")
    tap.equal(watch.get("/api/suspensions").status, 200, "what stands here is still known")
