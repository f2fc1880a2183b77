"""consoles - what fifty open consoles cost the node that they stand beside, and the hub.

A node with its daemon and dabyl-web: another sends it notices, and it publishes advisories through its
outbox, one after the other.  Fifty officers' pages are open meanwhile or not, by turns.

An hour is compressed into SECONDS: what a console asks by itself in an hour (a page each minute) and what
comes and goes in one (PACE a second) is so much closer together.  What is not compressed is what follows
from a message, since every console looks at its queue and its list then, as pages/live.js does, and the
daemon's own beat.  Officers and the machine that they look at it on are here as well, at the lowest
priority: what they take of the processor the node would not lose to them in life.
"""

import asyncio
import contextlib
import ctypes
import json
import multiprocessing
import os
import statistics
import struct
import threading
import time

import client
import meter
from console import Console
from figures import Case, Column
from place import new_folder
from processes import Late
from world import World

SECONDS = 60  # that an hour takes
PACE = 2  # notices that come, and advisories that go, a second
CONSOLES, OFFICERS = 50, 10
PAUSE_S = 1  # as pages/live.js
CAST = ("nccis", "isoc-energy")
AFTER_CHANGE = ("/api/queue", "/api/messages?limit=50")
PAGES = (
    *("/api/queue", "/api/messages?limit=50", "/api/exercises", "/api/suspensions", "/api/feeds", "/api/contacts"),
    *("/api/plans", "/api/nodes", "/api/drafts", "/api/held", "/api/kinds", "/api/statistics?by=day", "/api/status"),
)


# --- the consoles: a process of its own ------------------------------------------------------


