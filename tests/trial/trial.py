#!tests/run
"""trial - real incidents and advisories through a hub and its nodes, counted.

    trial.py INCIDENTS ADVISORIES [FOLDER]

Prints JSON lines: what was published, refused, receipted and verified, how many of each kind
every node received, and the comparison with what expect.py computes from the files alone.
Exit code 1 on any difference.  MODE=release or asan chooses the build.
"""

import collections
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

import cast
import client
from processes import until
from world import World

HERE = os.path.dirname(os.path.abspath(__file__))

CAST = {
    "nccis": ("nccis", "NCCIS"),
    "isoc": ("isoc", "SOC"),
    "isoc-other": ("isoc", "SOC-OTHER"),
    "owner": ("owner", "OWNER"),
    "national-security": ("national-security", "KNB"),
    "foreign-affairs": ("foreign-affairs", "MFA"),
    "headquarters": ("headquarters", "HQ"),
}

SECTORS = {
    "Energy": "power-supply",
    "Water": "water-supply",
    "Health": "healthcare",
    "Finance": "banking",
    "Telecommunications": "communications",
    "Digital Provider": "communications",
    "Transportation": "transport",
    "Police": "law-enforcement",
    "Defence industry": "industry",
    "Critical Manufacturing": "industry",
    "Chemicals": "industry",
    "Food": "industry",
    "Space": "industry",
    "Research": "industry",
}
# The taxonomy's classes for the words that the data uses.
CATEGORIES = {
    "Disruption": "availability",
    "Data theft": "information-content-security",
    "Data theft & Doxing": "information-content-security",
    "Ransomware": "malicious-code",
    "Hijacking with Misuse": "intrusions",
    "Hijacking without Misuse": "intrusions",
}


def say(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def sector_of(categories):
    for category in categories:
        area, _, name = category.partition(" / ")
        if name.rpartition(" / ")[2] in SECTORS:
            return SECTORS[name.rpartition(" / ")[2]]
        if area == "State institutions":
            return "e-government"
    return "other"


def incident(data, author):
    sector = sector_of(data.get("receiver_category", []))
    victims, attackers = data.get("receiver_country", []), data.get("initiator_country", [])
    abroad = sorted(set(attackers) - set(victims)) if victims else []
    body = {
        "level": min(5, math.floor(data.get("intensity", 0.0) + 0.5)),
        "determination": "confirmed",
        "sector": sector,
        "object": f"obj-{sector}",
        "cross_border": bool(abroad),
        "countries": abroad,
        "reported": {"channel": "other", "reference": f"EuRepoC {data['id']}"},
        "description": f"Incident {data['id']}: "
        + ", ".join(data.get("incident_type", ["type not known"])),
    }
    if data.get("start_date"):
        body["started_at"] = data["start_date"] + "T00:00:00Z"
    kinds = [CATEGORIES[kind] for kind in data.get("incident_type", []) if kind in CATEGORIES]
    if kinds:
        body["category"] = kinds[0]
    return client.message(
        "incident.notice",
        author,
        body,
        "TLP:AMBER",
        summary={"en": f"Incident {data['id']} of {data.get('start_date') or 'an unknown day'}"},
    )


def advisory(data):
    actions = [data["requiredAction"]]
    flaw = {
        "id": data["cveID"],
        "vendor": data["vendorProject"],
        "product": data["product"],
        "name": data["vulnerabilityName"],
        "due": data["dueDate"],
    }
    return client.message(
        "advisory",
        "nccis",
        {"vulnerabilities": [flaw], "description": data["shortDescription"], "actions": actions},
        "TLP:CLEAR",
        summary={"en": data["vulnerabilityName"]},
    )


def registry():
    sectors = sorted(set(SECTORS.values()) | {"e-government", "other"})
    objects = {f"obj-{sector}": (sector, "OWNER", "SOC", True) for sector in sectors}
    return cast.registry([code for _, code in CAST.values()], objects)


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def received(world, fences):
    return {
        name: dict(
            collections.Counter(
                message["kind"] for message in node.inbox() if message["id"] not in fences
            )
        )
        for name, node in world.nodes.items()
    }


def publish(world, incidents, advisories):
    """Drop every message into an outbox and wait until each was answered; the authors."""
    for i, data in enumerate(incidents):
        author = ("isoc", "owner")[i % 2]
        world.node(author).drop(incident(data, author), f"{i:06d}")
    for i, data in enumerate(advisories):
        world.node("nccis").drop(advisory(data), f"{i:06d}")
    wanted, authors = len(incidents) + len(advisories), [
        world.node(name) for name in ("isoc", "owner", "nccis")
    ]
    until(
        lambda: sum(
            len(node.names("sent", ".told")) + len(node.names("refused", ".reason.json"))
            for node in authors
        )
        >= wanted,
        "every message is answered",
        600,
    )
    return authors


def fence(world):
    """Two messages that between them reach everybody, when all that went before has arrived."""
    last = {"isoc": client.notice("isoc", 0), "nccis": client.advisory("nccis")}
    for author, message in last.items():
        world.node(author).drop(message)
    for name, node in world.nodes.items():
        wanted = last["isoc" if name == "nccis" else "nccis"]["id"] + ".why"
        until(
            lambda at=node, end=wanted: at.names("inbox", end), f"the last message at {name}", 600
        )
    return {message["id"] for message in last.values()}


def run(world, incidents, advisories):
    world.start()
    authors = publish(world, incidents, advisories)
    fences = fence(world)
    world.stop()
    code, text = world.check("--json")
    if code != 0:
        say(check=text.strip())
    verified = json.loads(text)["receipts"] if code == 0 else 0
    return {
        "published": len(incidents) + len(advisories),
        "refused": sum(len(node.refused()) for node in authors),
        "receipted": sum(len(set(node.sent()) - fences) for node in authors),
        "verified": max(0, verified - len(fences)),
        "received": received(world, fences),
    }


def main():
    missing = [path for path in sys.argv[1:3] if not os.path.exists(path)]
    if len(sys.argv) < 3 or "" in missing:
        sys.exit("trial: name both files: make trial INCIDENTS=file ADVISORIES=file")
    if missing:
        sys.exit(f"trial: there is no {' and no '.join(missing)}")
    incidents, advisories = read_lines(sys.argv[1]), read_lines(sys.argv[2])
    folder = sys.argv[3] if len(sys.argv) > 3 else None
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    temporary = folder or tempfile.mkdtemp(prefix="dabyl-trial-")
    world = World(__doc__, CAST, folder=temporary)
    world.registry = registry()
    try:
        world.build()
        got = run(world, incidents, advisories)
    finally:
        world.stop()
    expected = json.loads(
        subprocess.run(
            [sys.executable, "-B", f"{HERE}/expect.py", *sys.argv[1:3]],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    for name in ("published", "refused", "receipted", "verified"):
        say(count=name, messages=got[name])
    for name, kinds in got["received"].items():
        for kind, n in sorted(kinds.items()):
            say(count="received", node=name, role=CAST[name][0], kind=kind, messages=n)
    same = got == expected
    say(
        comparison="equal" if same else "different",
        expected=expected,
        **({} if same else {"got": got}),
    )
    if not folder and same:
        shutil.rmtree(temporary, ignore_errors=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
