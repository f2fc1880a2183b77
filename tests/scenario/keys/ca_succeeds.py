#!tests/run
"""Goal: one CA follows another while hub and nodes run: whoever is certified by either is let in, nothing is
lost, and when the old one is let go, what it had issued opens nothing and still proves the past.
"""

import os
import shutil
import signal
import subprocess

import client
import tap
from commands import MODE, TOP
from processes import until
from world import World

SECRET = "a steppe wind in November"


def trust(world, ca):
    """What is given out of this CA, to the hub alone: nodes have it from there."""
    world.run("ca", "crl", "--ca", world.path(ca), "--out", world.hub.path("certs"), *new_secret(world, ca))


def hears(world, node, word):
    """The node asks the hub now, and its log says this of what it took."""
    before = node.process.text().count(word)
    world.run("--node", node.folder, "node", "reload")
    node.process.says_again(word, before)


def cas_of(node):
    with open(node.path("certs", "ca.pem"), encoding="ascii") as file:
        return file.read().count("BEGIN CERTIFICATE")


def new_secret(world, ca):
    return ("--passphrase-file", world.path("secret")) if ca == "ca2" else ()


def renew(world, name):
    """Certificates of the new CA for the same keys, at their holder and in the roster."""
    folder = world.path(name)
    world.run("ca", "renew", name, "--ca", world.path("ca2"), "--out", os.path.join(folder, "certs"), *new_secret(world, "ca2"))
    for use in ("seal", "channel"):
        source = os.path.join(folder, "certs", f"{use}.pem")
        if os.path.exists(source):
            shutil.copy(source, world.hub.path("roster", f"{name}-{use}-2.pem"))


def killed(world, at, *command):
    """The command dies in the middle of what it writes."""
    env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"), DIES_AT=str(at))
    done = subprocess.run([world.program("dabyl"), *command], env=env, capture_output=True, check=False, timeout=120)
    return done.returncode == -signal.SIGKILL


def cut_short(world):
    """Wherever it is interrupted, the same command said again ends it."""
    for at in range(1, 60, 2):
        old, new = world.path(f"cut-{at}"), world.path(f"cut-{at}-2")
        shutil.copytree(world.path("ca"), old)
        words = ("ca", "succeed", new, "--ca", old, "--no-passphrase")
        if not killed(world, at, *words):
            break
        world.run(*words)
        world.run("ca", "crl", "--ca", new, "--out", world.path())
        with open(world.path("ca.pem"), encoding="ascii") as file:
            if file.read().count("BEGIN CERTIFICATE") != 3:
                return tap.ok(False, "what was cut short is ended by saying it again", f"at step {at}")
    world.run(*words)
    return tap.ok(at > 20, f"cut short anywhere in {at - 1} steps it is ended by saying it again")


def same(one, other):
    with open(one, "rb") as a, open(other, "rb") as b:
        return a.read() == b.read()


def restart(node):
    node.stop()
    node.start().connected()


