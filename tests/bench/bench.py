#!/usr/bin/python3
"""bench - what the hub carries, beside the floor in the same run.

usage: bench.py [--messages N] [--rounds R]

A hub with P publishers (isoc) and S subscribers (nccis) on 127.0.0.1: every message of 700 bytes is
sealed, flushed, receipted with proof, delivered with proof and verified by each receiver.  The
floor is a CURVE echo of the same messages, one a frame, with one flush a batch and nothing else.
Prints one CSV line a case and system; times are in milliseconds, but the processor time that
the hub spends on one message, which is in microseconds: that of each of its threads follows at
the end.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.join(TOP, "build", "release")
ORIGIN = "dabyl.bench/log"
# publishers, subscribers, window, share of the messages (latency cases need fewer)
CASES = [(1, 1, 1, 0.05), (1, 1, 256, 1), (4, 4, 64, 1), (1, 16, 256, 0.5)]
COLUMNS = (
    "system,publishers,subscribers,window,messages,published_per_s,delivered_per_s,"
    "receipt_p50,receipt_p99,receipt_p999,deliver_p50,deliver_p99,deliver_p999,hub_rss_mb,"
    "hub_cpu_us"
)
FOLDERS = []
REGISTRY = """organisations = (
    { code = "BENCH"; name = { kk = "Bench"; ru = "Bench"; en = "Bench"; }; },
    { code = "STS"; name = { kk = "STS"; ru = "STS"; en = "STS"; }; }
);
objects = ();
"""


def dabyl(*arguments):
    done = subprocess.run(
        [os.path.join(BUILD, "dabyl"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"dabyl {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout


class World:
    """A CA, a hub and the load's nodes in one folder."""

    def __init__(self, folder, publishers, subscribers):
        self.folder = folder
        self.hub = None
        dabyl("ca", "init", "--ca", self.path("ca"), "--org", "STS", "--no-passphrase")
        dabyl("hub", "init", self.path("hub"), "--origin", ORIGIN, "--share", TOP)
        self.enrol("hub", "hub", "hub-1", "STS")
        for n in range(publishers):
            self.enrol(f"pub-{n + 1}", "isoc", f"pub-{n + 1}", "BENCH")
        for n in range(subscribers):
            self.enrol(f"sub-{n + 1}", "nccis", f"sub-{n + 1}", "STS")
        self.enrol("officer", "officer", "officer-1", "STS", "--officer-of", "sub-1")
        with open(self.path("hub", "registry.conf"), "w", encoding="utf-8") as file:
            file.write(REGISTRY)
        with open(self.path("hub", "vkey"), "w", encoding="utf-8") as file:
            file.write(dabyl("hub", "key", self.path("hub")))
        dabyl("rules", "seal", self.path("hub", "rules", "plan.rules"),
              "--key", self.path("officer", "keys", "seal.key"),
              "--cert", self.path("officer", "certs", "seal.pem"), "--origin", ORIGIN)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def enrol(self, name, role, ident, organisation, *more):
        folder = self.path(name)
        role_options = [] if more else ["--role", role]
        dabyl("ca", "request", "--dir", folder, "--id", ident, *role_options,
              "--org", organisation, *more)
        certs = os.path.join(folder, "certs")
        dabyl("ca", "sign", os.path.join(folder, "request.pem"), "--ca", self.path("ca"), "--yes",
              "--out", certs)
        roster = self.path("hub", "roster")
        os.makedirs(roster, exist_ok=True)
        for use in ("seal", "channel"):
            source = os.path.join(certs, f"{use}.pem")
            if os.path.exists(source):
                shutil.copy(source, os.path.join(roster, f"{ident}-{use}.pem"))
        hub_channel = self.path("hub", "certs", "channel.pem")
        if name != "hub" and os.path.exists(hub_channel):
            shutil.copy(hub_channel, os.path.join(certs, "hub-channel.pem"))

    def start(self):
        log = open(self.path("hub.log"), "a", encoding="utf-8")
        self.hub = subprocess.Popen(
            [os.path.join(BUILD, "dabyl-hub"), "-c", self.path("hub", "hub.conf")], stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.hub.poll() is None:
            with open(self.path("hub.log"), encoding="utf-8") as lines:
                for line in lines:
                    if "hub.ready" in line:
                        return line.split("endpoint=")[1].split()[0]
            time.sleep(0.01)
        with open(self.path("hub.log"), encoding="utf-8") as lines:
            sys.exit("the hub did not start:\n" + lines.read())

    def spent_us(self):
        """Processor time of each thread so far; those of one name together."""
        spent = {}
        tasks = f"/proc/{self.hub.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/comm", encoding="utf-8") as name, \
                    open(f"{tasks}/{task}/schedstat", encoding="utf-8") as times:
                thread = name.read().strip()
                spent[thread] = spent.get(thread, 0) + int(times.read().split()[0]) / 1000
        return spent

    def peak_mb(self):
        with open(f"/proc/{self.hub.pid}/status", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.hub.send_signal(signal.SIGTERM)
        if self.hub.wait(60) != 0:
            sys.exit("the hub ended badly: see " + self.path("hub.log"))


def load(system, folder, endpoint, case, messages):
    publishers, subscribers, window, share = case
    done = subprocess.run(
        [os.path.join(BUILD, "tools", "bench"), system, folder, endpoint, str(publishers),
         str(subscribers), str(window), str(int(messages * share))],
        stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{system} {case}: failed; see {folder}")
    return done.stdout.strip()


def run_case(case, messages):
    """The floor, then a hub of its own, on the same folder's disk.  Two lines, and what each
    thread of the hub spent on a message."""
    folder = tempfile.mkdtemp(prefix="bench-", dir=os.path.join(TOP, "build"))
    floor = load("floor", folder, "0", case, messages)
    world = World(folder, case[0], case[1])
    with open(world.path("hub", "hub.conf"), encoding="utf-8") as file:
        text = file.read()
    with open(world.path("hub", "hub.conf"), "w", encoding="utf-8") as file:
        file.write(text.replace("tcp://127.0.0.1:7600", "tcp://127.0.0.1:*"))
    endpoint = world.start()
    before = world.spent_us()
    hub = load("hub", folder, endpoint, case, messages)
    spent = {thread: (us - before.get(thread, 0)) / int(hub.split(",")[4])
             for thread, us in world.spent_us().items()}
    peak = world.peak_mb()
    world.stop()
    FOLDERS.append(folder)  # deleting it now would slow down the file system under the next case
    return floor + ",,", f"{hub},{peak:.1f},{sum(spent.values()):.1f}", spent


def ratio(floor, hub, column):
    return float(hub.split(",")[column]) / float(floor.split(",")[column])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=60000)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    print(COLUMNS, flush=True)
    ratios = {}
    threads = {}
    for _ in range(arguments.rounds):
        for case in CASES:
            floor, hub, spent = run_case(case, arguments.messages)
            threads.setdefault(case, []).append(spent)
            print(floor, hub, sep="\n", flush=True)
            ratios.setdefault(case, []).append(
                [ratio(floor, hub, column) for column in (5, 6, 7, 10)])
    for folder in FOLDERS:
        shutil.rmtree(folder)
    print("\n# dabyl against the floor in the same run, median of the rounds")
    print("# case: published/s, delivered/s, receipt p50, deliver p50")
    for case, rows in ratios.items():
        medians = [statistics.median(column) for column in zip(*rows)]
        print(f"# {case[:3]}: " + ", ".join(f"{value:.2f}" for value in medians))
    print("# case: microseconds of the hub's threads a message")
    for case, rows in threads.items():
        medians = {thread: statistics.median(row[thread] for row in rows) for thread in rows[0]}
        print(f"# {case[:3]}: " + ", ".join(
            f"{thread} {us:.1f}" for thread, us in sorted(medians.items()) if us >= 0.05))


if __name__ == "__main__":
    main()
