#!tests/run
"""Goal: files of the law that are wrong or half edited keep no hub from starting: the law of the journal holds, and status alarms."""

import os
import random
import shutil

import client
import entries
import tap
from world import World

SEED = int(os.environ.get("EDIT_SEED", "10"))
LAW = ("rules", "registry", "roster", "schemas")


def edits(draw, data):
    """What an editor, a power cut or a copy that broke off leaves of a file."""
    yield "empty", b""
    yield "cut", data[: draw.randrange(1, len(data))]
    at = draw.randrange(len(data))
    yield "garbled", data[:at] + b"\0\xff<<<<<<< HEAD\n" + data[at:]
    yield "gone", None


def files(hub):
    """Those that are read at a start: name, and whether what is left of it may still be good."""
    yield "rules/plan.rules"
    yield "rules/plan.rules.seal"
    yield "registry.conf"
    yield "certs/ca.pem"
    yield "certs/crl.pem"
    yield "certs/seal.pem"
    yield "roster/nccis-seal.pem"
    yield "roster/hub-seal.pem"
    yield "schemas/incident.notice.json"


def put(path, data):
    if data is None:
        os.remove(path)
    else:
        with open(path, "wb") as file:
            file.write(data)


def law(world):
    return [e.type for e in entries.read(world.hub.path("journal")) if e.type in LAW]


def status(world):
    return world.run("hub", "status", world.hub.folder, code=None)


def works(world):
    one = world.node("isoc-energy").client().begin(stored=0)
    (answer,) = one.tell(client.notice("isoc-energy", 2))
    one.close()
    return isinstance(answer, client.Receipt) and "notice.nccis" in answer.told


with World(__doc__, ("nccis", "isoc-energy")) as world:
    draw = random.Random(SEED)
    real = os.path.realpath(world.hub.path("schemas"))
    if os.path.islink(world.hub.path("schemas")):
        os.remove(world.hub.path("schemas"))
        shutil.copytree(real, world.hub.path("schemas"))
    rules = world.hub.path("rules", "plan.rules")
    good = open(rules, "rb").read()
    put(rules, good + b"# not sealed\n")
    code, text = world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=None)
    tap.ok(code == 1 and "plan.rules.seal" in text, "a first start with bad files is refused", text)
    put(rules, good)
    world.hub.start()
    tap.ok(works(world), "with good ones it works")
    world.hub.stop()
    before = law(world)
    tap.equal(sorted(before), sorted(LAW), "all of the law is in the journal")

    for name in files(world.hub):
        path = world.hub.path(*name.split("/"))
        data = open(path, "rb").read()
        for how, wrong in edits(draw, data):
            put(path, wrong)
            world.hub.start()
            alarmed, text = status(world)
            still = works(world)
            reloaded = world.reload()
            unmended, _ = status(world)
            put(path, data)
            mended = world.reload()
            content, after = status(world)
            world.hub.stop()
            harmless = "law.files" not in world.hub.process.text()
            if harmless:  # it means the same, or somebody less: a law like any other
                tap.note(f"{name} {how}: is a law")
                continue
            tap.ok(alarmed == 1 and "files of the law" in text and still,
                   f"{name} {how}: it runs by the law of the journal, and alarms", text)
            tap.ok(unmended == 1 and "law.reloaded" in mended and content == 0,
                   f"{name} {how}: until it is mended and reloaded", reloaded + after)
    world.hub.start()
    tap.equal(status(world)[0], 0, "in the end all is as it was")
    world.hub.stop()
