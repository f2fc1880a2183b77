#!tests/run
"""Goal: a hub says that it is ready when newcomers can ask, too; where they cannot, it says why, serves all others,
and opens as soon as it can; its status counts who waits, and who signs is
known before anybody telephones."""

import json
import os
import shlex
import shutil
import socket
import sys

import tap
from processes import free_port, until
from service import Service
from world import World

PORT = free_port()
ADDRESS = f"tcp://127.0.0.1:{PORT}"
SETTINGS = f'join = {{ listen = ["{ADDRESS}"]; }};\n'


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def line_of(text, word):
    return next((i for i, line in enumerate(text.splitlines()) if word in line), -1)


def service_of(world):
    return Service(world, "dabyl-hub.service", world.hub.folder, abstract=True)


def in_order(world):
    hub = service_of(world).start()
    hub.must_hear("READY=1")
    tap.ok(answers(PORT), "ready is said when newcomers can ask")
    text = hub.process.text()
    tap.ok(0 <= line_of(text, "join.open") < line_of(text, "hub.ready"), "and the log has it in this order", text)
    hub.process.stop()
    hub.close()


def taken(world):
    """Somebody else has the address."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", PORT))
        other.listen()
        hub = service_of(world).start()
        hub.must_hear("READY=1")
        text = hub.process.text()
        tap.ok(0 <= line_of(text, "join.not-open"), "an address that is taken is said before", text)
        tap.has(text[text.index("join.not-open"):].splitlines()[0], "in use", "with the reason")
        world.node("nccis").start().connected()
        tap.ok(True, "and all others are served")
        code, text = world.run("hub", "status", world.hub.folder, code=None)
        tap.ok(code == 1 and "join.not-open" in text, "its status is not good, and says where the reason is", text)
    hub.process.says("join.open")
    tap.ok(answers(PORT), "it opens as soon as the address is free")
    until(lambda: "join.not-open" not in world.run("hub", "status", world.hub.folder, code=None)[1], "it is good again")
    return hub


def waiting(world):
    """The hub's count of those that nobody has looked at."""
    status = json.loads(world.run("hub", "status", world.hub.folder, "--json"))
    return status["joins_waiting"], world.run("hub", "status", world.hub.folder)


def join(world, name):
    who = ("--id", name, "--role", "owner", "--org", "GRID")
    world.run("node", "join", ADDRESS, "--dir", world.path(name), *who, "--wait", "0", code=3)


def counted(world):
    count, text = waiting(world)
    tap.ok(count == 0 and "joins" not in text, "while nobody asks nothing is said of it", text)
    join(world, "owner-grid")
    count, text = waiting(world)
    tap.equal(count, 1, "who asks is counted")
    tap.has(text, "1 request waits: `dabyl hub joins`", "and the status says so")
    join(world, "owner-gas")
    tap.has(waiting(world)[1], "2 requests wait: `dabyl hub joins`", "two are two")
    text = world.run("hub", "metrics", world.hub.folder)
    tap.has(text, "dabyl_hub_joins_waiting 2", "the metrics have it, too")
    world.run("hub", "joins", "accept", "owner-gas", world.hub.folder, "--yes")
    world.run("hub", "joins", "refuse", "owner-grid", world.hub.folder)
    tap.equal(waiting(world)[0], 0, "accepted or refused, it does not wait for the operator")


def command_of(text):
    """What is to be typed next, as it stands there."""
    line = next(line for line in text.splitlines() if line.split()[:2] == ["next", "dabyl"])
    return shlex.split(line)[2:]


def signers(world):
    """Who signs is said before anybody reads digits aloud, and what to type for it."""
    join(world, "owner-rail")
    text = world.run("hub", "joins", world.hub.folder)
    tap.has(text, "the CA signs elsewhere", "no CA lies beside the hub: said where the digits are")
    text = world.run("hub", "joins", "accept", "owner-rail", world.hub.folder, code=1)
    tap.ok("with --ca and its folder" in text and "digits" in text, "and by accept, before it asks", text)
    os.symlink(world.path("ca"), world.hub.path("ca"))
    text = world.run("hub", "joins", world.hub.folder)
    tap.has(text, f"--ca {world.hub.path('ca')}", "one that lies there is named")
    text = world.run("hub", "joins", "accept", "owner-rail", world.hub.folder, code=1)
    tap.ok(0 < text.find("Without --ca nobody signs") < text.find("nobody to ask"), "before digits are asked for", text)
    text = world.run("hub", "joins", "accept", "owner-rail", world.hub.folder, "--yes")
    tap.has(text, "CA beside this hub has to sign", "accepted without it, what is left is said")
    tap.has(world.run(*command_of(text)), "is admitted", "and typed as it stands, it is done")


def not_running(world):
    """That nobody asks is no news of a hub that does not run."""
    text = world.run("hub", "joins", world.hub.folder)
    tap.ok("owner-rail asks" in text and "the hub does not run, and nobody can ask" in text, "what lies there is shown", text)
    for act in ("accept", "refuse"):
        text = world.run("hub", "joins", act, "nobody", world.hub.folder, code=1)
        tap.has(text, "no request 'nobody'; the hub does not run, and nobody can ask", f"{act}: so there may be none")
    shutil.rmtree(world.hub.path("joins"))
    text = world.run("hub", "joins", world.hub.folder)
    tap.ok("does not run" in text and "nobody asks" not in text, "where none lies the same is said", text)


with World(__doc__, cast=("nccis",), settings=SETTINGS) as world:
    in_order(world)
    hub = taken(world)
    counted(world)
    signers(world)
    text = world.run("hub", "joins", "accept", "nobody", world.hub.folder, code=1)
    tap.ok("no request 'nobody'" in text and "does not run" not in text, "a hub that runs has no such request", text)
    hub.process.stop()
    not_running(world)
    hub.close()
sys.exit(tap.finish())
