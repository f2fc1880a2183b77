"""goals - what is to be reached: beside others by ratios of rounds with themselves, and alone.

A ratio to what is measured in the same round says something on any machine; a figure alone is of one with
two processors for hub and clients together.
"""

import collections

from figures import aligned, median, number, ratio
from windows import OURS, PROVEN

BROKER = "redis-cursor"  # the better mode of the one whose answers promise what ours do
# The figure `key` of a case, divided by `unit`: at `most`, or at least, so many times that of each of `beside`.
Goal = collections.namedtuple("Goal", "case key unit digits head most beside")
BESIDE = (
    Goal("1-1-1", "p50_us", 1000, 3, "publish to delivery p50, ms", True, {BROKER: 1.5, PROVEN: 1.0}),
    Goal("1-1-256", "messages_s", 1, 0, "messages/s", False, {BROKER: 2.4}),
    Goal("4-4-64", "deliveries_s", 1, 0, "deliveries/s", False, {BROKER: 0.9}),
    Goal("1-16-256", "deliveries_s", 1, 0, "deliveries/s", False, {BROKER: 1.2}),
    Goal("4-4-64", "hub_cpu_us_per_delivery", 1, 2, "processor of the hub a delivery, us", True, {BROKER: 0.9}),
    Goal("1-16-256", "hub_cpu_us_per_delivery", 1, 2, "processor of the hub a delivery, us", True, {BROKER: 0.7}),
    Goal("1-1-256", "hub_cpu_us_per_message", 1, 1, "processor of the hub a message, us", True, {BROKER: 0.7}),
)
# Case, key, unit, digits, what it is, at most.
ALONE = (
    ("start-1m", "ready_s", 1, 3, "until it is ready, s", 0.3),
    ("start-10m", "ready_s", 1, 3, "until it is ready, s", 1),
    ("start-10m", "rss_kib", 1024, 1, "memory then, MB", 64),
    ("start-1m", "disk_bytes_per_message", 1, 0, "octets on the disk a message", 1200),
)


def judged(value, wanted, most):
    """The value's text, with a star where it is not what is wanted."""
    return f"{value:.2f}{'' if (value <= wanted if most else value >= wanted) else ' *'}"


def beside(goal, by_system, other):
    """Cells: the other's figure, our ratio to it, and what that is to be."""
    if not by_system.get(other):
        return ["-", "-", ""]
    value = median(by_system[other], goal.key)
    share = ratio(by_system[OURS], by_system[other], goal.key)
    wanted = goal.beside.get(other)
    return [
        number(None if value is None else value / goal.unit, goal.digits),
        "-" if share is None else f"{share:.2f}" if wanted is None else judged(share, wanted, goal.most),
        "" if wanted is None else f"{'at most' if goal.most else 'at least'} {wanted:.1f}",
    ]


def ratios(found):
    for goal in BESIDE:
        by_system = found.get(goal.case, {})
        value = median(by_system.get(OURS, ()), goal.key)
        if value is not None:
            yield [
                f"{goal.case}: {goal.head}",
                number(value / goal.unit, goal.digits),
                *(cell for other in (BROKER, PROVEN) for cell in beside(goal, by_system, other)),
            ]


def alone(found):
    for case, key, unit, digits, head, wanted in ALONE:
        value = median([record for records in found.get(case, {}).values() for record in records], key)
        if value is not None:
            late = " *" if value / unit > wanted else ""
            yield [f"{case}: {head}", number(value / unit, digits) + late, f"at most {wanted}"]


def summary(found):
    """Lines about those goals whose cases were measured."""
    rows = list(ratios(found))
    if rows:
        yield "to be reached; medians of the rounds, and of their ratios (* is not reached)"
        yield from aligned([["", OURS, BROKER, "ratio", "wanted", PROVEN, "ratio", "wanted"], *rows])
        yield ""
    rows = list(alone(found))
    if rows:
        yield "to be reached on two processors (* is not reached)"
        yield from aligned([["", OURS, "wanted"], *rows])
        yield ""
