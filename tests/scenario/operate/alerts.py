#!tests/run
"""Goal: each row of the operator's table is a rule that fires when it should, on what a hub really counts."""

import json
import os
import re
import shutil
import subprocess

import client
import metrics
import tap
from commands import TOP
from processes import until
from world import World

HOUR, DAY = 60, 24 * 60  # minutes
HALF_A_YEAR = 180 * 86400

# alert: (series and its values in which it fires, in which it does not, labels of what fires)
# Values are promtool's: "0x90" is 0 each minute, "0+5x90" grows by 5.  A series is named whole.
ONE = "1x90"
NONE = "0x90"


def flag(name, labels=""):
    """What is 1 when it is wrong."""
    return ({name + labels: ONE}, {name + labels: NONE})


def hist(name, slow):
    return {
        f'{name}_bucket{{le="0.1"}}': "0+0x90" if slow else "0+10x90",
        f'{name}_bucket{{le="1"}}': "0+0x90" if slow else "0+10x90",
        f'{name}_bucket{{le="5"}}': "0+10x90",
        f'{name}_bucket{{le="+Inf"}}': "0+10x90",
    }


CASES = {
    "DabylDown": flag("up", '{job="dabyl-hub",instance="here"}')[::-1],
    "DabylHubRestarts": (
        {"dabyl_hub_up_seconds": "0x60 900 5 900 5 900 5 900 5x30"},
        {"dabyl_hub_up_seconds": "0+60x90"},
    ),
    "DabylHubRolledBack": flag("dabyl_hub_rolled_back"),
    "DabylHubDiskFull": flag("dabyl_hub_disk_full"),
    "DabylHubDiskLow": (
        {'dabyl_hub_disk_free_bytes{of="journal"}': "9x90", 'dabyl_hub_disk_size_bytes{of="journal"}': "100x90"},
        {'dabyl_hub_disk_free_bytes{of="journal"}': "11x90", 'dabyl_hub_disk_size_bytes{of="journal"}': "100x90"},
    ),
    "DabylHubDiskFillsSoon": (
        {'dabyl_hub_disk_free_bytes{of="journal"}': "1000000-1000x500"},
        {'dabyl_hub_disk_free_bytes{of="journal"}': "1000000-1x500"},
    ),
    "DabylHubClockHeld": flag("dabyl_hub_clock_held"),
    "DabylDutyOverdue": (
        {'dabyl_hub_duties_overdue{exercise="false",kind="alert.acknowledged"}': "2x90"},
        {
            'dabyl_hub_duties_overdue{exercise="false",kind="alert.acknowledged"}': NONE,
            'dabyl_hub_duties_overdue{exercise="true",kind="alert.acknowledged"}': "9x90",
        },
    ),
    "DabylDutyTowardsNobody": flag("dabyl_hub_duties_towards_nobody"),
    "DabylDeliveryUnsigned": (
        {'dabyl_hub_delivery_oldest_unsigned_seconds{node="knb"}': "0+60x90"},
        {'dabyl_hub_delivery_oldest_unsigned_seconds{node="knb"}': "0 600 0x88"},
    ),
    "DabylNodeAway": flag("dabyl_hub_node_connected", '{node="knb",role="national-security"}')[::-1],
    "DabylNodeContradicts": flag("dabyl_hub_node_contradicts", '{node="knb"}'),
    "DabylRefusalsMany": (
        {'dabyl_hub_refusals_total{code="doc.schema"}': "0+60x90"},
        {'dabyl_hub_refusals_total{code="doc.schema"}': "0+1x90"},
    ),
    "DabylRulesRefused": flag("dabyl_hub_rules_refused_total"),
    "DabylUnreadable": flag("dabyl_hub_unreadable_total"),
    "DabylQuarantined": flag("dabyl_hub_quarantined_entries"),
    "DabylLawFilesBad": flag("dabyl_hub_law_files_bad"),
    "DabylLawWarns": flag("dabyl_hub_law_warnings"),
    "DabylRoleAbsent": (
        {'dabyl_hub_role_absent{role="media",by_law="true",known="false"}': ONE},
        {
            'dabyl_hub_role_absent{role="media",by_law="true",known="true"}': ONE,
            'dabyl_hub_role_absent{role="isoc",by_law="true",known="false"}': NONE,
        },
    ),
    "DabylCertificateEnds": (
        {'dabyl_hub_certificate_left_seconds{holder="knb",use="seal"}': "2591000x90"},
        {'dabyl_hub_certificate_left_seconds{holder="knb",use="seal"}': f"{HALF_A_YEAR}x90"},
    ),
    "DabylCertificateEnded": (
        {'dabyl_hub_certificate_left_seconds{holder="knb",use="channel"}': NONE},
        {'dabyl_hub_certificate_left_seconds{holder="knb",use="channel"}': ONE},
    ),
    "DabylCrlDue": ({"dabyl_hub_crl_left_seconds": ONE}, {"dabyl_hub_crl_left_seconds": "259200x90"}),
    "DabylCrlStale": ({"dabyl_hub_crl_left_seconds": "-5x90"}, {"dabyl_hub_crl_left_seconds": ONE}),
    "DabylPublisherLags": (
        {"dabyl_hub_publisher_lag_seconds": "0+60x90"},
        {"dabyl_hub_publisher_lag_seconds": ONE},
    ),
    "DabylFlushSlow": (hist("dabyl_hub_flush_seconds", True), hist("dabyl_hub_flush_seconds", False)),
    "DabylTurnSlow": (hist("dabyl_hub_turn_seconds", True), hist("dabyl_hub_turn_seconds", False)),
    "DabylConnectionsNearLimit": (
        {"dabyl_hub_connections": "81x90", "dabyl_hub_connections_limit": "100x90"},
        {"dabyl_hub_connections": "79x90", "dabyl_hub_connections_limit": "100x90"},
    ),
    "DabylLimitReached": (
        {'dabyl_hub_limit_reached_total{limit="limits.connections"}': "0x85 1x5"},
        {'dabyl_hub_limit_reached_total{limit="limits.connections"}': "7x90"},
    ),
    "DabylAttachmentsNearLimit": (
        {"dabyl_hub_attachment_bytes": "91x90", "dabyl_hub_attachment_bytes_limit": "100x90"},
        {"dabyl_hub_attachment_bytes": "89x90", "dabyl_hub_attachment_bytes_limit": "100x90"},
    ),
    "DabylHubLogLost": ({"dabyl_hub_log_lines_lost_total": "0x85 9x5"}, {"dabyl_hub_log_lines_lost_total": "9x90"}),
    "DabylSnapshotFailed": flag("dabyl_hub_snapshot_failed"),
    "DabylHubRetentionLate": (
        {'dabyl_hub_retention_due{erase="true",kind="advisory"}': "0x20 5x10110"},
        {
            'dabyl_hub_retention_due{erase="true",kind="advisory"}': "5x60 0 5x10110",
            'dabyl_hub_retention_due{erase="false",kind="advisory"}': "5x10200",
        },
    ),
    "DabylNodeLost": flag("dabyl_node_connected")[::-1],
    "DabylNodeNotLetIn": (
        {'dabyl_node_connection{state="stopped"}': ONE, 'dabyl_node_connection{state="ready"}': NONE},
        {'dabyl_node_connection{state="stopped"}': NONE, 'dabyl_node_connection{state="ready"}': ONE},
    ),
    "DabylJoinsShutOut": flag("dabyl_hub_joins_shut_out"),
    "DabylJoinsWait": flag("dabyl_hub_joins_waiting"),
    "DabylNodeContradicted": flag("dabyl_node_contradicted"),
    "DabylNodeOutboxOld": (
        {"dabyl_node_outbox_oldest_seconds": "0+60x90"},
        {"dabyl_node_outbox_oldest_seconds": "200x90"},
    ),
    "DabylNodeOutboxLeft": flag("dabyl_node_outbox_left"),
    "DabylNodeOutboxStuck": flag("dabyl_node_outbox_stuck"),
    "DabylNodeRefused": (
        {'dabyl_node_refused_total{by="hub"}': "0x80 1x10"},
        {'dabyl_node_refused_total{by="hub"}': "4x90"},
    ),
    "DabylNodeUnanswered": (
        {"dabyl_node_unanswered_duties": "0x60 1x30"},
        {"dabyl_node_unanswered_duties": "0x80 1x10"},
    ),
    "DabylNodeErasedWaits": (
        {"dabyl_node_erased_waiting": "0x20 1x1460"},
        {"dabyl_node_erased_waiting": "1x700 0 1x780"},
    ),
    "DabylNodeUrgentWaits": flag("dabyl_node_urgent_announced"),
    "DabylNodeCommandFails": (
        {"dabyl_node_command_given_up_total": "0x80 1x10"},
        {"dabyl_node_command_given_up_total": ONE},
    ),
    "DabylNodeNoticesWait": (
        {"dabyl_node_notices_oldest_seconds": "0+60x90"},
        {"dabyl_node_notices_oldest_seconds": "30x90"},
    ),
    "DabylNodeNoticesGivenUp": (
        {"dabyl_node_notices_given_up_total": "0x80 1x10"},
        {"dabyl_node_notices_given_up_total": ONE},
    ),
    "DabylNodeNobodyAnswers": flag("dabyl_node_notices_escalated"),
    "DabylNodeNotifierSilent": (
        {"dabyl_node_notifier_silent_seconds": "0+60x90"},
        {"dabyl_node_notifier_silent_seconds": "31x90"},
    ),
    "DabylNodeCertificateEnds": (
        {'dabyl_node_certificate_left_seconds{holder="knb",use="seal"}': ONE},
        {'dabyl_node_certificate_left_seconds{holder="knb",use="seal"}': f"{HALF_A_YEAR}x90"},
    ),
    "DabylNodeCrlStale": ({"dabyl_node_crl_left_seconds": NONE}, {"dabyl_node_crl_left_seconds": ONE}),
    "DabylNodeDiskFull": flag("dabyl_node_disk_full"),
    "DabylNodeDiskLow": (
        {"dabyl_node_disk_free_bytes": "9x90", "dabyl_node_disk_size_bytes": "100x90"},
        {"dabyl_node_disk_free_bytes": "11x90", "dabyl_node_disk_size_bytes": "100x90"},
    ),
    "DabylNodeClockOff": (
        {"dabyl_node_hub_ahead_seconds": "-61x90"},
        {"dabyl_node_hub_ahead_seconds": "3x90"},
    ),
    "DabylNodeLogLost": (
        {"dabyl_node_log_lines_lost_total": "0x85 9x5"},
        {"dabyl_node_log_lines_lost_total": "9x90"},
    ),
}
MINUTES = {  # when it is looked; else 90
    "DabylHubDiskFillsSoon": 480,
    "DabylHubRestarts": 70,
    "DabylHubRetentionLate": 10120,
    "DabylNodeErasedWaits": 1470,
}


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        return file.read()


