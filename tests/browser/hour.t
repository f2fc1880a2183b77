#!tests/run
"""Goal: an officer's hour at the console by keyboard alone, in Kazakh, Russian and English: what is heard, answered, written and sealed there is in the log, and verifies."""

import hashlib
import os
import shutil

import browsing
import client
from console import Console
from processes import until
from world import World

browsing.ready()


class Hour:
    """What happens beyond the pages, and what is left of what was done in them."""

    def __init__(self, world):
        self.world = world
        self.consoles = {name: Console(world, world.node(name)).start() for name in ("knb", "nccis")}

    def link(self, node, officer):
        return self.consoles[node].link(officer)

    def certify(self, node, officer, request):
        """An administrator takes the request to the CA, and what it signed to the hub; its PEM."""
        world, folder = self.world, self.world.path(f"signed-{officer}")
        world.run(
            *("ca", "sign", "--ca", world.path("ca"), "--officer-of", node, "--yes", "--out", folder),
            world.node(node).path(request),
        )
        certificate = os.path.join(folder, "seal.pem")
        shutil.copy(certificate, world.hub.path("roster", f"{officer}-seal.pem"))
        world.run("hub", "reload", "--hub", world.hub.folder)
        with open(certificate, encoding="utf-8") as file:
            return file.read()

    def alert(self, level, summary):
        """A notice elsewhere, of which an alert comes to national security; the notice's id."""
        notice = client.notice("isoc-energy", level, body={"object": "obj-grid-1"}, summary=summary)
        self.world.node("isoc-energy").drop(notice)
        return notice["id"]

    def sent(self, node, message):
        """What the node has a receipt for: the document, the digest of its bytes, its signatures."""
        place = self.world.node(node)
        until(lambda: message in place.sent(), f"a receipt for {message} at {node}")
        with open(place.path("sent", message + ".json"), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        with open(place.path("sent", message + ".seal"), encoding="utf-8") as file:
            keys = [line.split()[2] for line in file if line.startswith("sig ")]
        return {"document": place.load("sent", message + ".json"), "digest": digest, "keys": keys}

    def waiting(self, node):
        return [name[: -len(".json")] for name in self.world.node(node).names("waiting", ".json")]

    def hub(self, runs):
        if runs:
            self.world.hub.start()
        else:
            self.world.hub.stop()


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    hour = Hour(world)
    calls = {name: getattr(hour, name) for name in ("link", "certify", "alert", "sent", "waiting", "hub")}
    browsing.Browsing(world, **calls).run("hour.js")
