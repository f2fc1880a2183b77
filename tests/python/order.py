"""order - the shim that watches a hub's writes, flushes and frames (tests/shims/order.c)."""

import os

from commands import MODE, TOP


def preload(shim="order", **settings):
    """Environment for a hub under the shim: log=FILE, kill="flush 3"."""
    library = os.path.join(TOP, "build", MODE, "shims", f"{shim}.so")
    env = {"LD_PRELOAD": library, "ORDER_LOG": "", "ORDER_KILL": ""}
    for name, value in settings.items():
        env[f"ORDER_{name.upper()}"] = value
    return {name: value for name, value in env.items() if value}


def events(path):
    """The log as (event, size) pairs."""
    with open(path, encoding="ascii") as lines:
        return [(word, int(size)) for word, size in (line.split() for line in lines)]
