#!tests/run
"""Goal: a node joins a hub that it does not know, without a file copied by hand; who stands in
between shows other digits, and strangers at the door cost the hub nothing."""

import hashlib
import os
import signal
import socket
import subprocess
import sys

import tap
from processes import Process, free_port, until
from terminal import Terminal
from world import World

PORT = free_port()
ADDRESS = f"tcp://127.0.0.1:{PORT}"
SETTINGS = f'join = {{ listen = ["{ADDRESS}"]; address_requests = 3; }};\n'
WRONG = " ".join(["12345"] * 8)


def field(text, word):
    """What stands behind this word on a line of its own."""
    return next(line.split(None, 1)[1] for line in text.splitlines() if line.split()[:1] == [word])


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Join:
    """A folder that asks to join."""

    def __init__(self, world, name, role, organisation):
        self.world, self.name, self.folder = world, name, world.path(name)
        self.who = ("--id", name, "--role", role, "--org", organisation)

    def ask(self, *how, code, address=ADDRESS, who=None):
        who = self.who if who is None else who
        return self.world.run("node", "join", address, "--dir", self.folder, *who, *how, code=code)

    def wait(self, *how):
        """Asks in the background."""
        words = ("node", "join", ADDRESS, "--dir", self.folder, *how)
        process = Process(
            f"join-{self.name}", [self.world.program("dabyl"), *words], self.folder + "-join.log"
        )
        self.world.processes.append(process.start())
        process.says("digits")
        return process

    def has(self, *names):
        return [name for name in names if os.path.exists(os.path.join(self.folder, name))]


def door_of(world):
    """The process that the hub keeps beside itself."""
    with open(f"/proc/{world.hub.process.pid}/task/{world.hub.process.pid}/children") as file:
        return [int(pid) for pid in file.read().split()]


def whole(world):
    grid = Join(world, "owner-grid", "owner", "GRID")
    first = grid.ask("--wait", "0", code=3)
    digits = field(first, "digits")
    request = digest(grid.folder + "/request.pem")
    shown = world.run("hub", "joins", world.hub.folder)
    tap.equal(field(shown, "digits"), digits, "both sides show the same digits")
    tap.has(shown, "owner-grid asks to join as owner of GRID", "and who asks")

    refused = world.run("hub", "joins", "accept", "owner-grid", world.hub.folder, "--digits", WRONG, code=1)
    tap.has(refused, "others than those given", "the hub's operator takes no other digits")
    refused = grid.ask("--wait", "0", "--digits", WRONG, code=1)
    tap.has(refused, "others than those given", "nor does the node's")

    process = grid.wait()  # from now on by its request alone
    process.kill()
    process = grid.wait("--digits", digits)
    tap.equal(digest(grid.folder + "/request.pem"), request, "interrupted, it goes on with its request")
    world.kill_hub()
    world.hub.process.says("join.open")
    tap.ok(process.running() and not grid.has("certs"), "a hub that was killed is waited for")

    accept = ("hub", "joins", "accept", "owner-grid", world.hub.folder, "--digits", digits)
    tap.has(world.run(*accept, "--ca", world.path("ca")), "is admitted", "accepted, signed, admitted")
    until(lambda: not process.running(), "the join ends")
    tap.equal(process.child.returncode, 0, "the waiting join ends well")
    tap.has(process.text(), "dabyl-node", "and names the next command")
    tap.has(world.run("-n", f"{grid.folder}/node.conf", program="dabyl-node"), "good", "it can start")
    daemon = Process("owner-grid", [world.program("dabyl-node"), f"{grid.folder}/node.conf"], grid.folder + ".log")
    world.begin(daemon)
    daemon.says("link.ready")
    tap.ok(True, "and has a session, although the hub was not started again")
    tap.has(world.run(*accept, "--ca", world.path("ca")), "is admitted", "said again, it is done already")
    tap.has(grid.ask("--wait", "0", "--yes", code=0, who=()), "joined", "at the node, too")


