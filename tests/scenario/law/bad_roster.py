#!tests/run
"""Goal: the CA certifies, and a hub takes, no key that is the CA's, the hub's, the log's or another node's; the file is named."""

import os
import shutil

import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    conf = world.hub.path("hub.conf")

    def request(name, use, key):
        """Of a node that has this key; the exit code of the CA, and what it said."""
        folder = world.path(name)
        os.makedirs(os.path.join(folder, "keys"), mode=0o700)
        shutil.copy(key, os.path.join(folder, "keys", use + ".key"))
        world.run("ca", "request", "--dir", folder, "--id", name, "--role", "owner", "--org", "X")
        out = ("--yes", "--out", f"{folder}/certs", f"{folder}/request.pem")
        return world.run("ca", "sign", "--ca", world.path("ca"), *out, code=None)

    # --- the CA knows whose these are -----------------------------------------------------------
    for name, use, key, said in (
        ("thief-ca", "seal", world.path("ca", "ca.key"), "that of this CA"),
        ("thief-seal", "seal", world.hub.path("keys", "seal.key"), "that of hub already"),
        ("thief-channel", "channel", world.hub.path("keys", "channel.key"), "that of hub already"),
        (
            "thief-node",
            "seal",
            world.node("isoc-energy").path("keys", "seal.key"),
            "that of isoc-energy already",
        ),
    ):
        code, text = request(name, use, key)
        tap.ok(code == 1 and said in text, f"{name}: the CA does not sign, the key is {said}", text)

    # --- the log's key only the hub can know ----------------------------------------------------
    code, text = request("thief-log", "seal", world.hub.path("keys", "log.key"))
    tap.equal(code, 0, "of the log's key the CA knows nothing")
    world.admit("thief-log")
    code, text = world.run("-n", conf, program="dabyl-hub", code=None)
    tap.ok(
        code == 1 and "thief-log-seal.pem: the seal key of thief-log is the key of this" in text,
        "the hub does, and names the file",
        text,
    )
    code, text = world.run(conf, program="dabyl-hub", code=None)
    tap.ok(code == 1 and "thief-log-seal.pem" in text, "and does not start with it", text)
    for use in ("seal", "channel"):
        os.remove(world.hub.path("roster", f"thief-log-{use}.pem"))
    world.hub.start()
    again = world.hub.path("roster", "again.pem")
    shutil.copy(world.path("thief-log", "certs", "seal.pem"), again)
    tap.has(world.reload(), "again.pem: the seal key of thief-log", "nor reloads")
    os.remove(again)
    tap.has(world.reload(), "law.reloaded", "without it all is well")
