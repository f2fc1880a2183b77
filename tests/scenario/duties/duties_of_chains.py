#!tests/run
"""Goal: whatever is asked, answered, corrected and taken back in whatever order, what is owed is what a small model says.

SEED and STEPS choose another history; a failure prints the one that led to it.
"""

import json
import os
import random

import client
import entries
import tap
from route import reference
from world import World

SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
STEPS = int(os.environ.get("STEPS", "400"))
DEBTORS = ("owner-grid", "owner-bank", "isoc-bank")
CENTRE = "isoc-energy"
any_ = random.Random(SEED)


class Model:
    """What is owed by whom and which levels were alerted, from the messages one by one."""

    def __init__(self):
        self.said = {}  # id: message
        self.replaced = set()  # ids that were superseded or cancelled
        self.duties = {}  # (first id, who): [state, id of what changed it]
        self.alerts = {}  # (first id of a notice, level): first ids of what raised them

    def original(self, message):
        return (message.get("supersedes") or message.get("cancels") or {"id": None})["id"]

    def first(self, id_):
        while self.original(self.said[id_]):
            id_ = self.original(self.said[id_])
        return id_

    def stands(self, message):
        return message["id"] not in self.replaced and "cancels" not in message

    def withdrawn(self, first):
        return any("cancels" in m and self.first(i) == first for i, m in self.said.items())

    def answers(self, message, first, who):
        right = message["kind"] == "information.reply" and message["from"] == who
        return right and "cancels" not in message and self.first(message["re"]["id"]) == first

    def take(self, message):
        id_ = message["id"]
        self.said[id_] = message
        if self.original(message):
            self.replaced.add(self.original(message))
        if message["kind"] == "information.request":
            self.ask(message, self.first(id_))
        elif message["kind"] == "information.reply":
            self.answer(message)
        elif "cancels" not in message and "level" in message["body"]:
            about = message.get("incident", {"id": id_})["id"]
            self.alarm((self.first(about), message["body"]["level"]), self.first(id_))

    def alarm(self, level, chain):
        """Once, and again only when all that raised it before was taken back."""
        raised = self.alerts.setdefault(level, [])
        if all(self.withdrawn(first) for first in raised):
            raised.append(chain)

    def ask(self, message, first):
        mine = {who: duty for (of, who), duty in self.duties.items() if of == first}
        asked = [] if "cancels" in message else message["to"]
        if "supersedes" in message:  # it goes to those who had the first, and to nobody else
            asked = [who for who in asked if who in self.said[first]["to"]]
        for who, duty in mine.items():
            if duty[0] == "open" and who not in asked:
                duty[:] = ["withdrawn", message["id"]]
        for who in asked:
            if who not in mine or mine[who][0] == "withdrawn":
                self.duties[first, who] = ["open", message["id"]]
            elif mine[who][0] == "open":
                mine[who][1] = message["id"]

    def answer(self, message):
        who, chain = message["from"], self.first(message["id"])
        for (first, debtor), duty in self.duties.items():
            if debtor != who or self.withdrawn(first):
                continue
            if duty[0] == "met" and self.first(duty[1]) == chain:
                if not self.answers(message, first, who):
                    rest = [m for m in self.said.values() if self.stands(m)]
                    rest = [m["id"] for m in rest if self.answers(m, first, who)]
                    duty[:] = ["met", rest[-1]] if rest else ["open", message["id"]]
            elif duty[0] == "open" and self.answers(message, first, who):
                duty[:] = ["met", message["id"]]