def offline(world):
    bank = Join(world, "isoc-bank", "isoc", "BANK-SOC")
    digits = field(bank.ask("--wait", "0", code=3), "digits")
    hub, request, answer = world.hub.folder, world.path("bank.request"), world.path("bank.answer")
    early = world.run("hub", "joins", "export", "isoc-bank", hub, "--out", request, code=1)
    tap.has(early, "not accepted", "what was not compared does not go to the CA")
    text = world.run("hub", "joins", "accept", "isoc-bank", hub, "--digits", digits)
    tap.has(text, "joins export", "an offline CA: the next commands are named")
    world.run("hub", "joins", "export", "isoc-bank", hub, "--out", request)
    world.run("ca", "sign", request, "--ca", world.path("ca"), "--yes", "--answer", answer)
    wrong = world.path("wrong.answer")
    world.run("ca", "renew", "isoc-energy", "--ca", world.path("ca"), "--answer", wrong)
    text = world.run("hub", "joins", "import", "isoc-bank", wrong, hub, code=1)
    tap.has(text, "the answer is for isoc-energy", "another's answer is not taken")
    world.run("hub", "joins", "import", "isoc-bank", answer, hub)
    bank.ask("--wait", "0", "--digits", digits, code=0)
    tap.equal(len(bank.has("node.conf", "hub.vkey", "certs/seal.pem", "certs/hub-channel.pem")), 4, "joined")


def set_up(world):
    """A person at a terminal is asked, interrupted at each question, and asked no question twice."""
    folder, said = world.path("oblast-soc"), [("The node's id", "oblast-soc"), ("Its role", "isoc"),
                                           ("Code of its organisation", "OBLAST"), ("takes requests", ADDRESS)]
    for n in range(len(said)):
        person = Terminal(world.program("dabyl"), "node", "setup", folder, "--wait", "0")
        if n:
            person.answer(*said[n - 1])
        person.until(said[n][0])
        os.kill(person.pid, signal.SIGKILL)
        shown = person.end()
        if n > 1:
            tap.ok(said[0][0] not in shown, f"interrupted at question {n}, what was answered is not asked again")
    person = Terminal(world.program("dabyl"), "node", "setup", folder)
    person.answer(*said[-1]).until("digits  ")
    digits = field(world.run("hub", "joins", world.hub.folder).split("oblast-soc asks")[1], "digits")
    person.until(digits)
    world.run("hub", "joins", "accept", "oblast-soc", world.hub.folder, "--yes", "--ca", world.path("ca"))
    person.answer("Type yes:", "yes")
    shown = person.end()
    tap.ok(person.code == 0, "set up", shown)
    tap.ok("node.conf: good" in shown and f"dabyl-node {folder}/node.conf" in shown, "tried, and the next command is named", shown)
    answers = world.path("answers")
    with open(answers, "w", encoding="utf-8") as file:
        file.write(f'id = "x-soc"\nrole = hub\norganisation = X\nhub = {ADDRESS}\n')
    text = world.run("node", "setup", world.path("x-soc"), "--answers", answers, code=1)
    tap.has(text, "not the role of a node", "a wrong answer of a file is named")


def refused(world):
    other = Join(world, "media-desk", "media", "PRESS")
    other.ask("--wait", "0", code=3)
    world.run("hub", "joins", "refuse", "media-desk", world.hub.folder, "--reason", "not yet")
    tap.has(other.ask("--wait", "0", code=1), "not yet", "who is refused hears why")
    tap.ok(not other.has("certs", "node.conf"), "and has nothing")


