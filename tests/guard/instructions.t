#!tests/run
"""Goal: a message costs as many instructions as it did: in the hub, in its publisher, in each receiver.

No clock is in this: build/release/tools/guard runs hub and nodes in one thread, without a network, the
same each time, and callgrind counts.  Of three kinds of code: ours, the C library's, and other libraries',
which is cryptography above all.  The figures that were are tests/guard/instructions.txt.

And no function of ours takes more for one receiver more when receivers are many than when they are few:
one that goes through all of them for each of them shows here, by its name, before anybody feels it.

usage: instructions.t [--update] [--profile hub|publisher|receiver]
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

import tap
from commands import TOP
from world import World

GUARD = os.path.join("build", "release", "tools", "guard")  # from TOP
FIGURES = os.path.join(TOP, "tests", "guard", "instructions.txt")
RECEIVERS = 4  # as the figures are
FEWER, MORE = 1, 16  # and beside them
PARTS = ("hub", "publisher", "receiver")
KINDS = ("dabyl", "libc", "libraries")
TOLERANCE = 0.03
LEVEL = 80  # octets of the world's name for the guard
LEAST = 50  # instructions: less is no difference
GROWTH = 1.05  # what one receiver more costs when they are many, at most, as a part of when they are few
LITTLE = 5  # instructions: less is no growth


def cast_of(receivers):
    """A publisher and these receivers; all names are as long, for a name is hashed and copied by its octets."""
    names = ["nccis"] + [f"nc-{number:02}" for number in range(2, receivers + 1)]
    return {"isoc-1": ("isoc", "SOC"), **{name: ("nccis", "STS") for name in names}}


CAST = cast_of(RECEIVERS)


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def machine():
    """What else the figures depend on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        vectors = "avx2" if re.search(r"\bavx2\b", file.read()) else "no avx2"
    compiler = os.environ.get("CC", "gcc").split()[-1]
    return f"{os.uname().machine}, {vectors}, {first_line(compiler, '--version')}, {first_line('valgrind', '--version')}"


def level_path(world):
    """The world by another name, as long in every tree: how much is copied at once depends on where it lies,
    and that on what names have taken before it.
    """
    parent = os.path.dirname(world.folder)
    name = os.path.join(parent, os.path.basename(world.folder).ljust(LEVEL - len(parent) - 1, "g") + "g")
    os.symlink(world.folder, name)
    with open(world.hub.path("hub.conf"), encoding="utf-8") as file:
        text = file.read()
    with open(world.hub.path("hub.conf"), "w", encoding="utf-8") as file:
        file.write(text.replace(world.folder, name))
    return name


def count(world):
    """Runs the guard under callgrind: what it says itself; the dumps are world.path("dump.*")."""
    name = level_path(world)
    try:
        return count_under(world, name)
    finally:
        os.unlink(name)


def count_under(world, name):
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--separate-threads=yes",
               "--compress-strings=no", f"--callgrind-out-file={world.path('dump')}",
               GUARD, os.path.join(name, "hub", "hub.conf"), name, *world.cast]
    plain = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=TOP, env=plain, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def kind_of(path):
    name = os.path.basename(path)
    return "dabyl" if name == "guard" else "libc" if name.startswith("libc.") else "libraries"


def read_dump(path, spent):
    """Adds what one dump says: spent[part][object, function] are instructions, without those of calls."""
    part = where = function = None
    called = False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("desc: Trigger: Client Request: "):
                part = line.split(": ")[-1].strip()
            elif line.startswith("ob="):
                where = line[3:].strip()
            elif line.startswith("fn="):
                function = line[3:].strip()
            elif line.startswith("calls="):
                called = True  # the line after it is the cost of what was called
            elif line[0] in "0123456789+-*":
                if not called and part in spent:
                    key = (where, function)
                    spent[part][key] = spent[part].get(key, 0) + int(line.split()[1])
                called = False


