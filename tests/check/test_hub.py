#!tests/run
"""Goal: the independent check verifies what a real hub leaves, and finds each of 100 changed bits.

Three thousand entries at least, and all their receipts; ten thousand with `make check`.
"""

import os
import random
import re

import client
import tap
import test_check
from processes import until
from world import World


ENTRIES = int(os.environ.get("CHECK_ENTRIES", "3000"))

with World(__doc__, ("isoc-energy", "nccis", "knb")) as world:
    tap.note(f"CHECK_SEED={test_check.SEED} CHECK_ENTRIES={ENTRIES}")
    source = random.Random(test_check.SEED)
    world.start()
    sender = world.node("isoc-energy")
    n = ENTRIES * 2 // 5  # levels 0 to 5: with alerts, duties and deliveries more than 2.5 entries each
    for i in range(n):
        sender.drop(client.notice("isoc-energy", i % 6), f"{i:06d}")
    until(lambda: len(sender.names("sent", ".told")) >= n, f"{n} receipts", 600)
    world.stop()
    folder = world.path("seen-from-outside")
    os.mkdir(folder)
    os.mkdir(os.path.join(folder, "inbox"))
    for name, path in (
        ("vkey", world.hub.path("vkey")),
        ("journal", world.hub.path("journal")),
        ("sent", sender.path("sent")),
        ("inbox/nccis", world.node("nccis").path("inbox")),
    ):
        os.symlink(path, os.path.join(folder, name))
    test_check.ok = tap.ok
    code, text = test_check.command(folder)
    tap.ok(
        code == 0 and "everything verified" in text, f"the journal and {n} receipts verify", text
    )
    tap.note(text)
    entries = int(re.search(r"(\d+) entries in", text).group(1))
    tap.ok(entries >= ENTRIES, f"there are {ENTRIES} entries at least", entries)
    test_check.flips(folder, source)
