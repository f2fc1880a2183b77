#!/usr/bin/python3
"""Goal: a restart forgets nothing of the law: no older CRL comes in, and sealed rules stay in force."""

import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import client  # noqa: E402
import tap  # noqa: E402
from world import World  # noqa: E402

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
    code, text = world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=None)
    tap.ok(
        code == 1 and "revoked" in text, "but what that officer seals now is refused at start", text
    )
    with open(world.hub.path("rules", "plan.rules"), encoding="utf-8") as file:
        rules = file.read().removesuffix("# changed\n")
    with open(world.hub.path("rules", "plan.rules"), "w", encoding="utf-8") as file:
        file.write(rules)
    shutil.copy(world.path("kept.seal"), world.hub.path("rules", "plan.rules.seal"))

    shutil.copy(old, crl)
    code, text = world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=None)
    tap.ok(
        code == 1 and "is lower than" in text and "crl.pem" in text,
        "the CRL of before is refused at start, by its number",
        text,
    )
    shutil.copy(world.path("ca", "crl.pem"), crl)
    world.hub.start()
    tap.equal(world.hub.stop(), 0, "with the right one the hub starts again")
