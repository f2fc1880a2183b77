#!tests/run
"""Goal: the grammar of PROTOCOL.md has one reading: each rule that it uses is defined, once, and none is left over."""

import collections
import re
import sys

import tap
from world import TOP

CORE = {"OCTET", "DIGIT", "LF", "SP", "VCHAR"}  # of RFC 5234
NAME = r"[A-Za-z][A-Za-z0-9-]*"
# What nothing else is made of: frames, files, and texts that are signed, hashed or stand in documents.
WHOLE = {"frame", "segment", "seal", "seal-signed", "ack-record", "rules-seal", "rules-signed", "packs", "routing",
         "attachment-text", "leaf", "predecessor", "quarantine", "operator", "erasure", "derived", "occasion",
         "join-greeting", "join-question", "join-answer"}


def blocks(page):
    """The lines of the grammar, without comments, strings and numbers."""
    for block in re.findall(r"(?ms)^```abnf\n(.*?)^```", page):
        block = re.sub(r'(%s)?"[^"\n]*"', " ", block)
        block = re.sub(r";.*", "", block)
        yield from re.sub(r"%x[0-9A-F.-]+|\d*\*\d*|\b\d+(?=[a-zA-Z(])", " ", block).splitlines()


with open(f"{TOP}/schemas/PROTOCOL.md", encoding="utf-8") as file:
    lines = list(blocks(file.read()))
defined, used = collections.Counter(), set()
for line in lines:
    rule = re.match(rf"({NAME})\s+=", line)
    if rule:
        defined[rule[1]] += 1
    used.update(re.findall(NAME, line[rule.end():] if rule else line))
tap.ok(len(defined) > 100, f"{len(defined)} rules are read")
tap.equal(sorted(name for name in defined if defined[name] > 1), [], "each is defined once")
tap.equal(sorted(used - set(defined) - CORE), [], "what they are made of is defined")
tap.equal(sorted(set(defined) - used - WHOLE), [], "and each is part of another, or a whole text or frame")
sys.exit(tap.finish())
