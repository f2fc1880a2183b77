#!tests/run
"""Goal: a CA's command that is killed, or finds the disk full, leaves nothing half: the next one says what is owed, and said again it goes on."""

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


def serials(text):
    return text.count("Serial Number:")


def crl_of(ca):
    done = subprocess.run(
        ["openssl", "crl", "-in", f"{ca}/crl.pem", "-noout", "-text"], capture_output=True, text=True, check=True
    )
    return done.stdout


def number_of(ca):
    return int(crl_of(ca).split("X509v3 CRL Number:")[1].split()[0])


def index_of(ca):
    with open(f"{ca}/index", encoding="ascii") as file:
        return file.read()


def entries_of(ca, name):
    return index_of(ca).count(f'"id":"{name}"')


def steps(place, words, look, of="whole"):
    """Kill the command at each step on a copy of the CA, and look at what is left; how often, and what was wrong."""
    for at in range(1, 200):
        ca = place.fresh(of)
        if not place.killed(at, *words(ca)):
            return at - 1, ""
        fault = look(ca, at)
        if fault:
            return at, f"at step {at}: {fault}"
    return 200, "it does not end"


def revoked(place):
    def words(ca):
        return "ca", "revoke", "isoc-energy", "--reason", "key-compromise", "--ca", ca

    def again(ca, at):
        place.run(*words(ca), code=None)
        return "" if serials(crl_of(ca)) == 2 else crl_of(ca)

    kills, fault = steps(place, words, again)
    tap.ok(kills > 3 and not fault, f"revoke: killed at each of {kills} steps, the CRL has it when it is said again", fault)

    owed = []

    def crl(ca, at):
        marked = "key-compromise" in index_of(ca)
        noted = "a CRL is owed" in place.run("ca", "list", "--ca", ca)
        behind = marked and serials(crl_of(ca)) == 0
        if behind != noted:
            return f"marked: {marked}, noted: {noted}"
        if behind:
            owed.append(at)
            place.run("ca", "crl", "--ca", ca)
            if serials(crl_of(ca)) != 2 or "owed" in place.run("ca", "list", "--ca", ca):
                return crl_of(ca)
        return ""

    kills, fault = steps(place, words, crl)
    tap.ok(owed and not fault, f"what stands in the index and in no CRL is owed at steps {owed}; `ca crl` makes it", fault)

    def out(ca):
        return (*words(ca), "--out", place.path("given"))

    def given(ca, at):
        text = place.run("ca", "list", "--ca", ca)
        if "cut short" in text:
            place.run("ca", "crl", "--out", place.path("given"), "--ca", ca)
            with open(place.path("given", "crl.pem"), encoding="ascii") as one, open(f"{ca}/crl.pem", encoding="ascii") as other:
                if one.read() != other.read():
                    return "another CRL was given out"
        elif "key-compromise" in index_of(ca) and not os.path.exists(place.path("given", "ca.pem")):
            return "not given out, and not owed"
        shutil.rmtree(place.path("given"))
        os.mkdir(place.path("given"))
        return "still owed" if "note:" in place.run("ca", "list", "--ca", ca) else ""

    os.makedirs(place.path("given"))
    kills, fault = steps(place, out, given)
    tap.ok(kills > 8 and not fault, f"revoke --out: killed at each of {kills} steps, it is said what is to be given out", fault)


def crl_again(place):
    before = number_of(place.path("whole"))
    seen = []

    def words(ca):
        return "ca", "crl", "--ca", ca

    def look(ca, at):
        left = number_of(ca)
        place.run(*words(ca))
        seen.append((left, number_of(ca)))
        return "" if number_of(ca) > left >= before else f"{left}, then {number_of(ca)}"

    kills, fault = steps(place, words, look)
    tap.ok(kills > 3 and not fault, f"crl: killed at each of {kills} steps, no number is given twice", fault)


