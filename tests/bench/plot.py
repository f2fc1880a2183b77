#!tests/run
"""plot - draws what `make bench` and `make bench-growth` have measured.

    plot.py [--json FILE] [--out FOLDER]

Reads the JSON lines (build/bench.jsonl), of each case the newest run, and writes into FOLDER (build/)
bench.svg and bench.md, a picture and a table of the window cases with date and machine, and growth.svg
where growth was measured.
"""

import argparse
import json
import os
import statistics
import sys

import svg
from commands import TOP
from figures import ratio

OURS = "dabyl"
# What the systems are called, with what their answers promise where that is less than ours.
CALLED = {
    "dabyl": "Dabyl",
    "floor": "floor, echo",
    "floor-proven": "floor, proven",
    "redis-groups": "Redis, groups",
    "redis-cursor": "Redis, cursor",
    "nats": "NATS, unflushed",
    "packed-tls": "TLS, packed",
}
# Panels: case, key, unit, what is shown, of whom.
BARS = (
    ("1-1-1", "p50_us", 1000, "publish to delivery, ms", "one publisher who waits for each receipt, one subscriber; p50"),
    ("paced", "p99_us", 1000, "publish to delivery, ms", "200 messages/s, from the scheduled moment; p99"),
    ("1-1-256", "messages_s", 1, "messages/s", "one publisher with 256 unanswered, one subscriber"),
    ("1-1-1024", "messages_s", 1, "messages/s", "one publisher with 1,024 unanswered, one subscriber"),
    ("4-4-64", "deliveries_s", 1, "deliveries/s", "four publishers with 64 unanswered, four subscribers"),
    ("1-16-256", "deliveries_s", 1, "deliveries/s", "one publisher with 256 unanswered, sixteen subscribers"),
    ("4-4-64", "hub_cpu_us_per_delivery", 1, "hub's processor a delivery, us", "four publishers, four subscribers"),
    ("1-16-256", "hub_cpu_us_per_delivery", 1, "hub's processor a delivery, us", "one publisher, sixteen subscribers"),
)
GROWTH = (
    ("hub_cpu_us_per_message", 1, "hub's processor a message, us"),
    ("rss_kib", 1024, "hub's memory, MB"),
)


def read(path):
    """The newest run's records of each case, and the machine of each run."""
    machines, runs = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if "machine" in record:
                machines[record["run"]] = record["machine"]
            else:
                runs.setdefault(record["name"], {}).setdefault(record["run"], []).append(record)
    return {name: by_run[max(by_run)] for name, by_run in runs.items()}, machines


def by_system(records):
    """In the order in which they were measured first, only what was right."""
    found = {}
    for record in records:
        if record["status"] == "ok":
            found.setdefault(record["system"], []).append(record)
    return found


def values(records, key, unit):
    return [record[key] / unit for record in records if record.get(key) is not None]


def spread(found):
    return statistics.median(found), min(found), max(found)


def about(records, machines):
    """Date, rounds and machine of these records."""
    runs = {record["run"] for record in records}
    machine = machines[max(runs)]
    rounds = max(record["round"] for record in records)
    return (
        f"Medians of {rounds} rounds by turns, lines from least to most. {max(runs)[:10]}, "
        f"{machine['processors']} processors ({machine['model']}) for hub and clients together,",
        f"Linux {machine['system']}, commit {machine['commit']}. Messages of 700 octets.",
    )


def bar_panels(cases):
    for name, key, unit, title, note in BARS:
        rows = []
        for system, records in by_system(cases.get(name, ())).items():
            found = values(records, key, unit)
            if found:
                rows.append((CALLED.get(system, system), *spread(found)))
        if rows:
            yield svg.bars(title, note, rows, CALLED[OURS])


def growth_panels(cases):
    """Two panels a case: what a message costs, and what the hub has in memory."""
    for name in sorted(name for name in cases if name.startswith("growth-")):
        good = [record for record in cases[name] if record["status"] == "ok"]
        for key, unit, note in GROWTH:
            by_size = {}
            for record in good:
                by_size.setdefault(record["size"], []).append(record[key] / unit)
            points = [(size, *spread(by_size[size])) for size in sorted(by_size)]
            if points:
                yield svg.curves(good[0]["title"], note, points, good[0]["unit"])


def markdown(cases, machines):
    """A table for a page: a row a panel, a column a system, with ratios to the one of `against`."""
    names = [name for name, *_ in BARS if name in cases]
    systems = list(dict.fromkeys(system for name in names for system in by_system(cases[name])))
    yield f"| | {' | '.join(CALLED.get(system, system) for system in systems)} |"
    yield "|---" * (len(systems) + 1) + "|"
    for name, key, unit, title, note in BARS:
        found = by_system(cases.get(name, ()))
        cells = []
        for system in systems:
            of = values(found.get(system, ()), key, unit)
            cells.append(svg.short(statistics.median(of)) if of else "")
            share = ratio(found[OURS], found[system], key) if of and OURS in found and system != OURS else None
            cells[-1] += f" ({share:.2f})" if share else ""
        if any(cells):
            yield f"| {note}: {title} | {' | '.join(cells)} |"
    yield ""
    yield f"In brackets: {CALLED[OURS]} divided by it, round by round. " + " ".join(
        about([record for name in names for record in cases[name]], machines)
    )


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    print(os.path.relpath(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", default=os.path.join(TOP, "build", "bench.jsonl"), metavar="FILE")
    parser.add_argument("--out", default=os.path.join(TOP, "build"), metavar="FOLDER")
    arguments = parser.parse_args()
    cases, machines = read(arguments.json)
    shown = [record for name, *_ in BARS for record in cases.get(name, ())]
    grown = [record for name in cases if name.startswith("growth-") for record in cases[name]]
    if not shown and not grown:
        sys.exit(f"{arguments.json}: nothing to draw")
    if shown:
        panels = list(bar_panels(cases))
        write(arguments.out, "bench.svg", svg.picture(panels, about(shown, machines)))
        write(arguments.out, "bench.md", "\n".join(markdown(cases, machines)) + "\n")
    if grown:
        write(arguments.out, "growth.svg", svg.picture(list(growth_panels(cases)), about(grown, machines)))


if __name__ == "__main__":
    main()
