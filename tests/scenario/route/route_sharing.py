#!tests/run
"""Goal: a party brings another body in, as far as the markings of what it hands over go; an engagement does, too."""

import client
import tap
from route import example, reference, refused, rule_and_cites
from world import World

CAST = (
    *("nccis", "isoc-energy", "isoc-bank", "owner-grid", "owner-bank", "service"),
    *("authority", "prosecutor", "knb", "mfa"),
)


def carried(answer):
    """Of a receipt: what each was brought, {node: [ids]}, and what not, {node: [code, number]}."""
    brought, omitted = {}, {}
    for line in getattr(answer, "told", f"{answer}").splitlines():
        words = line.split(" ")
        if words[0] == "carries":
            brought.setdefault(words[1], []).append(words[3])
        if words[0] == "omits":
            omitted[words[1]] = words[2:]
    return brought, omitted


def share(incident, author, to, marking="TLP:AMBER"):
    return example("incident.sharing", author, marking, incident=reference(incident), to=to)


with World(__doc__, CAST) as world:
    world.hub.start()
    world.raw()
    raws = world.raws
    by = {}  # node: the rule and paragraphs of what it was told last

    def update(author, about, marking="TLP:AMBER", **more):
        return client.message(
            "incident.update", author, {"description": "x"}, marking, incident=reference(about), **more
        )

    def tell(message):
        (answer,) = raws[message["from"]].tell(message)
        for line in getattr(answer, "told", "").splitlines():
            if line.startswith("deliver "):
                by[line.split(" ")[1]] = rule_and_cites(line)
        return carried(answer), {node for node, parts in world.fence().items() if parts}

    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
    strict = update("isoc-energy", notice, "TLP:AMBER+STRICT")
    red = update("isoc-energy", notice, "TLP:RED", to=["nccis", "authority"])
    wrong = update("owner-grid", notice)
    back = update("owner-grid", notice, cancels=reference(wrong))
    for message in (notice, strict, red, wrong, back):
        tell(message)

    (brought, omitted), had = tell(share(notice, "nccis", ["authority"]))
    tap.equal(
        brought,
        {"authority": [notice["id"], red["id"]]},
        "NCCIS shows it to the authorised body: what stands, and what names it",
    )
    tap.equal(
        {node: by[node] for node in ("authority", "owner-grid")},
        {
            "authority": "sharing.addressees 488:8.5, default",
            "owner-grid": "sharing.parties 488:8.5, default",
        },
        "all by a default",
    )
    tap.equal(
        omitted, {"authority": ["marking.tlp", "1"]}, "what is strictly for others stays with them"
    )
    tap.ok({"authority", "isoc-energy", "owner-grid"} <= had, "the other parties are told", f"{had}")
    (_, had) = tell(update("owner-grid", notice))
    tap.ok("authority" in had, "from then on it follows the incident", f"{had}")
    (answer,) = raws["authority"].tell(
        client.message("acknowledgement", "authority", {"answer": "read"}, re=reference(notice))
    )
    tap.has(getattr(answer, "told", f"{answer}"), "deliver isoc-energy", "and may answer its author")
    for name, about in (("one that the markings kept from it", strict), ("what was taken back", wrong)):
        refused(
            world,
            client.message("acknowledgement", "authority", {"answer": "read"}, re=reference(about)),
            "reference.unknown",
            "/re",
            name,
        )

    (brought, _), _ = tell(share(notice, "isoc-energy", ["mfa"]))
    tap.equal(
        (brought["mfa"][0], by["mfa"]),
        (notice["id"], "sharing.coordination 488:8.5, default"),
        "the foreign-policy body is brought in likewise",
    )
    answer = refused(
        world,
        example(
            "incident.sharing", "nccis", incident=reference(strict), to=["prosecutor"]
        ),
        "reference.kind",
        "/incident",
        "an update is no incident",
    )
    tap.has(answer.by, "sharing.incident", "by a rule")

    (brought, _), _ = tell(share(notice, "isoc-energy", ["prosecutor"], "TLP:AMBER+STRICT"))
    tap.equal(
        brought["prosecutor"][:2],
        [notice["id"], strict["id"]],
        "its author itself may hand on what is strictly for whom it chooses",
    )
    (brought, _), _ = tell(share(notice, "nccis", ["authority"]))
    tap.equal(brought, {}, "who is a party already is handed nothing twice")

    # Beyond the marking, from who is no party, to a stranger.
    closed = client.notice("owner-grid", 2, marking="TLP:RED", to=["nccis"])
    tell(closed)
    refused(
        world, share(closed, "nccis", ["authority"]), "marking.tlp", "/to", "beyond the marking"
    )
    refused(
        world,
        share(notice, "isoc-bank", ["owner-bank"]),
        "reference.unknown",
        "/incident",
        "who is no party shares nothing",
    )
    refused(
        world, share(notice, "nccis", ["nobody-here"]), "to.unknown", "/to/0", "with a stranger"
    )
    refused(world, share(notice, "knb", ["media"]), "to.unknown", "/to/0", "nor with who is not there")

    # 11: an engagement implies it.
    engagement = example(
        "response.engagement",
        "owner-grid",
        to=["service"],
        incident=reference(notice),
        body={"object": "obj-grid-1"},
    )
    (brought, _), _ = tell(engagement)
    tap.ok(notice["id"] in brought.get("service", []), "an engaged service has the incident")
    (_, had) = tell(update("service", notice))
    tap.ok({"isoc-energy", "owner-grid"} <= had, "and speaks of it to the parties", f"{had}")
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok(code == 0, "the independent check finds nothing", text)
