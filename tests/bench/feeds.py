"""feeds - what subscriptions of others cost a publish that none of them asks for.

With and without them, each with a hub of its own.  They are held by authorities, 32
each, and ask for notices of higher levels, other sectors, countries, classes and authors.
"""

import client
from figures import Case, Column
from load import load
from place import Place

CASE = (1, 1, 256)
EACH = 32  # as many as a node may have by default
SECTORS = ("banking", "transport", "healthcare", "communications", "industry", "water-supply")
CATEGORIES = ("malicious-code", "intrusions", "availability", "fraud")
COUNTRIES = ("DE", "FR", "KG", "UZ", "TR", "JP", "BR")
COLUMNS = (
    Column("hub_cpu_us_per_message", "processor of the hub a message, us", 1, 2, True),
    Column("hub_main_cpu_us_per_message", "of that the main thread, us", 1, 2, True),
    Column("messages_s", "messages/s", 1, 0, True),
)


def wish(reader, n):
    """The n-th subscription of a node: one of five sorts, no two of a node alike."""
    more = (
        {"level": 2 + n % 4, "sectors": ["power-supply", SECTORS[n % 6]]},
        {"sectors": [SECTORS[n % 6], SECTORS[(n + 1) % 6]]},
        {"categories": [CATEGORIES[n % 4]]},
        {"countries": [COUNTRIES[n % 7]]},
        {"authors": [reader], "sectors": ["power-supply"]},
    )[n % 5]
    body = {"name": f"feed-{n}", "kinds": ["incident.notice", "incident.update"], **more}
    return client.message("subscription", reader, body)


def subscribe(place, subscriptions):
    for i in range(0, subscriptions, EACH):
        reader = f"reader-{i // EACH + 1}"
        with place.speak(reader) as one:
            one.begin()
            answers = one.tell(*(wish(reader, n) for n in range(min(EACH, subscriptions - i))))
            refused = [answer for answer in answers if not isinstance(answer, client.Receipt)]
            if refused:
                raise RuntimeError(f"a subscription was refused: {refused[0]}")


def measure(subscriptions, messages):
    readers = -(-subscriptions // EACH)
    place = Place(crowd={"pub": CASE[0], "sub": CASE[1], "reader": readers}).build()
    place.hub.start()
    subscribe(place, subscriptions)
    record = load(place, CASE, messages)
    place.stop()
    record["subscriptions"] = subscriptions
    record["hub_main_cpu_us_per_message"] = record["hub_threads_us"]["dabyl-hub"]
    return record


class Subscriptions(Case):
    name, columns, against, usual = "subscriptions", COLUMNS, "none", False
    text = "one publisher with 256 unanswered, and subscriptions (1000) that do not ask for what it says"

    def systems(self, arguments):
        return ["none", str(arguments.subscriptions)]

    def measure(self, system, arguments):
        return measure(0 if system == "none" else int(system), arguments.messages)


CASES = [Subscriptions()]
