#!tests/run
"""Goal: what hub and nodes count is told as Prometheus reads it, and is what happened."""

import shutil
import subprocess

import client
import metrics
import tap
from processes import until
from world import World


def check(text, who):
    """promtool has an opinion on names, units and help, too."""
    tool = shutil.which("promtool")
    if not tool:
        tap.skip(f"promtool takes the metrics of {who}", "promtool is not installed")
        return
    done = subprocess.run(
        [tool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    tap.ok(done.returncode == 0 and not said, f"promtool takes the metrics of {who}", said)


with World(__doc__) as world:
    world.start("nccis", "isoc-energy", "owner-grid")
    before = metrics.of_hub(world)
    tap.equal(before.one("dabyl_hub_info", hub="hub"), 1, "it says which hub it is")
    tap.equal(before.all("dabyl_hub_node_connected", node="knb"), [0.0], "who is away, too")

    centre = world.node("isoc-energy")
    centre.drop(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}))
    centre.drop(client.notice("isoc-energy", 9))  # there is no such level
    with world.node("mfa").client() as raw:
        raw.begin()
        answer = raw.tell(client.notice("isoc-energy", 2))[0]
        tap.equal(answer.code, "from.mismatch", "the hub refuses one")

    def waits():
        now = metrics.of_hub(world)
        return now if now.one("dabyl_hub_deliveries_unsigned", node="knb") >= 1 else None

    now = until(waits, "a delivery that waits for knb")
    tap.ok(
        until(
            lambda: metrics.of_hub(world).one(
                "dabyl_hub_delivery_oldest_unsigned_seconds", node="knb"
            )
            > 0,
            "it to be some time old",
        ),
        "what is not signed for grows older",
    )
    tap.equal(
        now.one("dabyl_hub_duties", kind="alert.acknowledged", exercise="false"),
        1,
        "a duty is open, by what is owed",
    )
    tap.equal(
        now.one("dabyl_hub_duties_overdue", kind="alert.acknowledged", exercise="false"),
        0,
        "and not overdue",
    )
    tap.equal(now.one("dabyl_hub_refusals_total", code="from.mismatch"), 1, "refusals, by code")
    tap.ok(now.one("dabyl_hub_receipts_total") >= 1, "receipts are counted")
    for name in ("turn", "flush"):
        tap.ok(
            now.one(f"dabyl_hub_{name}_seconds_count")
            == now.one(f"dabyl_hub_{name}_seconds_bucket", le="+Inf")
            > before.one(f"dabyl_hub_{name}_seconds_count"),
            f"each {name} is counted once",
        )
    tap.ok(
        0 < now.one("dabyl_hub_disk_free_bytes", of="journal")
        <= now.one("dabyl_hub_disk_size_bytes", of="journal"),
        "there is room on the disk",
    )
    tap.ok(
        now.one("dabyl_hub_certificate_left_seconds", holder="nccis", use="officers") > 0
        and all("duty-nccis" not in pairs.values() for _, pairs, _ in now.samples),
        "officers are counted by their node, and not named",
    )
    tap.ok(
        until(
            lambda: metrics.of_hub(world).one("dabyl_hub_publisher_lag_seconds") == 0,
            "the newest checkpoint",
        ),
        "what is durable gets published",
    )

    world.node("knb").start().connected()
    tap.ok(
        until(
            lambda: metrics.of_hub(world).one(
                "dabyl_hub_delivery_oldest_unsigned_seconds", node="knb"
            )
            == 0,
            "its signature",
        ),
        "it comes, signs, and nothing waits",
    )
    node = until(
        lambda: (
            found
            if (found := metrics.of_node(world, "knb")).one("dabyl_node_unanswered_duties") == 1
            else None
        ),
        "the duty to be known",
    )
    tap.equal(node.one("dabyl_node_inbox_total"), 1, "the node counts what came")
    tap.equal(node.one("dabyl_node_connection", state="ready"), 1, "and has its hub")
    author = metrics.of_node(world, "isoc-energy")
    tap.equal(author.one("dabyl_node_refused_total", by="hub"), 1, "and what was refused")
    tap.equal(author.one("dabyl_node_receipts_total"), 1, "and its receipts")
    check(metrics.of_hub(world).text, "the hub")
    check(node.text, "a node")

    world.hub.stop()
    code, text = world.run("hub", "metrics", world.hub.folder, code=None)
    tap.ok(code == 3 and "not running" in text, "without the hub it says so", text)
    tap.ok(
        until(
            lambda: metrics.of_node(world, "knb").one("dabyl_node_connected") == 0,
            "the node to notice",
        ),
        "and the node knows that it is gone",
    )
