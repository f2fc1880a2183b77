#!tests/run
"""Goal: a whole crisis by chapters 3 and 4 of the plan, from detection to recovery, the hub killed in its middle.

Everybody is a node with its folders, and people use `dabyl`.  The prosecutor's office has no node.  The rules are the plan's, but that
whoever is asked has one second to answer: the duty that falls overdue.  What each part leaves is
compared at once, and in the end once more: inboxes, what is owed, the incident's timeline, and
the independent check of journal, receipts and inboxes that every scenario ends with.
"""

import json

import client
import entries
import tap
from processes import until
from route import example, reference
from world import World

NAMES = (
    "nccis", "isoc-energy", "isoc-bank", "owner-grid", "service", "authority", "knb", "mfa",
    "telecom", "hq", "media", "partner",
)  # fmt: skip
MEMBERS = ["nccis", "owner-grid", "telecom"]
GRID = {"object": "obj-grid-1"}
reached = {}  # id -> (kind, who has it)


# --- what people and programs do ------------------------------------------------------------------


def dabyl(node, *words):
    return world.run("--node", world.node(node).folder, *words)


def tell(words, kind, author, *to, marking=None, **more):
    """Hand it to the author's node; the message, and the reason when it was refused."""
    message = example(kind, author, marking, to=list(to) or None, summary={"en": words}, **more)
    node, name = world.node(author), message["id"]
    node.drop(message)
    file = name + ".json.reason.json"
    until(lambda: name in node.sent() or file in node.refused(), f"the hub's answer: {words}")
    return message, node.refused().get(file)


def says(words, kind, author, *to, **more):
    message, reason = tell(words, kind, author, *to, **more)
    tap.ok(not reason, f"{kind} of {author}: {words}", reason)
    return message


def may_not(rule, code, words, kind, author, *to, **more):
    """It is refused, by this rule."""
    _, reason = tell(words, kind, author, *to, **more)
    got = reason and (reason["by"], reason["code"])
    tap.equal(got, (rule, code), f"refused is {kind} of {author}: {words}")


def sealed(words, kind, author, *to, **more):
    """It waits in the node until as many of its officers have sealed it as the law wants."""
    message, reason = tell(words, kind, author, *to, **more)
    tap.equal(reason and reason["code"], "seals.missing", f"{kind} of {author} waits for officers")
    for officer in world.officers(author):
        if message["id"] not in world.node(author).sent():
            world.cosign(author, message["id"], officer)
    tap.ok(message["id"] in world.node(author).sent(), f"they have sealed it: {words}")
    return message


def has(name, wanted):
    return next((message for message in world.node(name).inbox() if wanted(message)), None)


def reach(message, *names):
    """These nodes get it, and nobody else has it."""

    def holders():
        return sorted(name for name in NAMES if has(name, lambda one: one["id"] == message["id"]))

    until(lambda: set(names) <= set(holders()), f"{message['kind']} at {', '.join(names)}")
    reached[message["id"]] = message["kind"], sorted(names)
    tap.equal(holders(), sorted(names), f"{message['kind']} reaches {', '.join(names)}")
    return message


def came_along(name, *messages):
    """With what brought it in, the node has these and nothing else, each proven."""
    carried = world.node(name).names("carried", ".json")
    wanted = [message["id"] + ".json" for message in messages]
    tap.equal([one.partition("-")[2] for one in carried], wanted, f"what came along to {name}")
    dabyl(name, "verify", *(world.node(name).path("carried", one) for one in carried))


def derived(kind, cause, *names):
    """The hub makes a message of it, for these nodes."""

    def made(message):
        return message["kind"] == kind and message["body"]["cause"]["id"] == cause["id"]

    return reach(until(lambda: has(names[0], made), f"{kind} at {names[0]}"), *names)


def accept(name, message):
    """A person does."""
    (file,) = (one for one in world.node(name).names("inbox", ".json") if message["id"] in one)
    dabyl(name, "ack", int(file.split("-")[0]), "accepted")


def becomes(duty, who, about, *states):
    """The journal has these states of the duty, and no others but that its time is near."""

    def found():
        return [
            one["state"]
            for _, one in entries.duties(world.hub.path("journal"))
            if (one["duty"], one["debtor"], one["message"]["id"]) == (duty, who, about["id"])
            and one["state"] != "near"
        ]

    until(lambda: found()[-1:] == [states[-1]], f"{duty} of {who}: {states[-1]}")
    tap.equal(found(), list(states), f"{duty} of {who} is {', then '.join(states)}")


def in_a_second(duty):
    """The plan's rules with this duty's time cut to a second, sealed again."""
    plan = world.rules()
    at = plan.index(f'duty = "{duty}"')
    short = plan[at:].replace('"24 h"', '"1 s"', 1).replace('        near = "4 h";\n', "", 1)
    world.write_rules(plan[:at] + short)


