#!tests/run
"""Goal: what a command puts down as root is taken by a daemon of another user; what cannot be is named."""

import json
import os
import shutil
import subprocess
import sys

import client
import tap
from processes import Process, until
from world import World

NOBODY, OTHER = 65534, 65533

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    if os.geteuid() != 0:
        tap.note("not run as root: two users are needed")
        tap.ok(True, "# SKIP two users are needed, and only root has them")
        sys.exit(0)
    os.chmod(world.folder, 0o755)
    node, nccis, owner = (world.node(n) for n in ("isoc-energy", "nccis", "owner-grid"))
    world.hub.start()
    for one in (node, owner, nccis):
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", one.folder], check=True)
        one.process = Process(
            one.name,
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
             world.program("dabyl-node"), one.path("node.conf")],
            one.folder + ".log",
        )  # fmt: skip
        one.start()

    def dabyl(one, *arguments, code=0):
        return world.run("--node", one.folder, *arguments, code=code)

    def write(name, fields):
        path = world.path(name)
        with open(path, "wb") as file:
            file.write(client.encode(fields))
        return path

    # --- as root ------------------------------------------------------------------------
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    dabyl(node, "send", "--timeout", "60", write("notice.json", notice))
    tap.ok(True, "send, as root: the receipt is there")
    owner.has_received(1)
    dabyl(owner, "ack", "--timeout", "60", "1", "accepted")
    tap.ok(True, "ack, as root: the receipt is there")

    attached = world.path("plan.pdf")
    with open(attached, "wb") as file:
        file.write(b"%PDF" + bytes(5000))
    plan = {"kind": "threat.report", "marking": "TLP:AMBER", "summary": {"en": "A report."},
            "body": {"description": "x", "severity": "high", "files": [{"name": "plan.pdf"}]}}  # fmt: skip
    digest = client.sha(open(attached, "rb").read()).hex()
    shutil.rmtree(node.path("attachments"))  # the command makes the folder
    node.stop()
    os.makedirs(node.path("attachments"))
    os.chown(node.path("attachments"), NOBODY, NOBODY)
    code, _ = dabyl(node, "send", "--no-wait", "--attach", attached, write("p.json", plan), code=None)
    info = os.stat(node.path("attachments", "outbox", digest)) if code == 0 else None
    tap.equal((code, info and info.st_uid), (0, NOBODY), "an attachment is the daemon's")
    tap.equal(os.stat(node.path("attachments", "outbox")).st_uid, NOBODY, "so is its folder")
    node.start()

    dabyl(nccis, "follow", "--bookmark", "b", "--count", "1", "--timeout", "60")
    tap.equal(os.stat(nccis.path("state", "bookmark-b")).st_uid, NOBODY, "and so is a bookmark")

    before = {name: os.stat(os.path.join(root, name)).st_uid
              for root, _, names in os.walk(node.folder) for name in names}  # fmt: skip
    tap.equal({n for n, uid in before.items() if uid != NOBODY} - {"plan.pdf"}, set(),
              "nothing in the node's folder is anybody else's")  # fmt: skip

    # --- what cannot be taken -------------------------------------------------------------
    node.has_refused(1)  # that report: no schema lets it name a file
    for name in os.listdir(node.path("refused")):
        os.unlink(node.path("refused", name))
    until(lambda: dabyl(node, "status", code=None)[0] == 0, "the status is good")
    tap.ok(True, "the status is good")
    secret = node.path("outbox", "secret.json")
    shutil.copy(world.path("notice.json"), secret)
    os.chown(secret, 0, 0)
    os.chmod(secret, 0o600)
    shutil.copy(world.path("notice.json"), node.path("outbox", "alarm.txt"))

    def says(*words):
        code, text = dabyl(node, "status", code=None)
        return text if code == 1 and all(word in text for word in words) else None

    text = until(lambda: says("secret.json", "alarm.txt"), "the status names them")
    tap.ok("cannot be read" in text and "does not end in .json" in text, "with their reasons", text)
    listed = json.loads(world.run("--node", node.folder, "--json", "status", code=None)[1])
    tap.equal(
        sorted(item["file"] for item in listed["files"]["stay"]), ["alarm.txt", "secret.json"],
        "and as JSON",
    )  # fmt: skip
    os.chown(secret, NOBODY, NOBODY)
    os.rename(node.path("outbox", "alarm.txt"), node.path("outbox", "alarm-txt.json"))
    until(lambda: not os.listdir(node.path("outbox")), "both go when they may")
    until(lambda: dabyl(node, "status", code=None)[0] == 0, "and the status is good again")
    tap.ok(True, "both go when they may, and the status is good again")

    # A writer that does not come to an end.
    with open(node.path("outbox", "slow.json"), "wb") as file:
        os.fchown(file.fileno(), NOBODY, NOBODY)
        file.write(b'{"kind": ')
        file.flush()
        text = until(lambda: says("slow.json"), "it is named")
        tap.ok("open for writing" in text, "one that is written for long is named", text)
    text = until(lambda: says("REFUSED", "slow.json"), "half of a document is refused")
    tap.ok(True, "half of a document is refused, and named until somebody has seen to it")
    for name in os.listdir(node.path("refused")):
        os.unlink(node.path("refused", name))

    # --- by somebody who can put a file down, and not so that the daemon can read it -------
    os.chmod(node.folder, 0o755)
    os.chmod(node.path("outbox"), 0o777)
    for folder in ("sent", "refused", "state", "run", "state/spool"):
        os.chmod(node.path(folder), 0o755)
    again = write("other.json", client.notice("isoc-energy", 1))
    os.chmod(again, 0o644)
    done = subprocess.run(
        ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups",
         world.program("dabyl"), "--node", node.folder, "send", "--timeout", "5", again],
        capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    tap.equal(done.returncode, 1, "whoever cannot hand it over is told so")
    tap.ok("can read it" in done.stdout + done.stderr, "and why", done.stdout + done.stderr)
    tap.equal(os.listdir(node.path("outbox")), [], "and nothing is left in the outbox")
