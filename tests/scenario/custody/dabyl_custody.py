#!tests/run
"""Goal: traces go from hand to hand with `dabyl`, over a restart, and `dabyl custody` shows who held what by whose seal."""

import json

import client
import tap
from processes import until
from world import World

CAST = ("nccis", "isoc-energy", "owner-grid", "service", "knb")

with World(__doc__, CAST) as world:
    for officer, node in (("aigul", "nccis"), ("knb-1", "knb"), ("grid-1", "owner-grid")):
        world.officer(officer, node)
    world.start()

    def dabyl(name, *words, code=0):
        got, text = world.run("--node", world.node(name).folder, *words, code=None)
        tap.ok(got == code, f"{name}: dabyl {words[0]} ends with {code}", f"{got}: {text}")
        return text

    def number_of(name, message):
        """Its number in the node's inbox, once it is there."""
        node = world.node(name)
        found = until(
            lambda: [n for n in node.names("inbox", ".json") if n[13:] == message + ".json"],
            f"{message} at {name}",
        )
        return str(int(found[0][:12]))

    def offer(name, *words):
        """Trace the file and send the manifest; its id."""
        into = world.path(f"manifest-{client.uuid7()}.json")
        dabyl(name, "trace", evidence, *words, "--into", into)
        return json.loads(dabyl(name, "--json", "send", into))["id"]

    def answer(name, message, what, officer=None):
        """Answer a manifest; with an officer, cosign the answer that waits for it."""
        node = world.node(name)
        text = dabyl(name, "ack", number_of(name, message), what, code=1 if officer else 0)
        if not officer:
            return text
        (waiting,) = node.names("waiting", ".json")
        key = ("--key", world.path(officer, "keys", "seal.key"))
        cert = ("--cert", world.path(officer, "certs", "seal.pem"))
        return dabyl(name, "cosign", waiting[: -len(".json")], *key, *cert)

    def chain(name, *words, code=0):
        return json.loads(dabyl(name, "--json", "custody", *words, code=code))

    def steps(found):
        return [(one["step"], one["node"], one["seals"]) for one in found["steps"]]

    evidence = world.path("gateway.log")
    with open(evidence, "wb") as file:
        file.write(b"one\ntwo\n")
    notice = client.notice("isoc-energy", 2, body={"object": "obj-grid-1"})
    world.node("isoc-energy").drop(notice)
    about = ("--incident", number_of("owner-grid", notice["id"]))
    tap.equal(dabyl("nccis", "custody"), "nothing\n", "nothing was handed over")

    # The owner offers to NCCIS.
    first = offer("owner-grid", *about, "--to", "nccis", "--officer", "A. Serikova")
    text = dabyl("owner-grid", "custody", first)
    for part in ("owner-grid offers custody to nccis", "files: 1, bytes: 8", "A. Serikova",
                 "sealed by owner-grid", "held by owner-grid", "offered to nccis, who has not answered"):  # fmt: skip
        tap.has(text, part, f"the giver is shown '{part}'")
    text = dabyl("nccis", "duties")
    tap.has(text, "nccis: custody.answered, towards owner-grid (para 488:8.7, operational default)", "nccis owes an answer")
    tap.has(text, "custody taken over (custody-taken) | custody declined (custody-declined)", "one of two")
    dabyl("knb", "custody", first, code=1)

    # A stranger has nothing to answer; one who has it but was not named is refused.
    dabyl("knb", "ack", "1", "custody-taken", code=1)
    text = dabyl("nccis", "ack", number_of("nccis", notice["id"]), "custody-taken", code=1)
    tap.has(text, "reference.kind", "a notice is nothing to take over")
    text = answer("nccis", first, "custody-taken", "aigul")
    tap.has(text, "SENT", "an officer of nccis takes them") or tap.note(text)
    found = chain("nccis", first)
    tap.equal(
        steps(found),
        [("offers", "owner-grid", ["owner-grid"]), ("takes", "nccis", ["nccis", "aigul"])],
        "the chain has both steps, and the officer's seal",
    )
    tap.equal((found["holder"], found["good"], found["whole"]), ("nccis", True, True), "and holder")
    positions = [one["position"] for one in found["steps"]]
    tap.ok(positions == sorted(positions) and positions[0] > 0, "with places in the log", positions)

    # The hub restarts; NCCIS hands on to the service, which declines, and then to knb.
    world.kill_hub()
    taken = number_of("nccis", first)
    second = offer("nccis", "--former", taken, "--to", "service")
    answer("service", second, "custody-declined")
    until(
        lambda: any(m["kind"] == "acknowledgement" for m in world.node("nccis").inbox()),
        "nccis learns that it was declined",
    )
    with open(evidence, "ab") as file:
        file.write(b"three\n")
    third = offer("nccis", "--former", second, "--to", "knb")
    answer("knb", third, "custody-taken", "knb-1")
    wanted = ["offers", "takes", "offers", "declines", "offers", "takes"]
    found = until(
        lambda: (lambda c: len(c["steps"]) == len(wanted) and c)(chain("nccis", third)),
        "all six steps are at nccis",
    )
    tap.equal([one["step"] for one in found["steps"]], wanted, "the whole chain")
    tap.equal(found["holder"], "knb", "ends with knb")
    tap.equal(
        [(one["more"], one["fewer"]) for one in found["steps"] if "more" in one],
        [(0, 0), (0, 0), (1, 1)],
        "that the file is another one since is seen",
    )
    text = dabyl("nccis", "custody")
    tap.has(text, "no longer there: 1", "also by people")
    for name, holder, whole in (("owner-grid", "nccis", True), ("knb", "knb", False)):
        found = chain(name)
        tap.equal((found["holder"], found["whole"]), (holder, whole), f"as far as {name} knows")
    tap.has(dabyl("knb", "custody"), "It began before", "which says so where it is not all")
    tap.has(dabyl("owner-grid", "trace", "--check", first, code=1), "CHANGED", "and so does a check")

    # A lie in a file is found, and changes nothing.
    (name,) = world.node("knb").names("sent", ".json")
    path = world.node("knb").path("sent", name)
    with open(path, "rb") as file:
        true = file.read()
    with open(path, "wb") as file:
        file.write(true.replace(b"TLP:AMBER", b"TLP:GREEN"))
    found = chain("knb", code=1)
    tap.equal((found["good"], found["holder"]), (False, "nccis"), "a changed answer does not count")
    tap.has(dabyl("knb", "custody", code=1), "does not count:", "and is shown as such")
    with open(path, "wb") as file:
        file.write(true)

    # One that names no incident of its own is shown by the manifest it goes on from.
    into = world.path("no-incident.json")
    dabyl("knb", "trace", evidence, "--former", number_of("knb", third), "--to", "service", "--into", into)
    with open(into, encoding="utf-8") as file:
        fields = json.load(file)
    tap.ok(fields.pop("incident", None), "a trace follows the incident")
    with open(into, "w", encoding="utf-8") as file:
        json.dump(fields, file)
    last = json.loads(dabyl("knb", "--json", "send", into))["id"]
    number_of("service", last)
    text = dabyl("service", "custody", last)
    tap.has(text, f"Traces of the manifest nccis {third}\n", "without it by the manifest before")
