#!tests/run
"""Goal: hundreds of nodes that come back at the same moment are all welcome, and what others send is taken meanwhile."""

import client
import crowd
import tap
from processes import until
from world import World

MANY = 200


def resident(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


with World(__doc__, ("nccis", "isoc-energy")) as world:
    many = crowd.Crowd(world, MANY)
    world.hub.start()
    empty = resident(world.hub.process)
    sent = 0
    for moment in ("come", "come back after the hub was killed", "come back by themselves"):
        if "killed" in moment:
            many.leave()
            world.hub.kill()
            world.hub.start()
        sender, author = world.raw("isoc-energy", "nccis")
        many.connect()
        answers = []

        def welcome():
            answers.extend(sender.tell(client.notice("isoc-energy", 2)))
            return many.all(lambda member: member.welcome)

        until(welcome, "all are welcome")
        tap.ok(True, f"{MANY} nodes {moment}: all are welcome")
        tap.ok(
            all(isinstance(answer, client.Receipt) for answer in answers),
            f"{len(answers)} notices are taken meanwhile",
        )
        answers = author.tell(client.advisory("nccis"), client.advisory("nccis"))
        tap.ok(all(isinstance(answer, client.Receipt) for answer in answers), "advisories follow")
        sent += len(answers)
        until(lambda: many.all(lambda member: member.got == sent), f"all have {sent} advisories")
        tap.ok(True, "and reach every one of them, once")
        if moment == "come":
            grown = resident(world.hub.process) - empty
            tap.note(f"{grown // MANY} KiB more in the hub's memory for each session")
    many.close()