def measure(world):
    """(figures[part, kind], spent, what the guard said): instructions a message; of one receiver."""
    said = count(world)
    messages, receivers = (int(n) for n in re.findall(r"\d+", said))
    spent = {part: {} for part in PARTS}
    for path in glob.glob(world.path("dump.*-01")):
        read_dump(path, spent)
    figures = {(part, kind): 0 for part in PARTS for kind in KINDS}
    for part, functions in spent.items():
        share = messages * (receivers if part == "receiver" else 1)
        for key in functions:
            functions[key] /= share
            figures[part, kind_of(key[0])] += functions[key]
    return {key: round(figure) for key, figure in figures.items()}, spent, said


def read_figures():
    with open(FIGURES, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if line.strip() and line[0] != "#"]
    figures = {tuple(line.split()[:2]): int(line.split()[2]) for line in lines[1:]}
    return lines[0], figures


def write_figures(figures):
    with open(FIGURES, "w", encoding="utf-8") as file:
        file.write("# Instructions a message: tests/guard/instructions.t; `make guard UPDATE=1` writes this.\n")
        file.write(machine() + "\n")
        for (part, kind), figure in figures.items():
            file.write(f"{part:<10} {kind:<10} {figure:>8}\n")


def print_profile(spent, part):
    functions = spent[part]
    for key, figure in sorted(functions.items(), key=lambda item: -item[1])[:60]:
        tap.note(f"{figure:>10.0f}  {os.path.basename(key[0])}: {key[1]}")


def compare(before, figures):
    for key, figure in figures.items():
        was = before.get(key, 0)
        ratio = figure / was if was else 0
        good = abs(figure - was) <= max(TOLERANCE * was, LEAST)
        tap.ok(good, f"{key[0]}, {key[1]}: {figure} instructions a message, {was} before",
               f"{ratio:.3f} times; `make guard PROFILE={key[0]}` shows where, and when it is meant to be so, "
               "`make guard UPDATE=1` writes it down")


def measure_beside(world, receivers):
    """What is spent with as many receivers, in a world inside of this one's folder."""
    folder = world.path(f"with-{receivers}")
    os.mkdir(folder)
    _, spent, said = measure(World(__doc__, cast=cast_of(receivers), folder=folder).build())
    tap.note(said)
    return spent


def one_more(fewer, more, key, receivers):
    """What a function takes for each receiver that `more` has and `fewer` does not."""
    return (more.get(key, 0) - fewer.get(key, 0)) / receivers


def grown(fewer, these, more):
    """The functions of ours that take more for one receiver more, the more there are."""
    for key in more:
        few = one_more(fewer, these, key, RECEIVERS - FEWER)
        many = one_more(these, more, key, MORE - RECEIVERS)
        if kind_of(key[0]) == "dabyl" and many > GROWTH * few + LITTLE:
            yield f"{key[1]}: {few:.0f} instructions from {FEWER} to {RECEIVERS}, {many:.0f} from there to {MORE}"


def compare_growth(fewer, these, more):
    for part in PARTS:
        found = sorted(grown(fewer[part], these[part], more[part]))
        name = f"{part}: one receiver more takes as much when there are {MORE}"
        tap.ok(not found, name, "for each receiver more\n" + "\n".join(found))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--profile", choices=PARTS)
    wanted = parser.parse_args()
    if not shutil.which("valgrind"):
        tap.skip_all("callgrind is not here (Debian package valgrind)")
    if not os.path.exists(os.path.join(TOP, GUARD)):
        tap.skip_all("build/release/tools/guard is not built")
    where, before = read_figures() if os.path.exists(FIGURES) else ("", {})
    if where != machine() and not (wanted.update or wanted.profile):
        tap.skip_all(f"the figures are of another machine: {where}; this is {machine()}")
    with World(__doc__, cast=CAST) as world:
        figures, spent, said = measure(world)
        tap.note(said)
        if wanted.profile:
            print_profile(spent, wanted.profile)
        if wanted.update:
            for key, figure in figures.items():
                tap.note(f"{key[0]:<10} {key[1]:<10} {before.get(key, 0):>8} -> {figure:>8}")
            write_figures(figures)
        elif not wanted.profile:
            compare(before, figures)
            compare_growth(measure_beside(world, FEWER), spent, measure_beside(world, MORE))


main()