class Page:
    """One that is open: its stream, and a connection for what it asks."""

    def __init__(self, port, cookie):
        self.port = port
        self.head = f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
        self.changed = asyncio.Event()
        self.asking = asyncio.Lock()
        self.took, self.bad, self.wires = [], 0, []

    async def open(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        self.wires.append(writer)
        return reader, writer

    async def head_of(self, reader, writer, target):
        writer.write(f"GET {target} HTTP/1.1\r\n{self.head}".encode())
        return (await reader.readuntil(b"\r\n\r\n")).decode().lower()

    async def listen(self):
        reader, writer = await self.open()
        await self.head_of(reader, writer, "/api/events")
        while line := await reader.readline():
            if line.startswith(b"event: changed"):
                self.changed.set()

    async def ask(self, wire, target):
        began = time.monotonic()
        async with self.asking:
            head = await self.head_of(*wire, target)
            size = int(head.split("content-length:")[1].split("\r\n")[0])
            await wire[0].readexactly(size)
        self.took.append(time.monotonic() - began)
        self.bad += " 200 " not in head.split("\r\n")[0]

    async def look(self, wire):
        """One look for all that has changed meanwhile, and then a pause."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            for target in AFTER_CHANGE:
                await self.ask(wire, target)
            await asyncio.sleep(PAUSE_S)

    async def visit(self, wire, first):
        """A page each minute of the hour."""
        await asyncio.sleep(first)
        for n in range(60):
            await self.ask(wire, PAGES[n % len(PAGES)])
            await asyncio.sleep(SECONDS / 60)


async def open_pages(port, cookies, link):
    pages = [Page(port, cookie) for cookie in cookies]
    tasks = []
    for i, page in enumerate(pages):
        wire = await page.open()
        work = (page.listen(), page.look(wire), page.visit(wire, i / len(pages) * SECONDS / 60))
        tasks += [asyncio.create_task(one) for one in work]
    link.send("open")
    await asyncio.to_thread(link.recv)
    ended = [task.exception() for task in tasks if task.done() and task.exception()]
    for task in tasks:
        task.cancel()
    for page in pages:
        for wire in page.wires:
            wire.close()
    link.send(([one for page in pages for one in page.took], sum(page.bad for page in pages), [str(e) for e in ended]))


def be_consoles(port, cookies, link):
    os.nice(19)
    asyncio.run(open_pages(port, cookies, link))


@contextlib.contextmanager
def consoles(console, cookies, record):
    """Open inside the `with`; what they saw is in the record behind it."""
    link, other = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=be_consoles, args=(console.port, cookies, other))
    process.start()
    link.recv()
    yield
    link.send("end")
    took, bad, ended = link.recv()
    process.join()
    record.update(
        requests_s=len(took) / SECONDS,
        answer_p50_us=percentile(took, 50),
        answer_p99_us=percentile(took, 99),
    )
    if bad or ended:
        record["status"] = f"{bad} requests were not answered; {ended[:3]}"


# --- the node --------------------------------------------------------------------------------


class Folders:
    """When files came into folders, by their names: the system tells it as it happens."""

    MOVED_TO, CREATED = 0x80, 0x100
    HEAD = struct.Struct("iIII")

    def __init__(self, *paths):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd, self.came, self.more = libc.inotify_init1(os.O_CLOEXEC), {}, threading.Condition()
        for path in paths:
            os.makedirs(path, exist_ok=True)
            if libc.inotify_add_watch(self.fd, path.encode(), self.MOVED_TO | self.CREATED) < 0:
                raise OSError(ctypes.get_errno(), path)
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while data := os.read(self.fd, 1 << 16):
            now = time.monotonic()
            with self.more:
                while data:
                    size = self.HEAD.unpack_from(data)[3]
                    name = data[self.HEAD.size : self.HEAD.size + size].rstrip(b"\0").decode()
                    self.came.setdefault(name.split("-", 1)[-1] if name[:12].isdigit() else name, now)
                    data = data[self.HEAD.size + size :]
                self.more.notify_all()

    def when(self, name, seconds=60):
        with self.more:
            if not self.more.wait_for(lambda: name in self.came, seconds):
                raise Late(f"{name} did not come")
            return self.came[name]


def percentile(seconds, percent):
    """In microseconds."""
    if not seconds:
        return None
    if len(seconds) == 1:
        return seconds[0] * 1e6
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1e6


def paced(end, work):
    """So many a second until the end, each from the moment when it was due."""
    due, took = time.monotonic(), []
    while due < end:
        time.sleep(max(0, due - time.monotonic()))
        took.append(work(due))
        due += 1 / PACE
    return took


class Consoles(Case):
    name, against, usual = "consoles", "without", False
    text = f"{PACE} messages/s to a node and from it, with {CONSOLES} consoles open, an hour of them in {SECONDS} s"
    columns = (
        Column("ack_p50_us", "publish to receipt p50, ms", 1000, 2, True),
        Column("ack_p99_us", "publish to receipt p99, ms", 1000, 2, True),
        Column("stored_p50_us", "published elsewhere until stored p50, ms", 1000, 2, True),
        Column("stored_p99_us", "published elsewhere until stored p99, ms", 1000, 2, True),
        Column("node_cpu_ms", "processor of dabyl-node, ms/s", 1, 2, True),
        Column("hub_cpu_ms", "processor of the hub, ms/s", 1, 2, True),
        Column("web_cpu_ms", "processor of dabyl-web, ms/s", 1, 2, True),
        Column("web_rss_kib", "memory of dabyl-web, MB", 1024, 1, False),
        Column("requests_s", "requests/s of all consoles", 1, 0, False),
        Column("answer_p50_us", "question to answer p50, ms", 1000, 1, False),
        Column("answer_p99_us", "question to answer p99, ms", 1000, 1, False),
    )

    def __init__(self):
        self.world = None

    def systems(self, _):
        return ["without", "with"]

    def prepare(self):
        self.world = World("consoles", CAST, new_folder()).build()
        self.world.hub.start()
        self.node = self.world.node("nccis")
        self.node.start().connected()
        self.console = Console(self.world, self.node).start()
        self.sender = self.world.node("isoc-energy").client().begin(stored=0)
        self.folders = Folders(self.node.path("sent"), self.node.path("inbox"))
        browsers = [self.console.browser(f"officer-{i % OFFICERS}") for i in range(CONSOLES)]
        self.cookies = [browser.cookie for browser in browsers]

    def send(self, due):
        message = client.notice("isoc-energy", 2)
        (answer,) = self.sender.tell(message)
        if not isinstance(answer, client.Receipt):
            raise RuntimeError(f"refused: {answer}")
        return due, message["id"]

    def publish(self, due):
        name = self.node.drop(client.advisory("nccis"))
        return self.folders.when(f"{name}.tlog-proof") - due

    def hour(self):
        """Both directions; what each took."""
        found, end = {}, time.monotonic() + SECONDS
        sending = threading.Thread(target=lambda: found.update(sent=paced(end, self.send)))
        sending.start()
        acks = paced(end, self.publish)
        sending.join()
        return acks, [self.folders.when(f"{name}.json") - due for due, name in found["sent"]]

    def spent(self):
        pids = {"node": self.node.process.pid, "hub": self.world.hub.process.pid, "web": self.console.process.pid}
        return {name: meter.cpu_us(pid) for name, pid in pids.items()}

    def measure(self, system, _):
        if not self.world:
            self.prepare()
        record = {"peer": "dabyl", "case": [1, 1, 1], "status": "ok"}
        with consoles(self.console, self.cookies, record) if system == "with" else contextlib.nullcontext():
            before = self.spent()
            acks, stored = self.hour()
            after = self.spent()
        for name, seconds in (("ack", acks), ("stored", stored)):
            record.update({f"{name}_p{p}_us": percentile(seconds, p) for p in (50, 99)})
        record.update({f"{name}_cpu_ms": (after[name] - before[name]) / SECONDS / 1000 for name in before})
        record["web_rss_kib"] = meter.memory_kib(self.console.process.pid)
        return record

    def close(self):
        if self.world:
            self.world.stop()
        self.world = None


CASES = [Consoles()]
