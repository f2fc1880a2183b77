#!tests/run
"""Goal: a file goes through the browser into the exchange and out of it again whole, only where a message names it; a full disk loses nothing."""

import errno
import os
import random

import client
import order
import tap
from console import Console
from processes import until
from route import example
from world import World

RANDOM = random.Random(11)
NAME = "план\u202efdp.exe; \"x\".pdf"

with World(__doc__, ("nccis", "owner-grid", "authority")) as world:
    world.start()
    owner, authority = world.node("owner-grid"), world.node("authority")
    for node in (owner, authority):
        node.process.says("law.known")
    console = Console(world, owner, "upload_megabytes = 3;\n")
    console.process.env = dict(order.preload(shim="fail"), FAIL_ORDERS=world.path("orders"))
    browser = console.start().browser("daniyar")
    reader = Console(world, authority).start().browser("aliya")

    def command(text):
        with open(world.path("orders.new"), "w", encoding="ascii") as file:
            file.write(text)
        os.rename(world.path("orders.new"), world.path("orders"))

    def lies(node, *parts):
        try:
            return [name for name in os.listdir(node.path("attachments", *parts)) if name[0] != "."]
        except FileNotFoundError:
            return []

    def nothing_left():
        """What came is removed once the answer has gone."""
        until(lambda: not os.listdir(owner.path("state", "web", "uploads")), "no upload lies about")

    def plan(file):
        return example("plan.submission", "owner-grid", body={"file": file})

    # --- handed in ---
    data = RANDOM.randbytes(2_345_678)
    digest = client.sha(data).hex()
    answer = browser.ask("PUT", "/api/files/" + "a" * 64, data)
    tap.equal((answer.status, answer.code), (422, "attachment.digest"), "another file than its name says")
    tap.equal(browser.ask("PUT", "/api/files/..%2F..%2Fx", b"short").status, 400, "a name that is a path")
    tap.equal(browser.ask("PUT", "/api/files/" + "0" * 64, b"a" * 3200000).status, 413, "one that is too large")
    nothing_left()
    tap.equal(lies(owner, "outbox"), [], "nothing is kept of these")
    answer = browser.ask("PUT", "/api/files/" + digest, data)
    tap.equal((answer.status, answer.json), (200, {"sha256": digest, "size": len(data)}), "a file is kept for handing in")
    nothing_left()
    tap.equal(lies(owner, "outbox"), [digest], "where the node looks")
    file = {"name": "plan.pdf", "size": len(data), "sha256": digest}
    tap.equal(browser.get(f"/api/files/{digest}?message={client.uuid7()}").status, 404, "nobody has it before a message names it")
    message = plan(file)
    owner.drop(message)
    until(lambda: not lies(owner, "outbox"), "handed in")
    tap.ok(True, "the node hands it in when a message names it")

    # --- and had ---
    authority.has_received(1)
    place = f"/api/files/{digest}?message={message['id']}"
    tap.equal(reader.get(place).code, "not-here", "its receiver does not have it yet")
    tap.equal(reader.get(place.replace(digest, "b" * 64)).code, "absent", "another the message does not name")
    tap.equal(reader.ask("POST", f"/api/files/{digest}/wanted", {"message": message["id"]}).status, 204, "it is asked for")
    whole = until(lambda: (answer := reader.get(place)).status == 200 and answer, "the file")
    tap.ok(whole.body == data, "and is there, every byte")
    tap.has(whole.headers["Content-Disposition"], 'attachment; filename="plan.pdf"', "as a download")
    tap.equal(
        (whole.headers["Content-Type"], whole.headers["X-Content-Type-Options"]),
        ("application/octet-stream", "nosniff"),
        "which no browser shows by itself",
    )
    tap.equal(reader.get(f"/api/files/{digest}?message=1").status, 200, "by its number in the inbox, too")
    for name, target in (
        ("no message", f"/api/files/{digest}"),
        ("a path as a message", f"/api/files/{digest}?message=..%2Finbox%2F{message['id']}"),
        ("a path as a file", f"/api/files/..%2F..%2Fkeys%2Fseal.key?message={message['id']}"),
    ):
        tap.ok(reader.get(target).status in (400, 404), f"{name}: nothing")
    with open(authority.path("attachments", "whole", digest), "r+b") as spoiled:
        spoiled.seek(1000)
        spoiled.write(b"spoiled")
    tap.equal((reader.get(place).code, reader.get(place).code), ("spoiled", "not-here"), "what a disk has changed nobody gets, and it can be fetched again")

    # --- the author's name for it leads nowhere ---
    small = b"short"
    file = {"name": NAME.replace('"', "'"), "size": len(small), "sha256": client.sha(small).hex()}
    browser.ask("PUT", "/api/files/" + file["sha256"], small)
    odd = plan(file)
    owner.drop(odd)
    until(lambda: odd["id"] in owner.sent() or owner.refused(), "an outcome")
    if odd["id"] in owner.sent():
        authority.has_received(2)
        reader.ask("POST", f"/api/files/{file['sha256']}/wanted", {"message": odd["id"]})
        there = until(
            lambda: (answer := reader.get(f"/api/files/{file['sha256']}?message={odd['id']}")).status == 200 and answer,
            "the odd file",
        )
        header = there.headers["Content-Disposition"]
        tap.ok(header.isascii() and header.count('"') == 2, "an odd name is coded", header)
    else:
        tap.ok(True, "an odd name is refused by its schema")

    # --- a full disk ---
    def draft(version, note):
        return {"version": version, "kind": "plan.submission", "note": note, "document": message}

    tap.equal(browser.ask("PUT", "/api/drafts/one", draft(0, "kept")).status, 200, "a draft")
    command(f"write {errno.ENOSPC} /state/drafts/\nwrite {errno.ENOSPC} /web/uploads/\n")
    answer = browser.ask("PUT", "/api/drafts/one", draft(1, "lost"))
    tap.equal((answer.status, answer.code), (507, "disk.full"), "a full disk is said")
    tap.equal(browser.get("/api/drafts/one").json["note"], "kept", "and what was there stays")
    tap.equal(browser.ask("PUT", "/api/drafts/two", draft(0, "new")).status, 507, "a new one is not half there")
    tap.equal([one["id"] for one in browser.get("/api/drafts").json], ["one"], "nor in the list")
    other = RANDOM.randbytes(1000)
    tap.equal(browser.ask("PUT", "/api/files/" + client.sha(other).hex(), other).status, 507, "nor is a file")
    tap.equal(lies(owner, "outbox"), [], "of which nothing is left")
    command(f"sync {errno.EIO} /state/drafts/\n")
    tap.equal(browser.ask("PUT", "/api/drafts/one", draft(1, "lost")).status, 500, "a disk that does not flush has kept nothing")
    command("")
    answer = browser.get("/api/drafts/one").json
    answer = browser.ask("PUT", "/api/drafts/one", draft(answer["version"], "again"))
    tap.equal(answer.status, 200, "when there is room again, all goes on")
    tap.equal(browser.ask("PUT", "/api/files/" + client.sha(other).hex(), other).status, 200, "with files, too")
    tap.equal([name for name in os.listdir(owner.path("state", "drafts", "daniyar")) if name[0] == "."], [], "and nothing half written stays")
