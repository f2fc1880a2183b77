#!tests/run
"""Goal: a role of the law that nobody has is said to the author, to nccis and to the operator, and the duty is owed all the same."""

import json

import client
import entries
import tap
from processes import until
from route import example, reference
from world import CAST, World


def owed(world, name):
    """Of each duty of this name: who owes it towards whom, and how it stands."""
    found = {}
    for _, duty in entries.duties(world.hub.path("journal")):
        if duty["duty"] == name:
            found[duty["id"]] = (duty["debtor"], duty["towards"], duty["state"])
    return sorted(found.values())


def absent(told):
    return [line for line in told.splitlines() if line.startswith("absent ")]


def notices(world):
    return [
        json.loads(d.document)["body"]
        for d in world.fence().get("nccis", ())
        if d.leaf["kind"] == "service.notice"
    ]


def status(world):
    code, text = world.run("hub", "status", world.hub.folder, "--json", code=None)
    return code, json.loads(text)


with World(__doc__, ("nccis", "isoc-energy", "telecom")) as world:
    world.hub.start()
    world.raw()
    raws = world.raws

    # Paragraph 14, and no agency: nccis owes it all the same, and nobody is not told in silence.
    code, before = status(world)
    tap.equal((code, before["duties_towards_nobody"]), (0, 0), "that nobody has a role may be known")
    missing = {one["role"]: (one["cites"], one["by_law"]) for one in before["absent"]}
    tap.equal(missing.get("national-security"), ("488:14", True), "and is shown with its paragraph")
    notice = client.notice("isoc-energy", 4)
    line = "absent national-security alert.agencies sender 488:14"
    said = raws["isoc-energy"].explain(notice)
    tap.equal(
        said["absent"],
        [{"rule": "alert.agencies", "cites": "488:14", "role": "national-security"}],
        "explain says beforehand whom the alert cannot reach",
    )
    (receipt,) = raws["isoc-energy"].tell(notice)
    tap.equal(absent(receipt.told), [line], "and so does the receipt")
    records = [one.record.decode() for one in entries.read(world.hub.path("journal"))]
    tap.equal(sum(line in record for record in records), 2, "the record of notice and alert, too")
    tap.equal(
        owed(world, "alert.informed"),
        [("nccis", "role:national-security", "open")],
        "nccis owes the agencies its word",
    )
    tap.equal(owed(world, "alert.acknowledged"), [], "and nobody who is not there owes an answer")
    (told,) = notices(world)
    tap.equal(
        (told["event"], told["about"]["id"]), ("role-absent", notice["id"]), "nccis is told of what"
    )
    tap.has(told["text"], "national-security (para 488:14)", "by role and paragraph")
    tap.has(world.hub.process.text(), "role.absent", "and the hub's log says it")
    code, after = status(world)
    tap.equal((code, after["duties_towards_nobody"]), (1, 1), "the status ends with 1 while it is owed")
    text = world.run("hub", "status", world.hub.folder, code=1)
    tap.has(text, "1 duties are open towards roles that no node has", "and says why")
    raws["isoc-energy"].tell(notice)
    tap.equal(notices(world), [], "the same again is no news")

    # Paragraph 17, and no foreign-policy body: of what crosses the border, and of the measure itself.
    abroad = client.notice("isoc-energy", 2, body={"cross_border": True, "countries": ["KG"]})
    (receipt,) = raws["isoc-energy"].tell(abroad)
    line = "absent foreign-affairs item.automatic sender 488:17, default"
    tap.equal(absent(receipt.told), [line], "of an incident across the border, by a default")
    (told,) = notices(world)
    tap.has(told["text"], "foreign-affairs (para 488:17", "and nccis is told")
    (receipt,) = raws["nccis"].tell(example("crossborder.measure", "nccis", incident=reference(abroad)))
    tap.equal(
        absent(receipt.told),
        ["absent foreign-affairs measure.liaison sender 488:17"],
        "of the measure, by the law: nobody is there whose position it needs",
    )
    notices(world)

    # The agencies come; one that is there is owed as always.
    world.cast["knb"] = CAST["knb"]
    world.enrol("knb", *CAST["knb"])
    for officer, office in zip(world.officers("knb"), world.offices("knb")):
        world.officer(officer, "knb", office)
    world.sealing.append("knb")
    tap.has(world.reload(), "law.reloaded", "the agencies get a node")
    world.raw("knb")
    (receipt,) = raws["isoc-energy"].tell(client.notice("isoc-energy", 5))
    tap.equal(absent(receipt.told), [], "then there is nothing to say")
    tap.equal(owed(world, "alert.acknowledged"), [("knb", "nccis", "open")], "they owe an answer")
    world.fence()
    until(lambda: ("nccis", "knb", "met") in owed(world, "alert.informed"), "the agencies sign")
    tap.equal(
        owed(world, "alert.informed"),
        [("nccis", "knb", "met"), ("nccis", "role:national-security", "open")],
        "and were informed when they signed; what came before stays owed",
    )

    # Paragraph 15, and no prosecutor: the agency owes it, nccis learns of no suspension.
    past = {"suspended_at": client.rfc3339(-3600)}
    suspension = example("suspension.notice", "knb", "TLP:AMBER+STRICT", body=past)
    (receipt,) = raws["knb"].tell(suspension)
    tap.equal(
        absent(receipt.told),
        ["absent prosecutor suspension.notified sender 488:15"],
        "a suspension that nobody tells the prosecutor of gets no clean receipt",
    )
    told = [body for body in notices(world) if body["event"] == "role-absent"]
    tap.equal([body.get("about") for body in told], [None], "nccis is told, without the suspension")
    tap.ok(suspension["id"] not in json.dumps(told) and "knb" not in json.dumps(told), "nor by whom", told)
    met = [("knb", "telecom", "met")]
    until(lambda: owed(world, "suspension.communications") == met, "one body signs")
    tap.equal(owed(world, "suspension.communications"), met, "one body has signed")
    tap.equal(
        owed(world, "suspension.prosecutor"),
        [("knb", "role:prosecutor", "open")],
        "and the other is owed its notice by who suspended",
    )
    mine = raws["knb"].ask("duties", {})["duties"]
    tap.ok(
        ("suspension.prosecutor", "role:prosecutor", True)
        in [(d["duty"], d["towards"], d["mine"]) for d in mine],
        "which it is shown as its own",
        mine,
    )
    others = raws["nccis"].ask("duties", {"all": True})["duties"]
    tap.ok(not [d for d in others if d["duty"].startswith("suspension")], "and nccis is not", others)
    world.hub.kill()
    world.hub.start()
    code, after = status(world)
    tap.equal((code, after["duties_towards_nobody"]), (1, 2), "over a kill of the hub both stay owed")

    # A prosecutor who comes later does not have it, and a correction does not bring it to him: it stays owed.
    world.cast["prosecutor"] = CAST["prosecutor"]
    world.enrol("prosecutor", *CAST["prosecutor"])
    tap.has(world.reload(), "law.reloaded", "the prosecutor gets a node")
    world.raw("knb", "prosecutor")
    fixed = example("suspension.notice", "knb", "TLP:AMBER+STRICT", body=past)
    world.raws["knb"].tell(dict(fixed, supersedes=reference(suspension)))
    tap.equal(
        owed(world, "suspension.prosecutor"),
        [("knb", "role:prosecutor", "open")],
        "corrected, it is owed as before",
    )
