#!tests/run
"""Goal: what a node's configuration puts elsewhere is found by every command."""

import os
import re
import shutil
import tempfile

import client
import tap
from processes import Process, until
from world import World


def commands(world, node, folder):
    """Each command that needs the daemon or the node's keys, from this name of the node."""
    at = ("--node", folder)
    yield "status", ("status", *at)
    yield "explain", ("explain", world.path("notice.json"), *at)
    yield "duties", ("duties", *at)
    yield "contacts", ("contacts", *at)
    yield "send", ("send", world.path("notice.json"), *at)
    stem = node.names("inbox", ".json")[0]
    yield "verify", ("verify", node.path("inbox", stem), *at)
    yield "the kinds that a role may send", ("send", "--new", "list", *at)


def elsewhere(world, node):
    """node.conf, the log's key, the CA's files and certificates far from the folder."""
    far = world.path("etc")
    os.makedirs(os.path.join(far, "certs"))
    for name in node.names("certs", ".pem"):
        shutil.move(node.path("certs", name), os.path.join(far, "certs", name))
    shutil.move(node.path("hub.vkey"), os.path.join(far, "log.vkey"))
    with open(node.path("node.conf"), encoding="utf-8") as file:
        conf = re.sub("control = .*\n", "", file.read()).replace("hub.vkey", "log.vkey")
    conf = conf.replace("keys/", node.path("keys") + "/")
    with open(os.path.join(far, "node.conf"), "w", encoding="utf-8") as file:
        file.write(f'folder = "{node.folder}";\ncontrol = "{world.short}/control";\n' + conf)
    os.remove(node.path("node.conf"))
    return os.path.join(far, "node.conf")


def ask_all(world, node, folder, what):
    for name, words in commands(world, node, folder):
        code, text = world.run(*words, code=None)
        tap.equal((code, code and text), (0, 0), f"{what}: {name}")


with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.start("nccis", "isoc-energy")
    node, other = world.node("isoc-energy"), world.node("nccis")
    world.short = tempfile.mkdtemp(prefix="dabyl-")
    with open(world.path("notice.json"), "wb") as file:
        draft = client.notice("isoc-energy", 1)
        for field in ("id", "sent", "nonce"):
            draft.pop(field)
        file.write(client.encode(draft))
    other.drop(client.advisory("nccis"))
    node.has_received(1)
    ask_all(world, node, node.folder, "all in the folder")

    node.stop()
    with open(node.path("node.conf"), "a", encoding="utf-8") as file:
        file.write(f'control = "{world.short}/control";\n')
    node.start().connected()
    ask_all(world, node, node.folder, "the socket elsewhere")

    node.stop()
    config = elsewhere(world, node)
    node.process = Process(
        "isoc-energy", [world.program("dabyl-node"), "-c", config], node.folder + ".log.2"
    )
    node.start().connected()
    ask_all(world, node, node.folder, "the configuration elsewhere")
    ask_all(world, node, config, "named by its configuration")
    ask_all(world, node, os.path.dirname(config), "named by the folder of its configuration")

    with open(config, "a", encoding="utf-8") as file:
        file.write("colour = 3;\n")
    code, text = world.run("send", world.path("notice.json"), "--node", config, "--no-wait", code=None)
    tap.has(text, "unknown key 'colour'", "an unfinished edit is named")
    with open(config, encoding="utf-8") as file:
        whole = file.read().replace("colour = 3;\n", "")
    with open(config, "w", encoding="utf-8") as file:
        file.write(whole)
    code, text = world.run("send", world.path("notice.json"), "--node", node.folder, code=None)
    tap.equal(code, 0, "and harms nothing afterwards")
    until(lambda: len(other.names("inbox", ".json")) >= 6, "all notices are there")
    shutil.rmtree(world.short)
