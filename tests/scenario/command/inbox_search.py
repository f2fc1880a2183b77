#!tests/run
"""Goal: `dabyl inbox` finds by words, object and time; whatever becomes of the catalogue, it shows what the files say."""

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

import order
import tap
from commands import Commands
from processes import until

MANY = 1600
os.environ["TZ"] = "UTC"
SECTORS = ("power-supply", "banking", "transport")
SUMMARY = {
    "kk": ("Қосалқы станция тоқтады", "Ғимаратта үзіліс", "Деректер ағып кетті"),
    "ru": ("Подстанция остановлена", "Перебой в здании", "Утечка данных"),
    "en": ("Substation stopped", "Outage in a building", "Leak of data"),
}


def message(n):
    kind = n % 3
    hour, minute = divmod(n // 60, 60)
    body = {"object": f"obj-{n % 50}", "sector": SECTORS[kind], "level": n % 6, "note": f"w{n}"}
    if n % 7 == 0:
        body["objects"] = ["obj-also"]
    return {
        "id": f"01933f2a-1234-7abc-8def-{n:012}", "kind": "incident.notice" if n % 2 else "threat.report",
        "from": "isoc-energy" if n % 4 else "isoc-bank", "status": "exercise" if n % 100 == 0 else "actual",
        **({"exercise": "autumn"} if n % 100 == 0 else {}), "marking": "TLP:AMBER",
        "sent": f"2026-11-22T{hour:02}:{minute:02}:{n % 60:02}Z",
        "summary": {lang: texts[kind] for lang, texts in SUMMARY.items()}, "body": body,
    }  # fmt: skip


def name_of(n):
    return f"{n:012}-{message(n)['id']}.json"


class Desk(Commands):
    """A node's folder without a daemon: what `dabyl inbox` needs."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("inbox", "state", "sent", "carried"):
            os.makedirs(os.path.join(folder, name))
        for n in range(1, MANY + 1):
            self.deliver(n)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def deliver(self, n, text=None):
        with open(self.path("inbox", ".new"), "w", encoding="utf-8") as file:
            file.write(text or json.dumps(message(n), ensure_ascii=False))
        os.rename(self.path("inbox", ".new"), self.path("inbox", name_of(n)))

    def inbox(self, *words, env=None):
        return self.run("--json", "inbox", "--node", self.folder, *words, code=None, env=env)

    def numbers(self, *words, env=None):
        done = subprocess.run(
            [self.program("dabyl"), "--json", "inbox", "--node", self.folder, *words],
            capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **(env or {})},
        )  # fmt: skip
        if done.returncode != 0:
            return f"exit {done.returncode}: {done.stderr}"
        self.said = done.stderr
        return [json.loads(line)["number"] for line in done.stdout.splitlines()]

    def rows(self):
        """How many the catalogue has; 0 while there is none."""
        try:
            with sqlite3.connect(f"file:{self.path('state', 'index.sqlite')}?mode=ro", uri=True) as catalogue:
                return catalogue.execute("SELECT count(*) FROM message").fetchone()[0]
        except sqlite3.Error:
            return 0

    def lose(self):
        for name in os.listdir(self.path("state")):
            if name.startswith("index."):
                os.remove(self.path("state", name))


def wanted(test, last=20):
    found = [n for n in range(1, MANY + 1) if test(message(n))]
    return found[-last:] if last else found


FILTERS = (
    (("--kind", "threat.report", "--level", "4"), lambda m: m["kind"] == "threat.report" and m["body"]["level"] >= 4),
    (("--sector", "banking"), lambda m: m["body"]["sector"] == "banking"),
    (("--from", "isoc-bank", "--last", "0"), lambda m: m["from"] == "isoc-bank"),
    (("--object", "obj-17"), lambda m: m["body"]["object"] == "obj-17"),
    (("--object", "obj-also", "--last", "3"), lambda m: "objects" in m["body"]),
    (("--exercise", "autumn"), lambda m: "exercise" in m),
    (("--level", "9"), lambda m: False),
    (("--since", "2026-11-22T00:26:35Z"), lambda m: m["sent"] >= "2026-11-22T00:26:35Z"),
    (("--until", "2026-11-22T00:00:10Z"), lambda m: m["sent"] < "2026-11-22T00:00:10Z"),
    (("--since", "1900-01-01", "--after", str(MANY - 10)), lambda m: int(m["id"][-4:]) > MANY - 10),
    (("--since", "2026-11-23"), lambda m: False),
    (("--since", "22.11.2026 00:26:35", "--until", "2026-11-22 00:26:40"), lambda m: "2026-11-22T00:26:35Z" <= m["sent"] < "2026-11-22T00:26:40Z"),
)
SEARCHES = (
    ("ҚОСАЛҚЫ станция", lambda m: m["body"]["sector"] == "power-supply"),
    ("косалкы", lambda m: False),
    ("здани", lambda m: m["body"]["sector"] == "banking"),
    ("LEAK data", lambda m: m["body"]["sector"] == "transport"),
    ("w1234", lambda m: m["body"]["note"] == "w1234"),
    ("\" OR w1234 *) --", lambda m: False),
)


def compare(desk, why, env=None):
    for words, test in FILTERS:
        last = int(words[words.index("--last") + 1]) if "--last" in words else 20
        tap.equal(desk.numbers(*words, env=env), wanted(test, last), f"{' '.join(words)}, {why}")
    for text, test in SEARCHES:
        tap.equal(desk.numbers("--search", text, env=env), wanted(test), f"--search {text!r}, {why}")


folder = tempfile.mkdtemp(prefix="dabyl-")
try:
    desk = Desk(os.path.join(folder, "desk"))

    # nothing can be written: the same, by the files, and a line says so
    os.mkdir(desk.path("state", "index.lock"))
    compare(desk, "where no catalogue can be made")
    desk.numbers("--sector", "banking")
    tap.has(desk.said, "the files are read instead", "which is said")
    tap.equal(desk.said.count("\n"), 1, "in one line")
    desk.numbers()
    tap.equal(desk.said, "", "who asks for the newest needs none")
    os.rmdir(desk.path("state", "index.lock"))

    # the disk is full
    orders = os.path.join(folder, "orders")
    with open(orders, "w", encoding="ascii") as file:
        file.write(f"write {errno.ENOSPC} index.sqlite\n")
    full = {**order.preload(shim="fail"), "FAIL_ORDERS": orders}
    tap.equal(desk.numbers("--search", "w77", env=full), [77, *range(770, 780)], "a full disk keeps nobody from searching")
    tap.has(desk.said, "the files are read instead", "which is said as well")

    # killed while it makes it: what it had is whole, the next goes on
    kills = 0
    for more in (1, 400, 900):
        making = subprocess.Popen(
            [desk.program("dabyl"), "inbox", "--node", desk.folder, "--search", "w1234"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: desk.rows() >= more or making.poll() is not None, f"{more} rows are there")
        making.send_signal(signal.SIGKILL)
        making.wait()
        kills += desk.rows() < MANY
    tap.ok(kills > 0, "it was killed before it had all", kills)
    compare(desk, "after kills")
    tap.equal(desk.rows(), MANY, "all are in it by now, once")
    tap.equal(desk.said, "", "and nothing is said of it")

    # several at once where there is none: one makes it, each is right
    desk.lose()
    command = [desk.program("dabyl"), "--json", "inbox", "--node", desk.folder, "--search", "w1234"]
    at_once = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    for one in at_once:
        out, err = one.communicate(timeout=120)
        tap.equal(([json.loads(line)["number"] for line in out.splitlines()], err), ([1234], ""), "one of five at once")
    tap.equal(desk.rows(), MANY, "each message is there once")

    # what comes, goes and comes back; what cannot be read
    desk.deliver(MANY + 1, json.dumps({**message(MANY + 1), "summary": {"ru": "Совсем новое"}}))
    tap.equal(desk.numbers("--search", "совсем"), [MANY + 1], "what has just come is found")
    os.rename(desk.path("inbox", name_of(1234)), desk.path("away"))
    tap.equal(desk.numbers("--search", "w1234"), [], "what was moved away is not")
    os.rename(desk.path("away"), desk.path("inbox", name_of(1234)))
    tap.equal(desk.numbers("--search", "w1234"), [1234], "and is when it is back")
    desk.deliver(MANY + 2, "{ broken")
    code, said = desk.inbox("--kind", "incident.notice")
    tap.ok(code == 1 and name_of(MANY + 2) in said, "one that cannot be read is named", said[-300:])
    code, listed = desk.inbox("--last", "20")
    tap.ok(code == 1 and name_of(MANY + 2) in listed, "as without the catalogue", listed[-300:])
    os.remove(desk.path("inbox", name_of(MANY + 2)))
    os.remove(desk.path("inbox", name_of(MANY + 1)))

    # the file: garbage, and each of some pages zeroed
    desk.lose()
    with open(desk.path("state", "index.sqlite"), "wb") as file:
        file.write(os.urandom(100000))
    tap.equal(desk.numbers("--search", "w1234"), [1234], "over garbage it is made anew")
    tap.has(desk.said, "was made anew", "and that is said")
    path = desk.path("state", "index.sqlite")
    opened = sqlite3.connect(path)
    opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    pages = os.path.getsize(path) // 4096
    good = os.path.join(folder, "good")
    shutil.copy(path, good)
    for page in (0, 1, 2, 3, 5, 9, pages // 3, pages // 2, pages - 2):
        desk.lose()
        shutil.copy(good, path)
        with open(path, "r+b") as file:
            file.seek(page * 4096)
            file.write(bytes(4096))
        tap.equal(desk.numbers("--search", "w1234"), [1234], f"page {page} of {pages} zeroed: found")
        tap.equal(desk.numbers("--sector", "transport", "--last", "2"), wanted(lambda m: m["body"]["sector"] == "transport", 2), "and by sector")

    # wrong use
    for words, text in (
        (("--since", "tomorrow"), "write 2026-11-24, 22:00, yesterday 22:00"), (("--until", "2026-02-30"), "--until: '2026-02-30' is no moment"),
        (("--since", "now", "--until", "yesterday"), "is not before"),
        (("--search", "x", "--waiting"), "do not go together"),
    ):  # fmt: skip
        code, said = desk.inbox(*words)
        tap.ok(code == 2 and text in said, f"{' '.join(words)}: {text}", said)
finally:
    shutil.rmtree(folder)

sys.exit(tap.finish())
