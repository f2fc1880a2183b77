#!tests/run
"""Goal: two officers make keys in their browsers and seal one message at two desks, by keyboard; what nobody sends stays."""

import json
import shutil

import browsing
import client
import tap
from console import Console
from world import World

browsing.ready()
with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.officer("aigul", "isoc-energy", "head")
    world.start()
    isoc = world.node("isoc-energy")
    console = Console(world, isoc).start()

    def certify(officer, file):
        """What the CA does on the telephone: the fingerprint it sees, and the certificate it gives."""
        out = world.path(f"{officer}-browser")
        shown = json.loads(world.run("ca", "show", "--json", isoc.path(file)))
        how = ("renew", officer) if officer == "aigul" else ("sign",)
        world.run("ca", how[0], "--ca", world.path("ca"), *how[1:], isoc.path(file), "--yes", "--out", out)
        shutil.copy(f"{out}/seal.pem", world.hub.path("roster", f"{officer}-browser.pem"))
        world.run("hub", "reload", world.hub.folder)
        with open(f"{out}/seal.pem", encoding="utf-8") as pem:
            return {"fingerprint": shown["fingerprint"], "pem": pem.read()}

    def notice():
        fields = client.notice("isoc-energy", 2, summary={"en": "Two substations \u202eopened"})
        return {key: value for key, value in fields.items() if key not in ("id", "sent", "nonce")}

    def seal_of(message):
        isoc.has_sent(1)
        with open(isoc.path("sent", message + ".seal"), encoding="utf-8") as file:
            return file.read().count("sig ed25519 ")

    browsing.Browsing(
        world, link=lambda node, officer: console.link(officer), certify=certify, notice=notice, seal_of=seal_of
    ).run("seal.js")
    tap.equal((len(isoc.sent()), isoc.names("waiting", "")), (1, []), "one message was sent, and none waits")
    shown = world.run("--node", isoc.folder, "inbox", "show", isoc.sent()[0])
    tap.has(shown, "sealed by officer aigul (head)\nsealed by officer berik\n", "under both names")
