#!tests/run
"""Goal: a node can ask the hub, gets an answer or a reason, is limited, and a bad question harms nobody."""

import zmq

import tap
from processes import until
from world import ORIGIN, World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.hub.start()
    (sender,) = world.raw("isoc-energy")
    answer = sender.ask("hub")
    tap.equal((answer["hub"], answer["origin"]), ("hub", ORIGIN), "the hub says who it is")
    tap.ok("hub" in answer["topics"], "and what may be asked", answer)
    tap.equal(sender.ask("weather")["code"], "ask.topic", "there is no answer about the weather")
    for name, data in (("no JSON", b"{"), ("a key twice", b'{"a":1,"a":2}'), ("a list", b"[]")):
        tap.has(sender.ask("hub", data)["code"], "doc.", f"arguments that are {name} are refused")
    codes = [sender.ask("hub", request=n).get("code", "") for n in range(400)]
    tap.ok("rate.limit" in codes, "who asks without end is told to wait")
    world.node("isoc-energy").start()
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.connect("ipc://" + world.node("isoc-energy").path("run", "control"))

    def control(words):
        socket.send(words)
        return socket.poll(20000) and socket.recv().lower()

    tap.has(control(b"ask \n{}").decode(), "one word", "a question needs a topic")
    until(lambda: b'"topics"' in control(b"ask hub\n"), "the node passes a question on")
    tap.ok(True, "the node passes a question on, once there is a session")
    socket.close(0)
