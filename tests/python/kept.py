"""kept - folders that an earlier build wrote, as one text that lies in the tree.

A file of words stands there as it is, any other packed and in base64; zeros at its end are counted.
"""

import base64
import lzma
import os
import stat
import textwrap

EACH_ITS_OWN = ("owner-grid/state/law.json", "knb/state/law.json")
LEAST = 10000  # octets of text that are packed, too


def readable(data):
    return len(data) < LEAST and data.endswith(b"\n") and all(c == 10 or 32 <= c < 127 for c in data)


def line_of(path, places):
    """What stands for one file."""
    mode = f"{os.lstat(path).st_mode & 0o777:o}"
    if os.path.islink(path):
        return ("link", os.readlink(path)), []
    with open(path, "rb") as file:
        data = file.read()
    if readable(data):
        text = data.decode()
        for here, word in places.items():
            text = text.replace(here, word)
        return ("text", mode, str(text.count("\n"))), text.splitlines()
    used = data.rstrip(b"\0")
    lines = textwrap.wrap(base64.b64encode(lzma.compress(used, preset=9 | lzma.PRESET_EXTREME)).decode(), 120)
    return ("data", mode, str(len(lines)), str(len(data) - len(used))), lines


def pack(folder, tops, out, places, moment):
    """`places`: what stands in files only because of where they lie, and what to call it."""
    print("kept", moment, file=out)
    for top in tops:
        for path, _, names in sorted(os.walk(os.path.join(folder, top))):
            print("folder", f"{os.stat(path).st_mode & 0o777:o}", os.path.relpath(path, folder), file=out)
            for name in sorted(names):
                one = os.path.join(path, name)
                if stat.S_ISSOCK(os.lstat(one).st_mode) or os.path.relpath(one, folder) in EACH_ITS_OWN:
                    continue  # of a daemon that has ended; what one of them has is enough
                head, lines = line_of(one, places)
                print(*head, os.path.relpath(one, folder), file=out)
                print("".join(line + "\n" for line in lines), end="", file=out)


def unpack(source, folder, places):
    """The moment, RFC 3339, at which the folders were left."""
    with open(source, encoding="utf-8") as file:
        lines = iter(file.read().splitlines())
    moment = next(lines).split(" ")[1]
    for line in lines:
        kind, mode, *counts, name = line.split(" ")
        path = os.path.join(folder, name)
        if kind == "folder":
            os.makedirs(path)
        elif kind == "link":
            os.symlink(mode, path)
            continue
        else:
            found = [next(lines) for _ in range(int(counts[0]))]
            write(path, kind, found, int(counts[-1]), places)
        os.chmod(path, int(mode, 8))
    return moment


def write(path, kind, lines, zeros, places):
    text = "".join(line + "\n" for line in lines)
    for word, here in places.items():
        text = text.replace(word, here)
    data = text.encode() if kind == "text" else lzma.decompress(base64.b64decode("".join(lines)))
    with open(path, "wb") as file:
        file.write(data)
        file.truncate(len(data) + (zeros if kind == "data" else 0))
