// subscribers - the feeds that choose the message are found first (hub/state/feeds.h), so
// that a message nobody asked for costs a few look-ups.  Who has it by law already needs
// no offer: it is in the feed all the same, so that a feed is whole.  What takes a
// message back goes to whoever had it and is offered to nobody.

#include "hub/decide/subscribers.h"

#include "hub/state/withdrawal.h"

#include <string.h>

// The first rule that offers it to this member, or NULL.
static const rule_t *offer_to(const evaluation_t *evaluation, const member_t *member)
{
    const document_t *document = evaluation->document;
    uint32_t role = role_bit(member->role);
    const rule_t *rule;
    if (document->cancels.author[0])
        return NULL;
    rules_walk_t walk = rules_walk(
        evaluation->law->rules, document->kind, evaluation->author->role, document->root);
    while ((rule = rules_next(&walk)) != NULL)
        if (rule->subscribers & role)
            return rule;
    return NULL;
}

// Adds the line by which the member has it, when it may.
static void offer(evaluation_t *evaluation, const member_t *member)
{
    route_t route = {.type = ROUTE_BY_SUBSCRIPTION};
    const rule_t *rule = offer_to(evaluation, member);
    if (!rule || !evaluation_lets(evaluation, member, BROAD))
        return;
    route.tell = rule->tell;
    memcpy(route.node, member->id, sizeof route.node);
    memcpy(route.rule, rule->id, sizeof route.rule);
    memcpy(route.cites, rule->cites, sizeof route.cites);
    routing_add(&evaluation->decision->routing, &route);
}

static void count(evaluation_t *evaluation, const standing_feed_t *standing)
{
    const document_t *document = evaluation->document;
    route_t route = {
        .type = ROUTE_FEED, .size = standing->count + 1, .digest = standing->digest};
    feed_count(&route.digest, document->from, document->id);
    (void)memccpy(route.node, standing->node, 0, sizeof route.node);
    memcpy(route.feed, standing->feed->name, sizeof route.feed);
    routing_add(&evaluation->decision->routing, &route);
}

// How many the author may not know of.
static void add_number(evaluation_t *evaluation)
{
    routing_t *routing = &evaluation->decision->routing;
    size_t n = 0;
    for (size_t i = 0; i < routing->n; i++)
        n += routing->route[i].type == ROUTE_BY_SUBSCRIPTION &&
             routing->route[i].tell == TELL_NONE;
    if (n > 0)
        routing_next(routing, ROUTE_SUBSCRIBERS, TELL_SENDER)->size = n;
}

static void find(evaluation_t *evaluation, feeds_found_t *found)
{
    const document_t *document = evaluation->document;
    reference_t thread;
    feed_facts_t facts;
    withdrawal_incident(evaluation->recipients.log, document, &thread);
    feed_facts(&facts, document->root, document->kind, document->from);
    feeds_find(history_feeds(evaluation->history), &facts, &thread, found);
}

void subscribers_add(evaluation_t *evaluation)
{
    routing_t *routing = &evaluation->decision->routing;
    feeds_found_t found = {0};
    if (feeds_count(history_feeds(evaluation->history)) > 0)
        find(evaluation, &found);
    for (size_t i = 0; i < found.n; i++) {
        const member_t *member =
            roster_member(evaluation->law->roster, found.feed[i]->node);
        if (member && !routing_find(routing, member->id))
            offer(evaluation, member);
    }
    add_number(evaluation);
    for (size_t i = 0; i < found.n; i++)
        if (routing_find(routing, found.feed[i]->node))
            count(evaluation, found.feed[i]);
    feeds_found_close(&found);
}
