#!tests/run
"""Goal: a CA whose certificate was renewed is the same CA to everybody who verifies.

Same name, same key, other dates: what was sealed before and after is good with the old
certificate, the new one, or both; another CA of that name is none of them.
"""

import shutil
import subprocess

import client
import tap
from world import World


def renewed(world, key, name):
    """The CA's certificate anew, of this key."""
    out = world.path(name)
    subprocess.run(
        ["openssl", "x509", "-in", world.hub.path("certs", "ca.pem"), "-signkey", key,
         "-days", "4000", "-set_serial", "7", "-out", out],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return out


def verify(world, node, cas):
    """Everything in this node's folders, under these certificates of CAs."""
    named = [word for ca in cas for word in ("--ca", ca)]
    files = [node.path(folder, name) for folder in ("sent", "inbox") for name in node.names(folder, ".json")]
    return world.run("verify", *named, *files, code=None)


def audit(world, cas):
    named = [word for ca in cas for word in ("--ca", ca)]
    journal, vkey = world.hub.path("journal"), world.hub.path("vkey")
    return world.run("verify", "--journal", journal, "--vkey", vkey, *named, code=None)


with World(__doc__) as world:
    old = world.hub.path("certs", "ca.pem")
    shutil.copy(old, world.path("ca-old.pem"))
    old = world.path("ca-old.pem")
    new = renewed(world, world.path("ca", "ca.key"), "ca-new.pem")
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", world.path("stranger.key")],
        check=True, timeout=60,
    )  # fmt: skip
    stranger = renewed(world, world.path("stranger.key"), "ca-stranger.pem")

    world.start("isoc-energy", "nccis")
    node, sender = world.node("nccis"), world.node("isoc-energy")
    sender.drop(client.notice("isoc-energy", 4))
    node.has_received(2)
    shutil.copy(new, world.hub.path("certs", "ca.pem"))
    tap.has(world.reload(), "law.reloaded", "the hub takes the renewed certificate")
    sender.drop(client.notice("isoc-energy", 4))
    node.has_received(4)
    for one in (node, sender):
        one.stop()
    world.hub.stop()

    for cas, what in (([old], "the old"), ([old, new], "both"), ([new, old], "both, the new first")):
        code, text = verify(world, node, cas)
        tap.equal((code, code and text), (0, 0), f"a node's messages verify with {what}")
    for cas, what in (([old], "the old"), ([new], "the new"), ([stranger, new], "a stranger's and the new")):
        code, text = audit(world, cas)
        tap.equal((code, code and text), (0, 0), f"the journal verifies with {what}")
    code, text = audit(world, [stranger])
    tap.equal(code, 1, "and not with another CA of that name")
    tap.has(text, "its CA is not the one in", "which is said")
    code, text = audit(world, [stranger, stranger])
    tap.has(text, "its CA is none of the 2 that were named", "of several, too")
    code, text = verify(world, node, [stranger])
    tap.ok(code != 0 and "GOOD  " not in text.replace("NOT GOOD", ""), "nor do a node's messages")
