"""world - a CA, a hub and nodes in a temporary folder, built with the `dabyl` command.

    with World(__doc__) as world:
        world.hub.start()
        world.node("nccis").start()
        ...

A world that saw a failure keeps its folder and says where.  MODE chooses the build (asan, or
release); only processes that the world started are ended, each by its id.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

import client
import tap
from processes import Process, free_port, until

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODE = os.environ.get("MODE", "asan")
ORIGIN = "dabyl.test/log"

# node: role, organisation.  One of each role that the scenarios need, two centres, two owners.
CAST = {
    "nccis": ("nccis", "STS"),
    "isoc-energy": ("isoc", "SOC-E"),
    "isoc-bank": ("isoc", "SOC-B"),
    "owner-grid": ("owner", "GRID"),
    "owner-bank": ("owner", "BANK"),
    "service": ("response-service", "CERT-S"),
    "authority": ("authority", "AUTH"),
    "knb": ("national-security", "KNB"),
    "mfa": ("foreign-affairs", "MFA"),
    "telecom": ("communications", "COMM"),
    "prosecutor": ("prosecutor", "GPO"),
    "hq": ("headquarters", "HQ"),
    "media": ("media", "MEDIA"),
    "partner": ("partner", "CERT-X"),
}

# object: sector, owner, serving centre or None, whether the plan covers it.
OBJECTS = {
    "obj-grid-1": ("power-supply", "GRID", "SOC-E", True),
    "obj-bank-1": ("banking", "BANK", "SOC-B", True),
    "obj-alone": ("transport", "GRID", None, True),
    "obj-sealed": ("communications", "GRID", "SOC-E", False),
}


def registry(organisations, objects):
    """The text of a registry; an organisation's name is its code in every language."""
    codes = [
        f'    {{ code = "{code}"; name = {{ kk = "{code}"; ru = "{code}"; en = "{code}"; }}; }}'
        for code in organisations
    ]
    lines = []
    for name, (sector, owner, isoc, covered) in objects.items():
        line = f'    {{ id = "{name}"; sector = "{sector}"; owner = "{owner}";'
        line += f' isoc = "{isoc}";' if isoc else ""
        lines.append(line + (" }" if covered else " in_scope = false; }"))
    return (
        "organisations = (\n" + ",\n".join(codes) + "\n);\n"
        "objects = (\n" + ",\n".join(lines) + "\n);\n"
    )


NODE_CONF = """node = "{node}";
hub = {{ endpoints = ["{endpoint}"]; certificate = "certs/hub-channel.pem"; vkey = "hub.vkey"; }};
ca = "certs/ca.pem";
keys = {{ seal = "keys/seal.key"; channel = "keys/channel.key"; }};
certificates = {{ seal = "certs/seal.pem"; channel = "certs/channel.pem"; }};
"""


class Node:
    """A node's folder, its daemon, and a raw client with its keys."""

    def __init__(self, world, name, role, organisation):
        self.world, self.name, self.role, self.organisation = world, name, role, organisation
        self.folder = os.path.join(world.folder, name)
        self.process = Process(
            name, [world.program("dabyl-node"), "-c", self.path("node.conf")], self.folder + ".log"
        )

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, wait=True):
        self.world.begin(self.process)
        if wait:
            self.process.says("node.ready")
        return self

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    def seal_key(self):
        return client.SealKey(self.path("keys", "seal.key"))

    def channel_key(self):
        return client.ChannelKey(self.path("keys", "channel.key"))

    def client(self, **more):
        """A conversation of our own with the hub, in this node's name."""
        options = dict(node=self.name, channel=self.channel_key(), seal=self.seal_key())
        options.update(more)
        node = client.Client(self.world.endpoint, self.world.hub_key(), ORIGIN, **options)
        self.world.clients.append(node)
        return node

    # --- its folders ------------------------------------------------------------------------

    def drop(self, fields, name=None):
        """Rename a message into outbox/, as any program may; returns the file's name."""
        data = fields if isinstance(fields, bytes) else client.encode(fields)
        name = name or (fields.get("id") if isinstance(fields, dict) else None) or client.uuid7()
        os.makedirs(self.path("outbox"), exist_ok=True)
        temporary = self.path("outbox", f".{name}.tmp")
        with open(temporary, "wb") as file:
            file.write(data)
        os.rename(temporary, self.path("outbox", name + ".json"))
        return name

    def names(self, folder, ending):
        try:
            return sorted(
                n for n in os.listdir(self.path(folder)) if n.endswith(ending) and n[0] != "."
            )
        except FileNotFoundError:
            return []

    def sent(self):
        """Ids of messages that the hub's receipt is there for."""
        return [name[: -len(".tlog-proof")] for name in self.names("sent", ".tlog-proof")]

    def refused(self):
        """Reasons by file name, as the node gives them to people."""
        return {name: self.load("refused", name) for name in self.names("refused", ".reason.json")}

    def inbox(self):
        """Messages delivered and stored, in order: a document appears after all that proves it."""
        return [self.load("inbox", name) for name in self.names("inbox", ".json")]

    def why(self):
        """Message id -> the routing line that brought it here."""
        found = {}
        for name in self.names("inbox", ".why"):
            with open(self.path("inbox", name), encoding="utf-8") as file:
                found[name[13 : -len(".why")]] = file.read().strip()
        return found

    def load(self, *parts):
        with open(self.path(*parts), encoding="utf-8") as file:
            return json.load(file)

    def has_sent(self, n=1):
        return until(lambda: len(self.sent()) >= n and self.sent(), f"{n} receipts at {self.name}")

    def has_received(self, n=1):
        return until(
            lambda: len(self.names("inbox", ".json")) >= n and self.inbox(),
            f"{n} deliveries at {self.name}",
        )

    def has_refused(self, n=1):
        return until(
            lambda: len(self.refused()) >= n and self.refused(), f"{n} refusals at {self.name}"
        )


