// subscription - a feed is its node's, by name.  A subscription begins one, one that
// corrects it says what it is from then on, and one that takes it back ends it.

#include "hub/decide/subscription.h"

#include "hub/state/withdrawal.h"

#include <stdio.h>
#include <string.h>

static bool is_subscription(const document_t *document)
{
    return strcmp(document->kind, "subscription") == 0;
}

// `text` is a format with one %s: what the refusal is about.
static int refuse_at(const evaluation_t *evaluation, const char *code, const char *list,
    size_t i, const char *text)
{
    char pointer[48];
    (void)snprintf(pointer, sizeof pointer, "/body/%s/%zu", list, i);
    return refuse(&evaluation->decision->refusal, code, pointer, "", "%s", text);
}

static int check_kinds(const evaluation_t *evaluation, const feed_t *feed)
{
    const member_t *author = evaluation->author;
    const char *kind;
    size_t n = 0;
    for (size_t i = 0; (kind = feed_value(feed, FEED_KIND, &i)) != NULL; n++) {
        char text[256];
        if (rules_offer(evaluation->law->rules, kind, author->role))
            continue;
        (void)snprintf(text, sizeof text,
            "no rule offers messages of kind '%s' to subscribers of role %s", kind,
            author->role);
        return refuse_at(evaluation, "subscription.kind", "kinds", n, text);
    }
    return 0;
}

// What is not there and what is another's sound the same.
static bool is_own(const evaluation_t *evaluation, const char *name)
{
    const member_t *author = evaluation->author;
    const object_t *object = registry_object(evaluation->law->registry, name);
    return object && (strcmp(object->owner, author->organisation) == 0 ||
                         strcmp(object->isoc, author->organisation) == 0 ||
                         strcmp(author->role, "nccis") == 0);
}

static int check_objects(const evaluation_t *evaluation, const feed_t *feed)
{
    const char *object;
    size_t n = 0;
    for (size_t i = 0; (object = feed_value(feed, FEED_OBJECT, &i)) != NULL; n++)
        if (!is_own(evaluation, object))
            return refuse_at(evaluation, "subscription.object", "objects", n,
                "the registry knows no object of this id that is yours to watch");
    return 0;
}

static int check_authors(const evaluation_t *evaluation, const feed_t *feed)
{
    const char *author;
    size_t n = 0;
    for (size_t i = 0; (author = feed_value(feed, FEED_AUTHOR, &i)) != NULL; n++)
        if (!roster_member(evaluation->law->roster, author))
            return refuse_at(evaluation, "subscription.author", "authors", n,
                "no node of this system has this id");
    return 0;
}

static size_t count_of(feeds_t *feeds, const char *node)
{
    size_t n = 0;
    for (size_t i = 0; feeds_of(feeds, node, &i) != NULL;)
        n++;
    return n;
}

static int check_new(
    const evaluation_t *evaluation, feeds_t *feeds, const feed_t *feed, size_t most)
{
    const char *node = evaluation->author->id;
    refusal_t *refusal = &evaluation->decision->refusal;
    if (feeds_named(feeds, node, feed->name))
        return refuse(refusal, "subscription.taken", "/body/name", "",
            "you have a feed '%s': name its subscription in supersedes to change what "
            "it is, or in cancels to end it",
            feed->name);
    if (count_of(feeds, node) >= most)
        return refuse(refusal, "subscription.limit", "", "limits.subscriptions",
            "you have %zu feeds, and that is the most (operational default): end one "
            "of them first",
            most);
    return 0;
}

// What corrects or ends a feed is about the one that it names.
static int check_change(
    const evaluation_t *evaluation, feeds_t *feeds, const feed_t *feed)
{
    const precedents_t *log = evaluation->recipients.log;
    const standing_feed_t *standing =
        feeds_named(feeds, evaluation->author->id, feed->name);
    reference_t named, first;
    log->first(log->context, withdrawn_by(evaluation->document), &named);
    if (standing)
        log->first(log->context, &standing->subscription, &first);
    return standing && reference_same(&named, &first)
               ? 0
               : refuse(&evaluation->decision->refusal, "subscription.name", "/body/name",
                     "", "the subscription that this changes began no feed '%s'",
                     feed->name);
}

static int check_feed(const evaluation_t *evaluation, const feed_t *feed, size_t most)
{
    feeds_t *feeds = history_feeds(evaluation->history);
    const document_t *document = evaluation->document;
    bool changes = withdrawn_by(document) != NULL;
    if ((changes ? check_change(evaluation, feeds, feed)
                 : check_new(evaluation, feeds, feed, most)) != 0)
        return -1;
    if (document->cancels.author[0])
        return 0; // whatever it was, it may end
    if (check_kinds(evaluation, feed) != 0 || check_objects(evaluation, feed) != 0)
        return -1;
    return check_authors(evaluation, feed);
}

int subscription_check(const evaluation_t *evaluation, size_t most)
{
    const document_t *document = evaluation->document;
    feed_t feed;
    if (!is_subscription(document))
        return 0;
    feed_read(&feed, value_get(document->root, "body"));
    int result = check_feed(evaluation, &feed, most);
    feed_close(&feed);
    return result;
}

void subscription_record(const document_t *document, routing_t *routing)
{
    feed_t feed;
    if (!is_subscription(document))
        return;
    feed_read(&feed, value_get(document->root, "body"));
    if (document->cancels.author[0]) {
        route_t route = {.type = ROUTE_UNSUBSCRIBES};
        memcpy(route.feed, feed.name, sizeof route.feed);
        routing_add(routing, &route);
    } else {
        feed_record(&feed, routing);
    }
    feed_close(&feed);
}
