// lineage: against a model that walks, over random logs: what a message began as, what
// has come of it, whether it stands and what its thread began with, with drafts that are
// written and drafts that never are.

#include "lib/message/lineage.h"

#include "tests/lib/test.h"

enum { MESSAGES = 300, LOGS = 60, AUTHORS = 3, NONE = -1 };

typedef struct {
    int author;
    int withdraws, re, incident; // earlier ones, or NONE
    int under;                   // which no thread follows
    bool cancels;
} message_t;

typedef struct {
    unsigned seed;
    int n;
    message_t message[MESSAGES];
} log_t;

static unsigned draw(log_t *log, unsigned below)
{
    log->seed = log->seed * 1664525u + 1013904223u;
    return (log->seed >> 8) % below;
}

static reference_t name_of(const log_t *log, int i)
{
    reference_t name = {0};
    (void)snprintf(name.author, sizeof name.author, "node-%d", log->message[i].author);
    (void)snprintf(name.id, sizeof name.id, "019abd3c-5c00-7a4e-9b6d-%012d", i);
    return name;
}

// --- the model, which walks ---

static int first_of(const log_t *log, int i)
{
    while (log->message[i].withdraws != NONE)
        i = log->message[i].withdraws;
    return i;
}

static int after(const log_t *log, int i)
{
    for (int k = i + 1; k < log->n; k++)
        if (log->message[k].withdraws == i)
            return k;
    return NONE;
}

static int latest_of(const log_t *log, int i)
{
    while (after(log, i) != NONE)
        i = after(log, i);
    return i;
}

static bool stands(const log_t *log, int i)
{
    return after(log, i) == NONE && !log->message[i].cancels;
}

static int root_of(const log_t *log, int i)
{
    const message_t *message = &log->message[i];
    int above = message->incident != NONE ? message->incident
                : message->re != NONE     ? message->re
                                          : message->withdraws;
    return above == NONE ? i : root_of(log, first_of(log, above));
}

// ---

static void add_line(routing_t *routing, const log_t *log, refer_t field, int to)
{
    route_t route = {.type = ROUTE_REFER, .refer = field};
    if (to == NONE)
        return;
    reference_t name = name_of(log, to);
    memcpy(route.node, name.author, sizeof route.node);
    memcpy(route.id, name.id, sizeof route.id);
    routing_add(routing, &route);
}

typedef void (*add_fn)(
    lineage_t *self, const char *author, const char *id, const routing_t *routing);

static void tell(lineage_t *lineage, const log_t *log, int i, add_fn add)
{
    const message_t *message = &log->message[i];
    reference_t name = name_of(log, i);
    routing_t routing = {0};
    add_line(&routing, log, REFER_INCIDENT, message->incident);
    add_line(&routing, log, REFER_RE, message->re);
    add_line(&routing, log, REFER_UNDER, message->under);
    add_line(&routing, log, message->cancels ? REFER_CANCELS : REFER_SUPERSEDES,
        message->withdraws);
    add(lineage, name.author, name.id, &routing);
    routing_close(&routing);
}

// As the hub takes them: a correction is the author's own, of what stands.
static void draw_message(log_t *log)
{
    message_t message = {(int)draw(log, AUTHORS), NONE, NONE, NONE, NONE, false};
    int some = log->n ? (int)draw(log, (unsigned)log->n) : NONE;
    int late = log->n ? log->n - 1 - (int)draw(log, log->n < 4 ? 1 : 4) : NONE;
    unsigned what = draw(log, 10);
    if (log->n == 0)
        what = 9;
    if (what < 5 && stands(log, what < 3 ? late : some)) {
        message.withdraws = what < 3 ? late : some;
        message.author = log->message[message.withdraws].author;
        message.cancels = draw(log, 6) == 0;
    }
    if (what >= 3 && what < 8)
        message.re = some;
    if (what == 2 || what == 7)
        message.incident = late;
    if (log->n > 0 && draw(log, 4) == 0)
        message.under = (int)draw(log, (unsigned)log->n);
    log->message[log->n++] = message;
}

