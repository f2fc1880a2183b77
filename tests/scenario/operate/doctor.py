#!tests/run
"""Goal: `dabyl doctor` finds nothing wrong where nothing is, and says of each thing that goes wrong in
practice what it is, where, and what to type; it changes nothing, and needs no daemon.
"""

import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess

import order
import tap
from world import World

HEALTHY = dict(order.preload("machine"), MACHINE_CLOCK="good", LC_ALL="C.UTF-8")
NOBODY = 65534
DAY_MS = 86400 * 1000


def lines(world, folder, user=None, **env):
    """What it says of a folder, and the exit code."""
    done = subprocess.run(
        [world.program("dabyl"), "--json", "doctor", folder], env={**os.environ, **HEALTHY, **env},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120, user=user,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr


def check(world, folder, user=None, **env):
    """The line for a monitoring system, and its exit code."""
    done = subprocess.run(
        [world.program("dabyl"), "doctor", folder, "--check"], env={**os.environ, **HEALTHY, **env},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120, user=user,
    )
    return done.stdout, done.returncode


def finds(world, folder, *expected, **how):
    """All of these are among its findings, and whatever is wrong has something to do beside it.

    Each is: check, severity, words of the sentence, words of what to do.
    """
    all_of_it, code, error = lines(world, folder, **how)
    bad = [line for line in all_of_it if line["severity"] in ("warning", "critical")]
    for name, severity, text, do in expected:
        found = [
            line for line in all_of_it
            if (line["check"], line["severity"]) == (name, severity) and text in line["text"] and do in line["do"]
        ]
        tap.ok(found, f"{name}, {severity}: {text}", [error, *(line for line in all_of_it if line["check"] == name)])
    wanted = {name for name, severity, _, _ in expected if severity in ("warning", "critical")}
    other = [line for line in bad if line["check"] not in wanted]
    tap.ok(
        code == (1 if bad else 0) and all(line["do"] for line in bad) and not other,
        "each with what to do, and nothing else is wrong", other,
    )


def moved(world, days):
    """A clock that is so many days off."""
    path = world.path("clock")
    with open(path, "w", encoding="ascii") as file:
        file.write(str(days * DAY_MS))
    return {
        "LD_PRELOAD": order.preload("clock")["LD_PRELOAD"] + ":" + HEALTHY["LD_PRELOAD"],
        "CLOCK_FILE": path,
    }


@contextlib.contextmanager
def changed(path, text=None, mode=None):
    """A file or folder is otherwise for a while."""
    was = os.stat(path)
    kept = None
    if text is not None:
        with open(path, "rb") as file:
            kept = file.read()
        with open(path, "wb") as file:
            file.write(text(kept))
    if mode is not None:
        os.chmod(path, mode)
    yield
    if kept is not None:
        with open(path, "wb") as file:
            file.write(kept)
    os.chmod(path, was.st_mode & 0o7777)


@contextlib.contextmanager
def gone(path):
    os.rename(path, path + ".away")
    yield
    os.rename(path + ".away", path)


def snapshot(folder):
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found[path] = file.read()
    return found


def good(world, folder, what):
    all_of_it, code, error = lines(world, folder)
    bad = [line for line in all_of_it if line["severity"] not in ("ok", "note")]
    tap.ok(code == 0 and not bad and all_of_it, f"nothing is wrong with {what}", [error, *bad])


with World(__doc__) as world:
    world.start()
    hub, node = world.hub, world.node("nccis").connected()
    os.chmod(world.folder, 0o755)
    with open(world.path("secret"), "w", encoding="ascii") as file:
        os.chmod(world.path("secret"), 0o600)
        file.write("a steppe wind in November\n")
    secret = ("--passphrase-file", world.path("secret"))
    world.run("ca", "init", "--ca", world.path("other"), "--org", "STS", *secret)

    # A healthy world, and for a monitoring system.
    good(world, hub.folder, "the hub")
    good(world, node.folder, "the node")
    good(world, world.path("other"), "a CA")
    for folder in (hub.folder, node.folder):
        text, code = check(world, folder)
        words, _, measures = text.partition(" |")
        tap.ok(
            code == 0 and words.startswith("DABYL OK - ") and text.count("\n") == 1
            and "_seal_days'=36" in measures and "_descriptors'=" in measures,
            "one line, with what was measured", text,
        )
    text, code = check(world, world.path("nowhere"))
    tap.ok(code == 3 and text.startswith("DABYL UNKNOWN - "), "no folder is UNKNOWN", text)
    text = world.run("doctor", hub.folder, code=None, env=HEALTHY)[1]
    tap.ok("0 critical, 0 warnings" in text and "do:" in text, "and in words", text)

    # The machine.
    had = resource.prlimit(hub.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(hub.process.pid, resource.RLIMIT_NOFILE, (2000, had[1]))
    finds(
        world, hub.folder,
        ("clock", "warning", "not synchronised", "chrony"),
        ("disk", "critical", "MiB are left", "df -h"),
        ("disk", "critical", "(inodes)", "df -i"),
        ("locale", "note", "xx_XX.UTF-8", "locales"),
        ("descriptors", "warning", "2000 descriptors", "LimitNOFILE"),
        MACHINE_CLOCK="bad", MACHINE_FULL="journal", LC_ALL="xx_XX.UTF-8",
    )
    resource.prlimit(hub.process.pid, resource.RLIMIT_NOFILE, had)
    text, code = check(world, hub.folder, MACHINE_CLOCK="bad")
    tap.ok(code == 1 and text.startswith("DABYL WARNING - clock: "), "a warning has code 1", text)
    text, code = check(world, hub.folder, MACHINE_CLOCK="bad", MACHINE_FULL="journal")
    tap.ok(code == 2 and text.startswith("DABYL CRITICAL - disk: "), "the worst comes first", text)

    # Files, and the law.
    left = hub.path("certs", ".new-" + "0a" * 16)
    with open(left, "wb"):
        os.utime(left, (1, 1))
    with (
        changed(hub.path("keys", "seal.key"), mode=0o644),
        changed(hub.path("state"), mode=0o777),
        changed(hub.path("schemas", "envelope.json"), text=lambda text: text + b"\n"),
        changed(hub.path("certs", "crl.pem"), text=lambda text: text[:200]),
    ):
        finds(
            world, hub.folder,
            ("keys", "critical", "mode 0644", "chmod 600"),
            ("folders", "warning", "mode 0777", "chmod"),
            ("leftovers", "note", "1 temporary files", "find "),
            ("schemas", "note", "1 schemas", "diff"),
            ("crl", "critical", "crl.pem", "copy crl.pem"),
            ("roster", "critical", "would not be taken", "reload"),
        )
    os.unlink(left)
    for name, text in (("changed after", lambda text: text + b"\n# later\n"), ("plan.rules", lambda text: text[:2000])):
        with changed(hub.path("rules", "plan.rules"), text=text):
            finds(world, hub.folder, ("rules", "critical", name, "dabyl rules"))
    with gone(hub.path("rules", "plan.rules.seal")):
        finds(world, hub.folder, ("rules", "critical", "not sealed", "dabyl rules seal"))

    # A node's.
    if os.getuid() == 0:
        os.chown(node.path("keys", "seal.key"), NOBODY, NOBODY)
    with (
        open(node.path("request.pem"), "wb"),
        gone(node.path("certs", "seal.pem")),
        gone(node.path("keys", "channel.key")),
        changed(node.path("certs", "ca.pem"), text=lambda _: open(world.path("other", "ca.pem"), "rb").read()),
    ):
        finds(
            world, node.folder,
            ("keys", "critical", "not there", "OPERATIONS"),
            *((("keys", "critical", "daemon runs as another", "chown"),) if os.getuid() == 0 else ()),
            ("leftovers", "warning", "not put here yet", "dabyl ca sign"),
            ("certificates", "critical", "No such file", "dabyl ca request"),
            ("certificates", "critical", "not issued by this CA", "dabyl ca show"),
        )
    os.unlink(node.path("request.pem"))
    if os.getuid() == 0:
        os.chown(node.path("keys", "seal.key"), 0, 0)
    else:
        tap.skip("a key of another user", "only root can give a file away")

    # What ends.
    ends = ("certificates", "warning", "certificate of nccis (seal)", "dabyl ca renew")
    finds(world, node.folder, ends, **moved(world, 340))
    finds(
        world, hub.folder,
        ("certificates", "critical", "certificate of hub (seal): it ended", "dabyl ca renew"),
        ("roster", "warning", "none of its certificates is good", "dabyl ca renew"),
        ("rules", "note", "whose certificate has ended", "dabyl rules seal"),
        ("crl", "critical", "it ended at", "dabyl ca crl"),
        **moved(world, 370),
    )
    finds(world, hub.folder, ("crl", "warning", "ends in 2 days", "dabyl ca crl"), **moved(world, 27))
    finds(
        world, world.path("ca"),
        ("ca-key", "warning", "NOT encrypted", "dabyl ca passphrase"),
        ("ca-certificate", "warning", "certificate of the CA", "succeed"),
        ("ca-certificate", "critical", "(CRL): it ended", "dabyl ca crl"),
        **moved(world, 3300),
    )
    finds(
        world, world.path("ca"),
        ("ca-key", "warning", "NOT encrypted", ""), ("ca-certificate", "critical", "", ""),
        ("ca-index", "warning", "end soon", "dabyl ca renew --all"), **moved(world, 340),
    )
    finds(
        world, hub.folder, ("clock", "critical", "set back", "date -u"),
        ("roster", "warning", "none of its certificates", "dabyl ca renew"), **moved(world, -2),
    )

    # Somebody else looks: what may not be seen is said, and no more is claimed.
    if os.getuid() == 0:
        finds(world, hub.folder, ("daemon", "unseen", "may not look", "as the user of the daemon"), user=NOBODY)
        text, code = check(world, hub.folder, user=NOBODY)
        tap.ok(code == 3 and text.startswith("DABYL UNKNOWN - "), "and that is UNKNOWN", text)
    else:
        tap.skip("another user looks", "only root can be somebody else")

    # A configuration with an error, and the index of a CA.
    with changed(hub.path("hub.conf"), text=lambda text: text + b"\nlisten_to = 3;\n"):
        finds(world, hub.folder, ("configuration", "critical", "listen_to", "dabyl-hub -n"))
    other = world.path("other")
    for severity, words, do, text in (
        ("critical", "damaged line", "dabyl ca rebuild", lambda text: text[:-5]),
        ("warning", "it was not written", "dabyl ca crl", lambda text: text.replace(b":1}", b":7}")),
        ("critical", "an old copy", "copy the newest index", lambda text: text.replace(b":1}", b":0}")),
    ):
        with changed(os.path.join(other, "index"), text=text):
            finds(world, other, ("ca-index", severity, words, do))
    begun = os.path.join(other, "begun")
    with open(begun, "w", encoding="ascii") as file:
        file.write("2026-11-22T12:00:00.000Z renew isoc-energy\n")
    finds(world, other, ("ca-index", "warning", "was cut short on 2026-11-22", "dabyl ca renew isoc-energy"))
    os.unlink(begun)
    spoiled = world.path("spoiled")
    shutil.copytree(world.path("ca"), spoiled)
    shutil.rmtree(os.path.join(spoiled, "issued"))
    finds(
        world, spoiled, ("ca-key", "warning", "NOT encrypted", ""),
        ("ca-index", "warning", "are not in issued/", "dabyl ca crl"),
    )

    # The hub is killed: its node says so, and its own folder.
    hub.kill()
    with changed(hub.path("log.mark"), text=lambda text: text[:-20]), socket.create_server(
        ("127.0.0.1", world.port)
    ):
        finds(
            world, hub.folder,
            ("daemon", "critical", "does not run", "dabyl-hub"),
            ("daemon", "note", "left from a daemon", ""),
            ("addresses", "critical", "cannot listen there", "ss -ltnp"),
            ("marks", "critical", "cannot be read", "OPERATIONS"),
        )
    with gone(hub.path("state", "log.mark")):
        finds(
            world, hub.folder, ("daemon", "critical", "does not run", ""),
            ("marks", "critical", "it is not there", "OPERATIONS"),
        )
    silent = ("said", "critical", "no session with its hub", "dabyl status")
    finds(world, node.folder, silent, ("addresses", "critical", "nobody answers", "nc -vz"))
    with changed(node.path("node.conf"), text=lambda text: text.replace(b"127.0.0.1", b"hub.invalid")):
        finds(world, node.folder, silent, ("addresses", "critical", "cannot be resolved", "getent"))

    before = snapshot(hub.folder)
    lines(world, hub.folder)
    tap.ok(before == snapshot(hub.folder), "and nothing was changed by looking")
    shutil.rmtree(world.path("other"))
    hub.start()