def rules():
    """{alert: expression} as promtool reads them, by a reader of ours of this file's form."""
    text = read("hub/etc/alerts.yml")
    found = re.findall(r"- alert: (\w+)\n +expr: '((?:[^']|'')*)'", text)
    return {name: expression.replace("''", "'") for name, expression in found}


def rows():
    return re.findall(r"^\| (Dabyl\w+) \| (\w+) \| [^|]+ \| [^|]+ \|$", read("hub/MONITORING.md"), re.M)


def used(expression):
    return set(re.findall(r"\bdabyl_\w+", expression))


def promtool(*words):
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def series(values):
    return [{"series": name, "values": value} for name, value in values.items()]


def expect(name, fires, minutes):
    """Whether the alert fires at that minute, whatever its labels."""
    return {
        "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)',
        "eval_time": f"{minutes}m",
        "exp_samples": [{"labels": "{}", "value": fires}],
    }


def test(values, expectations):
    """A test of promtool's."""
    return {
        "interval": "1m",
        "input_series": series(values),
        "promql_expr_test": expectations,
    }


def together(fires):
    """Tests of all cases, those with other series in one: each evaluates all rules."""
    groups = []
    for name, case in CASES.items():
        values = case[not fires]
        asked = set().union(*(used(one) or {one.split("{")[0]} for one in values))
        for group in groups:
            if not asked & group[0]:
                break
        else:
            groups.append(group := (set(), {}, []))
        group[0].update(asked)
        group[1].update(values)
        group[2].append(expect(name, int(fires), MINUTES.get(name, 90)))
    return [test(values, expectations) for _, values, expectations in groups]


