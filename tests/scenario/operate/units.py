#!tests/run
"""Goal: hub, node and console run as their systemd units say: ready when they are, fed while turns end, and hardened."""

import errno
import glob
import os
import re
import shutil
import signal
import socket
import subprocess

import client
import order
import tap
from commands import TOP
from processes import free_port, until
from service import WATCHDOG_S, Service, directives
from world import World

UNITS = sorted(os.path.basename(path) for path in glob.glob(os.path.join(TOP, "service", "*.service")))


def answers(address):
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


def lives(service, name, times=2):
    """It is fed several times in a row."""
    service.forget()
    tap.ok(all(service.hears("WATCHDOG=1") for _ in range(times)), f"{name}: the watchdog is fed", service.heard[-3:])


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def hangs(service, name):
    """Nothing beside its turns says that it lives."""
    service.process.signal(signal.SIGSTOP)
    until(lambda: state_of(service.process.pid) == "T", "it is stopped")
    service.forget()
    tap.equal(service.hears("WATCHDOG=1", 1.5 * WATCHDOG_S), None, f"{name}: who hangs is not called alive")
    service.process.signal(signal.SIGCONT)
    tap.ok(service.hears("WATCHDOG=1"), f"{name}: and is again when it goes on")


def ends(service, name):
    service.forget()
    code = service.process.stop()
    tap.ok(code == 0 and service.hears("STOPPING=1", 5), f"{name}: says that it stops, and does", code)
    service.close()


with World(__doc__, ("nccis", "isoc-energy")) as world:
    for unit in UNITS:
        found = directives(unit)
        config = found["ConditionPathExists"][0]
        tap.ok(os.path.dirname(config) in found["ExecStart"][0], f"{unit}: starts with what it waits for, and not unconfigured", found["ExecStart"])
        if unit != "dabyl-notify@.service":  # a command that goes on, and no daemon with turns
            tap.equal((found["Type"], found["NotifyAccess"]), (["notify"], ["main"]), f"{unit}: says itself when it is ready")
            tap.ok(int(found["WatchdogSec"][0]) >= 30, f"{unit}: a slow disk is no hang", found["WatchdogSec"])
        if not shutil.which("systemd-analyze"):
            tap.skip(f"{unit}: hardening", "there is no systemd-analyze")
            continue
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", os.path.join(TOP, "service", unit)],
            capture_output=True,
            text=True,
            check=False,
        )
        level = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
        tap.ok(level and float(level[1]) <= 2.0, f"{unit}: exposure is 2.0 at most", level and level[0] or done.stdout + done.stderr)

    full = world.path("orders")
    disk = dict(order.preload(shim="fail"), FAIL_ORDERS=full)
    port = int(world.endpoint.rsplit(":", 1)[1])
    hub = Service(world, "dabyl-hub.service", world.hub.folder, abstract=True, env=disk).start()
    status = hub.must_hear("READY=1")
    tap.ok(answers(("127.0.0.1", port)), "hub: ready is said when its address is bound")
    tap.ok(any(line.startswith("STATUS=") and "entries" in line for line in status), "hub: with a status for people", status)
    tap.equal(hub.heard[0], ["STATUS=reading the journal"], "hub: before it, what takes long")
    lives(hub, "hub, idle")
    hangs(hub, "hub")
    hub.forget()
    code, text = hub.reload()
    begun, done = hub.hears("RELOADING=1", 5), hub.hears("READY=1", 5)
    tap.ok(code == 0 and begun and done, "hub: a reload is told, and its end", text)
    tap.ok(any(re.fullmatch(r"MONOTONIC_USEC=\d+", line) for line in begun), "hub: by the clock that systemd asks for", begun)
    with open(world.hub.path("rules", "plan.rules"), "ab") as file:
        file.write(b"# changed after it was sealed\n")
    code, text = hub.reload()
    tap.ok(code != 0 and "seal" in text and hub.hears("READY=1", 5), "hub: one that is refused says why, and it goes on as before", text)
    lives(hub, "hub, after a refused reload", 1)

    desk = world.node("isoc-energy")
    node = Service(world, "dabyl-node@.service", desk.folder, "isoc-energy", env=disk).start()
    node.must_hear("READY=1")
    lives(node, "node, idle")
    hangs(node, "node")
    node.forget()
    node.reload()
    tap.ok(node.hears("RELOADING=1", 5) and node.hears("READY=1", 5), "node: a reload is told, and its end")
    desk.drop(client.notice("isoc-energy", 2))
    desk.has_sent(1)

    with open(full, "w", encoding="ascii") as file:
        file.write(f"reserve {errno.ENOSPC} segments/\nwrite {errno.ENOSPC} /isoc-energy/\n")
    author = world.node("nccis").client().begin(stored=0)
    advisory = client.advisory("nccis")
    author.publish([advisory])
    lives(node, "node, its disk full")
    os.unlink(full)
    ends(hub, "hub")

    with open(full, "w", encoding="ascii") as file:
        file.write(f"reserve {errno.ENOSPC} segments/\n")
    hub = Service(world, "dabyl-hub.service", world.hub.folder, abstract=True, env=disk).start()
    hub.must_hear("READY=1")
    hub.process.says("disk.full")
    lives(hub, "hub, its disk full")
    tap.ok(any("NOTHING CAN BE WRITTEN" in line for line in hub.must_hear("WATCHDOG=1")), "hub: which its status says", hub.heard[-1])
    os.unlink(full)

    with open(desk.path("web.conf"), "w", encoding="utf-8") as file:
        file.write(f'listen = "127.0.0.1:{free_port()}";\n')
    web = Service(world, "dabyl-web@.service", desk.folder, "isoc-energy").start()
    status = web.must_hear("READY=1")
    address = re.search(r"127\.0\.0\.1:(\d+)", " ".join(status))
    tap.ok(address and answers(("127.0.0.1", int(address[1]))), "console: ready is said when its address is bound", status)
    lives(web, "console, idle")
    hangs(web, "console")
    for service, name in ((web, "console"), (node, "node"), (hub, "hub")):
        ends(service, name)

    with open(world.hub.path("hub.conf"), "a", encoding="utf-8") as file:
        file.write("no_such_option = 1;\n")
    hub = Service(world, "dabyl-hub.service", world.hub.folder).start()
    tap.equal(str(hub.process.child.wait(30)), directives("dabyl-hub.service")["RestartPreventExitStatus"][0], "a configuration that cannot be read is no reason to try again")
    hub.process.child = None
    hub.close()
