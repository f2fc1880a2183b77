"""proxy - a line between a node and the hub that can be cut, held, or made slow."""

import selectors
import socket
import threading

PASS, HOLD, DRIP = "pass", "hold", "drip"


class Proxy(threading.Thread):
    """Listens on a port of its own; `mode` and `cut()` are the faults."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.target = ("127.0.0.1", port)
        self.mode, self.over = PASS, threading.Event()
        self.cutting = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.select, self.other, self.backlog = selectors.DefaultSelector(), {}, {}
        self.start()

    def run(self):
        self.select.register(self.server, selectors.EVENT_READ)
        while not self.over.is_set():
            for key, _ in self.select.select(0.01):
                if key.fileobj is self.server:
                    self.join_up()
                else:
                    self.read(key.fileobj)
            if self.cutting.is_set():
                for peer in list(self.other):
                    self.drop(peer)
                self.cutting.clear()
            for peer in list(self.backlog):
                self.pass_on(peer)
        for peer in list(self.other):
            self.drop(peer)
        self.server.close()

    def join_up(self):
        near, _ = self.server.accept()
        try:
            far = socket.create_connection(self.target)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.setblocking(False)
            self.other[one], self.backlog[one] = other, b""
            self.select.register(one, selectors.EVENT_READ)

    def drop(self, peer):
        for one in (peer, self.other.get(peer)):
            if one in self.other:
                self.select.unregister(one)
                self.other.pop(one)
                self.backlog.pop(one)
                one.close()

    def read(self, peer):
        if peer not in self.other:
            return
        try:
            data = peer.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.backlog[self.other[peer]] += data
        else:
            self.drop(peer)

    def pass_on(self, peer):
        """What waits for this end: all of it, a few bytes, or nothing."""
        data = self.backlog.get(peer, b"")
        if self.mode == HOLD or not data:
            return
        try:
            sent = peer.send(data[:3] if self.mode == DRIP else data)
        except BlockingIOError:
            return
        except OSError:
            self.drop(peer)
            return
        self.backlog[peer] = data[sent:]

    def cut(self):
        """End every connection there is; new ones are let through."""
        self.cutting.set()
        while self.cutting.is_set() and self.is_alive():
            self.over.wait(0.005)

    def close(self):
        self.over.set()
        self.join()
