#!tests/run
"""Goal: `dabyl contacts` has each owner's officials of now: for nccis all, for every owner its own."""

import json

import client
import tap
from world import CAST, World


def official(name, phone="+7 7172 00 00 00"):
    return {"name": name, "position": "Head of security", "phone": phone}


def change(owner, reason, name, hours=1, /, **more):
    body = {"reason": reason, "official": official(name, more.pop("phone", "+7 7172 00 00 00"))}
    if reason == "removal":
        del body["official"]
    if reason != "designation":
        body["replaced_at"] = client.rfc3339(-3600 * hours)
    if "replaced" in more:
        body["replaced"] = {"name": more.pop("replaced")}
    if "objects" in more:
        body["objects"] = more.pop("objects")
    return client.message("contact.change", owner, body, **more)


cast = {name: CAST[name] for name in ("nccis", "isoc-energy", "owner-grid", "owner-bank")}
cast["owner-grid-2"] = CAST["owner-grid"]  # a second node of the same organisation

with World(__doc__, cast) as world:
    world.start()
    seen = {"owner-grid": 0, "owner-bank": 0, "owner-grid-2": 0}

    def tell(message):
        owner = message["from"]
        seen[owner] += 1
        world.node(owner).drop(message)
        world.node(owner).has_sent(seen[owner])
        return message

    def text(name, *words):
        code, said = world.run("--node", world.node(name).folder, "contacts", *words, code=None)
        return said if code == 0 else f"exit {code}: {said}"

    def names(node):
        found = [json.loads(line) for line in text(node, "--json").splitlines()]
        return [(one["owner"], one.get("official", {}).get("name")) for one in found]

    tap.equal(text("nccis"), "nobody has been named\n", "the directory is empty")
    tell(change("owner-grid", "designation", "A. First"))
    tell(change("owner-grid", "designation", "B. Second", objects=["obj-grid-1"]))
    tell(change("owner-bank", "designation", "C. Third"))
    both = [
        ("owner-bank", "C. Third"),
        ("owner-grid", "A. First"),
        ("owner-grid", "B. Second"),
    ]
    tap.equal(names("nccis"), both, "nccis sees all, by owner")
    tap.equal(names("owner-grid"), both[1:], "an owner its own")
    tap.equal(names("owner-bank"), both[:1], "another its own")
    tap.equal(names("isoc-energy"), [], "and whom it does not concern nobody")

    late = tell(change("owner-grid", "replacement", "D. Fourth", 50, replaced="A. First"))
    tap.equal(
        names("owner-grid"),
        [("owner-grid", "B. Second"), ("owner-grid", "D. Fourth")],
        "a replacement takes the place of who was replaced",
    )
    tap.has(text("nccis"), "told late", "and shows that it was told late")
    tell(change("owner-bank", "details", "C. Third", phone="+7 7172 11 11 11"))
    tap.ok(
        "+7 7172 11 11 11" in text("nccis") and names("owner-bank") == both[:1],
        "new details take the place of old ones",
    )
    tell(change("owner-bank", "designation", "E. Exercise", status="test"))
    tap.equal(names("owner-bank"), both[:1], "a test names nobody")

    world.kill_hub()
    tap.equal(len(names("nccis")), 3, "after a kill the directory is the same")
    tell(
        change(
            "owner-grid",
            "replacement",
            "D. Fourth",
            50,
            replaced="A. First",
            cancels={"author": "owner-grid", "id": late["id"]},
        )
    )
    tap.equal(
        names("owner-grid"), both[1:], "what is taken back does not count: the first is there"
    )
    tell(change("owner-grid-2", "replacement", "F. Fifth", 2, replaced="A. First"))
    now = [("owner-grid", "B. Second"), ("owner-grid-2", "F. Fifth")]
    tap.equal(names("owner-grid"), now, "an official is the organisation's, whichever node says so")
    tap.equal(names("nccis"), both[:1] + now, "for nccis too")
    tell(change("owner-bank", "removal", "", replaced="C. Third"))
    tap.equal(names("owner-bank"), [("owner-bank", None)], "who leaves without a successor leaves a gap")
    tap.has(text("nccis"), "nobody, without a successor", "which nccis sees")
    tell(change("owner-bank", "designation", "G. Seventh"))
    tap.equal(names("owner-bank"), [("owner-bank", "G. Seventh")], "until somebody follows")
