#!tests/run
"""Goal: what one node sealed cannot be published by another, however it is dressed up, and no key opens another's door."""

import client
import tap
from world import World


with World(__doc__, ("nccis", "isoc-energy", "owner-grid", "isoc-bank")) as world:
    world.officer("duty-energy", "isoc-energy")
    world.officer("second-energy", "isoc-energy")
    world.officer("duty-bank", "isoc-bank")
    world.hub.start()
    world.raw("nccis", "isoc-energy", "owner-grid", "isoc-bank")
    author, thief = world.raws["isoc-energy"], world.raws["isoc-bank"]
    own, bank = (world.node(name).seal_key() for name in ("isoc-energy", "isoc-bank"))
    duty, second, other = map(world.officer_key, ("duty-energy", "second-energy", "duty-bank"))

    notices = [client.notice("isoc-energy", 2) for _ in range(3)]
    author.tell(*notices)
    taken = world.fence()["nccis"][1]
    head, index = taken.seal.partition(b"index ")[0], 1
    proof = client.run_proof([client.sha(b"\0" + client.sha(client.encode(one))) for one in notices], [index])

    def published(name, by, text, index, proof, document, code):
        by.send(client.publish_frame(text, [(index, document)], proof))
        (answer,) = by.answers([client.sha(document)])
        tap.ok(
            isinstance(answer, client.Refused) and answer.code == code,
            f"{name}: {getattr(answer, 'code', 'accepted')}",
            answer,
        )

    def signed(document, *keys):
        return client.seal_head(world.origin, [document], keys)

    # By another node: as it was delivered, beside an own signature, under an own seal.
    document = taken.document
    published("delivered, and sent on", thief, head, index, proof, document, "seal.node")
    published("with an own seal", thief, signed(document, bank), 0, b"", document, "from.mismatch")
    published("both seals", thief, signed(document, bank, own), 0, b"", document, "seal.node")
    published("by the receiver", world.raws["nccis"], head, index, proof, document, "seal.node")

    # Several signatures: the node's first, then officers of its own.
    fresh = client.encode(client.notice("isoc-energy", 2))
    forged = signed(fresh, own, duty).replace(duty.id.encode(), second.id.encode())
    for name, text, code in (
        ("an officer before the node", signed(fresh, duty, own), "seal.node"),
        ("an officer of another node", signed(fresh, own, duty, other), "seal.node"),
        ("another node as a second", signed(fresh, own, bank), "seal.node"),
        ("a stranger as the fourth", signed(fresh, own, duty, second, client.SealKey()), "seal.key"),
        ("an officer's name on another's signature", forged, "seal.signature"),
        ("the node twice", signed(fresh, own, own), None),
        ("an officer twice", signed(fresh, own, duty, duty), None),
        ("five", signed(fresh, own, duty, second, duty, second), "seal.malformed"),
    ):
        author.send(client.publish_frame(text, [(0, fresh)]))
        (answer,) = author.answers([client.sha(fresh)])
        tap.ok(
            isinstance(answer, client.Refused) and code in (None, answer.code),
            f"signed by {name}: {getattr(answer, 'code', 'accepted')}",
            answer,
        )

    # The author's own, again: the receipt it had.  And properly signed by three.
    author.send(client.publish_frame(head, [(index, document)], proof))
    (answer,) = author.answers([client.sha(document)])
    tap.equal(answer.position, taken.leaf["position"], "the author itself gets its receipt again")
    (answer,) = author.tell(fresh, keys=[own, duty, second])
    tap.ok(isinstance(answer, client.Receipt), "by the node and two of its officers it is taken")

    # Keys that are certified, but for no node's channel.
    hub = client.ChannelKey(world.hub.path("keys", "channel.key"))
    tap.equal(
        world.node("isoc-bank").client(channel=hub).handshake(),
        "refused",
        "the hub's own channel key is no way in",
    )
    got = world.fence()
    tap.equal([d.document for d in got["nccis"]], [fresh], "nccis had that one, and nothing else")
    tap.equal(got["owner-grid"] + got["isoc-bank"], [], "nobody else had anything")
