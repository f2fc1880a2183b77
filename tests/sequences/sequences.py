#!tests/run
"""Goal: whatever all roles say in whatever order, the hub, its journal and its readers agree.

    sequences.py [SECONDS]      SEED in the environment repeats a run

Messages of every kind by every role, valid by their schemas and seeded, with references,
corrections, withdrawals, exercises and odd moments drawn at random.  After each batch: what
`explain` said against what was answered, duties and custody against the journal, the
verifiers, and now and then the same answers from the hub before and after it was ended or
killed.  A fault prints the seed, the step and what was said before it in its thread.
"""

import collections
import json
import os
import random
import sys
import time

import client
import entries
import route
import tap
from processes import until
from world import CAST, OBJECTS, TOP, World


SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(1 << 30))))
BATCH = 60  # messages between two looks

KINDS = sorted(
    name[: -len(".json")]
    for name in os.listdir(os.path.join(TOP, "schemas", "examples"))
    if name.endswith(".json")
)
# What each role mostly says; now and then it says anything.
USUAL = {
    "isoc": "incident.notice incident.update incident.closure threat.report information.reply"
    " response.report trace.manifest acknowledgement contact.change exercise.joining"
    " incident.sharing investigation.report emergency.report subscription",
    "nccis": "incident.notice incident.update advisory information.request recommendation"
    " crossborder.item crossborder.measure crossborder.release response.task"
    " headquarters.proposal acknowledgement exercise.opening exercise.closing trace.manifest"
    " incident.sharing information.reply attestation delegation subscription",
    "owner": "incident.notice incident.update incident.closure information.reply plan.submission"
    " contact.change response.engagement recovery.report response.report trace.manifest"
    " acknowledgement exercise.joining directive.report emergency.report"
    " information.request incident.sharing investigation.report signature subscription",
    "response-service": "incident.notice incident.update incident.closure response.report trace.manifest"
    " acknowledgement incident.sharing subscription",
    "authority": "recommendation emergency.coordination acknowledgement incident.sharing subscription",
    "national-security": "suspension.notice suspension.lifted attestation acknowledgement trace.manifest"
    " delegation incident.sharing signature subscription",
    "foreign-affairs": "crossborder.position crossborder.item information.request acknowledgement",
    "communications": "acknowledgement emergency.report directive.report",
    "prosecutor": "acknowledgement investigation.report subscription",
    "headquarters": "headquarters.decision headquarters.convening headquarters.membership"
    " headquarters.directive investigation.request"
    " headquarters.adjournment"
    " public.notice exercise.opening exercise.closing acknowledgement delegation"
    " incident.sharing signature subscription",
    "media": "acknowledgement publication.report subscription",
    "partner": "threat.report acknowledgement subscription",
}
# The kind that a kind mostly answers.
ANSWERS = {
    "information.reply": "information.request",
    "response.report": "response.task",
    "recovery.report": "recommendation",
    "directive.report": "headquarters.directive",
    "crossborder.position": "crossborder.measure",
    "crossborder.release": "crossborder.measure",
    "headquarters.decision": "headquarters.proposal",
    "public.notice": "headquarters.convening",
    "publication.report": "public.notice",
    "emergency.report": "emergency.coordination",
    "investigation.request": "headquarters.convening",
    "investigation.report": "investigation.request",
    "headquarters.convening": "headquarters.proposal",
    "headquarters.directive": "headquarters.convening",
    "headquarters.adjournment": "headquarters.convening",
    "headquarters.membership": "headquarters.convening",
    "suspension.lifted": "suspension.notice",
    "attestation": "suspension.notice",
    "signature": None,
    "acknowledgement": None,
}
# What feeds are of, whoever may have that.
FED = ("incident.notice", "incident.update", "incident.closure", "threat.report", "advisory", "public.notice")
EXERCISES = ("autumn", "winter", "spring", "summer")
STEPS = ("elimination", "traces", "cause", "afterwards", "removal", "recovery")
# Which references the example of a kind has.
EXAMPLES = {}
for _kind in KINDS:
    with open(os.path.join(TOP, "schemas", "examples", _kind + ".json"), encoding="utf-8") as _file:
        EXAMPLES[_kind] = set(json.load(_file)) & {"to", "incident", "re"}
