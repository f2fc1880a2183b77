#!tests/run
"""Goal: what the pages compute by themselves is right: the hash of a file that comes in pieces, and places in a document."""

import hashlib
import os

import pages
import tap

tap.note(__doc__)
if pages.missing():
    tap.skip_all(pages.missing())

texts = [os.urandom(length) for length in range(260)] + [b"dabyl" * 20000 + b"!"]
said = pages.run("computed.js", {"texts": [text.hex() for text in texts]})
wrong = [len(text) for text, found in zip(texts, said["hashes"]) if set(found) != {hashlib.sha256(text).hexdigest()}]
tap.equal(wrong, [], "SHA-256 of every length to 259 bytes and of a long text, whole and in pieces")
tap.equal((said["found"], said["none"]), ("form", True), "what is put into a list is found there, and nothing else")
tap.equal(said["list"], [{"type": "form"}], "what is taken from a list leaves no hole")
tap.equal(
    said["written"],
    {"kind": "trace.manifest", "body": {"traces": [{"type": "form"}]}, "summary": {"kk": "Із"}},
    "what is empty is not written",
)
tap.equal((said["nought"], said["empty"]), ({"body": {"held": False, "level": 0}}, {"body": {}}), "no and nought are not empty, and a body there always is")
tap.equal(said["within"], [True, True, False], "a place lies in another by whole steps")
tap.equal(said["differences"], ["/a/b", "/d", "/e"], "two texts differ where they differ")
tap.finish()
