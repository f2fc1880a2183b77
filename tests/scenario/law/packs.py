#!tests/run
"""Goal: acts of law come and go in packs, each under its own seal, and none touches another or keeps its messages out."""

import os
import shutil

import client
import entries
import tap
from cast import ORIGIN
from world import World

ACT = """pack = {
    instrument = "48";
    act = "order";
    title = { kk = "t"; ru = "t"; en = "t"; };
    number = "48/N";
    date = "2018-03-19";
    edition = "2018-03-19";
    source = "invented";
    paragraphs = [ "1 to 3" ];
};
"""
RULE = """rules = ( {
    id = "authority.too";
    cites = "2";
    on = "incident.notice";
    from = [ "isoc" ];
    deliver = [ "role:authority", "role:nccis" ];
    tell = "sender";
} );
"""

with World(__doc__, ("nccis", "isoc-energy", "authority"), law="a second act") as world:
    plan, order = (world.hub.path("rules", name) for name in ("plan.rules", "exchange.rules"))
    world.officer("later", "nccis")
    world.admit("later")

    def write(text):
        with open(order, "w", encoding="utf-8") as file:
            file.write(text)

    def seal(officer, *more, code=0):
        keys = ("--key", world.path(officer, "keys", "seal.key"), "--cert", world.path(officer, "certs", "seal.pem"))
        return world.run("rules", "seal", order, "--with", plan, "--origin", ORIGIN, *keys, *more, code=code)

    def refused(text, part, name):
        """Sealed all the same, as the tool would not."""
        write(text)
        with open(order + ".seal", "w", encoding="utf-8") as file:
            file.write(world.rules_seal(text, "later"))
        line = world.reload()
        tap.ok("law.refused" in line and part in line, name, line)
        tap.has(seal("later", code=1), part, "and nobody is let seal it")

    def told():
        (receipt,) = world.raws["isoc-energy"].tell(client.notice("isoc-energy", 2))
        return receipt.told

    world.hub.start()
    world.raw()
    write(ACT + RULE)
    line = world.reload()
    tap.ok("law.refused" in line and "exchange.rules.seal" in line, "a pack without a seal is no law", line)
    tap.ok("authority.too" not in told(), "what was in force stays")
    tap.has(seal("later"), "sealed " + order, "an officer seals it, and it alone")
    tap.has(world.reload(), "law.reloaded", "and it comes into force")
    lines = told()
    tap.has(lines, "deliver authority authority.too sender 48:2\n", "by the act that it cites")
    tap.has(lines, "deliver nccis notice.nccis sender 488:8.3, 8.5, 10\n", "the higher act says first what both say")

    # Bad input.
    refused(ACT + RULE.replace('"2"', '"4"'), "'4' is neither a paragraph of 48 (1 to 3)", "a citation of no paragraph of its act is refused")
    refused(ACT + RULE.replace("authority.too", "notice.nccis"), "rule id 'notice.nccis' is taken by", "and an id of another pack")
    refused(ACT.replace('"48"', '"488"') + RULE, "its instrument is 488, and so is that of", "and another's instrument")
    refused(ACT + RULE.replace("tell =", "seals = 1;\n    tell ="), "wants seals on 'incident.notice', which is a kind of 488", "and what would keep a higher act's messages out")
    refused(ACT.replace("    source", "    colour = 1;\n    source") + RULE, "unknown key 'colour'", "and what no pack says")
    refused(RULE, "which act its rules carry out is missing", "and rules of no act")
    tap.has(told(), "authority.too", "what was in force stays")

    # The plan was sealed by an officer who has left since: that pack was judged then.
    write(ACT + RULE.replace('[ "isoc" ]', '[ "isoc", "owner" ]'))
    seal("later")
    world.revoke("duty-nccis")
    tap.has(world.reload(), "law.reloaded", "a pack is replaced after the other's officer has left")
    os.rename(order, world.path("kept.rules"))
    os.rename(order + ".seal", world.path("kept.rules.seal"))
    tap.has(world.reload(), "law.reloaded", "and taken out")
    tap.ok("authority.too" not in told(), "its rules are gone")
    tap.has(told(), "notice.nccis sender 488:8.3", "and the plan's are there")
    shutil.copy(world.path("kept.rules"), order)
    shutil.copy(world.path("kept.rules.seal"), order + ".seal")
    tap.equal(world.hub.stop(), 0, "the hub stops")
    world.hub.start()
    world.raw()
    tap.has(told(), "authority.too sender 48:2", "a start takes it in again")
    tap.equal(world.hub.stop(), 0, "the hub stops")

    packs = [e.document.count(b"\npack = {") for e in entries.read(world.hub.path("journal")) if e.type == "rules"]
    tap.equal(packs, [1, 2, 2, 1, 2], "each entry has the whole set in force")
