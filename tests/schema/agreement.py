#!/usr/bin/python3
"""Our schema checker and python3-jsonschema give the same verdict on 10,000 messages.

Messages of every kind are made from scratch, about half of them spoilt in one to three ways,
from a seed that is printed.  Only accepted or refused is compared.  What python3-jsonschema
leaves open is filled in here, by code that shares nothing with the C:

- the formats it does not check, or checks loosely (date-time, date, uri);
- `$` in a pattern means the very end, as in ECMA 262, not also before a last line feed.

Usage: agreement.py [count [seed]]
"""

import calendar
import json
import os
import pathlib
import random
import re
import string
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
import jsonschema
from jsonschema import Draft202012Validator, RefResolver, validators

SCHEMAS = pathlib.Path("schemas")
TOOL = f"build/{os.environ.get('MODE', 'asan')}/tools/schema_verdict"
KINDS = ["incident.notice", "incident.update", "incident.closure", "security.alert",
         "crossborder.item", "advisory", "acknowledgement", "service.notice"]
# Of all other kinds, bodies are made by walking their schemas.
KINDS += sorted({path.stem for path in SCHEMAS.glob("*.json")} - {"envelope", "words"} - set(KINDS))


# ---- the other opinion

formats = jsonschema.FormatChecker(formats=())
DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
TIME = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[zZ]|([+-])([0-9]{2}):([0-9]{2}))"


def is_day(year, month, day):
    if not 1 <= month <= 12:
        return False
    leap = calendar.isleap(year)
    last = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    return 1 <= day <= last


@formats.checks("date")
def check_date(text):
    found = re.fullmatch(DATE, text) if isinstance(text, str) else None
    return not isinstance(text, str) or bool(found and is_day(*map(int, found.groups())))


@formats.checks("date-time")
def check_date_time(text):
    if not isinstance(text, str):
        return True
    found = re.fullmatch(DATE + "[tT]" + TIME, text)
    if not found or not is_day(*map(int, found.groups()[:3])):
        return False
    hour, minute, second = map(int, found.groups()[3:6])
    sign, over, under = found.groups()[6:]
    offset = (int(over) * 60 + int(under)) * (-1 if sign == "-" else 1) if sign else 0
    if sign and (int(over) > 23 or int(under) > 59):
        return False
    if hour > 23 or minute > 59 or second > 60:
        return False
    return second < 60 or (hour * 60 + minute - offset) % 1440 == 1439


UCS = "\u00a0-\u200d\u2010-\u2029\u202f-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane * 0x10000 + (0x1000 if plane == 14 else 0))}-{chr(plane * 0x10000 + 0xfffd)}" for plane in range(1, 15)
)
PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
PCHAR = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@{UCS}-]|%[0-9A-Fa-f]{{2}})"
HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;={UCS}-]|%[0-9A-Fa-f]{{2}})*)"
USER = rf"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:{UCS}-]|%[0-9A-Fa-f]{{2}})*@)?"
IRI = (rf"[A-Za-z][A-Za-z0-9+.-]*:(?://{USER}{HOST}(?::[0-9]*)?(?:/{PCHAR}*)*"
       rf"|/?(?:{PCHAR}+(?:/{PCHAR}*)*)?)(?:\?(?:{PCHAR}|[/?{PRIVATE}])*)?(?:\#(?:{PCHAR}|[/?])*)?")


@formats.checks("iri")
def check_iri(text):
    return not isinstance(text, str) or re.fullmatch(IRI, text) is not None


ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'


@formats.checks("email")
def check_email(text):
    if not isinstance(text, str):
        return True
    return re.fullmatch(rf"(?:{ATOM}(?:\.{ATOM})*|{QUOTED})@{LABEL}(?:\.{LABEL})*", text) is not None


def pattern(validator, expression, value, schema):
    if isinstance(value, str):
        strict = re.sub(r"\$$", r"\\Z", expression)
        if not re.search(strict, value, re.ASCII):
            yield jsonschema.ValidationError("pattern")


