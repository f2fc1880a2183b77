#!tests/run
"""Goal: `dabyl verify` accepts what is honest and names the place of every lie, offline.

The same invented journals as for the independent check: flipped bits in every kind of file,
journals that are consistent in every byte and yet wrong, messages with the wrong company.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import make_journal
import tap
import test_check
from test_check import Flip, Liar, files
from world import World

DABYL = World.program("dabyl")
SEED = int(os.environ.get("CHECK_SEED", str(random.SystemRandom().randrange(1 << 30))))

# What the sentence about each lie must hold.
LIES = {"thief": "that no message of its own names", "longer": "that no message of its own names",
        "again": "the same file twice", "forged": "no certificate for the key", "another": "is by ksc", "second": "is by dauren",
        "index": "entry ", "officer": "no officer of nccis", "ca": "not issued by this CA",
        "long": "not where its seal has it", "short": "not where its seal has it",
        "ragged": "not where its seal has it", "text": "not where its seal has it",
        "moved": "says another place of its batch", "idle": "a head that no entry names",
        "order": "in another order than they are named in", "falling": "the places under a head do not rise",
        "empty": "a seal of no octets", "unheard": "an entry of type unheard", "startled": "is under a head",
        "version": "malformed leaf", "nothing": "malformed leaf", "former": "malformed leaf",
        "never": "malformed leaf", "behind": "malformed leaf", "early": "malformed leaf",
        "author": "not by nccis", "carried": "carries something else",
        "derived": "that this batch does not hold", "twice": "already",
        "more": "of the", "ack": "acknowledges for", "fork": "another root"}


def dabyl(*words, **options):
    run = subprocess.run([DABYL, *words], capture_output=True, text=True, check=False, **options)
    return run.returncode, run.stdout + run.stderr


def journal(place, *more):
    return dabyl("verify", "--journal", f"{place}/journal", "--vkey", f"{place}/vkey", *more)


def invent(place, entries, lie=None):
    """A journal, and the roster's certificates as a node has them."""
    inventor = Liar(place, seed=SEED)
    inventor.lie = lie
    inventor.run(entries)
    os.makedirs(f"{place}/certs/known")
    shutil.copy(f"{place}/vkey", f"{place}/hub.vkey")
    blocks = re.findall(r"-----BEGIN ([A-Z0-9 ]+)-----\n.*?-----END \1-----\n", inventor.pem, re.S)
    texts = re.findall(r"-----BEGIN [A-Z0-9 ]+-----\n.*?-----END [A-Z0-9 ]+-----\n", inventor.pem, re.S)
    for i, (label, text) in enumerate(zip(blocks, texts)):
        name = "ca.pem" if i == 0 else "crl.pem" if label == "X509 CRL" else f"known/{i}.pem"
        with open(f"{place}/certs/{name}", "w", encoding="ascii") as file:
            file.write(text)
    return inventor


def honest(place):
    code, text = journal(place)
    tap.ok(code == 0 and text.startswith("GOOD") and "NOT checked: that the CA" in text,
           "an honest journal is good; whose CA it is was not asked", text)
    code, text = journal(place, "--ca", f"{place}/certs/ca.pem", "--json")
    found = json.loads(text) if code == 0 else {}
    tap.ok(found.get("good") and found["ca"] and found["messages"] > 100 and found["tiles"],
           "with the right CA, as JSON", text)
    for folder in ("sent", "inbox/nccis", "inbox/ksc"):
        paths = files(place, folder, ending=".json")
        code, text = dabyl("--node", place, "verify", *paths)
        tap.ok(code == 0 and text.count("GOOD") == len(paths) > 0 and "not revoked" in text,
               f"{len(paths)} messages of {folder}", text[-500:])
    tap.has(text, "carries what isoc-energy sealed, its seal is good too", "what an alert carries is checked")
    tap.has(text, "delivered to ksc by rule alert-level-3, para 14", "why it was delivered")


def flips(place, source):
    """Every changed bit is found, and its file named."""
    kinds = (("segments", 25, files(place, "journal", "segments"), ".seg"),
             ("checkpoint", 4, [f"{place}/journal/checkpoint"], "checkpoint"),
             ("tiles", 10, files(place, "journal", "tile"), "/tile/"))
    for name, n, paths, named in kinds:
        missed = []
        for _ in range(n):
            with Flip(source.choice(paths), source) as flip:
                code, text = journal(place)
                if code != 1 or named not in text:
                    missed.append(f"{flip}: {code} {text}")
        tap.ok(not missed, f"{n} changed bits in {name}", "\n".join(missed))
    for ending in (".json", ".seal", ".tlog-proof"):
        missed = []
        for _ in range(12):
            with Flip(source.choice(files(place, "sent", ending=ending)), source) as flip:
                code, text = dabyl("--node", place, "verify", flip.path)
                if code != 1 or "NOT GOOD" not in text:
                    missed.append(f"{flip}: {code} {text}")
        tap.ok(not missed, f"12 changed bits in sent/*{ending}", "\n".join(missed))


