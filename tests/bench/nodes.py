"""nodes - many of them at once: connected and silent, each publishing, each receiving."""

import time

import meter
from figures import Case, Column
from load import Crowd, load
from place import Place

SILENCE_S = 5
FAN = {"pub": ("nccis", "STS"), "sub": ("isoc", "BENCH")}


class Idle(Case):
    name = "idle"
    text = "nodes (1000) that are connected and silent"
    columns = (
        Column("nodes", "nodes", 1, 0, False),
        Column("connect_s", "until all are connected, s", 1, 2, False),
        Column("rss_kib", "memory of the hub, MB", 1024, 1, False),
        Column("rss_kib_per_node", "of that a node, KB", 1, 1, False),
        Column("hub_cpu_ms_per_s", "processor of the hub, ms/s", 1, 1, False),
    )

    def measure(self, _, arguments):
        nodes = arguments.nodes
        place = Place(crowd={"pub": 1, "sub": nodes}, roles=FAN).build()
        place.hub.start()
        pid = place.hub.process.pid
        before, began = meter.memory_kib(pid), time.monotonic()
        with Crowd(place, (0, nodes, 1), 0) as crowd:
            connect_s = time.monotonic() - began
            spent = meter.cpu_us(pid)
            time.sleep(SILENCE_S)  # this is what is measured
            spent = meter.cpu_us(pid) - spent
            record = {
                **crowd.record,
                "nodes": nodes,
                "connect_s": round(connect_s, 3),
                "rss_kib": meter.memory_kib(pid),
                "rss_kib_per_node": round((meter.memory_kib(pid) - before) / nodes, 1),
                "hub_cpu_ms_per_s": round(spent / 1000 / SILENCE_S, 3),
            }
        place.stop()
        return record


class Many(Case):
    """A window case with as many publishers or subscribers as there are nodes."""

    columns = (
        Column("nodes", "nodes", 1, 0, False),
        Column("messages_s", "messages/s", 1, 0, False),
        Column("deliveries_s", "deliveries/s", 1, 0, False),
        Column("ack_p50_us", "publish to receipt p50, ms", 1000, 1, False),
        Column("p50_us", "publish to delivery p50, ms", 1000, 1, False),
        Column("p99_us", "publish to delivery p99, ms", 1000, 1, False),
        Column("hub_cpu_us_per_message", "processor of the hub a message, us", 1, 1, False),
        Column("hub_cpu_us_per_delivery", "processor of the hub a delivery, us", 1, 1, False),
        Column("rss_kib", "memory of the hub, MB", 1024, 1, False),
    )

    def __init__(self, name, text, kind, roles, case):
        self.name, self.text, self.kind, self.roles, self.case = name, text, kind, roles, case

    def measure(self, _, arguments):
        case = [arguments.nodes if many is None else many for many in self.case]
        messages = arguments.messages // (1 if case[1] == 1 else 200)
        place = Place(crowd={"pub": case[0], "sub": case[1]}, roles=self.roles).build()
        place.hub.start()
        record = load(place, case, messages, k=self.kind)
        record.update(nodes=arguments.nodes, rss_kib=meter.memory_kib(place.hub.process.pid, peak=True))
        place.stop()
        return record


CASES = [
    Idle(),
    Many("active", "nodes (1000) that publish, each waiting for its receipt", "incident.notice", None, (None, 1, 1)),
    Many("fan", "one publisher of advisories, and nodes (1000) that all have them", "advisory", FAN, (1, None, 8)),
]
