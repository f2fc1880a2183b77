// dabyl sent - what this node sends: where each message is, who was told, who answered.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/progress.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/refused.h"
#include "nodes/inbox/routes.h"
#include "nodes/sending/own.h"
#include "nodes/sending/replies.h"
#include "nodes/writing/law_find.h"

#include <string.h>

typedef struct {
    const char *sector, *kind, *object, *exercise, *search, *text, *since, *until;
    int64_t level, last;
} options_t;

// What there is to say of one message.
typedef struct {
    const char *node;
    const own_t *own;
    const mail_t *mail;
    json_t *routes;  // who was told; NULL: not in the log, or it cannot be read
    json_t *reason;  // why it was refused; or NULL
    json_t *replies; // or NULL: nobody could look
} sent_t;

static const option_t options[] = {
    {"kind", OPTION_TEXT, offsetof(options_t, kind), "KIND", NULL, "only this kind"},
    {"level", OPTION_NUMBER, offsetof(options_t, level), "N", "0",
        "only incidents of this level or higher"},
    {"object", OPTION_TEXT, offsetof(options_t, object), "OBJECT", NULL,
        "only what is about this object"},
    {"sector", OPTION_TEXT, offsetof(options_t, sector), "SECTOR", NULL,
        "only what is about this sector"},
    {"exercise", OPTION_TEXT, offsetof(options_t, exercise), "NAME", NULL,
        "only what is of this exercise"},
    {"text", OPTION_TEXT, offsetof(options_t, text), "TEXT", NULL,
        "only what has all these words, or words that begin so"},
    {"search", OPTION_TEXT, offsetof(options_t, search), "TEXT", NULL, "the same"},
    {"since", OPTION_TEXT, offsetof(options_t, since), "TIME", NULL,
        "only from then on: yesterday 22:00, 2 h ago, 2026-11-22"},
    {"until", OPTION_TEXT, offsetof(options_t, until), "TIME", NULL, "only before then"},
    {"last", OPTION_NUMBER, offsetof(options_t, last), "N", "20",
        "the newest N; 0 for all"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const char *const state_names[] = {[OWN_SENT] = "sent",
    [OWN_SEALED] = "sealed",
    [OWN_WAITING] = "waiting",
    [OWN_HELD] = "held",
    [OWN_REFUSED] = "refused"};

static void print_state(own_state_t state, FILE *out)
{
    switch (state) {
    case OWN_SENT:
        screen_paint(out, PAINT_GOOD, "%s", say("SENT"));
        break;
    case OWN_SEALED:
        screen_paint(out, PAINT_WARNING, "%s", say("WAITING"));
        fprintf(out, "  %s", say("sealed, and no answer from the hub yet"));
        break;
    case OWN_WAITING:
        screen_paint(out, PAINT_WARNING, "%s", say("WAITING"));
        fprintf(out, "  %s", say("in the outbox"));
        break;
    case OWN_HELD:
        screen_paint(out, PAINT_WARNING, "%s", say("WAITING"));
        fprintf(out, "  %s", say("for officers to seal it, see: dabyl cosign"));
        break;
    case OWN_REFUSED:
        screen_paint(out, PAINT_BAD, "%s", say("REFUSED"));
        break;
    }
}

// "    told: nccis, owner-grid": who it was, once each.
static void print_told(const json_t *routes)
{
    size_t i, n = 0;
    const json_t *receivers = json_object_get(routes, "receivers");
    json_t *one;
    if (!routes)
        return;
    fprintf(stdout, "    %s", say("told:"));
    json_array_foreach(receivers, i, one)
    {
        bool before = false;
        for (size_t k = 0; k < i && !before; k++)
            before = strcmp(mail_text(json_array_get(receivers, k), "node"),
                         mail_text(one, "node")) == 0;
        if (before)
            continue;
        fputs(n++ ? ", " : " ", stdout);
        screen_text(stdout, mail_text(one, "node"));
    }
    if (n == 0)
        printf(" %s", say("nobody that you may know of"));
    putchar('\n');
}

// "    #12  nccis: accepted, 2026-11-22 11:41:02 UTC"
static void print_reply(const json_t *reply)
{
    const char *answer = mail_text(reply, "answer"), *kind = mail_text(reply, "kind");
    printf(
        "    #%lld  ", (long long)json_integer_value(json_object_get(reply, "number")));
    screen_text(stdout, mail_text(reply, "from"));
    fputs(": ", stdout);
    screen_text(stdout, answer[0] ? words_title(&words_answers, answer)
                                  : words_title(&words_kinds, kind));
    fputs(", ", stdout);
    screen_time(stdout, mail_text(reply, "at"));
    putchar('\n');
}

static void print_replies(const json_t *replies)
{
    size_t i;
    json_t *reply;
    json_array_foreach(replies, i, reply) print_reply(reply);
}

static void print(const call_t *call, const sent_t *sent)
{
    print_state(sent->own->state, stdout);
    if (sent->mail->has_leaf) {
        fputs("  ", stdout);
        printf(say("position %llu in the hub's log\n"),
            (unsigned long long)sent->mail->leaf.position);
    } else
        putchar('\n');
    fputs("    ", stdout);
    mail_print(sent->mail, call_lang(call), stdout);
    if (sent->reason)
        refused_print(sent->reason, stdout);
    print_told(sent->routes);
    print_replies(sent->replies);
}

static void print_full(const call_t *call, const sent_t *sent)
{
    print_state(sent->own->state, stdout);
    putchar('\n');
    if (sent->reason)
        refused_print(sent->reason, stdout);
    law_found_t law;
    law_find_words(&law, sent->node);
    mail_print_full(sent->mail, law.law.schemas, call_lang(call), stdout);
    law_found_close(&law);
    if (sent->routes)
        routes_print(sent->routes, ROUTES_DONE, stdout);
    if (json_array_size(sent->replies) > 0)
        printf("  %s\n", say("answered:"));
    print_replies(sent->replies);
}

static void print_json(const sent_t *sent)
{
    json_t *object = mail_json(sent->mail);
    json_object_set_new(object, "state", json_string(state_names[sent->own->state]));
    if (sent->routes)
        json_object_set(object, "routes", sent->routes);
    if (sent->reason)
        json_object_set(object, "reason", sent->reason);
    if (sent->replies)
        json_object_set(object, "replies", sent->replies);
    screen_json(stdout, object);
    json_decref(object);
}

static json_t *read_reason(const char *node, const own_t *own)
{
    char name[NAME_MAX], path[PATH_MAX];
    cause_t ignored;
    if (own->state != OWN_REFUSED && own->state != OWN_HELD)
        return NULL;
    (void)snprintf(name, sizeof name, "refused/%s.json.reason.json", own->id);
    return path_join(path, sizeof path, node, name, &ignored) == 0
               ? mail_load(path, &ignored)
               : NULL;
}

static json_t *read_routes(const own_t *own, const mail_t *mail)
{
    buf_t text = {0};
    cause_t ignored;
    if (own->state != OWN_SENT)
        return NULL;
    (void)mail_beside(mail, ".told", &text); // a rule may tell its author nothing
    json_t *routes = routes_json(buf_span(&text), &ignored);
    buf_destroy(&text);
    return routes;
}

static json_t *read_replies(replies_t *replies, const own_t *own, const mail_t *mail)
{
    reference_t name = {{0}, {0}};
    if (!replies || own->state != OWN_SENT)
        return NULL;
    (void)snprintf(name.author, sizeof name.author, "%s", mail_text(mail->root, "from"));
    (void)snprintf(name.id, sizeof name.id, "%s", own->id);
    return replies_of(replies, &name);
}

typedef void print_fn(const call_t *call, const sent_t *sent);

static done_t print_one(
    const call_t *call, const char *node, replies_t *replies, own_t *own, print_fn *as)
{
    mail_t mail;
    cause_t why;
    if (own_open(own, node, &mail, &why) != 0) {
        mail_close(&mail);
        return call_fail(call, DONE_NO, "%s", why.text);
    }
    sent_t sent = {node, own, &mail, read_routes(own, &mail), read_reason(node, own),
        read_replies(replies, own, &mail)};
    if (call->common.json)
        print_json(&sent);
    else
        as(call, &sent);
    json_decref(sent.routes);
    json_decref(sent.reason);
    json_decref(sent.replies);
    mail_close(&mail);
    return DONE_OK;
}

static void say_no_replies(const call_t *call, const replies_t *replies)
{
    if (!replies)
        (void)call_fail(call, DONE_OK, "%s",
            say("who answered is not shown: the catalogue of messages cannot be read "
                "yet"));
}

static done_t list(const call_t *call, const char *node, const inbox_filter_t *filter)
{
    const options_t *o = call->options;
    own_list_t own;
    cause_t why;
    progress_t progress;
    inbox_search_t search = {
        .node = node, .progress = progress_show, .context = &progress};
    progress_begin(&progress, say("making the catalogue of messages"), PROGRESS_ITEMS);
    int result = own_read(&own, &search, filter, o->last, &why);
    progress_end(&progress);
    done_t done = result == 0 ? DONE_OK : call_fail(call, DONE_NO, "%s", why.text);
    replies_t *replies = own.n > 0 ? replies_open(node) : NULL;
    for (size_t i = 0; result == 0 && i < own.n; i++)
        if (print_one(call, node, replies, &own.item[i], print) != DONE_OK)
            done = DONE_NO;
    if (result == 0 && own.n == 0 && !call->common.json)
        puts(say("nothing"));
    if (result == 0 && own.n == 0 && !call->common.json)
        inbox_filter_doubt(filter);
    if (result == 0 && own.n > 0)
        say_no_replies(call, replies);
    replies_close(&replies);
    own_close(&own);
    return done;
}

static done_t show(const call_t *call, const char *node, const char *wanted)
{
    char id[MESSAGE_ID_MAX];
    own_t own;
    const char *meant = chosen(call, node, MAIL_OWN, wanted, id);
    if (!meant)
        return DONE_USAGE;
    if (!own_find(&own, node, meant))
        return call_fail(call, DONE_NO, say("this node sends no message %s"), wanted);
    replies_t *replies = replies_open(node);
    done_t done = print_one(call, node, replies, &own, print_full);
    say_no_replies(call, replies);
    replies_close(&replies);
    return done;
}

static int read_filter(const options_t *o, inbox_filter_t *out, cause_t *why)
{
    *out = (inbox_filter_t){.sent = true,
        .sector = o->sector,
        .kind = o->kind,
        .object = o->object,
        .exercise = o->exercise,
        .search = o->text ? o->text : o->search,
        .level = o->level};
    return inbox_filter_times(out, o->since, o->until, why);
}

static done_t run(const call_t *call)
{
    cause_t why;
    inbox_filter_t filter;
    if (read_filter(call->options, &filter, &why) != 0)
        return call_usage(call, "%s", why.text);
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (call->operands == 0)
        return list(call, node, &filter);
    if (call->operands == 2 && strcmp(call->operand[0], "show") == 0)
        return show(call, node, call->operand[1]);
    if (call->operands == 1 &&
        (pick_is_piece(call->operand[0]) || uuid7_valid(span_text(call->operand[0]))))
        return show(call, node, call->operand[0]); // "sent 3f2a"
    return call_usage(call, "either nothing, or show and one message");
}

const command_t cmd_sent = {
    .name = "sent",
    .operands = "[show ID]",
    .summary = "what this node sent: where it is, who was told, who answered",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_SENT,
    .run = run,
    .pages = true,
    .notes =
        "What waits and what was refused is listed too.  ID is the id, its beginning "
        "or its end.\n\n"
        "  dabyl sent --since yesterday --kind incident.notice\n"
        "  dabyl sent show 3f2a\n"
        "  dabyl correct 3f2a       to say it better\n"
        "  dabyl withdraw 3f2a      to take it back\n",
};
