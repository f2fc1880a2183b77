#!tests/run
"""Goal: long work says on a terminal how far it is and nothing in a pipe, and Ctrl-C leaves the terminal as it was."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import tap
from commands import Commands
from terminal import Terminal

LARGE = 3 << 30  # a file of nothing, which takes no room and some seconds to be hashed


class Desk(Commands):
    """A node's folder without a daemon."""


folder = tempfile.mkdtemp(prefix="dabyl-")
try:
    desk, path = Desk(), os.path.join(folder, "image")
    with open(path, "wb") as file:
        file.truncate(LARGE)
    words = ("trace", path, "--incident", "1", "--node", folder)

    at = Terminal(desk.program("dabyl"), *words)
    at.until("hashing: ").until("%").until("3.2 GB").until("/s").until("left")
    os.write(at.fd, b"\x03")
    text = at.end()
    tap.equal(at.code, -2, "Ctrl-C ends it as any program")
    tap.ok(text.endswith("\n"), "on a line of its own", repr(text[-80:]))
    tap.ok(re.search(r"hashing: \d+ %, [\d.]+ [MG]B of 3\.2 GB, \d+ MB/s, \d+:\d\d left", text), "percent, rate and time left are said", repr(text[-300:]))
    tap.ok(all(len(line) < 80 for line in re.split(r"\r|\n|\033\[K", text)), "each in one line of the terminal")

    with open(path, "r+b") as file:
        file.truncate(LARGE // 16)
    running = subprocess.Popen(
        [desk.program("dabyl"), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    _, said = running.communicate(timeout=120)
    tap.ok("hashing" not in said and "\033" not in said, "a pipe has none of it", said)
finally:
    shutil.rmtree(folder)
sys.exit(tap.finish())
