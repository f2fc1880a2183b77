#!tests/run
"""Goal: po/kk.po and po/ru.po say everything that the tools may say, in a form that msgfmt and printf take."""

import os
import re
import subprocess
import sys

import tap

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

BUILD = os.environ.get("BUILD", "build")
TEMPLATE = os.path.join(TOP, BUILD, "dabyl.pot")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
# an argument of printf: its number where one is given, flags, width, length, conversion
PLACEHOLDER = re.compile(r"%(?:(\d+)\$)?[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(hh|h|ll|l|z|j)?([diouxXeEfgGcsp%]|<PRI\w+>)")
MIXED = re.compile(r"\w*(?:[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z])\w*")


def run(*words):
    done = subprocess.run(words, cwd=TOP, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def entries(path):
    """(context, English, translation, whether it is fuzzy or obsolete) of each entry."""
    with open(path, encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            part, found, bad = None, {}, "#~" in block or "#, fuzzy" in block
            for line in block.splitlines():
                word = re.match(r"(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) ", line)
                part = word.group(1) if word else part
                if part and not line.startswith("#"):
                    found[part] = found.get(part, "") + "".join(TEXT.findall(line))
            english = found.get("msgid", "")
            if "msgid_plural" in found:
                for form in sorted(part for part in found if part.startswith("msgstr[")):
                    yield None, english, found[form], bad
            else:
                yield found.get("msgctxt"), english, found.get("msgstr", ""), bad


def arguments(text):
    """Which argument has which type: what may be reordered but not changed."""
    count, found = 0, {}
    for number, length, conversion in PLACEHOLDER.findall(text):
        if conversion != "%":
            count += 1
            found[int(number or count)] = length + conversion
    return found


code, text = run("make", "-s", "--no-print-directory", f"{BUILD}/dabyl.pot")
tap.ok(code == 0, "the texts of the sources are collected", text)
for language in ("kk", "ru"):
    path = os.path.join(TOP, "po", language + ".po")
    code, text = run("msgfmt", "-c", "-o", os.devnull, path)
    tap.equal((code, text), (0, ""), f"{language}: msgfmt -c has nothing to say")
    code, text = run("msgcmp", path, TEMPLATE)
    tap.ok(code == 0, f"{language}: everything is translated (make po lists what is new)", text)
    known = {(context, english) for context, english, _, _ in entries(TEMPLATE)}
    faults = []
    for context, english, said, bad in entries(path):
        if not english:
            continue
        where = f"{context or ''} {english!r}: {said!r}"
        if bad:
            faults.append(f"fuzzy or obsolete: {where}")
        if (context, english) not in known:
            faults.append(f"no longer in the sources: {where}")
        if arguments(english) != arguments(said):
            faults.append(f"other arguments: {where}")
        if (english[:1] == " ", english.endswith("\\n")) != (said[:1] == " ", said.endswith("\\n")):
            faults.append(f"other blanks around it: {where}")
        if context and english.endswith(".") != said.endswith("."):
            faults.append(f"sentence or not: {where}")
        if MIXED.search(PLACEHOLDER.sub(" ", said.replace("\\n", " "))):
            faults.append(f"two alphabets in a word: {where}")
    tap.ok(not faults, f"{language}: placeholders, blanks, alphabets", "\n".join(faults))
sys.exit(tap.finish())
