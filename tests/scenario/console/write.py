#!tests/run
"""Goal: what an officer writes in a browser begins with what follows, is explained before it is sent, and is lost by nothing that goes wrong."""

import concurrent.futures
import json

import client
import tap
from console import Console
from processes import until
from route import example
from world import World

SCRIPT = "<script>alert(1)</script>\u202e\"'&\u0430"


def document(form, **body):
    """The form's document, with this in its body and a summary."""
    begun = form["document"]
    return {**begun, "summary": {"en": "Grid"}, "body": {**begun["body"], **body}}


def put(fields, pointer, value):
    """Write into a blank, as a page does; '-' is the first item of a list."""
    steps = pointer.split("/")[1:]
    for step, after in zip(steps, steps[1:] + [None]):
        new = value if after is None else [] if after == "-" else {}
        if step == "-":
            fields.append(new) if not fields else None
            fields = fields[0]
        else:
            fields = fields.setdefault(step, new)


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    for name in ("isoc-energy", "nccis"):
        world.node(name).process.says("law.known")
    node = world.node("isoc-energy")
    console = Console(world, node).start()
    browser = console.browser("daniyar")

    # --- what there is to write ---
    kinds = {one["kind"]: one for one in browser.get("/api/kinds").json}
    tap.equal(kinds["incident.notice"]["title"]["context"], "kind", "a kind has a title that is translated")
    tap.ok("headquarters.directive" not in kinds and "security.alert" not in kinds, "kinds are those of the role")
    form = browser.get("/api/forms/incident.notice").json
    tap.equal(form["document"]["status"], "actual", "what goes without saying is there")
    tap.equal((form["kind"], form["cites"], form["may"]), ("incident.notice", "488:8.3, 8.5, 10", True), "with its paragraph")
    for target, status, code in (
        ("forms/headquarters.directive", 403, "role.kind"),
        ("forms/no.such.kind", 404, "doc.kind"),
        ("forms/incident.update?incident=7", 400, "malformed"),
        ("forms/incident.notice?cancels=isoc-energy/" + client.uuid7(), 404, "absent"),
        ("forms/incident.notice?cancels=nccis/" + client.uuid7(), 422, "withdrawal.author"),
    ):
        answer = browser.get("/api/" + target)
        tap.equal((answer.status, answer.code), (status, code), f"{target}: {code}")

    # --- explained, and nothing is sent ---
    notice = document(form, level=4, determination="confirmed", sector="power-supply", object="obj-grid-1")

    def explain(fields, who=browser):
        return who.ask("POST", "/api/explain", {"document": fields})

    verdict = explain(notice).json
    tap.equal(verdict["verdict"], "accept", "the hub would take it")
    told = {one["node"]: one["cites"] for one in verdict["receivers"]}
    tap.equal(set(told), {"nccis", "owner-grid"}, "and says who would receive it")
    tap.equal([one["kind"] for one in verdict["emits"]], ["security.alert"], "and what would follow")
    for name, change, pointer in (
        ("level 7", {"level": 7}, "/body/level"),
        ("a word for a number", {"level": "4"}, "/body/level"),
        ("a list for a word", {"sector": ["banking"]}, "/body/sector"),
        ("a field that there is none of", {"colour": "red"}, "/body/colour"),
        ("no moment", {"detected_at": "yesterday"}, "/body/detected_at"),
    ):
        verdict = explain(document({"document": notice}, **change)).json
        tap.equal(
            (verdict["verdict"], verdict["code"], verdict["pointer"], verdict["here"]),
            ("refuse", "doc.schema", pointer, True),
            f"{name}: refused by a schema here",
        )
    answer = explain(document({"document": notice}, detected_at="1900-01-01T00:00:00Z"))
    tap.ok(answer.status == 200 and answer.json["verdict"] in ("accept", "refuse"), "a date of 1900: the hub's own verdict", answer.body)
    tap.equal(explain({"state_secret": True}).json["code"], "secret.declared", "a declared state secret goes nowhere")
    for name, body, status, code in (
        ("no JSON", b"{", 400, "doc.syntax"),
        ("no object", b"[]", 400, "doc.syntax"),
        ("no document", {}, 400, "malformed"),
        ("a depth bomb", b'{"document": ' + b'{"a":' * 50000, 400, "doc.depth"),
        ("a key twice", b'{"document": {"a": 1, "a": 2}}', 400, "doc.duplicate-key"),
    ):
        answer = browser.ask("POST", "/api/explain", body)
        tap.ok(answer.status == status and answer.code == code, f"{name}: {code}", answer.body[:300])
    answer = browser.ask("POST", "/api/explain", b'{"document": {"a": "' + b"a" * 2000000 + b'"}}')
    tap.equal((answer.status, answer.code), (413, "too.large"), "2 MB are too much")
    answer = explain({**notice, "body": {**notice["body"], "description": "a" * 1000000}})
    tap.equal((answer.status, answer.json.get("pointer")), (200, "/body/description"), "1 MB in a field: refused by its schema")
    tap.equal((node.sent(), node.names("outbox", ".json")), ([], []), "nothing was sent by that")

    # --- fifty consoles are to the hub as one ---
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        same = {answer.status for answer in pool.map(explain, [notice] * 50)}
        others = [document({"document": notice}, level=i % 6, description=f"no. {i}") for i in range(60)]
        answers = list(pool.map(explain, others))
    tap.equal(same, {200}, "the same is asked once for all who ask it")
    busy = [answer for answer in answers if answer.status == 503]
    tap.ok(
        {answer.status for answer in answers} <= {200, 503} and {answer.code for answer in busy} <= {"busy"} and busy,
        "more at once than a console's part: busy, and ask again",
        [(answer.status, answer.body[:80]) for answer in answers],
    )
    path = world.path("notice.json")
    with open(path, "wb") as file:
        file.write(client.encode(notice))
    tap.has(world.run("--node", node.folder, "explain", path), "would be accepted", "and dabyl explain has its part left")

    # --- a script in every text field is text ---
    filled = dict(form["document"])
    for blank in form["blanks"]:
        if blank["type"] == "text" and "among" not in blank:
            put(filled, blank["pointer"], SCRIPT)
    draft = {"version": 0, "kind": "incident.notice", "note": SCRIPT, "document": filled}
    answer = browser.ask("PUT", "/api/drafts/scripts", draft)
    tap.equal((answer.status, answer.json["version"]), (200, 1), "a draft is kept")
    back = browser.get("/api/drafts/scripts")
    tap.equal((back.json["document"], back.json["note"]), (filled, SCRIPT), "a script in every field comes back as the same text")
    tap.equal(back.headers["Content-Type"], "application/json; charset=utf-8", "as JSON, which no browser runs")

    # --- two windows, two officers ---
    window = console.browser("daniyar")
    tap.equal([one["id"] for one in window.get("/api/drafts").json], ["scripts"], "another window has the draft")
    tap.equal(window.ask("PUT", "/api/drafts/scripts", {**draft, "version": 1, "note": "two"}).json["version"], 2, "and saves it")
    answer = browser.ask("PUT", "/api/drafts/scripts", {**draft, "version": 1, "note": "one"})
    tap.equal((answer.status, answer.json["current"]["note"]), (409, "two"), "what it saved is not written over by the first")
    connection, stream = browser.stream()
    other = console.browser("aigerim")
    tap.equal(other.get("/api/drafts").json, [], "another officer has none of them")
    tap.equal(other.get("/api/drafts/scripts").status, 404, "and cannot have it by its name")
    tap.equal(browser.ask("PUT", "/api/drafts/..%2Fx", draft).status, 400, "a draft is no path")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        race = list(pool.map(lambda i: browser.ask("PUT", "/api/drafts/race", {**draft, "note": str(i)}), range(24)))
    won = [i for i, answer in enumerate(race) if answer.status == 200]
    tap.equal(len(won), 1, "of many who begin one at once one has it")
    tap.equal(browser.get("/api/drafts/race").json["note"], str(won[0]), "and it is that one's")
    tap.equal(browser.ask("DELETE", "/api/drafts/race?version=1").status, 204, "a draft is removed")
    connection.close()

    # --- what becomes of a message; corrected, withdrawn, followed ---
    def outcome(message, state, who=browser):
        def there():
            answer = who.get("/api/outcomes/" + message)
            return answer.status == 200 and answer.json["state"] == state and answer.json

        return until(there, f"{message} is {state}")

    def send(fields):
        message = {**client.message(fields["kind"], "isoc-energy", fields["body"]), **fields}
        node.drop(message)
        return message["id"]

    first = send(notice)
    said = outcome(first, "sent")
    tap.ok(said["receipt"]["position"] > 0 and said["reason"] is None, "an outcome has the receipt", said)
    tap.equal({one["node"] for one in said["routes"]["receivers"]}, {"nccis", "owner-grid"}, "and who was told")
    name = "isoc-energy/" + first
    correction = browser.get("/api/forms/incident.notice?supersedes=" + name).json["document"]
    tap.equal(correction["body"], notice["body"], "a correction begins as the original")
    second = send(document({"document": correction}, level=3))
    tap.ok(outcome(second, "sent"), "and is taken")
    answer = browser.get("/api/forms/incident.update?cancels=" + name)
    tap.equal((answer.status, answer.code), (422, "withdrawal.kind"), "it is of the same kind")
    withdrawal = browser.get("/api/forms/incident.notice?cancels=isoc-energy/" + second).json["document"]
    tap.equal(set(withdrawal["body"]), {"level", "determination", "sector"}, "a withdrawal begins with the least")
    tap.ok("summary" not in withdrawal, "and why, its author says")
    tap.ok(outcome(send({**withdrawal, "summary": {"en": "A drill."}}), "sent"), "and is taken")
    bad = send({**notice, "body": {**notice["body"], "level": 4}, "to": ["nobody-there"]})
    said = outcome(bad, "refused")
    tap.equal(said["reason"]["code"], "to.unknown", "a refusal says why")
    tap.equal(browser.get("/api/outcomes/" + client.uuid7()).status, 404, "of a message that nobody sent there is none")

    nccis = world.node("nccis")
    until(lambda: any(m["id"] == first for m in nccis.inbox()), "the notice at nccis")
    desk = Console(world, nccis).start().browser("aliya")
    answer = desk.get("/api/forms/acknowledgement?re=" + name).json
    tap.equal(answer["document"]["re"], {"author": "isoc-energy", "id": first}, "an answer names what it answers")
    tap.equal(answer["document"]["marking"], notice["marking"], "and is marked as that is")

    proposal = example("headquarters.proposal", "nccis")
    nccis.drop(proposal)
    said = outcome(proposal["id"], "held", desk)
    tap.equal(said["reason"]["code"], "seals.missing", "what needs an officer's seal waits for it")

    # --- a call to 1400 ---
    call = desk.get("/api/forms/call").json
    tap.equal(call["kind"], "incident.notice", "a call becomes a notice")
    tap.equal(call["document"]["body"]["reported"]["channel"], "call-centre-1400", "of the call centre")
    tap.equal(call["questions"][0]["pointers"], ["/body/reported/name", "/body/reported/phone"], "who calls is asked first")
    heard = document(call, level=2, determination="suspected", sector="banking")
    heard["body"]["reported"].update(name="A. Caller", phone="+7 700 0000000")
    verdict = explain(heard, desk).json
    tap.equal(verdict["verdict"], "accept", "and the hub would take it", )

    # --- a node that stops meanwhile ---
    node.stop()
    waits = send(notice)
    answer = explain({**notice, "marking": "TLP:GREEN"})
    tap.equal((answer.status, answer.code), (503, "unanswered"), "without its daemon nobody is asked")
    tap.equal(browser.get("/api/forms/incident.notice").status, 200, "forms are there by the law that the node knew")
    tap.equal(browser.ask("PUT", "/api/drafts/late", draft).status, 200, "drafts are kept")
    tap.equal(outcome(waits, "waiting")["stays"], None, "what was sent waits")
    node.start().connected()
    tap.ok(outcome(waits, "sent"), "and goes when the node is back")
