#!tests/run
"""Goal: what needs officers waits in the node until enough of them have signed, and then goes."""

import json

import client
import tap
from route import example
from world import World

CAST = {
    "nccis": ("nccis", "STS"),
    "knb": ("national-security", "KNB"),
    "comm": ("communications", "COMM"),
}

with World(__doc__, CAST) as world:
    for officer, of, office in (
        ("knb-1", "knb", None), ("knb-2", "knb", None), ("knb-3", "knb", "deputy-chairman"),
        ("nccis-1", "nccis", None),
    ):  # fmt: skip
        world.officer(officer, of, office)
    world.start()
    knb, comm = world.node("knb"), world.node("comm")

    def dabyl(*words, stdin=None):
        return world.run("--node", knb.folder, *words, code=None, stdin=stdin)

    def cosign(message, officer, *words, key=None):
        return dabyl(
            "cosign", message, "--key", world.path(key or officer, "keys", "seal.key"),
            "--cert", world.path(officer, "certs", "seal.pem"), *words,
        )  # fmt: skip

    def waiting():
        return knb.names("waiting", ".json")

    past = {"suspended_at": client.rfc3339(-60)}
    message = example("suspension.notice", "knb", body=past)
    code, text = dabyl("send", "-", stdin=json.dumps(message))
    tap.ok(code == 1 and "seals.missing" in text, "the hub wants officers' seals", text)
    tap.has(text, "2 different officers of knb (deputy-chairman, any), and has 0",
            "and says how many, and who")  # fmt: skip
    tap.equal(waiting(), [message["id"] + ".json"], "the message waits in the node")
    code, text = cosign(client.uuid7(), "knb-1")
    tap.ok(code == 1 and "no message" in text, "no other message waits", text)
    code, text = cosign(message["id"], "nccis-1")
    tap.ok(code == 1 and "is an officer of nccis" in text, "another node's officer cannot", text)
    code, text = cosign(message["id"], "knb-1", key="knb-2")
    tap.ok(code == 1 and "not the one" in text, "nor a key that is not certified so", text)
    code, text = cosign(message["id"], "knb-1")
    tap.ok(code == 0 and text.startswith("SIGNED"), "the first officer signs", text)
    tap.has(text, "and has 1", "and another is needed")
    code, text = cosign(message["id"], "knb-1")
    tap.ok(code == 1, "the same officer signs once", text)
    tap.equal(waiting(), [message["id"] + ".json"], "it still waits")
    code, text = cosign(message["id"], "knb-2")
    tap.ok(code == 0 and text.startswith("SIGNED"), "the second signs, who holds no office either", text)
    tap.has(text, "seal of the deputy-chairman of knb is needed", "as is said")
    tap.equal(waiting(), [message["id"] + ".json"], "it waits on")
    code, text = cosign(message["id"], "knb-3", "--json")
    tap.ok(code == 0 and json.loads(text)["outcome"] == "sent", "with the deputy chairman it is sent", text)
    tap.equal(waiting(), [], "and waits no longer")
    tap.equal(knb.names("refused", ".json"), [], "nor is it among the refused")
    with open(knb.path("sent", message["id"] + ".seal"), encoding="utf-8") as file:
        tap.equal(file.read().count("sig ed25519 "), 4, "under four signatures")
    got = comm.has_received(1)
    tap.equal(got[0]["id"], message["id"], "its addressee has it")
    code, text = world.run(
        "--node", comm.folder, "verify", comm.path("inbox", comm.names("inbox", ".json")[0]), code=None
    )  # fmt: skip
    tap.ok(code == 0, "and can verify it", text)
    code, text = dabyl("verify", knb.path("sent", message["id"] + ".json"))
    tap.ok(code == 0, "as its author can, with the certificates of the officers who signed", text)
    tap.has(text, "and by officer knb-3 (officer of an entity, office deputy chairman, KNB)", "and which office he holds")
    again = example("suspension.notice", "knb", body=past)
    code, text = dabyl("send", "--no-wait", "-", stdin=json.dumps(again))
    knb.has_refused(1)
    changed = {**again, "summary": {"en": "Other words"}}
    code, text = cosign(again["id"], "knb-1")
    code, text = dabyl("send", "-", stdin=json.dumps(changed))
    tap.has(text, "and has 0", "what was changed has to be signed anew")
    for officer in ("knb-3", "knb-1"):
        code, text = cosign(again["id"], officer)
    tap.ok(code == 0 and text.startswith("SENT"), "and then goes", text)
    tap.equal(
        knb.load("sent", again["id"] + ".json")["summary"], changed["summary"], "as it was changed"
    )
