#!tests/run
"""Goal: where another zone is local, moments are said in it, with UTC beside."""

import datetime
import os
import re
import sys

import client
import tap
from world import World

# Where no zones are installed the same one is said by its offset.
ZONE = "Asia/Almaty" if os.path.exists("/usr/share/zoneinfo/Asia/Almaty") else "<+05>-5"
LOCAL = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) \((?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d) UTC\)")
ALONE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z")


def moment(day, time):
    return datetime.datetime.fromisoformat(f"{day} {time}")


def apart(found):
    """Hours between the local time and UTC's."""
    day, time, other, utc = found
    return (moment(day, time) - moment(other or day, utc)) / datetime.timedelta(hours=1)


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    world.start()
    desk, centre, agency = (world.node(name) for name in ("isoc-energy", "nccis", "knb"))
    notice = client.notice("isoc-energy", 4)
    desk.drop(notice)
    centre.has_received(1)
    agency.has_received(1)
    world.run("hub", "reload", world.hub.folder, code=0)

    def says(node, *words, most=99):
        text = world.run("--node", node.folder, *words, code=None, env={"TZ": ZONE})[1]
        found = LOCAL.findall(text)
        tap.ok(found and all(apart(one) == 5 for one in found), f"dabyl {words[0]} {words[1] if words[1:] else ''} says local times", text)
        tap.ok(not ALONE.search(LOCAL.sub("", text)), "and no other", text)

    says(centre, "inbox")
    says(centre, "inbox", "show", "1")
    says(desk, "sent")
    says(desk, "sent", "show", notice["id"])
    says(desk, "incident", notice["id"])
    says(agency, "duties")
    says(centre, "nodes")
    says(centre, "verify", desk.path("sent", f"{notice['id']}.json"))
    says(centre, "hub", "acts", world.hub.folder)
    says(centre, "hub", "nodes", world.hub.folder)
    says(centre, "ca", "show", desk.path("certs", "seal.pem"))
    text = world.run("--node", centre.folder, "inbox", "--since", "1 hour ago", code=0, env={"TZ": ZONE})
    tap.has(text, "incident.notice", "what is typed is of that zone too")

sys.exit(tap.finish())
