#!tests/run
"""Goal: a node reads along what it subscribed to, within what rules offer and markings permit, and never more."""

import hashlib

import client
import tap
from route import example, reference, refused
from world import World

CAST = ("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "authority", "service", "mfa")


def subscribe(author, name, kinds, /, more=None, **filters):
    return client.message("subscription", author, {"name": name, "kinds": kinds, **filters}, **more or {})


def notice(level, marking="TLP:GREEN", **body):
    return client.notice("isoc-energy", level, marking=marking, body={"object": "obj-grid-1", **body})


def lines(part):
    return [part.why, *part.more]


with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]

    def publish(message):
        """Its answer, and what each node had of it: the lines that say why."""
        (answer,) = world.raws[message["from"]].tell(message)
        found = {
            node: lines(part)
            for node, parts in world.fence().items()
            for part in parts
            if part.leaf["id"] == message["id"]
        }
        return answer, found

    # what one may not have, or does not exist
    for text, message, code, pointer in (
        ("a kind that is offered to nobody", subscribe("nccis", "a", ["suspension.notice"]), "subscription.kind", "/body/kinds/0"),
        ("one that is not offered to this role", subscribe("mfa", "a", ["advisory", "incident.notice"]), "subscription.kind", "/body/kinds/1"),
        ("a kind that there is not", subscribe("nccis", "a", ["no.such"]), "subscription.kind", "/body/kinds/0"),
        ("another's object", subscribe("owner-grid", "a", ["incident.notice"], objects=["obj-grid-1", "obj-bank-1"]), "subscription.object", "/body/objects/1"),
        ("an object that there is not", subscribe("owner-grid", "a", ["incident.notice"], objects=["obj-none"]), "subscription.object", "/body/objects/0"),
        ("an author that there is not", subscribe("nccis", "a", ["incident.notice"], authors=["nobody"]), "subscription.author", "/body/authors/0"),
        ("a field that there is not", subscribe("nccis", "a", ["incident.notice"], regions=["north"]), "doc.schema", "/body/regions"),
        ("no kind", subscribe("nccis", "a", []), "doc.schema", "/body/kinds"),
        ("a level that all have", subscribe("nccis", "a", ["incident.notice"], level=0), "doc.schema", "/body/level"),
    ):
        refused(world, message, code, pointer, text)

    grave = subscribe("authority", "grave", ["incident.notice", "incident.update", "incident.closure"], level=3, sectors=["power-supply"])
    answer, found = publish(grave)
    tap.equal(found, {"authority": ["deliver authority subscription.own sender default"]}, "a subscription comes back to who asked, and to nobody else")
    refused(world, subscribe("authority", "grave", ["advisory"]), "subscription.taken", "/body/name", "a name is taken once")
    publish(subscribe("service", "shared", ["incident.notice", "incident.update", "threat.report"]))
    publish(subscribe("owner-bank", "shared", ["incident.notice"], categories=["fraud"]))
    publish(subscribe("nccis", "grid", ["incident.notice"], authors=["isoc-energy"], objects=["obj-grid-1"]))

    # whom it reaches, and what it says
    one = notice(4)
    answer, found = publish(one)
    tap.equal(found["authority"][0], "by-subscription authority feed.notices sender 488:4, 8.5, default", "it reaches who subscribed")
    tap.ok("by-subscription authority feed.notices sender 488:4, 8.5, default\n" in answer.told, "the receipt says so", answer.told)
    begin = hashlib.sha256(b"dabyl-feed/v1\nauthority\ngrave\n").digest()
    digest = hashlib.sha256(begin + f"isoc-energy\n{one['id']}\n".encode()).hexdigest()
    tap.equal(found["authority"][1:], [f"feed authority grave 1 {digest}"], "with its place in the feed")
    tap.equal(found["service"][0], "by-subscription service feed.notices-shared none 488:6, default", "another, whom the author may not know")
    tap.ok("by-subscription service" not in answer.told and "subscribers 1 sender\n" in answer.told, "is counted in the receipt", answer.told)
    tap.ok("owner-bank" not in found, "who asks for something else has nothing")
    tap.ok(found["nccis"][0].startswith("deliver nccis notice.nccis") and found["nccis"][1].startswith("feed nccis grid 1 "), "what one has by law is in one's feed, too", found["nccis"])
    said = sender.explain(notice(3))
    tap.equal(
        ([part["node"] for part in said["by_subscription"]], said["subscribers"]),
        (["authority"], 1),
        "explain says whom, and how many besides",
    )

    # markings and levels
    answer, found = publish(notice(4, "TLP:AMBER"))
    tap.equal(set(found), {"nccis", "owner-grid"}, "a narrower marking keeps it from subscribers")
    answer, found = publish(notice(2))
    tap.ok("authority" not in found and "service" in found, "a lower level is not in the feed")

    # what follows in the thread, whatever it leaves out
    update = client.message("incident.update", "isoc-energy", {"description": "more is known"}, "TLP:GREEN", incident=reference(one))
    answer, found = publish(update)
    tap.equal([line.split(" ")[:4] for line in found["authority"]], [["by-subscription", "authority", "feed.updates", "sender"], ["feed", "authority", "grave", "2"]], "an update of what was in the feed follows")
    answer, found = publish(client.message("incident.update", "isoc-energy", {"description": "for few"}, "TLP:AMBER", incident=reference(one)))
    tap.ok("authority" not in found and "service" not in found, "who reads along is no party", found)

    # who reads along is no party, and says nothing in the incident
    for kind, body in (
        ("incident.update", {"description": "we know more"}),
        ("incident.closure", {"cause": "c", "elimination": "e", "recovery": "r"}),
    ):
        refused(world, client.message(kind, "service", body, "TLP:GREEN", incident=reference(one)), "reference.unknown", "/incident", f"it writes no {kind}")
    refused(world, example("incident.sharing", "service", to=["mfa"], incident=reference(one)), "reference.unknown", "/incident", "nor hands it on")
    answer, found = publish(client.message("acknowledgement", "service", {"answer": "read"}, re=reference(one)))
    tap.equal(set(found), {"isoc-energy"}, "but may answer what it had")

    # until it is brought in
    other = notice(2)
    publish(other)
    answer, found = publish(example("incident.sharing", "isoc-energy", to=["service"], incident=reference(other)))
    tap.has("\n".join(found["service"]), f"carries service isoc-energy {other['id']}", "it is brought in like anybody else")
    answer, found = publish(client.message("incident.update", "isoc-energy", {"description": "for few"}, "TLP:AMBER", incident=reference(other)))
    tap.ok("service" in found, "and is a party from then on", found)

    # corrections reach whoever had it
    right = notice(1)
    right["supersedes"] = reference(one)
    answer, found = publish(right)
    tap.ok({"authority", "service"} <= set(found), "a correction reaches subscribers, though it fits the filter no more", found)
    tap.ok(any(line.startswith("feed authority grave 3 ") for line in found["authority"]), "in the feed", found["authority"])
    refused(world, client.message("incident.update", "service", {"description": "we know"}, incident=reference(notice(4))), "reference.unknown", "/incident", "what one had not is not there")

    # narrower, from the next entry on
    narrow = subscribe("authority", "grave", ["incident.notice"], level=5, more={"supersedes": reference(grave)})
    refused(world, subscribe("authority", "other", ["incident.notice"], more={"supersedes": reference(grave)}), "subscription.name", "/body/name", "a correction keeps the name")
    (taken, answer) = world.raws["authority"].tell(narrow), None
    two, three = notice(4), notice(5)
    sender.tell(two, three)
    had = {part.leaf["id"]: lines(part) for part in world.fence()["authority"]}
    tap.ok(two["id"] not in had and three["id"] in had, "a narrower feed counts from the next entry on", had)
    tap.ok(had[three["id"]][1].startswith("feed authority grave 4 "), "and goes on counting", had)
    refused(world, subscribe("authority", "grave", ["incident.notice"], more={"cancels": reference(grave)}), "precondition.withdrawn", "/cancels", "what was corrected is not taken back")
    publish(subscribe("authority", "grave", ["incident.notice"], more={"cancels": reference(narrow)}))
    answer, found = publish(notice(5))
    tap.ok("authority" not in found, "and a cancelled one ends")

    # over a restart, by records alone
    world.kill_hub()
    world.raw()
    answer, found = publish(notice(4))
    tap.ok(found["nccis"][1].startswith("feed nccis grid 9 "), "feeds and their counts are folded again", found["nccis"])
    tap.ok("service" in found and "authority" not in found, "those that stand, and no other", found)

    # ten thousand of them
    bank = world.raws["owner-bank"]
    many = [subscribe("owner-bank", f"f{n}", ["advisory"]) for n in range(10000)]
    answers = [answer for at in range(0, len(many), 500) for answer in bank.tell(*many[at : at + 500])]
    codes = [getattr(answer, "code", "taken") for answer in answers]
    tap.equal((codes.count("taken"), codes.count("subscription.limit")), (31, 9969), "one has as many as a node may have")

    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0 and "23 messages, each counted in its feed" in text, "whoever has the journal can count the feeds again", text)
