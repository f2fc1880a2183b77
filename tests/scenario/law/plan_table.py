#!tests/run
"""Goal: every kind is sent as every role; who may, who gets it and what is owed is what the plan says."""

import datetime
import json
import os

import client
import entries
import tap
from commands import TOP
from route import example, reference
from world import CAST, World

# Who a claim of plan.table speaks of, by the words it has for them.
ENTITIES = {
    "nccis", "isoc", "owner", "response-service", "authority", "national-security", "headquarters",
    "foreign-affairs", "communications", "prosecutor",
}  # fmt: skip
EVERYBODY = ENTITIES | {"media", "partner"}
SPOKEN_OF = {
    "owners of isoc": {"isoc"},
    "owner": {"owner"},
    "isoc": {"isoc"},
    "service": {"response-service"},
    "nccis": {"nccis"},
    "authority": {"authority"},
    "security": {"national-security"},
    "National Security Committee": {"national-security", "headquarters"},
    "eadquarters": {"headquarters"},
    "foreign": {"foreign-affairs", "partner"},
    "communications": {"communications"},
    "prosecutor": {"prosecutor"},
    "media": {"media"},
    "entities": ENTITIES,
    "stakeholders": EVERYBODY,
    "those who run them": {"owner", "isoc", "communications"},
    "who takes the measure": EVERYBODY,
    "state bodies": EVERYBODY,
}
NODE = {}  # of each role the one that sends
for name, (role, _) in CAST.items():
    NODE.setdefault(role, name)


def rows(name):
    """The rows of a table, its heading left out."""
    with open(os.path.join(TOP, "tests", "data", name), encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines][1:]


def words(text):
    return [word.strip() for word in text.split(",")]


# Claims for which nothing is sent, though something is for others of their paragraph.
UNSENT = {
    "8.b": "a plan's contents",
    "8.c": "a plan's contents",
    "12.a": "an owner begins, which it says in updates",
    "12.b": "an owner uses what it was recommended",
    "13.a": "an owner determines; 13.b is what it sends",
    "20.a": "who is head",
    "23.2": "a directive adjusts, too",
}
CLAIMS = {row[0]: row for row in rows("plan.table")}
EXCHANGE = rows("exchange.table")
KINDS = sorted(
    name[: -len(".json")]
    for name in os.listdir(os.path.join(TOP, "schemas"))
    if name.endswith(".json") and name not in ("envelope.json", "words.json")
)


# --- the two tables --------------------------------------------------------------------------------


def spoken_of(claim):
    """The roles that a claim speaks of: who does it, and towards whom."""
    text = f"{CLAIMS[claim][2]} {CLAIMS[claim][5]}"
    return set().union(*(roles for word, roles in SPOKEN_OF.items() if word in text))


def roles_of(who):
    """The roles that a word of exchange.table can mean; none: whoever the message is about."""
    word = who.split(":")[-1].split(".")[-1]
    return {word} & EVERYBODY


def held_against_the_plan():
    """Each row rests on claims that speak of whom it names, and on no other time than theirs."""
    for kind, fact, who, by in EXCHANGE:
        if by == "default":
            continue
        unknown = [claim for claim in words(by) if claim not in CLAIMS]
        tap.equal(unknown, [], f"{kind}, {who}: it rests on claims of the plan") or tap.note(by)
        spoken = set().union(*(spoken_of(claim) for claim in words(by) if claim in CLAIMS))
        named = who if fact == "owes" else who.split(" of ", maxsplit=1)[0]
        for one in words(named.split(": ")[-1].replace(" >", ",")):
            tap.ok(roles_of(one) <= spoken, f"{kind} {fact} {one}: of whom {by} speaks", spoken)
        if fact == "owes":
            times = {CLAIMS[claim][7].replace("hours", "h") for claim in words(by)}
            tap.ok(words(who)[-1] in times, f"{kind}: {who} is the time of {by}", times)


