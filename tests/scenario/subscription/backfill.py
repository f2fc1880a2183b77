#!tests/run
"""Goal: a subscription brings along what stands already, as far as its author may have it today, and never more."""

import client
import tap
from route import example, reference
from world import World

CAST = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "authority", "service", "mfa")


def subscribe(author, name, kinds, /, more=None, **filters):
    return client.message("subscription", author, {"name": name, "kinds": kinds, **filters}, **more or {})


def notice(level, marking="TLP:GREEN", **more):
    return client.notice("isoc-energy", level, marking=marking, body={"object": "obj-grid-1"}, **more)


with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()

    def publish(message):
        (answer,) = world.raws[message["from"]].tell(message)
        found = {
            node: [part.why, *part.more]
            for node, parts in world.fence().items()
            for part in parts
            if part.leaf["id"] == message["id"]
        }
        return answer, found

    def brought(message):
        """The ids of what comes along with a subscription, and what is left out."""
        answer, found = publish(message)
        lines = [line.split(" ") for line in found[message["from"]]]
        tap.ok(all(f"{' '.join(line)}\n" in answer.told for line in lines), "its receipt says the same", answer.told)
        return [words[3] for words in lines if words[0] == "carries"], [words for words in lines if words[0] == "omits"]

    def update(of, marking="TLP:GREEN"):
        return client.message("incident.update", "isoc-energy", {"description": "more is known"}, marking, incident=reference(of))

    grave, small, narrow, wrong, gone = notice(4), notice(1), notice(4, "TLP:AMBER"), notice(5), notice(5)
    right = notice(4, supersedes=reference(wrong))
    named = notice(3, "TLP:RED", to=["nccis"])
    for message in (grave, small, narrow, wrong, right, gone, notice(5, cancels=reference(gone)), named):
        publish(message)

    asked = subscribe("authority", "grave", ["incident.notice", "incident.update"], level=3)
    tap.equal(brought(asked), ([], []), "nothing comes along unasked")
    publish(subscribe("authority", "grave", ["incident.notice"], more={"cancels": reference(asked)}))
    asked = subscribe("authority", "grave", ["incident.notice", "incident.update"], level=3, backfill=True)
    tap.equal(
        brought(asked),
        ([grave["id"], right["id"]], []),
        "what stands and fits comes along, in the log's order; not what was corrected, taken back, or is marked for others",
    )
    tap.equal(
        world.raws["authority"].explain(subscribe("authority", "more", ["incident.notice"], backfill=True))["carries"],
        [{"node": "authority", "author": "isoc-energy", "id": small["id"]}],
        "explain says it before; what one had comes once",
    )
    tap.equal(brought(subscribe("owner-grid", "all", ["incident.notice"], backfill=True)), ([], []), "who had all of it gets nothing")
    tap.equal(brought(subscribe("service", "all", ["incident.notice"], level=4, backfill=True)), ([grave["id"], right["id"]], []), "another role, by what is offered to it")
    (answer,) = world.raws["mfa"].tell(subscribe("mfa", "all", ["incident.notice"], backfill=True))
    tap.equal(answer.code, "subscription.kind", "and a role that nothing is offered has none")

    # the feed goes on from there
    answer, found = publish(update(grave))
    tap.ok(any(line.startswith("feed authority grave 1 ") for line in found["authority"]), "what follows in the thread is in the feed", found["authority"])
    again = notice(4, supersedes=reference(right))
    answer, found = publish(again)
    tap.equal(found["service"][0], "by-subscription service original.receivers none default", "a correction reaches who had it so, as a reader")
    tap.ok("service" not in answer.told and "subscribers 2 sender\n" in answer.told, "of whom its author is told the number", answer.told)
    answer, found = publish(update(again, "TLP:AMBER"))
    tap.ok("authority" not in found and "service" not in found, "a correction makes nobody a party", found)
    (answer,) = world.raws["service"].tell(client.message("incident.update", "service", {"description": "x"}, incident=reference(again)))
    tap.equal(getattr(answer, "code", "taken"), "reference.unknown", "who had it so says nothing in the incident")
    (answer,) = world.raws["service"].tell(client.message("incident.update", "service", {"description": "x"}, incident=reference(grave)))
    tap.equal(answer.code, "reference.unknown", "who reads along is no party for that")
    answer, found = publish(update(grave, "TLP:AMBER"))
    tap.ok("authority" not in found and "service" not in found, "nor follows what is for parties", found)
    answer, found = publish(example("incident.sharing", "isoc-energy", to=["service"], incident=reference(grave)))
    tap.has("\n".join(found["service"]), f"carries service isoc-energy {grave['id']}", "until it is brought in")
    answer, found = publish(update(grave, "TLP:AMBER"))
    tap.ok("service" in found, "and then it is", found)

    # a changed feed, over a restart
    wider = subscribe("authority", "grave", ["incident.notice", "incident.update"], backfill=True, more={"supersedes": reference(asked)})
    tap.equal(brought(wider)[0], [small["id"]], "a wider feed brings what it adds")
    world.kill_hub()
    world.raw()
    answer, found = publish(update(small))
    tap.ok(any(line.startswith("feed authority grave ") for line in found["authority"]), "and follows it, by records alone", found)

    # who ended a feed has corrections of what it had by it
    whole = subscribe("isoc-bank", "whole", ["incident.notice"], level=4, backfill=True)
    tap.equal(brought(whole)[0], [grave["id"], again["id"]], "another node looks back")
    publish(subscribe("isoc-bank", "whole", ["incident.notice"], more={"cancels": reference(whole)}))
    answer, found = publish(notice(4, supersedes=reference(again)))
    tap.equal(found["isoc-bank"], ["by-subscription isoc-bank original.receivers none default"], "a correction reaches it, in no feed")

    # as many as go along at once
    many = [notice(2) for _ in range(300)]
    for at in range(0, 300, 100):
        world.raws["isoc-energy"].tell(*many[at : at + 100])
    ids, omitted = brought(subscribe("isoc-bank", "all", ["incident.notice"], level=2, backfill=True))
    tap.equal((ids[-1], len(ids), omitted), (many[-1]["id"], 256, [["omits", "isoc-bank", "carry.limit", str(300 - 256)]]), "the newest come, and how many do not is said")

    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0, "whoever has the journal finds it whole", text)
    code, text = world.run("verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"), code=None)
    tap.ok(code == 0, "so does dabyl verify", text)
