#!tests/run
"""Goal: the same message again gets the same receipt again, the same id with other bytes is refused; for ever."""

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    message = client.notice("isoc-energy", 2)
    changed = dict(message, summary={"en": "Quite another story"})
    (first,) = sender.tell(message)

    (again,) = sender.tell(message)
    tap.equal(again, first, "sent again: the same receipt, position and time")
    twice = sender.tell(message, message)
    tap.equal(twice, [first, first], "sent twice in one frame: the same")
    (other,) = sender.tell(message, keys=[sender.seal])
    tap.equal(other.seal, first.seal, "sealed again: the first seal stands")
    (refused,) = sender.tell(changed)
    tap.equal(
        getattr(refused, "code", refused), "id.reused", "the same id with other bytes is refused"
    )

    bad = client.notice("isoc-energy", 9)
    sender.tell(bad)
    mended = dict(bad, body=dict(bad["body"], level=1))
    (answer,) = sender.tell(mended)
    tap.ok(isinstance(answer, client.Receipt), "a refused message had claimed no id", answer)
    same = dict(client.notice("owner-grid", 2), id=message["id"])
    (answer,) = world.raws["owner-grid"].tell(same)
    tap.ok(isinstance(answer, client.Receipt), "another author may use the same id", answer)
    got = world.fence()
    tap.equal(
        [d.leaf["id"] for d in got["nccis"]],
        [message["id"], bad["id"], message["id"]],
        "nccis had each message once",
    )

    tap.equal(world.hub.stop(), 0, "the hub stops")
    world.hub.start()
    sender = world.node("isoc-energy").client().begin(stored=0)
    again, refused = sender.tell(message, changed)
    tap.equal(again, first, "after a restart: the same receipt")
    tap.equal(
        getattr(refused, "code", refused),
        "id.reused",
        "after a restart: other bytes are still refused",
    )
    world.hub.kill()
    world.hub.start()
    sender = world.node("isoc-energy").client().begin(stored=0)
    (again,) = sender.tell(message)
    tap.equal(again, first, "after a kill: the same receipt")