MOMENTS = ("1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
           "2026-02-28T23:59:59.999Z", "1969-12-31T23:59:59Z")  # fmt: skip
ALARMS = ("incident.notice", "incident.update")
STATES = ("open", "handed", "near", "overdue")


class Fault(Exception):
    pass


class Author:
    """Draws messages."""

    def __init__(self, dice):
        self.dice, self.taken = dice, []
        self.knows = collections.defaultdict(list)  # node -> what it wrote or was sent

    def note(self, message, told):
        self.taken.append(message)
        words = [line.split(" ") for line in told.splitlines()]
        said = {key_of_message(m): m for m in self.taken[-400:]}
        for node in {message["from"], *(w[1] for w in words if w[0] in ("deliver", "by-subscription"))}:
            self.knows[node].append(message)
        for w in words:
            if w[0] == "carries" and (w[2], w[3]) in said:
                self.knows[w[1]].append(said[w[2], w[3]])

    def one(self):
        dice = self.dice
        who = dice.choice(list(CAST))
        usual = USUAL[CAST[who][0]].split()
        kind = dice.choice(usual if dice.random() < 0.9 else KINDS)
        message = route.example(kind, who, self.marking(), **self.envelope(kind, who))
        if dice.random() < 0.15:
            self.correct(message)
        self.twist(message)
        return message

    def marking(self):
        markings = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
        return self.dice.choices(markings, (2, 2, 8, 2, 1))[0]

    def some(self, who, kind=None, author=None):
        """Something recent, mostly something that this node knows of."""
        pool = self.knows[who] if self.dice.random() < 0.93 else self.taken
        pool = [m for m in pool[-150:] if kind in (None, m["kind"]) and author in (None, m["from"])]
        return self.dice.choice(pool[-12:]) if pool else None

    def envelope(self, kind, who):
        dice, more, body = self.dice, {}, {}
        usual = EXAMPLES[kind]
        if dice.random() < (0.97 if "re" in usual else 0.08):
            answered = self.some(who, ANSWERS.get(kind)) or self.some(who)
            more["re"] = route.reference(answered) if answered else None
        if dice.random() < (0.97 if "incident" in usual else 0.25):
            incident = self.some(who, "incident.notice") or self.some(who)
            more["incident"] = route.reference(incident) if incident else None
        if dice.random() < (0.97 if "to" in usual else 0.1):
            more["to"] = dice.sample(list(CAST), dice.choice((1, 1, 1, 2, 3)))
        if kind == "acknowledgement":
            body["answer"] = dice.choice(
                ("read", "accepted", "refused", "done", "custody-taken", "custody-declined")
            )
        if kind in ("incident.notice", "incident.update"):
            body["level"] = dice.randrange(6)
            body["cross_border"] = dice.random() < 0.3
            if kind == "incident.notice":
                body["object"] = dice.choice(list(OBJECTS))
            elif dice.random() < 0.2:
                body["objects"] = dice.sample(list(OBJECTS), 2)
        body.update(getattr(self, kind.replace(".", "_"), lambda who, more: {})(who, more))
        if kind == "crossborder.position":
            word = dice.choice(("agreed", "declined", "more-time", "question"))
            body = {"position": word, "reason": "by lot", "questions": ["which?"]}
            body["answer_by"] = client.rfc3339(60)
            if word != "agreed":
                body["conditions"] = None
        if kind == "crossborder.release" and more.get("re"):
            body["position_sha256"] = self.digest_about(more["re"])
        status = dice.choices(("actual", "exercise", "test"), (16, 2, 1))[0]
        if kind.startswith("exercise."):
            body["exercise"] = dice.choice(EXERCISES)
        elif status != "actual" and not (kind == "subscription" and status == "exercise"):
            more["status"] = status
            more["exercise"] = dice.choice(EXERCISES) if status == "exercise" else None
        more["body"] = body
        return more

    # --- the bodies of some kinds, beside what their examples have ---------------------------------

    def incident_closure(self, _who, _more):
        return {"course": {step: self.dice.choice(("in-progress", "done")) for step in self.dice.sample(STEPS, 3)}}

    def suspension_notice(self, _who, _more):
        return {"suspended_at": client.rfc3339(-self.dice.choice((60, 3600, 30 * 3600)))}

    def suspension_lifted(self, _who, _more):
        part = {"what": {"resources": ["https://tariff.example/"]}} if self.dice.random() < 0.5 else {"what": None}
        return {"lifted_at": client.rfc3339(-self.dice.choice((0, 30, 3600, 20 * 3600))), **part}

    def attestation(self, who, _more):
        duty = "alert.informed" if CAST[who][0] == "nccis" else "suspension.prosecutor"
        towards = self.dice.choice((None, "prosecutor", "national-security"))
        told = client.rfc3339(-self.dice.choice((0, 60, 7200)))
        return {"duty": duty, "towards": towards, "told_at": told}

    def delegation(self, who, _more):
        starts, lasts = self.dice.choice((-60, 0, 60)), self.dice.choice((-30, 5, 3600))
        return {
            "office": self.dice.choice(("head", "deputy-head", "chairman", "head-of-territorial-body")),
            "person": self.dice.choice((f"second-{who}", f"deputy-head-{who}", f"deputy-chairman-{who}", f"head-{who}", who)),
            "from": client.rfc3339(starts), "until": client.rfc3339(starts + lasts),
        }  # fmt: skip

    def subscription(self, _who, _more):
        """Few names, so that feeds are corrected, taken twice, ended and begun again."""
        dice = self.dice
        body = {"name": dice.choice(("one", "two", "three")), "kinds": dice.sample(FED, dice.choice((1, 1, 2, 4)))}
        body["level"] = dice.choice((None, None, 1, 3))
        body["sectors"] = dice.choice((None, None, ["banking"], ["power-supply", "banking"]))
        return {**body, "backfill": dice.choice((None, True))}

    def headquarters_membership(self, _who, _more):
        joins, leaves = self.dice.sample(list(CAST), 2)
        return {"joins": [joins], "leaves": [leaves] if self.dice.random() < 0.4 else None}

    def headquarters_convening(self, _who, more):
        return {"members": more.get("to") or self.dice.sample(list(CAST), 2)}

    def headquarters_decision(self, _who, _more):
        return {"decision": self.dice.choice(("convened", "not-convened"))}

    def investigation_report(self, _who, _more):
        return {"state": self.dice.choice(("interim", "final"))}

    directive_report = response_report = lambda self, _who, _more: {
        "state": self.dice.choice(("done", "in-progress", "impossible"))
    }

    def digest_about(self, measure):
        """Of the newest position on it that was taken."""
        for message in reversed(self.taken):
            if message["kind"] == "crossborder.position" and message.get("re") == measure:
                return client.sha(client.encode(message)).hex()
        return 64 * "0"

    def correct(self, message):
        """It supersedes or takes back something, mostly of its own and of its kind."""
        dice = self.dice
        own = dice.random() < 0.9
        who = message["from"]
        old = self.some(who, message["kind"], who) if own else self.some(who)
        if not old:
            return
        message[dice.choice(("supersedes", "supersedes", "cancels"))] = route.reference(old)
        if dice.random() < 0.8:
            for name in ("to", "incident", "re", "marking", "status", "exercise"):
                message.pop(name, None)
                if name in old:
                    message[name] = old[name]

    def twist(self, message):
        """An odd moment in the place of another."""
        moments = [n for n, v in message["body"].items() if n.endswith("_at") and isinstance(v, str)]
        if moments and self.dice.random() < 0.2:
            message["body"][self.dice.choice(moments)] = self.dice.choice(MOMENTS)


