#!tests/run
"""Goal: certificates, revocations and the hub's channel key change while everybody works, and what a
node must know of it the hub hands over: no file is copied to it, and nobody loses a message."""

import os
import shutil
import signal
import sys

import tap
from processes import until
from world import World


def serial_count(world, path):
    """How many certificates a CRL names."""
    import subprocess

    text = subprocess.run(
        ["openssl", "crl", "-in", path, "-noout", "-text"], capture_output=True, text=True, check=True
    ).stdout
    return text.count("Serial Number:")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data, mode=0o644):
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)


def lines(node, word):
    return node.process.text().count(word)


def again(node, word, action):
    """Do it, and wait until the log says the word once more; that line."""
    before = lines(node, word)
    action()
    node.process.says_again(word, before)
    return [line for line in node.process.text().splitlines() if word in line][-1]


def hangup(node):
    return lambda: node.process.signal(signal.SIGHUP)


def sends(world, node):
    """A message gets its receipt."""
    folder = node.path("outbox")
    with open(world.path("advice.json"), "w", encoding="utf-8") as file:
        file.write(
            '{"kind": "threat.report", "marking": "TLP:GREEN", "summary": {"en": "Scans."},'
            ' "body": {"description": "Scans of port 502."}}'
        )
    text = world.run("--node", node.folder, "send", world.path("advice.json"))
    return "receipt" in text or "sent" in text or bool(os.listdir(folder) == [])


def revocations(world, nccis, isoc):
    world.revoke("owner-grid")
    world.run("hub", "reload", world.hub.folder)
    for node in (nccis, isoc):
        again(node, "crl.loaded", lambda node=node: world.run("--node", node.folder, "node", "reload"))
    tap.ok(
        read(nccis.path("certs", "crl.pem")) == read(world.path("ca", "crl.pem")),
        "nodes have the revocation list from the hub",
    )
    tap.ok(serial_count(world, isoc.path("certs", "crl.pem")) == 2, "with what was revoked")
    shutil.copy(world.path("crl-before.pem"), isoc.path("certs", "crl.pem"))
    line = again(isoc, "certificates.refused", hangup(isoc))
    tap.has(line, "lower than", "an older list is refused by the node, too")
    shutil.copy(world.path("ca", "crl.pem"), isoc.path("certs", "crl.pem"))
    again(isoc, "certificates.loaded", hangup(isoc))


def renewed(world, isoc):
    """The same keys, further certificates."""
    lost = lines(isoc, "link.lost")
    world.run("ca", "renew", "isoc-energy", "--ca", world.path("ca"), "--out", isoc.path("certs"))
    for use in ("seal", "channel"):
        shutil.copy(isoc.path("certs", f"{use}.pem"), world.hub.path("roster", f"isoc-energy-{use}-2.pem"))
    world.run("hub", "reload", world.hub.folder)
    line = again(isoc, "certificates.loaded", hangup(isoc))
    tap.has(line, "renewed=yes", "SIGHUP: renewed certificates are taken")
    tap.ok(lines(isoc, "link.lost") == lost, "and the session goes on")
    good = read(isoc.path("certs", "seal.pem"))
    write(isoc.path("certs", "seal.pem"), b"-----BEGIN CERTIFICATE-----\nnonsense\n")
    text = world.run("--node", isoc.folder, "node", "reload", code=1)
    tap.has(text, "what was in force stays", "a broken one is refused")
    shutil.copy(world.path("knb", "certs", "seal.pem"), isoc.path("certs", "seal.pem"))
    text = world.run("--node", isoc.folder, "node", "reload", code=1)
    tap.has(text, "is not the certificate of", "and another's")
    write(isoc.path("certs", "seal.pem"), good)
    world.run("--node", isoc.folder, "node", "reload")
    tap.ok(sends(world, isoc), "messages go on")


def new_keys(world, isoc):
    fresh = world.path("fresh")
    who = ("--id", "isoc-energy", "--role", "isoc", "--org", isoc.organisation)
    world.run("ca", "request", "--dir", fresh, *who)
    world.run("ca", "renew", "isoc-energy", f"{fresh}/request.pem", "--ca", world.path("ca"), "--yes", "--out", f"{fresh}/certs")
    for use in ("seal", "channel"):
        shutil.copy(f"{fresh}/certs/{use}.pem", world.hub.path("roster", f"isoc-energy-{use}-3.pem"))
    world.run("hub", "reload", world.hub.folder)
    for use in ("seal", "channel"):
        write(isoc.path("keys", f"{use}.key"), read(f"{fresh}/keys/{use}.key"), 0o600)
        shutil.copy(f"{fresh}/certs/{use}.pem", isoc.path("certs", f"{use}.pem"))
    again(isoc, "link.ready", hangup(isoc))
    tap.ok(sends(world, isoc), "new keys: a new session by them, and messages go on")


def next_key(world, nodes):
    hub = world.hub
    text = world.run("hub", "channel", "switch", hub.folder, code=1)
    tap.has(text, "no next key", "there is nothing to change over to yet")
    text = world.run("hub", "channel", "renew", hub.folder)
    tap.has(text, "dabyl ca renew hub", "an offline CA: the next commands are named")
    answer = world.path("next.answer")
    world.run("ca", "renew", "hub", hub.path("request-next.pem"), "--ca", world.path("ca"), "--yes", "--answer", answer)
    world.run("hub", "channel", "renew", hub.folder, "--answer", answer)
    for node in nodes:
        again(node, "next=\"known", lambda node=node: world.run("--node", node.folder, "node", "reload"))
        tap.ok(os.path.exists(node.path("certs", "hub-channel.pem.next")), f"{node.name} knows the next certificate")
    old = read(nodes[0].path("certs", "hub-channel.pem"))
    nodes[1].kill()  # and starts while the hub has the next key already
    hub.stop()
    world.run("hub", "channel", "switch", hub.folder)
    before = lines(nodes[0], "link.ready")
    hub.start()
    nodes[1].start()
    nodes[1].process.says("link.ready")
    nodes[0].process.says_again("link.ready", before)
    for node in nodes:
        until(lambda node=node: not os.path.exists(node.path("certs", "hub-channel.pem.next")), "it is in use")
        tap.ok(read(node.path("certs", "hub-channel.pem")) == read(hub.path("certs", "channel.pem")) != old,
               f"{node.name} goes on by itself, with the hub's new key")
    tap.ok(sends(world, nodes[0]), "messages go on")
    world.run("hub", "channel", "renew", hub.folder, "--ca", world.path("ca"))
    tap.ok(os.path.exists(hub.path("certs", "next-channel.pem")), "with the CA here it is one command")


with World(__doc__, cast=("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    nccis, isoc = world.node("nccis"), world.node("isoc-energy")
    for node in (nccis, isoc):
        with open(node.path("node.conf"), "a", encoding="utf-8") as conf:
            conf.write('crl = "certs/crl.pem";\n')
    world.start("nccis", "isoc-energy")
    revocations(world, nccis, isoc)
    renewed(world, isoc)
    new_keys(world, isoc)
    next_key(world, [isoc, nccis])
sys.exit(tap.finish())
