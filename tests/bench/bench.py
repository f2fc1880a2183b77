#!tests/run
"""bench - what the hub carries, beside the floor in the same run.

    bench.py [--rounds R] [--messages N] [--peers] [--json FILE] [CASE ...]
    bench.py --list

A hub and nodes on 127.0.0.1: every message of 700 bytes is sealed, flushed, receipted with proof,
delivered with proof and verified by each receiver, and every count is checked.  Two floors say what this
machine gives at best: floor-proven, a hub made by hand that does all of that and nothing else, without
rules, records or indexes (tests/bench/floor/), to which ratios are; and floor, a CURVE echo of the same
messages, one a frame, with one flush a batch.  Systems take turns within a round, each with a fresh folder,
so that a noisy machine is as unkind to one as to the other: only ratios within a run mean something.
Prints a table of medians with units, what of it is to be reached (goals.py), and appends what each round
measured as JSON lines to FILE (build/bench.jsonl), which `make bench-plot` draws.

floor-proven, and with --peers Redis Streams, NATS and packed TLS, are measured by a runner of their own,
each with a fresh server whose data lies below build/:

    tests/bench/peers/run PEER P S W [--rate N] [--seconds N]

It prints one JSON object in one line: {"peer","case":[P,S,W],"rate":null|N,"messages_s",
"deliveries_s","p50_us","p99_us","ack_p50_us","hub_cpu_us_per_message","hub_cpu_us_per_delivery",
"client_cpu_us_per_message","rss_kib","status"}.  P publishers with at most W unanswered messages each,
S subscribers who have each of them; deliveries are counted over all subscribers; p50 and p99 are from
publishing (at a rate: from the scheduled moment) to delivery, ack_p50 to the publisher's answer, both
without what was published in the first 0.3 s; "status" is "ok" or what is wrong, also of a count;
null is what was not measured.  Further keys are kept.

Without a CASE those without a star run: three rounds take some fifteen minutes, one with --messages 5000
--nodes 100 some two.  start-1m takes three minutes more and 2.5 GB below build/, start-10m half an hour
and 25 GB; the cases of growth take ten minutes together and 3 GB, and with --largest 10000000 as much
more as start-10m.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys

import consoles
import feeds
import files
import goals
import growth
import nodes
import stored
import windows
from commands import MODE, TOP
from figures import table
from place import delete_folders

CASES = [
    *windows.CASES,
    *stored.CASES,
    *nodes.CASES,
    *files.CASES,
    *feeds.CASES,
    *growth.CASES,
    *consoles.CASES,
]


def machine():
    """What the figures are of, as far as the system says."""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=TOP, capture_output=True, text=True, check=False
    )
    return {
        "processors": os.cpu_count(),
        "model": models[0] if models else platform.machine(),
        "system": platform.release(),
        "build": MODE,
        "commit": commit.stdout.strip(),
    }


class Log:
    """The JSON lines: one about the run, and one for each system and round."""

    def __init__(self, path):
        self.run = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        self.file = open(path, "a", encoding="utf-8")
        self.say({"machine": machine()})

    def say(self, record):
        print(json.dumps({"run": self.run, **record}), file=self.file, flush=True)


def run(cases, arguments, log):
    """Rounds of all cases; the records of each case, by system."""
    found = {case.name: {} for case in cases}
    for i in range(arguments.rounds):
        for case in cases:
            systems = case.systems(arguments)
            for system in systems if i % 2 == 0 else reversed(systems):
                print(f"round {i + 1}: {case.name}, {system}", file=sys.stderr, flush=True)
                record = {
                    **{"name": case.name, "system": system, "round": i + 1},
                    **case.measure(system, arguments),
                }
                found[case.name].setdefault(system, []).append(record)
                log.say(record)
    for case in cases:
        case.close()
    return found


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="cases (* only when it is named):\n"
        + "\n".join(f"{' ' if case.usual else '*'} {case.name:14}{case.text}" for case in CASES),
    )
    parser.add_argument("--messages", type=int, default=60000, help="of a case; a few cases need fewer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stored", type=int, default=200_000, help="messages of the case replay")
    parser.add_argument("--nodes", type=int, default=1000, help="of the cases idle, active and fan")
    parser.add_argument("--subscriptions", type=int, default=1000, help="of the case of that name")
    parser.add_argument("--largest", type=int, default=1_000_000, help="that growth- cases go up to")
    parser.add_argument("--peers", action="store_true", help="measure other systems, too")
    parser.add_argument("--json", default=os.path.join(TOP, "build", "bench.jsonl"), metavar="FILE")
    parser.add_argument("--list", action="store_true", help="print the names of all cases")
    parser.add_argument("case", nargs="*", metavar="CASE", help="by default those of the table")
    arguments = parser.parse_args()
    named = {case.name: case for case in CASES}
    unknown = [name for name in arguments.case if name not in named]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(named)}")
    cases = [named[name] for name in arguments.case] or [case for case in CASES if case.usual]
    return arguments, cases


def main():
    arguments, cases = parse()
    if arguments.list:
        print(*(case.name for case in CASES), sep="\n")
        return 0
    if MODE != "release":
        print("bench: the programs are sanitized ones: MODE=release measures those that are installed", file=sys.stderr)
    found = run(cases, arguments, Log(arguments.json))
    delete_folders()
    bad = 0
    for case in cases:
        print("\n".join(table(case, found[case.name])), end="\n\n", flush=True)
        bad += sum(r["status"] != "ok" for records in found[case.name].values() for r in records)
    print(*goals.summary(found), sep="\n")
    print(f"{bad} of all runs failed a check" if bad else "every count was right in every run")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
