#!tests/run
"""Goal: an officer writes by the keyboard alone, sees beforehand what would come of it, loses nothing, seals, and the log has it."""

import hashlib
import shutil

import browsing
from console import Console
from world import World

OFFICER = "first-isoc-energy"  # of two, whom World certifies

browsing.ready()
with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb"), officers=("isoc-energy",)) as world:
    world.start()
    node = world.node("isoc-energy")
    node.process.says("law.known")
    consoles = {name: Console(world, world.node(name)).start() for name in ("isoc-energy", "nccis")}

    def certify(file):
        """The CA signs what the browser asked for, and the hub learns of it; the certificate."""
        world.run("ca", "renew", "--ca", world.path("ca"), OFFICER, node.path(file), "--yes", "--out", world.path("renewed"))
        shutil.copy(world.path("renewed", "seal.pem"), world.hub.path("roster", "officer-browser-seal.pem"))
        world.run("hub", "reload", "--hub", world.hub.folder)
        with open(world.path("renewed", "seal.pem"), encoding="utf-8") as certificate:
            return certificate.read()

    def evidence(name, size):
        """A file to hand in."""
        with open(world.path(name), "wb") as file:
            file.write(b"dabyl" * (size // 5))
        return file.name

    def digest(name):
        with open(world.path(name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    browsing.Browsing(
        world,
        link=lambda name, officer: consoles[name].link(officer),
        certify=certify,
        evidence=evidence,
        digest=digest,
        sent=node.has_sent,
        received=lambda name, n: [message["id"] for message in world.node(name).has_received(n)],
        stop=lambda: node.stop() and None,
        start=lambda: node.start().connected() and None,
    ).run("writing.js")
