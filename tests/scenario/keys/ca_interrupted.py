#!tests/run
"""Goal: a CA's command that is killed, or finds the disk full, leaves nothing half: said again it goes on."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import tap
from commands import MODE, TOP, Commands


class Place(Commands):
    """A folder with a CA, and a request for it."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0
        self.run("ca", "init", "--ca", self.path("whole"), "--no-passphrase")
        who = ("--id", "isoc-energy", "--role", "isoc", "--org", "STS")
        self.run("ca", "request", "--dir", self.path("node"), *who)
        self.request = self.path("node", "request.pem")

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def fresh(self, of="whole"):
        """A copy of the CA, to be spoiled."""
        self.number += 1
        folder = self.path(f"ca-{self.number}")
        shutil.copytree(self.path(of), folder)
        return folder

    def killed(self, at, *command):
        """The command dies in the middle of what it writes."""
        env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"), DIES_AT=str(at))
        done = subprocess.run([self.program("dabyl"), *command], env=env, capture_output=True, check=False, timeout=120)
        return done.returncode == -signal.SIGKILL

    def full(self, part, *command):
        """The command finds no room where a path has this part."""
        orders = self.path("orders")
        with open(orders, "w", encoding="ascii") as file:
            file.write(f"write {errno.ENOSPC} {part}\n")
        env = {"LD_PRELOAD": os.path.join(TOP, "build", MODE, "shims", "fail.so"), "FAIL_ORDERS": orders}
        return self.run(*command, code=None, env=env)

    def whole(self, ca, certs):
        """What is wrong with the CA, or with what it gave out; "" when nothing is."""
        text = self.run("ca", "list", "--ca", ca)
        if text.count("isoc-energy") != 2:
            return f"issued more than once, or not:\n{text}"
        for name in ("seal", "channel"):
            done = subprocess.run(
                ["openssl", "verify", "-x509_strict", "-CAfile", f"{ca}/ca.pem", f"{certs}/{name}.pem"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                return done.stdout + done.stderr
        kept = [name for name in os.listdir(f"{ca}/issued") if not name.startswith(".")]
        return "" if len(kept) == 2 else f"kept: {kept}"


def sign(place, ca, certs):
    return "ca", "sign", place.request, "--ca", ca, "--yes", "--out", certs


def cut_short(place):
    kills, fault = 0, ""
    for at in range(1, 80, 2):
        ca, certs = place.fresh(), place.path(f"certs-{at}")
        if not place.killed(at, *sign(place, ca, certs)):
            break
        kills += 1
        place.run(*sign(place, ca, certs))
        fault = fault or place.whole(ca, certs)
    tap.ok(kills > 8 and not fault, f"sign: killed at {kills} steps, it is ended by saying it again", fault)

    kills, fault = 0, ""
    for at in range(1, 80, 2):
        ca = place.path(f"made-{at}")
        words = ("ca", "init", "--ca", ca, "--no-passphrase")
        if not place.killed(at, *words):
            break
        kills += 1
        code, text = place.run("ca", "list", "--ca", ca, code=None)
        if code != 0 or os.path.exists(f"{ca}/making"):
            code, text = place.run(*words, code=None)
        certs = place.path(f"certs-made-{at}")
        place.run(*sign(place, ca, certs), code=None)
        fault = fault or (text if code else place.whole(ca, certs))
    tap.ok(kills > 5 and not fault, f"init: killed at {kills} steps, it is made anew by saying it again", fault)

    place.run(*sign(place, place.path("whole"), place.path("certs")))
    kills, fault = 0, ""
    words = ("ca", "revoke", "isoc-energy", "--reason", "key-compromise", "--ca")
    for at in range(1, 80):
        ca = place.fresh()
        if not place.killed(at, *words, ca):
            break
        kills += 1
        place.run(*words, ca, code=None)
        text = subprocess.run(
            ["openssl", "crl", "-in", f"{ca}/crl.pem", "-noout", "-text"], capture_output=True, text=True, check=True
        ).stdout
        if text.count("Serial Number:") != 2:
            fault = fault or f"at step {at}: {text}"
    tap.ok(kills > 3 and not fault, f"revoke: killed at each of {kills} steps, the CRL has it when it is said again", fault)


def no_room(place):
    place.run("ca", "init", "--ca", place.path("roomy"), "--no-passphrase")
    for part in ("{}/.new", "{}/issued/", "certs-full-"):  # the index, copies, what is given out
        ca, certs = place.fresh("roomy"), place.path(f"certs-full-{place.number}")
        code, text = place.full(part.format(os.path.basename(ca)), *sign(place, ca, certs))
        tap.ok(code == 1 and "No space left" in text, f"sign without room for {part}: it says so", text)
        left = [name for name in os.listdir(ca) if name.startswith(".")]
        tap.equal(left, [], "nothing half is left")
        place.run(*sign(place, ca, certs))
        fault = place.whole(ca, certs)
        tap.ok(not fault, "with room again the same command goes on", fault)


tap.note(__doc__)
with tempfile.TemporaryDirectory(prefix="dabyl-") as folder:
    place = Place(folder)
    cut_short(place)
    no_room(place)
sys.exit(tap.finish())