static void expect(const log_t *log, unsigned seed, const char *what, int i,
    const reference_t *got, int expected)
{
    reference_t name = name_of(log, expected);
    if (!reference_same(got, &name))
        fail_msg("log %u of %d messages: the %s of %d is %s, expected %s", seed, log->n,
            what, i, got->id, name.id);
}

static void compare(const lineage_t *lineage, const log_t *log, unsigned seed)
{
    for (int i = 0; i < log->n; i++) {
        reference_t name = name_of(log, i), got;
        lineage_first(lineage, &name, &got);
        expect(log, seed, "first", i, &got, first_of(log, i));
        lineage_latest(lineage, &name, &got);
        expect(log, seed, "latest", i, &got, latest_of(log, i));
        lineage_root(lineage, &name, &got);
        expect(log, seed, "root", i, &got, root_of(log, i));
        if (lineage_stands(lineage, &name) != stands(log, i))
            fail_msg("log %u: whether %d stands", seed, i);
        if (lineage_withdrawn(lineage, &name) != log->message[latest_of(log, i)].cancels)
            fail_msg("log %u: whether %d is withdrawn", seed, i);
    }
}

// A turn drafts a few; most are written, some never.
static void a_walk_finds_the_same(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= LOGS; seed++) {
        log_t log = {.seed = seed};
        lineage_t *lineage = lineage_new();
        while (log.n < MESSAGES - 8) {
            int first = log.n, turn = 1 + (int)draw(&log, 8);
            for (int i = 0; i < turn; i++) {
                draw_message(&log);
                tell(lineage, &log, log.n - 1, lineage_draft);
            }
            if (draw(&log, 8) == 0)
                compare(lineage, &log, seed);
            if (draw(&log, 5) == 0)
                log.n = first;
            for (int i = first; i < log.n; i++)
                tell(lineage, &log, i, lineage_add);
            lineage_begin(lineage);
        }
        compare(lineage, &log, seed);
        lineage_destroy(&lineage);
    }
}

enum { LONG = 20000 };

// Far beyond any number that somebody may have thought to be enough.
static void a_chain_has_no_end(void **state)
{
    (void)state;
    lineage_t *lineage = lineage_new();
    reference_t begun = {"a", "0"}, got;
    for (int i = 1; i < LONG; i++) {
        routing_t routing = {0};
        route_t route = {.type = ROUTE_REFER, .refer = REFER_SUPERSEDES, .node = "a"};
        char id[MESSAGE_ID_MAX];
        (void)snprintf(id, sizeof id, "%d", i);
        (void)snprintf(route.id, sizeof route.id, "%d", i - 1);
        routing_add(&routing, &route);
        lineage_add(lineage, "a", id, &routing);
        routing_close(&routing);
        reference_t name = {"a", ""};
        memcpy(name.id, id, sizeof name.id);
        lineage_first(lineage, &name, &got);
        assert_true(reference_same(&got, &begun));
        lineage_root(lineage, &name, &got);
        assert_true(reference_same(&got, &begun));
        lineage_latest(lineage, &begun, &got);
        assert_true(reference_same(&got, &name));
    }
    lineage_destroy(&lineage);
}

static void what_nobody_spoke_of_is_itself(void **state)
{
    (void)state;
    lineage_t *lineage = lineage_new();
    reference_t name = {"a", "1"}, got;
    lineage_first(lineage, &name, &got);
    assert_true(reference_same(&got, &name));
    lineage_latest(lineage, &name, &got);
    assert_true(reference_same(&got, &name));
    lineage_root(lineage, &name, &got);
    assert_true(reference_same(&got, &name));
    assert_true(lineage_stands(lineage, &name));
    assert_false(lineage_withdrawn(lineage, &name));
    lineage_destroy(&lineage);
    lineage_destroy(&lineage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_finds_the_same),
        cmocka_unit_test(a_chain_has_no_end),
        cmocka_unit_test(what_nobody_spoke_of_is_itself),
    };
    return test_group(tests, NULL, NULL);
}
