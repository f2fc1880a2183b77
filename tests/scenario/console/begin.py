#!tests/run
"""Goal: a one-time link begins a session on this machine, once; a session is known by its cookie alone and can end."""

import os
import shutil

import client
import tap
from console import Browser, Console, events
from world import World

with World(__doc__, ("nccis", "isoc-energy"), officers=("nccis",)) as world:
    node = world.node("isoc-energy")
    console = Console(world, node).start()
    text = world.run("--node", node.folder, "web", "--officer", "daniyar")
    tap.ok(f"http://{console.host}/enter?code=" in text, "the link is printed", text)

    link = console.link("daniyar")
    browser = Browser(console)
    tap.equal(browser.get("/api/me").status, 401, "before it nobody is known")
    tap.equal(browser.get("/").status, 401, "and no page is shown")
    tap.equal(browser.ask("HEAD", link[link.index("/enter") :]).status, 405, "who looks whether the link is there uses nothing up")
    answer = browser.enter(link)
    tap.equal(answer.status, 200, "the link lets in")
    tap.has(answer.headers["Set-Cookie"], "HttpOnly; SameSite=Strict", "its cookie is for this site and no script")
    me = browser.get("/api/me").json
    tap.equal(
        (me["officer"]["name"], me["node"], me["role"], me["via"]),
        ("daniyar", "isoc-energy", "isoc", "link"),
        "it says who is there, and where",
    )
    other = Browser(console)
    again = other.enter(link)
    tap.equal((again.status, other.cookie), (401, None), "a second time it does not")
    tap.has(again.body.decode(), "link.used", "and says so")
    tap.equal(Browser(console).enter("/enter?code=" + "0" * 64).status, 401, "nor does one that was never given")
    tap.equal(Browser(console).enter("/enter").status, 401, "nor none")

    # A browser that asks each second must not begin anew for each question.
    wire = browser.connection()
    statuses = []
    for method, target in (("GET", "/api/me"), ("GET", "/"), ("GET", "/none.js"), ("GET", "/api/none"), ("GET", "/api/status"),
                           ("PUT", "/api/drafts/kept"), ("GET", "/api/drafts"), ("DELETE", "/api/drafts/kept?version=1")):  # fmt: skip
        body = b'{"version": 0, "kind": "advisory", "document": {}}' if method == "PUT" else None
        wire.request(method, target, body, browser.headers(method))
        if not statuses:
            first = wire.sock.getsockname()
        answer = wire.getresponse()
        answer.read()
        statuses.append((answer.status, wire.sock is not None and wire.sock.getsockname() == first))
    wire.close()
    kept = [(200, True), (200, True), (404, True), (404, False)]
    tap.equal(statuses[:4], kept, "questions take one connection, up to one that is no question of a page")
    tap.equal([status for status, _ in statuses[4:]], [200, 200, 200, 204], "and after it another")

    page = browser.get("/")
    tap.equal((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"), "the page is shown")
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-cache"),
    ):
        tap.equal(page.headers[name], value, f"{name}: {value}")
    tap.has(page.headers["Content-Security-Policy"], "default-src 'none'; script-src 'self'", "scripts are ours alone")
    tap.has(page.headers["Content-Security-Policy"], "frame-ancestors 'none'", "and nobody frames it")
    same = browser.get("/", **{"If-None-Match": page.headers["ETag"]})
    tap.equal((same.status, same.body), (304, b""), "what the browser has is not sent again")

    status = browser.get("/api/status").json
    tap.ok(status["node_lost_since"], "without a daemon the node is lost, and since when", status)
    connection, stream = browser.stream()
    told = events(stream)
    kind, data = next(told)
    tap.equal((kind, data["node_lost_since"]), ("status", status["node_lost_since"]), "a stream begins with that")
    world.hub.start()
    node.start().connected()
    while not (kind == "status" and data["node_lost_since"] is None and data["hub_lost_since"] is None):
        kind, data = next(told)
    tap.equal(data["hub"]["state"], "ready", "and tells when node and hub are there")
    node.drop(client.notice("isoc-energy", 1))
    seen = set()
    while "sent" not in seen:
        kind, data = next(told)
        seen |= set(data["what"] if kind == "changed" else ())
    tap.ok(True, "what changes in the node's folder is told")
    world.hub.stop()
    while not (kind == "status" and data["hub_lost_since"]):
        kind, data = next(told)
    tap.ok(data["node_lost_since"] is None, "a lost hub is told, with the moment")

    desk = world.node("nccis")
    head = world.officers("nccis")[0]
    os.makedirs(desk.path("officers"), exist_ok=True)
    shutil.copy(world.path(head, "certs", "seal.pem"), desk.path("officers", f"{head}.pem"))
    theirs = Console(world, desk).start().browser(head)
    tap.equal(theirs.get("/api/me").json["officer"]["office"], "head", "the office is that of the officer's certificate")

    words = browser.get("/api/words?lang=kk").json
    tap.ok(words.get("role\u0004owner of critical or e-government objects"), "the words of a language are there")
    tap.equal(browser.get("/api/words?lang=en").json, {}, "English needs none")
    tap.equal(browser.get("/api/words?lang=fr").status, 400, "others there are none")

    tap.equal(console.status()["sessions"], 1, "the console counts its sessions")
    tap.equal(browser.ask("DELETE", "/api/me").status, 200, "a session ends when asked to")
    tap.equal(browser.get("/api/me").code, "session.none", "and its cookie is nobody's then")
    tap.ok(list(told) is not None, "and its stream ends")
    connection.close()
