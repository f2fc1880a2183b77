#!tests/run
"""Goal: officers seal at their browsers: what is held waits for a person, carries each one's seal, and verifies."""

import base64
import hashlib
import json
import os
import shutil

import tap
from console import Browser, Console
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from processes import until
from route import example
from world import World


class Desk:
    """An officer at a browser, with a key that only this desk has."""

    def __init__(self, console, name, key):
        self.browser, self.name, self.key = Browser(console, name), name, key
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.key_id = hashlib.sha256(raw).hexdigest()

    def signature(self, held):
        """Over the text that is shown, as lib/pki/seal.h has it, and not over what the server computed."""
        digest = hashlib.sha256(held["text"].encode()).digest()
        root = base64.b64encode(hashlib.sha256(b"\0" + digest).digest()).decode()
        text = f"dabyl-seal/v1\n{held['origin']}\n{self.key_id}\n1\n{root}\n"
        return base64.b64encode(self.key.sign(text.encode())).decode()

    def hold(self, document):
        return self.browser.ask("POST", "/api/hold", {"document": document})

    def seal(self, held, send=False, **more):
        body = {"key": self.key_id, "signature": self.signature(held), "send": send, **more}
        return self.browser.ask("POST", f"/api/held/{held['id']}/seal", body)


def key_of(world, officer):
    with open(world.path(officer, "keys", "seal.key"), "rb") as file:
        return serialization.load_pem_private_key(file.read(), None)


def request_for(key, profile):
    """What a page asks the CA, by lib/enrol/enrol.h."""
    names = [(NameOID.COMMON_NAME, "name"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "role"),
             (NameOID.ORGANIZATION_NAME, "organisation"), (NameOID.TITLE, "office"),
             (NameOID.STATE_OR_PROVINCE_NAME, "territory")]  # fmt: skip
    subject = x509.Name([x509.NameAttribute(oid, profile[name]) for oid, name in names if profile[name]])
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(profile["node"])]), critical=False)
        .sign(key, None)
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )


