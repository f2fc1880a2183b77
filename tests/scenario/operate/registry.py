#!tests/run
"""Goal: who serves whom is changed by one command, whole or not at all, and comments stay."""

import json
import os
import signal
import subprocess

import tap
from commands import MODE, TOP
from world import World

SEE = "# what somebody noted\n"


def text_of(world):
    with open(world.hub.path("registry.conf"), encoding="utf-8") as file:
        return file.read()


def shown(world):
    lines = world.run("--json", "registry", "show", world.hub.folder).splitlines()
    return {one.get("object") or one["organisation"]: one for one in map(json.loads, lines)}


def registry(world, *words, code=None):
    return world.run("registry", *words, "--hub", world.hub.folder, code=code)


def acts(world):
    lines = world.run("--json", "hub", "acts", world.hub.folder).splitlines()
    return [json.loads(line) for line in lines]


NAMES = ("--kk", "«Жаңа» ұйымы", "--ru", "«Новая» \"организация\"", "--en", "New one")

with World(__doc__, ("nccis", "isoc-energy")) as world:
    os.environ["DABYL_OPERATOR"] = "aigul"
    with open(world.hub.path("registry.conf"), "a", encoding="utf-8") as file:
        file.write(SEE)
    world.hub.start()
    before, first = text_of(world), shown(world)
    centre = next(one["isoc"] for one in first.values() if one.get("isoc"))

    for words, says in (
        (("add", "organisation", "NEW"), "--kk"),
        (("add", "object", "new", "--sector", "other"), "--owner"),
        (("add", "organisation", "a b", *NAMES), "a b"),
        (("add", "organisation", centre, *NAMES), "already"),
        (("add", "object", "ob-9", "--sector", "painting", "--owner", centre), "painting"),
        (("add", "object", "ob-9", "--sector", "other", "--owner", "NOBODY"), "NOBODY"),
        (("add", "object", "ob-9", "--kk", "x"), "--sector"),
        (("change", "object", "ob-9", "--sector", "other"), "ob-9"),
        (("remove", "organisation", "NOBODY"), "NOBODY"),
        (("remove", "organisation", centre), centre),
    ):
        code, text = registry(world, *words)
        tap.ok(code == 1 and says in text, f"registry {' '.join(words[:3])}: {says}", text)
    tap.equal((text_of(world), acts(world)), (before, []), "what is refused leaves all as it was")
    code, text = registry(world, "add", "organisation")
    tap.equal(code, 2, "half a command is wrong use")

    registry(world, "add", "organisation", "NEW", *NAMES, code=0)
    text = registry(world, "add", "object", "new", "--sector", "other", "--owner", "NEW", "--isoc", centre, code=0)
    made = text.split(":")[0]
    one = shown(world)[made]
    tap.equal((one["owner"], one["isoc"], one["in_scope"]), ("NEW", centre, True), "added, with an id that tells nothing")
    tap.equal(shown(world)["NEW"]["ru"], "«Новая» \"организация\"", "names as they were given")
    registry(world, "change", "object", made, "--no-isoc", "--out-of-scope", "--reason", "letter 9", code=0)
    one = shown(world)[made]
    tap.equal((one["sector"], one["isoc"], one["in_scope"]), ("other", "", False), "changed, the rest stays")
    tap.ok(SEE in text_of(world), "comments too")
    tap.equal(os.stat(world.hub.path("registry.conf")).st_mode & 0o777, 0o600, "for its owner alone")
    tap.equal(
        [(act["by"], act["act"], act["to"]) for act in acts(world)],
        [("aigul", "registry-add", "organisation NEW"), ("aigul", "registry-add", "object"),
         ("aigul", "registry-change", "object")],
        "the log says who did it",
    )  # fmt: skip
    tap.ok(made not in world.hub.process.text(), "and the hub's lines name no object")

    rules = world.hub.path("rules", "plan.rules")
    with open(rules, "a", encoding="utf-8") as file:
        file.write("\n# not sealed\n")
    before = text_of(world)
    code, text = registry(world, "remove", "object", made)
    tap.ok(code == 1 and "plan.rules" in text and text_of(world) == before, "what the hub refuses is taken back", text)
    with open(rules, encoding="utf-8") as file:
        sealed = file.read().replace("\n# not sealed\n", "")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(sealed)

    shim = os.path.join(TOP, "build", MODE, "shims", "dies.so")
    command = [world.program("dabyl"), "registry", "remove", "object", made, "--hub", world.hub.folder]
    killed = [
        subprocess.run(command, env=dict(os.environ, LD_PRELOAD=shim, DIES_AT=str(at)), capture_output=True,
                       check=False).returncode == -signal.SIGKILL
        for at in (2, 8, 11)
    ]  # fmt: skip
    code, text = registry(world, "remove", "object", made)
    tap.ok(all(killed) and made not in shown(world), "killed in the middle, it is finished when it is said again", text)
    tap.ok(not os.path.exists(world.hub.path("change")), "and nothing is left of that")

    world.hub.stop()
    text = registry(world, "remove", "organisation", "NEW", code=0)
    tap.ok("does not run" in text and shown(world) == first, "of a hub that stands, the file", text)
    world.hub.start()
    tap.equal(shown(world), first, "and it starts with that")
