"""authority - the CA of a world, and whom it certifies: nodes and their officers."""

import os
import shutil

import client
from node import NODE_CONF, Node


# Which offices of a node the two hold who seal for it, by its role.
OFFICES = {
    "headquarters": ("head", "deputy-head"),
    "nccis": ("head", None),
    "national-security": ("chairman", "deputy-chairman"),
}


class Authority:
    """The part of a world that certifies and revokes."""

    def certification(self, name, who, organisation, *how):
        """Its two commands: request on the holder's side, signature on the CA's."""
        folder = self.path(name)
        return (
            ("ca", "request", "--dir", folder, "--id", name, "--org", organisation, *who),
            (
                *("ca", "sign", "--ca", self.path("ca"), "--yes", "--out", f"{folder}/certs"),
                *(*how, f"{folder}/request.pem"),
            ),
        )

    def certify(self, name, who, organisation, *how):
        """The folder has keys/ and certs/ then."""
        for command in self.certification(name, who, organisation, *how):
            self.run(*command)

    def admit(self, name):
        """Give the hub the certificates of a node or an officer."""
        for use in ("seal", "channel"):
            source = self.path(name, "certs", f"{use}.pem")
            if os.path.exists(source):
                shutil.copy(source, self.hub.path("roster", f"{name}-{use}.pem"))

    def enrol(self, name, role, organisation, *how):
        """A node: its keys and certificates, what it must know of the hub, its node.conf."""
        self.certify(name, ("--role", role), organisation, *how)
        return self.settle(name, role, organisation)

    def settle(self, name, role, organisation):
        """What a node that is certified needs beside it."""
        node = self.nodes[name] = Node(self, name, role, organisation)
        self.admit(name)
        shutil.copy(self.hub.path("certs", "channel.pem"), node.path("certs", "hub-channel.pem"))
        shutil.copy(self.hub.path("vkey"), node.path("hub.vkey"))
        with open(node.path("node.conf"), "w", encoding="utf-8") as conf:
            conf.write(NODE_CONF.format(node=name, endpoint=self.endpoint))
        return node

    @staticmethod
    def person(node, office=None, territory=None):
        return (
            *("--officer-of", node),
            *(("--office", office) if office else ()),
            *(("--territory", territory) if territory else ()),
        )

    def officer(self, name, node, office=None, territory=None):
        """A person who may seal for this node, and may hold an office there."""
        self.certify(name, self.person(node, office, territory), self.cast[node][1])
        self.admit(name)

    def officers(self, node):
        """The two who seal for this node what takes officers' seals; who is in office is named by it."""
        first, second = self.offices(node)
        return [f"{first or 'first'}-{node}", f"{second or 'second'}-{node}"]

    def offices(self, node):
        return OFFICES.get(self.cast[node][0], (None, None))

    def cosign(self, node, message, *officers):
        """What waits in the node is sealed by them: all two of its officers, where none is named."""
        text = ""
        for name in officers or self.officers(node):
            key, cert = self.path(name, "keys", "seal.key"), self.path(name, "certs", "seal.pem")
            text = self.run(
                "--node", self.node(node).folder, "cosign", message, "--key", key, "--cert", cert
            )
        return text

    def sealing_keys(self, node):
        """What its raw clients seal with beside the node's own key, where the law asks for it."""
        return [self.officer_key(name) for name in self.officers(node)] if node in self.sealing else []

    def officer_key(self, name):
        return client.SealKey(self.path(name, "keys", "seal.key"))

    def revoke(self, name):
        """Revoke a node's certificates; the hub hears of it at its next start or reload."""
        current = self.hub.path("certs", "crl.pem")
        shutil.copy(current, self.path("crl-before.pem"))
        self.run("ca", "revoke", name, "--ca", self.path("ca"))
        shutil.copy(self.path("ca", "crl.pem"), current)

    def forget_revocations(self):
        shutil.copy(self.path("crl-before.pem"), self.hub.path("certs", "crl.pem"))
