#!tests/run
"""Goal: help, wrong use and answers of every command are Kazakh or Russian where that is spoken, without a word of English."""

import concurrent.futures
import glob
import json
import os
import re
import sys

import client
import tap
from latin import english
from world import World

COMMAND = re.compile(r"^  ([a-z][a-z-]*) +\S", re.M)

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:

    def dabyl(*words, lang="ru", stdin=None):
        return world.run(*words, code=None, stdin=stdin, env={"DABYL_LANG": lang, "LC_ALL": "C"})[1]

    def commands(path=()):
        """Every command that the help leads to, as words."""
        for name in COMMAND.findall(dabyl(*path, "--help")):
            inner = dabyl(*path, name, "--help")
            # A table of further commands says so in its first line.
            if re.match(r"\S+ (?:dabyl )?[a-z -]* \S+ \.\.\.", inner) and not path:
                yield from commands((*path, name))
            else:
                yield (*path, name)

    every = list(commands())
    names = {word for path in every for word in path}
    tap.ok(len(every) > 40, f"{len(every)} commands were found", every)
    # The catalogues say as much as each other (tests/po/catalogues.t), so that one language for each will do.
    asked = [("ru", (*path, "--help")) for path in every] + [("kk", (*path, "--no-such-option")) for path in every]
    asked += [
        (lang, words)
        for lang in ("ru", "kk")
        for words in (("--help",), ("no-such-command",), ("inbox", "--lang", "de"), ("ca", "--help"))
    ]

    def look(task):
        lang, words = task
        return lang, words, english(dabyl(*words, lang=lang), names)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for lang, words, found in pool.map(look, asked):
            if found:
                tap.ok(False, f"{lang}: dabyl {' '.join(words)}", " ".join(found))

    world.start()
    centre, desk, owner = (world.node(name) for name in ("nccis", "isoc-energy", "owner-grid"))
    notice = client.notice("isoc-energy", 4)
    bad = dict(client.notice("isoc-energy", 9))
    # What its author wrote in words of his own is his; names of fields and codes are said for people.
    written = set(re.findall("[A-Za-z]+", json.dumps([notice["summary"], notice["body"]["description"]])))
    known = names | set(world.nodes) | written | {"STS", "GRID", "SOC"}

    kinds = {os.path.basename(path)[: -len(".json")] for path in glob.glob("schemas/*.json")}

    def shows(node, *words, document=None, languages=("ru", "kk")):
        stdin = json.dumps(document, ensure_ascii=False) if document else None
        for lang in languages:
            text = dabyl("--node", node.folder, *words, lang=lang, stdin=stdin)
            found = english(text, known)
            tap.ok(text and not found, f"{lang}: dabyl {' '.join(words)}", f"{' '.join(found)}\n{text}")

    shows(desk, "explain", "-", document=notice)
    shows(desk, "send", "-", document=notice, languages=("ru",))
    shows(desk, "send", "-", document=bad)
    centre.has_received(1)
    for words in ("status",), ("inbox",), ("inbox", "show", "1"), ("duties",), ("nodes",), ("feeds",), ("contacts",):
        shows(centre, *words)
    for words in ("plans",), ("incident", "1"), ("ack", "1", "read"), ("web",):
        shows(centre, *words)
    # Kinds are listed by the word that is typed, with its name behind.
    known |= {name for name in kinds if "." not in name}
    shows(centre, "send", "--new", "list")
    known -= {name for name in kinds if "." not in name}
    shows(desk, "nodes")  # which the hub does not tell
    for words in ("status",), ("key",), ("reload",), ("clock", "accept"):
        shows(centre, "hub", *words[:1], world.hub.folder, *words[1:])

    # The daemons log in English, and speak to whoever asks them on the command line.
    hub = world.hub.path("hub.conf")
    damaged = world.path("damaged.conf")
    with open(hub, encoding="utf-8") as good, open(damaged, "w", encoding="utf-8") as bad_conf:
        bad_conf.write(re.sub(r"roster *= *\"[^\"]*\"", 'roster = "nowhere"', good.read()))
    for program, words in (
        ("dabyl-hub", ("-n", hub)),
        ("dabyl-hub", ("-n", damaged)),
        ("dabyl-hub", ("--help",)),
        ("dabyl-node", ("-n", desk.path("node.conf"))),
        ("dabyl-node", ("-n", desk.path("outbox"))),
        ("dabyl-node", ("--help",)),
        ("dabyl-web", ("--help",)),
    ):
        for lang in ("ru", "kk"):
            text = world.run(*words, program=program, code=None, env={"DABYL_LANG": lang, "LC_ALL": "C"})[1]
            found = english(text, known)
            tap.ok(text and not found, f"{lang}: {program} {words[0]}", f"{' '.join(found)}\n{text}")
    shows(desk, "verify", *[desk.path("sent", f"{notice['id']}.json")])
    shows(centre, "verify", "--journal", world.hub.path("journal"), "--torn", "--vkey", world.hub.path("vkey"))
    shows(centre, "ca", "list", "--ca", world.path("ca"))

sys.exit(tap.finish())