# --- chapter 3: an owner's incident ---------------------------------------------------------------


def detected():
    tap.note("A centre notices that telemetry stopped; of which object is not known yet.")
    body = {"level": 2, "cross_border": False, "countries": None, "object": None}
    notice = says("Telemetry of a substation stopped", "incident.notice", "isoc-energy", body=body)
    return reach(notice, "nccis")


def located(notice):
    tap.note("An update names the object: its owner is brought in, and has what there was (8.5).")
    update = says(
        "It is at the grid's control centre", "incident.update", "isoc-energy",
        incident=reference(notice), body={"level": None, **GRID},
    )  # fmt: skip
    reach(update, "nccis", "owner-grid")
    came_along("owner-grid", notice)
    return update


def engaged(notice, update):
    tap.note("The owner calls in a response service (11), which is a party from then on.")
    incident = {"incident": reference(notice)}
    call = says(
        "Please look at two controllers", "response.engagement", "owner-grid", "service",
        **incident, body=GRID,
    )  # fmt: skip
    reach(call, "service", "isoc-energy")
    came_along("service", notice, update)
    found = says(
        "Both controllers are wiped", "incident.update", "service", **incident, body={"level": None}
    )
    return reach(found, "nccis", "owner-grid", "isoc-energy")


def subscribed():
    tap.note("The authorised body asks to read along what is grave.")
    body = {"name": "grave", "kinds": ["incident.notice", "incident.update"], "level": 3,
            "sectors": None}  # fmt: skip
    reach(says("What is grave", "subscription", "authority", body=body), "authority")


# --- chapter 4.1: the response --------------------------------------------------------------------


def raised(incident):
    tap.note("It is level 4 now, and comes from abroad: the agencies are alerted (14).")
    update = says(
        "Two substations opened by remote command", "incident.update", "isoc-energy",
        marking="TLP:GREEN",
        incident=incident, body={"level": 4, "cross_border": True, "countries": ["KG"]},
    )  # fmt: skip
    reach(update, "nccis", "owner-grid", "service", "authority")
    line = world.node("authority").why()[update["id"]]
    tap.ok(line.startswith("by-subscription authority feed.updates"), "by subscription, not by law", line)
    derived("crossborder.item", update, "mfa", "nccis")
    alert = derived("security.alert", update, "knb", "nccis")
    becomes("alert.acknowledged", "knb", alert, "open")
    accept("knb", alert)
    becomes("alert.acknowledged", "knb", alert, "open", "met")
    return update


def shared(notice, *before):
    tap.note("NCCIS shows the authorised body the whole of it: a party from now on.")
    sharing = says(
        "You should know of it", "incident.sharing", "nccis", "authority", incident=reference(notice)
    )
    reach(sharing, "authority", "isoc-energy", "owner-grid", "service", "knb", "mfa")
    came_along("authority", notice, *before)


def abroad(incident):
    tap.note("A measure abroad is coordinated with the foreign-policy body, then released (17).")
    measure = says(
        "Have a server taken off the network", "crossborder.measure", "nccis", incident=incident
    )
    reach(measure, "mfa")
    release = ("crossborder.release", "nccis", "partner", "isoc-energy")
    more = {"re": reference(measure), "incident": incident}
    may_not("release.agreed", "precondition.unmet", "Before there is a position", *release, **more)
    said = {"position": "agreed", "conditions": ["Nothing is deleted."]}
    agreed = reach(says("We agree", "crossborder.position", "mfa", **more, body=said), "nccis")
    becomes("measure.position", "mfa", measure, "open", "met")
    digest = client.sha(world.node("nccis").bytes_of(agreed)).hex()
    body = {"position_sha256": digest, "conditions": said["conditions"]}
    for words, other in (
        ("With another measure", {"measures": ["Take two servers off the network."]}),
        ("Without what was agreed on", {"conditions": None}),
    ):
        wrong = {**more, "body": {**body, **other}}
        may_not("release.agreed", "precondition.unmet", words, *release, **wrong)
    reach(says("Please take it off", *release, **more, body=body), "partner", "isoc-energy", "mfa")


def primary_response(incident):
    tap.note("NCCIS, the owner and the centre act before there is a Headquarters (19).")
    two = ("owner-grid", "isoc-energy")
    due = client.rfc3339(7200)
    body = {"cross_border": False, "due": due, **GRID}
    task = says("Close remote access", "response.task", "nccis", *two, incident=incident, body=body)
    reach(task, *two)
    tap.equal(
        {one["due"] for _, one in entries.duties(world.hub.path("journal")) if one["duty"] == "task.reported"},
        {due},
        "it is due when the task says, sooner than the rule's 24 hours",
    )
    for name in two:
        more = {"re": reference(task), "incident": incident}
        interim = {**more, "body": {"state": "in-progress"}}
        reach(says("We are at it", "response.report", name, **interim), "nccis")
        becomes("task.reported", name, task, "open", "open")  # it is known that they are at it
        reach(says("It is closed", "response.report", name, **more), "nccis")
        becomes("task.reported", name, task, "open", "open", "met")