def another_hub(world):
    """Somebody answers in the hub's place: with a log of his own, and with certificates of his own."""
    world.run("ca", "init", "--ca", world.path("false-ca"), "--no-passphrase")
    false = world.path("false")
    port = free_port()
    where = ("--origin", world.origin, "--listen", world.endpoint)
    world.run("hub", "init", false, *where, "--share", os.path.dirname(world.program("..")) + "/../..")
    os.makedirs(f"{false}/certs", exist_ok=True)
    for name in ("ca.pem", "crl.pem"):
        os.link(world.path("false-ca", name), f"{false}/certs/{name}")
    with open(f"{false}/vkey", encoding="utf-8") as file:
        vkey = file.read().strip()
    command = [world.program("dabyl-hub"), "--join-porch", vkey, "--join-at", f"127.0.0.1:{port}"]
    # its input stays open for as long as this scenario
    child = subprocess.Popen([*command, f"{false}/hub.conf"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        victim = Join(world, "kib-duty", "national-security", "KNB")
        until(lambda: victim_connects(port), "the false hub listens")
        seen = field(victim.ask("--wait", "0", code=3, address=f"127.0.0.1:{port}"), "digits")
        passed_on = field(victim.ask("--wait", "0", code=3), "digits")
        tap.ok(seen != passed_on, "who answers in the hub's place has the node show other digits")
        text = victim.ask("--wait", "0", "--digits", passed_on, code=1, address=f"127.0.0.1:{port}")
        tap.has(text, "others than those given", "with the true hub's digits nothing is taken of him")
        tap.ok(not victim.has("certs", "hub.vkey"), "nothing was written")
    finally:
        child.stdin.close()
        tap.equal(child.wait(), 0, "a door ends with its hub")


def victim_connects(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stranger(source, data=b""):
    """A connection from this address; what the door greeted with."""
    peer = socket.socket()
    peer.settimeout(60)
    peer.bind((source, 0))
    peer.connect(("127.0.0.1", PORT))
    if data:
        peer.sendall(data)
    return peer


def hung_up(peer):
    try:
        while peer.recv(4096):
            pass
    except ConnectionResetError:
        pass
    peer.close()
    return True


def strangers(world):
    garbage = [os.urandom(2000), b"GET / HTTP/1.1\r\n\r\n" * 10, b"\0" * 36, b"\x01" * 32 + b"\xff" * 4]
    tap.ok(all(hung_up(stranger("127.0.0.2", text)) for text in garbage), "garbage is hung up on")
    idle = [stranger("127.0.0.3") for _ in range(12)]
    late = Join(world, "owner-gas", "owner", "GAS")
    late.ask("--wait", "0", code=3)
    tap.ok(True, "an address with many silent connections keeps nobody else out")
    for peer in idle:
        peer.close()
    before = len(os.listdir(world.hub.path("joins")))
    texts = [Join(world, f"flood-{i}", "owner", "GAS").ask("--wait", "0", code=None) for i in range(3)]
    tap.ok(any("requests of your address wait already" in text for _, text in texts), "an address has its share")
    tap.ok(len(os.listdir(world.hub.path("joins"))) - before < 3, "and no more is kept")
    (door,) = door_of(world)
    opened = world.hub.process.text().count("join.open")
    os.kill(door, signal.SIGKILL)
    world.hub.process.says_again("join.open", opened)
    tap.ok(world.node("nccis").process.running(), "a door that dies is begun again, and only that")


def for_a_while(world):
    world.run("hub", "joins", "open", world.hub.folder, "--minutes", "5", "--listen", f"127.0.0.1:{OTHER}")
    until(lambda: victim_connects(OTHER), "the door is open")
    world.run("hub", "joins", "close", world.hub.folder)
    until(lambda: not victim_connects(OTHER), "the door is closed")
    until(lambda: victim_connects(PORT), "that of hub.conf is open again")
    tap.ok(True, "the door opens for a while, and closes")
    wrong = world.run("hub", "joins", "open", world.hub.folder, "--minutes", "0", code=1)
    tap.has(wrong, "1 to", "no time at all is refused")


OTHER = free_port()
with World(__doc__, cast=("nccis", "isoc-energy"), settings=SETTINGS) as world:
    world.start("nccis")
    world.hub.process.says("join.open")
    whole(world)
    offline(world)
    set_up(world)
    refused(world)
    another_hub(world)
    strangers(world)
    for_a_while(world)
sys.exit(tap.finish())
