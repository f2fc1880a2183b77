"""upgraded - a world whose folders an earlier build wrote (tests/upgrade/NAME.kept), run by today's programs.

Its programs' clocks go on from when the folders were left, so that nothing is overdue or has ended.
"""

import datetime
import os

import client
import kept
from cast import CAST
from commands import TOP
from node import Node
from world import World


class Upgraded(World):
    def __init__(self, goal, name):
        self.source = os.path.join(TOP, "tests", "upgrade", name + ".kept")
        super().__init__(goal, ("isoc-energy", "owner-grid", "knb"))

    def build(self):
        places = {"@HERE@": self.folder, "@SHARE@": TOP, "@HUB@": self.endpoint}
        self.left = kept.unpack(self.source, self.folder, places)
        behind = datetime.datetime.fromisoformat(self.left) - datetime.datetime.now(datetime.timezone.utc)
        self.ahead = behind.total_seconds() + 60
        with open(self.path("clock"), "w", encoding="utf-8") as file:
            file.write(str(int(self.ahead * 1000)))
        shim = os.path.join(os.path.dirname(self.program("x")), "shims", "clock.so")
        self.env = {"LD_PRELOAD": shim, "CLOCK_FILE": self.path("clock")}
        self.hub.process.env = self.env
        for name in self.cast:
            self.nodes[name] = Node(self, name, *CAST[name])
            self.nodes[name].process.env = self.env
        return self

    def now(self, ahead=0):
        return REAL_TIME(self.ahead + ahead)

    def message(self, kind, author, body, /, **more):
        """As client.message, by the clock of the programs."""
        return client.message(kind, author, body, **more) | {"sent": self.now()}

    def run(self, *arguments, env=None, **more):
        return super().run(*arguments, env=self.env | (env or {}), **more)


REAL_TIME = client.rfc3339
