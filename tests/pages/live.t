#!tests/run
"""Goal: an open page looks once at what a burst of messages changes and once behind it, and a page that was left asks nothing."""

import pages
import tap

tap.note(__doc__)
if pages.missing():
    tap.skip_all(pages.missing())

said = pages.run("live.js", {"burst": 50})
tap.equal(said["during"], 1, "the first that changes is looked at now, and the rest not one by one")
tap.equal(said["looks"], 2, "what came meanwhile is looked at once more, though the first look failed")
tap.equal(said["most"], 1, "one look at a time: an older answer does not come behind a newer one")
tap.equal(said["left"], 0, "a page that was left does not ask")
tap.finish()
