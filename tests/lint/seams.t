#!tests/run
"""Goal: what a simulator takes over is asked of the system in one place each: clock, randomness, threads; files by names it can replace; no name is given twice."""

import glob
import os
import re
import subprocess
import sys

import tap

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MODE = os.path.join(TOP, os.environ.get("BUILD", "build"), os.environ.get("MODE", "asan"))

# What only these objects may ask for.
SEAMS = (
    ("the clock", r"clock_\w*gettime|gettimeofday|time|ftime|clock", ("lib/sys/clock.o",)),
    ("randomness", r"randombytes_\w+|getrandom|getentropy|arc4random\w*|rand|random|rand_r|\w+rand48(_r)?",
     ("lib/sys/random.o",)),
    ("threads", r"pthread_(?!setname|sigmask|self)\w+|thrd_\w+|mtx_\w+|cnd_\w+|sched_yield", ("lib/sys/task.o",)),
)
# Files that must survive go through these, which a simulator replaces at link time as tests/shims do at
# load time; nobody maps a file or writes one by way of a stream.
STREAMS = r"mmap(64)?|fopen(64)?|freopen(64)?|tmpfile(64)?|mkstemp\w*"


def wanted():
    """(object, symbol) for each symbol that an object of ours wants from elsewhere"""
    for room in ("lib", "hub", "nodes", "certs", "web"):
        for name in glob.glob(os.path.join(MODE, room, "**", "*.o"), recursive=True):
            told = subprocess.run(("nm", "-u", name), capture_output=True, text=True, check=True).stdout
            source = os.path.join(TOP, os.path.relpath(name, MODE)[:-1] + "c")
            if os.path.exists(source):  # not what an earlier build left
                yield from ((os.path.relpath(name, MODE), word) for word in re.findall(r"\bU (\w+)", told))


def named_twice():
    """Names that two objects of the archive give to something: whoever is linked gets the first."""
    archive = os.path.join(MODE, "libdabyl.a")
    told = subprocess.run(("nm", "-g", "--defined-only", archive), capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^[0-9a-f]+ [BCDRT] ((?!__)\w+)$", told, re.M)
    return len(names), sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []


def main():
    found = sorted(set(wanted()))
    tap.ok(len({name for name, _ in found}) > 200, "the objects are there", f"{len(found)} in {MODE}")
    for what, symbols, owners in SEAMS:
        users = [(name, word) for name, word in found if re.fullmatch(symbols, word)]
        strangers = [f"{name} wants {word}" for name, word in users if name not in owners]
        tap.ok(not strangers, f"{what}: asked for in {', '.join(owners)} alone", "; ".join(strangers))
        tap.ok({name for name, _ in users} == set(owners), f"{what}: and asked for there")
    streams = [f"{name} wants {word}" for name, word in found if re.fullmatch(STREAMS, word)]
    tap.ok(not streams, "files: no map and no stream", "; ".join(streams))
    names, twice = named_twice()
    tap.ok(names > 1000 and not twice, "no name stands for two things in two rooms", f"{names} names; {', '.join(twice)}")
    return tap.finish()


sys.exit(main())
