#!tests/run
"""Goal: who wrote a message adds a signature from outside of the exchange; all who had the message have it, and can check it."""

import json
import subprocess

import client
import tap
from route import example, refused
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=world.folder)

    def dabyl(node, *words, stdin=None):
        return world.run("--node", node.folder, *words, code=None, stdin=stdin)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-keyout", "national.key", "-out", "national.crt", "-subj", "/CN=national")  # fmt: skip
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "person.key",
            "-out", "person.csr", "-subj", "/CN=Aigul")  # fmt: skip
    openssl("x509", "-req", "-in", "person.csr", "-CA", "national.crt", "-CAkey", "national.key",
            "-CAcreateserial", "-days", "30", "-out", "person.crt")  # fmt: skip
    world.start("nccis", "isoc-energy", "owner-grid")
    centre, desk, owner = map(world.node, ("isoc-energy", "nccis", "owner-grid"))
    centre.drop(client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}))
    (name,) = centre.has_sent(1)
    for node in (desk, owner):
        node.has_received(1)
    message = centre.path("sent", f"{name}.json")
    openssl("cms", "-sign", "-binary", "-signer", "person.crt", "-inkey", "person.key", "-md", "sha256",
            "-outform", "DER", "-in", message, "-out", "notice.p7s")  # fmt: skip

    notice = {"author": "isoc-energy", "id": name}
    added = example("signature", "isoc-energy", re=notice, body={"file": None, "signed_by": "Aigul"})
    for field in ("id", "from", "sent", "nonce"):
        added.pop(field)
    code, text = dabyl(centre, "send", "-", "--attach", world.path("notice.p7s"), stdin=json.dumps(added))
    tap.ok(code == 0 and text.startswith("SENT"), "a signature is sent with its file", text)
    tap.ok("nccis" not in text and "owner-grid" not in text, "who had the message is not said by it", text)
    # signature.receivers tells its author nothing
    for node in (desk, owner):
        (_, got) = node.has_received(2)
        tap.equal((got["kind"], got["re"]), ("signature", notice), f"{node.name}, who had the message, has it")
        code, text = dabyl(node, "attachment", "get", "2", "--into", world.path(f"{node.name}.p7s"))
        tap.ok(code == 0, "and the file", text)
        (first, _) = sorted(node.names("inbox", ".json"))
        code, text = dabyl(node, "verify", node.path("inbox", first), "--cms", world.path(f"{node.name}.p7s"),
                           "--cms-ca", world.path("national.crt"))  # fmt: skip
        tap.ok(code == 0 and "CMS signature by CN=Aigul" in text, "and checks it over its own copy", text)

    owner.stop()
    world.raw("isoc-bank", "owner-grid")
    refused(world, example("signature", "isoc-bank", re=notice), "reference.unknown", "/re",
            "what one never had, one does not sign")  # fmt: skip
    answer = refused(world, example("signature", "owner-grid", re=notice), "author.outside", "/from",
                     "nor what another wrote")  # fmt: skip
    tap.equal(answer.by, "signature.own", "by the rule that says so")
