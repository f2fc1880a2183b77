#!tests/run
"""Goal: rules that are not sealed by an officer of nccis, or have an error, are not loaded; the old ones stay."""

import os

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.officer("duty-bank", "isoc-bank")
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid")
    sender = world.raws["isoc-energy"]
    path, seal = world.hub.path("rules", "plan.rules"), world.hub.path("rules", "plan.rules.seal")
    with open(path, encoding="utf-8") as file:
        good = file.read()
    with open(seal, encoding="utf-8") as file:
        good_seal = file.read()
    broken = good.rstrip() + "\nrules = ( nonsense );\n"
    line = len(broken.splitlines())
    unknown = good.replace('"role:nccis"', '"role:nobody"', 1)
    at = next(i for i, text in enumerate(unknown.splitlines(), 1) if "role:nobody" in text)

    def case(name, rules, new_seal, *words):
        """Put the files there; -n, SIGHUP and the running hub must all say no."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(rules)
        if new_seal is None:
            os.path.exists(seal) and os.remove(seal)
        else:
            with open(seal, "w", encoding="utf-8") as file:
                file.write(new_seal)
        code, text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub", code=None)
        tap.ok(
            code != 0 and all(word in text for word in words),
            f"{name}: dabyl-hub -n says {' '.join(text.split())[:100]}",
            text,
        )
        said = world.reload()
        tap.has(said, "refused", f"{name}: a reload is refused")
        (answer,) = sender.tell(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
        got = world.fence()
        tap.equal(
            (len(got["nccis"]), len(got["owner-grid"])),
            (1, 1),
            f"{name}: the old rules stay in force",
        )

    case("without a seal", good + "\n", None)
    case("changed after sealing", good + "\n# one more line\n", good_seal)
    case("sealed by an officer of another role", good, world.rules_seal(good, "duty-bank"))
    case(
        "sealed by the node, not a person",
        good,
        world.rules_seal(good, world.node("nccis").seal_key()),
    )
    case("sealed for another hub", good, world.rules_seal(good, origin="other.hub/log"))
    case("with a syntax error", broken, world.rules_seal(broken), f"plan.rules:{line}")
    case("with an unknown role", unknown, world.rules_seal(unknown), f"plan.rules:{at}", "nobody")
    with open(path, "w", encoding="utf-8") as file:
        file.write(good)
    with open(seal, "w", encoding="utf-8") as file:
        file.write(good_seal)
    world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub")
    tap.ok(True, "and the good files check out again")
