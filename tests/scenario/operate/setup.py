#!tests/run
"""Goal: `hub setup` ends with a hub that starts, however often it is interrupted, and leaves nothing half."""

import os
import shutil
import signal
import subprocess

import tap
from commands import MODE, TOP
from processes import Process, free_port, until
from terminal import Terminal
from world import World

QUESTIONS = [  # as they are asked, what is typed, and what is said of what cannot stand there
    ("Name of the log", "setup.example/log", "has spaces in it"),
    ("Address where nodes connect", None, "7600"),
    ("Address where newcomers", "", "7601"),
    ("Code of the organisation", "STS", "a b"),
    ("Id of the hub", "", "UPPER"),
    ("The CA:", "here", "elsewhere"),
    ("Id of the first node", "nccis-desk", "-"),
    ("Id of its first officer", "aigul", "Айгүл"),
    ("Roles that nobody", "owner, media", "owner painter"),
]


def told(folder, port, ca="here"):
    return ["hub", "setup", folder, "--origin", "setup.example/log", "--listen", f"tcp://127.0.0.1:{port}",
            "--organisation", "STS", "--ca", ca, "--officer", "aigul", "--no-passphrase", "--yes"]  # fmt: skip


def files(folder):
    return sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)


def asked_one_by_one(world, port):
    """Ends at each question, in a way that a terminal has; what was answered is not asked again."""
    folder, program = world.path("asked"), world.program("dabyl")
    for i in range(len(QUESTIONS) + 1):
        person = Terminal(program, "hub", "setup", folder, "--no-passphrase")
        if i < len(QUESTIONS):
            question, answer, wrong = QUESTIONS[i]
            person.answer(question, wrong).until("no:")
            person.answer(question, f"tcp://127.0.0.1:{port}" if answer is None else answer)
        last = "(yes, no or change)" if i >= len(QUESTIONS) - 1 else QUESTIONS[i + 1][0]
        person.until(last)
        if i % 2:
            person.answer("", b"\x04")  # the line ends
        elif i < len(QUESTIONS):
            os.kill(person.pid, signal.SIGINT)
        else:
            person.answer("", "no")
        shown = person.end()
        again = [asked for asked, _, _ in QUESTIONS[:i] if asked in shown]
        tap.ok(person.code != 0 and not again, f"interrupted at question {i + 1}, it goes on there", shown)
        tap.ok(not os.path.exists(os.path.join(folder, "hub.conf")), "and nothing was made")
    person = Terminal(program, "hub", "setup", folder, "--no-passphrase")
    person.answer("(yes, no or change)", "change")
    person.answer("[setup.example/log]", "")
    for i, (question, _, _) in enumerate(QUESTIONS[1:]):
        person.answer(question, "" if i else f"tcp://127.0.0.1:{port}")
    person.answer("(yes, no or change)", "yes")
    shown = person.end()
    tap.ok(person.code == 0 and "hub.conf: good" in shown, "changed and agreed on, it is made", shown)
    return folder


def killed_at_every_step(world, port):
    folder, shim = world.path("killed"), os.path.join(TOP, "build", MODE, "shims", "dies.so")
    program, kills = world.program("dabyl"), 0
    for at in (2, 25, 47, 60, 74, 90, 107, 120, 500):
        env = dict(os.environ, LD_PRELOAD=shim, DIES_AT=str(at))
        done = subprocess.run([program, *told(folder, port)], env=env, capture_output=True, text=True, check=False)
        kills += done.returncode == -signal.SIGKILL
        if done.returncode == 0:
            break
    tap.ok(done.returncode == 0 and kills >= 5, f"killed {kills} times, each in a step further, it ends whole", done)
    rest = [name for name in files(folder) if "unfinished" in name or "issuing" in name or "answers" in name]
    tap.equal(rest, [], "and nothing is left of that")
    return folder


