#!tests/run
"""Goal: while a reload is under way everybody is served; it is taken whole at its end, and who asked is told then."""

import json
import os
import zmq

import client
import order
import tap
from processes import until
from world import World


class Operator:
    """A socket of its own, which asks and may be answered later."""

    def __init__(self, world):
        self.socket = zmq.Context.instance().socket(zmq.REQ)
        self.socket.linger = 0
        self.socket.connect("ipc://" + world.hub.path("run", "control"))

    def ask(self, words):
        self.socket.send(words.encode())
        return self

    def waits(self):
        return not self.socket.poll(0)

    def answer(self):
        return json.loads(self.socket.recv()) if self.socket.poll(60000) else None


with World(__doc__, ("nccis", "isoc-energy", "isoc-bank")) as world:
    held = world.path("held")
    world.hub.process.env = dict(
        order.preload(shim="hold"), HOLD_OPEN=held, HOLD_PATH="registry.conf"
    )
    world.hub.start()
    sender, receiver = world.raw("isoc-energy", "nccis")
    sender.seconds = receiver.seconds = 20

    def hold():
        open(held, "w").close()

    def reading():
        return os.path.exists(held + ".stands")

    hold()
    first = Operator(world).ask("reload")
    until(reading, "the hub reads the law")
    for n in range(3):
        (receipt,) = sender.tell(client.notice("isoc-energy", 1))
        tap.ok(isinstance(receipt, client.Receipt), "a receipt while it does", receipt)
    receiver.take(3)
    tap.ok(True, "and deliveries")
    status = Operator(world).ask("status").answer()
    tap.ok(status and status.get("reloading"), "the status says that it does", status)

    # Changed after they were read, asked for before that was done.
    world.enrol("isoc-new", "isoc", "NEW")
    second, third = Operator(world).ask("reload"), Operator(world).ask("reload")
    tap.ok(first.waits(), "who asked for it waits")
    os.remove(held)
    tap.equal([o.answer() for o in (first, second, third)], [{"ok": True, "text": ""}] * 3, "until it is done")
    lines = [line for line in world.hub.process.text().splitlines() if "law.reloaded" in line]
    tap.equal(len(lines), 2, "whoever asked meanwhile shares one more")
    tap.ok("certificates=0" in lines[0], "what was verified before is not verified again", lines)
    tap.ok("certificates=2" in lines[1], "but what is new is", lines)
    new = world.node("isoc-new").client().begin()
    (receipt,) = new.tell(client.notice("isoc-new", 1))
    tap.ok(isinstance(receipt, client.Receipt), "and what was changed meanwhile is in force", receipt)

    # Refused whole, and the other node goes with the CRL.
    with open(world.hub.path("registry.conf"), encoding="utf-8") as file:
        registry = file.read()
    with open(world.hub.path("registry.conf"), "w", encoding="utf-8") as file:
        file.write(registry + "\nnonsense\n")
    world.revoke("isoc-bank")
    answer = Operator(world).ask("reload").answer()
    tap.ok(not answer["ok"] and "registry.conf" in answer["text"], "an error is told at the end", answer)
    bank = world.node("isoc-bank").client().begin()
    tap.ok(bank.welcome, "and changes nothing, not the CRL either")
    with open(world.hub.path("registry.conf"), "w", encoding="utf-8") as file:
        file.write(registry)
    hold()
    last = Operator(world).ask("reload")
    until(reading, "the hub reads it again")
    (receipt,) = bank.tell(client.notice("isoc-bank", 1))
    tap.ok(isinstance(receipt, client.Receipt), "until the end what was in force holds", receipt)
    os.remove(held)
    tap.equal(last.answer(), {"ok": True, "text": ""}, "a CRL is taken")
    tap.equal(bank.bye(), "node.revoked", "and acts from that turn on")

    hold()
    last = Operator(world).ask("reload")
    until(reading, "the hub reads once more")
    tap.equal(Operator(world).ask("stop").answer(), {"ok": True, "text": ""}, "it may be stopped meanwhile")
    os.remove(held)
    tap.equal(last.answer(), {"ok": False, "text": "the hub stops"}, "who waits is told")
    tap.equal(world.hub.stop(), 0, "and it ends well")
