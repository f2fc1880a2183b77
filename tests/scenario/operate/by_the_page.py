#!tests/run
"""Goal: the commands of the first hours' pages do what those say, in their order, and print what they show."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import tap
from commands import MODE, TOP
from processes import Late, Process, free_port, until
from world import World

ADMINISTRATOR, INTEGRATOR = "hub/FIRST-HOUR.md", "nodes/INTEGRATION.md"
RECEIPTS, KIND = "schemas/RECEIPTS.md", "schemas/NEW-KIND.md"


def read(page):
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        return file.read()


def blocks(page, language):
    """The code blocks of a page in this language ("": plain text)."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)
    return [text for kind, text in found if kind == language]


class Shell:
    """Runs blocks of the page in one folder, without a terminal to ask at."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        path = f"{TOP}/build/{MODE}:{os.environ['PATH']}"
        self.env = dict(os.environ, PATH=path, LC_ALL="C.UTF-8")
        self.env.pop("DABYL_NODE", None)

    def adapt(self, text):
        """Where this machine differs, and what a person is asked."""
        text = text.replace(":7600", f":{self.port}")
        text = text.replace("/usr/local/share/dabyl/schemas", f"{self.folder}/hub/schemas")
        text = text.replace("/usr/local/share/dabyl/etc", f"{TOP}/hub/etc")
        text = text.replace("dabyl ca init ", "dabyl ca init --no-passphrase ")
        return text.replace("dabyl ca sign ", "dabyl ca sign --yes ")

    def run(self, text, name, where=".", code=0):
        done = subprocess.run(
            ["sh", "-eu", "-c", self.adapt(text)],
            cwd=os.path.join(self.folder, where),
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        tap.ok(done.returncode == code, name, f"exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def files(self, where, ending):
        """Paths of the files there, in order, as soon as there is one."""
        place = os.path.join(self.folder, where)

        def look():
            names = sorted(os.listdir(place))
            return [f"{place}/{n}" for n in names if n.endswith(ending) and n[0] != "."]

        return until(look, f"*{ending} in {where}")


def another(block, name, role, organisation):
    """The block that enrols nccis-desk, for another node."""
    block = block.replace("--role nccis --org STS", f"--role {role} --org {organisation}")
    return block.replace("nccis-desk", name)


def administrator(shell):
    ca, hub, node = blocks(ADMINISTRATOR, "sh")[:3]
    shell.run(ca, "a CA")
    shell.run(hub, "a hub")
    shell.run(node, "a node")
    shell.run(another(node, "isoc-energy", "isoc", "SARYARQA-SOC"), "another")
    shell.run(another(node, "kib-duty", "national-security", "KNB"), "and another")
    return node


def seal_rules(shell):
    law, run = blocks(ADMINISTRATOR, "sh")[3:]
    shell.run(law, "rules sealed by an officer")
    for line in run.splitlines():
        if line.startswith(("dabyl-hub -n", "dabyl-node -n")):
            command, comment = line.split("#")
            text = shell.run(command, "a check")
            tap.equal(text.strip(), comment.strip(), "says what the page says")


def start(shell, program, conf, ready):
    path = os.path.join(shell.folder, conf)
    process = Process(conf, [World.program(program), path], path + ".log")
    running.append(process.start())
    process.says(ready)


def daemons(shell):
    start(shell, "dabyl-hub", "hub/hub.conf", "hub.ready")
    for node in ("nccis-desk", "isoc-energy", "kib-duty"):
        start(shell, "dabyl-node", f"{node}/node.conf", "link.ready")


def same(got, shown):
    """Equal but for the blanks."""
    return " ".join(got.split()) == " ".join(shown.split())


def integrator(shell):
    explain, drop, hook, scripts = blocks(INTEGRATOR, "sh")
    (explained,) = blocks(INTEGRATOR, "")
    (reason,) = blocks(INTEGRATOR, "json")
    text = shell.run(explain, "an explanation")
    tap.ok(same(text, explained), "is what the page shows", text)
    shell.run(drop, "a file renamed into outbox/")
    (receipt,) = shell.files("isoc-energy/sent", ".tlog-proof")
    bad = "sed 's/\"level\": 4/\"level\": 7/' notice.json > isoc-energy/outbox/.b\n"
    shell.run(bad + "mv isoc-energy/outbox/.b isoc-energy/outbox/bad.json", "a bad one")
    (path,) = shell.files("isoc-energy/refused", "bad.json.reason.json")
    with open(path, encoding="utf-8") as out:
        got, shown = json.load(out), json.loads(reason)
    shown["document"] = got["document"]
    tap.equal(got, shown, "is refused with the reason that the page shows")
    line = re.search(r"# (deliver .*)", hook).group(1)
    notice = shell.files("nccis-desk/inbox", ".json")[0]  # it appears last
    with open(notice.replace(".json", ".why"), encoding="utf-8") as out:
        tap.equal(out.read().strip(), line, "what the command would be given")
    for command in scripts.splitlines():
        if "jq" in command:
            continue
        node = {"ack": "kib-duty", "send": "isoc-energy"}.get(command.split()[1], "nccis-desk")
        text = f"cp notice.json {node}/; cd {node}; {command}"
        if node == "kib-duty":
            shell.files("kib-duty/inbox", ".json")
        shell.run(text, command.split("#")[0].strip())
    return os.path.basename(receipt)[: -len(".tlog-proof")]


def proof(shell, name):
    tools, hand = blocks(RECEIPTS, "sh")
    for command in tools.splitlines():
        text = command.replace("tests/check", f"/usr/bin/python3 -B {TOP}/tests/check")
        shell.run(text, command.split(" --")[0])
    text = shell.run(f"ID={name}\n{hand}", "the checks by hand", "isoc-energy")
    tap.equal(text.count("Signature Verified Successfully"), 2, "both signatures verify")
    tap.has(text, "certs/seal.pem: OK", "the certificate too")
    document, head, _ = re.findall(r"^[0-9a-f]{64}$", text, re.MULTILINE)
    tap.has(text, f"{document}  sent/{name}.json", "sha256sum agrees with the leaf's document")
    tap.has(text, f"{head}  -", "and with the leaf's seal")
    tap.ok("in the log" in text.splitlines(), "and the leaf is in the log", text)
    with open(f"{shell.folder}/isoc-energy/sent/{name}.seal", encoding="utf-8") as file:
        root = re.search(r"^root (\S+)$", file.read(), re.MULTILINE).group(1)
    tap.ok(root in text.splitlines(), "and the root is made of the document", text)


def new_kind(shell, enrol):
    (schema,) = blocks(KIND, "json")
    (rule,) = blocks(KIND, "")
    kind = json.loads(schema)["properties"]["kind"]["const"]
    with open(f"{shell.folder}/hub/schemas/{kind}.json", "w", encoding="utf-8") as file:
        file.write(schema)
    path = f"{shell.folder}/hub/rules/plan.rules"
    with open(path, encoding="utf-8") as file:
        rules = file.read().rstrip()
    with open(path, "w", encoding="utf-8") as file:
        file.write(rules[: -len(");")].rstrip() + ",\n" + rule + ");\n")
    refusal = blocks(ADMINISTRATOR, "")[1]
    text = shell.run("dabyl hub reload hub", "rules that were changed", code=1)
    text = text.replace(f"{shell.folder}/", "")
    tap.ok(same(text, refusal), "are refused as the page shows", text)
    seal = blocks(ADMINISTRATOR, "sh")[3].split("dabyl rules seal")[1]
    shell.run(f"dabyl rules check hub/rules/plan.rules\ndabyl rules seal{seal}", "sealed again")
    shell.run(another(enrol, "inspector", "authority", "AIS"), "an authority")
    shell.run("dabyl hub reload hub", "all this is taken")
    start(shell, "dabyl-node", "inspector/node.conf", "link.ready")
    message = {
        "kind": kind,
        "marking": "TLP:AMBER",
        "to": ["isoc-energy"],
        "summary": {"en": "Nothing to complain of."},
        "body": {"findings": "The records are complete."},
    }
    with open(f"{shell.folder}/report.json", "w", encoding="utf-8") as file:
        json.dump(message, file)
    text = shell.run("dabyl send report.json --node inspector", "a message of the new kind")
    tap.has(text, "rule inspection.inspected", "goes where its rule says")


def revoke(shell):
    commands = re.findall(r"`(dabyl (?:ca revoke|hub remove) [^`]*)`", read(ADMINISTRATOR))
    shell.run("\n".join(commands), "a node put out")
    until(lambda: "link.refused" in running[3].text(), "kib-duty is told")
    text = shell.run("dabyl hub acts hub", "what was done")
    tap.has(text, "remove kib-duty", "and the log says that it was")
    tap.ok(True, "hears why")


running = []
folder = tempfile.mkdtemp(prefix="dabyl-")
tap.note(__doc__)
try:
    shell = Shell(folder, free_port())
    enrol = administrator(shell)
    seal_rules(shell)
    daemons(shell)
    status = shell.run("dabyl hub status hub", "a status")
    shown = blocks(ADMINISTRATOR, "")[0]
    status, shown = (re.sub(r"\d+ rules", "rules", text) for text in (status, shown))
    tap.ok(same(status, shown), "is what the page shows", status)
    proof(shell, integrator(shell))
    new_kind(shell, enrol)
    revoke(shell)
except (Late, ValueError, AttributeError) as error:
    tap.ok(False, "the page runs to its end", repr(error))
finally:
    for process in reversed(running):
        good = process.stop() == 0 and not process.complaint()
        tap.ok(good, f"{process.name} ends when asked", process.complaint())
if tap.failed:
    tap.note(f"kept: {folder}")
else:
    shutil.rmtree(folder)
sys.exit(tap.finish())
