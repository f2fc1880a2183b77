// dabyl nodes - who takes part in the exchange and how each node is: for the National
// Coordination Centre.

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/query.h"

#include <stdlib.h>
#include <string.h>

enum { ENDS_SOON_MS = 30 * 24 * 3600 * 1000LL };

typedef struct {
    int64_t timeout_s;
} options_t;

static const option_t options[] = {
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "10",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static bool is(const json_t *node, const char *field)
{
    return json_is_true(json_object_get(node, field));
}

static json_int_t behind(const json_t *node)
{
    return json_integer_value(json_object_get(node, "last")) -
           json_integer_value(json_object_get(node, "stored"));
}

// The first of its certificates to end; "" where one is missing.
static const char *ends(const json_t *node)
{
    const json_t *certificates = json_object_get(node, "certificates");
    const char *seal = mail_text(certificates, "seal");
    const char *channel = mail_text(certificates, "channel");
    return strcmp(seal, channel) < 0 ? seal : channel;
}

static bool ends_soon(const json_t *node, const char *now)
{
    int64_t now_ms, ends_ms;
    return !time_parse(span_text(ends(node)), &ends_ms) ||
           (time_parse(span_text(now), &now_ms) && ends_ms - now_ms < ENDS_SOON_MS);
}

// Whoever is away comes first, then who lags behind.
static int by_trouble(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    if (is(*x, "connected") != is(*y, "connected"))
        return is(*x, "connected") ? 1 : -1;
    if (behind(*x) != behind(*y))
        return behind(*x) < behind(*y) ? 1 : -1;
    return strcmp(mail_text(*x, "node"), mail_text(*y, "node"));
}

static void print_session(const json_t *node)
{
    const char *heard = mail_text(node, "heard");
    if (is(node, "connected")) {
        screen_paint(stdout, PAINT_GOOD, "%s", say("connected"));
        printf(", %s ", say("since"));
        screen_time(stdout, mail_text(node, "since"));
        return;
    }
    screen_paint(stdout, PAINT_BAD, "%s", say("not connected"));
    if (heard[0]) {
        printf(", %s ", say("heard of last"));
        screen_time(stdout, heard);
    } else
        printf(", %s", say("not heard of since the hub's start"));
}

static void print_trouble(const json_t *node, const char *now)
{
    if (behind(node) > 0) {
        fputs("\n  ", stdout);
        screen_paint(stdout, PAINT_WARNING, say("has not signed for %lld messages"),
            (long long)behind(node));
    }
    if (is(node, "contradicts")) {
        fputs("\n  ", stdout);
        screen_paint(
            stdout, PAINT_BAD, "%s", say("claims to have what the log does not have"));
    }
    if (ends_soon(node, now)) {
        fputs("\n  ", stdout);
        screen_paint(stdout, PAINT_WARNING, "%s",
            ends(node)[0] ? say("a certificate ends") : say("a certificate is missing"));
        fputc(' ', stdout);
        screen_time(stdout, ends(node));
    }
}

static void print_node(const json_t *node, const char *now)
{
    screen_column(stdout, mail_text(node, "node"), 20);
    printf("%s, ", words_title(&words_roles, mail_text(node, "role")));
    screen_text(stdout, mail_text(node, "organisation"));
    fputs("\n  ", stdout);
    print_session(node);
    print_trouble(node, now);
    fputc('\n', stdout);
}

// 1 where somebody is not connected.
static done_t print(const json_t *answer, bool json)
{
    const json_t *list = json_object_get(answer, "nodes");
    size_t n = json_array_size(list);
    done_t done = DONE_OK;
    const json_t **node = calloc(n ? n : 1, sizeof *node);
    if (!node)
        abort();
    for (size_t i = 0; i < n; i++)
        node[i] = json_array_get(list, i);
    qsort(node, n, sizeof *node, by_trouble);
    for (size_t i = 0; i < n; i++) {
        if (!is(node[i], "connected"))
            done = DONE_NO;
        if (json)
            screen_json(stdout, node[i]);
        else
            print_node(node[i], mail_text(answer, "now"));
    }
    free(node);
    return done;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    done_t done = DONE_OK;
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    json_t *answer =
        query_hub(call, "nodes", json_object(), moment_span(o->timeout_s, 1000), &done);
    if (!answer)
        return done;
    done = print(answer, call->common.json);
    json_decref(answer);
    return done;
}

const command_t cmd_nodes = {
    .name = "nodes",
    .operands = "",
    .summary = "who takes part and how each node is: for the Coordination Centre",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
};
