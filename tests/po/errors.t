#!tests/run
"""Goal: whatever the console answers where it does not do what was asked has words in every language."""

import glob
import os
import re
import sys

import tap

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

# A code is the first text of such a call.
CALL = re.compile(r'\b(?:reply_error|reply_notice|no|stranger)\(([^;]*?)"([a-z]+(?:[.-][a-z]+)*)"', re.S)
WORD = re.compile(r'\{"([a-z]+(?:[.-][a-z]+)*)",')


def words(path):
    with open(path, encoding="utf-8") as file:
        return set(WORD.findall(file.read()))


known = words("nodes/cli/words_errors.c") | words("nodes/cli/words_refusals.c") | words("lib/base/refusal.c")
found = {}
for path in sorted(glob.glob("web/*.c") + glob.glob("web/*/*.c")):
    with open(path, encoding="utf-8") as file:
        for call in CALL.finditer(file.read()):
            if '"' not in call.group(1):
                found.setdefault(call.group(2), path)
for code, path in found.items():
    if code not in known:
        tap.ok(False, f"{path}: {code} has a row in nodes/cli/words_errors.c")
tap.ok(len(found) > 20, f"{len(found)} codes were looked for", sorted(found))
sys.exit(tap.finish())