def every_claim_is_somewhere():
    """What somebody must or may do is a row, or coverage.conf says why nobody is to send anything."""
    with open(os.path.join(TOP, "hub", "etc", "coverage.conf"), encoding="utf-8") as file:
        blocks = file.read().split("paragraph = ")[1:]
    silent = {
        block.split('"')[1] for block in blocks if "nothing = " in block or "rules = " not in block
    }
    used = {claim for row in EXCHANGE if row[3] != "default" for claim in words(row[3])}
    for claim, row in CLAIMS.items():
        if row[3] in ("must", "may", "plans") and claim not in used:
            (paragraph,) = paragraphs(claim)
            tap.ok(paragraph in silent or claim in UNSENT, f"nothing is sent for {claim}: {row[1]}")


# --- what each kind needs ------------------------------------------------------------------------


def others(author):
    return [name for name in CAST if name != author]


def send(kind, author, *marking, **more):
    """It must be taken; a reference to it."""
    message = example(kind, author, *marking or ("TLP:GREEN",), **more)
    (answer,) = world.raws[author].tell(message)
    if not isinstance(answer, client.Receipt):
        raise RuntimeError(f"{kind} of {author}, which another needs: {answer}")
    return reference(message)


GRID = {"object": "obj-grid-1"}
NOBODYS = {"author": "nccis", "id": client.uuid7()}
QUIET = {"level": 2, "cross_border": False, "countries": None, **GRID}


def bare(kind, author):
    """What its schema takes, and no more: it refers to what is not there."""
    with open(os.path.join(TOP, "schemas", kind + ".json"), encoding="utf-8") as file:
        schema = json.load(file)
    demands = list(schema.get("required", ()))
    if "not" in schema.get("if", {}):
        demands += schema["then"]["required"]
    demands += schema.get("anyOf", [{}])[0].get("required", ())
    names = {"to": others(author), "incident": NOBODYS, "re": NOBODYS}
    more = {name: names[name] for name in demands}
    if kind == "crossborder.item":  # the example is one that the hub derived
        more.update({"for": None, "body": {"cause": None, "carried": None}})
    if kind == "trace.manifest":  # and there they are handed on
        more["body"] = {"former": None}
    return more


def incident(author):
    """An incident of the owner's, to which this node belongs, too."""
    found = send("incident.notice", "owner-grid", body=QUIET)
    parties[found["id"]] = ["owner-grid", "nccis", "isoc-energy"]
    if author not in parties[found["id"]]:
        send("incident.sharing", "nccis", to=[author], incident=found)
        parties[found["id"]].append(author)
    return found


def measure():
    to = {"incident": incident("nccis")}
    return {**to, "re": send("crossborder.measure", "nccis", **to)}


def agreed():
    """A release of a measure, as the position on it has it."""
    found = measure()
    with open(os.path.join(TOP, "schemas/examples/crossborder.measure.json"), encoding="utf-8") as file:
        body = json.load(file)["body"]
    said = example("crossborder.position", "mfa", "TLP:GREEN", re=found["re"])
    document = client.encode(said)
    (answer,) = world.raws["mfa"].tell(document)
    if not isinstance(answer, client.Receipt):
        raise RuntimeError(f"a position: {answer}")
    same = {name: body.get(name) for name in ("treaty", "countries", "measures", "begins_at")}
    same["conditions"] = said["body"].get("conditions")
    return {**found, "body": {**same, "position_sha256": client.sha(document).hex()}}


def convening():
    return send("headquarters.convening", "hq", to=others("hq"), body={"members": others("hq")})


def opened(by):
    body = {"exercise": f"exercise-{client.uuid7()}"}
    return {"re": send("exercise.opening", by, "TLP:CLEAR", body=body), "body": body}


def attested(by):
    """Of knb something it owes another notice of; nccis owes none, since every agency has its alert."""
    suspended = {"suspended_at": client.rfc3339(-3600)}
    found = send("suspension.notice", by, body=suspended) if by == "knb" else NOBODYS
    return {"re": found, "body": {"duty": "suspension.prosecutor", "told_at": client.rfc3339()}}


