#!tests/run
"""Goal: the change of a hub's channel key that is cut short anywhere is ended by saying it again: one certificate, one key, nothing left over."""

import os
import shutil
import signal
import subprocess

import tap
from commands import MODE, TOP
from world import World


def killed(world, at, *command):
    """The command dies in the middle of what it writes."""
    env = dict(os.environ, LD_PRELOAD=os.path.join(TOP, "build", MODE, "shims", "dies.so"), DIES_AT=str(at))
    done = subprocess.run([world.program("dabyl"), *command], env=env, capture_output=True, check=False, timeout=120)
    return done.returncode == -signal.SIGKILL


def copies(world):
    """Hub and CA, to be spoiled."""
    hub, ca = world.path("cut-hub"), world.path("cut-ca")
    for folder, of in ((hub, world.hub.folder), (ca, world.path("ca"))):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(of, folder)
    return hub, ca


def channels(world, ca):
    return world.run("ca", "list", "hub", "--ca", ca).count(" channel ")


def has(hub, name):
    return os.path.exists(os.path.join(hub, name))


def public(path):
    done = subprocess.run(["openssl", "pkey", "-in", path, "-pubout"], capture_output=True, check=True)
    return done.stdout


def certified(path):
    done = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-pubkey"], capture_output=True, check=True)
    return done.stdout


def renew(world):
    kills, fault = 0, ""
    for at in range(1, 120):
        hub, ca = copies(world)
        words = ("hub", "channel", "renew", hub, "--ca", ca)
        if not killed(world, at, *words):
            break
        kills += 1
        world.run(*words)
        if channels(world, ca) != 2 or not has(hub, "certs/next-channel.pem"):
            fault = fault or f"at step {at}: {channels(world, ca)} certificates"
    tap.ok(kills > 10 and not fault, f"renew: killed at each of {kills} steps, the next key is certified once", fault)
    world.run("hub", "channel", "renew", world.hub.folder, "--ca", world.path("ca"))


def is_over(world, hub):
    """The next key is in use, and neither it nor its certificate lies elsewhere."""
    key, cert = os.path.join(hub, "keys/channel.key"), os.path.join(hub, "certs/channel.pem")
    left = [name for name in ("keys/channel.key.next", "certs/next-channel.pem") if has(hub, name)]
    return not left and public(key) == certified(cert) == certified(world.hub.path("certs", "next-channel.pem"))


def switch(world):
    kills, fault = 0, ""
    for at in range(1, 120):
        hub, _ = copies(world)
        words = ("hub", "channel", "switch", hub)
        if not killed(world, at, *words):
            break
        kills += 1
        world.run(*words)
        if not is_over(world, hub):
            fault = fault or f"at step {at}"
    tap.ok(kills > 5 and not fault, f"switch: killed at each of {kills} steps, it is ended by saying it again", fault)

    hub, _ = copies(world)
    certificate = os.path.join(hub, "certs/next-channel.pem")
    shutil.copy(certificate, world.path("next.pem"))
    world.run("hub", "channel", "switch", hub)
    shutil.copy(world.path("next.pem"), certificate)  # as when it ends before its last step
    world.run("hub", "channel", "switch", hub)
    tap.ok(is_over(world, hub), "and so is one that was cut short before its last step")


with World(__doc__) as world:
    renew(world)
    switch(world)
