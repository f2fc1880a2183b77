"""browsing - Chromium before a world's consoles, driven by a script of tests/browser.

The script (desk.js has what the scripts share) says one JSON object a line: a result of the test,
a remark, or a question for what happens beyond the pages: `calls` has a function for each.
"""

import fcntl
import json
import os
import shutil
import subprocess
import threading

import tap
from commands import TOP
from processes import Late, die_with_parent, until

HERE = os.path.join(TOP, "tests", "browser")
PACKAGES = os.path.join(TOP, "build", "browser")
LONGEST_S = 300  # for a script that waits for nothing any more


def lacks():
    """A command that is missing for these tests, or None."""
    return next((c for c in ("chromium", "node", "npm") if not shutil.which(c)), None)


def same(one, other):
    try:
        with open(one, "rb") as a, open(other, "rb") as b:
            return a.read() == b.read()
    except FileNotFoundError:
        return False


def install():
    """The scripts' packages are in build/browser, once for all tests; what is wrong, or None."""
    os.makedirs(PACKAGES, exist_ok=True)
    wanted, stamp = os.path.join(HERE, "package-lock.json"), os.path.join(PACKAGES, "installed")
    with open(os.path.join(PACKAGES, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if same(wanted, stamp):
            return None
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(HERE, name), PACKAGES)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"],
            cwd=PACKAGES,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        if done.returncode != 0:
            return "npm cannot install puppeteer-core here: " + " ".join(done.stderr.split())[:120]
        shutil.copy(wanted, stamp)
    return None


def ready():
    """Go on only where there is a browser and what drives it: else the whole test is skipped."""
    if missing := lacks():
        tap.skip_all(f"there is no {missing}: packages-browser.list")
    if wrong := install():
        tap.skip_all(wrong)


class Browsing:
    def __init__(self, world, **calls):
        self.world = world
        self.calls = {"run": self.command, "verify": self.verify, **calls}
        self.log = world.path("browser.log")
        self.ended = False

    def command(self, *words):
        """`dabyl` as it would be called in a terminal."""
        return self.world.run(*words)

    def verify(self, node):
        """`dabyl verify` of all that a node has; how many messages."""
        node = self.world.node(node)
        files = [node.path(box, n) for box in ("sent", "inbox") for n in node.names(box, ".json")]
        self.world.run("verify", "--node", node.folder, *files)
        return len(files)

    def answer(self, asked):
        try:
            return {"value": self.calls[asked["call"]](*asked["with"])}
        except Exception as error:  # pylint: disable=broad-except
            return {"error": f"{asked['call']}: {error!r}"}

    def hear(self, said, child):
        if "call" in said:
            child.stdin.write(json.dumps(self.answer(said)) + "\n")
            child.stdin.flush()
        elif "note" in said:
            tap.note(said["note"])
        elif "end" in said:
            self.ended = True
        else:
            tap.ok(said["ok"], said["name"], said.get("detail", ""))

    def run(self, script):
        """The script from its beginning to its end; a browser that it leaves behind is a fault."""
        command = ["node", os.path.join(HERE, script), self.world.folder, PACKAGES]
        with open(self.log, "ab") as log, subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=die_with_parent,
        ) as child:
            guard = threading.Timer(LONGEST_S, child.kill)
            guard.start()
            try:
                for line in child.stdout:
                    self.hear(json.loads(line), child)
            finally:
                guard.cancel()
        if not (self.ended and child.returncode == 0):
            with open(self.log, encoding="utf-8", errors="replace") as log:
                tap.ok(False, f"{script} runs to its end", log.read()[-3000:])
        # Its helpers end after the browser that they belong to.
        try:
            until(lambda: not self.left(), "the browser's helpers end")
        except Late:
            pass
        tap.equal(self.left(), [], f"{script} leaves no browser behind")

    def left(self):
        """Processes that have this world's browser profile in their command line."""
        found, profile = [], self.world.path("chromium").encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    text = file.read()
            except OSError:
                continue
            if b"--user-data-dir=" + profile in text:
                found.append(int(pid))
        return found
