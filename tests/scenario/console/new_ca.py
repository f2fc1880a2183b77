#!tests/run
"""Goal: a console believes whom its node believes: a CA that the node has from its hub is in force there without a
file copied by hand and without a start, and a browser is told of it."""

import subprocess
import sys

import tap
from console import Browser, Console
from world import World


def takes(world, node, ca):
    """What this CA gives out goes to the hub; the node has it from there."""
    world.run("ca", "crl", "--ca", world.path(ca), "--out", world.hub.path("certs"))
    world.reload()
    before = node.process.text().count("ca.loaded")
    world.run("--node", node.folder, "node", "reload")
    node.process.says_again("ca.loaded", before)


def names(console):
    """The CAs whose certificates a browser may show here, as the console says at a handshake."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{console.port}"],
        input="", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    begun = done.stdout.partition("Acceptable client certificate CA names\n")[2]
    return [line for line in begun.partition("\nRequested")[0].splitlines() if "CN" in line]


def certificate(world, console, officer, ca):
    world.run("ca", "renew", officer, "--ca", world.path(ca), "--out", world.path("renewed"))
    return console.certificate(officer, "--ca", world.path(ca))


with World(__doc__, ("nccis", "isoc-energy"), officers=("isoc-energy",)) as world:
    node = world.node("isoc-energy")
    with open(node.path("node.conf"), "a", encoding="utf-8") as conf:
        conf.write('crl = "certs/crl.pem";\n')
    world.start("nccis", "isoc-energy")
    first, second = world.officers("isoc-energy")
    console = Console(world, node, tls=True).start()
    old = Browser(console, certificate=console.certificate(first))
    tap.equal(old.get("/api/me").status, 200, "an officer comes in by the CA that there is")
    one = names(console)
    tap.equal(len(one), 1, "of which a browser is told")

    world.run("ca", "succeed", world.path("ca2"), "--ca", world.path("ca"), "--no-passphrase")
    fresh = Browser(console, certificate=certificate(world, console, second, "ca2"))
    tap.equal(fresh.get("/api/me").code, "certificate.refused", "one of a CA that the node does not believe yet does not")
    takes(world, node, "ca")
    console.process.says("web.ca")
    tap.equal(fresh.get("/api/me").status, 200, "the node believes the new CA, and the console with it")
    tap.equal(old.get("/api/me").status, 200, "the old one is good as before")
    tap.ok(len(set(names(console))) == 2 and one[0] in names(console), "a browser is told of both", names(console))
    tap.equal(console.process.text().count("web.ready"), 1, "and nobody has started it again")
sys.exit(tap.finish())
