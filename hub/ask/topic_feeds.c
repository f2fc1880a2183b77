// topic_feeds - what the asker may subscribe to by the rules in force, and what it has
// subscribed to.  Nobody is told of another's feeds.

#include "hub/ask/topics.h"

#include <string.h>

static void write_offers(const questions_t *self, const member_t *member, writer_t *to)
{
    const rules_t *rules = self->law->rules;
    writer_array(to, "offered");
    for (size_t i = 0; member && i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (!(rule->subscribers & role_bit(member->role)))
            continue;
        writer_object(to, NULL);
        writer_text(to, "kind", rule->kind);
        writer_text(to, "rule", rule->id);
        writer_text(to, "cites", rule->cites);
        writer_bool(to, "told", rule->tell == TELL_SENDER);
        writer_end(to);
    }
    writer_end(to);
}

static void write_tests(const feed_t *feed, writer_t *to)
{
    const char *value;
    for (feed_field_t field = 0; field < FEED_FIELDS; field++) {
        size_t i = 0;
        if ((value = feed_value(feed, field, &i)) == NULL)
            continue;
        writer_array(to, feed_field_name(field));
        for (; value; value = feed_value(feed, field, &i))
            writer_text(to, NULL, value);
        writer_end(to);
    }
}

static void write_feed(const standing_feed_t *standing, writer_t *to)
{
    char digest[HASH_HEX];
    hex_encode(standing->digest.bytes, sizeof standing->digest.bytes, digest);
    writer_object(to, NULL);
    writer_text(to, "node", standing->node);
    writer_text(to, "feed", standing->feed->name);
    writer_text(to, "subscription", standing->subscription.id);
    writer_integer(to, "since", (int64_t)standing->since);
    writer_integer(to, "changed", (int64_t)standing->changed);
    writer_integer(to, "count", (int64_t)standing->count);
    writer_text(to, "digest", digest);
    writer_object(to, "chooses");
    write_tests(standing->feed, to);
    writer_end(to);
    writer_end(to);
}

bool topic_feeds(const questions_t *self, const char *asker, asking_t *asking)
{
    feeds_t *feeds = history_feeds(self->history);
    writer_t *to = &asking->to;
    const standing_feed_t *standing;
    write_offers(self, roster_member(self->law->roster, asker), to);
    writer_array(to, "taken");
    for (size_t i = 0; (standing = feeds_of(feeds, asker, &i)) != NULL;)
        write_feed(standing, to);
    writer_end(to);
    return false;
}
