#!tests/run
"""Goal: a CA whose index is damaged or lost gets it anew from what it has signed, whole, with no serial or CRL number used twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import tap
from commands import MODE, TOP, Commands

NODES = (("isoc-energy", "isoc"), ("nccis", "nccis"), ("knb", "national-security"))


class Place(Commands):
    """A folder with a CA that has lived for a while: certified, renewed, revoked."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0
        ca = self.path("ca")
        self.run("ca", "init", "--ca", ca, "--no-passphrase")
        os.makedirs(self.path("roster"))
        for name, role in NODES:
            self.run("ca", "request", "--dir", self.path(name), "--id", name, "--role", role, "--org", "STS")
            self.run("ca", "sign", self.path(name, "request.pem"), "--ca", ca, "--yes", "--out", self.path(name, "certs"))
            for use in ("seal", "channel"):
                shutil.copy(self.path(name, "certs", f"{use}.pem"), self.path("roster", f"{name}-{use}.pem"))
        who = ("--id", "aigul", "--officer-of", "nccis", "--office", "head", "--org", "STS")
        self.run("ca", "request", "--dir", self.path("aigul"), *who)
        self.run("ca", "sign", self.path("aigul", "request.pem"), "--ca", ca, "--yes", "--out", self.path("aigul", "certs"))
        self.run("ca", "browser", "aigul", "--ca", ca, "--out", self.path("aigul.p12"))
        self.run("ca", "renew", "nccis", "--ca", ca, "--out", self.path("nccis", "certs"))
        self.run("ca", "revoke", "knb", "--ca", ca, "--reason", "key-compromise")
        self.run("ca", "revoke", "aigul", "--ca", ca, "--reason", "affiliation-changed")
        self.want = self.known(ca)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def fresh(self):
        """A copy of the CA, to be spoiled."""
        self.number += 1
        folder = self.path(f"ca-{self.number}")
        shutil.copytree(self.path("ca"), folder)
        return folder

    def known(self, ca):
        """What its index has, without when it was issued, which no certificate says."""
        found = {}
        for line in self.run("ca", "list", "--ca", ca, "--json").splitlines():
            if not line.startswith("{"):
                continue  # what is owed
            entry = json.loads(line)
            found[entry["serial"]] = {key: value for key, value in entry.items() if key not in ("issued", "revoked")}
        return found

    def rebuild(self, ca, *more, code=0):
        return self.run("ca", "rebuild", ca, *more, code=code)

    def killed(self, at, *command):
        env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"), DIES_AT=str(at))
        done = subprocess.run([self.program("dabyl"), *command], env=env, capture_output=True, check=False, timeout=120)
        return done.returncode == -signal.SIGKILL


def crl_of(ca):
    text = subprocess.run(
        ["openssl", "crl", "-in", f"{ca}/crl.pem", "-noout", "-text"], capture_output=True, text=True, check=True
    ).stdout
    serials = {line.split(":")[1].strip().lower() for line in text.splitlines() if "Serial Number:" in line}
    return int(text.split("X509v3 CRL Number:")[1].split()[0]), serials


def lost(place):
    ca = place.fresh()
    os.unlink(f"{ca}/index")
    code, text = place.run("ca", "list", "--ca", ca, code=None)
    tap.ok(code == 1 and "dabyl ca rebuild" in text, "without an index it is said what to do", text)
    text = place.rebuild(ca)
    tap.equal(place.known(ca), place.want, "every certificate is in the new one, with holder, dates and revocation")
    tap.has(text, "What cannot be known", "and it is said what cannot be known")
    before = crl_of(ca)
    place.run("ca", "crl", "--ca", ca)
    after = crl_of(ca)
    tap.ok(after[0] > before[0] and after[1] == before[1], "the next CRL has a higher number, and takes back the same", (before, after))
    code, text = place.run("ca", "sign", place.path("knb", "request.pem"), "--ca", ca, "--yes", code=None)
    tap.ok(code == 1 and "revoked" in text, "a key that was revoked stays so", text)
    place.run("ca", "renew", "nccis", "--ca", ca, "--out", place.path("after"))
    place.run("ca", "revoke", "isoc-energy", "--ca", ca)
    tap.equal(len(crl_of(ca)[1]), len(before[1]) + 2, "and it goes on")


