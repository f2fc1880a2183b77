#!tests/run
"""Goal: a signature with a national certification centre's key over a message is checked against the files one gives."""

import json
import os
import subprocess

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=world.folder)

    def certify(name, subject, *more):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "30", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-utf8", "-subj", subject, *more)  # fmt: skip

    def sign(message, out, *more):
        openssl("cms", "-sign", "-binary", "-signer", "person.crt", "-inkey", "person.key", "-md", "sha256",
                "-outform", "DER", "-in", message, "-out", out, *more)  # fmt: skip

    for name in ("national", "other"):
        certify(name, f"/C=KZ/O={name}/CN={name} certification centre")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "person.key",
            "-out", "person.csr", "-utf8", "-subj", "/C=KZ/CN=СЕРИКОВА АЙГУЛЬ/serialNumber=IIN000000000000")  # fmt: skip
    openssl("x509", "-req", "-in", "person.csr", "-CA", "national.crt", "-CAkey", "national.key",
            "-CAcreateserial", "-days", "30", "-out", "person.crt")  # fmt: skip
    world.start()
    centre, desk = world.node("isoc-energy"), world.node("nccis")
    centre.drop(client.notice("isoc-energy", 2))
    (name,) = centre.has_sent(1)
    desk.has_received(1)
    message = centre.path("sent", f"{name}.json")
    sign(message, "message.p7s")
    ours = ("--cms", world.path("message.p7s"), "--cms-ca", world.path("national.crt"))

    def verify(*words, where=message):
        return world.run("verify", where, *words, code=None)

    code, text = verify(*ours)
    tap.ok(code == 0 and text.startswith("GOOD"), "seal, proof and signature are good", text)
    tap.has(text, "CMS signature by serialNumber=IIN000000000000,CN=СЕРИКОВА АЙГУЛЬ,C=KZ", "it says who signed")
    tap.has(text, "certified by CN=national certification centre,O=national,C=KZ", "and who certified that")
    tap.has(text, "revocation NOT checked; legal force is not said here", "and what it does not say")
    code, text = verify(*ours, "--json")
    (signer,) = json.loads(text)["cms"]
    tap.equal(signer["subject"].split(",")[1], "CN=СЕРИКОВА АЙГУЛЬ", "so does the JSON")
    (got,) = desk.names("inbox", ".json")
    code, text = verify(*ours, where=desk.path("inbox", got))
    tap.ok(code == 0, "who received the message checks it alike: its bytes are the same", text)

    def not_good(words, says, what):
        code, text = verify(*words)
        tap.ok(code == 1 and "NOT GOOD" in text and says in text, what, text)

    not_good((*ours[:2], "--cms-ca", world.path("other.crt")), "unable to get local issuer", "another centre's is none")
    not_good((*ours[:3], world.path("other.key")), "no certificate in PEM", "a key is no authority")
    other = world.path("other.json")
    with open(message, encoding="utf-8") as file:
        words = file.read()
    with open(other, "w", encoding="utf-8") as file:
        file.write(words.replace('"level":2', '"level":3').replace('"level": 2', '"level": 3'))
    sign(other, "other.p7s")
    not_good(("--cms", world.path("other.p7s"), *ours[2:]), "not good over these bytes", "of other words it is none")
    sign(message, "whole.p7s", "-nodetach")
    not_good(("--cms", world.path("whole.p7s"), *ours[2:]), "content of its own", "one with its own content is none")
    not_good(("--cms", message, *ours[2:]), "no CMS signature", "nor is the message")
    os.truncate(world.path("message.p7s"), 100)
    not_good(ours, "no CMS signature", "nor half a signature")
    for words in (ours[:2], ours[2:], (*ours, message)):
        code, text = verify(*words)
        tap.equal(code, 2, f"{len(words)} words of it are not enough, or too many")
