#!tests/run
"""Goal: more than the hub's window unanswered is refused for now, and nothing of it is lost."""

import client
import tap
from world import World

with World(
    __doc__, ("nccis", "isoc-energy"), settings="limits: { publish_window = 8; };\n"
) as world:
    world.hub.start()
    sender, reader = world.raw("isoc-energy", "nccis")
    tap.equal(sender.welcome.window, 8, "the welcome grants eight")
    messages = [client.notice("isoc-energy", 0) for _ in range(40)]
    answers = sender.tell(*messages)
    refused = [a for a in answers if isinstance(a, client.Refused)]
    tap.ok(
        refused and {a.code for a in refused} <= {"flow.window", "rate.limit"},
        f"{len(refused)} of 40 at once are put off",
        answers[:2],
    )
    tap.ok(all(a.retry for a in refused), "with the word to try again: nothing is wrong with them")
    for message, answer in zip(messages, answers):
        if isinstance(answer, client.Refused):
            (answer,) = sender.tell(message)
            if not isinstance(answer, client.Receipt):
                tap.ok(False, "sent one by one they are taken", answer)
                break
    got = world.fence()
    tap.equal(len({d.leaf["id"] for d in got["nccis"]}), 40, "and all forty arrive, each once")
