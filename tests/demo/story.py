"""story - what the demo's acts have in common: its cast, its voice, and what was said by whom."""

import collections
import os
import time

import client
from processes import until

CAST = {
    "nccis": ("nccis", "STS", "National Coordination Centre"),
    "isoc-energy": ("isoc", "SOC-E", "operational centre, energy"),
    "isoc-bank": ("isoc", "SOC-B", "operational centre, banking"),
    "owner-grid": ("owner", "GRID", "owner of the power grid"),
    "knb": ("national-security", "KNB", "national security"),
    "mfa": ("foreign-affairs", "MFA", "foreign affairs"),
    "telecom": ("communications", "COMM", "communications body"),
    "hq": ("headquarters", "HQ", "Operational Headquarters"),
}
OWN = "subscription to what is grave"  # which comes back to its author alone
UNSENT = ("attestation of notice on paper",)  # what is said to the log alone
problems = []


def say(text=""):
    print(text, flush=True)


def step(text):
    say(f"\n{time.strftime('%H:%M:%S')}  {text}")


def detail(text):
    say(f"          {text}")


def must(good, text):
    if not good:
        problems.append(text)
        detail(f"NOT AS IT SHOULD BE: {text}")


class Story:
    """What was sent and refused, for the table at the end."""

    def __init__(self, world):
        self.world = world
        self.sent = collections.OrderedDict()  # id -> (author, words, derived from)
        self.refused = []
        self.duties = []  # as they are in the end
        self.incident = None  # the id of the grave one

    def command(self, *words, node, code=0):
        """Run dabyl as a person would, and show it; paths as seen from the demo's folder."""
        below = self.world.folder + "/"
        shown = [*words[:1], "--node", node, *words[1:]]
        detail(f"$ dabyl {' '.join(shown)}".replace(below, ""))
        text = self.world.run(*words, "--node", self.world.node(node).folder, code=code)
        for line in text.replace(below, "").splitlines():
            if line:
                detail("  " + line)

    def operator(self, word):
        """Run dabyl hub as the hub's operator would, and show it."""
        detail(f"$ dabyl hub {word} hub")
        _, text = self.world.run("hub", word, self.world.hub.folder, code=None)
        for line in text.splitlines():
            detail("  " + line)

    def write(self, words, message):
        name = words.replace(",", "").replace(":", "-").replace(" ", "-")
        path = self.world.path("messages", name + ".json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(client.encode(message))
        return path

    def send(self, author, words, message):
        """With the command, waiting for the receipt."""
        self.sent[message["id"]] = author, words
        self.command("send", self.write(words, message), node=author)
        must(message["id"] in self.world.node(author).sent(), f"the receipt for: {words}")
        return message["id"]

    def send_refused(self, author, words, message, code):
        """With the command: the hub says no."""
        self.command("send", self.write(words, message), node=author, code=1)
        reason = self.world.node(author).refused().get(message["id"] + ".json.reason.json", {})
        must(reason.get("code") == code, f"refused as {code}: {words}")
        self.refused.append((author, words, code, reason.get("text", "")))

    def post(self, author, words, message):
        """Into the outbox, as a program would, without waiting."""
        self.sent[message["id"]] = author, words
        self.world.node(author).drop(message)
        return message["id"]

    def arrived(self, node, name, kind=None):
        """Wait until this message, or what was derived from it, is in the node's inbox."""

        def look():
            for message in self.world.node(node).inbox():
                cause = message["body"].get("cause") or {}
                if name in (
                    message["id"],
                    cause.get("id") if isinstance(cause, dict) else None,
                ) and kind in (None, message["kind"]):
                    return message
            return None

        return until(look, f"{name} at {node}")

    def table(self):
        """Every message, its receivers and their paragraphs, read from the inboxes."""
        rows = collections.OrderedDict((name, [*words, []]) for name, words in self.sent.items())
        causes = {}
        for node in self.world.nodes.values():
            why = node.why()
            for message in node.inbox():
                if message["id"] not in rows:
                    cause = message["body"].get("cause", {}).get("id")
                    words = message["summary"]["en"]  # what the hub says of itself has no cause
                    if cause:
                        words = f"{message['kind']}, from: {self.sent[cause][1]}"
                    rows[message["id"]] = ["hub, for nccis" if cause else "hub", words, []]
                    causes[message["id"]] = cause
                line = why[message["id"]].split()
                rows[message["id"]][2].append((line[1], " ".join(line[4:])))
        # What was derived stands behind its cause.
        order = {name: place for place, name in enumerate(self.sent)}
        order[None] = len(order)
        return sorted(rows.items(), key=lambda row: order[causes.get(row[0], row[0])])