def other_opinion():
    files = {path.stem: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    store = {schema["$id"]: schema for schema in files.values()}
    used = set(re.findall(r'"format": "([^"]*)"', "".join(map(json.dumps, files.values()))))
    assert used <= set(formats.checkers), f"no second opinion on {used}"
    strict = validators.extend(Draft202012Validator, {"pattern": pattern})
    checkers = {}
    for kind in KINDS:
        strict.check_schema(files[kind])
        resolver = RefResolver(files[kind]["$id"], files[kind], store=store)
        checkers[kind] = strict(files[kind], resolver=resolver, format_checker=formats)
    return checkers


def accepts(checkers, message):
    kind = message.get("kind") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in checkers:
        return False
    return checkers[kind].is_valid(message)


# ---- good messages

SECTORS = ("heat-supply power-supply gas-supply water-supply industry healthcare communications "
           "banking transport hydraulic-structures law-enforcement e-government other").split()
CATEGORIES = ("abusive-content malicious-code information-gathering intrusion-attempts "
              "intrusions availability information-content-security fraud vulnerable other "
              "test").split()
CONSEQUENCES = ("public-services emergency defence security international-relations economy "
                "economic-sector infrastructure population").split()
INDICATORS = ("ipv4-addr ipv6-addr domain-name url email-addr file-name md5 sha1 sha256 sha512 "
              "autonomous-system user-agent mutex registry-key other").split()
LETTERS = string.ascii_letters + " .,-/~%\"\\" + "әіңғүұқөһЯжё" + "☃" + "😀𝄞" + "\t\n\x7f"
MOMENTS = ["2026-11-22T09:41:07Z", "2026-11-22t09:41:07.123456789z", "2024-02-29T00:00:00+05:00",
           "2016-12-31T23:59:60Z", "2017-01-01T04:59:60+05:00", "1970-01-01T00:00:00-00:00",
           "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z"]
NO_MOMENTS = ["2026-11-22", "2026-11-22 09:41:07Z", "2026-11-22T09:41:07", "2023-02-29T00:00:00Z",
              "2026-11-22T24:00:00Z", "2026-11-22T09:41:60Z", "2016-12-31T23:59:60+05:00",
              "2026-11-22T09:41:07+24:00", "2026-11-22T09:41:07Z\n", "26-11-22T09:41:07Z",
              "2026-11-22T09:41:07.Z", "2026-13-01T00:00:00Z", "٢026-11-22T09:41:07Z",
              "2026-11-22T09:41:07." + "1" * 40 + "Z"]


# A text for each pattern that bodies use.
SAMPLES = {"node_id": "node", "message_id": "id", "moment": "moment", "sentence": "text",
           "prose": "text", "base64": "base64"}


# What fits a pattern, and what nearly does.
WORDS = {
    "^[A-Z]{2}$": ["KZ", "KG", "UZ", "KAZ"],
    "^[a-z]+([.-][a-z]+)*$": ["incident.notice", "advisory", "a..b", "A"],
    "^[!#-+\\-.-\\[\\]-~]+$": ["KZ-75", "x", "a,b", "a b", "\"", "\\"],
    "^[a-z0-9.-]+$": ["suspension.prosecutor", "a", "..", "A b"],
    "^[a-z0-9]+(-+[a-z0-9]+)*$": ["head", "deputy-head", "a--b", "-a"],
    "^[a-z0-9]+(-[a-z0-9]+)*$": ["grave", "a-b", "a--b", "A"],
}


class Walker:
    """Values that a schema describes; conditions are left to chance and to a second look."""

    def __init__(self, maker, checker):
        self.maker, self.rng, self.checker = maker, maker.rng, checker
        files = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
        self.files, self.defs = files, files["envelope.json"]["$defs"]

    def body(self, kind, message):
        """A body that makes the message a good one, in the other opinion."""
        schema = self.files[kind + ".json"]
        for _ in range(1000):
            one_of = self.rng.choice(schema.get("anyOf", [{}]))
            else_of = schema["then"]["required"] if "not" in schema.get("if", {}) else []
            for name in schema.get("required", []) + one_of.get("required", []) + else_of:
                message[name] = ([self.maker.node()] if name == "to" else self.maker.reference())
            most = schema["properties"].get("to", {}).get("maxItems")
            if most and "to" in message:
                message["to"] = message["to"][:most]
            message["body"] = self.value(schema["properties"]["body"])
            if self.checker.is_valid(message):
                return message["body"]
        raise AssertionError(f"no good {kind} in 1000 tries")

    def value(self, schema):
        name = schema.get("$ref", "").rpartition("/")[2]
        if name in SAMPLES:
            return getattr(self.maker, SAMPLES[name])()
        if name:
            return self.value({**self.defs[name], **{k: v for k, v in schema.items() if k != "$ref"}})
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        return getattr(self, schema["type"])(schema)

    def object(self, schema):
        must = schema.get("required", [])
        return {key: self.value(inner) for key, inner in schema["properties"].items()
                if key in must or self.rng.random() < 0.5}

    def array(self, schema):
        least = schema.get("minItems", 0)
        items = [self.value(schema["items"]) for _ in range(least + self.rng.randint(0, 2))]
        if schema.get("uniqueItems"):
            items = [item for i, item in enumerate(items) if item not in items[:i]]
        return items

    def integer(self, schema):
        return self.rng.randint(schema["minimum"], schema["maximum"])

    def boolean(self, _):
        return self.rng.random() < 0.5

    def string(self, schema):
        if "format" in schema:
            return {"date": "2026-08-28", "iri": "https://a.example/оқиға", "date-time": self.maker.moment(),
                    "email": self.maker.node() + "@a.example"}[schema["format"]]
        title = schema.get("title", "")
        if "exercise" in title or "object" in title:
            return self.maker.node()
        if "path" in title:
            return self.rng.choice(["/srv/evidence/1.log", "..", "журнал/.x", "C:\\x", "\u0085"])
        if "file" in title:
            return self.rng.choice(["plan.pdf", "журнал 1.log", "a..b", "~x", "\u0085"])
        if "hexadecimal" in title:
            return self.maker.hex(64)
        if "telephone" in title:
            return self.rng.choice(["+7 7172 00 00 00", "+1 (2) 345-67", "+99999"])
        if schema.get("pattern") in WORDS:
            return self.rng.choice(WORDS[schema["pattern"]])
        assert "pattern" not in schema, schema
        return self.maker.text()


class Maker:
    def __init__(self, rng, checkers):
        self.rng = rng
        self.walkers = {kind: Walker(self, checkers[kind]) for kind in KINDS[8:]}

    def text(self, most=40):
        return "".join(self.rng.choice(LETTERS) for _ in range(self.rng.randint(1, most)))

    def node(self):
        parts = ["".join(self.rng.choices(string.ascii_lowercase + string.digits,
                                          k=self.rng.randint(1, 8)))
                 for _ in range(self.rng.randint(1, 3))]
        return self.rng.choice(".-").join(parts)

    def hex(self, n):
        return "".join(self.rng.choices("0123456789abcdef", k=n))

    def id(self):
        return (f"{self.hex(8)}-{self.hex(4)}-7{self.hex(3)}-"
                f"{self.rng.choice('89ab')}{self.hex(3)}-{self.hex(12)}")

    def reference(self):
        return {"author": self.node(), "id": self.id()}

    def moment(self):
        return self.rng.choice(MOMENTS)

    def some(self, words):
        return self.rng.sample(words, self.rng.randint(0, len(words)))

    def many(self, make, most=3):
        return [make() for _ in range(self.rng.randint(0, most))]

    def maybe(self, fields):
        return {key: make() for key, make in fields.items() if self.rng.random() < 0.5}

    def indicator(self):
        return {"type": self.rng.choice(INDICATORS), "value": self.text(),
                **self.maybe({"note": self.text})}

    def facts(self):
        return {"level": lambda: self.rng.randint(3, 5),
                "determination": lambda: self.rng.choice(
                    ["blocked", "confirmed", "failed-attempt", "false-positive", "suspected"]),
                "sector": lambda: self.rng.choice(SECTORS),
                "object": lambda: self.rng.choice(["kz-0417", "A.1_b", "7"]),
                "category": lambda: self.rng.choice(CATEGORIES),
                "consequences": lambda: self.some(CONSEQUENCES),
                "cross_border": lambda: self.rng.random() < 0.5,
                "countries": lambda: self.many(self.text),
                "detected_at": self.moment, "started_at": self.moment}

    def vulnerability(self):
        return {"id": f"CVE-{self.rng.randint(1999, 2030)}-{self.rng.randint(1000, 10**9)}",
                **self.maybe({"vendor": self.text, "product": self.text, "name": self.text,
                              "due": lambda: self.rng.choice(["2026-12-04", "2024-02-29"])})}

    def base64(self):
        return self.rng.choice(["QUJD", "QUI=", "QQ==", "ab+/" * 50])

    def reported(self):
        return {
            "channel": self.rng.choice(["own-monitoring", "call-centre-1400", "website", "other"]),
            **self.maybe({"name": self.text, "on_behalf_of": self.text, "reported_at": self.moment}),
        }

    def course(self):
        steps = ["elimination", "traces", "cause", "afterwards", "removal", "recovery"]
        return {step: self.rng.choice(["not-begun", "in-progress", "done", "not-needed"])
                for step in self.rng.sample(steps, self.rng.randint(1, len(steps)))}

    def carried(self):
        return {"document": self.base64(), "seal": self.base64()}

    def body(self, kind):
        facts, text = self.facts(), self.text
        told = {"measures": lambda: self.many(text), "description": lambda: text(300),
                "indicators": lambda: self.many(self.indicator)}
        ends = {"cause": text, "elimination": text, "recovery": text}
        after = {"afterwards": text, "course": self.course}
        if kind == "incident.notice":
            must = {key: facts.pop(key)() for key in ("level", "determination", "sector")}
            return {**must, **self.maybe({**facts, **told, "reported": self.reported})}
        if kind == "incident.update":
            return {"description": text(), **self.maybe({**facts, **told, **ends, **after})}
        if kind == "incident.closure":
            extra = {**{key: facts[key] for key in ("level", "determination")}, **after}
            return {**{key: make() for key, make in ends.items()},
                    **self.maybe({**extra, "closed_at": self.moment,
                                  "measures": told["measures"],
                                  "description": told["description"]})}
        if kind == "security.alert":
            level = facts.pop("level")()
            return {"cause": self.reference(), "level": level,
                    **self.maybe({**facts, "description": text, "carried": self.carried})}
        if kind == "crossborder.item":
            return {"cause": self.reference(),
                    **self.maybe({**facts, "measures": told["measures"], "description": text,
                                  "carried": self.carried})}
        if kind == "advisory":
            return {"description": text(),
                    **self.maybe({"indicators": told["indicators"],
                                  "vulnerabilities": lambda: [self.vulnerability()],
                                  "actions": lambda: self.many(text),
                                  "references": lambda: self.many(lambda: self.rng.choice(
                                      ["https://a.example/x?y#z", "urn:a:b", "mailto:a@b.c",
                                       "http://[::1]:80/%41", "a:"]))})}
        if kind == "acknowledgement":
            return {"answer": self.rng.choice(["read", "accepted", "refused", "done"]),
                    **self.maybe({"note": text})}
        if kind in self.walkers:
            return {}  # when the envelope is there
        return {"event": self.rng.choice(["overdue", "certificate-expiring", "rules-changed",
                                          "clock-step"]),
                **self.maybe({"node": self.node, "about": self.reference, "at": self.moment,
                              "text": text})}

    def message(self, kind):
        message = {"dabyl": 1, "id": self.id(), "kind": kind, "from": self.node(),
                   "sent": self.moment(),
                   "status": self.rng.choice(["actual", "exercise", "test"]),
                   "marking": self.rng.choice(["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER",
                                               "TLP:AMBER+STRICT", "TLP:RED"]),
                   "nonce": self.hex(32),
                   "summary": self.maybe({"kk": self.text, "ru": self.text}) or {"en": "x"},
                   "body": self.body(kind)}
        message.update(self.maybe({
            "to": lambda: sorted({self.node() for _ in range(3)}), "incident": self.reference,
            "re": self.reference, "under": self.reference, "supersedes": self.reference,
            "cancels": self.reference,
            "expires": self.moment, "for": lambda: "nccis", "state_secret": lambda: False}))
        if message["status"] == "exercise":
            message["exercise"] = "north-" + self.node()
        if kind == "incident.notice":
            message.pop("incident", None)
        if kind in ("incident.update", "incident.closure"):
            message["incident"] = self.reference()
        if kind == "acknowledgement":
            message["re"] = self.reference()
        if kind.startswith("exercise.") or kind == "subscription":
            message["status"] = self.rng.choice(["actual", "test"])
            message.pop("exercise", None)
        if kind in self.walkers:
            self.walkers[kind].body(kind, message)
        keys = list(message)
        self.rng.shuffle(keys)
        return {key: message[key] for key in keys}


# ---- spoilt ones

def places(value, path=()):
    """Every (container, key) below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places(inner, path + (key,))


def other_value(rng, maker):
    return rng.choice([None, True, False, 0, 1, -1, 1.0, 2.5, 10**18, "", "x", [], {}, [1], {"a": 1},
                       maker.text(), maker.moment(), maker.node(), maker.id(), maker.reference()])


def spoil_text(rng, text):
    return rng.choice([
        "", text.upper(), text + "\n", " " + text, text[:-1], text[1:], text + text,
        "a" * 63, "a" * 64, "a" * 65, "😀" * 80, "ә" * 81, "é" * 200, "x" * 201, "ж" * 2000,
        "ж" * 2001, "y" * 2048, "y" * 2049, "z" * 20000, "z" * 20001, "a-b.c", "a..b", "-a",
        "http://a b", "https://x.example/%4", "CVE-2026-123", "CVE-2026-1234\n", "QUJD=", "QUJ==D",
        rng.choice(MOMENTS), rng.choice(NO_MOMENTS), rng.choice(["2023-02-29", "2024-02-30"]),
        text.replace("-", "_"), rng.choice(SECTORS), rng.choice(CATEGORIES)])


def spoil_list(rng, maker, items):
    return rng.choice([
        [], items + items, items + [other_value(rng, maker)], list(reversed(items)),
        ["a"] * rng.choice([2, 64, 65, 100, 101]), [f"n{i}" for i in range(rng.choice([64, 65]))],
        ["KZ"] * rng.choice([250, 251]), [maker.indicator()] * rng.choice([1, 1000, 1001]),
        [maker.vulnerability()] * rng.choice([200, 201]), {"0": 1}])


def spoil(rng, maker, message):
    container, key = rng.choice(list(places(message)))
    value = container[key]
    way = rng.random()
    if way < 0.2:
        del container[key]
    elif way < 0.35 and isinstance(container, dict):
        name = rng.choice(["extra", "Body", "level", "cause", "note", "for", "exercise", "to", "",
                           "a/b", "__proto__", "$ref", "description"])
        container[name] = other_value(rng, maker)
    elif way < 0.5 or key == "dabyl":  # 1.0 is no version for us: too few forms to tell apart
        container[key] = 2 if key == "dabyl" else other_value(rng, maker)
    elif isinstance(value, str):
        container[key] = spoil_text(rng, value)
    elif isinstance(value, bool):
        container[key] = rng.choice([not value, None, 0])
    elif isinstance(value, (int, float)):
        container[key] = rng.choice([-1, 0, 2, 3, 5, 6, 3.0, 2.5, 1e3, -0.0, 10**18, "3"])
    elif isinstance(value, list):
        container[key] = spoil_list(rng, maker, value)
    else:
        container[key] = rng.choice([{}, [], maker.reference(),
                                     {**value, "x": 1} if isinstance(value, dict) else 1])


def make_messages(rng, count, checkers):
    maker = Maker(rng, checkers)
    for i in range(count):
        message = maker.message(KINDS[i % len(KINDS)])
        if rng.random() < 0.55:
            for _ in range(rng.randint(1, 3)):
                spoil(rng, maker, message)
                if not message:
                    break
        yield message


# ---- the comparison

def our_verdicts(messages):
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    done = subprocess.run([TOOL, str(SCHEMAS)], input=lines.encode(), stdout=subprocess.PIPE,
                          check=True)
    return done.stdout.decode().splitlines()


def compare(kind, pairs):
    """Print one TAP line for a kind; the differences below it."""
    differences = [pair for pair in pairs if pair[1].startswith("accepted") != pair[2]]
    agreed = sum(pair[2] for pair in pairs)
    good = not differences and agreed > 0 and agreed < len(pairs)
    print(f"{'ok' if good else 'not ok'} {KINDS.index(kind) + 1} - {kind}: "
          f"{len(pairs)} verdicts agree, {agreed} accepted")
    for message, ours, theirs in differences[:5]:
        print(f"# ours: {ours}; theirs: {'accepted' if theirs else 'refused'}")
        print(f"# {json.dumps(message)[:2000]}")
    return good


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261122
    print(f"1..{len(KINDS) + 1}")
    print(f"# {count} messages from seed {seed}", flush=True)
    checkers = other_opinion()
    # As they are after printing: some values would change once more otherwise.
    messages = [json.loads(json.dumps(m)) for m in make_messages(random.Random(seed), count, checkers)]
    ours = our_verdicts(messages)
    assert len(ours) == len(messages), "a verdict is missing"
    theirs = [accepts(checkers, message) for message in messages]
    by_kind = {kind: [] for kind in KINDS}
    for i, row in enumerate(zip(messages, ours, theirs)):
        by_kind[KINDS[i % len(KINDS)]].append(row)
    results = [compare(kind, pairs) for kind, pairs in by_kind.items()]
    mixed = 0.3 * count < sum(theirs) < 0.7 * count
    readable = not any(line.startswith("unreadable") for line in ours)
    print(f"{'ok' if mixed and readable else 'not ok'} {len(KINDS) + 1} - "
          f"both verdicts are common: {sum(theirs)} of {count} accepted")
    sys.exit(0 if all(results) and mixed and readable else 1)


main()
