#!tests/run
"""Goal: whoever reads the inbox while a burst is delivered and messages are moved away is shown every number once."""

import json
import os
import re
import subprocess

import client
import tap
from processes import Process, until
from world import World

OLD, BURST = 4000, 400
ENDINGS = ("json", "seal", "tlog-proof", "why")

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    world.raw("nccis")
    node = world.node("isoc-energy")
    ran = world.path("ran")
    script = world.path("handler")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\necho "$1" >> {ran}\n')
    os.chmod(script, 0o755)
    node.start()
    world.raws["nccis"].tell(client.advisory("nccis"))
    node.has_received(1)
    node.stop()
    with open(node.path("node.conf"), "a", encoding="utf-8") as conf:
        conf.write(f'command = "{script}";\n')
    # Many files make a listing long, so that much comes while it is made.
    stem = node.names("inbox", ".json")[0][: -len(".json")]
    for i in range(OLD):
        for ending in ENDINGS:
            name = f"000000000000-019abd3c-5c00-7a4e-8b6d-{i:012x}.{ending}"
            os.link(node.path("inbox", f"{stem}.{ending}"), node.path("inbox", name))
    node.start()
    os.mkdir(node.path("away"))

    def follow(name, *words):
        return Process(
            name, [world.program("dabyl"), "--node", node.folder, *words], world.path(name)
        )

    # One with words and a bookmark, one for a program, one that cannot watch the folder.
    bookmark = follow("bookmark", "follow", "--bookmark", "night", "--timeout", "600")
    program = follow("program", "--json", "follow", "--after", "0", "--timeout", "600")
    blind = follow("blind", "follow", "--after", "0", "--timeout", "600")
    # In a namespace of its own, so that nobody else lacks a watch.
    blind.command = ["unshare", "--user", "--map-root-user", "sh", "-c",
        'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"', "sh", *blind.command]
    allowed = subprocess.run(["unshare", "--user", "--map-root-user", "true"], check=False).returncode == 0
    if not allowed:
        tap.note("user namespaces are not allowed here: nobody follows without a watch")
    readers = (bookmark, program, blind) if allowed else (bookmark, program)
    for reader in readers:
        world.begin(reader)

    def shown(reader):
        """Numbers in the order of their lines, and whether each is called moved away."""
        found = []
        for line in reader.text().splitlines():
            if line.startswith("{"):
                found.append((json.loads(line)["number"], False))
            for first, _, last in re.findall(r"^#(\d+)(-#(\d+))?  ", line):
                gone = "moved away" in line
                found += [(n, gone) for n in range(int(first), int(last or first) + 1)]
        return found

    last = 1
    while last < BURST:
        world.raws["nccis"].tell(*[client.advisory("nccis") for _ in range(8)])
        last += 8
        # Somebody works off what has come: every third, newest first.
        here = [n for n in node.names("inbox", ".json") if not n.startswith("000000000000-")]
        for name in reversed(here[-12:]):
            if int(name[:12]) % 3 == 0:
                for ending in ENDINGS:
                    source = f"{name[:-5]}.{ending}"
                    os.rename(node.path("inbox", source), node.path("away", source))

    def number(path):
        with open(node.path("state", path), encoding="utf-8") as file:
            return int(file.read())

    until(lambda: f"last={last}" in node.process.text(), "all are stored")
    # The last one stays, so that each reader comes to it.

    def is_done(reader):
        return not reader.running() or (shown(reader) or [(0,)])[-1][0] >= last

    until(lambda: all(map(is_done, readers)), "all are followed")
    for reader in readers:
        tap.ok(reader.running(), f"{reader.name} goes on", reader.text()[-200:])
    kept = {int(n[:12]) for n in node.names("inbox", ".json")}
    moved = {int(n[:12]) for n in os.listdir(node.path("away"))}
    tap.ok(len(moved) > BURST // 20, "many were moved away", len(moved))
    for reader in readers:
        found = shown(reader)
        tap.equal([n for n, _ in found], list(range(1, last + 1)), f"{reader.name}: every number once, in order")
        tap.ok(all(n in moved for n, gone in found if gone), f"{reader.name}: what stayed is never called moved away")
        tap.ok(all(gone or n in kept | moved for n, gone in found), f"{reader.name}: the rest is shown")
    until(lambda: number("bookmark-night") == last, "the bookmark is at the last")
    code, text = world.run("--node", node.folder, "--json", "inbox", "--last", "0", code=None)
    listed = [json.loads(line)["number"] for line in text.splitlines()]
    tap.equal([n for n in listed if n], sorted(kept - {0}), "the list has what is there")

    # The command: each is run or said to be skipped.
    until(lambda: number("command") >= last, "the command had all")
    with open(ran, encoding="utf-8") as file:
        runs = [int(os.path.basename(line)[:12]) for line in file.read().splitlines()]
    log = node.process.text()
    skipped = [int(n) for n in re.findall(r"command\.skipped.*number=(\d+)", log)]
    tap.equal(sorted(runs + skipped), list(range(2, last + 1)), "the command ran for every one that was there")
    tap.ok(all(n in moved for n in skipped), "and was not run only for what was moved away", skipped[:5])
    for reader in readers:
        reader.kill()
    node.stop()
    for name in os.listdir(node.path("inbox")):
        if name.startswith("000000000000-"):
            os.remove(node.path("inbox", name))
