#!tests/run
"""Goal: limits come before parsing, are the administrator's to set, and say whether to try again."""

import client
import tap
from world import World

SETTINGS = """limits: { document_bytes = 4096; document_depth = 8; publish_rate = 30; explain_rate = 3; };
"""


def padded(fields, size):
    data = client.encode(fields)
    return data + b" " * (size - len(data))


with World(__doc__, ("nccis", "isoc-energy", "owner-grid"), settings=SETTINGS) as world:
    world.hub.start()
    sender, other = world.raw("isoc-energy", "owner-grid")
    tap.equal(sender.welcome.size_limit, 4096, "the welcome says what is taken")
    (answer,) = sender.tell(padded(client.notice("isoc-energy", 2), 4096))
    tap.ok(isinstance(answer, client.Receipt), "a document of exactly the limit is taken", answer)
    (answer,) = sender.tell(padded(client.notice("isoc-energy", 2), 4097))
    tap.equal(getattr(answer, "code", answer), "doc.size", "one byte more is refused")
    tap.has(answer.text, "4096", "with the limit")
    for depth, code in ((5, "doc.schema"), (30, "doc.depth")):
        deep = (
            client.encode(client.notice("isoc-energy", 2))[:-1]
            + b',"x":'
            + b"[" * depth
            + b"]" * depth
            + b"}"
        )
        (answer,) = sender.tell(deep)
        tap.equal(getattr(answer, "code", answer), code, f"{depth} levels deep: {code}")

    messages = [client.notice("isoc-energy", 0) for _ in range(100)]
    answers = sender.tell(*messages)
    late = [answer for answer in answers if isinstance(answer, client.Refused)]
    tap.ok(
        late and {answer.code for answer in late} == {"rate.limit"},
        f"{len(late)} of 100 at once are too many",
        late[:1],
    )
    tap.ok(all(answer.retry for answer in late), "and may come again later")
    (answer,) = other.tell(client.notice("owner-grid", 0))
    tap.ok(isinstance(answer, client.Receipt), "another node has an allowance of its own", answer)

    asked = [sender.explain(client.notice("isoc-energy", 0), request=n) for n in range(12)]
    codes = [answer.get("code") for answer in asked]
    tap.ok("rate.limit" in codes and codes[0] != "rate.limit", "questions are limited too", codes)
