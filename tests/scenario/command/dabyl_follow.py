#!tests/run
"""Goal: `dabyl follow` shows every message once per bookmark, in the reader's language, whatever its author put into it."""

import ctypes
import json
import os
import struct
import sys

import client
import tap
from processes import until
from world import World

IN_OPEN, IN_NONBLOCK = 0x20, 0o4000


class Opened:
    """The names of files that were opened in a folder since the last question, as the kernel tells."""

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(IN_NONBLOCK)
        if libc.inotify_add_watch(self.fd, os.fsencode(folder), IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), folder)

    def names(self):
        found, data = set(), b""
        try:
            data = os.read(self.fd, 1 << 20)
        except BlockingIOError:
            pass  # none
        while data:
            _, _, _, length = struct.unpack_from("iIII", data)
            found.add(data[16 : 16 + length].rstrip(b"\0").decode())
            data = data[16 + length :]
        return found - {""}


with World(__doc__, ("nccis", "isoc-energy", "knb")) as world:
    world.start("nccis", "knb")
    world.raw("isoc-energy")
    sender = world.raws["isoc-energy"]
    desk, agency = world.node("nccis"), world.node("knb")

    def dabyl(node, *words):
        return world.run("--node", node.folder, *words, code=None)

    def publish(level, **more):
        message = client.notice("isoc-energy", level, **more)
        sender.tell(message)
        return message

    nasty = "\x1b[2J\x1b[31mall clear\u202e\n#9 level 0"
    one = publish(2, summary={"en": "first light", "kk": "бірінші"})
    two = publish(4, summary={"en": nasty})
    desk.has_received(3)

    code, text = dabyl(desk, "follow", "--after", "0", "--count", "2", "--timeout", "60")
    tap.ok(code == 0 and one["id"] in text, "messages are followed", text)
    tap.ok("first light" in text and "бірінші" not in text, "in English by default", text)
    tap.ok("#1  level 2  incident.notice  from isoc-energy  TLP:AMBER" in text, "the first line says what it is", text)
    tap.ok("para 488:8.3" in text, "and the last why it is here", text)
    code, text = dabyl(desk, "--lang", "kk", "follow", "--after", "0", "--count", "1")
    tap.has(text, "бірінші", "in Kazakh when asked")
    code, text = dabyl(desk, "inbox")
    tap.ok("\x1b" not in text and "\u202e" not in text and "\n#9" not in text, "an author cannot reach the terminal", repr(text))
    tap.has(text, "LEVEL 4", "a high level stands out")

    # a bookmark: from the first message on, then only what is new, over restarts of the reader
    code, text = dabyl(desk, "follow", "--bookmark", "night", "--count", "3", "--timeout", "60")
    tap.ok(code == 0 and all(f"#{n}  " in text for n in (1, 2, 3)), "a new bookmark begins at the first", text)
    three = publish(1)
    code, text = dabyl(desk, "--json", "follow", "--bookmark", "night", "--count", "1", "--timeout", "60")
    shown = [json.loads(line) for line in text.splitlines()]
    tap.ok(code == 0 and [m["message"]["id"] for m in shown] == [three["id"]], "and goes on behind the last shown", text)
    code, text = dabyl(desk, "follow", "--bookmark", "night", "--count", "1", "--timeout", "1")
    tap.ok(code == 3 and text == "", "nothing new is nothing shown", text)
    code, text = dabyl(desk, "follow", "--bookmark", "../x")
    tap.ok(code == 1, "a bookmark is a name, not a path", text)
    code, text = dabyl(desk, "follow", "--after", "many")
    tap.ok(code == 1 and "many" in text, "a place is a number", text)

    # a place that is none of this inbox, whatever says so
    for place in (4 + 1, 999, 10**12, 2**63 - 1, 2**63, 2**64 - 1):
        if tap.failed:
            break  # the last ones printed without an end once
        code, text = dabyl(desk, "follow", "--after", place, "--count", "1", "--timeout", "1")
        tap.ok(code == 1 and f"--after {place}: the inbox goes up to 4" in text, f"--after {place} is beyond it", text[:300])
        with open(desk.path("state", "bookmark-far"), "w", encoding="utf-8") as file:
            file.write(f"{place}\n")
        code, text = dabyl(desk, "follow", "--bookmark", "far", "--count", "1", "--timeout", "1")
        tap.ok(code == 1 and "goes up to 4" in text, f"so is a bookmark at {place}", text[:300])
    # names that would be one file, or none
    long = "a" * 64
    code, text = dabyl(desk, "follow", "--bookmark", long, "--count", "4")
    tap.equal(code, 0, "a long name")
    for name in (long + "1", long + "2", "", "a" * 5000):
        code, text = dabyl(desk, "follow", "--bookmark", name, "--count", "1", "--timeout", "1")
        tap.ok(code == 1 and "bookmark's name" in text, f"one of {len(name)} letters is refused", text[:300])
    # what cannot be looked at is not absent
    os.symlink("gone", desk.path("state", "bookmark-link"))
    os.symlink("bookmark-loop", desk.path("state", "bookmark-loop"))
    for name in ("link", "loop"):
        code, text = dabyl(desk, "follow", "--bookmark", name, "--count", "1", "--timeout", "1")
        tap.ok(code == 1 and "#1" not in text, f"a bookmark that is a {name} is no new one", text[:300])

    # one message whole, a list of some
    code, text = dabyl(desk, "inbox", "show", one["id"])
    tap.ok(code == 0 and "confirmed" in text and "notice.nccis" in text, "one message whole", text)
    tap.equal(dabyl(desk, "inbox", "show", "77")[0], 1, "one that is not there")
    code, text = dabyl(desk, "--json", "inbox", "--level", "4", "--kind", "incident.notice")
    tap.ok([json.loads(line)["message"]["id"] for line in text.splitlines()] == [two["id"]], "a list of some", text)

    # what a person has to answer
    agency.has_received(1)
    code, text = dabyl(agency, "inbox", "--waiting")
    tap.ok("security.alert" in text, "an alert waits for a person", text)
    tap.has(dabyl(agency, "status")[1], "1 to be answered by a person", "status counts it")
    # Only what waits is read: whatever else lies in the inbox, and however much.
    stray = agency.path("inbox", f"000000000009-{client.uuid7()}.json")
    with open(stray, "w", encoding="utf-8") as file:
        file.write("no JSON")
    code, text = dabyl(agency, "inbox", "--waiting")
    tap.ok(code == 0 and "security.alert" in text, "nothing else is read for that", text)
    os.unlink(stray)
    alert = agency.path("inbox", agency.names("inbox", ".json")[0])
    os.rename(alert, alert + ".away")
    code, text = dabyl(agency, "inbox", "--waiting")
    tap.ok(code == 0 and "moved away" in text, "one that was moved away waits all the same", text)
    os.rename(alert + ".away", alert)
    code, text = dabyl(agency, "ack", "1", "accepted", "--note", "on it")
    tap.ok(code == 0 and text.startswith("SENT"), "it is answered", text)
    before = len(agency.sent())
    for word, more, sent in (("accepted", (), 0), ("accepted", (), 0), ("accepted", ("--again",), 1), ("done", (), 2), ("done", (), 2), ("accepted", (), 2)):
        code, text = dabyl(agency, "ack", "1", word, *more)
        new = len(agency.sent()) - before
        tap.ok(new == sent, f"{new} further answers after {word} {more}", text)
        tap.ok(code == 0 or "answered it before" in text, "and what is not sent is said", text)
    world.hub.stop()
    code, text = dabyl(agency, "ack", "1", "read", "--no-wait")
    tap.equal(code, 0, "one more, while the hub is away")
    code, text = dabyl(agency, "ack", "1", "read", "--no-wait")
    tap.ok(code == 1 and "answered it before" in text, "is known on its way, too", text)
    world.hub.start()
    agency.has_sent(before + 3)
    code, text = dabyl(agency, "inbox", "--waiting")
    tap.equal(text, "nothing\n", "and waits no longer")
    tap.equal(dabyl(agency, "ack", "1", "maybe")[0], 2, "an answer is one of four words")
    desk.has_received(8)
    code, text = dabyl(desk, "--json", "inbox", "--kind", "acknowledgement")
    answer = json.loads(text.splitlines()[0])["message"]
    tap.equal(answer["body"], {"answer": "accepted", "note": "on it"}, "nccis has the answer")

    # of many that were answered, none is opened for those that wait
    world.raw("isoc-energy")
    sender = world.raws["isoc-energy"]
    for n in range(2, 5):
        publish(4)
        agency.has_received(n)
        if n < 4:
            dabyl(agency, "ack", n, "read")
    until(lambda: "1 to be answered by a person" in dabyl(agency, "status")[1], "one waits")
    opened = Opened(agency.path("inbox"))
    dabyl(agency, "inbox")
    tap.equal(len(opened.names()), 4 * 3, "a list opens all messages and what proves them")
    code, text = dabyl(agency, "inbox", "--waiting")
    tap.ok(code == 0 and "#4" in text, "the fourth waits", text)
    tap.equal({name[:12] for name in opened.names()}, {f"{4:012}"}, "and no other is opened")

sys.exit(tap.finish())
