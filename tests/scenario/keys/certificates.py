#!tests/run
"""The life of certificates: what `dabyl ca` issues, OpenSSL accepts; what it must refuse, it
refuses with a sentence and leaves everything as it was.

Alone: tests/scenario/keys/certificates.py      (after make build/asan/dabyl)
"""

import base64
import fcntl
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
DABYL = TOP / "build" / os.environ.get("MODE", "asan") / "dabyl"
SECRET = "a steppe wind in November"

tests = []
scratch = None  # the folder all happens in, and the working directory


def test(function):
    tests.append(function)
    return function


class Outcome:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(*command):
    done = subprocess.run(
        [str(word) for word in command], cwd=scratch, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


def ca(*arguments):
    return run(DABYL, "ca", *arguments)


def good(*arguments):
    outcome = ca(*arguments)
    assert outcome.code == 0, f"{arguments}: {outcome.code}: {outcome.err}"
    return outcome


def refused(says, *arguments, code=1):
    """The command says no, says why, and changes nothing in the CA's folder."""
    before = snapshot("ca")
    outcome = ca(*arguments)
    assert outcome.code == code, f"{arguments}: {outcome.code}: {outcome.err}"
    assert says in outcome.err, f"{arguments}: '{says}' is not in: {outcome.err}"
    assert snapshot("ca") == before, f"{arguments}: the CA's folder changed"


def snapshot(folder):
    return {str(path): path.read_bytes() for path in sorted((scratch / folder).rglob("*"))
            if path.is_file() and path.name != "lock"}


def verify(certificate, authority="ca"):
    """OpenSSL's own verdict, strict and with the CRL."""
    folder = scratch / authority
    return run("openssl", "verify", "-x509_strict", "-crl_check", "-CAfile",
               folder / "ca.pem", "-CRLfile", folder / "crl.pem", certificate)


def accepted(certificate):
    outcome = verify(certificate)
    assert outcome.code == 0, outcome.err + outcome.out


def rejected(certificate, says):
    outcome = verify(certificate)
    assert outcome.code != 0 and says in outcome.err, outcome.err + outcome.out


def text_of(certificate):
    return run("openssl", "x509", "-in", certificate, "-noout", "-text").out


def serial_of(certificate):
    out = run("openssl", "x509", "-in", certificate, "-noout", "-serial").out
    return out.strip().removeprefix("serial=").lower()


def public_key(certificate):
    return run("openssl", "x509", "-in", certificate, "-noout", "-pubkey").out


def crl_number(folder="ca"):
    out = run("openssl", "crl", "-in", scratch / folder / "crl.pem", "-noout",
              "-crlnumber").out
    return int(out.strip().split("=")[1], 16)


def mode_of(path):
    return (scratch / path).stat().st_mode & 0o7777


def fingerprint_of(request):
    """The formula of lib/enrol/enrol.h, from the file alone."""
    pem = (scratch / request).read_text()
    der = base64.b64decode("".join(pem.splitlines()[1:-1]))
    digest = hashlib.sha256(der).digest()
    numbers = (int.from_bytes(digest[4 * i:4 * i + 4], "big") for i in range(8))
    return " ".join(f"{number % 100000:05}" for number in numbers)


def at_terminal(dialogue, *arguments):
    """Run on a terminal of its own; dialogue: (what to wait for, what to type) pairs."""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(scratch)
        os.execv(DABYL, ["dabyl", "ca", *map(str, arguments)])
    shown = b""
    for expected, typed in dialogue:
        start = len(shown)
        while expected.encode() not in shown[start:]:
            shown += os.read(master, 4096)
        os.write(master, typed.encode())
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # Linux says EIO when the other side is gone
            break
        if not piece:
            break
        shown += piece
    _, status = os.waitpid(pid, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), shown.decode()


def enrol(name, role, org="KZ-ENERGY", *more):
    good("request", "--dir", name, "--id", name, "--role", role, "--org", org)
    return good("sign", "--ca", "ca", f"{name}/request.pem", "--yes", "--out",
                f"{name}/certs", "--passphrase-file", "secret", *more)


# Each function below continues where the one before it ended.


@test
def every_subcommand_explains_itself():
    for name in "init request sign renew browser revoke crl list show passphrase succeed".split():
        outcome = ca(name, "--help")
        assert outcome.code == 0 and f"dabyl ca {name}" in outcome.out, outcome.out
        assert ca(name, "--nonsense").code == 2
        if re.search("--(crl-)?days", outcome.out):
            assert "operational default" in outcome.out, outcome.out
    assert ca().code == 2
    assert ca("sing").code == 2


@test
def the_passphrase_is_asked_for_twice_and_not_shown():
    dialogue = [("New passphrase of the CA: ", SECRET + "\n"), ("again: ", "another\n")]
    code, shown = at_terminal(dialogue, "init", "--ca", "ca")
    assert code == 1 and "differ" in shown, shown
    assert not (scratch / "ca/ca.key").exists()
    code, shown = at_terminal([("CA: ", "\x03")], "init", "--ca", "ca")
    assert code == 1 and "no passphrase was given" in shown, shown
    dialogue = [("New passphrase of the CA: ", "short\n"), ("again: ", "short\n")]
    code, shown = at_terminal(dialogue, "init", "--ca", "ca")
    assert code == 1 and "at least 12" in shown, shown
    dialogue = [("New passphrase of the CA: ", SECRET + "\n"), ("again: ", SECRET + "\n")]
    code, shown = at_terminal(dialogue, "init", "--ca", "ca", "--org", "KZ-NCCIS")
    assert code == 0, shown
    assert SECRET not in shown
    outcome = ca("init", "--ca", "without-terminal")
    assert outcome.code == 1 and "--passphrase-file" in outcome.err, outcome.err


@test
def the_ca_key_is_encrypted_and_private():
    assert mode_of("ca") == 0o700 and mode_of("ca/ca.key") == 0o600
    key = scratch / "ca/ca.key"
    assert "BEGIN ENCRYPTED PRIVATE KEY" in key.read_text()
    assert run("openssl", "pkey", "-in", key, "-passin", "pass:wrong", "-noout").code != 0
    assert run("openssl", "pkey", "-in", key, "-passin", f"pass:{SECRET}", "-noout").code == 0
    (scratch / "secret").write_text(SECRET + "\n")
    (scratch / "secret").chmod(0o600)
    refused("never overwritten", "init", "--ca", "ca", "--no-passphrase")
    refused("exclude each other", "init", "--ca", "other", "--no-passphrase",
            "--passphrase-file", "secret", code=2)


@test
def keys_are_made_on_the_node():
    outcome = good("request", "--dir", "isoc-energy", "--id", "isoc-energy", "--role", "isoc",
                   "--org", "KZ-ENERGY", "--json")
    for name in "seal", "channel":
        assert mode_of(f"isoc-energy/keys/{name}.key") == 0o600
    assert mode_of("isoc-energy/keys") == 0o700
    request = scratch / "isoc-energy/request.pem"
    assert run("openssl", "req", "-in", request, "-noout", "-verify").code == 0
    assert outcome.lines()[0]["fingerprint"] == fingerprint_of(request)
    seal = run("openssl", "pkey", "-in", scratch / "isoc-energy/keys/seal.key", "-text").out
    assert "ED25519" in seal
    before = snapshot("isoc-energy")
    again = good("request", "--dir", "isoc-energy", "--id", "isoc-energy", "--role", "isoc",
                 "--org", "KZ-ENERGY")
    assert snapshot("isoc-energy") == before, "a lost request is made again, the same"
    assert fingerprint_of(request) in again.out


@test
def wrong_names_are_refused_with_what_is_right():
    def request(says, *arguments):
        refused(says, "request", "--dir", "none", *arguments, code=2)
    request("the roles are isoc, nccis", "--id", "a", "--role", "isok", "--org", "KZ")
    request("as in isoc-energy", "--id", "Isoc", "--role", "isoc", "--org", "KZ")
    request("as in isoc-energy", "--id", "a" * 64, "--role", "isoc", "--org", "KZ")
    request("as in KZ-ENERGY", "--id", "a", "--role", "isoc", "--org", "Kazakh Energy")
    request("--id is missing", "--role", "isoc", "--org", "KZ")
    request("needs --officer-of", "--id", "a", "--role", "officer", "--org", "KZ")
    assert not (scratch / "none").exists()


@test
def nothing_is_issued_unless_the_fingerprint_was_compared():
    request = "isoc-energy/request.pem"
    digits = fingerprint_of(request)
    other = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    secret = ("--passphrase-file", "secret", "--ca", "ca")
    refused("nobody to ask", "sign", request, *secret)
    refused("another fingerprint", "sign", request, "--fingerprint", other, *secret)
    refused("another fingerprint", "sign", request, "--yes", "--fingerprint", other, *secret)
    refused("another fingerprint", "sign", request, "--fingerprint", digits[:-6], *secret)
    code, shown = at_terminal([("Type yes: ", "no\n")], "sign", request, *secret)
    assert code == 1 and "nothing was issued" in " ".join(shown.split()) and digits in shown, shown
    assert good("list", "--ca", "ca", "--json").out == ""


@test
def a_wrong_passphrase_or_one_that_others_can_read_is_refused():
    sign = ("sign", "isoc-energy/request.pem", "--yes", "--ca", "ca")
    (scratch / "wrong").write_text("something else entirely\n")
    (scratch / "wrong").chmod(0o600)
    refused("wrong passphrase", *sign, "--passphrase-file", "wrong")
    code, shown = at_terminal(3 * [("Passphrase of the CA: ", "no\n")], *sign)
    assert code == 1 and shown.count("wrong passphrase") == 3, shown
    (scratch / "wrong").chmod(0o644)
    refused("chmod 600", *sign, "--passphrase-file", "wrong")
    refused("no terminal", *sign)


@test
def private_files_that_others_can_read_are_refused():
    secret = ("--passphrase-file", "secret", "--ca", "ca")
    for mode in 0o640, 0o604, 0o660:
        (scratch / "ca/ca.key").chmod(mode)
        refused("chmod 600", "sign", "isoc-energy/request.pem", "--yes", *secret)
        refused("chmod 600", "crl", *secret)
    (scratch / "ca/ca.key").chmod(0o600)
    for name in "seal", "channel":
        key = scratch / f"isoc-energy/keys/{name}.key"
        key.chmod(0o644)
        refused("chmod 600", "request", "--dir", "isoc-energy", "--id", "isoc-energy",
                "--role", "isoc", "--org", "KZ-ENERGY")
        key.chmod(0o600)


@test
def the_operator_confirms_and_certificates_are_issued():
    request = "isoc-energy/request.pem"
    code, shown = at_terminal(
        [("Type yes: ", "yes\n"), ("Passphrase of the CA: ", SECRET + "\n")],
        "sign", request, "--ca", "ca", "--out", "isoc-energy/certs")
    assert code == 0 and SECRET not in shown, shown
    folder = scratch / "isoc-energy/certs"
    assert sorted(os.listdir(folder)) == ["ca.pem", "channel.pem", "crl.pem", "seal.pem"]
    seal, channel = text_of(folder / "seal.pem"), text_of(folder / "channel.pem")
    for text in seal, channel:
        assert "Subject: CN = isoc-energy, OU = isoc, O = KZ-ENERGY" in text, text
        assert "CA:FALSE" in text and "Version: 3" in text
    assert "Digital Signature, Non Repudiation\n" in seal and "ED25519 Public-Key" in seal
    assert "Key Agreement\n" in channel and "X25519 Public-Key" in channel
    for name in "seal", "channel":
        accepted(folder / f"{name}.pem")
        made = run("openssl", "pkey", "-in", scratch / f"isoc-energy/keys/{name}.key", "-pubout")
        assert public_key(folder / f"{name}.pem") == made.out
        assert serial_of(folder / f"{name}.pem") in "".join(os.listdir(scratch / "ca/issued"))
    serials = {serial_of(folder / f"{name}.pem") for name in ("seal", "channel")}
    assert len(serials) == 2 and all(int(serial, 16) >> 64 for serial in serials)


@test
def a_fingerprint_as_it_was_heard_is_enough():
    good("request", "--dir", "nccis", "--id", "nccis", "--role", "nccis", "--org", "KZ-NCCIS")
    heard = fingerprint_of("nccis/request.pem").replace(" ", "-")
    good("sign", "--ca", "ca", "nccis/request.pem", "--fingerprint", heard, "--out",
         "nccis/certs", "--passphrase-file", "secret")
    enrol("hub", "hub", "KZ-NCCIS")
    for name in "nccis", "hub":
        for use in "seal", "channel":
            accepted(scratch / name / f"certs/{use}.pem")


@test
def one_id_is_one_holder_and_one_key_too():
    sign = ("sign", "--ca", "ca", "--yes", "--passphrase-file", "secret")
    good(*sign, "isoc-energy/request.pem", "--out", "again")
    for use in "seal", "channel":
        before = (scratch / f"isoc-energy/certs/{use}.pem").read_bytes()
        assert (scratch / f"again/{use}.pem").read_bytes() == before, "the same request, the same certificates"
    good("request", "--dir", "isoc-energy", "--keys", "others", "--id", "isoc-energy", "--role", "isoc", "--org", "KZ-ENERGY",
         "--out", "others.pem")
    refused("dabyl ca renew isoc-energy", *sign, "others.pem")
    good("request", "--dir", "thief", "--id", "isoc-energy", "--role", "owner", "--org", "KZ-X")
    refused("certified as isoc of KZ-ENERGY", *sign, "thief/request.pem")
    shutil.copytree(scratch / "isoc-energy/keys", scratch / "copy/keys")
    good("request", "--dir", "copy", "--id", "isoc-copy", "--role", "isoc", "--org", "KZ-ENERGY")
    refused("is that of isoc-energy already", *sign, "copy/request.pem")


@test
def an_altered_request_is_refused():
    pem = (scratch / "isoc-energy/request.pem").read_text().splitlines()
    der = bytearray(base64.b64decode("".join(pem[1:-1])))
    for position in range(0, len(der), 7):
        der[position] ^= 1
        text = "\n".join([pem[0], base64.encodebytes(der).decode().strip(), pem[-1], ""])
        (scratch / "altered.pem").write_text(text)
        refused("altered.pem", "sign", "--ca", "ca", "--yes", "altered.pem")
        der[position] ^= 1
    (scratch / "altered.pem").write_text("\n".join(pem[:-2]))
    refused("no whole CERTIFICATE REQUEST", "sign", "--ca", "ca", "--yes", "altered.pem")
    refused("No such file", "sign", "--ca", "ca", "--yes", "none.pem")


@test
def an_officer_seals_for_a_node_that_exists():
    sign = ("sign", "--ca", "ca", "--yes", "--passphrase-file", "secret")
    for name, node in ("aigul", "nccis"), ("ghost", "nowhere"):
        good("request", "--dir", name, "--id", name, "--officer-of", node, "--org", "KZ-NCCIS")
        assert os.listdir(scratch / name / "keys") == ["seal.key"]
    refused("no node of that id", *sign, "ghost/request.pem")
    refused("not by an officer of isoc-energy", *sign, "aigul/request.pem", "--officer-of",
            "isoc-energy")
    good(*sign, "aigul/request.pem", "--officer-of", "nccis", "--out", "aigul/certs")
    assert not (scratch / "aigul/certs/channel.pem").exists()
    accepted(scratch / "aigul/certs/seal.pem")
    text = text_of(scratch / "aigul/certs/seal.pem")
    assert "OU = officer" in text and "DNS:nccis\n" in text, text


@test
def an_officer_may_hold_an_office():
    sign = ("sign", "--ca", "ca", "--yes", "--passphrase-file", "secret")
    ask = ("request", "--dir", "berik", "--id", "berik", "--org", "KZ-NCCIS")
    asked = good(*ask, "--officer-of", "nccis", "--office", "head-of-territorial-body", "--territory", "KZ-75")
    assert "office        head-of-territorial-body\nterritory     KZ-75\n" in asked.out, asked.out
    refused("is for the office head-of-territorial-body, not for head", *sign, "berik/request.pem", "--office",
            "head")
    refused("is for no office", *sign, "aigul/request.pem", "--office", "head")
    good(*sign, "berik/request.pem", "--office", "head-of-territorial-body", "--out", "berik/certs")
    accepted(scratch / "berik/certs/seal.pem")
    text = text_of(scratch / "berik/certs/seal.pem")
    assert "title = head-of-territorial-body, ST = KZ-75\n" in text, text
    listed = good("list", "--ca", "ca", "berik").out
    assert "in force, head-of-territorial-body, officer of nccis, KZ-75\n" in listed, listed
    good("renew", "--ca", "ca", "berik", "--out", "berik/renewed", "--passphrase-file", "secret")
    assert "title = head-of-territorial-body, ST = KZ-75\n" in text_of(scratch / "berik/renewed/seal.pem")
    good(*ask, "--officer-of", "nccis", "--office", "head")
    refused("certified as officer, head-of-territorial-body in KZ-75, of KZ-NCCIS, the request says officer, head,",
            "renew", "--ca", "ca", "berik", "berik/request.pem", "--yes")


@test
def an_officers_browser_gets_a_certificate_of_its_own():
    browser = ("browser", "--ca", "ca", "--passphrase-file", "secret")
    refused("browsers are officers'", *browser, "nccis")
    refused("no certificate in force", *browser, "nobody")
    good(*browser, "berik", "--days", "9999", "--out", "berik.p12")
    assert mode_of("berik.p12") == 0o600
    refused("there is such a file", *browser, "berik", "--out", "berik.p12")
    shown = good(*browser, "berik", "--out", "again.p12", "--json").lines()[0]
    assert shown["use"] == "browser" and shown["office"] == "head-of-territorial-body", shown
    seals = [entry for entry in good("list", "--ca", "ca", "berik", "--json").lines() if entry["use"] == "seal"]
    assert shown["until"] <= max(entry["until"] for entry in seals), "it outlives the seal"
    kept = "".join(path.read_text() for path in (scratch / "ca").rglob("*") if path.is_file())
    assert shown["passphrase"] not in kept
    opened = run("openssl", "pkcs12", "-in", scratch / "again.p12", "-nodes", "-passin", f"pass:{shown['passphrase']}")
    assert "BEGIN PRIVATE KEY" in opened.out, opened.err
    assert run("openssl", "pkcs12", "-in", scratch / "again.p12", "-nodes", "-passin", "pass:wrong").code != 0
    assert "PBES2, PBKDF2, AES-256-CBC" in run("openssl", "pkcs12", "-in", scratch / "again.p12", "-info", "-noout",
                                               "-passin", f"pass:{shown['passphrase']}").err
    issued = scratch / f"ca/issued/berik-browser-{shown['serial']}.pem"
    accepted(issued)
    text = text_of(issued)
    for says in "TLS Web Client Authentication", "DNS:nccis\n", "ASN1 OID: prime256v1", "OU = officer":
        assert says in text, text
    assert "use           browser\n" in good("show", issued).out
    # With the last seal of an officer the browser goes, whichever serial was named.
    revoke = ("revoke", "--ca", "ca", "--passphrase-file", "secret", "--reason", "affiliation-changed")
    good(*revoke, seals[0]["serial"])
    accepted(issued)
    good(*revoke, seals[1]["serial"])
    rejected(issued, "certificate revoked")
    refused("no certificate in force", *browser, "berik")


@test
def renewal_leaves_no_gap():
    old, new = scratch / "isoc-energy/certs", scratch / "isoc-energy/renewed"
    good("renew", "--ca", "ca", "isoc-energy", "--out", new, "--passphrase-file", "secret",
         "--days", "500")
    for use in "seal.pem", "channel.pem":
        assert public_key(old / use) == public_key(new / use)
        assert serial_of(old / use) != serial_of(new / use)
        accepted(old / use)
        accepted(new / use)
    good("renew", "--ca", "ca", "aigul", "--out", "aigul/renewed", "--passphrase-file", "secret")
    accepted(scratch / "aigul/renewed/seal.pem")
    refused("no certificates that could be renewed", "renew", "--ca", "ca", "nobody")


@test
def new_keys_come_with_a_new_request():
    renew = ("renew", "--ca", "ca", "--passphrase-file", "secret", "isoc-energy")
    good("request", "--dir", "isoc-energy", "--id", "isoc-energy", "--role", "isoc", "--org",
         "KZ-ENERGY", "--keys", "isoc-energy/keys2", "--out", "isoc-energy/again.pem")
    assert mode_of("isoc-energy/keys2/seal.key") == 0o600
    refused("nobody to ask", *renew, "isoc-energy/again.pem")
    refused("renewing changes none of it", *renew, "thief/request.pem", "--yes")
    refused("this request is by nccis", *renew, "nccis/request.pem", "--yes")
    good(*renew, "isoc-energy/again.pem", "--yes", "--out", "isoc-energy/certs2")
    for use in "seal.pem", "channel.pem":
        old, new = scratch / "isoc-energy/certs" / use, scratch / "isoc-energy/certs2" / use
        assert public_key(old) != public_key(new)
        accepted(old)
        accepted(new)


@test
def one_certificate_is_revoked_by_its_serial():
    number = crl_number()
    serial = serial_of(scratch / "isoc-energy/certs/seal.pem")
    revoke = ("revoke", "--ca", "ca", "--passphrase-file", "secret")
    refused("there is no reason", *revoke, serial, "--reason", "bored", code=2)
    refused("there is no certificate", *revoke, "00ff")
    good(*revoke, serial, "--reason", "superseded", "--days", "7")
    assert crl_number() == number + 1
    rejected(scratch / "isoc-energy/certs/seal.pem", "certificate revoked")
    accepted(scratch / "isoc-energy/certs/channel.pem")
    accepted(scratch / "isoc-energy/renewed/seal.pem")
    refused("nothing is left to revoke", *revoke, serial)
    shown = good("show", "--ca", "ca", serial, "--json").lines()[0]
    assert shown["state"] == "revoked" and shown["reason"] == "superseded", shown
    good("renew", "--ca", "ca", "isoc-energy", "--out", "isoc-energy/renewed2",
         "--passphrase-file", "secret")


@test
def a_compromised_key_takes_all_its_certificates_along():
    enrol("owner-grid", "owner", "KZ-GRID")
    good("renew", "--ca", "ca", "owner-grid", "--out", "owner-grid/renewed",
         "--passphrase-file", "secret")
    revoke = ("revoke", "--ca", "ca", "--passphrase-file", "secret")
    good(*revoke, serial_of(scratch / "owner-grid/certs/seal.pem"), "--reason", "key-compromise")
    rejected(scratch / "owner-grid/certs/seal.pem", "certificate revoked")
    rejected(scratch / "owner-grid/renewed/seal.pem", "certificate revoked")
    accepted(scratch / "owner-grid/renewed/channel.pem")
    refused("could be renewed", "renew", "--ca", "ca", "owner-grid")


@test
def an_id_is_revoked_whole():
    outcome = good("revoke", "--ca", "ca", "nccis", "--passphrase-file", "secret")
    assert "aigul, an officer of nccis, is still certified" in outcome.err, outcome.err
    for use in "seal.pem", "channel.pem":
        rejected(scratch / "nccis/certs" / use, "certificate revoked")
    accepted(scratch / "aigul/certs/seal.pem")
    sign = ("sign", "--ca", "ca", "--yes", "--passphrase-file", "secret")
    refused("was revoked (unspecified); make new keys", *sign, "nccis/request.pem")
    good("request", "--dir", "nccis", "--id", "nccis", "--role", "nccis", "--org", "KZ-NCCIS",
         "--keys", "nccis/keys2")
    good(*sign, "nccis/request.pem", "--out", "nccis/certs2")
    accepted(scratch / "nccis/certs2/seal.pem")


@test
def the_crl_goes_forward_only():
    crl = ("crl", "--ca", "ca", "--passphrase-file", "secret")
    number = crl_number()
    shown = good(*crl, "--json").lines()[0]
    assert shown["number"] == number + 1 == crl_number()
    os.mkdir(scratch / "for-hub")
    good(*crl, "--days", "3", "--out", "for-hub")
    assert crl_number() == number + 2
    assert (scratch / "for-hub/crl.pem").read_bytes() == (scratch / "ca/crl.pem").read_bytes()
    revoked = [entry for entry in good("list", "--ca", "ca", "--json").lines()
               if entry["state"] == "revoked"]
    text = run("openssl", "crl", "-in", scratch / "ca/crl.pem", "-noout", "-text").out
    assert text.count("Serial Number") == len(revoked) == shown["revoked"]
    refused("--days", *crl, "--days", "0", code=2)


@test
def list_and_show_say_what_there_is():
    table = good("list", "--ca", "ca").out
    assert re.search(r"isoc-energy +isoc +KZ-ENERGY +seal +\d{4}-\d\d-\d\d +[0-9a-f]{32} +in force",
                     table), table
    every = good("list", "--ca", "ca", "--json").lines()
    in_force = good("list", "--ca", "ca", "--json", "--in-force").lines()
    assert in_force == [entry for entry in every if entry["state"] == "in force"]
    assert {entry["id"] for entry in good("list", "--ca", "ca", "hub", "--json").lines()} == {"hub"}
    assert good("list", "--ca", "ca", "--json", "--expiring", "30").out == ""
    enrol("partner-x", "partner", "XX-CERT", "--days", "5")
    soon = good("list", "--ca", "ca", "--json", "--expiring", "30").lines()
    assert [entry["id"] for entry in soon] == ["partner-x", "partner-x"]
    good("renew", "--ca", "ca", "partner-x", "--out", "partner-x/renewed", "--passphrase-file",
         "secret")
    assert good("list", "--ca", "ca", "--json", "--expiring", "30").out == ""
    assert fingerprint_of("hub/request.pem") in good("show", "hub/request.pem").out
    certificate = good("show", "hub/certs/channel.pem", "--json").lines()[0]
    assert certificate["use"] == "channel" and certificate["role"] == "hub"
    refused("neither a file nor a serial or id", "show", "--ca", "ca", "nobody")
    refused("neither a request", "show", "secret")


@test
def an_answer_in_one_file_is_all_that_is_needed():
    good("request", "--dir", "remote", "--id", "remote", "--role", "isoc", "--org", "KZ-FAR")
    sign = ("sign", "--ca", "ca", "remote/request.pem", "--yes", "--answer", "remote.answer",
            "--passphrase-file", "secret")
    outcome = ca(*sign, "--hub-key", "secret")
    assert outcome.code == 1 and not (scratch / "remote.answer").exists(), outcome.err
    outcome = good(*sign)
    assert "remote.answer" in outcome.out and not (scratch / "remote-certs").exists()
    text = (scratch / "remote.answer").read_text()
    assert text.startswith("dabyl-answer/v1\nfor remote\n\n"), text
    assert "PRIVATE" not in text and text.count("BEGIN CERTIFICATE") == 4
    for part in (scratch / "ca/ca.pem", scratch / "ca/crl.pem"):
        assert part.read_text() in text
    hub = [entry["serial"] for entry in good("show", "remote.answer", "--json").lines()[1:]
           if entry["role"] == "hub"]
    newest = [entry["serial"] for entry in good("list", "--ca", "ca", "hub", "--json").lines()
              if entry["state"] == "in force" and entry["use"] == "channel"]
    assert len(hub) == 1 and hub[0] in newest, (hub, newest)
    shown = good("show", "remote.answer").out
    assert "answer for    remote" in shown and "role          isoc" in shown, shown


@test
def the_passphrase_is_changed_whole():
    shutil.copytree(scratch / "ca", scratch / "changing")
    where = ("passphrase", "--ca", "changing")
    key = scratch / "changing/ca.key"
    (scratch / "next").write_text("another wind, in December\n")
    (scratch / "next").chmod(0o600)
    (scratch / "short").write_text("short\n")
    (scratch / "short").chmod(0o600)
    before = key.read_bytes()
    for says, *more in (("wrong passphrase", "--passphrase-file", "next", "--new-passphrase-file", "secret"),
                        ("at least 12", "--passphrase-file", "secret", "--new-passphrase-file", "short"),
                        ("no terminal", "--passphrase-file", "secret")):
        outcome = ca(*where, *more)
        assert outcome.code == 1 and says in outcome.err, outcome.err
        assert key.read_bytes() == before, "and the key stays as it was"
    good(*where, "--passphrase-file", "secret", "--new-passphrase-file", "next")
    assert mode_of("changing/ca.key") == 0o600 and "ENCRYPTED" in key.read_text()
    assert "wrong passphrase" in ca("crl", "--ca", "changing", "--passphrase-file", "secret").err
    good("crl", "--ca", "changing", "--passphrase-file", "next")
    dialogue = [("Passphrase of the CA: ", "a typo\n"),
                ("Passphrase of the CA: ", "another wind, in December\n"),
                ("New passphrase of the CA: ", SECRET + "\n"), ("again: ", SECRET + "\n")]
    code, shown = at_terminal(dialogue, *where)
    assert code == 0 and SECRET not in shown, shown
    good(*where, "--passphrase-file", "secret", "--no-passphrase")
    assert "BEGIN PRIVATE KEY" in key.read_text() and mode_of("changing/ca.key") == 0o600
    good("crl", "--ca", "changing")
    shutil.rmtree(scratch / "changing")


@test
def nothing_outlives_the_ca():
    good("init", "--ca", "brief", "--no-passphrase", "--days", "10")
    assert "BEGIN PRIVATE KEY" in (scratch / "brief/ca.key").read_text()
    outcome = good("sign", "--ca", "brief", "hub/request.pem", "--yes", "--out", "brief/hub")
    assert "shortened" in outcome.err
    until = [run("openssl", "x509", "-in", path, "-noout", "-enddate").out
             for path in (scratch / "brief/ca.pem", scratch / "brief/hub/seal.pem")]
    assert until[0] == until[1]
    assert verify(scratch / "brief/hub/seal.pem", "brief").code == 0
    rejected(scratch / "brief/hub/seal.pem", "unable to get")  # by the other CA


@test
def a_ca_that_has_ended_issues_nothing():
    good("init", "--ca", "ended", "--no-passphrase", "--from", "2020-01-01T00:00:00Z", "--days",
         "10")
    for arguments in (("sign", "hub/request.pem", "--yes"), ("crl",), ("revoke", "hub")):
        outcome = ca(*arguments, "--ca", "ended")
        assert outcome.code == 1 and "ended on 2020-01-11" in outcome.err, outcome.err
    good("init", "--ca", "early", "--no-passphrase", "--from", "2090-01-01T00:00:00Z")
    outcome = ca("crl", "--ca", "early")
    assert outcome.code == 1 and "clock" in outcome.err, outcome.err


@test
def an_expired_certificate_is_rejected():
    good("request", "--dir", "late", "--id", "late", "--role", "media", "--org", "KZ-TV")
    good("sign", "--ca", "ca", "late/request.pem", "--yes", "--out", "late/certs",
         "--passphrase-file", "secret", "--days", "1")
    accepted(scratch / "late/certs/seal.pem")
    tomorrow = run("openssl", "verify", "-x509_strict", "-attime", str(int(time.time()) + 2 * 86400), "-CAfile",
                   scratch / "ca/ca.pem", scratch / "late/certs/seal.pem")
    assert tomorrow.code != 0 and "expired" in tomorrow.err, tomorrow.err


@test
def a_damaged_index_or_a_busy_ca_stops_everything():
    index = scratch / "ca/index"
    whole = index.read_bytes()
    secret = ("--ca", "ca", "--passphrase-file", "secret")
    index.write_bytes(whole[:-20])
    refused("damaged line; copy the file back, or make it anew", "crl", *secret)
    refused("damaged line; copy the file back, or make it anew", "list", "--ca", "ca")
    index.write_bytes(whole)
    with open(scratch / "ca/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused("in use by process", "crl", *secret)
        good("list", "--ca", "ca")
    good("crl", *secret)
    refused("there is no CA here", "list", "--ca", "nowhere")


def main():
    global scratch
    print(f"1..{len(tests)}")
    if not DABYL.exists():
        print(f"Bail out! {DABYL} is not built")
        return 1
    scratch = Path(tempfile.mkdtemp(prefix="dabyl-certificates-"))
    failed = 0
    for number, function in enumerate(tests, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Exception as error:  # one report per behaviour, whatever went wrong
            failed += 1
            print(f"not ok {number} - {name}", flush=True)
            for line in f"{type(error).__name__}: {error}".splitlines():
                print(f"# {line}")
    if failed:
        print(f"# kept: {scratch}")
    else:
        shutil.rmtree(scratch)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
