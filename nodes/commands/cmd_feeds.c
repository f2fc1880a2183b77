// dabyl feeds - what this node may subscribe to and has subscribed to; whether it had
// everything of a feed that it can know of; the end of a feed.
//
// What can be known here: the numbers of a feed have no gap, each leads to the next
// digest, the last is the hub's, and nothing that this node had and asked for was left
// out.  That nothing was kept from it whole, only who holds the journal can say.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/message/document.h"
#include "lib/message/feed.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/dispatch.h"
#include "nodes/tools/query.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_offers(const json_t *offered)
{
    size_t i;
    json_t *offer;
    puts(say("offered:"));
    json_array_foreach(offered, i, offer)
    {
        fputs("  ", stdout);
        words_print(&words_kinds, mail_text(offer, "kind"), stdout);
        fputs("\n    ", stdout);
        mail_print_cites(mail_text(offer, "cites"), stdout);
        fputs("  (", stdout);
        screen_text(stdout, mail_text(offer, "rule"));
        fputs(")\n", stdout);
    }
    if (json_array_size(offered) == 0)
        printf("  %s\n", say("nothing"));
}

static void print_feed(const json_t *feed)
{
    const char *field;
    json_t *values, *value;
    size_t i;
    fputs("  ", stdout);
    screen_column(stdout, mail_text(feed, "feed"), 24);
    printf(say("messages so far: %lld"),
        (long long)json_integer_value(json_object_get(feed, "count")));
    putchar('\n');
    json_object_foreach(json_object_get(feed, "chooses"), field, values)
    {
        printf("    %s:", field);
        json_array_foreach(values, i, value)
        {
            fputc(' ', stdout);
            screen_text(stdout, json_string_value(value));
        }
        putchar('\n');
    }
}

static void print(const json_t *answer)
{
    size_t i;
    json_t *feed;
    const json_t *taken = json_object_get(answer, "taken");
    print_offers(json_object_get(answer, "offered"));
    puts(say("subscribed to:"));
    json_array_foreach(taken, i, feed)
    {
        print_feed(feed);
    }
    if (json_array_size(taken) == 0)
        printf("  %s\n", say("nothing"));
}

static json_t *ask_feeds(const call_t *call, done_t *done)
{
    const options_t *o = call->options;
    return query_hub(call, "feeds", json_object(), moment_span(o->timeout_s, 1000), done);
}

static const json_t *find_feed(const json_t *answer, const char *name)
{
    size_t i;
    json_t *feed;
    json_array_foreach(json_object_get(answer, "taken"), i, feed)
    {
        if (strcmp(mail_text(feed, "feed"), name) == 0)
            return feed;
    }
    return NULL;
}

// --- whether the feed is whole -------------------------------------------------

typedef struct {
    const json_t *feed;
    feed_t filter;
    uint64_t since;  // position of the first subscription
    uint64_t as_now; // behind this one the feed is what it is now
    uint64_t count;
    hash_t digest;
    char fault[160]; // "": none
} check_t;

static void take_value(
    const check_t *self, routing_t *routing, const char *field, const json_t *value)
{
    const char *text = json_string_value(value);
    char line[256];
    route_t route;
    cause_t ignored;
    (void)snprintf(line, sizeof line, "subscribes %s %s %s",
        mail_text(self->feed, "feed"), field, text ? text : "");
    if (route_parse(&route, span_text(line), &ignored) == 0)
        routing_add(routing, &route);
}

// What the hub says that the feed chooses, by the words of records.
static void take_filter(check_t *self)
{
    const char *field;
    json_t *values;
    routing_t routing = {0};
    json_object_foreach(json_object_get(self->feed, "chooses"), field, values)
    {
        for (size_t i = 0; i < json_array_size(values); i++)
            take_value(self, &routing, field, json_array_get(values, i));
    }
    (void)feed_of(&self->filter, &routing);
    routing_close(&routing);
}

static bool chooses(const check_t *self, const mail_t *mail)
{
    char *text = json_dumps(mail->root, JSON_COMPACT);
    value_t *message = text ? document_again(span_text(text)) : NULL;
    feed_facts_t facts;
    feed_facts(
        &facts, message, mail_text(mail->root, "kind"), mail_text(mail->root, "from"));
    bool chosen = message && feed_chooses(&self->filter, &facts);
    value_free(&message);
    free(text);
    return chosen;
}

static void fail(check_t *self, const mail_t *mail, const char *what)
{
    if (!self->fault[0])
        (void)snprintf(self->fault, sizeof self->fault, "#%llu: %s",
            (unsigned long long)mail->number, what);
}

static void count_mail(check_t *self, const mail_t *mail, const route_t *line)
{
    feed_count(&self->digest, mail_text(mail->root, "from"), mail_text(mail->root, "id"));
    self->count++;
    if (line->size != self->count)
        fail(self, mail, say("a message of the feed before it is missing"));
    else if (!hash_equal(&line->digest, &self->digest))
        fail(self, mail, say("its digest does not follow from those before"));
    self->count = line->size;
    self->digest = line->digest;
}

