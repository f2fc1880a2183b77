#!tests/run
"""Goal: `dabyl send` says in plain words what became of a message, and exit codes tell scripts the same."""

import json
import sys

import client
import tap
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start("isoc-energy")
    centre = world.node("isoc-energy")

    def dabyl(*words, stdin=None):
        return world.run("--node", centre.folder, *words, code=None, stdin=stdin)

    def send(fields, *words):
        text = fields if isinstance(fields, str) else json.dumps(fields, ensure_ascii=False)
        return dabyl("send", *words, "-", stdin=text)

    def id_of(text):
        return next(word for word in text.split() if word.count("-") == 4)

    # a notice as a person writes it: what the node adds is left out
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"})
    for field in ("id", "from", "sent", "nonce"):
        notice.pop(field)
    code, text = send(notice)
    tap.ok(code == 0 and text.startswith("SENT") and "receipt: position" in text, "a notice is sent", text)
    tap.has(text, "nccis", "nccis is named among those told")
    tap.has(text, "para 488:8.3", "with the paragraph")
    tap.has(text, "security.alert", "and what the hub derived")
    first = id_of(text)
    tap.equal(centre.sent(), [first], "it is in sent/ under the id that was printed")
    code, text = dabyl("--json", "send", "--outcome", first)
    told = json.loads(text)
    tap.ok(code == 0 and told["outcome"] == "sent" and told["receivers"], "its outcome can be asked for later", text)
    code, text = send(dict(notice, id=first))
    tap.ok(code == 0 and f"position {told['position']}" in text, "the same again has the same receipt", text)
    code, text = send(dict(notice, id=first, marking="TLP:RED"))
    tap.ok(code == 1 and "id.reused" in text, "other words under its id are refused", text)

    # refusals, here and by the hub: code, field, sentence
    for name, fields, parts in (
        ("a level of 9", client.notice("isoc-energy", 9), ("doc.schema at /body/level",)),
        ("another role's kind", client.advisory("isoc-energy"), ("role.kind at /kind",)),
        ("another's name", client.notice("nccis"), ("from.mismatch",)),
        ("an object out of scope", client.notice("isoc-energy", body={"object": "obj-sealed"}), ("object.out-of-scope",)),
        ("a state secret", dict(notice, state_secret=True), ("secret.declared at /state_secret", "488:2")),
        ("half a document", "{", ("doc.syntax",)),
        ("a key twice", '{"dabyl": 1, "dabyl": 1}', ("doc.duplicate-key",)),
    ):
        code, text = send(fields)
        tap.ok(code == 1 and text.startswith("REFUSED") and all(p in text for p in parts), f"{name} is refused", text)
    tap.equal(centre.names("outbox", ""), [], "nothing of them is left in the outbox")
    here = json.loads(dabyl("--json", "status")[1])["outbox"]
    tap.ok(here["refused"] >= 3 and 0 < here["refused_here"] < here["refused"], "status counts those of the hub and those of here", here)
    tap.equal(here["in_refused"], len(centre.refused()), "and those that lie in refused/")
    text = dabyl("status")[1]
    tap.has(text, f"{here['refused_here']} here, before they were sent", "in words, too")

    # what the role may send, by the rules that are in force, not by those that were shipped
    code, text = dabyl("send", "--new", "list")
    listed = {line.split()[0] for line in text.splitlines()}
    checked = world.run("rules", "check", "--json", world.hub.path("rules", "plan.rules")).splitlines()
    rules = [json.loads(line) for line in checked if line.startswith("{")]
    may = {rule["kind"] for rule in rules if "isoc" in rule["from"] and (rule["deliver"] or rule["emit"])}
    tap.equal((code, listed), (0, may), "the kinds that the role may send are listed, and no others")
    for kind in sorted(listed):
        probe = {**client.notice("isoc-energy", 1), "kind": kind}
        code, text = dabyl("explain", "-", stdin=json.dumps(probe))
        tap.ok("role.kind" not in text, f"the hub lets it send {kind}", text)
    code, text = dabyl("send", "--new", "incident.notice")
    code, text = send(text)
    tap.ok(code == 1 and "template" in text, "a template that nobody filled in is refused", text)
    code, text = dabyl("send", "/no/such/file.json")
    tap.ok(code == 1 and "/no/such/file.json" in text, "a file that is not there is named", text)
    tap.equal(dabyl("send")[0], 2, "no file at all is wrong use")

    # several at once: each has its outcome, the worst decides the exit code
    paths = []
    for i, level in enumerate((1, 9, 2)):
        paths.append(world.path(f"notice-{i}.json"))
        with open(paths[i], "w", encoding="utf-8") as file:
            json.dump(client.notice("isoc-energy", level), file)
    code, text = dabyl("--json", "send", *paths)
    outcomes = [json.loads(line)["outcome"] for line in text.splitlines()]
    tap.ok(code == 1 and outcomes == ["sent", "refused", "sent"], "three files, three outcomes in order", text)

    # the hub away: it waits in the node and goes by itself
    world.hub.kill()
    code, text = send(notice, "--timeout", "1")
    tap.ok(code == 3 and text.startswith("WAITING") and "--outcome" in text, "without a hub it waits", text)
    tap.has(text, world.endpoint, "with where the node looks for its hub")
    waiting = id_of(text)
    code, text = send(notice, "--no-wait")
    tap.ok(code == 0, "--no-wait asks for no more than the outbox", text)
    centre.kill()
    code, text = dabyl("send", "--outcome", waiting)
    tap.ok(code == 3 and "not running" in text, "without the node too, said at once", text)
    tap.equal(dabyl("status")[0], 3, "status says so as well")
    world.hub.start()
    centre.start()
    code, text = dabyl("send", "--outcome", waiting, "--timeout", "60")
    tap.ok(code == 0 and text.startswith("SENT"), "both back, it was sent", text)
    code, text = dabyl("send", "--outcome", client.uuid7())
    tap.ok(code == 1 and "never had" in text, "an id that the node never had", text)

sys.exit(tap.finish())
