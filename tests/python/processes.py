"""processes - starts programs, waits for conditions, and ends exactly what it started."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Late(Exception):
    """A condition was not met in time."""


def until(condition, what, seconds=60):
    """Wait for the condition and return what it returned."""
    end, pause = time.monotonic() + seconds, 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Late(f"not within {seconds} s: {what}")
        time.sleep(pause)
        pause = min(max(0.05, seconds / 1200), pause * 1.5)  # looking must not cost more than doing


def free_port():
    """A port below the range that the kernel hands out by itself, so that it stays ours."""
    for _ in range(200):
        port = random.SystemRandom().randrange(18000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Late("no free port")


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One daemon: its log, and the ways it may end."""

    def __init__(self, name, command, log, env=None):
        self.name, self.command, self.log, self.env = name, command, log, env
        self.child = None
        self.begins = 0

    def start(self):
        self.begins = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=dict(os.environ, **(self.env or {})),
                preexec_fn=die_with_parent,
            )
        return self

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child is not None and self.child.poll() is None

    def text(self, everything=False):
        """What it logged since it was started last."""
        with open(self.log, "rb") as file:
            file.seek(0 if everything else self.begins)
            return file.read().decode(errors="replace")

    def says(self, word, seconds=60):
        """Wait until a line of the log has this word; the line."""

        def look():
            for line in self.text().splitlines():
                if word in line:
                    return line
            if not self.running():
                raise Late(
                    f"{self.name} ended with {self.child.returncode} before it said {word!r}:\n{self.text()}"
                )
            return None

        return until(look, f"{self.name} says {word!r}", seconds)

    def says_again(self, word, before, seconds=60):
        """Wait until its log has this word more often than `before`."""
        return until(
            lambda: self.text().count(word) > before, f"{self.name} says {word!r} again", seconds
        )

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        """As the power cut would: no chance to tidy up."""
        if self.running():
            self.child.kill()
        self.child.wait()

    def stop(self, seconds=60):
        """Ask it to end.  Its exit code, or None when it had to be killed."""
        if self.child is None:
            return 0
        if self.running():
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return None

    def complaint(self):
        """What a sanitizer or a failed assertion left in the log, or ''."""
        text = self.text(everything=True)
        for mark in (
            "AddressSanitizer",
            "LeakSanitizer",
            "runtime error:",
            "Assertion",
            "ThreadSanitizer",
        ):
            at = text.find(mark)
            if at >= 0:
                return text[max(0, at - 200) : at + 3000]
        return ""
