#!tests/run
"""Goal: a supervisor gets incidents over time, times to answer and what is overdue, as tables and as CSV."""

import csv
import io

import client
import tap
from console import Console
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "knb")) as world:
    world.start()
    centre, desk, agency = world.node("isoc-energy"), world.node("nccis"), world.node("knb")
    console, other = Console(world, agency).start(), Console(world, desk).start()
    browser, nccis = console.browser("aigul"), other.browser("aigul")

    def tables(of=browser, query=""):
        answer = of.get("/api/statistics" + query)
        return answer.json["tables"] if answer.status == 200 else f"{answer.status} {answer.body}"

    def total(table, column):
        at = table["columns"].index(column)
        return sum(row[at] for row in table["rows"])

    nothing = tables()
    tap.equal(nothing["levels"]["rows"], [], "no incidents at first")
    tap.equal(nothing["answers"]["rows"], [], "and no answers")

    notice = client.notice("isoc-energy", 4, body={"object": "obj-grid-1", "sector": "power-supply"})
    centre.drop(notice)
    (alert,) = agency.has_received(1)
    desk.has_received(1)
    until(lambda: total(tables()["levels"], "4") == 1, "the incident is counted at the agency, by its alert")
    until(lambda: total(tables(nccis)["levels"], "4") == 1, "and at the centre")
    tap.equal(total(tables(nccis)["sectors"], "power-supply"), 1, "by sector")
    words = tables(nccis)["sectors"]["words"]["power-supply"]
    tap.equal((words["ru"], words["en"]), ("электроснабжение", "power supply"), "which has its name in each language")
    asked = {row[0]: row[1:] for row in tables()["answers"]["rows"]}
    tap.equal(asked["security.alert"], [1, 0, None, None, None], "the alert waits for an answer")

    def duties():
        return {row[0]: row[1:] for row in tables()["overdue"]["rows"]}.get("national-security")

    until(lambda: duties() == [1, 0, 0, 0], "of duties the hub says which role owes one")

    world.run("--node", agency.folder, "ack", "1", "accepted")
    until(lambda: tables()["answers"]["rows"][0][2] == 1, "the answer is counted")
    row = tables()["answers"]["rows"][0]
    tap.ok(all(isinstance(n, int) and n >= 0 for n in row[3:]), "with the time it took", row)
    until(lambda: duties() == [0, 0, 1, 0], "and the duty is met")
    tap.equal(tables(query="?since=2999-01-01")["levels"]["rows"], [], "nothing of a time that is to come")
    tap.equal(total(tables(query="?since=1900-01-01&by=day")["levels"], "4"), 1, "all since a year of long ago")

    # the incident is taken back
    centre.drop(client.notice("isoc-energy", 4, cancels={"author": "isoc-energy", "id": notice["id"]},
                              body={"object": "obj-grid-1", "sector": "power-supply"}))  # fmt: skip
    until(lambda: total(tables(nccis)["levels"], "4") == 0, "what was taken back is not counted")

    answer = browser.get("/api/statistics?table=answers&format=csv")
    tap.has(answer.headers["Content-Type"], "text/csv", "a table as CSV")
    tap.has(answer.headers["Content-Disposition"] or "", "attachment", "which is saved")
    lines = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    tap.equal(lines[0], ["kind", "asked", "answered", "median_s", "p90_s", "worst_s"], "with its columns")
    tap.ok(answer.body.endswith(b"\r\n") and lines[1][:3] == ["security.alert", "1", "1"], "and rows", lines)

    for bad in ("by=year", "table=evil", "format=xls", "format=csv", "since=x", "until=2026-02-30", "table=levels&by=%00"):
        answer = browser.get("/api/statistics?" + bad)
        tap.equal((answer.status, "malformed" in answer.body.decode()), (400, True), f"{bad} is malformed")

    # without the node's daemon the rest is there
    agency.stop()

    def without():
        answer = browser.get("/api/statistics").json
        return "overdue" in answer["missing"] and "levels" in answer["tables"]

    until(without, "what does not come from the hub is there without it")
    answer = browser.get("/api/statistics?table=overdue&format=csv")
    tap.equal((answer.status, answer.code), (503, "unanswered"), "the other says that nobody answers")