def same_as_explained(told, answer):
    """Whether `explain` had said what then happened."""
    if isinstance(answer, client.Refused):
        return (told["verdict"], told["code"], told["field"]) == ("refuse", answer.code, answer.pointer)
    lines = collections.Counter(
        (words[0], words[1] if words[0] == "emit" else words[1], words[3 if words[0] == "emit" else 2])
        for words in (line.split(" ") for line in answer.told.splitlines())
        if words[0] in ("deliver", "emit")
    )
    wanted = collections.Counter(("deliver", r["node"], r["rule"]) for r in told["receivers"])
    wanted.update(("emit", r["kind"], r["rule"]) for r in told["emits"])
    return told["verdict"] == "accept" and lines == wanted


class Run:
    def __init__(self, world, dice):
        self.world, self.dice, self.author = world, dice, Author(dice)
        self.steps, self.count = 0, collections.Counter()
        self.alerted = collections.defaultdict(list)  # thread, author, level -> causes

    def fail(self, what, *more):
        raise Fault("\n".join([f"SEED={SEED}, step {self.steps}: {what}", *map(str, more)]))

    def batch(self):
        for _ in range(BATCH):
            self.steps += 1
            message = self.author.one()
            raw = self.world.raws[message["from"]]
            told = raw.explain(message) if self.dice.random() < 0.3 else None
            keys = self.seals(raw, message)
            (answer,) = raw.tell(message, keys=keys)
            taken = isinstance(answer, client.Receipt)
            self.count["taken" if taken else answer.code] += 1
            # `explain` is asked of what nobody has sealed yet
            unsealed = not taken and answer.code == "seals.missing" and len(keys) == 1
            later = not taken and (answer.retry or unsealed or answer.code == "seals.office")
            if told and not later and not same_as_explained(told, answer):
                self.fail("explain said something else", json.dumps(message), told, answer)
            if taken:
                self.author.note(message, answer.told)
        if not self.world.hub.process.running():
            self.fail("the hub is gone", self.world.hub.process.text()[-600:])

    def seals(self, raw, message):
        """Two officers' beside the node's own where the law may want them; now and then not even then."""
        wanted = message["kind"] in ("acknowledgement", *client.OFFICERS)
        return [raw.seal, *(raw.officers if wanted and self.dice.random() < 0.95 else ())]

    # --- what must agree -----------------------------------------------------------------------

    def kept_duties(self):
        return {duty_key(duty): duty for _, duty in entries.duties(self.world.hub.path("journal"))}

    def duties(self):
        """The hub's answer against the last entry of each duty in the journal."""

        def asked():
            """Both of one moment: acknowledgements may just be settling some."""
            before = self.kept_duties()
            answer = self.world.raws["nccis"].ask("duties", {"all": True})
            return (before, answer) if self.kept_duties() == before else None

        last, answered = until(asked, "the journal stands still")
        if answered.get("more"):
            return
        mine = [d for d in last.values() if "nccis" in (d["debtor"], d["towards"], *d["tell"])]
        got = collections.Counter(d["state"] for d in answered["duties"] if not d.get("exercise"))
        kept = collections.Counter(d["state"] for d in mine if not d.get("exercise"))
        if any(got[state] != kept[state] for state in STATES):
            self.fail("the duties that stand are others than the journal's", got, kept)
        self.no_two(last)

    def no_two(self, last):
        """One debtor owes one thing once towards one for one message, through all its corrections."""
        roots = self.roots()
        standing = collections.Counter(
            (d["duty"], d["debtor"], d["towards"], roots.get(key_of(d["message"]), key_of(d["message"])), d.get("exercise"))
            for d in last.values()
            if d["state"] in STATES
        )
        twice = [key for key, n in standing.items() if n > 1]
        if twice:
            self.fail("one thing is owed twice", twice[0])

    def roots(self):
        """(author, id) of a message -> of the first of its corrections."""
        found = {}
        for message in self.author.taken:
            old = message.get("supersedes")
            key = (message["from"], message["id"])
            found[key] = found.get((old["author"], old["id"]), (old["author"], old["id"])) if old else key
        return found

    def alerts(self):
        """Nobody's level 3, 4 or 5 of an incident is missing at the agencies, or there twice."""
        for part in self.world.fence()["knb"]:
            if part.leaf["kind"] == "security.alert":
                alert = json.loads(part.document)
                cause, about = key_of(alert["body"]["cause"]), key_of(alert["incident"])
                self.alerted[about, cause[0], alert["body"]["level"]].append(cause)
        gone = {key_of(m[word]) for m in self.author.taken for word in ("cancels", "supersedes") if word in m}
        for m in self.author.taken:
            amends = "cancels" in m or "supersedes" in m
            if m["kind"] not in ALARMS or m["status"] != "actual" or amends or m["body"]["level"] < 3:
                continue
            key = (self.incident(m), m["from"], m["body"]["level"])
            if not self.alerted[key]:
                self.fail("nobody was alerted", key, json.dumps(m))
            standing = [cause for cause in self.alerted[key] if cause not in gone]
            if len(standing) > 1:
                self.fail("the same alert went out twice", key, standing)
        self.count["alerts"] = sum(map(len, self.alerted.values()))

    def incident(self, message):
        """What it is alerted as: the incident that it names, or else that which it opens itself, as that began.
        A notice that only names another in `re` opens one of its own; a withdrawal is of what it takes back.
        """
        said, roots = {key_of_message(m): m for m in self.author.taken}, self.roots()
        key = key_of(message["incident"]) if "incident" in message else key_of_message(message)
        for _ in range(len(said) + 1):
            key = roots.get(key, key)
            if "cancels" not in said.get(key, {}):
                break
            key = key_of(said[key]["cancels"])
        return key

    def answers(self):
        """What the hub says to several who ask: must survive its end."""
        raws, found = self.world.raws, {}
        for who in ("nccis", "isoc-energy", "owner-grid"):
            duties = raws[who].ask("duties", {"all": True})["duties"]
            found[who, "duties"] = sorted(text_of(duty) for duty in duties)
            found[who, "contacts"] = text_of(raws[who].ask("contacts"))
            for message in self.author.taken[-5:]:
                found[who, message["id"]] = text_of(raws[who].ask("incident", route.reference(message)))
        return found

    def restart(self):
        before = self.answers()
        if self.dice.random() < 0.5:
            self.world.hub.kill()
        else:
            self.world.hub.stop()
        for raw in self.world.raws.values():
            raw.close()
        self.world.clients, self.world.raws = [], {}
        self.world.hub.start()
        self.world.raw()
        after = self.answers()
        for key, said in before.items():
            if after[key] != said:
                at = next(i for i in range(len(said) + 1) if said[: i + 1] != after[key][: i + 1])
                around = slice(max(0, at - 200), at + 200)
                self.fail(f"after a restart {key} is answered otherwise", said[around], after[key][around])
        self.count["restarts"] += 1

    def verifiers(self):
        code, text = self.world.check("--torn")
        if code:
            self.fail("check.py", text[-500:])
        journal, vkey = self.world.hub.path("journal"), self.world.hub.path("vkey")
        code, text = self.world.run(
            "verify", "--journal", journal, "--vkey", vkey, "--torn", code=None
        )
        if code:
            self.fail("dabyl verify", text[-500:])
        self.count["verified"] += 1

    def readers(self):
        """Nodes take what was meant for them: everything verifies and every view opens."""
        for raw in self.world.raws.values():
            raw.close()
        self.world.clients, self.world.raws = [], {}
        for name in ("nccis", "owner-grid", "service"):
            node = self.world.node(name)
            node.start()
            until(lambda: self.has_all(node), f"{name} has all that is for it")
            files = [node.path("inbox", file) for file in node.names("inbox", ".json")]
            for first in range(0, len(files), 500):
                code, text = self.world.run("verify", "--node", node.folder, *files[first : first + 500], code=None)
                if code:
                    bad = [line for line in text.splitlines() if "NOT GOOD" in line]
                    self.fail(f"{name} cannot verify what it has", bad[:1], text[text.find("NOT GOOD"):][:300])
            for what in ("inbox", "duties"):
                code, text = self.world.run(what, "--node", node.folder, code=None)
                if code:
                    self.fail(f"dabyl {what} of {name} ends with {code}", text[-300:])
            self.custody(name, node)
            node.stop()

    def has_all(self, node):
        code, text = self.world.run("status", "--json", "--node", node.folder, code=None)
        status = json.loads(text.splitlines()[0]) if code in (0, 1) and text.startswith("{") else {}
        ready = status.get("hub", {}).get("state") == "ready"
        return ready and status["inbox"]["stored"] == status["inbox"]["last"]

    def custody(self, name, node):
        """`dabyl custody` against what was taken: the answer that stands, of who was named.

        What the node itself said lies in no sent/ here, so that is left out.
        """
        taken, here = self.author.taken, {key_of_message(m) for m in node.inbox()}
        gone = {key_of(m[word]) for m in taken for word in ("cancels", "supersedes") if word in m}
        stands = [m for m in taken if key_of_message(m) not in gone and "cancels" not in m]
        stands = [m for m in stands if m["status"] == "actual"]
        manifests = [m for m in stands if m["kind"] == "trace.manifest"]
        onward = {key_of(m["re"]) for m in manifests if "re" in m}
        takers = {
            key_of(m["re"]): key_of_message(m)
            for m in stands
            if m["kind"] == "acknowledgement" and m["body"]["answer"] == "custody-taken"
        }
        for m in manifests:
            key = key_of_message(m)
            if key not in here or key in onward or "supersedes" in m:
                continue
            if name in (m["from"], takers.get(key, ("", ""))[0]):
                continue
            code, text = self.world.run("custody", m["id"], "--json", "--node", node.folder, code=None)
            if code or not text.startswith("{"):
                self.fail(f"dabyl custody of {name} ends with {code}", text[-300:], json.dumps(m))
            taker = takers.get(key)
            holder = taker[0] if taker in here else m["from"]
            if json.loads(text)["holder"] != holder:
                self.fail(f"dabyl custody of {name} does not name {holder}", text[:600])
            self.count["custody"] += 1