def unanswered(incident):
    tap.note("The other centre is asked, and lets its time pass (6).")
    words = "Do you see it too?"
    more = {"incident": incident, "body": {"due": None}}  # the rule's own time, a second here
    request = says(words, "information.request", "nccis", "isoc-bank", **more)
    reach(request, "isoc-bank")
    becomes("request.answered", "isoc-bank", request, "open", "overdue")
    for name in ("isoc-bank", "nccis"):
        text = dabyl(name, "duties")
        tap.has(text, "overdue  ", f"dabyl duties shows {name} that something is overdue")
        tap.has(
            text, "isoc-bank: request.answered, towards nccis (para 488:6, 8.3", "by whom, what, and its paragraph"
        )
    return request


# --- chapter 4.2: the Operational Headquarters ----------------------------------------------------


def convened(incident):
    tap.note("NCCIS proposes the Headquarters (22), its head convenes it (18, 20, 21).")
    words = "Four more objects may be next"
    proposal = sealed(words, "headquarters.proposal", "nccis", incident=incident)
    reach(proposal, "hq")
    more = {"re": reference(proposal)}
    becomes("proposal.decided", "hq", proposal, "open")
    reach(sealed("It is needed", "headquarters.decision", "hq", **more), "nccis")
    becomes("proposal.decided", "hq", proposal, "open", "met")
    rule, order = "directive.convened", ("headquarters.directive", "hq")
    may_not(rule, "reference.kind", "Before it is convened", *order, "owner-grid", **more)
    more["body"] = {"members": MEMBERS}
    convening = sealed("We meet", "headquarters.convening", "hq", *MEMBERS, **more)
    reach(convening, *MEMBERS)
    more = {"re": reference(convening)}
    outside = ("directive.members", "to.outside", "To whom it does not include", *order, "isoc-bank")
    may_not(*outside, **more)
    return convening


def joined(convening):
    tap.note("The head has the other centre come (21), and go again.")
    more = {"re": reference(convening)}
    change = ("headquarters.membership", "hq")
    came = sealed("Come, too", *change, **more, body={"joins": ["isoc-bank"], "leaves": None})
    reach(came, "isoc-bank", *MEMBERS)
    came_along("isoc-bank", convening)
    left = sealed("We thank you", *change, **more, body={"joins": None, "leaves": ["isoc-bank"]})
    reach(left, "isoc-bank", *MEMBERS)
    order = ("headquarters.directive", "hq", "isoc-bank")
    may_not("directive.members", "to.outside", "Who has left is directed no more", *order, **more)


def directed(convening):
    tap.note("It directs, under the seals of its head and another officer (20, 23).")
    two = ("owner-grid", "telecom")
    words = "Close remote access at all objects"
    order = sealed(words, "headquarters.directive", "hq", *two, re=reference(convening))
    for name in two:
        becomes("directive.reported", name, order, "open")
    return reach(order, *two)


def hub_killed(order, request):
    tap.note("The hub is killed. Two reports and the late answer wait in their nodes meanwhile.")
    world.hub.kill()
    answer = example("information.reply", "isoc-bank", re=reference(request))
    reports = [
        example("directive.report", name, re=reference(order)) for name in ("owner-grid", "telecom")
    ]
    for message in (answer, *reports):
        world.node(message["from"]).drop(message)
    world.hub.start()
    reach(answer, "nccis")
    becomes("request.answered", "isoc-bank", request, "open", "overdue", "met-late")
    for report in reports:
        reach(report, "hq")
        becomes("directive.reported", report["from"], order, "open", "met")


def suspended():
    tap.note("A suspension an hour ago: the agency owes its notice to two bodies within 24 hours (15).")
    past = {"suspended_at": client.rfc3339(-3600)}
    notice = sealed("A site is suspended", "suspension.notice", "knb", body=past)
    reach(notice, "telecom")
    becomes("suspension.communications", "knb", notice, "handed", "met")
    tap.note("The prosecutor's office has no node: that is said, and owed all the same.")
    becomes("suspension.prosecutor", "knb", notice, "open")
    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.ok(code == 1 and "prosecutor" in text, "the hub's status says who is not there", text)
    until(lambda: has("nccis", lambda one: "prosecutor" in json.dumps(one["body"]) and one["kind"] == "service.notice"), "NCCIS is told")
    told = {"duty": "suspension.prosecutor", "towards": "prosecutor", "told_at": client.rfc3339(-60)}
    paper = sealed("Told by courier", "attestation", "knb", re=reference(notice), body=told)
    becomes("suspension.prosecutor", "knb", notice, "open", "met")
    return paper


