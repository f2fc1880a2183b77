#!tests/run
"""Goal: a changed bit anywhere in what was kept of the state makes no answer wrong: it is found, and all made anew."""

import os
import random
import shutil

import client
import route
import tap
from world import World

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
PLACES = 28
ENOUGH = 1200  # messages: pages of every list are in its file
READ = range(1, 251)  # numbers of an inbox: no more come without being acknowledged


def places(state, dice):
    """Of each kind of file as many, wherever in it."""
    kinds = {}
    for folder, _, names in os.walk(state):
        for name in names:
            kind = os.path.basename(folder) if os.path.basename(folder) in ("inbox", "lookup") else name
            if name != "log.mark" and os.path.getsize(os.path.join(folder, name)):
                kinds.setdefault(kind, []).append(os.path.relpath(os.path.join(folder, name), state))
    tap.note(f"files: {sorted(kinds)}")
    order = sorted(kinds)
    for i in range(PLACES):
        name = dice.choice(sorted(kinds[order[i % len(order)]]))
        yield name, dice.randrange(os.path.getsize(os.path.join(state, name)))


def flip(path, at, bit):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ bit]))


def notice(**more):
    return client.notice("isoc-energy", 2, body={"object": "obj-grid-1"}, **more)


def plain(answer):
    """Without what time and connections change."""
    if isinstance(answer, dict):
        return {name: plain(value) for name, value in answer.items() if name not in ("stored", "now", "left_ms")}
    return [plain(one) for one in answer] if isinstance(answer, list) else answer


def answers(world, messages, seconds=60):
    """What depends on the state: receipts of what was sent before, what is asked, what was delivered."""
    with world.node("isoc-energy").client(seconds=seconds) as sender:
        sender.begin(stored=0)
        said = [sender.tell(message)[0].position for message in messages]
        said.append(plain(sender.ask("incident", route.reference(messages[0]))))
    with world.node("owner-grid").client(seconds=seconds) as reader:
        reader.begin(stored=0)
        while READ[-1] not in reader.inbox:
            _, body = reader.expect(client.DELIVER)
            reader.inbox.update((part.number, part) for part in reader.deliveries(body))
        return [*said, [reader.inbox[number].leaf["position"] for number in READ]]


def answers_or_end(world, messages):
    """None when the hub ends over it."""
    while True:
        try:
            return answers(world, messages, seconds=2)
        except client.Unexpected:
            if not world.hub.process.running():
                return None


AT_ONCE, LATER, NEVER = "found by the start", "found when it was wanted", "not found, and not wanted"
GOOD = (AT_ONCE, LATER, NEVER)


def trial(world, asked, right):
    """How a start with what is there goes; all that it answers is right."""
    hub = world.hub
    hub.start()
    if "state.unused" in hub.process.text():
        how = AT_ONCE
    else:
        said = answers_or_end(world, asked)
        how = LATER if said is None else NEVER if said == right else "a wrong answer"
    if how == LATER:
        if "state.damaged" not in hub.process.text():
            return "it ended without a word of damage"
        hub.start()
    if how in (AT_ONCE, LATER) and answers(world, asked) != right:
        how = "a wrong answer by what was made anew"
    hub.kill()
    return how


with World(__doc__, ("nccis", "isoc-energy", "owner-grid"),
           settings="cache = { bytes = 65536; };\n") as world:
    tap.note(f"SEED={SEED}")
    dice = random.Random(SEED)
    hub, state, good = world.hub, world.hub.path("state"), world.path("good")
    hub.start()
    sent = []
    with world.node("isoc-energy").client() as sender:
        sender.begin(stored=0)
        while len(sent) < ENOUGH:
            some = [notice() for _ in range(48)]
            some += [notice(supersedes=route.reference(old)) for old in sent[-60:-12:4]]  # names of what it began as
            taken = sender.tell(*some)
            assert all(isinstance(answer, client.Receipt) for answer in taken), taken
            sent += some
    asked = [sent[0], *dice.sample(sent, 8)]
    right = answers(world, asked)
    hub.stop()
    tap.ok(len(hub.runs()) > 0, f"the snapshot knows of sorted files: {hub.runs()}")
    shutil.copytree(state, good)
    found = {}
    for name, at in places(good, dice):
        shutil.rmtree(state)
        shutil.copytree(good, state)
        flip(os.path.join(state, name), at, 1 << dice.randrange(8))
        how = trial(world, asked, right)
        found[how] = found.get(how, 0) + 1
        tap.ok(how in GOOD, f"{name}, a bit of byte {at}: {how}", hub.process.text()[-1500:])
    tap.note(f"{found}")
    tap.ok(hub.snapshot() and found.get(AT_ONCE, 0) > 0, "some are found by the start", found)
    tap.ok(found.get(LATER, 0) > 0, "and some when they are wanted", found)
