#!tests/run
"""Goal: a node is let in, renewed and put out by one command, whole or not at all, and the log says who did it."""

import json
import os
import shutil
import signal
import subprocess

import tap
from commands import MODE, TOP
from processes import until
from world import World


def roster(world):
    folder = world.hub.path("roster")
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def nodes(world):
    _, text = world.run("--json", "hub", "nodes", world.hub.folder, code=None)
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def names(world):
    return {one["node"] for one in nodes(world) if "officer" not in one}


def last_act(world):
    lines = world.run("--json", "hub", "acts", world.hub.folder, "--last", "1").splitlines()
    act = json.loads(lines[-1])
    return act["by"], act["act"], act.get("to"), act.get("reason")


def hub(world, *words, code=None):
    return world.run("hub", *words, "--hub", world.hub.folder, code=code)


def killed(world, at, *words):
    """The command dies in the middle of what it writes."""
    env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"), DIES_AT=str(at))
    command = [world.program("dabyl"), "hub", *words, "--hub", world.hub.folder]
    return subprocess.run(command, env=env, capture_output=True, check=False).returncode == -signal.SIGKILL


with World(__doc__, ("nccis", "isoc-energy")) as world:
    os.environ["DABYL_OPERATOR"] = "aigul"
    world.hub.start()
    world.certify("newcomer", ("--role", "owner"), "STS")
    world.certify("later", ("--role", "owner"), "STS")
    certs = world.path("newcomer", "certs")
    seal, channel = (os.path.join(certs, f"{use}.pem") for use in ("seal", "channel"))
    before = roster(world)

    world.run("ca", "init", "--ca", world.path("other"), "--no-passphrase")
    world.run("ca", "request", "--dir", world.path("alien"), "--id", "newcomer", "--role", "owner", "--org", "STS")
    world.run("ca", "sign", world.path("alien", "request.pem"), "--ca", world.path("other"), "--yes", "--out",
              world.path("alien", "certs"))  # fmt: skip
    with open(world.path("nothing.pem"), "w", encoding="ascii") as file:
        file.write("nothing\n")
    for words, says in (
        (("newcomer",), "which certificates"),
        (("newcomer", world.path("nowhere")), "nowhere"),
        (("newcomer", world.path("nothing.pem")), "nothing.pem"),
        (("newcomer", world.path("alien")), "alien"),
        (("other-name", certs), "is for newcomer"),
        (("newcomer", seal), "channel certificate of newcomer is missing"),
        (("hub", os.path.join(world.hub.folder, "certs")), "no place in a roster"),
    ):
        code, text = hub(world, "admit", *words)
        tap.ok(code == 1 and says in text, f"admit {' '.join(map(os.path.basename, words))}: {says}", text)
    tap.equal(roster(world), before, "what is refused leaves the roster as it was")

    with open(world.hub.path("registry.conf"), encoding="utf-8") as file:
        good = file.read()
    with open(world.hub.path("registry.conf"), "w", encoding="utf-8") as file:
        file.write(good + "nonsense\n")
    code, text = hub(world, "admit", "newcomer", certs)
    tap.ok(code == 1 and "registry.conf" in text and roster(world) == before, "nor does what the hub refuses", text)
    with open(world.hub.path("registry.conf"), "w", encoding="utf-8") as file:
        file.write(good)

    hub(world, "admit", "newcomer", certs, "--reason", "letter 7", code=0)
    tap.equal(last_act(world), ("aigul", "admit", "newcomer", "letter 7"), "admitted, the log says by whom")
    tap.ok("newcomer" in names(world), "it is let in")
    world.settle("newcomer", "owner", "STS").start()
    until(lambda: any(n.get("connected") and n.get("heard") for n in nodes(world) if n.get("node") == "newcomer"),
          "it is shown as connected")  # fmt: skip
    whole = roster(world)
    hub(world, "admit", "newcomer", certs, code=0)
    tap.equal(roster(world), whole, "said again it is the same")

    shutil.copytree(certs, world.path("first-certs"))
    world.run("ca", "renew", "newcomer", "--ca", world.path("ca"), "--out", world.path("second-certs"))
    hub(world, "renew", "newcomer", world.path("second-certs"), code=0)
    tap.equal((last_act(world)[1], len(roster(world))), ("renew", len(whole) + 2), "renewed, the older ones hold")
    code, text = hub(world, "renew", "stranger", certs)
    tap.ok(code == 1 and "stranger" in text, "who is not there cannot be renewed", text)

    code, text = hub(world, "remove", "newcomer")
    tap.equal(code, 2, "nobody is put out without a reason")
    code, text = hub(world, "remove", "hub", "--reason", "x")
    tap.ok(code == 1 and "itself" in text, "nor the hub", text)
    world.run("ca", "revoke", "newcomer", "--ca", world.path("ca"), "--reason", "key-compromise")
    hub(world, "remove", "newcomer", "--reason", "key stolen", "--crl", world.path("ca", "crl.pem"), code=0)
    tap.equal(last_act(world), ("aigul", "remove", "newcomer", "key stolen"), "put out, the log says why")
    tap.equal(roster(world), before, "and its certificates are out of the roster")
    tap.equal(len(os.listdir(world.hub.path("removed"))), 4, "and kept aside")
    until(lambda: "newcomer" not in names(world), "it takes part no more")
    code, text = hub(world, "admit", "newcomer", certs)
    tap.ok(code == 1 and "revoked" in text, "revoked, it is not let in again", text)
    world.node("newcomer").stop()

    steps = 0
    for at in (1, 3, 6, 9, 12, 15):
        steps += killed(world, at, "admit", "later", world.path("later", "certs"), "--as", "daulet")
    hub(world, "admit", "later", world.path("later", "certs"), "--as", "daulet", code=0)
    found = [name for name in roster(world) if name.startswith("later")]
    tap.ok(steps > 3 and "later" in names(world), f"killed {steps} times it is finished when it is said again")
    tap.ok(len(found) == 2 and not os.path.exists(world.hub.path("change")), "and nothing is left of that", found)
    tap.ok(killed(world, 20, "remove", "later", "--reason", "x"), "cut short when half of it was done")
    tap.ok(os.path.exists(world.hub.path("change", "plan")), "which is written down")
    text = hub(world, "admit", "isoc-energy", world.path("isoc-energy", "certs"), code=0)
    tap.ok("later" not in names(world) and "finished" in text, "it is finished by whoever changes something next", text)

    world.hub.stop()
    text = hub(world, "admit", "later", world.path("later", "certs"), code=0)
    tap.ok("does not run" in text and "later" in names(world), "of a hub that stands, the files", text)
    text = world.run("hub", "nodes", world.hub.folder)
    tap.ok("its files say" in text and "duty-nccis" in text, "which are shown as such, officers too", text)
    world.hub.start()
    tap.ok("later" in names(world), "and are in force when it starts")