def adjourned(convening):
    tap.note("The public is told (23); the Headquarters adjourns, and directs no more.")
    more = {"re": reference(convening)}
    notice = sealed("Two cities were without power", "public.notice", "hq", **more)
    reach(notice, "media", "owner-grid")
    becomes("publication.reported", "media", notice, "open")
    reach(says("It is in the news", "publication.report", "media", re=reference(notice)), "hq")
    becomes("publication.reported", "media", notice, "open", "met")
    reach(sealed("We are done", "headquarters.adjournment", "hq", *MEMBERS, **more), *MEMBERS)
    order = ("headquarters.directive", "hq", "owner-grid")
    may_not("directive.adjourned", "precondition.ended", "One thing more", *order, **more)


# --- chapter 3 again: recovery --------------------------------------------------------------------


def recovered(incident):
    tap.note("The incident is closed, and the owner restores as it was recommended (12).")
    closure = says("Both substations work", "incident.closure", "isoc-energy", incident=incident)
    reach(closure, "nccis", "owner-grid", "service", "authority", "knb", "mfa")
    more = {"incident": incident, "body": GRID}
    advice = says("Ask for a second factor", "recommendation", "nccis", "owner-grid", **more)
    reach(advice, "owner-grid", "isoc-energy")
    becomes("recommendation.reported", "owner-grid", advice, "open")
    more["re"] = reference(advice)
    reach(says("It is done", "recovery.report", "owner-grid", **more), "nccis")
    becomes("recommendation.reported", "owner-grid", advice, "open", "met")


# --- what is left of it ---------------------------------------------------------------------------

COURSE = """
    incident.notice isoc-energy, incident.update isoc-energy, incident.update service,
    incident.update isoc-energy, security.alert hub, crossborder.item hub, acknowledgement knb,
    incident.sharing nccis, crossborder.measure nccis, crossborder.position mfa,
    crossborder.release nccis, response.task nccis, response.report owner-grid,
    response.report owner-grid, response.report isoc-energy, response.report isoc-energy,
    information.request nccis, headquarters.proposal nccis, headquarters.decision hq,
    headquarters.convening hq, headquarters.membership hq, headquarters.membership hq,
    information.reply isoc-bank, headquarters.adjournment hq, incident.closure isoc-energy,
    recommendation nccis, recovery.report owner-grid
"""
OWED = {
    ("proposal.decided", "hq", "met"), ("alert.informed", "nccis", "met"),
    ("alert.acknowledged", "knb", "met"), ("measure.position", "mfa", "met"),
    ("task.reported", "owner-grid", "met"), ("task.reported", "isoc-energy", "met"),
    ("request.answered", "isoc-bank", "met-late"), ("recommendation.reported", "owner-grid", "met"),
}  # fmt: skip


def remembered(incident):
    tap.note("What NCCIS, which was no party to directives and the suspension, has of it:")
    tap.equal(dabyl("nccis", "duties"), "nothing is owed\n", "nothing is owed any more")
    found = json.loads(dabyl("nccis", "incident", "--json", incident["id"]))
    course = [f"{one['kind']} {one['author']}" for one in found["messages"]]
    tap.equal(course, " ".join(COURSE.split()).split(", "), "the incident's timeline is its course")
    told = {one["id"]: sorted(to["node"] for to in one["receivers"]) for one in found["messages"]}
    wrong = [one for one in reached if one in told and told[one] != reached[one][1]]
    tap.equal(wrong, [], "and says of each message whom it reached")
    owed = {(one["duty"], one["debtor"], one["state"]) for one in found["duties"]}
    tap.equal(owed, OWED, "and what became of each duty")
    tap.note(dabyl("nccis", "incident", incident["id"]))


def compare_inboxes():
    holders = {name: [] for name in reached}
    for name in NAMES:
        for message in world.node(name).inbox():
            holders.get(message["id"], []).append(name)
    wanted = {name: nodes for name, (_, nodes) in reached.items()}
    got = {name: sorted(nodes) for name, nodes in holders.items()}
    tap.equal(got, wanted, "nothing reached anybody later, or twice")


with World(__doc__, NAMES, officers=("knb",), law="nobody can wait a day for a duty to fall due: it has a second") as world:
    in_a_second("request.answered")
    world.start()
    notice = detected()
    incident = reference(notice)
    named = located(notice)
    found = engaged(notice, named)
    subscribed()
    grave = raised(incident)
    shared(notice, named, found)
    abroad(incident)
    primary_response(incident)
    request = unanswered(incident)
    convening = convened(incident)
    joined(convening)
    order = directed(convening)
    hub_killed(order, request)
    suspended()
    adjourned(convening)
    recovered(incident)
    remembered(incident)
    for node in world.nodes.values():
        node.stop()
    compare_inboxes()
