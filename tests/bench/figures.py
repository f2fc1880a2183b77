"""figures - what the rounds of a case measured, as lines of text.

Ratios are of rounds with themselves, and the median is taken of those.
"""

import collections
import statistics

# What is shown of a record: `key` divided by `unit`; with `ratio` also against another system.
Column = collections.namedtuple("Column", "key head unit digits ratio")


class Case:
    """What is measured, of one system or several: `measure` gives the record of one run."""

    name = text = ""
    columns = ()
    against = None  # the system that ratios are to
    usual = True  # runs when no case is named

    def systems(self, _):
        return ["dabyl"]

    def measure(self, system, arguments):
        raise NotImplementedError

    def close(self):
        """All rounds are over."""


def median(records, key):
    values = [record[key] for record in records if record.get(key) is not None]
    return statistics.median(values) if values else None


def ratio(records, others, key):
    """The median of the rounds' ratios: rounds are compared with themselves."""
    there = {record["round"]: record.get(key) for record in others}
    found = [
        record[key] / there[record["round"]]
        for record in records
        if record.get(key) is not None and there.get(record["round"])
    ]
    return statistics.median(found) if found else None


def number(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def cell(case, column, system, by_system):
    """The median, and behind it the ratio to the system that others are held against."""
    value = median(by_system[system], column.key)
    text = number(None if value is None else value / column.unit, column.digits)
    others = by_system.get(case.against, [])
    share = ratio(by_system[system], others, column.key) if column.ratio and system != case.against else None
    return text if share is None else f"{text} ({share:.2f})"


def aligned(rows):
    """Lines of rows: the first cells to the left, all others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = zip(row, widths)
        line = "  ".join(one.rjust(width) if i else one.ljust(width) for i, (one, width) in enumerate(cells))
        yield f"  {line}".rstrip()


def table(case, by_system):
    """Lines: a figure each, medians of the rounds for each system."""
    rounds = max(len(records) for records in by_system.values())
    rows = [["", *by_system]]
    for column in case.columns:
        cells = [cell(case, column, system, by_system) for system in by_system]
        if any(one != "-" for one in cells):
            rows.append([column.head, *cells])
    against = f" (and ratios to {case.against})" if case.against in by_system and len(by_system) > 1 else ""
    yield f"{case.name}: {case.text}; medians{against} of {rounds} rounds"
    yield from aligned(rows)
    for system, records in by_system.items():
        for wrong in [record for record in records if record["status"] != "ok"]:
            yield f"  {system}, round {wrong['round']}: {wrong['status']}"
