#!tests/run
"""Goal: ten thousand openings, slow clients, large files, a full disk and a node that stops leave the console to those who work with it."""

import collections
import errno
import hashlib
import os
import socket

import client
import order
import tap
from console import Browser, Console
from processes import until
from world import World

SETTINGS = """silence_seconds = 2; connections = 64; streams = 12; streams_each = 4; upload_megabytes = 100;
"""

with World(__doc__, ("nccis", "isoc-energy")) as world:
    node = world.node("isoc-energy")
    console = Console(world, node, SETTINGS)
    orders = world.path("orders")
    console.process.env = dict(order.preload(shim="fail"), FAIL_ORDERS=orders)
    console.start()
    officer, other = console.browser("daniyar"), console.browser("aigul")

    def descriptors():
        return len(os.listdir(f"/proc/{console.process.pid}/fd"))

    def uploads():
        return os.listdir(node.path("state", "web", "uploads"))

    # --- ten thousand event streams of one officer
    before = descriptors()
    kept, codes = collections.deque(maxlen=500), collections.Counter()
    ends = []
    for n in range(10000):
        connection = officer.connection()
        connection.request("GET", "/api/events", headers=officer.headers("GET"))
        if n < 600 or n % 100 == 0:
            try:
                answer = connection.getresponse()
                codes[answer.status] += 1
            except OSError:
                codes["ended"] += 1
        if len(kept) == kept.maxlen:
            kept.popleft().close()
        kept.append(connection)
        if n % 1000 == 500:
            ends.append(other.get("/api/me").status)
    tap.equal(ends, [200] * 10, "while one officer opens ten thousand streams another is served")
    tap.ok(codes[200] <= 8 and codes[503] + codes["ended"] > 600, "of those a few are open at a time", codes)
    tap.ok(descriptors() <= before + 80, "and no more than the connections that there may be", descriptors())
    for connection in kept:
        connection.close()
    console.until("the streams are gone when nobody has them open", lambda status: status["streams"] == 0)

    # --- ten thousand connections that say nothing
    silent = collections.deque(maxlen=700)
    ends = []
    for n in range(10000):
        silent.append(socket.create_connection(("127.0.0.1", console.port), timeout=60))
        if n % 1000 == 500:
            ends.append(other.get("/api/me").status)
    tap.equal(ends, [200] * 10, "while ten thousand connections say nothing officers are served")
    tap.ok(console.status()["ended"] > 0, "for idle ones had to go")
    for wire in silent:
        wire.close()

    # --- a letter now and then
    def drip(text):
        """Say this slowly, for as long as the console listens; how much it took."""
        with socket.create_connection(("127.0.0.1", console.port), timeout=60) as wire:
            wire.setblocking(False)
            said = iter(text)

            def ended():
                try:
                    wire.send(bytes([next(said)]))
                    return wire.recv(65536) == b""
                except BlockingIOError:
                    return False
                except OSError:
                    return True

            until(ended, "a slow client is let go of")

    drip(b"GET /api/me HTTP/1.1\r\nX-Slow: " + b"a" * 100000)
    tap.ok(True, "who says a request letter by letter is let go of")
    head = "".join(
        f"{name}: {value}\r\n" for name, value in {**officer.headers("PUT"), "Content-Length": 5000}.items()
    )
    name = hashlib.sha256(b"x").hexdigest()
    drip(f"PUT /api/files/{name} HTTP/1.1\r\n{head}\r\n".encode() + b"x" * 4999)
    tap.ok(True, "and who sends a file so")
    until(lambda: not uploads(), "nothing is left of it")

    # --- a stream that nobody reads
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect(("127.0.0.1", console.port))
    lines = "".join(f"{name}: {value}\r\n" for name, value in officer.headers("GET").items())
    wire.sendall(f"GET /api/events HTTP/1.1\r\n{lines}\r\n".encode())
    console.until("a stream is open", lambda status: status["streams"] == 1)
    versions = iter(range(1000000))

    def unread():
        for _ in range(50):
            draft = {"version": next(versions), "kind": "incident.notice", "document": {}, "note": ""}
            other.ask("PUT", "/api/drafts/unread", draft)
        return console.status()["streams"] == 0

    until(unread, "a stream that nobody reads is ended")
    tap.ok(True, "a stream that nobody reads is ended")
    wire.close()

    # --- files
    def put(data, size=None, name=None, browser=officer):
        name = name or hashlib.sha256(data).hexdigest()
        headers = {"Content-Length": str(size if size is not None else len(data))}
        return browser.ask("PUT", f"/api/files/{name}", data, headers)

    answer = put(b"", size=200 << 20)
    tap.equal((answer.status, answer.code), (413, "too.large"), "200 MB are refused before they are sent")
    with socket.create_connection(("127.0.0.1", console.port), timeout=60) as wire:
        head = "".join(
            f"{name}: {value}\r\n" for name, value in {**officer.headers("PUT"), "Content-Length": 200 << 20}.items()
        )
        wire.sendall(f"PUT /api/files/{name} HTTP/1.1\r\n{head}\r\n".encode())
        sent = 0
        try:
            for _ in range(200):
                wire.sendall(bytes(1 << 20))
                sent += 1
        except OSError:
            pass
    tap.ok(sent < 200, "who sends them all the same is not listened to", sent)
    tap.equal(uploads(), [], "and nothing of them is on the disk")

    with open(f"/proc/{console.process.pid}/status", encoding="ascii") as file:
        peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    data = bytes(range(256)) * (80 << 12)  # 80 MB
    answer = put(data)
    tap.equal((answer.status, answer.json.get("size")), (200, len(data)), "80 MB are taken")
    with open(f"/proc/{console.process.pid}/status", encoding="ascii") as file:
        after = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    tap.ok(after < peak + 40 * 1024, "without filling the memory", f"{peak} -> {after} kB")
    tap.equal(put(b"other", name=name).status, 422, "a file that is another one is refused")
    until(lambda: not uploads(), "and nothing is left")
    with socket.create_connection(("127.0.0.1", console.port), timeout=60) as wire:
        head = "".join(
            f"{name}: {value}\r\n" for name, value in {**officer.headers("PUT"), "Content-Length": 9000}.items()
        )
        wire.sendall(f"PUT /api/files/{name} HTTP/1.1\r\n{head}\r\nhalf".encode())
        until(uploads, "a file is on its way")
    until(lambda: not uploads(), "a file of which the rest does not come is gone")
    tap.ok(True, "a file of which the rest does not come is gone")

    # --- a full disk
    with open(orders, "w", encoding="ascii") as file:
        file.write(f"write {errno.ENOSPC} /uploads/\nwrite {errno.ENOSPC} /drafts/\nwrite {errno.ENOSPC} /web/\n")
    answer = put(b"small")
    tap.equal((answer.status, answer.code), (507, "disk.full"), "a full disk is said, with what did not fit")
    draft = {"version": 0, "kind": "incident.notice", "document": {}, "note": ""}
    answer = officer.ask("PUT", "/api/drafts/one", draft)
    tap.equal((answer.status, answer.code), (507, "disk.full"), "so it is when a draft is saved")
    os.unlink(orders)
    tap.equal(put(b"small").status, 200, "and when there is room again it goes on")

    # --- a node that stops
    world.hub.start()
    node.start().connected()
    document = client.notice("isoc-energy", 1)
    asked = lambda: officer.ask("POST", "/api/explain", {"document": document})
    until(lambda: asked().status == 200, "while the node runs it says who would receive a message")
    node.kill()
    answer = until(lambda: (a := asked()).status != 200 and a, "what it said a moment ago is forgotten")
    tap.ok(answer.status == 503 and answer.json["error"]["text"], "when it has stopped that is said", answer.body)
    status = until(lambda: (s := officer.get("/api/status").json)["node_lost_since"] and s, "and since when")
    tap.ok(status["node_lost_since"], "and since when")
    node.start().connected()
    until(lambda: asked().status == 200, "when it is back the form goes on")
    tap.ok(True, "when it is back the form goes on")
