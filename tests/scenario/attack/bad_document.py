#!tests/run
"""Goal: every document that is not in order is refused with its code and pointer, and nobody else notices."""

import client
import tap
from world import World


def spoil(**more):
    return client.encode(client.notice("isoc-energy", 2, **more))


def body(**more):
    return spoil(body=more)


GOOD = spoil()
CASES = (
    ("a truncated document", GOOD[:-20], "doc.syntax", None),
    ("an empty document", b"", "doc.syntax", None),
    ("an array", b"[]", "doc.syntax", None),
    ("bytes after the object", GOOD + b"{}", "doc.syntax", None),
    ("more than a megabyte", spoil(body={"description": "x" * 1100000}), "doc.size", None),
    ("deeply nested", GOOD[:-1] + b', "x": ' + b"[" * 5000 + b"]" * 5000 + b"}", "doc.depth", None),
    ("the same key twice", GOOD[:-1] + b', "kind": "incident.notice"}', "doc.duplicate-key", None),
    (
        "the same key twice, further in",
        GOOD.replace(b'"level": 2', b'"level": 2, "level": 5'),
        "doc.duplicate-key",
        None,
    ),
    (
        "the same key twice, escaped",
        GOOD.replace(b'"level": 2', b'"level": 2, "l\\u0065vel": 5'),
        "doc.duplicate-key",
        None,
    ),
    ("not UTF-8", GOOD.replace(b"A test", b"\xff\xfe\xc0\xaf"), "doc.utf8", None),
    ("an overlong encoding", GOOD.replace(b"A test", b"\xc0\xafzzzz"), "doc.utf8", None),
    ("a lone surrogate", GOOD.replace(b"A test", b"\\ud800"), ("doc.syntax", "doc.utf8"), None),
    (
        "a zero byte in a string",
        GOOD.replace(b"A test", b"\\u0000"),
        ("doc.syntax", "doc.schema"),
        None,
    ),
    ("a level in words", body(level="two"), "doc.schema", "/body/level"),
    ("a level with a fraction", body(level=2.5), "doc.schema", "/body/level"),
    ("a level of 6", body(level=6), "doc.schema", "/body/level"),
    ("no level", body(level=None), "doc.schema", "/body/level"),
    ("no summary", spoil(summary=None), "doc.schema", "/summary"),
    ("an empty summary", spoil(summary={}), "doc.schema", "/summary"),
    ("no nonce", spoil(nonce=None), "doc.schema", "/nonce"),
    ("a short nonce", spoil(nonce="00"), "doc.schema", "/nonce"),
    ("an unknown field", spoil(colour="red"), "doc.schema", None),
    ("an unknown field of the body", body(colour="red"), "doc.schema", None),
    ("an unknown marking", spoil(marking="TLP:PINK"), "doc.schema", "/marking"),
    (
        "an id that is no UUIDv7",
        spoil(id="0b9d9b9c-aa5c-4d0a-8b7e-2f0c1c6c3f55"),
        "doc.schema",
        "/id",
    ),
    ("an unknown status", spoil(status="practice"), "doc.schema", "/status"),
    ("sent on no day there is", spoil(sent="2026-02-30T10:00:00Z"), "doc.schema", "/sent"),
    ("an unknown kind", spoil(kind="incident.rumour"), "doc.kind", "/kind"),
    ("an unknown version", spoil(dabyl=2), "doc.version", "/dabyl"),
    ("no kind", spoil(kind=None), ("doc.kind", "doc.schema"), None),
    ("no version", spoil(dabyl=None), ("doc.version", "doc.schema"), None),
    ("sent by another", spoil(from_="owner-grid"), "from.mismatch", "/from"),
    ("sent by nobody known", spoil(from_="nobody"), "from.mismatch", "/from"),
    ("a kind of another role", client.encode(client.advisory("isoc-energy")), "role.kind", "/kind"),
    (
        "what only the hub may say",
        client.encode(
            client.message(
                "security.alert",
                "isoc-energy",
                {"cause": {"author": "isoc-energy", "id": client.uuid7()}, "level": 5},
            )
        ),
        "for.reserved",
        "/body/cause",
    ),
    ("in another's name", spoil(for_="nccis"), "for.reserved", "/for"),
    ("sent tomorrow", spoil(sent=client.rfc3339(86400)), "time.future", "/sent"),
    ("TLP:RED without addressees", spoil(marking="TLP:RED"), "marking.red", "/to"),
    ("a state secret, declared", spoil(state_secret=True), "secret.declared", "/state_secret"),
    (
        "an object outside the plan",
        body(object="obj-sealed"),
        "object.out-of-scope",
        "/body/object",
    ),
)

with World(__doc__, ("nccis", "isoc-energy", "owner-grid")) as world:
    world.hub.start()
    world.raw()
    sender = world.raws["isoc-energy"]
    for name, document, code, pointer in CASES:
        (answer,) = sender.tell(document)
        codes = code if isinstance(code, tuple) else (code,)
        if not tap.ok(
            isinstance(answer, client.Refused)
            and (code is None or answer.code in codes)
            and answer.text,
            f"{name}: {getattr(answer, 'code', 'accepted')}",
            f"{answer}\nwanted {code}",
        ):
            continue
        if pointer is not None and answer.pointer != pointer:
            tap.equal(answer.pointer, pointer, f"{name}: it points to the field")
        tap.ok(not answer.retry, f"{name}: {answer.text[:90]}", answer)

    documents = [GOOD] + [document for _, document, _, _ in CASES if len(document) < 100000]
    answers = sender.tell(*documents)
    tap.ok(
        isinstance(answers[0], client.Receipt)
        and not any(isinstance(a, client.Receipt) for a in answers[1:]),
        "one good document among all the bad ones of a batch is taken",
        answers[0],
    )
    got = world.fence()
    tap.equal([d.document for d in got["nccis"]], [GOOD], "nccis had that one and nothing else")
    tap.equal(got["owner-grid"], [], "the owner noticed nothing")
    with open(world.hub.process.log, encoding="utf-8") as log:
        tap.ok("A test" not in log.read(), "and the hub's log holds no byte of any of them")