def run(world, tests):
    """JSON is YAML."""
    path = world.path("alerts.test.yml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(
            {
                "rule_files": [os.path.join(TOP, "hub/etc/alerts.yml")],
                "evaluation_interval": "1m",
                "tests": tests,
            },
            file,
        )
    return promtool("test", "rules", path)


def as_they_are(told):
    """A scrape, as if it stayed so."""
    return {
        name
        + "{"
        + ",".join(f"{a}={json.dumps(b)}" for a, b in sorted(labels.items()))
        + "}": f"{value:.6f}x90"
        for name, labels, value in told.samples
    }


with World(__doc__, cast=("nccis", "isoc-energy", "knb", "owner-grid", "mfa")) as world:
    table, all_rules = rows(), rules()
    tap.equal(sorted(name for name, _ in table), sorted(all_rules), "each row of the table is a rule")
    tap.equal(sorted(CASES), sorted(all_rules), "and each rule is tried here")
    tap.ok(
        all(
            f"- alert: {name}\n" in read("hub/etc/alerts.yml")
            and f"labels: {{severity: {severity}}}"
            in read("hub/etc/alerts.yml").split(f"- alert: {name}\n")[1].split("- alert:")[0]
            for name, severity in table
        ),
        "as urgent as the table says",
    )

    world.start("nccis", "isoc-energy", "owner-grid")
    world.node("isoc-energy").drop(client.notice("isoc-energy", 4, body={"object": "obj-grid-1"}))
    hub = until(
        lambda: found
        if (found := metrics.of_hub(world)).all("dabyl_hub_deliveries_unsigned", node="knb")[0] > 0
        else None,
        "an alert that waits for knb",
    )
    node = metrics.of_node(world, "nccis")
    known = hub.names() | node.names()
    for name, expression in all_rules.items():
        if used(expression) - known:
            tap.ok(False, f"{name} asks for what is counted", used(expression) - known)
    tap.ok(
        set().union(*map(used, all_rules.values())) <= known, "rules ask for what is counted"
    )
    dashboard = json.loads(read("hub/etc/dashboard.json"))
    asked = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
    tap.ok(
        len(asked) > 20 and set().union(*map(used, asked)) <= known, "so does the dashboard"
    )

    if not shutil.which("promtool"):
        for what in ("the rules are well-formed", "each fires and is quiet", "on a hub's output"):
            tap.skip(what, "promtool is not installed (packages-monitoring.list)")
    else:
        code, text = promtool("check", "rules", os.path.join(TOP, "hub/etc/alerts.yml"))
        tap.ok(code == 0, "the rules are well-formed", text)
        # Disks are this machine's; what is young is not due.
        quiet = {name: 0 for name in CASES if "Disk" not in name and name != "DabylDown"}
        real = {**as_they_are(hub), **as_they_are(node)}
        away = {**quiet, "DabylNodeAway": 2}  # knb and mfa do not run
        code, text = run(
            world,
            [
                *together(True),
                *together(False),
                test(real, [expect(name, fires, 89) for name, fires in away.items()]),
                test({}, [{"expr": expression, "eval_time": "1m"} for expression in asked]),
            ],
        )
        for name in CASES:
            tap.ok(f'"{name}"' not in text.replace("\\", ""), f"{name} fires when it should, and only then", text)
        tap.ok(
            code == 0,
            "of a hub as it is only who is away is alarmed of, and the dashboard can be evaluated",
            text,
        )
