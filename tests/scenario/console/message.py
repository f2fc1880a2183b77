#!tests/run
"""Goal: a message is shown whole, says who has it and what may be done, and its files convince who trusts nobody."""

import hashlib
import io
import json
import os
import tarfile

import client
import tap
from console import Console
from processes import until
from world import World

EVIL = "Сбой \u202eгнесерк\u202c </script><script>alert(1)</script> \u0430\u0300"

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb"), officers=("knb",)) as world:
    world.start()
    centre, agency = world.node("isoc-energy"), world.node("knb")
    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}, summary={"en": EVIL})
    centre.drop(notice)
    centre.has_sent(1)
    (alert,) = agency.has_received(1)
    world.node("nccis").has_received(2)
    world.run("--node", agency.folder, "ack", "1", "accepted")

    # at the author's
    desk = Console(world, centre).start().browser("aigul")
    answer = desk.get(f"/api/messages/{notice['id']}")
    tap.equal(answer.status, 200, "the author's message is shown")
    sent = answer.json
    with open(centre.path("sent", f"{notice['id']}.json"), "rb") as file:
        data = file.read()
    tap.equal(sent["text"].encode(), data, "its text is the exact bytes")
    tap.equal(sent["digest"], hashlib.sha256(data).hexdigest(), "with their digest")
    tap.equal(sent["document"], json.loads(data), "and its document")
    tap.equal((sent["box"], sent["number"]), ("sent", None), "it is of what was sent")
    tap.equal(sent["summary"]["en"], EVIL, "what turns a line around is handed on as it is")
    level = next(field for field in sent["fields"] if field["pointer"] == "/body/level")
    tap.equal(sorted(level["words"]), ["en", "kk", "ru"], "a field has its name in three languages")
    tap.equal(level["value"], 4, "and its value")
    sector = next(field for field in sent["fields"] if field["pointer"] == "/marking")
    tap.ok(sector["said"]["ru"], "a value that has words is said in them", sector)
    tap.equal(sent["title"], {"context": "kind", "text": sent["title"]["text"]}, "its title can be translated")
    tap.equal(
        (sent["proof"]["good"], sent["proof"]["origin"]), (True, world.origin), "it is proven, of which log"
    )
    tap.equal([s["name"] for s in sent["signatures"]], ["isoc-energy"], "and by whose key")
    tap.equal(sorted(r["node"] for r in sent["told"]["receivers"]), ["nccis", "owner-grid"], "whom the receipt told of")

    def stored():
        rows = desk.get(f"/api/messages/{notice['id']}").json["receivers"]
        return all(row["stored"] for row in rows) and rows

    rows = until(stored, "both have signed for it")
    tap.ok(all(row["cites"] and row["rule"] for row in rows), "each by a rule and a paragraph", rows)
    acts = {(act["act"], act["kind"]) for act in sent["may"]}
    tap.ok({("correct", "incident.notice"), ("withdraw", "incident.notice")} <= acts, "its author may correct it", acts)
    tap.ok(("answer", "acknowledgement") not in acts, "and does not answer itself")

    # at the receiver's
    desk = Console(world, agency).start().browser("duty-knb")
    got = desk.get("/api/messages/1").json
    tap.equal(got["id"], alert["id"], "a number of the inbox names it, too")
    tap.ok(got["why"]["rule"] and got["why"]["cites"].startswith("488:14"), "why it is here", got["why"])
    tap.equal([a["word"] for a in got["answers"]], ["accepted"], "what this node answered")
    tap.equal(got["answers"][0]["by"], ["knb"], "and who")
    tap.equal(got["thread"], {"author": "isoc-energy", "id": notice["id"]}, "what it belongs to")
    (answer,) = [act for act in got["may"] if act["kind"] == "acknowledgement"]
    tap.equal(answer["words"], ["read", "accepted", "refused", "done"], "the words that fit it")
    tap.ok(answer["cites"], "by a paragraph")
    tap.ok("correct" not in [act["act"] for act in got["may"]], "nobody corrects another's")

    # who opened it, once an officer
    tap.equal(got["opened"], [], "nobody has opened it yet")
    first = desk.ask("POST", "/api/messages/1/opened").json["opened"]
    again = desk.ask("POST", "/api/messages/1/opened").json["opened"]
    tap.equal((len(first), again), (1, first), "who opens it twice has opened it once")
    tap.equal(first[0]["officer"], "duty-knb", "by name")
    tap.has(world.run("--node", agency.folder, "inbox", "show", "1"), "opened by duty-knb", "dabyl inbox shows it")
    tap.equal(
        json.loads(world.run("--json", "--node", agency.folder, "inbox", "show", "1"))["opened"], first, "programs, too"
    )

    # names that are none
    for name in ("0", "99", "x", "..%2f..%2fnode.conf", "%2e%2e", "000000000001", alert["id"].upper(), alert["id"] + "x"):
        tap.ok(desk.get(f"/api/messages/{name}").status in (400, 404), f"no message: {name}")
    tap.equal(desk.get(f"/api/messages/{alert['id']}?author=isoc-energy").status, 404, "nor of another author")
    other = json.loads(agency.bytes_of(alert))
    other["from"] = "hubb"
    with open(agency.path("inbox", f"000000000099-{alert['id']}.json"), "w", encoding="utf-8") as file:
        json.dump(other, file)
    tap.equal(desk.get(f"/api/messages/{alert['id']}").code, "ambiguous", "one id of two authors is told apart")
    tap.equal(desk.get(f"/api/messages/{alert['id']}?author=hub").json["number"], 1, "by the author")
    os.unlink(agency.path("inbox", f"000000000099-{alert['id']}.json"))

    # the evidence, in a folder where nothing else is
    answer = desk.get("/api/messages/1/files.tar")
    tap.has(answer.headers["Content-Disposition"], f"dabyl-{alert['id']}.tar", "its files are a download")
    folder = world.path("evidence")
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as tar:
        names = tar.getnames()
        tar.extractall(folder)  # noqa: S202 names are looked at below
    top = f"dabyl-{alert['id']}"
    tap.ok(all(name.startswith(top + "/") and ".." not in name for name in names), "all in one folder", names)
    with open(os.path.join(folder, top, f"{alert['id']}.json"), "rb") as file:
        tap.equal(file.read(), agency.bytes_of(alert), "with the exact document")
    with open(os.path.join(folder, top, "README.txt"), encoding="utf-8") as file:
        readme = file.read()
    tap.ok(len(readme.splitlines()) <= 24, "and a page that is one screen long")
    (command,) = {line.strip() for line in readme.splitlines() if line.strip().startswith("dabyl verify")}
    words = [os.path.join(folder, top, word) if word[0] != "-" and i > 1 else word for i, word in enumerate(command.split())]
    tap.has(world.run(*words[1:]), "GOOD", "what it says is to be run finds it good")
    path = os.path.join(folder, top, f"{alert['id']}.json")
    with open(path, "r+b") as file:
        file.seek(20)
        file.write(b"X")
    code, _ = world.run(*words[1:], code=None)
    tap.equal(code, 1, "and one byte changed not")

    # without the hub
    world.hub.stop()

    def alone():
        answer = desk.get("/api/messages/1").json
        return not answer["receivers_known"] and answer

    got = until(alone, "the hub is away")
    tap.equal((got["proof"]["good"], got["fields"] != []), (True, True), "the message is shown all the same")
