#!tests/run
"""Goal: a law that leaves somebody untold loads, and rules check, dabyl-hub -n and status say so for as long as it is in force."""

import json
import re
import shutil

import client
import tap
from world import CAST, World

with World(
    __doc__, [name for name in CAST if name != "knb"],
    law="laws that leave somebody untold",
) as world:
    path, conf = world.hub.path("rules", "plan.rules"), world.hub.path("hub.conf")
    with open(conf, encoding="utf-8") as file:
        expected = file.read()

    def expect(roles):
        """That nobody has these roles here."""
        with open(conf, "w", encoding="utf-8") as conf_file:
            conf_file.write(re.sub(r"absent_roles = \[.*\]", f"absent_roles = [ {roles} ]", expected))

    expect("")
    with open(path, encoding="utf-8") as file:
        good = file.read()
    at = good.index("{", good.rindex("}", 0, good.index('id = "notice.alert"')))
    silent = good[:at] + good[good.index("{", good.index('id = "update.alert"') - 10) :]

    def said():
        """What each of the three says, and the exit code of the status."""
        _, checked = world.run("rules", "check", path, code=None)
        code, tried = world.run("-n", conf, program="dabyl-hub", code=None)
        tap.equal(code, 0, "it is a law")
        code, status = world.run("hub", "status", world.hub.folder, code=None)
        return code, {"rules check": checked, "dabyl-hub -n": tried, "status": status}

    nobody = "reaches nobody: national-security"
    world.hub.start()
    code, texts = said()
    tap.equal(code, 1, "with no node of national security the status exits 1")
    for who, text in texts.items():
        tap.has(text, nobody, f"{who} says that nobody has the role")
        tap.ok("paragraph 488:14" not in text, f"{who} finds the alert", text)
    tap.has(world.hub.process.text(), "law.warning", "and the log at the start")

    there = world.hub.path("roster")
    code, text = world.run("rules", "check", path, "--roster", there, code=None)
    absent = [line.split("nobody has ")[1].split() for line in text.splitlines() if "  nobody has " in line]
    tap.equal(
        (code, [line[0] for line in absent], absent and absent[0][-1]),
        (1, ["national-security"], "488:14"),
        "rules check --roster lists the role and its paragraph, and ends with 1",
    )

    # --- nor has anybody an office ----------------------------------------------------------------
    words = ("rules", "check", path, "--roster", there)

    def vacant():
        lines = world.run(*words, "--json", code=None)[1].splitlines()
        found = [json.loads(line) for line in lines if '"vacant"' in line]
        return {(one["vacant"], one["role"]): (one["cites"], one["by_law"]) for one in found}

    tap.equal(vacant(), {}, "the heads who seal are there")
    head = world.hub.path("roster", "head-nccis-seal.pem"), world.path("head-nccis-seal.pem")
    shutil.move(*head)
    tap.equal(vacant(), {("head", "nccis"): ("488:22, default", False)}, "one who is not, is listed")
    code, text = world.run(*words, code=None)
    tap.has(text, "no officer of nccis is head, whose seal is needed by para 488:22, operational default", "in words, too")
    shutil.move(*reversed(head))

    # --- which may be meant to be so -------------------------------------------------------------
    expect('"national-security"')
    code, text = world.run("-n", conf, program="dabyl-hub", code=None)
    tap.ok(code == 0 and "warning" not in text, "a role that is known to be absent is none", text)
    expect('"national-secrecy"')
    code, text = world.run("-n", conf, program="dabyl-hub", code=None)
    tap.ok(code == 1 and "unknown role 'national-secrecy'" in text, "one that no node can have is an error", text)
    expect("")

    # --- the rule that alerts is gone --------------------------------------------------------
    world.cast["knb"] = CAST["knb"]
    world.enrol("knb", *CAST["knb"])
    tap.equal(
        vacant(),
        {("/body/decided_by/office", "national-security"): ("488:15, default", False)},
        "of who comes without its officers it is said that it can suspend nothing",
    )
    world.write_rules(silent)
    tap.has(world.reload(), "law.reloaded", "a law without the alert is one")
    code, texts = said()
    tap.equal(code, 1, "and the status exits 1")
    for who, text in texts.items():
        tap.has(text, "paragraph 488:14", f"{who} says that national security is not told")
        tap.has(text, "incident.notice of level 4 from: isoc, nccis, owner", f"{who} says of what")
        tap.ok(nobody not in text, f"{who} finds somebody in the role", text)
    world.raw("nccis", "isoc-energy", "knb")
    (answer,) = world.raws["isoc-energy"].tell(client.notice("isoc-energy", 4))
    tap.ok("security.alert" not in answer.told, "and so it is", answer.told)

    # --- and back ----------------------------------------------------------------------------
    world.write_rules(good)
    world.reload()
    code, texts = said()
    tap.equal(code, 0, "under the plan, with everybody there, the status exits 0")
    for who, text in texts.items():
        tap.ok("arning" not in text and "WARNING" not in text, f"{who} has nothing to say", text)
    status = json.loads(world.run("hub", "status", world.hub.folder, "--json"))
    tap.equal(status["warnings"], [], "nor has its JSON")
