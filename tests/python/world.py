"""world - a CA, a hub and nodes in a temporary folder, built with the `dabyl` command.

    with World(__doc__) as world:
        world.hub.start()
        world.node("nccis").start()
        ...

A world that saw a failure keeps its folder and says where.  MODE chooses the build (asan, or
release); only processes that the world started are ended, each by its id.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import traceback

import client
import tap
from authority import Authority
from cast import CAST, OBJECTS, ORIGIN, registry
from commands import MODE, TOP, Commands
from conversations import Conversations
from hub import Hub
from law import Law
from processes import free_port


class World(Commands, Authority, Law, Conversations):
    def __init__(self, goal, cast=None, folder=None, settings="", expired=(), officers=(), law=""):
        self.goal = (goal or "").strip().splitlines()[0]
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="dabyl-")
        self.processes, self.clients = [], []
        self.port = free_port()
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        self.settings, self.origin, self.expired = settings, ORIGIN, expired
        self.law = law  # why the scenario runs another law than the one that ships
        # Nodes that have two officers, who seal what the law wants them to; a Headquarters always has,
        # and who proposes to convene it.
        self.sealing = list(officers)
        self.registry = registry([code for _, code in CAST.values()], OBJECTS)
        self.nodes, self.raws, self.fences = {}, {}, {}
        self.hub = Hub(self)
        self.cast = (
            cast
            if isinstance(cast, dict)
            else {
                name: CAST[name]
                for name in (cast or ("nccis", "isoc-energy", "owner-grid", "knb", "mfa"))
            }
        )

        headed = any(role == "headquarters" for role, _ in self.cast.values())
        self.sealing += [
            name
            for name, (role, _) in self.cast.items()
            if role in ("headquarters", "nccis") and name not in (*self.sealing, *expired) and headed
        ]

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def build_hub(self):
        """CA and hub, with its registry; no node yet, and rules that nobody has sealed."""
        where = ("--origin", ORIGIN, "--listen", self.endpoint, "--share", TOP)
        self.run_all(
            (
                ("ca", "init", "--ca", self.path("ca"), "--no-passphrase", "--from", self.old()),
                ("hub", "init", self.hub.folder, *where),
                *self.certification("hub", ("--role", "hub"), "STS"),
            )
        )
        shutil.copy(self.hub.path("certs", "seal.pem"), self.hub.path("roster", "hub-seal.pem"))
        self.configure_hub()
        with open(self.hub.path("registry.conf"), "w", encoding="utf-8") as conf:
            conf.write(self.registry)

    def build(self):
        """CA, hub, nodes, the officer who seals the rules, and the rules sealed."""
        self.build_hub()
        people = [("duty-nccis", "nccis", None)] + [
            (officer, node, office)
            for node in self.sealing
            for officer, office in zip(self.officers(node), self.offices(node))
        ]
        self.run_all((*self.certifications(people), self.sealing_of_rules("duty-nccis")))
        for name, (role, organisation) in self.cast.items():
            self.settle(name, role, organisation)
        for officer, _, _ in people:
            self.admit(officer)
        return self

    def certifications(self, people):
        """The commands that certify all nodes, and these officers."""
        for name, (role, organisation) in self.cast.items():
            how = ("--from", self.old(), "--days", "1") if name in self.expired else ()
            yield from self.certification(name, ("--role", role), organisation, *how)
        for officer, node, office in people:
            yield from self.certification(officer, self.person(node, office), self.cast[node][1])

    @staticmethod
    def old():
        """Longer ago than any certificate that has expired."""
        return client.rfc3339(-10 * 86400)

    def node(self, name):
        return self.nodes[name]

    def begin(self, process):
        process.start()
        if process not in self.processes:
            self.processes.append(process)

    def start(self, *names):
        """The hub and these nodes (all when none is named), each in a session."""
        self.hub.start()
        for name in names or self.nodes:
            self.node(name).start(wait=False)
        for name in names or self.nodes:
            self.node(name).connected()
        return self

    def kill_hub(self):
        """The hub is killed and comes back; nodes that run have a session again."""
        running = [node.process for node in self.nodes.values() if node.process.running()]
        before = {process: process.text().count("link.ready") for process in running}
        self.hub.kill()
        self.hub.start()
        for process in running:
            process.says_again("link.ready", before[process])

    def check(self, *more):
        """The independent check over the journal, all receipts and all inboxes; (code, text)."""
        command = [
            "/usr/bin/python3",
            *("-m", "check"),  # by its name it is compiled once
            "--vkey",
            self.hub.path("vkey"),
            "--journal",
            self.hub.path("journal"),
            *more,
        ]
        for node in self.nodes.values():
            for option in ("sent", "inbox"):
                if os.path.isdir(node.path(option)):
                    command += [f"--{option}", node.path(option)]
            if os.path.isdir(node.path("attachments", "sent")):
                command += ["--attachments", node.path("attachments", "sent")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def verify(self):
        """What every scenario must leave: a journal and receipts that an outsider can verify."""
        if os.path.isdir(self.hub.path("journal", "tile")):
            code, text = self.check()
            tap.ok(code == 0, "the journal and all receipts verify", text)

    def stop(self):
        """End all that was started; True when each ended by itself and nothing complained."""
        good = True
        for one in self.clients:
            one.close()
        self.clients = []
        for process in reversed(self.processes):
            if process.child is None:
                continue
            killed = process.child.poll() is not None and process.child.returncode == -9
            code = process.stop()
            if code != 0 and not killed:
                good = tap.ok(False, f"{process.name} ends when asked", f"exit code {code}")
            if process.complaint():
                good = tap.ok(False, f"{process.name} has nothing to report", process.complaint())
        self.processes = []
        return good

    def __enter__(self):
        tap.note(self.goal)
        for name in ("dabyl-hub", "dabyl"):
            if not os.path.exists(self.program(name)):
                tap.skip_all(f"{name} is not built in {MODE}")
        try:
            return self.build()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise

    def __exit__(self, kind, error, trace):
        if kind is SystemExit:
            self.stop()
            return False
        if kind is not None:
            tap.ok(
                False,
                "the scenario runs to its end",
                "".join(traceback.format_exception(kind, error, trace)),
            )
        self.stop()
        self.verify()
        if tap.failed:
            tap.note(f"kept: {self.folder}")
            for process in [self.hub.process] + [node.process for node in self.nodes.values()]:
                if os.path.exists(process.log):
                    tap.note(f"--- end of {process.log}")
                    tap.note("\n".join(process.text(everything=True).splitlines()[-15:]))
        elif self.own:
            shutil.rmtree(self.folder, ignore_errors=True)
        sys.exit(tap.finish())