def renewed(place):
    out = place.path("renewed")

    def words(ca):
        return "ca", "renew", "isoc-energy", "--ca", ca, "--out", out

    def look(ca, at):
        noted = "`dabyl ca renew isoc-energy` was cut short" in place.run("ca", "list", "--ca", ca)
        issued = entries_of(ca, "isoc-energy") == 4
        if issued and not noted and not os.path.exists(f"{out}/seal.pem"):
            return "issued, not given out and not owed"
        if noted or not issued:
            place.run(*words(ca))
        shutil.rmtree(out, ignore_errors=True)
        if "note:" in place.run("ca", "list", "--ca", ca):
            return "still owed"
        return "" if entries_of(ca, "isoc-energy") == 4 else index_of(ca)

    kills, fault = steps(place, words, look)
    tap.ok(kills > 10 and not fault, f"renew: killed at each of {kills} steps, it is issued once and given out", fault)


def copies(place):
    """A copy that is not there is owed, and written by the next command that opens the key."""
    ca = place.fresh()
    lost = sorted(os.listdir(f"{ca}/issued"))
    kept = {}
    for name in lost:
        with open(f"{ca}/issued/{name}", "rb") as file:
            kept[name] = file.read()
    shutil.rmtree(f"{ca}/issued")
    text = place.run("ca", "list", "--ca", ca)
    tap.has(text, "2 certificates of the index are not in issued/", "lost copies are said")
    place.run("ca", "crl", "--ca", ca)
    for name, data in kept.items():
        with open(f"{ca}/issued/{name}", "rb") as file:
            tap.ok(file.read() == data, f"{name} is there again, octet for octet")
    tap.ok("note:" not in place.run("ca", "list", "--ca", ca), "and nothing is owed")


def passphrase(place):
    """The old one opens it or the new one, whatever happens."""
    for name in ("old", "new"):
        with open(place.path(name), "w", encoding="ascii") as file:
            os.chmod(place.path(name), 0o600)
            file.write(f"a {name} steppe wind in November\n")
    place.run("ca", "passphrase", "--ca", place.path("whole"), "--new-passphrase-file", place.path("old"))

    def words(ca):
        return "ca", "passphrase", "--ca", ca, "--passphrase-file", place.path("old"), "--new-passphrase-file", place.path("new")

    def look(ca, at):
        opens = [place.run("ca", "crl", "--ca", ca, "--passphrase-file", place.path(name), code=None)[0] for name in ("old", "new")]
        return "" if sorted(opens) == [0, 1] else f"{opens}"

    kills, fault = steps(place, words, look)
    tap.ok(kills > 1 and not fault, f"passphrase: killed at each of {kills} steps, one of the two opens the key", fault)


def succeeded(place):
    new = place.path("new-ca")
    given = place.path("both")
    secret = ("--passphrase-file", place.path("old"))

    def words(ca):
        return "ca", "succeed", new, "--ca", ca, "--no-passphrase", *secret

    def look(ca, at):
        noted = "was cut short" in place.run("ca", "list", "--ca", ca)
        whole = all(os.path.exists(f"{folder}/beside") for folder in (ca, new))
        if not noted and not whole and os.path.exists(new):
            return "begun, and not owed"
        if noted or not whole:
            place.run(*words(ca))
        place.run("ca", "crl", "--ca", new, "--out", given)
        with open(f"{given}/ca.pem", encoding="ascii") as file:
            text = file.read()
        left = place.run("ca", "list", "--ca", ca)
        shutil.rmtree(new)
        return "" if text.count("BEGIN CERTIFICATE") == 3 and "note:" not in left else text + left

    os.makedirs(given)
    kills, fault = steps(place, words, look)
    tap.ok(kills > 20 and not fault, f"succeed: killed at each of {kills} steps, the old CA says so until both are joined", fault)


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
    place.run(*sign(place, place.path("whole"), place.path("certs")))
    revoked(place)
    crl_again(place)
    renewed(place)
    copies(place)
    no_room(place)
    passphrase(place)
    succeeded(place)
sys.exit(tap.finish())
