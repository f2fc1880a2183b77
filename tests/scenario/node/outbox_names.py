#!tests/run
"""Goal: a file of any name is one message, or is refused by its name once, and never sent again."""

import os
import random

import client
import tap
from processes import until
from world import World

SEED = int(os.environ.get("SEED", "2302"))
SPECIAL = [b" notice", b"\tx", b"a\nb", b"\xff\xfe", b"\xc3\x28", b"-rf", b"--", b"'\"`$(id)", b"\\",
           b"a" * 249, b"\xd0\xb6" * 124, b"b" * 200, b"con.json", b"~", b"x~1", b"*", b"\x01\x7f",
           "дабыл".encode(), b"a%sb", b"n" * 226, b"n" * 227, b"n" * 228, b"n" * 229, b"n" * 240]  # fmt: skip


def names(source, n):
    """Names without their ending: those that are known for trouble, and random bytes."""
    found = list(SPECIAL)
    while len(found) < n:
        size = source.choice((1, 2, 3, 8, 40, 180, 249))
        alphabet = source.choice(([*range(1, 256)], [*b" \t\n.-~"], [*b"ab"]))
        name = bytes(source.choice(alphabet) for _ in range(size)).replace(b"/", b"_")
        if name[0] != 0x2E and name not in found:
            found.append(name)
    return found


with World(__doc__, ("nccis", "isoc-energy")) as world:
    source = random.Random(SEED)
    node, reader = world.node("isoc-energy"), world.node("nccis")
    world.start()
    outbox = node.path("outbox").encode()

    def put(name, data):
        """Renamed into place whole."""
        with open(os.path.join(outbox, b".new"), "wb") as file:
            file.write(data)
        os.rename(os.path.join(outbox, b".new"), os.path.join(outbox, name))

    def notice(text):
        return client.by_hand("isoc-energy", text)

    every = names(source, 120)
    good, bad = every[:80], every[80:]
    # Some of the names that are known for trouble among the bad ones, too.
    bad += [b"bad" + name[:240] for name in SPECIAL]
    for i, name in enumerate(good):
        put(name + b".json", notice(f"good {i}"))
    for i, name in enumerate(bad):
        put(name + b".json", b'{"kind": "incident.notice", "n": %d, "body": {}, "from": "x"}' % i)
    node.has_sent(len(good))
    refused = until(
        lambda: len(node.refused()) >= len(bad) and node.refused(), f"{len(bad)} are refused"
    )
    tap.equal(len(refused), len(bad), f"{len(bad)} bad files are refused by their names (seed {SEED})")
    until(lambda: len(os.listdir(outbox)) == 0, "nothing is left in the outbox")

    # Whatever looks again by itself: a start, and another file.
    node.stop()
    node.start()
    put(b"last.json", notice("last"))
    got = [m["body"]["description"] for m in reader.has_received(len(good) + 1)]
    tap.equal(sorted(got), sorted([f"good {i}" for i in range(len(good))] + ["last"]),
              f"{len(good)} files are one message each")  # fmt: skip

    pairs = {}
    folder = node.path("refused").encode()
    for name in os.listdir(folder):
        if name.endswith(b".reason.json"):
            with open(os.path.join(folder, name[: -len(b".reason.json")]), "rb") as file:
                pairs[name] = file.read()
    reasons = {name.encode("utf-8", "surrogateescape"): r for name, r in node.refused().items()}
    tap.ok(
        all(client.sha(pairs[n]).hex() == r["document"] for n, r in reasons.items()),
        "each reason stands beside the bytes that it is about",
    )
    tap.equal(len(set(pairs.values())), len(bad), "and none of them is missing")

    # One name again and again, good and bad in turn, as fast as they can be replaced.
    before = len(node.refused())
    fields = b'{"kind": "incident.notice", "from": "x", "body": {"turn": %d}}'
    for i in range(30):
        put(b"same.json", fields % i)
        if i % 3 == 0:
            until(lambda: not os.path.exists(node.path("outbox", "same.json")), "it is taken")
    put(b"same.json", notice("same"))
    got = until(
        lambda: [m for m in reader.inbox() if m["body"].get("description") == "same"], "a good one"
    )
    tap.equal(len(got), 1, "a good file in place of bad ones of its name is sent")
    until(lambda: not os.listdir(outbox), "all are taken")
    kept = {}
    for name, reason in node.refused().items():
        if name.startswith("same"):
            with open(node.path("refused", name[: -len(".reason.json")]), "rb") as file:
                kept[file.read()] = reason["document"]
    tap.ok(
        len(kept) >= 10 and all(client.sha(data).hex() == digest for data, digest in kept.items()),
        f"{len(kept)} bad ones of one name are all kept, each with its own reason",
    )
    tap.equal(len(node.refused()) - before, len(kept), "each once")
