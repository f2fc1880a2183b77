#!tests/run
"""Goal: the short manual pages in Kazakh and Russian name every command, without English and as mandoc takes them."""

import os
import re
import subprocess
import sys

import tap
from latin import english

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

TOOL = os.path.join(os.environ.get("BUILD", "build"), "asan", "tools", "manuals")

if not os.path.exists(TOOL):
    tap.skip_all("build/asan/tools/manuals is not built")
for language in ("kk", "ru"):
    page = subprocess.run([TOOL, language], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^\.Ss dabyl ([a-z -]*[a-z])", page, re.M)
    tap.ok(len(commands) > 40, f"{language}: {len(commands)} commands", commands)
    words = {word for command in commands for word in command.split()}
    # The first line names the page, and macros are mandoc's.
    text = re.sub(r"^\.(?:It Fl \S+(?: Ar)?|Bd -literal|Bl .*|Ed|El|Ss|Sh|Nm|Nd|Os|Dd .*|Dt .*)", "", page, flags=re.M)
    tap.equal(english(text.replace("\\&", "").replace("\\e", "\\"), words), [], f"{language}: nothing is English")
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error"], input=page, capture_output=True, text=True, check=False)
    tap.equal(lint.stdout, "", f"{language}: mandoc has nothing to say")
sys.exit(tap.finish())
