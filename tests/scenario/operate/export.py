#!tests/run
"""Goal: what is exported for a court is checked offline, by two programs, and no changed byte passes."""

import glob
import os
import subprocess

import client
import tap
from processes import until
from world import TOP, World


def court(folder, *more):
    path = os.path.join(TOP, "tests", "check", "court.py")
    done = subprocess.run(["/usr/bin/python3", path, folder, *more], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


with World(__doc__, ("nccis", "isoc-energy")) as world:
    author, desk = world.node("isoc-energy"), world.node("nccis")
    world.start()
    for level in (1, 4):
        author.drop(client.notice("isoc-energy", level))
    author.has_sent(2)
    desk.has_received(4)
    out, hub = world.path("out"), world.hub.folder

    def published():
        with open(world.hub.path("journal", "checkpoint"), encoding="utf-8") as file:
            return int(file.read().split("\n")[1])

    until(lambda: published() > 10, "a checkpoint of these")
    world.run("hub", "backup", hub, "--to", world.path("copy"))
    with open(world.path("copy", "journal", "checkpoint"), encoding="utf-8") as file:
        last = int(file.read().split("\n")[1]) - 1
    text = world.run("hub", "export", "3", str(last), "--backup", world.path("copy"), "--to", out)
    tap.has(text, f"{last - 2} entries", "a range of a backup")
    code, text = world.run("hub", "export", "0", "4", "--hub", hub, "--to", out, code=None)
    tap.ok(code == 1 and "already" in text, "into a new folder alone", text)
    code, text = world.run("hub", "export", "0", "4000", "--hub", hub, "--to", world.path("o2"), code=None)
    tap.ok(code == 1 and "there are no entries" in text, "of entries that there are", text)
    text = world.run("hub", "export", "0", "5", "--hub", hub, "--to", world.path("o3"))
    tap.has(text, "6 entries", "of a hub that runs")
    tap.equal(court(world.path("o3"))[0], 0, "those before any message, too")

    messages = sorted(glob.glob(os.path.join(out, "entries", "*.json")))
    keys = ("--vkey", world.hub.path("vkey"), "--ca", world.path("ca", "ca.pem"), "--certs", os.path.join(out, "certs"))
    code, text = world.run("verify", *messages, *keys, code=None)
    tap.ok(code == 0 and text.count("GOOD") == len(messages) >= 2, "dabyl verify, offline", text)
    code, text = court(out, "--vkey", world.hub.path("vkey"))
    tap.ok(code == 0 and "good" in text, "and a program that is not ours", text)
    for language in ("en", "ru", "kk"):
        tap.ok(os.path.getsize(os.path.join(out, f"README.{language}.txt")) > 500, f"it says what it is in {language}")
    of_each = {os.path.splitext(path)[1]: path for path in glob.glob(os.path.join(out, "entries", "*"))}
    for path in of_each.values():
        with open(path, "r+b") as file:
            data = file.read()
            file.seek(len(data) // 2)
            file.write(bytes([data[len(data) // 2] ^ 1]))
        code, text = court(out)
        if code == 0:
            tap.ok(False, f"a changed byte of {os.path.basename(path)} is seen", text)
        with open(path, "wb") as file:
            file.write(data)
    tap.equal(court(out)[0], 0, "no changed byte passes")
