"""crisis - the grave incident becomes a crisis: what is owed, what is agreed, what is directed."""

import json

import client
from route import example
from story import UNSENT, detail, must, step

TREATY = {"title": "Agreement on information security", "ratified_by": "Law No. 1"}
SIGNS = {
    "head-hq": "It waits in the node; the head of the Headquarters signs, with a key of his own:",
    "deputy-head-hq": "And the deputy:",
}


def named(author, name):
    return {"author": author, "id": name}


def message(kind, author, words, body, **more):
    return client.message(kind, author, body, summary={"en": words}, **more)


def duties(story, node, *words):
    text = story.world.run("duties", "--json", *words, "--node", story.world.node(node).folder)
    return [json.loads(line) for line in text.splitlines()]


def owes(story, node, duty, owed=True):
    found = [one for one in duties(story, node) if one["mine"] and one["duty"] == duty]
    must(bool(found) == owed, f"{node} owes {duty}: {owed}")


def acknowledged(story):
    step("Paragraph 14: at national security a person must answer for the alert.")
    node = story.world.node("knb")
    story.command("duties", node="knb")
    owes(story, "knb", "alert.acknowledged")
    before = set(node.sent())
    story.command("ack", "1", "accepted", node="knb")
    (name,) = set(node.sent()) - before
    story.sent[name] = "knb", "acknowledgement of the alert"
    owes(story, "knb", "alert.acknowledged", owed=False)
    story.arrived("nccis", name)


def measure(story):
    step("Paragraph 17: a measure abroad is agreed with foreign affairs, and then released.")
    body = {"treaty": TREATY, "countries": ["KG"], "measures": ["Take the server off the network."]}
    asked = story.send(
        "nccis",
        "cross-border measure",
        message(
            "crossborder.measure",
            "nccis",
            "Have a server abroad taken off the network",
            body,
            incident=named("isoc-energy", story.incident),
        ),
    )
    story.arrived("mfa", asked)
    owes(story, "mfa", "measure.position")
    release = message(
        "crossborder.release",
        "nccis",
        "Please take it off",
        {**body, "position_sha256": 64 * "0"},
        to=["isoc-energy"],
        re=named("nccis", asked),
    )
    detail("NCCIS cannot release it yet:")
    story.send_refused("nccis", "release before it is agreed", release, "precondition.unmet")
    position = message(
        "crossborder.position", "mfa", "Agreed", {"position": "agreed"}, re=named("nccis", asked)
    )
    agreed = story.arrived("nccis", story.send("mfa", "agreed position", position))
    owes(story, "mfa", "measure.position", owed=False)
    release["id"] = client.uuid7()
    digest = client.sha(story.world.node("nccis").bytes_of(agreed)).hex()
    release["body"]["position_sha256"] = digest
    story.arrived("isoc-energy", story.send("nccis", "release of the measure", release))


def sealed(story, node, label, document, signs):
    """What only a person in office may say waits in the node until he has signed it."""
    story.send_refused(node, f"{label.split(',')[0]}, by the node alone", document, "seals.missing")
    for officer, words in signs.items():
        detail(words)
        key, cert = (story.world.path(officer, *place) for place in
                     (("keys", "seal.key"), ("certs", "seal.pem")))  # fmt: skip
        story.command("cosign", document["id"], "--key", key, "--cert", cert, node=node)
    story.sent[document["id"]] = node, label
    must(document["id"] in story.world.node(node).sent(), f"taken is: {label}")
    return document["id"]


def headquarters(story):
    step("Paragraphs 18 to 22: the head of NCCIS proposes the Headquarters, whose head convenes it.")
    incident = named("isoc-energy", story.incident)
    body = {"analysis": "Four more objects have the same access.", "level": 5,
            "proposed_by": {"name": "C. Example"}}  # fmt: skip
    proposal = message(
        "headquarters.proposal", "nccis", "Four more objects may be next", body, incident=incident
    )
    signs = {"head-nccis": "It is for the head of NCCIS to propose (22), and for nobody else:"}
    label = "proposal to convene the Headquarters"
    story.arrived("hq", sealed(story, "nccis", label, proposal, signs))
    body = {"decision": "convened", "reasons": "Nobody else can close all accesses at once."}
    again = named("nccis", proposal["id"])
    decision = message("headquarters.decision", "hq", "It is convened", body, re=again)
    signs = {"head-hq": "The head of the Headquarters decides on it:"}
    story.arrived("nccis", sealed(story, "hq", "decision on the proposal", decision, signs))
    members = ["nccis", "owner-grid"]
    body = {"members": members, "head": {"name": "D. Example"}, "meets_at": client.rfc3339(600)}
    convening = message(
        "headquarters.convening",
        "hq",
        "The Headquarters meets in ten minutes",
        body,
        to=members,
        re=again,
    )
    signs = {"head-hq": "And convenes it (20):"}
    name = sealed(story, "hq", "convening of the Headquarters", convening, signs)
    for node in members:
        story.arrived(node, name)
    return name


def directed(story, convening):
    step("Paragraph 23: its directive needs the seals of its head and one officer more.")
    body = {"tasks": ["Close remote access at all objects."], "due": client.rfc3339(7200)}
    order = message(
        "headquarters.directive",
        "hq",
        "Close remote access",
        body,
        to=["owner-grid"],
        re=named("hq", convening),
    )
    sealed(story, "hq", "directive, sealed by two officers", order, SIGNS)
    story.arrived("owner-grid", order["id"])
    story.command("duties", node="owner-grid")
    owes(story, "owner-grid", "directive.reported")
    body = {"state": "done", "description": "Remote access is closed at all five objects."}
    report = message(
        "directive.report", "owner-grid", "It is closed", body, re=named("hq", order["id"])
    )
    story.arrived("hq", story.send("owner-grid", "report on the directive", report))
    story.command("duties", node="owner-grid")
    owes(story, "owner-grid", "directive.reported", owed=False)


def suspended(story):
    step("Paragraph 15: national security suspends a site. The prosecutor's office has no node.")
    begun = {"suspended_at": client.rfc3339(-3600)}
    notice = example("suspension.notice", "knb", body=begun, summary={"en": "A site is suspended"})
    signs = {
        "deputy-chairman-knb": "It waits for the official who decided, of those whom the paragraph names:",
        "chairman-knb": "And for one officer more:",
    }
    story.arrived("telecom", sealed(story, "knb", "notice of a suspension", notice, signs))
    detail("The receipt and the hub's status say who is not there; the notice to it is owed all the same:")
    story.operator("status")
    story.command("duties", node="knb")
    owes(story, "knb", "suspension.prosecutor")
    body = {
        "duty": "suspension.prosecutor",
        "towards": "prosecutor",
        "told_at": client.rfc3339(-600),
        "told_by": {"name": "E. Example"},
        "told_to": {"name": "F. Example", "position": "Duty prosecutor"},
        "medium": "courier",
        "number": "7/1123",
    }
    told = message("attestation", "knb", "Told by courier", body, re=named("knb", notice["id"]))
    signs = {"deputy-chairman-knb": "A courier takes it there, and an officer attests that:"}
    sealed(story, "knb", UNSENT[0], told, signs)
    owes(story, "knb", "suspension.prosecutor", owed=False)


def remembered(story):
    step("What NCCIS has of the incident, in the order of the hub's log.")
    story.command("incident", story.incident, node="nccis")
    story.duties = duties(story, "nccis", "--all")
    must({one["state"] for one in story.duties} == {"met"}, "every duty was met")


def act(story):
    acknowledged(story)
    measure(story)
    directed(story, headquarters(story))
    suspended(story)
    remembered(story)
