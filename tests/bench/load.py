"""load - runs the program that tests/bench/load/ makes, and gives what it measured."""

import json
import subprocess

from commands import Commands
from processes import die_with_parent

TOOL = Commands.program("bench/load")


def command(place, case, messages, **options):
    """`options` are those of the program by their letters; a value of True stands for none."""
    publishers, subscribers, window = case
    options.update(p=publishers, s=subscribers, w=window, n=messages)
    if place.endpoint:
        options["i"] = place.hub.process.pid
    words = [TOOL]
    for letter, value in options.items():
        if value is not None and value is not False:
            words += [f"-{letter}"] if value is True else [f"-{letter}", str(value)]
    return words + [place.folder] + ([place.endpoint] if place.endpoint else [])


def load(place, case, messages, **options):
    """The record of one run."""
    done = subprocess.run(
        command(place, case, messages, **options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=die_with_parent,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(done.args)}: ended with {done.returncode}")
    return json.loads(done.stdout)


class Crowd:
    """A run whose nodes stay connected after it, until the end of the `with`."""

    def __init__(self, place, case, messages, **options):
        self.command = command(place, case, messages, x=True, **options)
        self.process = self.record = None

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )
        self.record = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