def plain(answer):
    """An answer without what time and connections change."""
    if isinstance(answer, dict):
        moving = ("stored", "now", "left_ms")
        return {name: plain(value) for name, value in answer.items() if name not in moving}
    return [plain(one) for one in answer] if isinstance(answer, list) else answer


def text_of(answer):
    return json.dumps(plain(answer), sort_keys=True)


def key_of_message(message):
    return (message["from"], message["id"])


def key_of(reference):
    return (reference["author"], reference["id"])


def duty_key(duty):
    return duty.get("id") or (duty["duty"], duty["debtor"], duty["towards"], json.dumps(duty["message"]), duty.get("exercise"))


def main():
    dice = random.Random(SEED)
    with World(__doc__, cast=dict(CAST), officers=CAST,
               settings="cache = { snapshot_entries = 40; };\n") as world:
        tap.note(f"SEED={SEED}")
        world.hub.start()
        world.raw()
        run = Run(world, dice)
        ends = time.monotonic() + SECONDS
        try:
            while True:
                run.batch()
                run.alerts()
                run.duties()
                run.verifiers()
                if dice.random() < 0.4 or time.monotonic() > ends:
                    run.restart()
                if time.monotonic() > ends:
                    break
            run.readers()
            tap.ok(True, f"{run.steps} messages: {dict(run.count)}")
            kept, whole = world.hub.rebuilt()
            differ = next((i for i, (a, b) in enumerate(zip(kept, whole)) if a != b), None)
            tap.ok(kept == whole, f"what the hub kept is what its journal comes to: {len(whole)} bytes", differ)
        except Fault as fault:
            tap.ok(False, "everybody agrees", str(fault))


main()
