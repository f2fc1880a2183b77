"""hub - a hub's folder and its daemon."""

import os

from processes import Process


class Hub:
    def __init__(self, world):
        self.world = world
        self.folder = os.path.join(world.folder, "hub")
        self.process = Process(
            "hub", [world.program("dabyl-hub"), self.path("hub.conf")], self.folder + ".log"
        )

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, wait=True):
        self.world.begin(self.process)
        if wait:
            self.process.says("hub.ready")
        return self

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()