def damaged(place):
    """One line of it: the others still say when things were issued, and what no CRL says yet."""
    ca = place.fresh()
    with open(f"{ca}/index", "rb") as file:
        lines = file.read().splitlines(keepends=True)
    wrong = lines[3]
    lines[3] = b"\x00" * 40 + lines[3][40:]
    lines[1] = lines[1].rstrip(b"}\n") + b',"revoked":"2026-11-22T12:00:00.000Z","reason":"superseded"}\n'
    with open(f"{ca}/index", "wb") as file:
        file.write(b"".join(lines))
    code, text = place.run("ca", "list", "--ca", ca, code=None)
    tap.ok(code == 1 and ":4: damaged line" in text and "dabyl ca rebuild" in text, "a damaged line is named", text)
    text = place.rebuild(ca)
    tap.has(text, "1 are revoked by the old index and by no CRL yet", "a revocation that only a whole line knows is kept")
    have = place.known(ca)
    tap.equal(set(have), set(place.want), "and all certificates are there")
    with open(f"{ca}/index", "rb") as file:
        fresh = file.read()
    tap.ok(all(line in fresh for line in lines[1:3] + lines[4:]), "whole lines are as they were", fresh)
    serial = json.loads(wrong)["serial"]
    tap.equal(have[serial], place.want[serial], "the damaged one comes from its certificate")
    kept = [name for name in os.listdir(ca) if name.startswith("index.")]
    tap.equal(len(kept), 1, "the old index is kept")
    place.run("ca", "crl", "--ca", ca)
    tap.ok(json.loads(lines[1])["serial"] in crl_of(ca)[1], "and the next CRL says it")


def refused(place):
    ca = place.fresh()
    text = place.rebuild(ca, code=1)
    tap.has(text, "the index is whole", "a whole index is not made anew")
    place.rebuild(ca, "--over")
    tap.equal(place.known(ca), place.want, "unless that is asked for")
    os.unlink(f"{ca}/index")
    shutil.move(f"{ca}/crl.pem", place.path("hub-crl.pem"))
    text = place.rebuild(ca, code=1)
    tap.ok("name the newest that a hub has with --crl" in text and not os.path.exists(f"{ca}/index"), "no CRL, no number", text)
    other = place.path("stranger")
    place.run("ca", "init", "--ca", other, "--no-passphrase")
    text = place.rebuild(ca, "--crl", f"{other}/crl.pem", code=1)
    tap.has(text, "there is no CRL of this CA", "another CA's counts for nothing")
    place.rebuild(ca, "--crl", place.path("hub-crl.pem"))
    tap.equal(place.known(ca), place.want, "a hub's does")
    tap.has(place.run("ca", "list", "--ca", ca), "a CRL is owed", "and the CA's own is owed")


def from_the_hub(place):
    """Copies are lost as well: the hub's roster has those in use, and a CRL the serials of who went."""
    ca = place.fresh()
    os.unlink(f"{ca}/index")
    shutil.rmtree(f"{ca}/issued")
    shutil.copy(place.path("stranger", "ca.pem"), place.path("stranger.pem"))
    place.run("ca", "sign", place.path("isoc-energy", "request.pem"), "--ca", place.path("stranger"), "--yes",
              "--out", place.path("foreign"))  # fmt: skip
    shutil.copy(place.path("foreign", "seal.pem"), place.path("roster", "foreign-seal.pem"))
    text = place.rebuild(ca, "--roster", place.path("roster"))
    os.unlink(place.path("roster", "foreign-seal.pem"))
    tap.has(text, "6 lay in the roster alone", "certificates in use are found")
    tap.has(text, "1 certificates are by other CAs", "another CA's are not taken for its own")
    tap.has(text, "2 are revoked and nothing else is known", "an officer's seal and browser are serial numbers")
    have = place.known(ca)
    tap.ok(all(have[serial] == place.want[serial] for serial in have if have[serial]["id"] != "unknown"), "what is there is right")
    before = crl_of(ca)[1]
    place.run("ca", "crl", "--ca", ca)
    tap.equal(crl_of(ca)[1], before, "and who is known by number alone stays revoked")
    tap.equal(len(os.listdir(f"{ca}/issued")), 6, "copies are kept again")
    tap.ok("note:" not in place.run("ca", "list", "--ca", ca), "and nothing is owed")


def cut_short(place):
    kills, fault = 0, ""
    for at in range(1, 80):
        ca = place.fresh()
        with open(f"{ca}/index", "ab") as file:
            file.write(b"{half")
        if not place.killed(at, "ca", "rebuild", ca):
            break
        kills += 1
        code, text = place.run("ca", "list", "--ca", ca, code=None)
        if code != 0:
            place.rebuild(ca)
        if place.known(ca) != place.want:
            fault = fault or f"at step {at}: {text}"
    tap.ok(kills > 4 and not fault, f"killed at each of {kills} steps, the old index or the new one is there", fault)


tap.note(__doc__)
with tempfile.TemporaryDirectory(prefix="dabyl-") as folder:
    place = Place(folder)
    lost(place)
    damaged(place)
    refused(place)
    from_the_hub(place)
    cut_short(place)
sys.exit(tap.finish())
