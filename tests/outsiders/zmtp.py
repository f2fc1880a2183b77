"""zmtp - the two ends of a CURVE connection byte by byte (RFC 23, 26), for what no library would send.

It speaks to libzmq as any peer on the network can: in its own order, with its own lengths, and it
may stop, or reset the connection, at any byte.
"""

import ctypes
import ctypes.util
import os
import selectors
import socket
import struct

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
MORE, COMMAND = 1, 2
GREETING = b"\xff" + bytes(8) + b"\x7f\3\1" + b"CURVE".ljust(20, b"\0")


class Refused(Exception):
    """The other end said no, or hung up."""


def key_pair():
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    SODIUM.crypto_box_keypair(public, secret)
    return public.raw, secret.raw


def box(text, nonce, public, secret):
    out = ctypes.create_string_buffer(len(text) + 16)
    if SODIUM.crypto_box_easy(out, text, ctypes.c_ulonglong(len(text)), nonce, public, secret):
        raise Refused("a box that cannot be closed")
    return out.raw


def unbox(data, nonce, public, secret):
    out = ctypes.create_string_buffer(max(1, len(data) - 16))
    if SODIUM.crypto_box_open_easy(
        out, data, ctypes.c_ulonglong(len(data)), nonce, public, secret
    ):
        raise Refused("a box that cannot be opened")
    return out.raw[: len(data) - 16]


def frame(data, flags=0):
    """A frame on the wire: flags, length, bytes."""
    if len(data) > 255:
        return bytes((flags | 2,)) + struct.pack(">Q", len(data)) + data
    return bytes((flags, len(data))) + data


def command(data):
    return frame(data, 4)


def ping(ttl=0, context=b""):
    return b"\4PING" + struct.pack(">H", ttl) + context


def properties(identity=b"", kind=b"DEALER"):
    text = b""
    for name, value in ((b"Socket-Type", kind), (b"Identity", identity)):
        text += bytes((len(name),)) + name + struct.pack(">I", len(value)) + value
    return text


class Peer:
    """Either end of a connection; `sent` counts what this end has said since the handshake."""

    def __init__(self, line, box_prefix):
        self.line, self.prefix, self.number = line, box_prefix, 2
        self.precom = None

    def read(self, size):
        data = b""
        while len(data) < size:
            try:
                more = self.line.recv(size - len(data))
            except (ConnectionError, TimeoutError) as error:
                raise Refused(str(error)) from error
            if not more:
                raise Refused("the connection ended")
            data += more
        return data

    def read_frame(self):
        flags, size = self.read(2)
        if flags & 2:
            size = struct.unpack(">Q", bytes((size,)) + self.read(7))[0]
        return flags, self.read(size)

    def message(self, data, flags=0, number=None):
        """The bytes of one encrypted frame; numbers rise by themselves."""
        if number is None:
            number = self.number
            self.number += 1
        short = struct.pack(">Q", number)
        nonce = self.prefix + short
        text = bytes((flags,)) + data
        out = ctypes.create_string_buffer(len(text) + 16)
        SODIUM.crypto_box_easy_afternm(
            out, text, ctypes.c_ulonglong(len(text)), nonce, self.precom
        )
        return frame(b"\7MESSAGE" + short + out.raw)

    def opened(self, data, prefix):
        """What the other end, whose nonces have this prefix, said in an encrypted frame."""
        nonce, sealed = prefix + data[8:16], data[16:]
        out = ctypes.create_string_buffer(len(sealed) - 16)
        if SODIUM.crypto_box_open_easy_afternm(
            out, sealed, ctypes.c_ulonglong(len(sealed)), nonce, self.precom
        ):
            raise Refused("a frame that does not open")
        return out.raw[1:]

    def send(self, data):
        try:
            self.line.sendall(data)
        except OSError as error:
            raise Refused(str(error)) from error

    def agree(self, public, secret):
        self.precom = ctypes.create_string_buffer(32)
        SODIUM.crypto_box_beforenm(self.precom, public, secret)

    def reset(self):
        """RST instead of FIN."""
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.line.close()

    def close(self):
        self.line.close()


