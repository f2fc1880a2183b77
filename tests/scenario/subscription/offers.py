#!tests/run
"""Goal: each offer of the law is of messages that reach who subscribed, by its rule, and nobody who did not."""

import client
import tap
from route import example, reference
from world import World

CAST = ("nccis", "isoc-energy", "isoc-bank", "owner-bank", "authority", "service", "knb", "hq", "media", "partner")

# kind, author, marking, fields of the envelope, and by subscriber the rule that brings it
INCIDENT = ("incident.notice", "incident.update", "incident.closure")
SHARED = {"incident.notice": "feed.notices-shared", "incident.update": "feed.updates-shared", "incident.closure": "feed.closures-shared"}
STATE = {"incident.notice": "feed.notices", "incident.update": "feed.updates", "incident.closure": "feed.closures"}

with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()

    def publish(message):
        (answer,) = world.raws[message["from"]].tell(message)
        found = {
            node: part.why.split("\n")[0].split(" ")
            for node, parts in world.fence().items()
            for part in parts
            if part.leaf["id"] == message["id"]
        }
        return answer, {node: words[2] for node, words in found.items() if words[0] == "by-subscription"}

    def subscribe(node, *kinds):
        message = client.message("subscription", node, {"name": "all", "kinds": kinds})
        (answer,) = world.raws[node].tell(message)
        tap.ok(isinstance(answer, client.Receipt), f"{node} subscribes to {', '.join(kinds)}", answer)

    for node in ("isoc-bank", "owner-bank", "service"):
        subscribe(node, *INCIDENT, "threat.report", "advisory", "public.notice")
    for node in ("authority", "knb"):
        subscribe(node, *INCIDENT, "threat.report", "public.notice")
    subscribe("hq", *INCIDENT)
    subscribe("nccis", "public.notice")

    notice = client.notice("isoc-energy", 2, marking="TLP:GREEN")
    incident = reference(notice)
    more = {"incident": incident}
    for message in (
        notice,
        client.message("incident.update", "isoc-energy", {"description": "more"}, "TLP:GREEN", **more),
        client.message("incident.closure", "isoc-energy", {"cause": "c", "elimination": "e", "recovery": "r"}, "TLP:GREEN", **more),
    ):
        kind = message["kind"]
        answer, found = publish(message)
        tap.equal(
            found,
            {**dict.fromkeys(("authority", "knb", "hq"), STATE[kind]), **dict.fromkeys(("isoc-bank", "owner-bank", "service"), SHARED[kind])},
            f"{kind} that is marked for the whole system",
        )
        tap.ok("subscribers 3 sender\n" in answer.told, "of whom its author is told the number", answer.told)
    answer, found = publish(client.notice("isoc-energy", 2))
    tap.equal(found, {}, "one that is marked for few")

    answer, found = publish(client.message("threat.report", "partner", {"description": "scanning"}, "TLP:GREEN"))
    tap.equal(found, dict.fromkeys(("owner-bank", "service", "authority", "knb"), "feed.threats"), "threat.report: whom no rule sends it")
    answer, found = publish(client.advisory("nccis"))
    tap.equal(found, {}, "advisory: all have it by law (feed.advisories only counts them)")
    convening = example("headquarters.convening", "hq", body={"members": ["nccis"]})
    publish(convening)
    answer, found = publish(example("public.notice", "hq", "TLP:CLEAR", re=reference(convening)))
    tap.equal(found, dict.fromkeys(("nccis", "isoc-bank", "service", "authority", "knb"), "feed.public"), "public.notice: whom no rule sends it")

    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0, "and its journal counts every feed", text)