def answered_elsewhere(world, port):
    """A CA on another machine answers by files; what is not of it, or not compared, is not taken."""
    folder, ca = world.path("afar"), world.path("far-ca")
    program = world.program("dabyl")

    def setup(*options):
        words = [word for word in told(folder, port, "offline") if word not in ("--yes", "--no-passphrase")]
        return world.run(*words, *options, code=None)

    code, text = setup("--yes")
    requests = os.path.join(folder, "requests")
    tap.ok(code == 3 and "fingerprint" in text, "it waits for the CA and shows the digits", text)
    code, text = setup()
    tap.equal(code, 3, "agreed on once, it is not asked again")
    world.run("ca", "init", "--ca", ca, "--org", "STS", "--no-passphrase")
    for name in ("hub", "nccis-desk", "aigul"):
        world.run("ca", "sign", os.path.join(requests, f"{name}.request"), "--ca", ca, "--yes", "--answer",
                  os.path.join(requests, f"{name}.answer"))  # fmt: skip
    mine, other = (os.path.join(requests, f"{name}.answer") for name in ("hub", "aigul"))
    shutil.copy(mine, world.path("kept"))
    shutil.copy(other, mine)
    code, text = setup()
    tap.ok(code == 1 and "hub.answer" in text and "aigul" in text, "an answer for another is named", text)
    with open(world.path("kept"), "rb") as file:
        whole = file.read()
    with open(mine, "wb") as file:
        file.write(whole[:-200])
    code, text = setup()
    tap.ok(code == 1 and "hub.answer" in text, "and one that is cut off", text)
    shutil.copy(world.path("kept"), mine)
    code, text = setup()
    tap.ok(code == 1 and "compared" in text, "whole, it still waits for the digits", text)
    tap.ok(not os.path.exists(os.path.join(folder, "certs", "ca.pem")), "before which no CA is believed")
    person = Terminal(program, "hub", "setup", folder)
    shown = person.answer("Type yes:", "yes").end()
    tap.ok(person.code == 0 and "hub.conf: good" in shown, "compared, it is made", shown)


with World(__doc__, ()) as world:
    port = free_port()
    folder = asked_one_by_one(world, port)
    before = files(folder)
    text = world.run("hub", "setup", folder)
    tap.ok("already" in text and files(folder) == before, "said once more, there is nothing to do", text)
    with open(os.path.join(folder, "hub.conf"), encoding="utf-8") as file:
        tap.ok('absent_roles = [ "owner", "media" ]' in file.read(), "what was answered stands in hub.conf")

    hub = Process("first", [world.program("dabyl-hub"), os.path.join(folder, "hub.conf")], world.path("first.log"))
    node = Process("desk", [world.program("dabyl-node"), os.path.join(folder, "first", "nccis-desk", "node.conf")],
                   world.path("desk.log"))  # fmt: skip
    world.begin(hub)
    hub.says("hub.ready")
    world.begin(node)
    hub.says("session.opened")
    until(lambda: world.run("hub", "status", folder, code=None)[1].count("here  "), "its first node is connected")
    tap.ok(True, "the hub runs, and its first node is connected")
    node.stop()
    hub.stop()

    killed_at_every_step(world, port)
    answered_elsewhere(world, port)

    with open(world.path("wishes"), "w", encoding="utf-8") as file:
        file.write('# by file\norigin = "file.example/log";\nlisten = tcp://127.0.0.1:7600\norganisation = STS\n'
                   "ca = here\nno-passphrase = yes\nofficer = daulet\n")  # fmt: skip
    text = world.run("hub", "setup", world.path("by-file"), "--answers", world.path("wishes"), "--yes")
    tap.ok("hub.conf: good" in text, "a file of answers does as well", text)
    for line, says in (("painter = 1", "painter"), ("officer = Ж", "officer"), ("ca = maybe", "ca")):
        with open(world.path("wrong"), "w", encoding="utf-8") as file:
            file.write(f"origin = a.example/log\norganisation = STS\nca = here\nofficer = d\n{line}\n")
        code, text = world.run("hub", "setup", world.path("never"), "--answers", world.path("wrong"), "--yes",
                               code=None)  # fmt: skip
        tap.ok(code and says in text, f"{line!r} is refused by its name", text)
    tap.equal(files(world.path("never")), [], "and leaves nothing")
    text = world.run(*told(world.path("never"), port), "--node", "desk", code=2)
    tap.has(text, "--first-node", "--node is that of every command, and names no first node")
    tap.equal(files(world.path("never")), [], "nothing was made")
    world.run(*told(world.path("named"), port), "--first-node", "centre")
    tap.ok(os.path.exists(world.path("named", "first", "centre", "node.conf")), "which has an option of its own")
    code, text = world.run(*told(folder, port)[:3], "--origin", "other.example/log", "--yes", code=None)
    tap.ok("already" in text, "a hub that is there is left as it is", text)