NEEDS = {
    "attestation": attested,
    "acknowledgement": lambda by: {
        "re": send("threat.report", "isoc-bank")
        if by == "nccis"
        else send("advisory", "nccis", "TLP:CLEAR")
    },
    "contact.change": lambda by: {"body": {"replaced_at": client.rfc3339(-3600)}},
    "crossborder.measure": lambda by: {"incident": incident(by)},
    "crossborder.position": lambda by: {"re": measure()["re"]},
    "crossborder.release": lambda by: {"to": others(by), **agreed()},
    "delegation": lambda by: {
        "body": {
            "office": world.offices(by)[0],
            "person": world.officers(by)[1],
            "until": client.rfc3339(3600),
        }
    },
    "directive.report": lambda by: {
        "re": send("headquarters.directive", "hq", to=[by], re=convening())
    },
    "emergency.coordination": lambda by: {"to": others(by)},
    "emergency.report": lambda by: {"re": send("emergency.coordination", "authority")},
    "exercise.closing": opened,
    "exercise.opening": lambda by: {"body": {"exercise": f"exercise-{client.uuid7()}"}},
    "exercise.joining": lambda by: opened("nccis" if by != "nccis" else "hq"),
    "subscription": lambda by: {
        "body": {"name": "all", "kinds": ["advisory"], "level": None, "sectors": None}
    },
    "headquarters.adjournment": lambda by: {"to": others(by), "re": convening()},
    "headquarters.convening": lambda by: {"to": others(by), "body": {"members": others(by)}},
    "headquarters.decision": lambda by: {"re": send("headquarters.proposal", "nccis")},
    "headquarters.directive": lambda by: {"to": others(by), "re": convening()},
    "headquarters.membership": lambda by: {
        "re": convening(),
        "body": {"joins": None, "leaves": ["media"]},
    },
    "incident.closure": lambda by: {"incident": incident(by)},
    "incident.notice": lambda by: {"body": QUIET},
    "incident.sharing": lambda by: {"incident": incident(by), "to": others(by)},
    "incident.update": lambda by: {
        "incident": incident(by),
        "body": {"level": None, "cross_border": None, "countries": None},
    },
    "information.reply": lambda by: {"re": send("information.request", "isoc-bank", to=[by])},
    "information.request": lambda by: {"to": others(by)},
    "investigation.report": lambda by: {
        "re": send("investigation.request", "hq", to=[by], re=convening())
    },
    "investigation.request": lambda by: {"to": others(by), "re": convening()},
    "publication.report": lambda by: {
        "re": send("public.notice", "hq", "TLP:CLEAR", re=convening())
    },
    "public.notice": lambda by: {"re": convening()},
    "recommendation": lambda by: {"to": others(by), "body": GRID},
    "recovery.report": lambda by: {"re": send("recommendation", "nccis", to=[by])},
    "response.engagement": lambda by: {"to": others(by), "incident": incident(by), "body": GRID},
    "response.report": lambda by: {
        "re": send("response.task", "nccis", to=[by], incident=incident("nccis"))
    },
    "response.task": lambda by: {"to": others(by), "incident": incident(by)},
    "signature": lambda by: {"re": send("threat.report", by)},
    "suspension.lifted": lambda by: {
        "re": send("suspension.notice", by, body={"suspended_at": client.rfc3339(-3600)}),
        "body": {"lifted_at": client.rfc3339(-60)},
    },
    "suspension.notice": lambda by: {"body": {"suspended_at": client.rfc3339(-3600)}},
    "trace.manifest": lambda by: {"to": ["isoc-bank"], "incident": incident(by)},
}


# --- what must come of it ------------------------------------------------------------------------


def applies(who, role):
    """The words of a row, when it holds for what is sent as this role."""
    named, _, senders = who.partition(" of ")
    return words(named) if not senders or role in words(senders) else []


def meant(word, message):
    """The nodes that a word of exchange.table means, for a message."""
    kind, author = message["kind"], message["from"]
    start, _, role = word.partition(":")
    if start == "to":
        return [name for name in message.get("to", ()) if role in ("", CAST[name][0])]
    if word == "all":
        everybody = message["marking"] == "TLP:CLEAR"
        return [name for name in CAST if everybody or CAST[name][0] in ENTITIES]
    if word == "object.owner":
        return ["owner-grid"] if "object" in message["body"] else []
    if word == "object.isoc":
        return ["isoc-energy"] if "object" in message["body"] else []
    if word == "members":
        return [name for name in CAST if name != "hq"]
    if word == "re.author":
        return [message["re"]["author"]]
    if word == "re.receivers":  # of a threat report
        return [name for name in CAST if CAST[name][0] in ("nccis", "isoc")]
    if word == "author":
        return [author]
    if word == "parties":
        return parties[message["incident"]["id"]]
    found = [name for name in CAST if CAST[name][0] == word]
    return found or tap.ok(False, f"{kind}: '{word}' is nobody in exchange.table") or []


