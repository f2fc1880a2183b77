#!tests/run
"""Goal: wherever a command takes a message's id, its beginning or end will do; where that may be several, they are listed."""

import json
import os
import shutil
import sys
import tempfile

import tap
from commands import Commands

ONE = "01933f2a-1234-7abc-8def-0123456789ab"
TWO = "01933f2a-1234-7abc-8def-0123456789cd"
OWN = "01944444-5555-7abc-8def-99999999f2a1"
WAITS = "01955555-5555-7abc-8def-99999999eeee"


def message(name, text, **more):
    return {
        "dabyl": 1, "id": name, "kind": "incident.notice", "from": "isoc-energy", "status": "actual", "marking": "TLP:AMBER",
        "summary": {"en": text, "ru": f"{text}, по-русски"}, "body": {"level": 2}, **more,
    }  # fmt: skip


class Desk(Commands):
    """A node's folder without a daemon."""

    def __init__(self, folder):
        self.folder = folder
        self.put("inbox", f"000000001234-{ONE}", message(ONE, "Substation stopped"))
        self.put("inbox", f"000000001235-{TWO}", message(TWO, "Transfers stopped\x1b[2J"))
        self.put("sent", OWN, message(OWN, "Sent by this node"))
        self.put("waiting", WAITS, message(WAITS, "Waits for officers"))
        for name in ("outbox", "refused", "state", "carried"):
            os.makedirs(os.path.join(folder, name))

    def put(self, where, name, document):
        os.makedirs(os.path.join(self.folder, where), exist_ok=True)
        with open(os.path.join(self.folder, where, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(document, file)

    def dabyl(self, *words, lang="en"):
        return self.run("--node", self.folder, *words, code=None, env={"DABYL_LANG": lang})


folder = tempfile.mkdtemp(prefix="dabyl-")
try:
    desk = Desk(os.path.join(folder, "desk"))
    for piece, name in (("89ab", ONE), ("6789CD", TWO), ("0194", OWN), ("1234", ONE), (ONE, ONE), ("#1235", TWO)):
        code, text = desk.dabyl("--json", "inbox", "show", piece)
        tap.ok(code == 0 and json.loads(text)["message"]["id"] == name, f"inbox show {piece}", text)
    several = (
        ("inbox", "show", "01933f2a"), ("ack", "01933", "read"), ("incident", "0193"), ("attachment", "0193"),
        ("attachment", "get", "0193"), ("custody", "01933"),
    )  # fmt: skip
    for words in several:
        code, text = desk.dabyl(*words)
        tap.ok(
            code == 2 and all(part in text for part in (ONE, TWO, "Substation stopped", "2024-11-18", "type more of it")),
            f"{' '.join(words)}: those that may be meant are listed", text,
        )  # fmt: skip
        tap.ok("\x1b" not in text, "and nothing in them moves the cursor", text)
    code, text = desk.dabyl("ack", "0193", "read", lang="ru")
    tap.ok("по-русски" in text and "уведомление об инциденте" in text, "with the words of the language spoken", text)

    # each by the folders that it is about
    code, text = desk.dabyl("attachment", "f2a1")
    tap.ok(code == 0 and "names no files" in text, "attachment: what this node sent is found, too", text)
    code, text = desk.dabyl("ack", "f2a1", "read")
    tap.ok(code == 1 and "no message f2a1" in text, "ack: only what was delivered", text)
    code, text = desk.dabyl("send", "--outcome", "89ab")
    tap.ok(code == 1 and "89ab" in text, "send --outcome: only what this node sends", text)
    code, text = desk.dabyl("cosign", "eee", "--discard")
    tap.ok(code == 2 and "four characters" in text, "cosign: three characters are too few", text)
    code, text = desk.dabyl("correct", "12", "--level", "3", "--yes")
    tap.ok(code == 2 and "is a number of the inbox" in text, "what was sent has no number", text)
    code, text = desk.dabyl("incident", "isoc-energy")
    tap.ok(code == 2 and "is neither a number of the inbox nor an id" in text, "nor is anybody's name a message", text)
    code, text = desk.dabyl("cosign", "eeee", "--discard")
    tap.ok(WAITS in text, "and four are enough", text)
    code, text = desk.dabyl("send", "response.report", "--re", "01933f2a", "--yes")
    tap.ok(code == 2 and ONE in text and TWO in text, "a field that names several says which", text)

    # mistakes of a tired person: told what was meant
    for words, told in (
        (("show", "1234"), "it is: dabyl inbox show"), (("cancel", "f2a1"), "it is: dabyl withdraw ID"), (("inbox", "--lvel", "3"), "did you mean --level?"),
        (("inbox", "-level", "3"), "did you mean --level?"), (("--jsn", "inbox"), "did you mean --json?"), (("snet",), "did you mean 'sent'?"),
        (("send", "incident.notise"), "did you mean incident.notice?"), (("duties", "x"), "use: dabyl duties; --help"), (("inbox", "show"), "show and one message"),
    ):  # fmt: skip
        code, text = desk.dabyl(*words)
        tap.ok(code == 2 and told in text, f"{' '.join(words)}: {told}", text)
    code, text = desk.dabyl("inbox", "1234")
    tap.ok(code == 0 and "Substation stopped" in text, "inbox NUMBER shows it", text)
    code, text = desk.dabyl("sent", "f2a1")
    tap.ok(code == 0 and "Sent by this node" in text, "and sent ID", text)
    code, text = desk.dabyl("inbox", "--kind", "incident.notise")
    tap.ok("nothing" in text and "did you mean incident.notice?" in text, "nothing was found, and there is no such kind", text)
    code, text = desk.dabyl("help", "ack", lang="ru")
    tap.ok(code == 0 and "dabyl ack" in text and "--again" in text, "help ack is ack --help", text)
finally:
    shutil.rmtree(folder)
sys.exit(tap.finish())
