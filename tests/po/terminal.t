#!tests/run
"""Goal: on a terminal lines wrap between words and long output goes through the pager; wrong use is said in words of ours."""

import os
import sys
import unicodedata

import tap
from commands import Commands
from latin import english
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
plain = Commands().run("send", "no-such-file.json", code=None, env={"DABYL_LANG": "ru"})[1]
tap.equal(words(text), words(plain), "between words")
for program in ("dabyl-hub", "dabyl-node", "dabyl-web"):
    for lang, unknown, several, lacks, takes in (
        ("en", "unknown option --nothing", "--c may be any of these: --config, --check", "-c needs a value", "--check takes no value"),
        ("kk", "--nothing", "--config, --check", "-c", "--check"),
        ("ru", "--nothing", "--config, --check", "-c", "--check"),
    ):
        for word, said in (("--nothing", unknown), ("--c", several), ("-c", lacks), ("--check=1", takes)):
            code, text = Commands().run(word, program=program, code=None, env={"DABYL_LANG": lang})
            tap.equal(code, 2, f"{lang}: {program} {word} is wrong use")
            tap.ok(text.startswith(f"{program}: ") and said in text, "of which the program says what is wrong", text)
            tap.equal(english(text) if lang != "en" else [], [], "in the language spoken")
sys.exit(tap.finish())
