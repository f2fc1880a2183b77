#!tests/run
"""Goal: a restart forgets nothing of the law: no older CRL comes in, and sealed rules stay in force."""

import shutil

import client
import entries
import tap
from world import World

LAW = ("roster", "registry", "rules", "schemas")



def alarm(world):
    """Start with bad files and stop again: the hub runs by the law of its journal."""
    before = len([e for e in entries.read(world.hub.path("journal")) if e.type in LAW])
    world.hub.start()
    code, text = world.run("hub", "status", world.hub.folder, code=None)
    bank = world.node("isoc-bank").client(seconds=3)
    try:
        bank.begin()
        tap.ok(False, "who was revoked stays out")
    except client.Unexpected:
        tap.ok(True, "who was revoked stays out")
    world.hub.stop()
    after = len([e for e in entries.read(world.hub.path("journal")) if e.type in LAW])
    tap.equal((code, after), (1, before), "it starts, alarms, and no law came in")
    return text


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    world.hub.start()
    world.raw()
    crl, old = world.hub.path("certs", "crl.pem"), world.path("old.pem")
    shutil.copy(crl, old)
    world.run("ca", "revoke", "isoc-bank", "--ca", world.path("ca"))
    world.run("ca", "revoke", "duty-nccis", "--ca", world.path("ca"))
    shutil.copy(world.path("ca", "crl.pem"), crl)
    world.reload()
    tap.equal(world.hub.stop(), 0, "the hub stops, with a newer CRL in force")

    world.hub.start()
    (receipt,) = world.node("isoc-energy").client().begin().tell(client.notice("isoc-energy", 2))
    tap.has(
        receipt.told, "notice.nccis", "the rules stay, although the officer who sealed them is out"
    )
    world.hub.stop()

    with open(world.hub.path("rules", "plan.rules"), "a", encoding="utf-8") as file:
        file.write("# changed\n")
    shutil.copy(world.hub.path("rules", "plan.rules.seal"), world.path("kept.seal"))
    world.seal_rules("duty-nccis")
    text = alarm(world)
    tap.ok("revoked" in text, "but what that officer seals now is not in force at a start", text)
    with open(world.hub.path("rules", "plan.rules"), encoding="utf-8") as file:
        rules = file.read().removesuffix("# changed\n")
    with open(world.hub.path("rules", "plan.rules"), "w", encoding="utf-8") as file:
        file.write(rules)
    shutil.copy(world.path("kept.seal"), world.hub.path("rules", "plan.rules.seal"))

    shutil.copy(old, crl)
    text = alarm(world)
    tap.ok(
        "is lower than" in text and "crl.pem" in text,
        "nor is the CRL of before, by its number",
        text,
    )
    shutil.copy(world.path("ca", "crl.pem"), crl)
    world.hub.start()
    tap.equal(world.hub.stop(), 0, "with the right one the hub starts again")
