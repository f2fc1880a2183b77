#!tests/run
"""Goal: what a hub could not read again is never written: its author is refused, the rest of the batch goes, and the hub starts."""

import client
import entries
import route
import tap
from world import World

BAD = "2025-03-03"  # a moment that the hub is made to forget as it writes


def suspension(moment):
    return route.example("suspension.notice", "knb", body={"suspended_at": moment})


def kinds(world):
    return [(e.type, e.id) for e in entries.read(world.hub.path("journal")) if e.type == "message"]


with World(__doc__, ("nccis", "knb", "telecom", "prosecutor"), officers=("knb",)) as world:
    honest = world.hub.process.command
    world.hub.process.command = [world.program("tools/forgetful_hub"), *honest[1:]]
    world.hub.process.env = {"FORGET": f"from {BAD}"}
    world.hub.start()
    one = world.node("knb").client().begin(stored=0)
    batch = [suspension(m) for m in ("2025-03-02T10:00:00Z", f"{BAD}T10:00:00Z", "2025-03-04T10:00:00Z")]
    answers = one.tell(*batch)
    tap.equal([getattr(answer, "code", "taken") for answer in answers],
              ["taken", "entry.unreadable", "taken"], "one of three is refused")
    found = [ident for _, ident in kinds(world)]
    tap.ok(batch[1]["id"] not in found and {batch[0]["id"], batch[2]["id"]} <= set(found),
           "nothing of it is in the journal, and the others are")
    of = [duty["message"]["id"] for _, duty in entries.duties(world.hub.path("journal"))]
    tap.equal((batch[1]["id"] in of, batch[2]["id"] in of), (False, True), "nor is any duty of it")
    code, text = world.run("hub", "status", world.hub.folder, code=None)
    tap.ok(code == 1 and "report this" in text, "status alarms", text)
    tap.has(world.hub.process.text(), "entry.unreadable", "and so does the log")
    (again,) = one.tell(batch[1])
    tap.equal(getattr(again, "code", "taken"), "entry.unreadable", "the same again is refused again")
    (after,) = one.tell(suspension("2025-03-05T10:00:00Z"))
    tap.ok(isinstance(after, client.Receipt), "the hub goes on")
    one.close()
    world.hub.kill()
    world.hub.process.command, world.hub.process.env = honest, None
    world.hub.start()
    one = world.node("knb").client().begin(stored=0)
    (taken,) = one.tell(batch[1])
    tap.ok(isinstance(taken, client.Receipt), "it starts again, and one that can read it takes it")
    one.close()
    world.hub.stop()
