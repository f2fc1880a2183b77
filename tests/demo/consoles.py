#!tests/run
"""consoles - the demo's night in a browser: consoles beside three of its nodes, until they are stopped.

    consoles.py FOLDER

FOLDER is made anew.  Ctrl-C ends consoles, nodes and hub; nothing is left but the folder.
"""

import os
import signal
import sys

import demo
from console import Console
from story import CAST, Story, detail, problems, say, step

# Beside which nodes, and who looks.
DESKS = {"knb": "aigul", "nccis": "daniyar", "isoc-energy": "madina"}
PATIENT = "link_seconds = 3600;\n"  # its reader may look at the night first


def settle(world):
    """A console beside each node, and the link that begins a session there."""
    step("Consoles, each beside its node. Open a link in a browser on this machine; it is good once.")
    say()
    for name, officer in DESKS.items():
        console = Console(world, world.node(name), PATIENT).start()
        say(f"  {CAST[name][2]} ({name}), as its officer {officer}:")
        say(f"    {console.link(officer)}\n")
    here = os.path.relpath(world.folder)
    say("  Another link, for another officer or browser:\n")
    say(f"    build/release/dabyl --node {here}/knb web --officer NAME\n")
    say("  Ctrl-C ends it all.")


def wait():
    """Until somebody ends it."""
    while True:
        signal.pause()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    world = demo.begin(os.path.abspath(sys.argv[1]))
    try:
        demo.night(Story(world))
        settle(world)
        wait()
    except (KeyboardInterrupt, SystemExit):  # at any moment, also while the night is made
        say("\nEnding consoles, nodes and hub.")
    finally:
        ended = world.stop()
    for problem in problems:
        detail(f"PROBLEM: {problem}")
    return 0 if ended and not problems else 1


if __name__ == "__main__":
    sys.exit(main())
