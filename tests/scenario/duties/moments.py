#!tests/run
"""Goal: no moment that a message of any kind can name ends the hub or keeps it from starting again."""

import json
import os
import random
import re

import client
import route
import tap
from world import CAST, TOP, World

# The epoch, and what makes a time computed from a moment the epoch; the ends of what can be said.
SPECIAL = [
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00.000+00:00",
    "1970-01-01T05:00:00+05:00",
    "1969-12-31T00:01:00-23:59",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:00:00.001Z",
    "1969-12-31T00:00:00Z",  # due at the epoch, after 24 h
    "1969-12-30T00:00:00Z",  # after 48 h
    "1969-12-31T04:00:00Z",  # nearly due at the epoch
    "1969-12-30T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "0000-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00Z",
    "1582-10-10T00:00:00Z",
    "1901-12-13T20:45:51Z",
    "2016-12-31T23:59:60Z",
    "2038-01-19T03:14:08Z",
    "9999-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:60Z",
]


def schema(name):
    with open(os.path.join(TOP, "schemas", name), encoding="utf-8") as file:
        return json.load(file)


def is_moment(at):
    return at.get("$ref", "").endswith("#/$defs/moment") or at.get("format") == "date-time"


def moments(at, path=()):
    """The paths below a schema where a moment may stand; 0 for any place of an array."""
    if is_moment(at):
        yield path
    for name, inner in at.get("properties", {}).items():
        yield from moments(inner, (*path, name))
    if isinstance(at.get("items"), dict):
        yield from moments(at["items"], (*path, 0))


def put(body, path, value):
    """Set what is there, or can be there: no array or object is invented."""
    for step in path[:-1]:
        try:
            body = body[step]
        except (KeyError, IndexError):
            return False
    body[path[-1]] = value
    return True


def seeded(seed, n):
    draw = random.Random(seed)
    for _ in range(n):
        year, month, day = draw.randrange(10000), draw.randrange(1, 13), draw.randrange(1, 29)
        clock = "%02d:%02d:%02d" % (draw.randrange(24), draw.randrange(60), draw.randrange(60))
        zone = draw.choice(["Z", "%+03d:%02d" % (draw.randrange(-23, 24), draw.randrange(60))])
        yield f"{year:04d}-{month:02d}-{day:02d}T{clock}{draw.choice(['', '.5', '.123456'])}{zone}"


def author_of(kind, rules):
    """A node of a role that some rule lets publish this kind."""
    for at in re.finditer(r'on = "%s"' % re.escape(kind), rules):
        roles = re.search(r"from = \[([^\]]*)\]", rules[at.end() : at.end() + 400])
        for name, (role, _) in CAST.items():
            if roles and f'"{role}"' in roles[1]:
                return name
    return None


def messages(rules):
    for name in sorted(os.listdir(os.path.join(TOP, "schemas"))):
        if not name.endswith(".json") or name == "envelope.json":
            continue
        kind = name[: -len(".json")]
        author = author_of(kind, rules)
        paths = list(moments(schema(name).get("properties", {}).get("body", {})))
        for path in paths if author else ():
            for value in [*SPECIAL, *seeded(f"{kind} {path}", 4)]:
                message = route.example(kind, author)
                if put(message["body"], path, value):
                    yield "/body/" + "/".join(map(str, path)), message
        for value in SPECIAL if author else ():
            yield "/expires", {**route.example(kind, author), "expires": value}
            if value < "1999":
                yield "/sent", {**route.example(kind, author), "sent": value}


def tell_all(world, rules):
    """Publish each; how many were taken and refused, and those with no answer at all."""
    counts, silent, by_author = [0, 0], [], {}
    for pointer, message in messages(rules):
        by_author.setdefault(message["from"], []).append((pointer, message))
    for author, told in sorted(by_author.items()):
        one = world.node(author).client().begin(stored=0)
        for pointer, message in told:
            (answer,) = one.tell(message)
            taken = isinstance(answer, client.Receipt)
            counts[not taken] += 1
            if not taken and getattr(answer, "code", "") in ("", "entry.unreadable"):
                silent.append((pointer, answer))
    return counts, silent


def declare(world, author, kind, **body):
    one = world.node(author).client().begin(stored=0)
    (answer,) = one.tell(route.example(kind, author, body=body))
    one.close()
    return getattr(answer, "code", "taken"), getattr(answer, "pointer", None)


TIMING = "limits = { publish_rate = 100000; };\ntiming = { past_days = 36500; };\n"
with World(__doc__, dict(CAST), settings=TIMING, officers=("knb", "hq")) as world:
    plan = world.rules()
    world.hub.start()
    (taken, refused), silent = tell_all(world, plan)
    tap.note(f"{taken} taken, {refused} refused")
    tap.ok(world.hub.process.running(), "the hub runs")
    tap.ok(taken > 100 and not silent, "each had an answer", silent[:3])
    world.hub.stop()
    world.hub.start()
    tap.ok(True, "and starts again")
    world.hub.stop()
    with open(world.hub.path("hub.conf"), encoding="utf-8") as file:
        conf = file.read()
    with open(world.hub.path("hub.conf"), "w", encoding="utf-8") as file:
        file.write(conf.replace("timing = { past_days = 36500; };\n", ""))
    world.hub.start()
    year = 365 * 86400
    for moment, wanted in (
        (client.rfc3339(-9 * year), ("taken", None)),
        (client.rfc3339(-11 * year), ("moment.absurd", "/body/suspended_at")),
        ("1970-01-01T00:00:00Z", ("moment.absurd", "/body/suspended_at")),
        ("0000-01-01T00:00:00Z", ("moment.absurd", "/body/suspended_at")),
        ("9999-12-31T00:00:00Z", ("time.future", "/body/suspended_at")),
    ):
        got = declare(world, "knb", "suspension.notice", suspended_at=moment)
        tap.equal(got, wanted, f"a suspension of {moment[:10]}")
    got = declare(world, "owner-grid", "contact.change", replaced_at="1970-01-01T00:00:00Z")
    tap.equal(got, ("moment.absurd", "/body/replaced_at"), "a replacement of 1970")
    world.hub.stop()