def lies(folder):
    for lie, words in LIES.items():
        place = os.path.join(folder, lie)
        invent(place, 60, lie)
        code, text = journal(place)
        tap.ok(code == 1 and words in text and "NOT GOOD" in text,
               f"a consistent journal with a lie about: {lie}", text)


def set_aside(folder):
    """What nobody can read keeps nothing from being proven that was sealed with it."""
    for part in ("leaf", "position", "hashes", "record"):
        place = os.path.join(folder, f"erring-{part}")
        inventor = test_check.Erring(place, seed=SEED)
        inventor.part = part
        inventor.run(300)
        code, text = journal(place)
        tap.ok(code == 0 and "1 entry set aside" in text, f"a {part} that nobody can read is set aside", text)


def others(place):
    """A message that was sealed with others, one that was sealed apart from it, and one of those."""
    by_head = {}
    for path in files(place, "sent", ending=".seal"):
        with open(path, encoding="ascii") as file:
            by_head.setdefault(file.read().partition("index ")[0], []).append(path[: -len(".seal")])
    (one, beside, *_), (two, *_), *_ = sorted(by_head.values(), key=len, reverse=True)
    return one, two, beside


def company(place, folder):
    """The right message with somebody else's keys, proof or seal."""
    one, two, beside = others(place)
    stranger = os.path.join(folder, "stranger")
    inventor = make_journal.Inventor(stranger, seed=SEED + 1)
    inventor.run(30)
    with open(f"{stranger}/ca.pem", "w", encoding="ascii") as file:
        file.write(inventor.pem.partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n")
    code, text = dabyl("--node", place, "verify", "--vkey", f"{stranger}/vkey", one + ".json")
    tap.ok(code == 1 and "receipt" in text, "a receipt of another log", text)
    code, text = dabyl("--node", place, "verify", "--ca", f"{stranger}/ca.pem", "--crl", "", one + ".json")
    tap.ok(code != 0, "certificates of another CA", text)
    code, text = journal(place, "--ca", f"{stranger}/ca.pem")
    tap.ok(code == 1 and "its CA is not the one" in text, "a journal of another CA", text)
    code, text = dabyl("verify", "--journal", f"{place}/journal", "--vkey", f"{stranger}/vkey")
    tap.ok(code == 1 and ".seg" in text, "a journal of another log", text)
    for i, (ending, other, words) in enumerate((
        (".tlog-proof", two, "not the one that the log recorded"),
        (".seal", two, "the seal is not the one"),
        (".seal", beside, "the document is not at place"),
    )):
        os.makedirs(f"{place}/swapped/{i}")
        for part in (".json", ".seal", ".tlog-proof"):
            shutil.copy((other if part == ending else one) + part, f"{place}/swapped/{i}/m{part}")
        code, text = dabyl("--node", place, "verify", f"{place}/swapped/{i}/m.json")
        tap.ok(code == 1 and words in text, f"the {ending} of another message: {words}", text)


def missing(place):
    """What is needed and not there is asked for by name."""
    shutil.rmtree(f"{place}/certs/known")
    os.makedirs(f"{place}/certs/known")
    code, text = dabyl("--node", place, "verify", files(place, "sent", ending=".json")[0])
    tap.ok(code == 2 and "--certs" in text, "without certificates it says what is missing", text)


def unfinished(folder):
    place = os.path.join(folder, "unfinished")
    make_journal.Inventor(place, seed=SEED).run(120)
    last = files(place, "journal", "segments")[-1]
    with open(last, "r+b") as file:
        size = len(file.read().rstrip(b"\0"))
        file.seek(size)
        file.write(b"DBATCH01 begun and not ended")
    code, text = journal(place)
    tap.ok(code == 1 and f"offset {size}" in text and "--torn" in text,
           "an unfinished batch is a fault, with its offset", text)
    code, text = journal(place, "--torn")
    tap.ok(code == 0 and "28 bytes of an unfinished batch" in text, "unless it was asked for", text)
    os.truncate(last, size)
    with open(last, "rb") as file:
        test_check.torn(last, file.read(), journal)
    tile = files(place, "journal", "tile", "0")[-1]
    os.remove(tile)
    code, text = journal(place, "--torn")
    tap.ok(code == 1 and "missing" in text, "a missing tile is missed", text)


def main():
    tap.note(f"CHECK_SEED={SEED}")
    test_check.ok = tap.ok
    folder = tempfile.mkdtemp(prefix="dabyl-verify-")
    place = os.path.join(folder, "honest")
    invent(place, 600)
    honest(place)
    flips(place, random.Random(SEED))
    lies(folder)
    set_aside(folder)
    company(place, folder)
    missing(place)
    unfinished(folder)
    code = tap.finish()
    if code:
        tap.note(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
