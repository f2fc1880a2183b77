#!tests/run
"""Goal: the manual has every id of the logs, at its severity, and no other; what is to be seen to says what to do."""

import glob
import os
import re

import tap

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$")
# Calls whose id is no literal there: it stands in a table of that file, or is a refusal's code.
TABLES = ("hub/ask/notices.c", "nodes/daemon/daemon_open.c")
PASSED_ON = ("hub/net/reception.c", "lib/base/log.c", "nodes/daemon/daemon_attachments.c", "nodes/daemon/daemon_link.c")


def calls(text):
    """(name, arguments) of each call."""
    for found in re.finditer(r"\b(\w+)\(", text):
        depth, at, quoted = 1, found.end(), False
        while depth and at < len(text):
            if quoted:
                at += text[at] == "\\"
                quoted = text[at] != '"'
            elif text[at] == '"':
                quoted = True
            else:
                depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        yield found[1], text[found.end() : at - 1]


def literals(text):
    return re.findall(r'"((?:[^"\\]|\\.)*)"', text)


def ids_of(path, text):
    """{id: severities} of a source, and calls whose ids nobody can tell."""
    ids, unclear = {}, []
    for name, arguments in calls(text):
        logs = name in ("log_line", "log_often")
        level = re.match(r"(?:\w+,\s*)?(?:[^,]*\?\s*)?(?:LOG_(\w+)|outcome)", arguments)
        if not logs and not level:
            continue
        said = literals(re.sub(r"strcmp\([^)]*\)", "", arguments))
        here = {one for one in said if ID.match(one)} | {one for one in said[:1] if re.match(r"[a-z]+$", one)}
        if logs and not here and path not in TABLES + PASSED_ON:
            unclear.append(arguments)
        for one in here:
            ids.setdefault(one, set()).update(found.lower() for found in re.findall(r"LOG_(\w+)", arguments))
    for table in re.findall(r"(?:ids\[\]|sayings\[\]) = \{(.*?)\};", text, re.S):
        for one in literals(table):
            if ID.match(one):
                ids.setdefault(one, set())
    return ids, unclear


ids, unclear = {}, []
for room in ("lib", "hub", "nodes", "certs", "web"):
    for name in glob.glob(os.path.join(TOP, room, "**", "*.c"), recursive=True):
        with open(name, encoding="utf-8") as file:
            text = re.sub(r"//[^\n]*", "", file.read())
        if "LOG_" in text or "log_line(" in text:
            path = os.path.relpath(name, TOP)
            found, more = ids_of(path, text)
            unclear += [(path, one) for one in more]
            for one, levels in found.items():
                ids.setdefault(one, set()).update(levels)

with open(os.path.join(TOP, "man", "dabyl-log.7"), encoding="utf-8") as file:
    page = file.read()
rows = re.findall(r"^\.It Li (\S+) Pq (\w+)\n(.*?)(?=^\.It |^\.El)", page, re.M | re.S)
named = [name for name, _, _ in rows]

tap.equal(unclear, [], "of each line of a log it can be told which id it has")
tap.equal(sorted(set(ids) - set(named)), [], "each is in the manual")
tap.equal(sorted(set(named) - set(ids)), [], "and the manual has no other")
tap.equal(len(named), len(set(named)), "each once")
tap.equal(
    [(name, severity) for name, severity, _ in rows if ids.get(name) and severity not in ids[name]],
    [],
    "at its severity",
)
tap.equal(
    [name for name, severity, text in rows if severity == "error" and ".Em To do :" not in text],
    [],
    "what is an error says what to do",
)
raise SystemExit(tap.finish())
