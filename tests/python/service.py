"""service - runs a program as its systemd unit says, as far as one can tell without systemd.

What the daemon says to NOTIFY_SOCKET is heard and kept; WATCHDOG_USEC is a second.
"""

import os
import re
import shlex
import socket
import subprocess
import time

from commands import TOP
from processes import Late, Process

WATCHDOG_S = 1.0


def directives(unit):
    """Of a unit's file: key to its values, in order."""
    found = {}
    with open(os.path.join(TOP, "service", unit), encoding="utf-8") as file:
        for line in file:
            match = re.match(r"([A-Za-z]+)=(.*)$", line)
            if match:
                found.setdefault(match[1], []).append(match[2])
    return found


class Service:
    """`folder`: what lies in /var/lib/dabyl otherwise; `instance`: of a template."""

    def __init__(self, world, unit, folder, instance="", abstract=False, env=None):
        self.world, self.folder, self.instance = world, folder, instance
        self.directives = directives(unit)
        self.place = os.path.dirname(self.words("ConditionPathExists")[0])
        name = f"{folder}-{unit.split('.')[0]}"
        name = "@" + name[1:] if abstract else name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if abstract else name)
        self.heard = []
        env = dict(env or {}, NOTIFY_SOCKET=name, WATCHDOG_USEC=str(int(WATCHDOG_S * 1e6)))
        self.process = Process(unit, self.command("ExecStart"), folder + "-service.log", env)

    def words(self, key):
        return shlex.split(self.directives[key][0].replace("%i", self.instance))

    def command(self, key):
        """Its programs are those of this build, its folder is the world's."""
        program, *rest = self.words(key)
        rest = [word.replace("/var/lib/dabyl/" + os.path.basename(self.place), self.folder) for word in rest]
        here = self.world.program(os.path.basename(program))
        return [here if program.startswith("/usr/bin/") else program, *rest]

    def start(self):
        self.world.begin(self.process)
        return self

    def reload(self):
        """(exit code, what it said) of ExecReload."""
        command = [word.replace("$MAINPID", str(self.process.pid)) for word in self.command("ExecReload")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def hears(self, line, seconds=30):
        """The next datagram with this line; -> all its lines.  None: there was none in this time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                lines = self.socket.recv(4096).decode().splitlines()
            except TimeoutError:
                return None
            self.heard.append(lines)
            if line in lines:
                return lines
        return None

    def must_hear(self, line):
        lines = self.hears(line)
        if lines is None:
            raise Late(f"{self.process.name} did not say {line}: {self.heard[-5:]}\n{self.process.text()}")
        return lines

    def forget(self):
        """What was said so far is read, and passed over."""
        self.socket.settimeout(0.001)
        try:
            while True:
                self.heard.append(self.socket.recv(4096).decode().splitlines())
        except (TimeoutError, BlockingIOError):
            return

    def close(self):
        self.socket.close()
