"""latin - what is left of English in a text that ought to be Kazakh or Russian."""

import os
import re

ALLOWED = os.path.join(os.path.dirname(__file__), "..", "po", "latin.txt")

# What is typed or read by machines stays as it is: what stands in quotes, a code in parentheses behind
# its name, examples of commands, options,
# names of files, ids, variables, addresses, whatever has a digit or a mark inside.
TYPED = re.compile(
    r"`[^`]*`|\([a-z][a-z.-]*\)|'[^'\n]*'|\"[^\"\n]*\"|^ *(?:dabyl|dabyl-\w+) .*?(?=   |  \S*[\u0400-\u04ff]|$)"
    r"|\bdabyl(?:-\w+)?(?: (?:--)?[a-z|-]+(?=[ ,.;:)\n]))*|--[\w-]+(?:[ =][a-z|]+)?"
    r"|\S*[\w][./_=@+:|<>{}\[\]-][\w/$<%]\S*|\S*\d\S*|\b[A-Z]+_[A-Z_]+\b",
    re.M,
)
WORD = re.compile(r"[A-Za-z]{2,}")


def allowed():
    with open(ALLOWED, encoding="utf-8") as file:
        return {word for line in file for word in line.partition("#")[0].split()}


def english(text, also=()):
    """The English words of a text that nobody has allowed, in their order."""
    known = allowed() | set(also)
    rest = TYPED.sub(" ", text)
    return [word for word in dict.fromkeys(WORD.findall(rest)) if word not in known]
