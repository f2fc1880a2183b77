#!tests/run
"""Goal: over TLS a console is for officers of its node; a certificate that is none, expired, revoked or foreign is refused and says which."""

import datetime
import os
import shutil
import ssl

import tap
from console import Browser, Console, events
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from world import World


def forged(world, like, name, **changes):
    """A certificate as `like`, with changes, signed by the CA's key or another; its path."""
    with open(like, "rb") as file:
        text = file.read()
    model = x509.load_pem_x509_certificate(text)
    with open(world.path("ca", "ca.key"), "rb") as file:
        ca = serialization.load_pem_private_key(file.read(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, *[False] * 8)
    made = (
        x509.CertificateBuilder()
        .subject_name(changes.get("subject", model.subject))
        .issuer_name(model.issuer)
        .public_key(key.public_key())
        .serial_number(changes.get("serial", x509.random_serial_number()))
        .not_valid_before(changes.get("since", model.not_valid_before))
        .not_valid_after(changes.get("until", model.not_valid_after))
    )
    for extension in model.extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage):
            value = usage
        if isinstance(value, x509.SubjectKeyIdentifier):
            value = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        if isinstance(value, x509.ExtendedKeyUsage):
            value = x509.ExtendedKeyUsage([changes.get("purpose", ExtendedKeyUsageOID.CLIENT_AUTH)])
        made = made.add_extension(value, extension.critical)
    signer = changes.get("signer", ca)
    made = made.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    path = world.path(f"{name}.pem")
    with open(path, "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return path


def both(world, officer):
    """The officer's own sealing certificate with its key."""
    path = world.path(f"{officer}-seal.pem")
    with open(path, "wb") as out:
        for name in (("certs", "seal.pem"), ("keys", "seal.key")):
            with open(world.path(officer, *name), "rb") as file:
                out.write(file.read())
    return path


with World(__doc__, ("nccis", "isoc-energy", "knb"), officers=("isoc-energy", "knb")) as world:
    node = world.node("isoc-energy")
    first, second = world.officers("isoc-energy")
    console = Console(world, node, tls=True).start()
    good = console.certificate(first)

    def refused(certificate, status, code, says, what):
        browser = Browser(console, certificate=certificate)
        answer = browser.get("/api/me")
        tap.equal((answer.status, answer.code), (status, code), what)
        tap.has(answer.json["error"]["text"], says, f"{what}: says which")
        page = browser.get("/")
        tap.ok(page.status == status and says.encode() in page.body, f"{what}: so does the page", page.body)

    browser = Browser(console, certificate=good)
    me = browser.get("/api/me").json
    tap.equal((me["officer"]["name"], me["via"]), (first, "certificate"), "an officer of this node comes in")
    tap.equal(browser.get("/").status, 200, "and sees the pages")

    now = datetime.datetime.utcnow()
    day = datetime.timedelta(days=1)
    refused(None, 401, "session.none", "Nobody is known", "without a certificate")
    refused(forged(world, good, "expired", since=now - 3 * day, until=now - day), 403, "certificate.refused", "expired at", "one that has expired")
    refused(forged(world, good, "early", since=now + day, until=now + 2 * day), 403, "certificate.refused", "not valid before", "one that is not valid yet")
    other = ed25519.Ed25519PrivateKey.generate()
    refused(forged(world, good, "foreign", signer=other), 403, "certificate.refused", "certificate signature failure", "one that another CA signed in our CA's name")
    refused(forged(world, good, "server", purpose=ExtendedKeyUsageOID.SERVER_AUTH), 403, "certificate.refused", "not that of a browser", "one that is for something else")
    refused(both(world, first), 403, "certificate.refused", "not P-256", "an officer's seal")
    refused(console.certificate(world.officers("knb")[0]), 403, "certificate.refused", "an officer of knb, not of isoc-energy", "an officer of another node")

    stolen = world.path("stolen.pem")
    with open(stolen, "wb") as out, open(good, "rb") as whole, open(world.path("early.pem"), "rb") as theirs:
        out.write(whole.read().split(b"-----BEGIN PRIVATE KEY")[0])
        out.write(b"-----BEGIN PRIVATE KEY" + theirs.read().split(b"-----BEGIN PRIVATE KEY")[1])
    try:
        console.tls_context(stolen)
        tap.ok(False, "a certificate without its key cannot be shown")
    except ssl.SSLError:
        tap.ok(True, "a certificate without its key cannot be shown")
    old = console.tls_context(good)
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
    browser.tls = old
    try:
        browser.get("/api/me")
        tap.ok(False, "TLS 1.2, which shows certificates on the way, is not spoken")
    except (ssl.SSLError, OSError):
        tap.ok(True, "TLS 1.2, which shows certificates on the way, is not spoken")

    tap.equal(Browser(console, second).get("/api/me").json["via"], "link", "on a loopback a link is good over TLS as well")

    browser = Browser(console, certificate=good)
    tap.equal(browser.ask("DELETE", "/api/me").status, 200, "a change with its token goes")
    tap.equal(browser.ask("DELETE", "/api/me", headers={"X-Dabyl-Token": "0" * 64}).code, "token.wrong", "with another it does not")
    theirs = Browser(console, certificate=console.certificate(second))
    tap.equal(browser.ask("DELETE", "/api/me", headers={"X-Dabyl-Token": theirs.token}).code, "token.wrong", "nor with another officer's")

    connection, stream = browser.stream()
    told = events(stream)
    tap.equal(next(told)[0], "status", "a stream is open, and a connection")
    kept = browser.connection()
    kept.request("GET", "/api/me", headers=browser.headers("GET"))
    answer = kept.getresponse()
    tap.equal((answer.status, len(answer.read()) > 0), (200, True), "which asks")
    world.run("ca", "revoke", first, "--ca", world.path("ca"))
    shutil.copy(world.path("ca", "crl.pem"), node.path("certs", "crl.new"))
    os.rename(node.path("certs", "crl.new"), node.path("certs", "crl.pem"))
    tap.ok(list(told) is not None, "when she is revoked the stream ends")
    kept.request("GET", "/api/me", headers=browser.headers("GET"))
    answer = kept.getresponse()
    tap.equal(answer.status, 403, "and the connection that was open asks in vain")
    tap.has(answer.read().decode(), "revoked by the CA", "and says which")
    refused(good, 403, "certificate.refused", "revoked by the CA", "a revoked one")
    tap.equal(theirs.get("/api/me").status, 200, "the other officer stays")

    with open(node.path("certs", "crl.pem"), "rb") as file:
        newest = file.read()
    shutil.copy(world.hub.path("certs", "crl.pem"), node.path("certs", "crl.pem"))
    console.process.says("web.crl-bad")
    tap.equal(Browser(console, certificate=good).get("/api/me").status, 403, "an older list lets nobody in again")
    with open(node.path("certs", "crl.pem"), "wb") as file:
        file.write(newest)
    connection.close()
    kept.close()

    def checked(text, says):
        path = node.path("other.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        code, said = world.run("-n", path, program="dabyl-web", code=None)
        tap.ok(code == (0 if says == "good" else 1) and says in said, f"{text}: {says}", said)

    tls = 'tls = { certificate = "web.pem"; key = "web.key"; };'
    checked(f'listen = "192.0.2.1:443"; {tls}', "good")
    checked('listen = "192.0.2.1:443";', "there TLS is needed")
    checked('listen = "console.example:443";', "not an address in numbers")
    checked('tls = { certificate = "web.pem"; };', "needs its key")
    checked('tls = { certificate = "web.pem"; key = "keys/seal.key"; };', "web.pem and its key")
    os.chmod(node.path("web.key"), 0o644)
    checked(tls, "web.key")
    os.chmod(node.path("web.key"), 0o600)
    os.rename(node.path("certs", "crl.pem"), node.path("certs", "crl.kept"))
    checked(tls, "who is revoked must be known")
    os.rename(node.path("certs", "crl.kept"), node.path("certs", "crl.pem"))
