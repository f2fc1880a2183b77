#!tests/run
"""Goal: whatever lies in an outbox, the messages beside it go out, and nothing outside of it is touched."""

import os
import socket

import client
import tap
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    node = world.node("isoc-energy")
    world.hub.start()
    node.start()
    outbox = node.path("outbox")
    secret = world.path("secret.json")
    notice = client.encode(client.notice("isoc-energy", 2))
    with open(secret, "wb") as file:
        file.write(notice)

    def put(name, data=b"{}"):
        """Whole at once, as the rename of a program is; names as bytes."""
        with open(os.path.join(outbox.encode(), b".tmp"), "wb") as file:
            file.write(data)
        os.rename(os.path.join(outbox.encode(), b".tmp"), os.path.join(outbox.encode(), name))

    # Their names come before those of the good ones.
    os.mkdir(os.path.join(outbox, "0-folder.json"))
    os.mkfifo(os.path.join(outbox, "0-pipe.json"))
    os.symlink(secret, os.path.join(outbox, "0-link.json"))
    os.symlink("/dev/zero", os.path.join(outbox, "0-zero.json"))
    os.symlink("0-loop.json", os.path.join(outbox, "0-loop.json"))
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.join(outbox, "0-socket.json"))
    put(b"0-empty.json", b"")
    put(b"0-\xff\xfe.json", b"[]")
    put(b"0-line\nbreak.json", b"[]")
    put(b"0-'; rm -rf $HOME;.json", b"[]")
    put(b"0-" + b"x" * 248 + b".json", b"[]")
    put(b"0-" + b"y" * 238 + b".json", b"[]")
    put(b"0-no-ending", b"[]")
    for n, name in enumerate(("../../secret", "/etc/passwd", "..", "a/b", "", "x" * 5000, 7, None)):
        fields = client.notice("isoc-energy", 2)
        fields["id"] = name
        put(b"0-id-%d.json" % n, client.encode(fields))
    with open(os.path.join(outbox, "0-huge.json"), "wb") as file:
        file.truncate(1 << 40)
    put(b"0-deep.json", b"[" * 100000)
    before = sorted(os.listdir(world.folder))
    for _ in range(3):
        node.drop(client.notice("isoc-energy", 2))
    node.has_sent(3)
    tap.ok(True, "three good messages go out past all of it")
    # What is no JSON may still be being copied: it is left alone for a moment.
    until(lambda: "0-empty.json.reason.json" in node.names("refused", ""), "the first is refused")
    for _ in range(3):
        node.drop(client.notice("isoc-energy", 2))
    node.has_sent(6)
    tap.ok(node.process.running(), "and again when the odd ones were refused")
    tap.equal(len(node.sent()), 6, "nothing else was sent")
    tap.equal(sorted(os.listdir(world.folder)), before, "nothing was written elsewhere")
    with open(secret, "rb") as file:
        tap.ok(file.read() == notice, "what a link pointed to is as it was")
    codes = {reason.get("code", "") for reason in node.refused().values()}
    tap.ok("" not in codes, f"each refusal has its code: {', '.join(sorted(codes))}", codes)
    listening.close()
    tap.equal(node.stop(), 0, "it ends when asked")
    for name in sorted(os.listdir(outbox)):
        tap.note(f"left in the outbox: {name[:60]!r}")
