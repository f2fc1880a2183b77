"""crowd - many nodes at once: certified in bulk, and talking through one thread.

`dabyl ca` takes two processes a node; this signs with the CA's key directly.
"""

import datetime
import os
import secrets

import zmq
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

import client

USES = {"seal": ("digital_signature", "content_commitment"), "channel": ("key_agreement",)}


def usage(names):
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    ).split()
    return x509.KeyUsage(**{name: name in names for name in every})


def raw(key):
    secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return secret, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Certifier:
    """The CA of a world, in this process."""

    def __init__(self, world):
        with open(world.path("ca", "ca.key"), "rb") as file:
            self.key = load_pem_private_key(file.read(), None)
        with open(world.path("ca", "ca.pem"), "rb") as file:
            self.ca = x509.load_pem_x509_certificate(file.read())
        self.roster = world.hub.path("roster")

    def certify(self, name, role, organisation, use, public):
        now = datetime.datetime.utcnow().replace(microsecond=0)
        subject = ((NameOID.COMMON_NAME, name), (NameOID.ORGANIZATIONAL_UNIT_NAME, role))
        subject += ((NameOID.ORGANIZATION_NAME, organisation),)
        issuer = self.ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        cert = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(*pair) for pair in subject]))
            .issuer_name(self.ca.subject)
            .public_key(public)
            .serial_number(secrets.randbits(126) | 1 << 126)
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=300))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage(USES[use]), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer),
                critical=False,
            )
            .sign(self.key, None)
        )
        with open(os.path.join(self.roster, f"{name}-{use}.pem"), "wb") as file:
            file.write(cert.public_bytes(Encoding.PEM))


class Member:
    """One of the crowd: says hello until it is welcome, and takes what is delivered."""

    def __init__(self, certifier, name, role, organisation):
        seal, channel = ed25519.Ed25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()
        certifier.certify(name, role, organisation, "seal", seal.public_key())
        certifier.certify(name, role, organisation, "channel", channel.public_key())
        self.name, self.socket, self.welcome = name, None, False
        self.got, self.position = 0, 0  # deliveries, and where in the log the last one is
        self.secret, self.public = raw(channel)

    def connect(self, context, endpoint, hub_key):
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.curve_secretkey, self.socket.curve_publickey = self.secret, self.public
        self.socket.curve_serverkey = hub_key
        self.socket.connect(endpoint)
        self.welcome = False
        self.hello()

    def hello(self):
        self.socket.send(
            bytes((1, client.HELLO))
            + client.short(self.name)
            + client.short("crowd.py")
            + self.got.to_bytes(8, "big")
            + self.position.to_bytes(8, "big")
            + (256).to_bytes(4, "big")
            + client.long(b"")
        )

    def hear(self, frame):
        if frame[1] == client.WELCOME:
            self.welcome = True
        elif frame[1] == client.RESYNC:
            self.hello()
        elif frame[1] == client.DELIVER:
            for self.position in positions(client.Reader(frame[2:])):
                self.got += 1


def positions(body):
    """Where in the log the deliveries of a frame are; nothing of it is verified here."""
    body.list(body.long)  # certificates
    body.long()
    body.long()
    heads = body.list(lambda: (body.long(), body.long()))
    body.list(body.short)  # why each is delivered
    items = body.list(lambda: client.Client.item(body, heads))
    return [client.parse_leaf(leaf)["position"] for _, leaf, *_ in items]


class Crowd:
    def __init__(self, world, n, role="owner", organisation="GRID"):
        certifier = Certifier(world)
        self.context = zmq.Context()
        self.context.max_sockets = 4 * n + 64
        self.world, self.poller = world, zmq.Poller()
        self.members = [Member(certifier, f"node-{i}", role, organisation) for i in range(n)]

    def connect(self):
        """All of them at once."""
        self.leave()
        hub_key = self.world.hub_key()
        for member in self.members:
            member.connect(self.context, self.world.endpoint, hub_key)
            self.poller.register(member.socket, zmq.POLLIN)

    def leave(self):
        for member in self.members:
            if member.socket:
                self.poller.unregister(member.socket)
                member.socket.close(0)
                member.socket = None

    def listen(self, milliseconds=20):
        by_socket = {member.socket: member for member in self.members}
        for socket, _ in self.poller.poll(milliseconds):
            while socket.poll(0):
                by_socket[socket].hear(socket.recv())

    def all(self, condition):
        """For `until`: listens a little, then asks."""
        self.listen()
        return all(condition(member) for member in self.members)

    def close(self):
        self.leave()
        self.context.term()
