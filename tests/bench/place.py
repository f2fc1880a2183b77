"""place - a CA, a hub and nodes without daemons in one folder below build/: what a load is put on.

Nodes are certified in bulk, since the largest case has thousands of them; `tests/tools/bench.c` speaks
in their names, with the keys it finds in their folders.  Folders are deleted when all is measured:
deleting a gigabyte slows down the file system under the next case.
"""

import os
import re
import shutil
import tempfile

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519

import client
from cast import registry
from commands import TOP
from crowd import Certifier
from world import World

FOLDERS = []
ROLES = {
    "sub": ("nccis", "STS"),
    "pub": ("isoc", "BENCH"),
    "owner": ("owner", "BENCH"),
    "reader": ("authority", "BENCH"),
    "idle": ("isoc", "BENCH"),
}


def new_folder():
    os.makedirs(os.path.join(TOP, "build"), exist_ok=True)
    FOLDERS.append(tempfile.mkdtemp(prefix="bench-", dir=os.path.join(TOP, "build")))
    return FOLDERS[-1]


def delete_folders():
    while FOLDERS:
        shutil.rmtree(FOLDERS.pop(), ignore_errors=True)


class Place(World):
    """`crowd` says how many nodes there are of each of `roles`; they are pub-1, pub-2 and so on.

    `rules` are put behind those of the plan, as they stand there.
    """

    def __init__(self, crowd, roles=None, settings=None, rules=""):
        roles, self.changes, self.more_rules = {**ROLES, **(roles or {})}, settings or {}, rules
        self.members = [(f"{word}-{n + 1}", *roles[word]) for word, many in crowd.items() for n in range(many)]
        super().__init__("a load", {name: who for name, *who in self.members}, new_folder())
        self.registry = registry(sorted({"STS", *(who[2] for who in self.members)}), {})

    def build(self):
        self.build_hub()
        self.change_settings()
        certifier = Certifier(self)
        centre = next(name for name, role, _ in self.members if role == "nccis")
        for name, role, organisation in self.members:
            if name == centre:
                self.enrol(name, role, organisation)  # the CA knows the node whose officer seals the rules
            else:
                self.admit_quickly(certifier, name, role, organisation)
        self.officer("duty", centre)
        if self.more_rules:
            text = self.rules().rstrip().removesuffix(");").rstrip()
            with open(self.hub.path("rules", "plan.rules"), "w", encoding="utf-8") as file:
                file.write(f"{text}{self.more_rules}\n);\n")
        self.seal_rules("duty")
        return self

    def change_settings(self):
        """Other values for keys that `hub init` wrote, which are there by their last name once."""
        with open(self.hub.path("hub.conf"), encoding="utf-8") as conf:
            text = conf.read()
        for key, value in self.changes.items():
            text, n = re.subn(rf"(?m)^(\s*){re.escape(key)} = .*;", rf"\g<1>{key} = {value};", text)
            if n != 1:
                raise RuntimeError(f"hub.conf has {n} lines for {key}")
        with open(self.hub.path("hub.conf"), "w", encoding="utf-8") as conf:
            conf.write(text)

    def admit_quickly(self, certifier, name, role, organisation):
        keys = {"seal": ed25519.Ed25519PrivateKey, "channel": x25519.X25519PrivateKey}
        os.makedirs(self.path(name, "keys"))
        for use, kind in keys.items():
            key = kind.generate()
            certifier.certify(name, role, organisation, use, key.public_key())
            descriptor = os.open(self.path(name, "keys", f"{use}.key"), os.O_CREAT | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def speak(self, name, seconds=60):
        """A conversation in the name of one of the nodes."""
        return client.Client(
            self.endpoint,
            self.hub_key(),
            self.origin,
            name,
            client.ChannelKey(self.path(name, "keys", "channel.key")),
            client.SealKey(self.path(name, "keys", "seal.key")),
            seconds=seconds,
        )
