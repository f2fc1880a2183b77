"""growth - what a message costs as everything around it grows.

Each case has hubs of several sizes, which are made once and take turns: one publisher with 256
unanswered messages, and one subscriber.
"""

import feeds
import meter
from figures import Case, Column
from load import Crowd, load
from place import Place
from stored import FILL_LIMIT_S, FILL_WINDOW, fill

CASE = (1, 1, 256)
MESSAGES = 20000
COLUMNS = (
    Column("messages_s", "messages/s", 1, 0, True),
    Column("hub_cpu_us_per_message", "processor of the hub a message, us", 1, 2, True),
    Column("hub_main_cpu_us_per_message", "of that the main thread, us", 1, 2, True),
    Column("ack_p50_us", "publish to receipt p50, ms", 1000, 2, False),
    Column("rss_kib", "memory of the hub, MB", 1024, 1, True),
)
SMALL = {"pub": 1, "sub": 1}


class Growth(Case):
    """`make(size)` gives a place whose hub runs, and what else must be left at the end, or None."""

    columns, usual = COLUMNS, False

    def __init__(self, name, title, unit, sizes, make):
        self.name, self.title, self.unit, self.sizes, self.make = f"growth-{name}", title, unit, sizes, make
        self.text = f"{title}: {', '.join(f'{size:,}' for size in sizes)}"
        self.against = str(sizes[0])
        self.made = {}

    def systems(self, arguments):
        return [str(size) for size in self.sizes if size <= arguments.largest]

    def measure(self, system, arguments):
        size = int(system)
        if size not in self.made:
            self.made[size] = self.make(size)
        place, _ = self.made[size]
        record = load(place, CASE, min(MESSAGES, arguments.messages), m=True)
        record["hub_main_cpu_us_per_message"] = record.get("hub_threads_us", {}).get("dabyl-hub")
        record["rss_kib"] = meter.memory_kib(place.hub.process.pid)
        return {**record, "size": size, "title": self.title, "unit": self.unit}

    def close(self):
        while self.made:
            _, (place, other) = self.made.popitem()
            if other:
                other.__exit__()
            place.stop()


def started(**more):
    place = Place(**more).build()
    place.hub.start()
    return place


def entries(size):
    place = started(crowd=SMALL)
    fill(place, size)
    return place, None


def enrolled(size):
    """All of one organisation's centres, none of them connected but one."""
    return started(crowd={**SMALL, "idle": size - 2}), None


def connected(size):
    place = started(crowd={**SMALL, "idle": size})
    crowd = Crowd(place, (0, size, 1), 0, b="idle").__enter__()
    if crowd.record["status"] != "ok":
        raise RuntimeError(f"connecting: {crowd.record['status']}")
    return place, crowd


TESTS = (
    '{{ field = "/body/level"; at_least = {n}; }}',
    '{{ field = "/body/sector"; equals = "banking"; }}',
    '{{ field = "/body/category"; in = [ "fraud", "intrusions" ]; }}',
    '{{ field = "/body/cross_border"; is_true = true; }}',
)


def rules(size):
    """As many rules more that are about a notice, none of which fits the one that is published."""
    more = "".join(
        f',\n{{ id = "growth.{n}"; cites = "8.5"; default = true; on = "incident.notice"; '
        f'from = [ "isoc" ]; when = ( {TESTS[n % 4].format(n=2 + n // 4 % 4)} ); '
        f'deliver = [ "role:authority" ]; tell = "sender"; }}'
        for n in range(size)
    )
    return started(crowd=SMALL, rules=more), None


def subscriptions(size):
    place = started(crowd={**SMALL, "reader": -(-size // feeds.EACH)})
    feeds.subscribe(place, size)
    return place, None


def duties(size):
    """As many questions to the subscriber that it owes an answer to."""
    place = started(crowd=SMALL)
    record = load(place, (1, 1, FILL_WINDOW), size, k="information.request", m=True, l=FILL_LIMIT_S)
    if record["status"] != "ok":
        raise RuntimeError(f"filling: {record['status']}")
    return place, None


CASES = [
    Growth("entries", "messages stored", "messages", (10_000, 100_000, 1_000_000, 10_000_000), entries),
    Growth("enrolled", "nodes enrolled", "nodes", (10, 100, 1000, 5000), enrolled),
    Growth("connected", "nodes connected", "nodes", (1, 10, 100, 1000), connected),
    Growth("rules", "rules on the kind that is published, beside the plan's", "rules", (1, 10, 50, 200), rules),
    Growth("subscriptions", "subscriptions to other messages", "subscriptions", (1, 100, 1000, 10_000), subscriptions),
    Growth("duties", "open duties", "duties", (1, 100, 10_000, 100_000), duties),
]
