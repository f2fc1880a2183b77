#!tests/run
"""Goal: the end of a certificate is announced ahead to its node and to NCCIS, once."""

import json

import tap
from world import World


def notices(deliveries):
    return [d.leaf["id"] for d in deliveries if d.leaf["kind"] == "service.notice"]


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.enrol("isoc-short", "isoc", "SOC-B", "--days", "5")
    world.hub.start()
    world.raw()
    for name in ("nccis", "isoc-short"):
        for number in (1, 2):  # one for the sealing certificate, one for the channel's
            delivery = world.raws[name].take(2)[number - 1]
            body = json.loads(delivery.document)["body"]
            tap.equal(
                (delivery.leaf["kind"], body["event"], body["node"]),
                ("service.notice", "certificate-expiring", "isoc-short"),
                f"{name} is told that a certificate of isoc-short expires ({number})",
            )
    got = world.fence()
    tap.equal(notices(got["isoc-energy"]), [], "a node whose certificates last hears nothing")

    for one in world.clients:
        one.close()
    world.hub.stop()
    world.fences.clear()  # the whole inbox counts again
    world.hub.start()
    world.raw()
    got = world.fence()
    for name in ("nccis", "isoc-short"):
        tap.equal(len(notices(got[name])), 2, f"{name} has just the two after a restart, too")