class Client(Peer):
    """A node's end: `hello` and `initiate` may be called apart, and `initiate` may carry more bytes."""

    def __init__(self, port, hub_key, channel, seconds=20):
        line = socket.create_connection(("127.0.0.1", port), seconds)
        super().__init__(line, b"CurveZMQMESSAGEC")
        self.hub_key, self.channel = hub_key, channel
        self.public, self.secret = key_pair()
        self.theirs = self.cookie = None

    def greet(self):
        self.send(GREETING + bytes(32))
        self.read(64)

    def hello(self):
        nonce = struct.pack(">Q", 1)
        sealed = box(bytes(64), b"CurveZMQHELLO---" + nonce, self.hub_key, self.secret)
        self.send(command(b"\5HELLO\1\0" + bytes(72) + self.public + nonce + sealed))
        _, welcome = self.read_frame()
        if not welcome.startswith(b"\7WELCOME"):
            raise Refused(repr(welcome[:20]))
        text = unbox(welcome[24:], b"WELCOME-" + welcome[8:24], self.hub_key, self.secret)
        self.theirs, self.cookie = text[:32], text[32:]
        self.agree(self.theirs, self.secret)

    def initiate(self, metadata=None, more=b""):
        """INITIATE, and in the same write what may follow only after READY."""
        random = os.urandom(16)
        vouch = box(
            self.public + self.hub_key, b"VOUCH---" + random, self.theirs, self.channel.secret
        )
        text = self.channel.public + random + vouch
        text += properties() if metadata is None else metadata
        nonce = struct.pack(">Q", 2)
        sealed = box(text, b"CurveZMQINITIATE" + nonce, self.theirs, self.secret)
        self.send(command(b"\x08INITIATE" + self.cookie + nonce + sealed) + more)
        self.number = max(self.number, 3)

    def ready(self):
        _, data = self.read_frame()
        if not data.startswith(b"\5READY"):
            raise Refused(repr(data[:20]))

    def come_in(self, metadata=None):
        self.greet()
        self.hello()
        self.initiate(metadata)
        self.ready()
        return self


class Server(Peer):
    """A hub's end, for a node that has connected: everything as the hub would, until told otherwise."""

    def __init__(self, line, channel, seconds=20):
        line.settimeout(seconds)
        super().__init__(line, b"CurveZMQMESSAGES")
        self.channel = channel
        self.public, self.secret = key_pair()

    def let_in(self):
        self.send(GREETING + b"\1" + bytes(31))
        self.read(64)
        _, hello = self.read_frame()
        theirs = hello[80:112]
        random, cookie = os.urandom(16), os.urandom(96)
        text = self.public + cookie
        sealed = box(text, b"WELCOME-" + random, theirs, self.channel.secret)
        self.send(command(b"\7WELCOME" + random + sealed))
        self.read_frame()
        nonce = struct.pack(">Q", 1)
        sealed = box(properties(kind=b"ROUTER"), b"CurveZMQREADY---" + nonce, theirs, self.secret)
        self.send(command(b"\5READY" + nonce + sealed))
        self.agree(theirs, self.secret)
        return self


def burst(peer, data, frames, every):
    """So many frames, and a PING, which libzmq answers at once, after each few of them and at the end."""
    said = b""
    for i in range(frames):
        said += peer.message(data)
        if i % every == 0:
            said += peer.message(ping(1), COMMAND)
    return said + peer.message(ping(1), COMMAND) + peer.message(data)


def alive(lines):
    """Those of the sockets whose other end has not ended the connection; what it said is read and forgotten."""
    with selectors.DefaultSelector() as select:
        for line in lines:
            select.register(line, selectors.EVENT_READ)
        ended = set()
        while events := select.select(0):
            for key, _ in events:
                try:
                    data = key.fileobj.recv(65536, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                if not data:
                    select.unregister(key.fileobj)
                    ended.add(key.fileobj)
        return [line for line in lines if line not in ended]
