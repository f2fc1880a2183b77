#!tests/run
"""Goal: what the public is told comes from a Headquarters that sits, and the media say what became of it."""

import client
import entries
import tap
from route import example, reaches, reference, refused
from world import World

NAMES = ("nccis", "isoc-energy", "owner-grid", "media", "hq")

with World(__doc__, NAMES, officers=("hq",)) as world:
    world.hub.start()
    world.raw()

    def notice(under, marking="TLP:CLEAR", **body):
        return example("public.notice", "hq", marking, re=reference(under), body=body)

    def report(on, author="media", **body):
        return example("publication.report", author, re=reference(on), body=body)

    def owed(on):
        return [
            (duty["debtor"], duty["towards"], duty["state"], duty["rule"], duty["cites"])
            for _, duty in entries.duties(world.hub.path("journal"))
            if duty["message"]["id"] == on["id"]
        ]

    convening = example("headquarters.convening", "hq", body={"members": ["owner-grid"]})
    answer = refused(world, notice(convening), "reference.unknown", "/re", "before it is convened")
    world.raws["hq"].tell(convening)
    told = reaches(
        world,
        notice(convening),
        {"media": "public.media 488:23", "owner-grid": "public.owners 488:23"},
        "the media and the owners",
    )
    cites = "488:23, default"
    at_once, later_on = "public.confirmed", "public.confirmed-later"
    tap.equal(owed(told), [("media", "hq", "open", at_once, cites)], "the media say what became of it")
    answer = refused(world, notice(told), "reference.kind", "/re", "under no convening")
    tap.equal(answer.by, "public.convened", "paragraphs 18 and 23")
    quiet = reaches(world, notice(convening, "TLP:GREEN"), {"owner-grid": "public.owners 488:23"}, "owners alone")
    tap.equal(owed(quiet), [], "of what they do not have, media owe nothing")
    refused(world, report(told, "owner-grid"), "role.kind", "/kind", "others publish nothing")
    refused(world, report(told, published_at=None), "doc.schema", "/body/published_at", "published, but when?")
    refused(
        world,
        report(told, state="declined", published_at=None),
        "doc.schema",
        "/body/reason",
        "declined, but why?",
    )
    reaches(
        world,
        report(told),
        {"hq": f"publication.headquarters {cites}"},
        "it was published, the Headquarters learns",
    )
    tap.equal(owed(told)[-1], ("media", "hq", "met", at_once, cites), "and nothing is owed any more")
    later = notice(convening, not_before=client.rfc3339(48 * 3600))
    world.raws["hq"].tell(later)
    tap.equal(owed(later), [("media", "hq", "open", later_on, cites)], "more time, if it must not appear yet")
    world.raws["hq"].tell(example("headquarters.adjournment", "hq", re=reference(convening)))
    answer = refused(world, notice(convening), "precondition.ended", "/re", "after it has adjourned")
    tap.equal(answer.by, "public.adjourned", "by default")
    reaches(
        world,
        report(later, state="declined", published_at=None, reason="No room left."),
        {"hq": f"publication.headquarters {cites}"},
        "what was asked before is still answered",
    )
