#!tests/run
"""Goal: forms are those of the law that the node knows: none before it knows one, others when another comes into force."""

import tap
from console import Console
from processes import until
from world import World

with World(__doc__, ("nccis", "isoc-energy"), law="three rules less, to have two laws") as world:
    node = world.node("isoc-energy")
    browser = Console(world, node).start().browser("daniyar")
    for target in ("kinds", "forms/incident.notice", "forms/call"):
        answer = browser.get("/api/" + target)
        tap.equal((answer.status, answer.code), (503, "unanswered"), f"{target}: not before a law is known")
    tap.equal(browser.get("/api/drafts").json, [], "drafts need none")
    world.start("isoc-energy")

    def kinds():
        answer = browser.get("/api/kinds")
        return {one["kind"] for one in answer.json} if answer.status == 200 else set()

    until(lambda: "threat.report" in kinds(), "kinds by the law in force")
    tap.equal(browser.get("/api/forms/threat.report").status, 200, "a form by the law in force")
    world.drop_rules("threat.nccis", "threat.isoc", "feed.threats")
    world.seal_rules("duty-nccis")
    world.reload()
    world.kill_hub()  # a new session asks for the law at once
    until(lambda: "threat.report" not in kinds(), "kinds by the new law")
    answer = browser.get("/api/forms/threat.report")
    tap.equal((answer.status, answer.code), (403, "role.kind"), "what the new law does not let it send has no form")
    with open(node.path("state", "law.json"), "r+", encoding="utf-8") as file:
        text = file.read().replace("information.request", "information.demand")
        file.seek(0)
        file.write(text)
    answer = browser.get("/api/kinds")
    tap.ok(
        answer.status == 503 or "information.demand" not in {one["kind"] for one in answer.json},
        "a copy that somebody changed makes no form",
        answer.body[:200],
    )