static void look_at(check_t *self, const char *node, const mail_t *mail)
{
    route_t line;
    if (!mail->has_leaf || mail->leaf.position < self->since)
        return;
    if (mail_in_feed(mail, mail_text(self->feed, "feed"), &line))
        count_mail(self, mail, &line);
    else if (mail->leaf.position > self->as_now &&
             strcmp(mail_text(mail->root, "from"), node) != 0 &&
             strcmp(mail_text(mail->root, "status"), "test") != 0 &&
             !json_object_get(mail->root, "cancels") && chooses(self, mail))
        fail(self, mail, say("the feed chooses it, and it was left out"));
}

static int look_at_all(check_t *self, const char *folder, cause_t *why)
{
    char inbox[PATH_MAX];
    names_t names = {0};
    int result = path_join(inbox, sizeof inbox, folder, "inbox", why) == 0 &&
                         mail_names(&names, inbox, why) == 0
                     ? 0
                     : -1;
    for (size_t i = 0; result == 0 && i < names.n; i++) {
        mail_t mail = {0};
        if ((result = mail_open(&mail, inbox, names.name[i], why)) == 0)
            look_at(self, mail.has_why ? mail.why.node : "", &mail);
        mail_close(&mail);
    }
    names_free(&names);
    return result;
}

static done_t print_check(const call_t *call, const check_t *self)
{
    uint64_t count = (uint64_t)json_integer_value(json_object_get(self->feed, "count"));
    char digest[HASH_HEX];
    hex_encode(self->digest.bytes, sizeof self->digest.bytes, digest);
    if (self->fault[0])
        return call_fail(call, DONE_NO, "%s", self->fault);
    if (self->count < count) {
        printf(say("%llu of %llu messages are here, without a gap; the others are on "
                   "their way, or were moved away"),
            (unsigned long long)self->count, (unsigned long long)count);
        putchar('\n');
        return DONE_NO;
    }
    if (self->count == count && strcmp(digest, mail_text(self->feed, "digest")) != 0)
        return call_fail(call, DONE_NO, "%s",
            say("the hub has counted others than were delivered here"));
    printf(say("whole: %llu messages, each leading to the next"),
        (unsigned long long)self->count);
    putchar('\n');
    return DONE_OK;
}

static done_t check(const call_t *call, const json_t *feed)
{
    cause_t why;
    const char *node = call_node(call, &why);
    check_t self = {.feed = feed,
        .since = (uint64_t)json_integer_value(json_object_get(feed, "since")),
        .as_now = (uint64_t)json_integer_value(json_object_get(feed, "changed"))};
    take_filter(&self);
    feed_begin(mail_text(feed, "node"), mail_text(feed, "feed"), &self.digest);
    done_t done = node && look_at_all(&self, node, &why) == 0
                      ? print_check(call, &self)
                      : call_fail(call, DONE_NO, "%s", why.text);
    feed_close(&self.filter);
    return done;
}

// --- its end -----------------------------------------------------------------

// A withdrawal says again what it withdraws, as every message of a kind does.
static done_t end(const call_t *call, const json_t *feed)
{
    const options_t *o = call->options;
    cause_t why;
    const char *node = call_node(call, &why);
    json_t *document = json_pack(
        "{s:i, s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s, s:s}, s:{s:s, s:O}}", "dabyl", 1,
        "kind", "subscription", "status", "actual", "marking", "TLP:GREEN", "cancels",
        "author", mail_text(feed, "node"), "id", mail_text(feed, "subscription"),
        "summary", "kk", "Лента жабылады", "ru", "Лента закрывается", "en",
        "The feed ends", "body", "name", mail_text(feed, "feed"), "kinds",
        json_object_get(json_object_get(feed, "chooses"), "kind"));
    char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
    dispatch_t how = {o->timeout_s, false, NULL};
    done_t done = node && text ? dispatch(call, node, span_text(text), &how)
                               : call_fail(call, DONE_NO, "%s", why.text);
    free(text);
    json_decref(document);
    return done;
}

static done_t act(const call_t *call, const json_t *answer)
{
    const json_t *feed = find_feed(answer, call->operand[1]);
    if (!feed)
        return call_fail(
            call, DONE_NO, say("this node has no feed '%s'"), call->operand[1]);
    return strcmp(call->operand[0], "end") == 0 ? end(call, feed) : check(call, feed);
}

static done_t run(const call_t *call)
{
    done_t done = DONE_OK;
    bool acts = call->operands == 2 && (strcmp(call->operand[0], "check") == 0 ||
                                           strcmp(call->operand[0], "end") == 0);
    if (call->operands > 0 && !acts)
        return call_usage(call, "check or end which feed?");
    json_t *answer = ask_feeds(call, &done);
    if (!answer)
        return done;
    if (acts)
        done = act(call, answer);
    else if (call->common.json)
        screen_json(stdout, answer);
    else
        print(answer);
    json_decref(answer);
    return done;
}

const command_t cmd_feeds = {
    .name = "feeds",
    .operands = "[check NAME | end NAME]",
    .summary = "what this node may subscribe to, and what it has subscribed to",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
    .notes = "A feed is begun with `dabyl send --new subscription`, and read with "
             "`dabyl follow --feed`.\n",
};
