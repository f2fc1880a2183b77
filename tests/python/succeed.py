"""succeed - a hub whose log goes on from another's, and nodes that go over to it."""

import glob
import os
import re
import shutil

from hub import Hub
from processes import Process


class Successor(Hub):
    """The hub of folder hub-N, log dabyl.test/log-N, whose predecessor is `before`."""

    def __init__(self, world, number):
        super().__init__(world)
        self.folder = world.path(f"hub-{number}")
        self.origin = f"dabyl.test/log-{number}"
        self.options = []
        self.program = [world.program("dabyl-hub"), self.path("hub.conf")]
        self.process = Process("hub", self.program, self.folder + ".log")

    def build(self, before, checkpoint, journal):
        """Keys and certificates of its own under the same name; the law sealed anew."""
        world = self.world
        world.run("hub", "init", self.folder, "--origin", self.origin, "--listen", world.endpoint)
        who = ("--id", "hub", "--org", "STS", "--role", "hub")
        world.run("ca", "request", "--dir", self.folder, *who)
        request, certs = self.path("request.pem"), self.path("certs")
        ca = ("--ca", world.path("ca"), "--yes", "--out", certs)
        world.run("ca", "renew", "hub", request, *ca)
        for path in glob.glob(before.path("roster", "*")):
            shutil.copy(path, self.path("roster"))
        own = f"{os.path.basename(self.folder)}-seal.pem"
        shutil.copy(self.path("certs", "seal.pem"), self.path("roster", own))
        shutil.copy(before.path("registry.conf"), self.folder)
        shutil.copy(before.path("rules", "plan.rules"), self.path("rules"))
        officer = world.path("duty-nccis")
        keys = ("--key", f"{officer}/keys/seal.key", "--cert", f"{officer}/certs/seal.pem")
        world.run("rules", "seal", self.path("rules/plan.rules"), "--origin", self.origin, *keys)
        with open(self.path("hub.conf"), encoding="utf-8") as file:
            conf = file.read()
        named = f'vkey = "{before.path("vkey")}"; checkpoint = "{checkpoint}"; journal = "{journal}";'
        conf = re.sub(r"predecessor = \{.*?\n\};", "predecessor = { %s };" % named, conf, flags=re.S)
        with open(self.path("hub.conf"), "w", encoding="utf-8") as file:
            file.write(conf)
        return self

    def starts(self, *options):
        """Start with what the operator orders; those that follow are without."""
        self.process.command = self.program + list(options)
        self.start()
        self.process.command = self.program
        return self

    def hand_over(self, node, *options, code=0, env=None):
        """What the node's operator does with the folder that the hub's hands over."""
        folder = self.world.path("handed-over")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.path("journal", "succession"), folder)
        shutil.copy(self.path("certs", "channel.pem"), os.path.join(folder, "hub-channel.pem"))
        return self.world.run(
            *("node", "accept-log", folder, "--node", node.folder, "--yes", *options),
            code=code,
            env=env,
        )
