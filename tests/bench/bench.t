#!tests/run
"""The benchmark runs, counts and checks what it says, and its picture has all of it: a few hundred messages."""

import json
import os
import subprocess
import tempfile
from xml.etree import ElementTree

import goals
import tap
from commands import TOP
from load import load
from place import Place, delete_folders

HERE = os.path.join(TOP, "tests", "bench")
FEW = ("--rounds", "1", "--messages", "200", "--nodes", "3", "--stored", "300", "--subscriptions", "40", "--largest", "10")
CASES = ("1-1-256", "4-4-64", "replay", "active", "fan", "idle", "subscriptions", "growth-rules", "growth-duties",
         "growth-connected")  # fmt: skip
WINDOW = ("messages_s", "deliveries_s", "p50_us", "p99_us", "ack_p50_us", "hub_cpu_us_per_message",
          "hub_cpu_us_per_delivery", "publisher_cpu_us_per_message", "receiver_cpu_us_per_delivery",
          "receiver_wire_bytes_per_delivery", "rss_kib", "disk_bytes_per_message")  # fmt: skip


def run(program, *arguments):
    command = [os.path.join(HERE, program), *arguments]
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)


with tempfile.TemporaryDirectory(prefix="dabyl-bench-") as folder:
    lines = os.path.join(folder, "bench.jsonl")
    done = run("bench.py", *FEW, "--json", lines, *CASES)
    tap.ok(done.returncode == 0, "some cases run, and every count is right", done.stdout + done.stderr)
    with open(lines, encoding="utf-8") as file:
        first, *records = map(json.loads, file)
    tap.ok(first["machine"]["processors"], "the machine is named")
    tap.equal(list(dict.fromkeys(record["name"] for record in records)), list(CASES), "each case has its lines")
    tap.equal([record for record in records if record["status"] != "ok"], [], "all of them are good")
    (ours,) = [r for r in records if r["name"] == "4-4-64" and r["system"] == "dabyl"]
    tap.equal([key for key in WINDOW if not ours.get(key)], [], "a window case has all of its figures")
    tap.equal((ours["case"], ours["messages"]), ([4, 4, 64], 200), "it is the case that it says it is")
    tap.ok(
        700 < ours["receiver_wire_bytes_per_delivery"] < 7000,
        "a delivery is more octets than its message, and not ten times as many",
        ours["receiver_wire_bytes_per_delivery"],
    )
    tap.has(done.stdout, "processor of the hub a message, us", "the table names figure and unit")
    tap.has(done.stdout, "to be reached;", "and what of it is to be reached")

    done = run("plot.py", "--json", lines, "--out", folder)
    tap.ok(done.returncode == 0, "what was measured is drawn", done.stdout + done.stderr)
    picture = ElementTree.parse(os.path.join(folder, "bench.svg")).getroot()
    texts = [element.text for element in picture.iter() if element.tag.endswith("}text")]
    tap.equal(texts.count("Dabyl"), 3, "a row of Dabyl in each panel")
    tap.has(" ".join(texts), first["run"][:10], "with its date")
    curves = ElementTree.parse(os.path.join(folder, "growth.svg")).getroot()
    tap.equal(sum(element.tag.endswith("}polyline") for element in curves.iter()), 6, "two curves a case of growth")
    with open(os.path.join(folder, "bench.md"), encoding="utf-8") as file:
        tap.has(file.read(), "| Dabyl |", "the table for a page has its column")

    done = run("bench.py", *FEW, "--json", lines, "nothing")
    tap.ok(done.returncode == 2 and "1-16-256" in done.stderr, "an unknown case is named, with those that there are")

made = {"dabyl": (300, 100, 500), "redis-cursor": (100, 50, 250), "floor-proven": (400, 100, 1000)}
rounds = {system: [{"round": i, "messages_s": n} for i, n in enumerate(all_)] for system, all_ in made.items()}
(row,) = [line.split() for line in goals.summary({"1-1-256": rounds}) if "1-1-256" in line]
tap.equal(row[2:], ["300", "100", "2.00", "*", "at", "least", "2.4", "400", "0.75"],
          "a goal is held against the median of the rounds' ratios")  # fmt: skip
started = {"TERM": [{"ready_s": 0.2}], "KILL": [{"ready_s": 0.1}]}
tap.has("\n".join(goals.summary({"start-1m": started})), " 0.150  at most 0.3", "and one that is of no other alone")

place = Place({"pub": 1, "sub": 1}).build()
place.hub.start()
record = load(place, (1, 1, 1), 3, k="advisory", l=20)
tap.has(record["status"], "refused", "what the hub refuses is no figure, and the line says so")
record = load(place, (1, 1, 1), 3, l=20)
tap.equal((record["status"], record["messages"]), ("ok", 3), "and what it takes is one")
record = load(place, (0, 1, 1), 4, l=1)
tap.has(record["status"], "not in time", "a message that does not come is missed")
place.stop()
delete_folders()

raise SystemExit(tap.finish())