with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    for officer, office in (("aigul", "head"), ("berik", None)):
        world.officer(officer, "isoc-energy", office)
    world.start()
    isoc, nccis = world.node("isoc-energy"), world.node("nccis")
    console = Console(world, isoc).start()
    os.makedirs(isoc.path("officers"))
    for officer in "aigul", "berik":
        shutil.copy(world.path(officer, "certs", "seal.pem"), isoc.path("officers", f"{officer}.pem"))
    aigul = Desk(console, "aigul", key_of(world, "aigul"))
    berik = Desk(console, "berik", key_of(world, "berik"))

    def held(message):
        return aigul.browser.get(f"/api/held/{message}")

    def outcome(message):
        return aigul.browser.get(f"/api/outcomes/{message}").json

    def document():
        fields = example("incident.notice", "isoc-energy")
        return {key: value for key, value in fields.items() if key not in ("id", "sent", "nonce")}

    # --- one officer seals what needs no officer ---------------------------------------------
    answer = aigul.hold({**document(), "state_secret": True})
    tap.equal((answer.status, answer.code), (422, "secret.declared"), "what the node would refuse is not held")
    answer = aigul.hold(document())
    tap.equal(answer.status, 200, "a notice is held")
    one = answer.json
    tap.equal(one["digest"], hashlib.sha256(one["text"].encode()).hexdigest(), "its digest is that of the text")
    listed = berik.browser.get("/api/held").json
    tap.equal([(item["id"], item["by"], item["why"]) for item in listed], [(one["id"], "aigul", None)],
              "every desk sees what waits, and who holds it")  # fmt: skip
    tap.equal([item["name"] for item in listed[0]["signatures"]], ["isoc-energy"], "sealed by the node alone")
    tap.equal(listed[0]["row"]["summary"]["en"], document()["summary"]["en"], "and what it says")
    tap.equal(outcome(one["id"])["state"], "held", "its outcome is that it waits")
    answer = aigul.seal({**one, "text": one["text"] + " "})
    tap.equal((answer.status, answer.code), (422, "seal.signature"), "a signature over other bytes is refused")
    answer = aigul.seal(one, key=berik.key_id)
    tap.equal((answer.status, answer.code), (409, "seal.certificate"), "nor one with a key of somebody else's")
    stranger = Desk(console, "aigul", Ed25519PrivateKey.generate())
    tap.equal(stranger.seal(one).status, 409, "nor with one that nobody certified")
    tap.equal(len(held(one["id"]).json["signatures"]), 1, "none of them is kept")
    answer = aigul.hold({**document(), "id": one["id"]})
    tap.equal((answer.status, answer.code), (422, "id.reused"), "another window does not change what waits")
    answer = aigul.seal(one, send=True)
    tap.equal((answer.status, answer.code), (200, ""), "sealed, it goes")
    isoc.has_sent(1)
    tap.equal(outcome(one["id"])["state"], "sent", "as its outcome says")
    with open(isoc.path("sent", one["id"] + ".json"), encoding="utf-8") as file:
        tap.equal(file.read(), one["text"], "the very bytes that were shown")
    with open(isoc.path("sent", one["id"] + ".seal"), encoding="utf-8") as file:
        tap.ok(f"sig ed25519 {aigul.key_id} " in file.read(), "under the officer's own signature")
    tap.equal(held(one["id"]).status, 404, "and waits no longer")
    until(lambda: any(message["id"] == one["id"] for message in nccis.inbox()), "it arrives")
    for node in nccis, isoc:
        code, text = world.run("--node", node.folder, "inbox", "show", one["id"], code=None)
        tap.has(text, "sealed by officer aigul (head)", f"{node.name} is shown who sealed it")
    name = next(name for name in nccis.names("inbox", ".json") if one["id"] in name)
    code, text = world.run("--node", nccis.folder, "verify", nccis.path("inbox", name), code=None)
    tap.ok(code == 0 and "and by officer aigul" in text, "and a receiver verifies it", text)

    # --- two desks ---------------------------------------------------------------------------
    two = aigul.hold(document()).json
    tap.equal(berik.seal(two).json["state"], "held", "a second officer signs the same message first")
    tap.equal([item["name"] for item in held(two["id"]).json["signatures"]], ["isoc-energy", "berik"], "as is shown")
    tap.equal(berik.seal(two).status, 200, "to sign twice is to have signed")
    tap.equal(len(held(two["id"]).json["signatures"]), 2, "once")
    tap.equal(aigul.seal(two, send=True).status, 200, "the first signs and sends")
    isoc.has_sent(2)
    with open(isoc.path("sent", two["id"] + ".seal"), encoding="utf-8") as file:
        tap.equal(file.read().count("sig ed25519 "), 3, "under all three")

    # --- what is not sent --------------------------------------------------------------------
    three = aigul.hold(document()).json
    tap.equal(berik.seal(three).status, 200, "a third is sealed and not sent")
    isoc.stop()
    tap.equal((aigul.hold(document()).status, aigul.hold(document()).code), (503, "unanswered"),
              "without its daemon the node holds nothing")  # fmt: skip
    isoc.start().connected()
    tap.equal(len(held(three["id"]).json["signatures"]), 2, "what was signed outlives the daemon")
    world.run("--node", isoc.folder, "send", "-", stdin=json.dumps(example("incident.notice", "isoc-energy")))
    isoc.has_sent(3)
    tap.equal(isoc.names("waiting", ".json"), [three["id"] + ".json"], "what is held does not go by itself")
    listed = json.loads(world.run("--json", "--node", isoc.folder, "cosign"))
    tap.equal((listed["message"]["id"], listed["by"], [item["officer"] for item in listed["sealers"]]),
              (three["id"], "aigul", ["berik"]), "a terminal lists it with who has sealed it")  # fmt: skip
    tap.has(world.run("--node", isoc.folder, "cosign"), "held for sealing by aigul\n    sealed by officer berik\n", "in words, too")
    spare = aigul.hold(document()).json
    world.run("--node", isoc.folder, "cosign", spare["id"], "--discard")
    tap.equal(held(spare["id"]).status, 404, "what is discarded at a terminal is gone")
    tap.equal(berik.browser.ask("DELETE", f"/api/held/{three['id']}").status, 204, "a person discards it")
    tap.equal(os.listdir(isoc.path("waiting")), [], "and nothing of it is left")
    tap.equal(berik.browser.ask("DELETE", f"/api/held/{three['id']}").status, 404, "once")

    # --- a key that a browser made -----------------------------------------------------------
    profile = aigul.browser.get("/api/enrolment").json["profile"]
    tap.equal((profile["name"], profile["node"], profile["office"]), ("aigul", "isoc-energy", "head"),
              "a page learns who its officer is")  # fmt: skip
    key = Ed25519PrivateKey.generate()
    desk = Desk(console, "aigul", key)
    for wrong in {"name": "berik"}, {"node": "nccis"}, {"organisation": "STS"}, {"office": ""}:
        answer = desk.browser.ask("POST", "/api/enrolment", {"request": request_for(key, {**profile, **wrong})})
        tap.equal((answer.status, answer.code), (403, "enrolment.person"), f"a request with {wrong} is refused")
    tap.equal(desk.browser.ask("POST", "/api/enrolment", {"request": "what"}).status, 400, "and what is none")
    answer = desk.browser.ask("POST", "/api/enrolment", {"request": request_for(key, profile)})
    tap.equal((answer.status, answer.code), (200, ""), "hers is kept")
    path = isoc.path(answer.json["file"])
    shown = json.loads(world.run("ca", "show", "--json", path))
    tap.equal(shown["fingerprint"], answer.json["fingerprint"], "for an administrator, under the same fingerprint")
    tap.equal(desk.browser.get("/api/enrolment").json["requests"][0]["key"], desk.key_id, "and is listed")
    four = desk.hold(document()).json
    tap.equal(desk.seal(four).code, "seal.certificate", "before it is certified it seals nothing")
    world.run("ca", "renew", "--ca", world.path("ca"), "aigul", path, "--yes", "--out", world.path("renewed"))
    with open(world.path("renewed", "seal.pem"), encoding="utf-8") as file:
        certificate = file.read()
    answer = berik.browser.ask("PUT", "/api/enrolment", {"certificate": certificate})
    tap.equal((answer.status, answer.code), (403, "enrolment.certificate"), "it is nobody else's")
    answer = desk.browser.ask("PUT", "/api/enrolment", {"certificate": certificate})
    mine = [item for item in answer.json["certificates"] if item["key"] == desk.key_id]
    tap.equal([item["good"] for item in mine], [True], "the certificate is taken")
    shutil.copy(world.path("renewed", "seal.pem"), world.hub.path("roster", "aigul-browser-seal.pem"))
    world.run("hub", "reload", "--hub", world.hub.folder)
    tap.equal(desk.seal(four, send=True).status, 200, "and seals")
    isoc.has_sent(4)

    # --- a key that was taken back -----------------------------------------------------------
    five, six = berik.hold(document()).json, berik.hold(document()).json
    tap.equal(berik.seal(six).status, 200, "a message has the seal of an officer")
    tap.equal([s["name"] for s in held(six["id"]).json["signatures"]], ["isoc-energy", "berik"], "whose it is, is shown")
    world.run("ca", "revoke", "berik", "--ca", world.path("ca"))
    shutil.copy(world.path("ca", "crl.pem"), isoc.path("certs", "crl.pem"))
    answer = berik.seal(five, send=True)
    tap.equal((answer.status, answer.code), (403, "seal.certificate"), "who is revoked seals nothing more")
    # Within the second of a revocation a seal may have come before it.
    nobody = lambda: [s["name"] for s in held(six["id"]).json["signatures"]] == ["isoc-energy", None]
    until(nobody, "a seal of who is revoked is nobody's, in a console that runs since before")
    code, text = world.run(
        "--node", isoc.folder, "cosign", five["id"], "--key", world.path("berik", "keys", "seal.key"),
        "--cert", world.path("berik", "certs", "seal.pem"), code=None,
    )  # fmt: skip
    tap.ok(code == 1 and "revoked" in text, "nor at a terminal", text)
    tap.equal(len(held(five["id"]).json["signatures"]), 1, "and nothing of it is kept")
