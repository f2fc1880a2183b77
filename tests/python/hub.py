"""hub - a hub's folder and its daemon."""

import os

import entries
from processes import Process, until


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

    def published(self, *ids):
        """Wait until the public checkpoint, which is what copies go to, covers these messages."""

        def covered():
            with open(self.path("journal", "checkpoint"), encoding="utf-8") as note:
                size = int(note.read().splitlines()[1])
            return {e.id for e in entries.read(self.path("journal")) if e.type == "message" and e.position < size}

        until(lambda: set(ids) <= covered(), "the checkpoint covers what was said")

    def snapshot(self):
        with open(self.path("state", "snapshot"), "rb") as file:
            return file.read()

    def runs(self):
        """The numbers of the sorted files that the snapshot knows of."""
        data = self.snapshot()
        version = int.from_bytes(data[16:18], "big")
        at = 18 + version + 32 + 8 + 32  # its head
        at += 4 + int.from_bytes(data[at : at + 4], "big") + 8  # what the journal knows, and how far tiles are
        at += 16 + 8 + 8  # of the lookup: its key, room, and the number that comes next
        n = int.from_bytes(data[at : at + 4], "big")
        return [int.from_bytes(data[at + 4 + 8 * i :][:8], "big") for i in range(n)]

    def rebuilt(self):
        """(what the hub kept of its state when it ended, what its whole journal comes to)

        No node may be there any more: what it says is entries, and what is kept would go on with them.
        """
        self.stop()
        kept, command = self.snapshot(), self.process.command
        self.process.command = [command[0], "--rebuild", *command[1:]]
        self.start()
        self.process.command = command
        self.kill()
        return kept, self.snapshot()
