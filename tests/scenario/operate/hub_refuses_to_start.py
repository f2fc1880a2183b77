#!tests/run
"""Goal: a hub that cannot be trusted does not start, and says which file and what about it."""

import os
import shutil

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    for _ in range(5):
        sender.tell(client.notice("isoc-energy", 2))
    code, text = world.run(world.hub.path("hub.conf"), program="dabyl-hub", code=None)
    tap.ok(
        code != 0 and ("lock" in text or "use" in text),
        f"a second hub on the same journal: {text.strip()[25:140]}",
        text,
    )
    (answer,) = sender.tell(client.notice("isoc-energy", 2))
    tap.ok(isinstance(answer, client.Receipt), "and the first goes on", answer)
    tap.equal(world.hub.stop(), 0, "the hub stops")
    shutil.copytree(world.hub.folder, world.path("good"), ignore=shutil.ignore_patterns("control"))
    segment = os.path.join("journal", "segments", "0" * 20 + ".seg")

    def spoil(name, *words, options=()):
        code, text = world.run(*options, world.hub.path("hub.conf"), program="dabyl-hub", code=None)
        tap.ok(
            code not in (0, -6, -11) and all(word in text for word in words),
            f"{name}: {text.strip()[25:180]}",
            text,
        )
        shutil.rmtree(world.hub.folder)
        shutil.copytree(world.path("good"), world.hub.folder)

    with open(world.hub.path(segment), "r+b") as file:
        file.seek(300)
        byte = file.read(1)
        file.seek(300)
        file.write(bytes([byte[0] ^ 4]))
    spoil("one bit changed in an old batch that is read", os.path.basename(segment), "64", options=["--rebuild"])
    os.chmod(world.hub.path("keys", "log.key"), 0o644)
    spoil("a key that others may read", "log.key")
    shutil.copy(world.hub.path("keys", "seal.key"), world.hub.path("keys", "log.key"))
    spoil("another log key", "log")
    with open(world.hub.path("hub.conf"), "a", encoding="utf-8") as file:
        file.write("colour = 3;\n")
    lines = len(open(world.hub.path("hub.conf"), encoding="utf-8").read().splitlines())
    spoil("an unknown setting", f"hub.conf:{lines}", "colour")
    world.hub.start()
    tap.ok(True, "and the good one starts")
