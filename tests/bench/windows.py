"""windows - P publishers with at most W unanswered messages each, and S subscribers who have all of them."""

import json
import os
import subprocess

import meter
from commands import MODE, TOP
from figures import Case, Column
from load import load
from place import Place, new_folder

RUNNER = os.path.join(TOP, "tests", "bench", "peers", "run")
OURS = "dabyl"
PROVEN = "floor-proven"  # a floor with our guarantees; "floor" has none of them
PEERS = ("redis-groups", "redis-cursor", "nats", "packed-tls")
SECONDS = 8  # of a case at a rate
COLUMNS = (
    Column("messages_s", "messages/s", 1, 0, True),
    Column("deliveries_s", "deliveries/s", 1, 0, True),
    Column("ack_p50_us", "publish to receipt p50, ms", 1000, 3, True),
    Column("p50_us", "publish to delivery p50, ms", 1000, 3, True),
    Column("p99_us", "publish to delivery p99, ms", 1000, 2, False),
    Column("hub_cpu_us_per_message", "processor of the hub a message, us", 1, 1, True),
    Column("hub_cpu_us_per_delivery", "processor of the hub a delivery, us", 1, 2, True),
    Column("publisher_cpu_us_per_message", "processor of the publishers a message, us", 1, 1, False),
    Column("receiver_cpu_us_per_delivery", "processor of a receiver a delivery, us", 1, 1, False),
    Column("client_cpu_us_per_message", "processor of all clients a message, us", 1, 1, False),
    Column("publisher_wire_bytes_per_message", "octets on the wire a message published", 1, 0, False),
    Column("receiver_wire_bytes_per_delivery", "octets on the wire a delivery", 1, 0, False),
    Column("rss_kib", "memory of the hub, MB", 1024, 1, False),
    Column("disk_bytes_per_message", "octets on the disk a message", 1, 0, False),
)


def measure_hub(case, messages, rate=None):
    place = Place(crowd={"pub": case[0], "sub": case[1]}).build()
    place.hub.start()
    empty = meter.disk_bytes(place.hub.folder)
    record = load(place, case, messages, r=rate)
    record["rss_kib"] = meter.memory_kib(place.hub.process.pid, peak=True)
    record["disk_bytes_per_message"] = round((meter.disk_bytes(place.hub.folder) - empty) / messages)
    place.stop()
    return record


class Floor:
    """What a floor needs of a place."""

    def __init__(self):
        self.folder, self.endpoint = new_folder(), None


def measure_peer(peer, case, seconds, rate=None):
    command = [RUNNER, peer, *map(str, case), "--seconds", str(seconds), *(["--rate", str(rate)] if rate else [])]
    done = subprocess.run(
        command, cwd=TOP, env={**os.environ, "MODE": MODE}, stdout=subprocess.PIPE, text=True, check=False
    )
    if not done.stdout:
        raise RuntimeError(f"{' '.join(command)}: ended with {done.returncode} and said nothing")
    return json.loads(done.stdout)


class Window(Case):
    columns, against = COLUMNS, PROVEN

    def __init__(self, case, share, text, rate=None):
        self.name = "paced" if rate else "-".join(map(str, case))
        self.case, self.rate, self.text = case, rate, text
        self.share = share  # of the messages: where one waits for each, fewer do

    def systems(self, arguments):
        return ["floor", PROVEN, OURS, *(PEERS if arguments.peers else ())]

    def measure(self, system, arguments):
        messages = SECONDS * self.rate if self.rate else int(arguments.messages * self.share)
        if system == OURS:
            return measure_hub(self.case, messages, self.rate)
        if system == "floor":
            return load(Floor(), self.case, messages, r=self.rate)
        # Others go on for a time; less where few messages are wanted.
        seconds = SECONDS if self.rate else min(4, max(0.2, arguments.messages / 15_000))
        return measure_peer(system, self.case, seconds, self.rate)


CASES = [
    Window((1, 1, 1), 0.05, "one publisher, who waits for each receipt, and one subscriber"),
    Window((1, 1, 256), 1, "one publisher with 256 unanswered, and one subscriber"),
    Window((1, 1, 1024), 1, "one publisher with 1,024 unanswered, and one subscriber"),
    Window((4, 4, 64), 1, "four publishers with 64 unanswered each, and four subscribers"),
    Window((1, 16, 256), 0.5, "one publisher with 256 unanswered, and sixteen subscribers"),
    Window((1, 1, 64), 1, "200 messages/s, timed from when each was due, and one subscriber", 200),
]
