#!tests/run
"""Goal: what came to the protocol later is sent only to who said that it knows it; whoever says nothing has all of version 1."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()

    def talk(agent):
        """A notice from hello to acknowledgement; the types of all frames that came."""
        author, owner = (world.node(name).client() for name in ("isoc-energy", "owner-grid"))
        types = []
        for one in (author, owner):
            one.begin(agent=agent)
        (receipt,) = author.tell(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}))
        tap.ok(isinstance(receipt, client.Receipt), f"{agent}: a notice is taken", receipt)
        owner.take(1)
        for one in (author, owner):
            one.send(bytes((1, client.PULSE)))
            kind = None
            while kind != client.PULSE:
                kind, body = one.receive()
                types.append(kind)
                if kind == client.KNOWS:
                    tap.ok("+knows" in body.short().decode().split()[2:], f"{agent}: the hub says what it knows")
                    body.done()
            one.close()
        return types

    for agent in ("client.py 1", "dabyl-node 0.1.0", "client.py 1 +later +know", 'odd" +Knows', ""):
        tap.ok(client.KNOWS not in talk(agent), f"{agent!r}: nothing came that it has not said it knows")
    tap.equal(talk("client.py 2 +later +knows").count(client.KNOWS), 2, "who says so is told, once a session")

    node = world.node("nccis").start().connected()
    line = world.hub.process.says("session.opened node=nccis ")
    tap.ok('agent="dabyl-node ' in line and "+knows" in line, "the log names the program at the other end", line)
    node.drop(client.advisory("nccis"))
    node.has_sent(1)
    world.kill_hub()
    node.drop(client.advisory("nccis"))
    tap.equal(len(node.has_sent(2)), 2, "a node that hears of it goes on, also over a restart of the hub")