class Author:
    """Draws the next message: one that the hub must take."""

    def __init__(self, model):
        self.model = model

    def some(self, kind, author=None, standing=False):
        found = [
            m
            for m in self.model.said.values()
            if m["kind"] == kind and author in (None, m["from"])
            if not standing or self.model.stands(m)
        ]
        if any_.random() < 0.5:
            found = found[-6:]
        return any_.choice(found) if found else None

    def request(self, **more):
        to = any_.sample(DEBTORS, any_.randint(1, len(DEBTORS)))
        body = {"questions": ["Have you seen it?"]}
        return client.message("information.request", "nccis", body, to=to, **more)

    def reply(self, who, **more):
        had = [
            m
            for m in self.model.said.values()
            if m["kind"] == "information.request"
            and who in self.model.said[self.model.first(m["id"])]["to"]
        ]
        if not had:
            return None
        re = reference(any_.choice(had[-8:] if any_.random() < 0.7 else had))
        body = {"description": "No.", "more_follows": False}
        return client.message("information.reply", who, body, re=re, **more)

    def again(self, kind, author, make):
        """A correction or withdrawal of something that stands."""
        before = self.some(kind, author, standing=True)
        field = any_.choice(("supersedes", "supersedes", "cancels"))
        return before and make(**{field: reference(before)})

    def notice(self, **more):
        body = {"object": "obj-grid-1"}
        return client.notice(CENTRE, any_.randint(1, 5), body=body, **more)

    def update(self):
        about = self.some("incident.notice")
        body = {"level": any_.randint(2, 5)}
        incident = about and reference(about)
        return about and client.message("incident.update", CENTRE, body, incident=incident)

    def next(self):
        who = any_.choice(DEBTORS)
        draws = (
            self.request,
            lambda: self.again("information.request", "nccis", self.request),
            lambda: self.reply(who),
            lambda: self.reply(who),
            lambda: self.again(
                "information.reply", who, lambda **more: self.reply(who, **more)
            ),
            self.notice,
            lambda: self.again("incident.notice", CENTRE, self.notice),
            self.update,
        )
        message = None
        while not message:
            message = any_.choice(draws)()
        return message


def line(message):
    refers = {
        field: message[field]["id"][-6:]
        for field in ("re", "incident", "supersedes", "cancels")
        if field in message
    }
    return f"{message['id'][-6:]} {message['from']} {message['kind']} {message.get('to', '')} {refers}"


with World(__doc__, ("nccis", "knb", CENTRE, *DEBTORS)) as world:
    tap.note(f"SEED={SEED} STEPS={STEPS}")
    world.hub.start()
    world.raw()
    model = Model()
    author = Author(model)

    def owed():
        """By the journal: the newest entry of each duty."""
        found = {}
        for _, duty in entries.duties(world.hub.path("journal")):
            if duty["duty"] == "request.answered":
                first = duty.get("first", duty["message"])["id"]
                by = duty.get("by", {"id": None})["id"]
                found[first, duty["debtor"]] = [duty["state"], by]
        return found

    def asked():
        """By the hub: what it answers who asks."""
        duties = world.raws["nccis"].ask("duties", {"all": True})["duties"]
        return {
            (d.get("first", d["message"])["id"], d["debtor"]): d["state"]
            for d in duties
            if d["duty"] == "request.answered"
        }

    def alerts():
        """How many alerts there are for each incident and level."""
        found = {}
        for entry in entries.read(world.hub.path("journal")):
            if entry.type == "message" and entry.kind == "security.alert":
                alert = json.loads(entry.document)
                key = alert["incident"]["id"], alert["body"]["level"]
                found[key] = found.get(key, 0) + 1
        return found

    def compare(when):
        states = {key: state for key, (state, _) in model.duties.items()}
        wanted = {key: len(raised) for key, raised in model.alerts.items() if key[1] >= 3}
        good = tap.equal(owed(), model.duties, f"{when}: what is owed, by the journal")
        good &= tap.equal(asked(), states, f"{when}: and by the hub")
        return good & tap.equal(alerts(), wanted, f"{when}: one alert for each level")

    def send(messages):
        """All by one author, in one frame: the later ones find the earlier in the draft."""
        for answer in world.raws[messages[0]["from"]].tell(*messages):
            if not isinstance(answer, client.Receipt):
                return tap.ok(False, "every message is taken", answer)
        return True

    waiting, good = [], True
    for step in range(STEPS):
        message = author.next()
        if waiting and (waiting[0]["from"] != message["from"] or any_.random() < 0.3):
            good = send(waiting)
            waiting = []
        waiting.append(message)
        model.take(message)
        if not good:
            break
        if step % 80 == 79:
            good, waiting = send(waiting), []
            good = good and compare(f"after {step + 1} messages")
            if not good:
                break
            world.hub.kill()
            world.hub.start()
            world.raw()
            good = compare("after a restart, too")
    if not good:
        for message in model.said.values():
            tap.note(line(message))
    world.hub.stop()
    code, text = world.run(
        "verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"), code=None
    )
    tap.ok(code == 0, "dabyl verify finds the same duties good", text)
