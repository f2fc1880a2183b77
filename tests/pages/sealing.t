#!tests/run
"""Goal: a page seals what it shows or nothing, with a key that cannot leave it and that the CA certifies like any other."""

import base64
import hashlib
import json
import os
import subprocess
import tempfile

import pages
import tap
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DABYL = os.path.join(pages.TOP, os.environ.get("BUILD", "build"), os.environ.get("MODE", "asan"), "dabyl")

tap.note(__doc__)
if pages.missing():
    tap.skip_all(pages.missing())


def held(text, **more):
    digest = hashlib.sha256(text.encode()).digest()
    root = base64.b64encode(hashlib.sha256(b"\0" + digest).digest()).decode()
    return {"id": "x", "text": text, "digest": digest.hex(), "root": root, "count": 1, "origin": "hub.example/log", **more}


def dabyl(*words):
    done = subprocess.run([DABYL, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


PROFILES = {
    "an officer": {"name": "aigul", "role": "officer", "organisation": "KZ-ENERGY", "node": "isoc-energy", "office": "", "territory": ""},
    "who holds an office": {"name": "a" * 63, "role": "officer", "organisation": "K" * 63, "node": "n" * 63,
                            "office": "head-of-territorial-body", "territory": "KZ-75"},
}  # fmt: skip
good = held('{"summary":{"kk":"Қауіп ‮ \\u0000 😀"},"n":1}')
wrong = {
    "other text": {**good, "text": good["text"] + " "},
    "another digest": {**good, "digest": "0" * 64},
    "another root": {**good, "root": base64.b64encode(b"\0" * 32).decode()},
    "a tree of more": {**good, "count": 2},
    "a log with a line end in its name": held("{}", origin="hub\nx"),
    "no log": held("{}", origin=""),
}
with tempfile.TemporaryDirectory(prefix="dabyl-") as folder:
    for who, profile in PROFILES.items():
        out = pages.run("sealing.js", {"profile": profile})
        path = os.path.join(folder, "request.pem")
        with open(path, "w", encoding="utf-8") as file:
            file.write(out["request"])
        done = subprocess.run(["openssl", "req", "-in", path, "-noout", "-verify"], capture_output=True, text=True, check=False)
        tap.ok(done.returncode == 0, f"{who}: OpenSSL verifies the request", done.stderr)
        code, text = dabyl("ca", "show", "--json", path)
        tap.ok(code == 0, f"{who}: the CA reads it", text)
        shown = json.loads(text) if code == 0 else {}
        tap.equal(shown, {**{k: v for k, v in profile.items() if k != "name"}, "id": profile["name"], "fingerprint": out["fingerprint"]},
                  f"{who}: as it was meant, with the fingerprint that the page shows")  # fmt: skip

out = pages.run("sealing.js", {"held": [good, *wrong.values()]})
public = base64.urlsafe_b64decode(out["key"]["jwk"]["x"] + "=")
tap.equal(out["key"]["id"], hashlib.sha256(public).hexdigest(), "a key is named as seals name it")
signed = f"dabyl-seal/v1\nhub.example/log\n{out['key']['id']}\n1\n{good['root']}\n"
Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(out["signed"][0]["signature"]), signed.encode())
tap.ok(True, "the signature is over the text that is shown, to its last character")
for what, found in zip(wrong, out["signed"][1:]):
    tap.ok("signature" not in found and "Nothing was signed" in found["fault"], f"{what}: nothing is signed", found)
tap.equal(out["leaves"], False, "the key that a page makes cannot be taken out of it")

tap.finish()
