"""conversations - raw clients in the names of nodes, and what each was sent."""

import client


class Conversations:
    """The part of a world that speaks for its nodes."""

    def hub_key(self):
        return client.ChannelKey(self.hub.path("keys", "channel.key")).public

    def raw(self, *names):
        """Conversations of our own in the names of these nodes (all when none is named)."""
        for name in names or self.nodes:
            self.raws[name] = self.node(name).client().begin(stored=0)
        return [self.raws[name] for name in names] if names else self.raws

    def fence(self):
        """What each raw client was sent since the last fence.

        An advisory that goes to everybody (and for its author nccis, a notice of no object) is
        published and awaited: whatever was sent before it has then arrived, since inboxes are
        in order.
        """
        posts = [client.advisory("nccis"), client.notice("isoc-energy", 0)]
        for post in posts:
            (answer,) = self.raws[post["from"]].tell(post)
            if not isinstance(answer, client.Receipt):
                raise RuntimeError(f"the fence was refused: {answer}")
        ids = {post["id"] for post in posts}
        found = {}
        for name, one in self.raws.items():
            wanted = posts[name == "nccis"]["id"]
            one.take_id(wanted)
            first = self.fences.get(name, 0)
            found[name] = [
                one.inbox[n]
                for n in sorted(one.inbox)
                if n > first and one.inbox[n].leaf["id"] not in ids
            ]
            self.fences[name] = max(one.inbox)
        return found
