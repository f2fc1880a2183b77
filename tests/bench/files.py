"""files - attachments beside notices: whoever waits for an alarm must not notice them."""

import concurrent.futures
import os
import statistics
import time

import client
from figures import Case, Column
from load import load
from place import Place
from route import example

SECONDS, RATE = 20, 200
SIZE = 100_000_000
CROWD = {"sub": 1, "pub": 1, "owner": 1, "reader": 1}
MEGA = 1e6


def announce(owner, reader, data, number):
    """A plan that names these octets, so that they may be handed in and fetched."""
    plan = {"name": "plan.pdf", "size": len(data), "sha256": client.sha(data).hex()}
    (receipt,) = owner.tell(example("plan.submission", owner.node, body={"file": plan}))
    if not isinstance(receipt, client.Receipt):
        raise RuntimeError(f"refused: {receipt}")
    reader.take(number)


def fetch(reader, data):
    """All of it, compared piece by piece."""
    digest, offset, octets = client.sha(data), 0, memoryview(data)
    while offset < len(data):
        answer = reader.fetch(digest, offset)
        if not isinstance(answer, client.Piece) or octets[offset : offset + len(answer.data)] != answer.data:
            raise RuntimeError("an attachment is not what was handed in")
        offset += len(answer.data)


def timed(work, *arguments):
    began = time.monotonic()
    result = work(*arguments)
    return time.monotonic() - began, result


def hand_over(place):
    """Files of one owner, in and out again, one after the other for so long; seconds for each way."""
    given, fetched, end = [], [], time.monotonic() + SECONDS
    with place.speak("owner-1") as owner, place.speak("reader-1") as reader:
        owner.begin()
        reader.begin()
        while not given or time.monotonic() < end:
            data = os.urandom(SIZE)
            announce(owner, reader, data, len(given) + 1)
            seconds, answer = timed(owner.hand_in, data)
            if not isinstance(answer, client.Receipt):
                raise RuntimeError(f"an attachment was not taken: {answer}")
            given.append(seconds)
            fetched.append(timed(fetch, reader, data)[0])
    return given, fetched


class Attachments(Case):
    name, against = "attachments", "without"
    text = f"{RATE} notices/s, timed from when each was due, while files of 100 MB go in and out one after the other"
    columns = (
        Column("ack_p50_us", "publish to receipt p50, ms", 1000, 3, True),
        Column("p50_us", "publish to delivery p50, ms", 1000, 3, True),
        Column("p99_us", "publish to delivery p99, ms", 1000, 2, True),
        Column("files", "files", 1, 0, False),
        Column("given_mb_s", "handed in, MB/s", 1, 0, False),
        Column("fetched_mb_s", "fetched, MB/s", 1, 0, False),
        Column("hub_cpu_ms_per_s", "processor of the hub, ms/s", 1, 0, False),
    )

    def systems(self, _):
        return ["without", "with"]

    def measure(self, system, _):
        place = Place(crowd=CROWD).build()
        place.hub.start()
        with concurrent.futures.ThreadPoolExecutor() as threads:
            notices = threads.submit(load, place, (1, 1, 64), SECONDS * RATE, r=RATE)
            given, fetched = hand_over(place) if system == "with" else ([], [])
            record = notices.result()
        place.stop()
        record["hub_cpu_ms_per_s"] = round(record["hub_cpu_us_per_message"] * RATE / 1000, 2)
        if given:
            record.update(
                files=len(given),
                given_mb_s=round(SIZE / MEGA / statistics.median(given), 1),
                fetched_mb_s=round(SIZE / MEGA / statistics.median(fetched), 1),
            )
        return record


CASES = [Attachments()]
