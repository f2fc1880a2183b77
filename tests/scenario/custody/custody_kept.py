#!tests/run
"""Goal: what took an officer's seal is not undone without one or by something else, and `dabyl custody` judges as the hub."""

import json

import client
import tap
from route import example, reference
from world import World

CAST = ("nccis", "isoc-energy", "owner-grid", "service", "knb")

with World(__doc__, CAST) as world:
    officers = {"service": "aigul", "knb": "marat"}
    for node, name in officers.items():
        world.officer(name, node)
    world.hub.start()
    world.raw()

    def tell(message, officer=False):
        raw = world.raws[message["from"]]
        keys = [raw.seal] + ([world.officer_key(officers[message["from"]])] if officer else [])
        return raw.tell(message, keys=keys)[0]

    def taken(message, name, officer=False):
        answer = tell(message, officer)
        tap.ok(isinstance(answer, client.Receipt), name, answer)
        return message

    def refused(message, code, by, name, officer=False):
        answer = tell(message, officer)
        got = getattr(answer, "code", answer), getattr(answer, "by", None)
        tap.equal(got, (code, by), f"{name}: refused")

    def offer(author, to, **more):
        fields = {"incident": reference(notice), "to": [to], "body": {"former": None}, **more}
        return example("trace.manifest", author, "TLP:AMBER", **fields)

    def answer(word, about, who="service", **more):
        more = {"re": reference(about), **more}
        return client.message("acknowledgement", who, {"answer": word}, **more)

    notice = taken(client.notice("owner-grid"), "there is an incident")
    first = taken(offer("owner-grid", "service"), "traces are offered")
    tell(dict(answer("custody-taken", first), status="test"))
    tell(dict(answer("custody-declined", first), status="test"))
    got = taken(answer("custody-taken", first), "and taken with an officer's seal", officer=True)

    # Not undone by what is no such answer, nor without an officer, whichever way.
    for field in ("supersedes", "cancels"):
        refused(answer("read", first, **{field: reference(got)}), "withdrawal.nature",
                "custody.answered", f"read {field} it")  # fmt: skip
        refused(answer("read", first, **{field: reference(got)}), "withdrawal.nature",
                "custody.answered", f"read {field} it, with an officer", officer=True)  # fmt: skip
        for word in ("custody-taken", "custody-declined"):
            refused(answer(word, first, **{field: reference(got)}), "seals.missing",
                    "custody.officer", f"{word} {field} it")  # fmt: skip
    other = taken(offer("owner-grid", "service"), "another offer")
    moved = answer("custody-taken", other, supersedes=reference(got))
    refused(moved, "precondition.unmet", "custody.answer-corrected", "moved to another offer",
            officer=True)  # fmt: skip
    rules = {"supersedes": "custody.offer-corrected", "cancels": "custody.offer-withdrawn"}
    for field, rule in rules.items():
        again = offer("owner-grid", "knb", **{field: reference(first)})
        refused(again, "precondition.ended", rule, f"{field} an answered offer")

    # An officer may; until it was handed on.
    back = answer("custody-taken", first, cancels=reference(got))
    taken(back, "an officer takes the answer back", officer=True)
    late = taken(answer("custody-declined", other), "an answer")
    taken(answer("custody-declined", other, supersedes=reference(late)), "is corrected")
    anew = taken(answer("custody-taken", first), "and taken anew", officer=True)
    handed = offer("service", "knb", incident=None, re=reference(first), body={"former": "taken"})
    taken(handed, "and handed on")
    rules = {"supersedes": "custody.answer-corrected", "cancels": "custody.answer-withdrawn"}
    for field, rule in rules.items():
        gone = answer("custody-declined", first, **{field: reference(anew)})
        refused(gone, "precondition.ended", rule, f"then {field} it", officer=True)
    # A stranger's own manifest names it, and is no part of the chain.
    taken(offer("nccis", "knb", incident=None, re=reference(first)), "nccis names it in its own")
    taken(answer("custody-taken", handed, who="knb"), "the next takes it", officer=True)
    world.fence()

    for name in ("service", "nccis"):
        world.raws.pop(name).close()
        node = world.node(name)
        node.start()
    for name in ("nccis", "service"):
        node = world.node(name)
        node.has_received(6 if name == "nccis" else 3)

        def custody(of, asked=node):
            found, text = world.run(
                "--node", asked.folder, "custody", "--json", of["id"], code=None
            )
            return found, json.loads(text) if text else {}

        code, chain = custody(first)
        tap.equal(code, 0, f"every step counts at {name}")
        steps = [step["step"] for step in chain["steps"]]
        tap.ok("offers" in steps, f"the chain at {name}", chain)
        if name == "nccis":
            tap.equal(
                steps,
                ["offers", "takes", "retracts", "takes", "offers", "takes"],
                "neither tests nor strangers are in it",
            )
            tap.equal(chain["holder"], "knb", "and who holds the traces holds them by the hub")
