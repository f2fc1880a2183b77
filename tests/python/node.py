"""node - a node's folder, its daemon, and a raw client with its keys."""

import json
import os

import client
from processes import Process, until

NODE_CONF = """node = "{node}";
hub = {{ endpoints = ["{endpoint}"]; certificate = "certs/hub-channel.pem"; vkey = "hub.vkey"; }};
ca = "certs/ca.pem";
keys = {{ seal = "keys/seal.key"; channel = "keys/channel.key"; }};
certificates = {{ seal = "certs/seal.pem"; channel = "certs/channel.pem"; }};
"""


class Node:
    """A node's folder, its daemon, and a raw client with its keys."""

    def __init__(self, world, name, role, organisation):
        self.world, self.name, self.role, self.organisation = world, name, role, organisation
        self.folder = os.path.join(world.folder, name)
        self.process = Process(
            name, [world.program("dabyl-node"), "-c", self.path("node.conf")], self.folder + ".log"
        )

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, wait=True):
        self.world.begin(self.process)
        if wait:
            self.process.says("node.ready")
        return self

    def connected(self):
        """Wait until it has a session: what asks the hub needs one."""
        self.process.says("link.ready")
        return self

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    def seal_key(self):
        return client.SealKey(self.path("keys", "seal.key"))

    def channel_key(self):
        return client.ChannelKey(self.path("keys", "channel.key"))

    def client(self, **more):
        """A conversation of our own with the hub, in this node's name."""
        options = dict(node=self.name, channel=self.channel_key(), seal=self.seal_key())
        options["officers"] = self.world.sealing_keys(self.name)
        options.update(more)
        node = client.Client(
            self.world.endpoint, self.world.hub_key(), self.world.origin, **options
        )
        self.world.clients.append(node)
        return node

    # --- its folders ------------------------------------------------------------------------

    def drop(self, fields, name=None):
        """Rename a message into outbox/, as any program may; returns the file's name."""
        data = fields if isinstance(fields, bytes) else client.encode(fields)
        name = name or (fields.get("id") if isinstance(fields, dict) else None) or client.uuid7()
        os.makedirs(self.path("outbox"), exist_ok=True)
        temporary = self.path("outbox", f".{name}.tmp")
        with open(temporary, "wb") as file:
            file.write(data)
        os.rename(temporary, self.path("outbox", name + ".json"))
        return name

    def names(self, folder, ending):
        try:
            return sorted(
                n for n in os.listdir(self.path(folder)) if n.endswith(ending) and n[0] != "."
            )
        except FileNotFoundError:
            return []

    def sent(self):
        """Ids of messages that the hub's receipt is there for."""
        return [name[: -len(".tlog-proof")] for name in self.names("sent", ".tlog-proof")]

    def refused(self):
        """Reasons by file name, as the node gives them to people."""
        return {name: self.load("refused", name) for name in self.names("refused", ".reason.json")}

    def inbox(self):
        """Messages delivered and stored, in order: a document appears after all that proves it."""
        return [self.load("inbox", name) for name in self.names("inbox", ".json")]

    def bytes_of(self, message):
        """The document of a message that was delivered, byte for byte."""
        (name,) = (name for name in self.names("inbox", ".json") if message["id"] in name)
        with open(self.path("inbox", name), "rb") as file:
            return file.read()

    def why(self):
        """Message id -> the routing line that brought it here."""
        found = {}
        for name in self.names("inbox", ".why"):
            with open(self.path("inbox", name), encoding="utf-8") as file:
                found[name[13 : -len(".why")]] = file.readline().strip()
        return found

    def load(self, *parts):
        with open(self.path(*parts), encoding="utf-8") as file:
            return json.load(file)

    def has_sent(self, n=1):
        return until(lambda: len(self.sent()) >= n and self.sent(), f"{n} receipts at {self.name}")

    def has_received(self, n=1):
        return until(
            lambda: len(self.names("inbox", ".json")) >= n and self.inbox(),
            f"{n} deliveries at {self.name}",
        )

    def has_refused(self, n=1):
        return until(
            lambda: len(self.refused()) >= n and self.refused(), f"{n} refusals at {self.name}"
        )
