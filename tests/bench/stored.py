"""stored - what a hub that has many entries costs: to a node that reads them all, and at a start."""

import os
import time

import meter
from figures import Case, Column
from load import load
from place import Place
from processes import Late

FILL_WINDOW = 1024
FILL_LIMIT_S = 7200


def fill(place, messages, subscribers=1):
    """Entries from one publisher, each delivered; the record."""
    record = load(place, (1, subscribers, FILL_WINDOW), messages, m=True, l=FILL_LIMIT_S)
    if record["status"] != "ok":
        raise RuntimeError(f"filling: {record['status']}")
    return record


class Kept(Case):
    """A case whose place is filled once, and used in every round."""


    def __init__(self):
        self.place = None

    def close(self):
        if self.place:
            self.place.stop()
        self.place = None


class Replay(Kept):
    name = "replay"
    columns = (
        Column("deliveries_s", "messages/s", 1, 0, False),
        Column("first_us", "until the first, ms", 1000, 1, False),
        Column("hub_cpu_us_per_message", "processor of the hub a message, us", 1, 2, False),
        Column("receiver_cpu_us_per_delivery", "processor of the reader a message, us", 1, 2, False),
        Column("receiver_wire_bytes_per_delivery", "octets on the wire a message", 1, 0, False),
        Column("rss_kib", "memory of the hub, MB", 1024, 1, False),
    )
    text = "a node that has nothing yet reads all that is stored (200,000)"

    def __init__(self):
        super().__init__()
        self.fresh = 0

    def measure(self, _, arguments):
        if not self.place:
            self.place = Place(crowd={"pub": 1, "sub": arguments.rounds}).build()
            self.place.hub.start()
            fill(self.place, arguments.stored, subscribers=0)
        self.fresh += 1
        record = load(self.place, (0, 1, 1), arguments.stored, f=self.fresh)
        record["rss_kib"] = meter.memory_kib(self.place.hub.process.pid)
        return record


class Start(Kept):
    """From the start of the process: until it is ready, and until somebody has a receipt."""

    columns = (
        Column("entries", "entries", 1, 0, False),
        Column("end_s", "until it has ended, s", 1, 3, False),
        Column("ready_s", "until it is ready, s", 1, 3, False),
        Column("first_receipt_s", "until the first receipt, s", 1, 3, False),
        Column("rss_kib", "memory then, MB", 1024, 1, False),
        Column("before_rss_kib", "memory before, MB", 1024, 1, False),
        Column("disk_bytes_per_message", "octets on the disk a message", 1, 0, False),
    )
    AFTER = 1000  # messages before each end, so that a killed hub has something in hand

    def __init__(self, name, messages, usual):
        super().__init__()
        self.name, self.messages, self.usual = name, messages, usual
        self.text = f"the hub starts with {messages:,} messages stored, after TERM and after KILL"
        self.disk = 0

    def systems(self, _):
        return ["TERM", "KILL"]

    def prepare(self):
        self.place = Place(crowd={"pub": 1, "sub": 1}).build()
        self.place.hub.start()
        empty = meter.disk_bytes(self.place.hub.folder)
        fill(self.place, self.messages)
        self.disk = (meter.disk_bytes(self.place.hub.folder) - empty) / self.messages

    def measure(self, system, arguments):
        if not self.place:
            self.prepare()
        process = self.place.hub.process
        fill(self.place, self.AFTER)
        record = {"peer": "dabyl", "case": [1, 1, 1], "end": system, "disk_bytes_per_message": round(self.disk)}
        record["before_rss_kib"] = meter.memory_kib(process.pid)
        began = time.monotonic()
        if system == "KILL":
            process.kill()
        elif process.stop() != 0:
            record["status"] = "the hub ended badly"
        record["end_s"] = round(time.monotonic() - began, 3)
        began = time.monotonic()
        self.place.hub.start(wait=False)
        await_ready(process)
        record["ready_s"] = round(time.monotonic() - began, 3)
        first = load(self.place, (1, 0, 1), 1)
        record["first_receipt_s"] = round(time.monotonic() - began, 3)
        record["rss_kib"] = meter.memory_kib(process.pid)
        return {"entries": self.messages, **record, "status": record.get("status", first["status"])}


def await_ready(process, seconds=1800):
    """As Process.says, but to the millisecond: what it says is what is measured here."""
    end = time.monotonic() + seconds
    with open(process.log, "rb") as log:
        log.seek(process.begins)
        text = b""
        while b"hub.ready" not in text:
            more = log.read()
            text += more
            if not more:
                time.sleep(0.001)
            if time.monotonic() > end or not process.running():
                raise Late(f"the hub did not start: see {os.path.abspath(process.log)}")


CASES = [
    Replay(),
    Start("start-100k", 100_000, True),
    Start("start-1m", 1_000_000, False),
    Start("start-10m", 10_000_000, False),
]
