#!tests/run
"""Goal: beside a hub dabyl-web gives programs its health, its metrics and its public log, and nothing else."""

import json
import os
import signal
import threading

import client
import tap
import tlog
from console import Console
from metrics import Metrics
from processes import Process, free_port, until
from world import World

BATCHES, EACH = 5, 60  # messages: more than a tile


def grow(raw, n):
    raw.tell(*[client.notice("isoc-energy", 1) for _ in range(n)])


with World(__doc__, cast=("nccis", "isoc-energy")) as world:
    world.start("nccis")
    monitor, public = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    with open(world.path("web.conf"), "w", encoding="utf-8") as file:
        file.write(f'hub = "hub"; monitor = "{monitor}"; public = "{public}";')
    code, text = world.run("-n", world.path("web.conf"), program="dabyl-web", code=None)
    tap.equal(code, 0, "-n finds it good")
    web = Process(
        "web-hub",
        [world.program("dabyl-web"), "--log-format", "json", world.path("web.conf")],
        world.path("web.log"),
    )
    world.begin(web)
    web.says("web.ready")
    vkey = open(world.hub.path("vkey"), encoding="utf-8").read().strip()

    raw = world.node("isoc-energy").client()
    raw.begin()
    grow(raw, EACH)
    first = until(
        lambda: found if (found := tlog.Log(public, vkey)).size > EACH else None, "a checkpoint"
    )
    tap.ok(
        first.headers["Content-Type"] == "text/plain; charset=utf-8"
        and first.headers["Cache-Control"] == "no-cache",
        "the checkpoint is a text that caches ask for again",
    )
    for _ in range(BATCHES - 1):
        grow(raw, EACH)
    log = until(
        lambda: found if (found := tlog.Log(public, vkey)).size > BATCHES * EACH else None,
        "a later checkpoint",
    )
    tap.ok(
        all(
            tlog.included(
                tlog.leaf_hash(log.entry(i)), i, log.size, log.inclusion(i), log.checkpoint.root
            )
            for i in range(log.size)
        ),
        "an independent reader proves each entry",
    )
    proof = log.consistency(first.size)
    tap.ok(
        tlog.consistent(
            first.size, first.checkpoint.root, log.size, log.checkpoint.root, proof
        ),
        "and that the log only grew",
    )
    tap.ok(
        not tlog.included(
            tlog.leaf_hash(log.entry(1)), 0, log.size, log.inclusion(0), log.checkpoint.root
        )
        and not tlog.consistent(
            first.size, log.checkpoint.root, log.size, log.checkpoint.root, proof
        ),
        "which it would notice",
    )
    tap.equal(tlog.ask(public, "HEAD", "/checkpoint")[::2], (200, b""), "HEAD is answered, too")
    tap.ok(f"/tile/0/{log.size // 256:03d}.p/{log.size % 256}" in log.cache, "with partial tiles")

    # None of these is published, however it is spelled.
    wrong = (
        "/", "", "/hub.conf", "/../hub.conf", "/tile/../../hub.conf", "//checkpoint", "/checkpoint/",
        "/%63heckpoint", "/tile/%2e%2e/%2e%2e/hub.conf", "/tile/0/000/../../../keys/log.key",
        "/tile", "/tile/", "/tile/0", "/tile/0/", "/tile/0/0", "/tile/0/00", "/tile/0/0000",
        "/tile/0/x000/000", "/tile/0/x001", "/tile/00/000", "/tile/-1/000", "/tile/8/000",
        "/tile/0/000.p", "/tile/0/000.p/", "/tile/0/000.p/0", "/tile/0/000.p/01",
        "/tile/0/000.p/256", "/tile/0/000.p/4294967297", "/tile/0/000/", "/tile/0/000x",
        "/tile/entries", "/tile/entries/999", "/tile/data/000", "/tile/0/999", "/tile/3/000",
        "/tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999", "/segments", "/state/mark", "/lock",
        "/.new", "/metrics", "/healthz", "/tile/0/" + "x" * 5000,
    )  # fmt: skip
    got = {path: tlog.ask(public, "GET", path)[0] for path in wrong if path}
    tap.ok(
        all(status in (404, 414, 431) for status in got.values()),
        "nothing else is there, however it is spelled",
        {path: status for path, status in got.items() if status == 200},
    )
    edge = f"/tile/0/{log.size // 256:03d}"
    ahead = world.hub.path("journal", f"{edge[1:]}.p", "255")
    with open(ahead, "wb") as file:
        file.write(bytes(255 * 32))
    tap.equal(
        tlog.ask(public, "GET", f"{edge}.p/255")[0],
        404,
        "what the checkpoint does not cover is not given, though it lies there",
    )
    os.unlink(ahead)
    status, headers, _ = tlog.ask(public, "POST", "/checkpoint", {"Content-Length": "0"})
    tap.equal((status, headers["Allow"]), (405, "GET, HEAD"), "there is only to read")

    status, headers, body = tlog.ask(monitor, "GET", "/metrics")
    told = Metrics(body.decode())
    tap.ok(
        headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        and told.one("dabyl_hub_entries_total") >= log.size,
        "metrics are the hub's",
    )
    tap.equal(tlog.ask(monitor, "GET", "/healthz")[::2], (200, b"ok\n"), "it is healthy")
    tap.equal(tlog.ask(monitor, "GET", "/checkpoint")[0], 404, "the log is not there")
    tap.equal(
        tlog.ask(monitor, "GET", "/metrics", {"Host": "evil.example"})[0],
        421,
        "a name of somebody's that leads here gets nothing",
    )

    address = f"127.0.0.1:{free_port()}"
    console = Console(world, world.node("nccis"), f'monitor = "{address}";').start()
    status, _, body = tlog.ask(address, "GET", "/metrics")
    tap.equal(
        Metrics(body.decode()).one("dabyl_node_info", node="nccis"), 1, "a node's are beside it"
    )
    tap.equal(
        until(
            lambda: answer[::2]
            if (answer := tlog.ask(address, "GET", "/healthz"))[0] == 200
            else None,
            "the node's session",
        ),
        (200, b"ok\n"),
        "and it is healthy",
    )
    tap.ok(
        tlog.ask(console.host, "GET", "/metrics")[0] in (401, 403, 404)
        and tlog.ask(address, "GET", "/api/me")[0] == 404,
        "and not where officers are, who are not there",
    )

    raw.close()
    world.hub.process.signal(signal.SIGSTOP)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(tlog.ask(monitor, "GET", "/healthz")))
    asking.start()
    tap.ok(tlog.Log(public, vkey).size >= log.size, "while the hub hangs its public log goes on")
    asking.join()
    world.hub.process.signal(signal.SIGCONT)
    tap.ok(answers[0][0] == 503 and b"no answer" in answers[0][2], "and it is called so", answers)
    world.hub.stop()
    status, _, body = tlog.ask(monitor, "GET", "/healthz")
    tap.ok(status == 503 and b"not running" in body, "without the hub it says so", body)
    tap.equal(tlog.ask(monitor, "GET", "/metrics")[0], 503, "and has no metrics")
    tap.equal(tlog.Log(public, vkey).size >= log.size, True, "what was published is still there")
    tap.equal(
        until(
            lambda: answer[::2]
            if (answer := tlog.ask(address, "GET", "/healthz"))[0] == 503
            else None,
            "the node to notice",
        ),
        (503, b"the node is not in session with its hub\n"),
        "the node says that it has none",
    )
    tap.equal(web.stop(), 0, "it ends when it is asked to")
    world.hub.process.command.insert(1, "--log-format=json")
    world.hub.start()
    world.hub.stop()
    said = (web.text() + world.hub.process.text()).splitlines()
    events = [json.loads(line) for line in said]
    tap.ok(
        {"web.ready", "web.ends", "hub.ready", "hub.stopped"} <= {one["event"] for one in events}
        and all(isinstance(one["entries"], int) for one in events if one["event"] == "hub.ready"),
        "logs are JSON where that is wanted",
        said,
    )
    code, text = world.run("--log-format", "xml", world.path("web.conf"), program="dabyl-web", code=None)
    tap.ok(code == 2 and "xml" in text, "there are two forms", text)

    for line, word in (
        ('hub = "hub";', "monitor, public"),
        ('hub = "hub"; monitor = "here:1";', "monitor: "),
        ('hub = "nowhere"; public = "127.0.0.1:1";', "nowhere"),
        ('node = "nccis"; public = "127.0.0.1:1";', "hub"),
    ):
        with open(world.path("wrong.conf"), "w", encoding="utf-8") as file:
            file.write(line)
        code, text = world.run("-n", world.path("wrong.conf"), program="dabyl-web", code=None)
        tap.ok(code != 0 and word in text, f"{line} is refused, with a reason", text)