def paragraphs(claims):
    """8.a and 23.1 are of paragraphs 8 and 23, 8.5 is of 8.5: the plan numbers parts of 3 and 8."""
    if claims == "default":
        return "default"
    parts = {tuple(claim.split(".")) for claim in words(claims)}
    return sorted(
        {
            ".".join(part[:2] if part[0] in ("3", "8") and part[-1].isdigit() else part[:1])
            for part in parts
        }
    )


def cited(cites):
    """What a line cites, as `paragraphs` has it; what is a default is that alone."""
    parts = words(cites.replace("488:", ""))
    return "default" if "default" in parts else sorted(parts)


def wanted(message, role):
    found = {}
    for kind, fact, who, by in EXCHANGE:
        if kind == message["kind"] and fact == "gets":
            for word in applies(who, role):
                for name in meant(word, message):
                    if name != message["from"] or kind == "subscription":
                        found.setdefault(name, paragraphs(by))
    return found


def owed(message, role):
    found = set()
    for kind, fact, who, by in EXCHANGE:
        if kind == message["kind"] and fact == "owes":
            duty, _, rest = who.partition(": ")
            pair, within = words(rest)
            debtor, towards = pair.split(" > ")
            by_default = by == "default"
            for one in meant(debtor, message):
                for other in meant(towards, message):
                    if one in wanted(message, role) or one == message["from"]:
                        found.add((duty, one, other, within, by_default))
    return found


def hours(duty):
    """The time of a duty, as tables write it; `due` is by when the message says."""
    if duty.get("until"):
        return "due"
    start, end = (
        datetime.datetime.fromisoformat(duty[name].replace("Z", "+00:00")) for name in ("from", "due")
    )
    minutes = (end - start).total_seconds() / 60
    return f"{minutes:.0f} min" if minutes < 60 else f"{minutes / 60:.0f} h"


def try_as(kind, role):
    author = NODE[role]
    may = {
        one
        for name, fact, who, _ in EXCHANGE
        if name == kind and fact == "may"
        for one in (EVERYBODY if who == "any" else words(who))
    }
    marking = "TLP:CLEAR" if kind in ("advisory", "public.notice") else "TLP:GREEN"
    more = bare(kind, author)
    if role in may and kind in NEEDS:
        more.update(NEEDS[kind](author))
    if kind != "headquarters.directive":  # which cannot leave it to the rule
        more["body"] = {"due": None, **more.get("body", {})}
    message = example(kind, author, marking, **more)
    (answer,) = world.raws[author].tell(message)
    if role not in may:
        codes = ("role.kind",) if may else ("role.kind", "for.reserved")  # it is the hub's alone
        got = getattr(answer, "code", "taken")
        return tap.ok(got in codes, f"{role} may not send {kind}", answer)
    if not isinstance(answer, client.Receipt):
        nothing_owed = (kind, role, answer.code) == ("attestation", "nccis", "reference.unknown")
        return tap.ok(nothing_owed, f"{role} may send {kind}", answer)
    reached = {
        node: cited(" ".join(part.why.split(" ")[4:]))
        for node, parts in world.fence().items()
        for part in parts
        if part.leaf["id"] == message["id"]
    }
    tap.equal(reached, wanted(message, role), f"{kind} of {role}: who gets it, by what")
    duties = {
        (one["duty"], one["debtor"], one["towards"], hours(one), "default" in one["cites"])
        for _, one in entries.duties(world.hub.path("journal"))
        if one["message"]["id"] == message["id"]
    }
    return tap.equal(duties, owed(message, role), f"{kind} of {role}: what is owed, within what")


with World(__doc__, tuple(CAST), officers=("knb", "hq")) as world:
    held_against_the_plan()
    every_claim_is_somewhere()
    parties = {}
    world.hub.start()
    world.raw()
    tap.equal(sorted({row[0] for row in EXCHANGE} - set(KINDS)), [], "the table has no kind too many")
    for kind in KINDS:
        tap.ok(any(row[0] == kind for row in EXCHANGE), f"{kind} is in the table")
        for role in NODE:
            try_as(kind, role)
