#!tests/run
"""Goal: what is past its age stays while somebody needs it, is counted by what holds it, and goes when nothing does."""

import client
import tap
from processes import until
from retained import SECRET, advisory, configure, kind, on_disk, reaches, retention, step, under_a_clock
from route import reference
from world import World

with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    under_a_clock(world)
    configure(world, ("advisory 2", "incident.notice 2"))
    world.hub.start()
    nccis, energy, knb = (world.node(name) for name in ("nccis", "isoc-energy", "knb"))

    def later(days):
        """The hub is there again, with a clock that went on, and so are nodes that run."""
        running = [node.process for node in (nccis, energy, knb) if node.process.running()]
        before = {process: process.text().count("link.ready") for process in running}
        world.hub.kill()  # before its clock moves: a hub that runs would doubt it
        step(world, days)
        world.hub.start()
        for process in running:
            process.says_again("link.ready", before[process])
        until(lambda: not retention(world)["looking"], "it has looked through its log")

    tap.note("Somebody has not signed for it.")
    raw = nccis.client().begin(stored=0)
    advisory(raw)
    raw.close()
    later(3)
    reaches(world, "advisory", due=0, held={"unsigned": 1})
    tap.equal(on_disk(world), 1, "what is under way stays")
    energy.start()
    knb.start()
    reaches(world, "advisory", due=0, held={}, gone=1)
    tap.equal(on_disk(world), 0, "and goes when all have signed for it")

    tap.note("A duty hangs on it, then a young answer, then what the hub made of it.")
    nccis.start().connected()
    notice = client.notice("isoc-energy", 3)
    notice["body"]["description"] = SECRET
    energy.drop(notice)
    alerted = until(
        lambda: next((reference(one) for one in knb.inbox() if one["kind"] == "security.alert"), None), "the alert"
    )
    there = on_disk(world)
    later(6)
    reaches(world, "incident.notice", due=0, held={"duty": 1})
    knb.drop(client.message("acknowledgement", "knb", {"answer": "accepted"}, re=alerted))
    nccis.drop(client.message("acknowledgement", "nccis", {"answer": "accepted"}, re=reference(notice)))
    reaches(world, "incident.notice", due=0, held={"named": 1})
    later(9)
    reaches(world, "incident.notice", due=0, held={"company": 1})
    tap.equal(on_disk(world), there, "its words stay all the while")
    configure(world, ("advisory 2", "incident.notice 2", "security.alert 3"))
    world.run("hub", "reload", world.hub.folder)
    reaches(world, "incident.notice", due=0, held={}, gone=1)
    reaches(world, "security.alert", due=0, held={}, gone=1)
    tap.equal((on_disk(world), kind(world, "incident.notice")["gone"]), (0, 1), "both go when both are old enough")
    code, text = world.check("--torn")
    tap.ok(code == 0, "an independent check finds the log good", text)
