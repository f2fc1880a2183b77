#!tests/run
"""Goal: on a terminal lines wrap between words and long output goes through the pager; a pipe has the lines as they are."""

import os
import sys
import unicodedata

import tap
from commands import Commands
from terminal import Terminal

PROGRAM = Commands.program("dabyl")
COLUMNS = 50


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def words(text):
    return text.split()


if not os.path.exists(PROGRAM):
    tap.skip_all("dabyl is not built")
for lang in ("en", "kk", "ru"):
    plain = Commands().run("send", "--help", env={"DABYL_LANG": lang})
    shown = Terminal(PROGRAM, "send", "--help", lang=lang, columns=COLUMNS).end()
    longest = max(len(word) for word in words(plain))
    wide = [line for line in shown.splitlines() if width(line) > max(COLUMNS, longest)]
    tap.equal(wide, [], f"{lang}: no line is wider than the terminal")
    tap.equal(words(shown), words(plain), f"{lang}: no word is broken, and none is lost")
    tap.ok(max(map(width, plain.splitlines())) > COLUMNS, f"{lang}: a pipe has the lines as they are")

pager = {"TERM": "xterm", "DABYL_PAGER": "sed 's/^/paged:/'"}
paged = Terminal(PROGRAM, "send", "--help", **pager).end()
tap.ok(all(line.startswith("paged:") for line in paged.splitlines()), "long output goes through the pager", paged[:200])
text = Terminal(PROGRAM, "send", "--help", "--no-pager", **pager).end()
tap.ok("paged:" not in text and text.startswith("usage:"), "but not with --no-pager", text[:200])
text = Terminal(PROGRAM, "send", "--help", **dict(pager, DABYL_PAGER="no-such-program")).end()
tap.ok(text.startswith("usage:"), "nor through one that is not there", text[:200])
text = Terminal(PROGRAM, "send", "no-such-file.json", lang="ru", columns=COLUMNS, **pager).end()
tap.ok("paged:" not in text and max(map(width, text.splitlines())) <= COLUMNS, "what is wrong wraps as well", text)
sys.exit(tap.finish())
