"""windows - P publishers with at most W unanswered messages each, and S subscribers who have all of them."""

import json
import os
import subprocess

import meter
from commands import TOP
from figures import Column
from load import load
from place import Place, new_folder

RUNNER = os.path.join(TOP, "tests", "bench", "peers", "run")
COLUMNS = (
    Column("messages_s", "messages/s", 1, 0, True),
    Column("deliveries_s", "deliveries/s", 1, 0, True),
    Column("ack_p50_us", "publish to receipt p50, ms", 1000, 3, True),
    Column("p50_us", "publish to delivery p50, ms", 1000, 3, True),
    Column("p99_us", "publish to delivery p99, ms", 1000, 2, False),
    Column("hub_cpu_us_per_message", "processor of the hub a message, us", 1, 1, True),
    Column("hub_cpu_us_per_delivery", "processor of the hub a delivery, us", 1, 2, False),
    Column("client_cpu_us_per_message", "processor of all clients a message, us", 1, 1, False),
    Column("rss_kib", "memory of the hub, MB", 1024, 1, False),
)


def measure_hub(case, messages):
    place = Place(crowd={"pub": case[0], "sub": case[1]}).build()
    place.hub.start()
    pid = place.hub.process.pid
    before = meter.cpu_us(pid)
    record = load("hub", place, case, messages)
    threads = meter.difference(before, meter.cpu_us(pid))
    spent = sum(threads.values())
    record.update(
        hub_cpu_us_per_message=round(spent / record["messages"], 3),
        hub_cpu_us_per_delivery=round(spent / record["messages"] / case[1], 3),
        hub_threads_us={name: round(us / record["messages"], 3) for name, us in sorted(threads.items())},
        rss_kib=meter.memory_kib(pid, peak=True),
    )
    place.stop()
    return record


class Floor:
    """What a floor needs of a place."""

    def __init__(self):
        self.folder, self.endpoint = new_folder(), "0"


def measure_peer(peer, case, messages):
    command = [RUNNER, peer, new_folder(), *map(str, case), str(messages)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


class Window:
    columns, against, usual = COLUMNS, "floor", True

    def __init__(self, case, share, text):
        self.name = "-".join(map(str, case))
        self.case, self.share = case, share  # of the messages: where one waits for each, fewer do
        self.text = text

    def systems(self, arguments):
        peers = []
        if arguments.peers:
            peers = subprocess.run([RUNNER, "list"], stdout=subprocess.PIPE, text=True, check=True)
            peers = peers.stdout.split()
        return ["floor", "dabyl", *peers]

    def measure(self, system, arguments):
        messages = int(arguments.messages * self.share)
        if system == "dabyl":
            return measure_hub(self.case, messages)
        if system == "floor":
            return load("floor", Floor(), self.case, messages)
        return measure_peer(system, self.case, messages)


CASES = [
    Window((1, 1, 1), 0.05, "one publisher, who waits for each receipt, and one subscriber"),
    Window((1, 1, 256), 1, "one publisher with 256 unanswered, and one subscriber"),
    Window((4, 4, 64), 1, "four publishers with 64 unanswered each, and four subscribers"),
    Window((1, 16, 256), 0.5, "one publisher with 256 unanswered, and sixteen subscribers"),
]
