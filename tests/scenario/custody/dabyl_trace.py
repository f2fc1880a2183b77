#!tests/run
"""Goal: `dabyl trace` hashes files where they lie, names what it cannot, and finds each that changed or is gone."""

import hashlib
import json
import os

import client
import tap
from world import World

FILES = {"gateway.log": b"one\ntwo\n", "sub/image.img": b"\0" * 300000, ".bash_history": b"ls\n"}

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.start()
    owner = world.node("owner-grid")
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    world.node("isoc-energy").drop(notice)
    owner.has_received(1)

    def dabyl(*words, code=0):
        got, text = world.run("--node", owner.folder, *words, code=None)
        tap.ok(got == code, f"dabyl {words[0]} ends with {code}", f"{got}: {text}")
        return text

    def path(*parts):
        return os.path.join(os.path.realpath(world.folder), "case", *parts)

    for name, data in FILES.items():
        os.makedirs(os.path.dirname(path(name)), exist_ok=True)
        with open(path(name), "wb") as file:
            file.write(data)
    into = world.path("manifest.json")
    about = ("--incident", "1", "--to", "nccis", "--officer", "A. Serikova")

    dabyl("trace", path(), code=2)
    text = dabyl("trace", path(), "--incident", "77", code=1)
    tap.has(text, "no message 77", "an incident that is not here cannot be named")

    # What is no file at rest is named, and nothing is written.
    os.symlink("gateway.log", path("link"))
    os.mkfifo(path("pipe"))
    text = dabyl("trace", path(), *about, "--into", into, code=1)
    tap.has(text, f"{path('link')}: it is a symbolic link", "a symbolic link is named")
    tap.has(text, f"{path('pipe')}: it is no regular file", "and a pipe")
    tap.has(text, "nothing was written", "and nothing is written")
    tap.ok(not os.path.exists(into), "indeed")
    text = dabyl("trace", path("nothing"), *about, code=1)
    tap.has(text, "cannot be found", "what is not there is named")
    dabyl("trace", path(), *about, "--skip", "--into", into + ".1")
    with open(into + ".1", encoding="utf-8") as file:
        said = json.load(file)["body"]["description"]
    tap.has(said, f"{path('pipe')}: it is no regular file", "with --skip it is said")
    os.remove(path("link"))
    os.remove(path("pipe"))

    os.utime(path("sub/image.img"), (0, 0))  # 1970 is a time like any other
    dabyl("trace", path(), path("gateway.log"), *about, "--type", "log", "--into", into)
    with open(into, encoding="utf-8") as file:
        document = json.load(file)
    found = {one["path"]: one["file"] for one in document["body"]["traces"]}
    wanted = {
        path(name): {
            "name": os.path.basename(name).replace(".bash", "_bash"),
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for name, data in FILES.items()
    }
    tap.equal(found, wanted, "each file once, by path, size and SHA-256")
    custody = document["body"]["custody"]
    tap.equal((custody["holder"], custody["officer"]), ("owner-grid", "A. Serikova"), "its holder")
    tap.equal(
        (document["incident"], document["to"]),
        ({"author": "isoc-energy", "id": notice["id"]}, ["nccis"]),
        "what it is about, and for whom",
    )
    tap.has(dabyl("trace", path(), *about, "--into", into, code=1), "exists", "none is overwritten")
    text = dabyl("send", into)
    tap.has(text, "nccis", "it is a message that the hub takes")
    world.node("nccis").has_received(2)

    # Later: are they what they were?
    text = dabyl("trace", "--check", into)
    tap.has(text, "3 of 3 files are what the manifest says", "they are")
    os.utime(path("sub/image.img"), (1, 1))
    tap.has(dabyl("trace", "--check", into), "its time changed", "a time is not the contents")
    with open(path("gateway.log"), "r+b") as file:
        file.write(b"One")
    with open(path("sub/image.img"), "ab") as file:
        file.write(b"x")
    os.remove(path(".bash_history"))
    text = dabyl("trace", "--check", into, code=1)
    lines = {line.split()[1]: line for line in text.splitlines() if "/" in line}
    tap.has(lines[path("gateway.log")], "CHANGED", "one byte is found")
    tap.has(lines[path("gateway.log")], "SHA-256", "by its hash")
    tap.has(lines[path("sub/image.img")], "300001 bytes instead of 300000", "one more, by the size")
    tap.has(lines[path(".bash_history")], "GONE", "and what is gone")
    tap.has(text, "0 of 3 files", "and the sum")
    sent = document.get("id") or owner.sent()[0]
    states = {
        os.path.basename(one["path"]): one["state"]
        for one in map(json.loads, dabyl("trace", "--check", sent, "--json", code=1).splitlines())
    }
    tap.equal(
        states,
        {"gateway.log": "changed", "image.img": "changed", ".bash_history": "gone"},
        "also for the message as it was sent, in JSON",
    )

    # A copy somewhere else, by paths as seen from a folder.
    text = dabyl("trace", path("sub"), *about, "--base", path())
    with open(into + ".2", "w", encoding="utf-8") as file:
        file.write(text)
    tap.equal(json.loads(text)["body"]["traces"][0]["path"], "sub/image.img", "paths may be relative")
    dabyl("trace", "--check", into + ".2", "--base", path())
    text = dabyl("trace", "--check", into + ".2", "--base", world.path("elsewhere"), code=1)
    tap.has(text, "GONE", "and are looked for where one says")
    with open(into, "w", encoding="utf-8") as file:
        file.write("{}")
    tap.has(dabyl("trace", "--check", into, code=1), "no trace.manifest", "nothing else is checked")
