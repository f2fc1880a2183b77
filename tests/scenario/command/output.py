#!tests/run
"""Goal: no command ends well when what it printed did not leave, and nothing that was not shown counts as shown."""

import hashlib
import os
import re
import signal
import subprocess
import sys

import client
import tap
from processes import until
from world import ORIGIN, World

MOST = "9223372036854775807"


def leaves(world, path=()):
    """Every command that runs, by the overviews' own lines."""
    text = world.run(*path, "--help")
    names = re.findall(r"^  ([a-z-]+) +\S", text, re.M) if "COMMAND ..." in text.splitlines()[0] else []
    if not names:
        return [path]
    return [leaf for name in names for leaf in leaves(world, (*path, name))]


def tree(folder):
    """What the files of a folder hold."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found[path] = hashlib.sha256(file.read()).hexdigest()
    return found


def broken_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return writer


OUT = ("standard output", "стандартный вывод", "стандартты шығыс")  # as it is called in each language

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.start()
    node = world.node("nccis")
    world.raw("isoc-energy")
    notices = [client.notice("isoc-energy", 4) for _ in range(3)]
    world.raws["isoc-energy"].tell(*notices)
    node.has_received(3)
    message = world.path("message.json")
    with open(message, "w", encoding="utf-8") as file:
        file.write(client.encode(client.advisory("nccis")).decode())
    fresh = 0

    def run(*words, program="dabyl", **how):
        """Exit code and what it said on standard error."""
        global fresh
        fresh += 1
        words = [str(w).replace("{fresh}", world.path(f"fresh-{fresh}")) for w in words]
        done = subprocess.run(
            [world.program(program), *words], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=120, check=False, **how
        )
        return done.returncode, done.stderr.decode(errors="replace")

    def closed():
        os.close(1)

    def ignore_pipe():
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)

    def fails(name, *words, program="dabyl"):
        """Prints something and ends as it should; with nowhere to print to it ends with 1 and says so."""
        with open(world.path("shown"), "w+b") as out:
            code, said = run(*words, program=program, stdout=out)
            tap.ok(out.seek(0, 2) > 0, f"{name} prints", said)
        usual = code
        tap.ok(usual in (0, 1, 3) and "runtime error" not in said, f"{name} ends with {usual}", said)
        with open("/dev/full", "wb") as full:
            code, said = run(*words, program=program, stdout=full)
        tap.ok(code == 1 and any(words in said for words in OUT), f"{name} to a full disk", (code, said))
        before = tree(node.path("certs")), tree(world.hub.path("certs"))
        code, said = run(*words, program=program, preexec_fn=closed)
        tap.ok(code == 1 and any(words in said for words in OUT), f"{name} to what is closed", (code, said))
        tap.ok(before == (tree(node.path("certs")), tree(world.hub.path("certs"))), f"{name} prints into no file")
        pipe = broken_pipe()
        code, said = run(*words, program=program, stdout=pipe, restore_signals=False, preexec_fn=ignore_pipe)
        os.close(pipe)
        tap.ok(code == 1 and any(words in said for words in OUT), f"{name} to nobody", (code, said))

    here = ("--node", node.folder)
    ca, hub = world.path("ca"), world.hub.folder
    rules = world.hub.path("rules", "plan.rules")
    request = world.path("isoc-energy", "request.pem")
    first = node.path("inbox", node.names("inbox", ".json")[0])
    rows = {
        "send": [(*here, "send", message)],
        "follow": [(*here, "follow", "--after", "0", "--count", "1"), (*here, "--json", "follow", "--bookmark", "json", "--count", "2", "--after", "0")],
        "inbox": [(*here, "inbox"), (*here, "inbox", "show", "1"), (*here, "--json", "inbox"), (*here, "--lang", "kk", "inbox", "--after", "2")],
        "ack": [(*here, "ack", "1", "read", "--again"), (*here, "--json", "ack", "2", "read", "--again")],
        "cosign": [(*here, "cosign")],
        "trace": [(*here, "trace", "--incident", "1", message)],
        "attachment": [(*here, "attachment", "1")],
        "custody": [(*here, "custody")],
        "duties": [(*here, "duties"), (*here, "duties", "--timeout", MOST)],
        "erase": None,  # nothing was erased by law: erasing/
        "incident": [(*here, "incident", "1")],
        "nodes": [(*here, "nodes")],
        "contacts": [(*here, "contacts")],
        "plans": [(*here, "plans")],
        "feeds": [(*here, "feeds")],
        "explain": [(*here, "explain", message)],
        "status": [(*here, "status"), (*here, "--json", "status")],
        "web": None,  # there is no console
        "sent": [(*here, "sent"), (*here, "--json", "sent")],
        "correct": None,  # sends, like "send"
        "withdraw": None,
        "join": [(*here, "join")],
        "reached": None,  # nothing was withdrawn
        "verify": [(*here, "verify", first)],
        "rules check": [("rules", "check", rules)],
        "rules explain": [("rules", "explain", "incident.notice", "--rules", rules)],
        "rules packs": [("rules", "packs", "--rules", rules)],
        "rules cites": [("rules", "cites", "14", "--rules", rules)],
        "rules diff": [("rules", "diff", rules, rules)],
        "rules at": [("rules", "at", "6", "--journal", world.hub.path("journal"))],
        "doctor": None,  # looks at machine and folders: operate/doctor.py
        **{f"notify {name}": None for name in ("done", "list", "run")},  # there is no notify.conf
        "registry show": [("registry", "show", "--hub", hub), ("--json", "registry", "show", "--hub", hub)],
        **{f"registry {name}": None for name in ("add", "change", "remove")},
        **{f"hub {name}": [("hub", name, hub), ("--json", "hub", name, hub)] for name in ("acts", "nodes", "retention")},
        "hub joins": [("hub", "joins", hub)],
        "hub metrics": [("hub", "metrics", hub)],
        # What changes a hub, or makes one: operate/
        **{f"hub {name}": None for name in ("admit", "backup", "erase", "export", "follow", "missing", "remove", "renew", "restore", "setup")},
        **{f"hub channel {name}": None for name in ("renew", "switch")},
        "node metrics": [(*here, "node", "metrics")],
        "node reload": [(*here, "node", "reload")],
        **{f"node {name}": None for name in ("held", "join", "officer add", "renew", "setup")},
        "completion": [("completion", "bash"), ("completion", "zsh"), ("completion", "fish")],
        "rules seal": None,  # seals
        "node accept-log": None,  # there is no successor
        "node checkpoint": None,  # below: it wants the daemon stopped
        "hub init": [("hub", "init", "{fresh}", "--origin", ORIGIN)],
        "hub key": [("hub", "key", hub)],
        "hub status": [("hub", "status", hub)],
        "hub reload": [("hub", "reload", hub)],
        "hub clock": None,  # the clock is not in doubt
        "ca init": [("ca", "init", "--ca", "{fresh}", "--org", "STS", "--no-passphrase")],
        "ca request": [("ca", "request", "--dir", "{fresh}", "--id", "x", "--role", "isoc", "--org", "SOC-E")],
        "ca sign": None,  # signs a newcomer once
        "ca renew": [("ca", "renew", "isoc-energy", "--ca", ca, "--out", "{fresh}")],
        "ca browser": [("ca", "browser", "duty-nccis", "--ca", ca, "--out", "{fresh}")],
        "ca revoke": None,  # revokes once
        "ca passphrase": None,  # changes the key's file
        "ca succeed": None,  # makes a CA once
        "ca rebuild": None,  # of an index that is lost
        "ca crl": [("ca", "crl", "--ca", ca)],
        "ca list": [("ca", "list", "--ca", ca), ("ca", "list", "--ca", ca, "--expiring", MOST)],
        "ca show": [("ca", "show", request)],
    }
    found = [" ".join(leaf) for leaf in leaves(world)]
    tap.equal(sorted(found), sorted(rows), "every command is in this list")
    for name in found:
        fails(name + " --help", *name.split(), "--help")
        for words in rows[name] or ():
            fails(" ".join(words).replace(world.folder, ""), *words)
    for words in (("--version",), ("--help",)):
        fails("dabyl " + words[0], *words)
    for program, config in (("dabyl-hub", world.hub.path("hub.conf")), ("dabyl-node", node.path("node.conf"))):
        for words in (("--version",), ("--help",), ("--options",)):
            fails(f"{program} {words[0]}", *words, program=program)

    # A bookmark moves behind what was shown, and no further.
    def bookmark(name):
        path = node.path("state", f"bookmark-{name}")
        return open(path, encoding="utf-8").read().strip() if os.path.exists(path) else "none"

    for how, options in {
        "full": {"stdout": open("/dev/full", "wb")},
        "closed": {"preexec_fn": closed},
        "gone": {"stdout": broken_pipe()},
    }.items():
        for json_too in ((), ("--json",)):
            code, said = run(*here, *json_too, "follow", "--bookmark", f"{how}", "--timeout", "2", **options)
            tap.ok(code != 0 and bookmark(how) == "none", f"a bookmark stays where it is: {how}", (code, said, bookmark(how)))
    code, said = run(*here, "follow", "--bookmark", "full", "--count", "3", "--timeout", MOST, stdout=subprocess.DEVNULL)
    tap.ok(code == 0 and bookmark("full") == "3", "and moves when all was shown", (code, bookmark("full")))

    # A daemon whose descriptors are closed prints its log into none of its files.
    for one in (node, world.hub):
        one.stop()
    fails("node checkpoint", *here, "node", "checkpoint")
    for one in (world.hub, node):
        one.process.start()
        one.process.says("ready")
        one.stop()
        command = one.process.command
        child = subprocess.Popen(command, close_fds=False, preexec_fn=lambda: [os.close(fd) for fd in (0, 1, 2)])
        ask = ("hub", "status", one.folder) if one is world.hub else ("--node", one.folder, "status")
        until(lambda: "running" not in world.run(*ask, code=None)[1], f"{one.process.name} runs")
        child.send_signal(signal.SIGTERM)
        tap.equal(child.wait(60), 0, f"{one.process.name} without any descriptor ends well")
        tap.ok(
            all(b"info " + name not in data for data in map(lambda p: open(p, "rb").read(), tree(one.folder)) for name in (b"hub.ready", b"node.ready")),
            f"{one.process.name} logs into none of its files",
        )

sys.exit(tap.finish())
