#!tests/run
"""Goal: a notice is not taken without the alert that the law derives from it; what of that can be seen at load is refused there."""

import json

import client
import tap
from world import World

# A duty that counts from a moment of the notice: one that lies in the future is refused, and
# only with the notice can be seen.
COUNTED = """
{
    id = "alert.counted";
    cites = "14";
    default = true;
    on = "security.alert";
    from = [ "hub" ];
    when = ( { field = "/body/detected_at"; present = true; } );
    oblige = ( {
        duty = "alert.seen";
        debtor = "role:nccis";
        towards = "role:national-security";
        met_by = "delivery";
        from = "/body/detected_at";
        within = "1 h";
        default = true;
    } );
    tell = "sender";
},
"""

with World(
    __doc__, ("nccis", "isoc-energy", "knb"),
    law="routes that leave out what the law derives",
) as world:
    path, conf = world.hub.path("rules", "plan.rules"), world.hub.path("hub.conf")
    with open(path, encoding="utf-8") as file:
        good = file.read()

    def status():
        return world.run("hub", "status", world.hub.folder, code=None)

    # --- what is seen at load ---------------------------------------------------------------
    at = good.index('deliver = [ "role:national-security"', good.index('id = "alert.agencies"'))
    narrow = good[:at] + 'when = ( { field = "/body/level"; at_least = 5; } );\n    ' + good[at:]
    of_hub = 'on = "security.alert";\n    from = [ "hub" ]'
    unrouted = good.replace(of_hub, of_hub.replace("hub", "nccis"))
    # The first by kind and place of those that emit it.
    line = 1 + good[: good.index("emit", good.index('id = "closure.alert"'))].count("\n")
    world.hub.start()
    world.raw()
    author = world.raws["isoc-energy"]
    for name, text in (("for level 5 alone", narrow), ("not for the hub", unrouted)):
        world.write_rules(text)
        for who, (code, said) in (
            ("rules check", world.run("rules", "check", path, code=None)),
            ("dabyl-hub -n", world.run("-n", conf, program="dabyl-hub", code=None)),
        ):
            tap.ok(
                code != 0 and f"plan.rules:{line}: rule 'closure.alert'" in said,
                f"a route {name}: {who} refuses the rule that emits, by its line",
                said,
            )
        tap.has(world.reload(), "law.refused", f"a route {name}: so does a reload")

    # --- what only the message shows ----------------------------------------------------------
    agencies = '{\n    id = "alert.agencies"'
    counted = good.replace(agencies, COUNTED.strip() + "\n" + agencies)
    world.write_rules(counted)
    tap.has(world.reload(), "law.reloaded", "a duty that counts from the notice's moment is a law")
    tap.equal(status()[0], 0, "and all is well")
    early = client.notice("isoc-energy", 4, body={"detected_at": client.rfc3339(86400)})
    explained = author.explain(early)
    (answer,) = author.tell(early)
    tap.equal(
        (getattr(answer, "code", None), getattr(answer, "pointer", None)),
        ("rule.emit", "/body/detected_at"),
        "a notice whose alert is refused is refused, and its field named",
    )
    tap.equal(explained["code"], "rule.emit", "explain says the same")
    got = world.fence()
    tap.equal([name for name, list in got.items() if list], [], "nobody got part of it")
    code, said = status()
    tap.ok(
        code == 1 and "security.alert of rule notice.alert" in said,
        "status names it and exits 1",
        said,
    )
    for _ in range(3):
        author.tell(early)
    lines = [text for text in world.hub.process.text().splitlines() if "derive.refused" in text]
    tap.equal(len(lines), 1, "the log has it once, however often it comes")
    tap.has(status()[1], "4 messages were not taken", "and status counts")
    before = client.notice("isoc-energy", 4, body={"detected_at": client.rfc3339(-60)})
    (answer,) = author.tell(before)
    tap.has(answer.told, "emit security.alert", "what the law can follow is taken, with its alert")

    # --- mended ------------------------------------------------------------------------------
    world.write_rules(good)
    world.reload()
    tap.equal(status()[0], 0, "under a law that is mended all is well again")
    (answer,) = author.tell(early)
    tap.has(answer.told, "emit security.alert", "and the same notice is taken, with its alert")
    got = world.fence()
    kinds = [d.leaf["kind"] for d in got["knb"]]
    tap.equal(kinds, ["security.alert"] * 2, "the agencies were alerted each time")
    alarms = json.loads(world.run("hub", "status", world.hub.folder, "--json"))["alarms"]
    tap.equal(alarms, [], "no alarm is left")