with World(__doc__) as world:
    sender, node = world.node("isoc-energy"), world.node("nccis")
    for one in (sender, node):
        with open(one.path("node.conf"), "a", encoding="utf-8") as conf:
            conf.write('crl = "certs/crl.pem";\n')
    world.start("isoc-energy", "nccis")
    with open(world.path("secret"), "w", encoding="ascii") as file:
        os.chmod(world.path("secret"), 0o600)
        file.write(SECRET + "\n")
    shutil.copy(world.path("ca", "ca.pem"), world.path("old.pem"))

    # A CA for which nobody vouches: the hub's operator may err, and nodes are not to follow.
    kept = {}
    for name in ("ca", "crl"):
        path = world.hub.path("certs", f"{name}.pem")
        with open(path, "rb") as file:
            kept[path] = file.read()
    world.run("ca", "init", "--ca", world.path("stranger"), "--no-passphrase")
    for name in ("ca", "crl"):
        with open(world.path("stranger", f"{name}.pem"), "rb") as fresh, open(world.hub.path("certs", f"{name}.pem"), "ab") as file:
            file.write(fresh.read())
    tap.has(world.reload(), "law.reloaded", "the hub believes a CA that is put into its files by hand")
    hears(world, node, "trust.refused")
    tap.has(node.process.text(), "no CA that is believed here vouches", "a node does not, for the hub's word alone")
    tap.equal(cas_of(node), 1, "and keeps what it had")
    for path, data in kept.items():
        with open(path, "wb") as file:
            file.write(data)
    world.reload()

    # The new one, beside the old.
    cut_short(world)
    code, text = world.run("ca", "succeed", "--end", "--ca", world.path("ca"), code=None)
    tap.ok(code == 1 and "no other CA is beside" in text, "there is nothing to end yet", text)
    text = world.run(
        "ca", "succeed", world.path("ca2"), "--ca", world.path("ca"), "--new-passphrase-file", world.path("secret")
    )
    tap.has(text, "vouches for it", "a new CA is made beside the old one")

    # Everybody believes both; nobody has a certificate of the new one yet.
    trust(world, "ca")
    with open(world.hub.path("certs", "ca.pem"), encoding="ascii") as file:
        tap.equal(file.read().count("BEGIN CERTIFICATE"), 3, "two CAs, and that one vouches for the other")
    tap.has(world.reload(), "law.reloaded", "the hub believes both")
    for one in (sender, node):
        hears(world, one, "ca.loaded")
        tap.equal(cas_of(one), 3, f"and hands the new one to {one.name}, which believes whom the old one vouches for")
    restart(sender)
    restart(node)
    sender.drop(client.notice("isoc-energy", 4))
    node.has_received(2)
    tap.ok(True, "what the old one issued goes on")

    # One after the other gets certificates of the new one.
    for name in ("isoc-energy", "duty-nccis", "hub"):
        renew(world, name)
    code, text = world.run("ca", "succeed", world.path("ca2"), "--ca", world.path("ca"), "--no-passphrase", code=None)
    tap.ok(code == 1 and "never overwritten" in text, "the new one is never made over another", text)
    tap.has(world.reload(), "law.reloaded", "nodes of both are enrolled")
    restart(sender)
    sender.drop(client.notice("isoc-energy", 4))
    node.has_received(4)
    tap.ok(True, "a node of the new one is let in, and a node of the old one believes it")
    code, text = world.run("ca", "succeed", "--end", "--ca", world.path("ca2"), code=None)
    tap.ok(code == 1 and "of the new CA yet" in text, "the end waits for who is left", text)
    renewed = ("--answer", world.path("renewed.answers"), "--out", world.path("renewed"))
    text = world.run("ca", "renew", "--all", "--ca", world.path("ca2"), *renewed, *new_secret(world, "ca2"))
    tap.ok(all(name in text for name in world.nodes), "everybody who is left is renewed in one go", text)
    world.run("hub", "renew", "--all", world.path("renewed.answers"), "--hub", world.hub.folder)
    for name in world.nodes:
        for use in ("seal", "channel"):
            shutil.copy(world.path("renewed", name, f"{use}.pem"), world.path(name, "certs"))
    tap.has(world.reload(), "law.reloaded", "all are enrolled by the new one")
    restart(node)  # with its own new certificates
    for one in (sender, node):
        until(lambda one=one: same(world.hub.path("certs", "channel.pem"), one.path("certs", "hub-channel.pem")),
              f"{one.name} has the hub's certificate of the new one")

    # A CRL of both; then the old one is let go.
    world.run("ca", "succeed", "--end", "--ca", world.path("ca2"))
    trust(world, "ca2")
    with open(world.hub.path("certs", "ca.pem"), encoding="ascii") as file:
        tap.equal(file.read().count("BEGIN CERTIFICATE"), 1, "the new CA is given out alone")
    tap.has(world.reload(), "law.reloaded", "the hub lets the old one go, with what it issued in its roster")
    for one in (sender, node):
        hears(world, one, "ca.loaded")
        tap.equal(cas_of(one), 1, f"{one.name} lets it go, too")
    restart(sender)
    restart(node)
    sender.drop(client.notice("isoc-energy", 4))
    node.has_received(6)
    tap.ok(True, "and all goes on")

    # By the old one nobody is let in any more.
    world.certify("late", ("--role", "isoc"), "KZ-LATE")
    world.admit("late")
    tap.has(world.reload(), "not issued by this CA", "who comes with a certificate of the old one is refused")
    for use in ("seal", "channel"):
        os.unlink(world.hub.path("roster", f"late-{use}.pem"))

    # What was sealed under either verifies with both, and needs both.
    sender.stop()
    node.stop()
    world.hub.stop()
    audit = ("verify", "--journal", world.hub.path("journal"), "--vkey", world.hub.path("vkey"))
    both = ("--ca", world.path("old.pem"), "--ca", world.path("ca2", "ca.pem"), "--ca", world.path("stranger", "ca.pem"))
    code, text = world.run(*audit, *both, code=None)
    tap.equal((code, code and text), (0, 0), "the journal verifies with all that were believed")
    code, text = world.run(*audit, "--ca", world.path("ca2", "ca.pem"), code=None)
    tap.equal(code, 1, "and not with the new one alone")
    world.hub.start()
    tap.ok(True, "a restart needs nothing of the old one")