class Hub:
    def __init__(self, world):
        self.world = world
        self.folder = os.path.join(world.folder, "hub")
        self.process = Process(
            "hub", [world.program("dabyl-hub"), self.path("hub.conf")], self.folder + ".log"
        )

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, wait=True):
        self.world.begin(self.process)
        if wait:
            self.process.says("hub.ready")
        return self

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()


class World:
    def __init__(self, goal, cast=None, folder=None, settings="", expired=(), seals=False):
        self.goal = (goal or "").strip().splitlines()[0]
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="dabyl-")
        self.processes, self.clients = [], []
        self.port = free_port()
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        self.seals = seals  # whether rules that demand officers' seals are in force
        self.settings, self.origin, self.expired = settings, ORIGIN, expired
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

    # --- commands -----------------------------------------------------------------------------

    @staticmethod
    def program(name):
        return os.path.join(TOP, "build", MODE, name)

    def run(self, *arguments, program="dabyl", code=0, stdin=None, env=None):
        """Run a command; its output.  Any other exit code than expected is an error."""
        done = subprocess.run(
            [self.program(program), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=dict(os.environ, **(env or {})),
        )
        if code is not None and done.returncode != code:
            raise RuntimeError(
                f"{program} {' '.join(map(str, arguments))}: exit {done.returncode}, "
                f"expected {code}\n{done.stdout}{done.stderr}"
            )
        return (
            done.stdout + done.stderr
            if code is not None
            else (done.returncode, done.stdout + done.stderr)
        )

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    # --- building -----------------------------------------------------------------------------

    def build(self):
        """CA, hub, nodes, the officer who seals the rules, and the rules sealed."""
        old = client.rfc3339(-10 * 86400)
        self.run("ca", "init", "--ca", self.path("ca"), "--no-passphrase", "--from", old)
        self.run("hub", "init", self.hub.folder, "--origin", ORIGIN, "--listen", self.endpoint)
        self.certify("hub", ("--role", "hub"), "STS")
        shutil.copy(self.hub.path("certs", "seal.pem"), self.hub.path("roster", "hub-seal.pem"))
        self.configure_hub()
        with open(self.hub.path("registry.conf"), "w", encoding="utf-8") as conf:
            conf.write(self.registry)
        for name, (role, organisation) in self.cast.items():
            how = ("--from", old, "--days", "1") if name in self.expired else ()
            self.enrol(name, role, organisation, *how)
        self.officer("duty-nccis", "nccis")
        if not self.seals:
            self.switch_off_seals()
        self.seal_rules("duty-nccis")
        return self

    def configure_hub(self):
        """Settings instead of what `hub init` wrote; of roles that are not in the cast no warning."""
        there = {role for role, _ in self.cast.values()}
        absent = sorted({f'"{role}"' for role, _ in CAST.values() if role not in there})
        line = f"absent_roles = [ {', '.join(absent)} ];\n"
        with open(self.hub.path("hub.conf"), encoding="utf-8") as conf:
            text = conf.read()
        if self.settings:
            text = f'origin = "{ORIGIN}";\nlisten = ["{self.endpoint}"];\n{self.settings}{line}'
        else:
            text = re.sub(r"(?m)^absent_roles = .*\n", line, text)
        with open(self.hub.path("hub.conf"), "w", encoding="utf-8") as conf:
            conf.write(text)

    def certify(self, name, who, organisation, *how):
        """Request on the holder's side, signature on the CA's; the folder has certs/ then."""
        folder = self.path(name)
        self.run("ca", "request", "--dir", folder, "--id", name, "--org", organisation, *who)
        self.run(
            "ca",
            "sign",
            "--ca",
            self.path("ca"),
            "--yes",
            "--out",
            f"{folder}/certs",
            *how,
            f"{folder}/request.pem",
        )

    def admit(self, name):
        """Give the hub the certificates of a node or an officer."""
        for use in ("seal", "channel"):
            source = self.path(name, "certs", f"{use}.pem")
            if os.path.exists(source):
                shutil.copy(source, self.hub.path("roster", f"{name}-{use}.pem"))

    def enrol(self, name, role, organisation, *how):
        """A node: its keys and certificates, what it must know of the hub, its node.conf."""
        node = self.nodes[name] = Node(self, name, role, organisation)
        self.certify(name, ("--role", role), organisation, *how)
        self.admit(name)
        shutil.copy(self.hub.path("certs", "channel.pem"), node.path("certs", "hub-channel.pem"))
        shutil.copy(self.hub.path("vkey"), node.path("hub.vkey"))
        with open(node.path("node.conf"), "w", encoding="utf-8") as conf:
            conf.write(NODE_CONF.format(node=name, endpoint=self.endpoint))
        return node

    def officer(self, name, node):
        """A person who may seal for this node."""
        self.certify(name, ("--officer-of", node), self.cast[node][1])
        self.admit(name)

    def officer_key(self, name):
        return client.SealKey(self.path(name, "keys", "seal.key"))

    def switch_off_seals(self):
        """Two officers' seals are a default: without the rules, the node's own is enough."""
        path = self.hub.path("rules", "plan.rules")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"\{\n(?:    [^\n]*\n)*?    seals = [^\n]*\n(?:    [^\n]*\n)*?\},\n", "", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def seal_rules(self, officer):
        self.run(
            "rules",
            "seal",
            self.hub.path("rules", "plan.rules"),
            "--origin",
            ORIGIN,
            "--key",
            self.path(officer, "keys", "seal.key"),
            "--cert",
            self.path(officer, "certs", "seal.pem"),
        )

    def rules_seal(self, text, key="duty-nccis", origin=ORIGIN):
        """A seal over these rules, by whoever is named: also where the tool would refuse."""
        key = key if isinstance(key, client.SealKey) else self.officer_key(key)
        digest = client.sha(text.encode()).hex()
        signed = f"dabyl-rules/v1\n{origin}\n{key.id}\n{digest}\n".encode()
        return (
            f"dabyl-rules/v1\norigin {origin}\ndigest {digest}\n"
            f"sig ed25519 {key.id} {client.b64(key.sign(signed))}\n"
        )

    def write_rules(self, text, seal=None):
        """Put rules and their seal where the hub reads them."""
        for name, data in (
            ("plan.rules", text),
            ("plan.rules.seal", seal or self.rules_seal(text)),
        ):
            with open(self.hub.path("rules", name), "w", encoding="utf-8") as file:
                file.write(data)

    def revoke(self, name):
        """Revoke a node's certificates; the hub hears of it at its next start or reload."""
        current = self.hub.path("certs", "crl.pem")
        shutil.copy(current, self.path("crl-before.pem"))
        self.run("ca", "revoke", name, "--ca", self.path("ca"))
        shutil.copy(self.path("ca", "crl.pem"), current)

    def forget_revocations(self):
        shutil.copy(self.path("crl-before.pem"), self.hub.path("certs", "crl.pem"))

    def reload(self):
        """SIGHUP; the line of the hub's log that says how it went."""
        before = self.hub.process.text().count("law.re")
        self.hub.process.signal(signal.SIGHUP)

        def answered():
            lines = [line for line in self.hub.process.text().splitlines() if "law.re" in line]
            return lines[-1] if len(lines) > before else None

        return until(answered, "the hub says how the reload went")

    def node(self, name):
        return self.nodes[name]

    def hub_key(self):
        return client.ChannelKey(self.hub.path("keys", "channel.key")).public

    def begin(self, process):
        process.start()
        if process not in self.processes:
            self.processes.append(process)

    def start(self, *names):
        """The hub and these nodes (all when none is named)."""
        self.hub.start()
        for name in names or self.nodes:
            self.node(name).start(wait=False)
        for name in names or self.nodes:
            self.node(name).process.says("node.ready")
        return self

    # --- raw clients ----------------------------------------------------------------------------

    def raw(self, *names):
        """Conversations of our own in the names of these nodes (all when none is named)."""
        for name in names or self.nodes:
            self.raws[name] = self.node(name).client().begin(stored=0)
        return [self.raws[name] for name in names] if names else self.raws

    def fence(self):
        """What each raw client was sent since the last fence.

        An advisory that goes to everybody (and for its author nccis, a notice of no object) is
        published and awaited: whatever was sent before it has then arrived, since inboxes are
        in order.
        """
        posts = [client.advisory("nccis"), client.notice("isoc-energy", 0)]
        for post in posts:
            (answer,) = self.raws[post["from"]].tell(post)
            if not isinstance(answer, client.Receipt):
                raise RuntimeError(f"the fence was refused: {answer}")
        ids = {post["id"] for post in posts}
        found = {}
        for name, one in self.raws.items():
            wanted = posts[name == "nccis"]["id"]
            one.take_id(wanted)
            first = self.fences.get(name, 0)
            found[name] = [
                one.inbox[n]
                for n in sorted(one.inbox)
                if n > first and one.inbox[n].leaf["id"] not in ids
            ]
            self.fences[name] = max(one.inbox)
        return found

    # --- its end --------------------------------------------------------------------------------

    def check(self, *more):
        """The independent check over the journal, all receipts and all inboxes; (code, text)."""
        command = [
            "/usr/bin/python3",
            "-B",
            os.path.join(TOP, "tests/check/check.py"),
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
