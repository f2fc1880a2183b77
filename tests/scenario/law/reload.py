#!tests/run
"""Goal: SIGHUP takes new rules whole; what was decided stays, what comes is decided anew."""

import client
import tap
from world import World

with World(
    __doc__, ("nccis", "isoc-energy", "owner-grid", "hq"),
    law="a law that changes",
) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    before = client.notice("isoc-energy", 2)
    sender.tell(before)
    got = world.fence()
    tap.equal(len(got["hq"]), 0, "the Headquarters has no notices by the rules in force")

    rules = world.rules()
    more = rules.rstrip()
    assert more.endswith(");")
    more = (
        more[:-2].rstrip().rstrip(",")
        + """,
    {
        id = "headquarters.follows";
        cites = "default";
        on = "incident.notice";
        from = [ "isoc" ];
        deliver = [ "role:headquarters" ];
        tell = "sender";
    }
);
"""
    )
    world.write_rules(more)
    world.reload()
    after = client.notice("isoc-energy", 2)
    (receipt,) = sender.tell(after)
    got = world.fence()
    tap.equal([d.leaf["id"] for d in got["hq"]], [after["id"]], "the new rule holds from now on")
    tap.has(receipt.told, "headquarters.follows", "the receipt names it")
    (again,) = sender.tell(before)
    tap.ok("headquarters.follows" not in again.told, "what was decided before stays", again.told)

    world.hub.kill()
    world.hub.start()
    (again,) = world.node("isoc-energy").client().begin().tell(before)
    tap.ok("headquarters.follows" not in again.told, "also after a restart", again.told)
    tap.equal(world.hub.stop(), 0, "the hub stops")
    code, text = world.check()
    tap.ok("2 rules" in text or "3 rules" in text, "each load is an entry with the full text", text)
