#!/usr/bin/python3
"""expect - what a trial must yield, from the two data files and nothing else.

    expect.py INCIDENTS ADVISORIES

Prints one JSON object: how many messages are published, and how many of each kind every role
of the trial's cast receives.  The cast: one isoc and one owner, who publish the incidents in
turn (even and odd lines) and have each other's, since the one serves the other's objects;
nccis, who publishes the advisories; and national-security, foreign-affairs, headquarters and
a second isoc, who only receive.

- incident: to nccis, and to the one of isoc and owner who did not publish it (paragraphs 8.3, 8.5, 10);
  from level 3 an alert to national-security and nccis (14); across a border an item to
  foreign-affairs and nccis (17);
- advisory: to everybody but its author (4).
"""

import json
import math
import sys


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def level(incident):
    return min(5, math.floor(incident.get("intensity", 0) + 0.5))


def crosses(incident):
    victims, attackers = incident.get("receiver_country", []), incident.get("initiator_country", [])
    return bool(victims) and any(country not in victims for country in attackers)


def main():
    incidents, advisories = lines(sys.argv[1]), lines(sys.argv[2])
    by_isoc, by_owner = len(incidents[0::2]), len(incidents[1::2])
    alerts = sum(level(incident) >= 3 for incident in incidents)
    items = sum(crosses(incident) for incident in incidents)
    received = {
        "nccis": {
            "incident.notice": len(incidents),
            "security.alert": alerts,
            "crossborder.item": items,
        },
        "isoc": {"incident.notice": by_owner, "advisory": len(advisories)},
        "owner": {"incident.notice": by_isoc, "advisory": len(advisories)},
        "national-security": {"security.alert": alerts, "advisory": len(advisories)},
        "foreign-affairs": {"crossborder.item": items, "advisory": len(advisories)},
        "headquarters": {"advisory": len(advisories)},
        "isoc-other": {"advisory": len(advisories)},
    }
    published = len(incidents) + len(advisories)
    print(
        json.dumps(
            {
                "published": published,
                "refused": 0,
                "receipted": published,
                "verified": published,
                "received": {
                    node: {kind: n for kind, n in kinds.items() if n}
                    for node, kinds in received.items()
                },
            }
        )
    )


if __name__ == "__main__":
    main()
