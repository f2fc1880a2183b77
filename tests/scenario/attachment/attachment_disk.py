#!tests/run
"""Goal: a disk that is full or fails under attachments costs their authors time, and nobody else anything."""

import errno
import os
import random

import client
import order
import tap
from route import example
from world import World

MIB = 1 << 20
RANDOM = random.Random(8)
SETTINGS = "attachments = { reserve_bytes = 0; };\n"

with World(__doc__, ("nccis", "owner-grid", "authority"), settings=SETTINGS) as world:
    orders = world.path("orders")
    world.hub.process.env = dict(order.preload(shim="fail"), FAIL_ORDERS=orders)

    def command(text):
        with open(orders + ".new", "w", encoding="ascii") as file:
            file.write(text + "\n")
        os.rename(orders + ".new", orders)

    def named(size):
        """A file that a message of the owner names."""
        data = RANDOM.randbytes(size)
        file = {"name": "plan.pdf", "size": size, "sha256": client.sha(data).hex()}
        world.raws["owner-grid"].tell(example("plan.submission", "owner-grid", body={"file": file}))
        return data

    def notice_goes(name):
        (answer,) = world.raws["owner-grid"].tell(client.notice("owner-grid", 2, body={"object": "obj-grid-1"}))
        tap.ok(isinstance(answer, client.Receipt), f"a notice is taken while {name}", answer)

    def goes_on(data):
        answer = world.raws["owner-grid"].hand_in(data)
        tap.equal(getattr(answer, "type", answer), "attachment", "when that is mended it is handed in")
        tap.ok(world.raws["authority"].fetch_all(client.sha(data)) == data, "and every byte is right")

    world.hub.start()
    world.raw()
    for text, name in (
        (f"write {errno.ENOSPC} /attachments/", "its disk is full"),
        (f"write {errno.EIO} /attachments/", "its disk fails"),
        (f"sync {errno.EIO} /attachments/", "its flushes fail"),
    ):
        data = named(2 * MIB + 5)
        held = world.raws["owner-grid"].hand_in(data, upto=65536)
        tap.equal(held.offset, 65536, "an attachment has begun")
        command(text)
        answer = world.raws["owner-grid"].hand_in(data)
        tap.ok(answer.code == "disk.full" and answer.retry, f"{text}: its author is told to try later", answer)
        world.hub.process.says("attachment.trouble")
        notice_goes(name)
        command("")
        goes_on(data)

    # the log has no room for the entry that it was handed in
    data = named(MIB)
    tap.equal(world.hub.stop(), 0, "the hub ends")
    command(f"reserve {errno.ENOSPC} segments/")
    world.hub.start()
    world.hub.process.says("disk.full")
    world.raw()
    answer = world.raws["owner-grid"].hand_in(data)
    tap.ok(answer.code == "disk.full" and answer.retry, "without room in the log nothing counts as handed in", answer)
    tap.equal(
        world.raws["authority"].fetch(client.sha(data)).code, "attachment.absent", "and nothing can be fetched"
    )
    command("")
    world.hub.process.says("disk.room")
    goes_on(data)
