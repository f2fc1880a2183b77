#!tests/run
"""Goal: with any limits that the hub takes, the largest message of each is taken whole or refused, and the hub goes on.

Seeded: LIMITS_SEED repeats a run.
"""

import os
import random

import client
import entries
import tap
from world import World

SEED = int(os.environ.get("LIMITS_SEED", str(random.SystemRandom().randrange(1 << 30))))
AROUND = 16 << 10  # of a document or a piece in its frame
ROUNDS = 4


def draw(dice):
    """Limits, each in its range, as often at its ends as between them."""

    def one(low, high):
        return dice.choice((low, high, int(low * (high / low) ** dice.random())))

    return {
        "document_bytes": one(1024, 4 << 20),
        "frame_bytes": one(64 << 10, 64 << 20),
        "piece_bytes": one(1024, 1 << 20),
    }


def go_together(limits):
    return max(limits["document_bytes"], limits["piece_bytes"]) + AROUND <= limits["frame_bytes"]


def configure(world, limits):
    with open(world.hub.path("hub.conf"), "w", encoding="utf-8") as conf:
        conf.write(
            f'origin = "{world.origin}";\nlisten = ["{world.endpoint}"];\n'
            f"limits = {{ document_bytes = {limits['document_bytes']}; frame_bytes = {limits['frame_bytes']}; }};\n"
            f"attachments = {{ piece_bytes = {limits['piece_bytes']}; reserve_bytes = 0; }};\n"
        )


def padded(fields, size):
    data = client.encode(fields)
    return data + b" " * (size - len(data)) if len(data) <= size else None


def largest(world, limits):
    """A level 4 notice from across the border, as large as may be: two others carry it."""
    sender = world.raw("isoc-energy", "knb", "mfa")[0]
    body = {"cross_border": True, "countries": ["KG"]}
    data = padded(client.notice("isoc-energy", 4, body=body), limits["document_bytes"])
    if data is None:
        return
    (answer,) = sender.tell(data)
    taken = isinstance(answer, client.Receipt)
    tap.ok(taken or answer.code == "doc.size", f"{len(data)} bytes: {'taken' if taken else answer.code}", answer)
    if taken:
        wanted = [line.split(" ")[2] for line in answer.told.splitlines() if line.startswith("emit ")]
        tap.equal(len(wanted), 2, "an alert and an item carry it")
        for name, ident in zip(("knb", "mfa"), wanted):
            world.raws[name].take_id(ident)
        tap.ok(True, "and both arrive")
    (again,) = sender.tell(client.notice("isoc-energy", 0))
    tap.ok(isinstance(again, client.Receipt), "the next message is taken", again)


def heavy_law(world):
    """Six kinds more that a notice is carried in: with a large one, too much for a batch."""
    with open(world.hub.path("schemas", "crossborder.item.json"), encoding="utf-8") as file:
        schema = file.read()
    with open(world.hub.path("rules", "plan.rules"), encoding="utf-8") as file:
        rules = file.read().rstrip().removesuffix(");").rstrip()
    for kind in (f"heavy.{letter}" for letter in "abcdef"):
        with open(world.hub.path("schemas", f"{kind}.json"), "w", encoding="utf-8") as file:
            file.write(schema.replace("crossborder.item", kind))
        rules += f""",
{{ id = "{kind}"; cites = "17"; default = true; on = "incident.notice"; from = [ "isoc" ];
   when = ( {{ field = "/body/level"; at_least = 4; }} );
   emit = ( {{ kind = "{kind}"; carry = true; }} ); tell = "sender"; }},
{{ id = "{kind}.nccis"; cites = "17"; default = true; on = "{kind}"; from = [ "hub" ];
   deliver = [ "role:nccis" ]; tell = "sender"; }}"""
    world.write_rules(rules + "\n);\n")


def too_heavy(world, limits):
    """What does not fit with all that follows is refused, and nothing of it is kept."""
    heavy_law(world)
    configure(world, limits)
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    large = padded(client.notice("isoc-energy", 4), limits["document_bytes"])
    (answer,) = sender.tell(large)
    tap.equal(getattr(answer, "code", answer), "doc.size", "too much for a batch is refused")
    tap.has(getattr(answer, "text", ""), "with all that follows from it", "which is said")
    (answer,) = sender.tell(client.notice("isoc-energy", 4))
    tap.ok(isinstance(answer, client.Receipt) and answer.told.count("emit ") == 7, "a small one is taken, with all of it", answer)
    tap.ok(world.hub.process.running(), "the hub runs")
    kinds = [one.kind for one in entries.read(world.hub.path("journal")) if one.time >= answer.time]
    tap.equal(sum(kind.startswith("heavy.") for kind in kinds), 6, "and nothing of the large one is in the journal")


with World(
    __doc__, ("nccis", "isoc-energy", "knb", "mfa"),
    law="kinds of its own, of which as many follow from a message as there may",
) as world:
    tap.note(f"LIMITS_SEED={SEED}")
    dice = random.Random(SEED)
    fixed = [{"document_bytes": 4 << 20, "frame_bytes": 64 << 20, "piece_bytes": 65536}]
    for limits in fixed + [draw(dice) for _ in range(ROUNDS * 3)]:
        configure(world, limits)
        code, text = world.run("-n", world.hub.path("hub.conf"), program="dabyl-hub", code=None)
        tap.equal(code == 0, go_together(limits), f"-n: {limits}") or tap.note(text)
        if code:
            tap.ok(text.count("(") >= 2 and "limits." in text, "names both and their values", text)
            continue
        world.hub.start()
        largest(world, limits)
        tap.ok(world.hub.process.running(), "the hub runs")
        for raw in world.raws.values():
            raw.close()
        world.clients, world.raws = [], {}
        world.hub.stop()
    too_heavy(world, fixed[0])
