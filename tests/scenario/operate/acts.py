#!tests/run
"""Goal: what an operator does to a hub is an entry of its log, with who did it, and the log is told by nobody else."""

import json
import os
import signal

import entries
import tap
import zmq
from processes import until
from world import World

FIELDS = ("by", "act", "to", "reason")


def acts(world, *options):
    text = world.run("--json", "hub", "acts", world.hub.folder, *options)
    return [json.loads(line) for line in text.splitlines()]


def told(world):
    """Who did what, by the newest acts."""
    return [(act["by"], act["act"]) for act in acts(world)]


def request(world, *lines):
    """What a program gets that speaks to the socket itself."""
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.connect("ipc://" + world.hub.path("run", "control"))
    socket.send("\n".join(lines).encode())
    answer = json.loads(socket.recv())
    socket.close(0)
    return answer


def operators(world):
    return [e for e in entries.read(world.hub.path("journal")) if e.type == "operator"]


with World(__doc__, ("nccis", "isoc-energy")) as world:
    os.environ.pop("DABYL_OPERATOR", None)
    world.hub.start()
    tap.equal(acts(world), [], "nobody has done anything yet")
    text = world.run("hub", "acts", world.hub.folder)
    tap.ok("no operator" in text, "and the command says so", text)

    world.run("hub", "reload", world.hub.folder, "--as", "Айгүл С.")
    (one,) = acts(world)
    tap.equal(
        (one["by"], one["uid"], one["act"]), ("Айгүл С.", os.getuid(), "reload"), "a reload is an act of who gave a name"
    )
    os.environ["DABYL_OPERATOR"] = "daulet"
    world.run("hub", "reload", world.hub.folder)
    del os.environ["DABYL_OPERATOR"]
    world.hub.process.child.send_signal(signal.SIGHUP)
    until(lambda: len(acts(world)) == 3, "the signal is entered")
    answer = request(world, "reload")
    tap.equal(answer["ok"], True, "a program that gives no name is served")
    nobody = f"uid {os.getuid()}"
    tap.equal(
        told(world),
        [("Айгүл С.", "reload"), ("daulet", "reload"), (nobody, "reload"), (nobody, "reload")],
        "by DABYL_OPERATOR, by a signal, and without a name: who the system says it was",
    )

    registry = world.hub.path("registry.conf")
    with open(registry, "a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    world.run("hub", "reload", world.hub.folder, "--as", "aigul")
    last = operators(world)[-1]
    beside = [e.type for e in entries.read(world.hub.path("journal")) if e.batch == last.batch]
    tap.ok("registry" in beside, "the act is in the batch of what it did", beside)
    tap.equal((last.author, last.kind, last.id), ("", "", None), "and names nobody in its leaf")

    before = len(operators(world))
    with open(registry, "a", encoding="utf-8") as file:
        file.write("\nnonsense\n")
    code, text = world.run("hub", "reload", world.hub.folder, "--as", "aigul", code=None)
    tap.ok(code == 1 and "stays" in text, "what is refused changes nothing", text)
    for name, code in (("", 2), ("a" * 96, 2), ("a\nact erase", 2), (" aigul", 2)):
        got, text = world.run("hub", "reload", world.hub.folder, "--as", name, code=None)
        tap.ok(got == code and "--as" in text, f"{name[:12]!r} is no name", text)
    for line in ("by ", "by \x1b[2J", "by " + "a" * 200, "reason " + "a" * 600):
        answer = request(world, "reload", line, "")
        tap.ok(not answer["ok"] and line.split()[0] in answer["text"], f"{line[:9]!r} is refused by the hub", answer)
    tap.equal(len(operators(world)), before, "and nothing of that is an act")

    lines = open(registry, encoding="utf-8").read().replace("nonsense\n", "")
    with open(registry, "w", encoding="utf-8") as file:
        file.write(lines)
    answer = request(world, "reload", "by saule", "act admit", "to isoc-energy", "reason by letter 14", "")
    last = acts(world)[-1]
    tap.equal(
        [last.get(field) for field in FIELDS],
        ["saule", "admit", "isoc-energy", "by letter 14"],
        "what a reload was for, to whom and why",
    )
    tap.equal(
        [a["act"] for a in acts(world, "--last", "2")], [a["act"] for a in acts(world)][-2:], "the newest are asked for"
    )
    answer = request(world, "acts", "last 2", f"before {last['position']}", "")
    tap.equal(
        [act["position"] for act in answer["acts"]],
        [act["position"] for act in acts(world)][-3:-1],
        "and those before one",
    )
    tap.ok(answer["more"], "with a word that there are older ones")
    tap.ok(not request(world, "acts", "nonsense")["ok"], "a question that is none is refused")

    known = acts(world)
    world.hub.stop()
    world.hub.start()
    tap.equal(acts(world), known, "all is known after a start")
    kept, again = world.hub.rebuilt()
    tap.equal(kept[-32:] == again[-32:], True, "and the same out of the whole journal")
    world.hub.start()
    tap.equal(acts(world), known, "whichever it was made of")
    text = world.run("verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"))
    tap.ok(f"{len(known)} acts of operators" in text, "who checks the journal counts them", text)
    tap.ok("saule: admit isoc-energy" in text, "and is told the newest", text)
