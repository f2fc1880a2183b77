"""load - runs build/release/tools/bench, and gives what it measured as a record."""

import os
import subprocess

from commands import TOP

TOOL = os.path.join(TOP, "build", "release", "tools", "bench")
NAMES = (
    "peer P S W messages messages_s deliveries_s ack_p50_ms ack_p99_ms ack_p999_ms p50_ms p99_ms p999_ms"
).split()


def load(system, place, case, messages):
    """One run of the tool; `system` is hub or floor, and a floor needs no more than a folder."""
    publishers, subscribers, window = case
    done = subprocess.run(
        [TOOL, system, place.folder, place.endpoint, str(publishers), str(subscribers), str(window),
         str(messages)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{system} {case}: failed; see {place.folder}")
    fields = dict(zip(NAMES, done.stdout.strip().split(",")))
    record = {"peer": fields["peer"], "case": list(case), "rate": None, "messages": int(fields["messages"])}
    record.update({key: float(fields[key]) for key in ("messages_s", "deliveries_s")})
    for key in NAMES[7:]:
        record[key.replace("_ms", "_us")] = round(float(fields[key]) * 1000, 1)
    record["status"] = "ok"
    return record
