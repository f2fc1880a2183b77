// timeline: who asks is shown what it wrote and had, in the log's order, whatever refers
// to whatever; strangers and what does not exist are answered alike.

#include "hub/ask/timeline.h"

#include "lib/message/lineage.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

enum { MANY = TIMELINE_MESSAGES + 20 };

typedef struct {
    const char *author, *kind;
    size_t to;            // the message it refers to, from 1; 0: none
    const char *receiver; // told to the author; NULL: nobody
    const char *quiet;    // not told to the author
    refer_t field;
} message_t;

// A small log: position and id are the index.
typedef struct {
    const message_t *message;
    size_t n;
    buf_t record;
    lineage_t *lineage;
} world_t;

static void id_of(size_t i, char id[MESSAGE_ID_MAX])
{
    (void)snprintf(
        id, MESSAGE_ID_MAX, "019abd3c-5c00-7a4e-9b6d-%012u", (unsigned)(i % 1000));
}

static void leaf_of(const world_t *world, size_t i, leaf_t *leaf)
{
    *leaf = (leaf_t){.position = i, .time_ms = INT64_C(1795348800000) + (int64_t)i};
    (void)snprintf(leaf->author, sizeof leaf->author, "%s", world->message[i].author);
    (void)snprintf(leaf->kind, sizeof leaf->kind, "%s", world->message[i].kind);
    id_of(i, leaf->id);
}

static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    const world_t *world = context;
    for (size_t i = 0; i < world->n; i++) {
        leaf_of(world, i, leaf);
        if (strcmp(leaf->author, author) == 0 && strcmp(leaf->id, id) == 0)
            return true;
    }
    return false;
}

static void add_line(routing_t *routing, const char *node, tell_t tell)
{
    route_t route = {.type = ROUTE_DELIVER, .tell = tell, .rule = "r", .cites = "8.3"};
    if (!node)
        return;
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    routing_add(routing, &route);
}

static int record(void *context, const leaf_t *leaf, span_t *text, cause_t *why)
{
    world_t *world = context;
    const message_t *message = &world->message[leaf->position];
    routing_t routing = {0};
    if (strcmp(message->kind, "unreadable") == 0)
        return cause_set(why, "it cannot be read");
    if (message->to) {
        route_t route = {.type = ROUTE_REFER, .refer = message->field};
        (void)snprintf(
            route.node, sizeof route.node, "%s", world->message[message->to - 1].author);
        id_of(message->to - 1, route.id);
        routing_add(&routing, &route);
    }
    add_line(&routing, message->receiver, TELL_SENDER);
    add_line(&routing, message->quiet, TELL_NONE);
    buf_clear(&world->record);
    routing_print(&routing, &world->record);
    routing_close(&routing);
    *text = buf_span(&world->record);
    return 0;
}

// By any field, of any version.
// Nothing was brought along for anybody.
static bool carried(void *context, const reference_t *message, version_t version,
    const char *node, thread_walk_t *walk, leaf_t *leaf)
{
    (void)context;
    (void)message;
    (void)version;
    (void)node;
    (void)walk;
    (void)leaf;
    return false;
}

static bool refers(void *context, const reference_t *to, version_t version, refer_t field,
    const char *kind, thread_walk_t *walk, leaf_t *leaf)
{
    const world_t *world = context;
    assert_true(version == ANY_VERSION && field == REFERS && kind[0] == 0);
    for (; walk->past < world->n; walk->past++) {
        const message_t *message = &world->message[walk->past];
        reference_t name = {0};
        if (message->to == 0)
            continue;
        (void)snprintf(name.author, sizeof name.author, "%s",
            world->message[message->to - 1].author);
        id_of(message->to - 1, name.id);
        lineage_first(world->lineage, &name, &name);
        if (!reference_same(&name, to))
            continue;
        leaf_of(world, walk->past++, leaf);
        return true;
    }
    return false;
}

static void first(void *context, const reference_t *message, reference_t *answer)
{
    lineage_first(((const world_t *)context)->lineage, message, answer);
}

static void latest(void *context, const reference_t *message, reference_t *answer)
{
    lineage_latest(((const world_t *)context)->lineage, message, answer);
}

static void root(void *context, const reference_t *message, reference_t *answer)
{
    lineage_root(((const world_t *)context)->lineage, message, answer);
}

// What the hub folds of these messages.
static void fold(world_t *world)
{
    world->lineage = lineage_new();
    for (size_t i = 0; i < world->n; i++) {
        leaf_t leaf;
        span_t text;
        routing_t routing;
        cause_t why;
        leaf_of(world, i, &leaf);
        if (record(world, &leaf, &text, &why) != 0)
            continue;
        assert_int_equal(routing_parse(&routing, text, &why), 0);
        lineage_add(world->lineage, leaf.author, leaf.id, &routing);
        routing_close(&routing);
    }
}

static value_t *document(void *context, const leaf_t *leaf)
{
    (void)context;
    return leaf->position == 2
               ? NULL
               : value_read("{\"summary\":{\"en\":\"words\"},\"body\":{\"level\":3}}");
}

static scratch_t scratch;
static inboxes_t *inboxes; // nccis has signed for the first message, knb for none

static int set_up(void **state)
{
    cause_t why;
    (void)state;
    scratch_open(&scratch);
    inboxes = inboxes_open(scratch.path, &why);
    if (!inboxes)
        fail_msg("%s", why.text);
    int nccis = inboxes_of(inboxes, "nccis", &why),
        knb = inboxes_of(inboxes, "knb", &why);
    assert_int_equal(inboxes_add(inboxes, nccis, 0, &why), 0);
    assert_int_equal(inboxes_add(inboxes, nccis, 1, &why), 0);
    assert_int_equal(inboxes_add(inboxes, knb, 0, &why), 0);
    inboxes_set_acked(inboxes, nccis, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    inboxes_close(&inboxes);
    scratch_close(&scratch);
    return 0;
}

static uint64_t step_work; // that each step is said to cost

// With as many messages as are named one by one.
static json_t *written(const timeline_walk_t *walk)
{
    buf_t text = {0};
    writer_t to = writer_to(&text);
    reference_t name;
    writer_object(&to, NULL);
    timeline_write(walk, &to);
    writer_end(&to);
    json_t *answer = json_loads(buf_text(&text), 0, NULL), *item;
    assert_non_null(answer);
    buf_destroy(&text);
    size_t i, at = 0;
    json_array_foreach(json_object_get(answer, "messages"), i, item)
    {
        assert_true(timeline_message(walk, &at, &name));
        assert_string_equal(json_string_value(json_object_get(item, "id")), name.id);
        at++;
    }
    assert_false(timeline_message(walk, &at, &name));
    return answer;
}

static json_t *ask(const message_t *message, size_t n, const char *asker, size_t about,
    refusal_t *refusal)
{
    world_t world = {.message = message, .n = n};
    precedents_t log = {.find = find,
        .record = record,
        .refers = refers,
        .carried = carried,
        .first = first,
        .latest = latest,
        .root = root,
        .document = document,
        .context = &world};
    timeline_t timeline = {.log = &log,
        .inboxes = inboxes,
        .asker = asker,
        .nccis = strcmp(asker, "nccis") == 0};
    reference_t name = {0};
    (void)snprintf(name.author, sizeof name.author, "%s",
        about < n ? message[about].author : "nobody");
    id_of(about, name.id);
    *refusal = (refusal_t){0};
    fold(&world);
    timeline_walk_t *walk = timeline_begin(&name);
    uint64_t work = 0;
    while (timeline_step(&timeline, walk, work))
        work += step_work;
    json_t *answer = NULL;
    if (timeline_found(&timeline, walk, refusal))
        answer = written(walk);
    timeline_drop(&walk);
    assert_null(walk);
    lineage_destroy(&world.lineage);
    buf_destroy(&world.record);
    return answer;
}

// Positions and, in brackets, receivers: "0[nccis owner] 3[]".
static void expect(const message_t *message, size_t n, const char *asker, size_t about,
    const char *expected)
{
    refusal_t refusal;
    buf_t text = {0};
    json_t *answer = ask(message, n, asker, about, &refusal);
    size_t i, k;
    json_t *item, *receiver;
    json_array_foreach(json_object_get(answer, "messages"), i, item)
    {
        buf_printf(&text, "%s%d[", i ? " " : "",
            (int)json_integer_value(json_object_get(item, "position")));
        json_array_foreach(json_object_get(item, "receivers"), k, receiver)
            buf_printf(&text, "%s%s", k ? " " : "",
                json_string_value(json_object_get(receiver, "node")));
        buf_put_text(&text, "]");
    }
    if (!answer)
        buf_put_text(&text, refusal.code);
    if (strcmp(buf_text(&text), expected) != 0)
        fail_msg("%s asks about %zu: got %s, expected %s", asker, about, buf_text(&text),
            expected);
    buf_destroy(&text);
    json_decref(answer);
}

static const message_t thread_[] = {
    {"isoc", "incident.notice", 0, "nccis", "knb", 0},
    {"isoc", "incident.update", 1, "nccis", NULL, REFER_INCIDENT},
    {"hub", "security.alert", 1, "knb", NULL, REFER_INCIDENT},
    {"knb", "acknowledgement", 3, "nccis", NULL, REFER_RE},
    {"other", "incident.notice", 0, "nccis", NULL, 0},
};

enum { THREAD = sizeof thread_ / sizeof thread_[0] };

static void each_sees_its_part(void **state)
{
    (void)state;
    for (size_t about = 0; about < 4; about++) { // any message names the thread
        expect(thread_, THREAD, "isoc", about, "0[nccis] 1[nccis]");
        expect(thread_, THREAD, "nccis", about, "0[nccis] 1[nccis] 3[nccis]");
        expect(thread_, THREAD, "knb", about, "0[knb] 2[knb] 3[nccis]");
    }
    expect(thread_, THREAD, "nccis", 4, "4[nccis]");
}

static void strangers_learn_nothing(void **state)
{
    (void)state;
    refusal_t one, two;
    expect(thread_, THREAD, "bank", 0, "reference.unknown");
    expect(thread_, THREAD, "bank", 77, "reference.unknown");
    assert_null(ask(thread_, 1, "bank", 0, &one));
    assert_null(ask(thread_, 1, "isoc", 77, &two));
    assert_string_equal(one.code, two.code);
    assert_string_equal(one.pointer, two.pointer);
    assert_string_equal(one.by, two.by);
}

// The first two messages of the thread, of which knb is not told; names and their order
// are promised.
static void what_is_said_of_each(void **state)
{
    (void)state;
    refusal_t refusal;
    json_t *answer = ask(thread_, THREAD, "isoc", 1, &refusal);
    char *text = json_dumps(answer, JSON_COMPACT);
    assert_string_equal(text,
        "{\"incident\":{\"author\":\"isoc\",\"id\":\"019abd3c-5c00-7a4e-9b6d-"
        "000000000000\"},"
        "\"more\":false,\"messages\":[{\"position\":0,\"time\":\"2026-11-22T12:00:00."
        "000Z\","
        "\"kind\":\"incident.notice\",\"author\":\"isoc\",\"id\":"
        "\"019abd3c-5c00-7a4e-9b6d-000000000000\",\"receivers\":[{\"node\":\"nccis\","
        "\"rule\":"
        "\"r\",\"cites\":\"8.3\",\"stored\":true}],\"remarks\":[],\"summary\":{\"en\":"
        "\"words\"},\"level\":3},{\"position\":1,\"time\":\"2026-11-22T12:00:00.001Z\","
        "\"kind\":\"incident.update\",\"author\":\"isoc\",\"id\":"
        "\"019abd3c-5c00-7a4e-9b6d-000000000001\",\"receivers\":[{\"node\":\"nccis\","
        "\"rule\":"
        "\"r\",\"cites\":\"8.3\",\"stored\":false}],\"remarks\":[],\"incident\":{"
        "\"author\":"
        "\"isoc\",\"id\":\"019abd3c-5c00-7a4e-9b6d-000000000000\"},\"summary\":{\"en\":"
        "\"words\"},\"level\":3}]}");
    free(text);
    json_decref(answer);
}

static void circles_and_what_cannot_be_read_end(void **state)
{
    (void)state;
    static const message_t circle[] = {
        {"a", "x", 2, "b", NULL, REFER_INCIDENT},
        {"a", "x", 1, "b", NULL, REFER_INCIDENT},
        {"a", "x", 3, "b", NULL, REFER_RE},
        {"a", "unreadable", 1, "b", NULL, REFER_RE},
    };
    expect(circle, 4, "b", 0, "0[b] 1[b]");
    expect(circle, 4, "b", 2, "2[b]");
    expect(circle, 4, "b", 3, "reference.unknown");
}

enum { DEEP = 40 };

// However deep: each answers the one before it, and every third only corrects it.
static void any_message_of_a_deep_thread_leads_to_its_beginning(void **state)
{
    (void)state;
    message_t deep[DEEP] = {{"a", "x", 0, "b", NULL, 0}};
    buf_t all = {0};
    for (size_t i = 1; i < DEEP; i++)
        deep[i] =
            (message_t){"a", "x", i, "b", NULL, i % 3 ? REFER_RE : REFER_SUPERSEDES};
    for (size_t i = 0; i < DEEP; i++)
        buf_printf(&all, "%s%zu[b]", i ? " " : "", i);
    for (size_t about = 0; about < DEEP; about++)
        expect(deep, DEEP, "b", about, buf_text(&all));
    buf_destroy(&all);
}

static void a_correction_has_what_is_said_of_what_it_corrects(void **state)
{
    (void)state;
    static const message_t told[] = {
        {"isoc", "incident.notice", 0, "nccis", NULL, 0},
        {"isoc", "incident.notice", 1, "nccis", NULL, REFER_SUPERSEDES},
        {"isoc", "incident.update", 1, "nccis", NULL, REFER_INCIDENT},
        {"isoc", "incident.update", 2, "nccis", NULL, REFER_INCIDENT},
        {"isoc", "incident.notice", 2, "nccis", NULL, REFER_CANCELS},
    };
    for (size_t about = 0; about < 5; about++)
        expect(told, 5, "nccis", about, "0[nccis] 1[nccis] 2[nccis] 3[nccis] 4[nccis]");
}

static void a_long_thread_is_cut_and_says_so(void **state)
{
    (void)state;
    static message_t many[MANY];
    refusal_t refusal;
    for (size_t i = 0; i < MANY; i++)
        many[i] = (message_t){"a", "x", i ? 1 : 0, "b", NULL, REFER_INCIDENT};
    json_t *answer = ask(many, MANY, "b", 0, &refusal);
    assert_int_equal(
        json_array_size(json_object_get(answer, "messages")), TIMELINE_MESSAGES);
    assert_true(json_is_true(json_object_get(answer, "more")));
    json_decref(answer);
}

// What costs too much is cut, and who asks is shown the beginning and the newest.
static void a_large_thread_is_cut_and_says_so(void **state)
{
    (void)state;
    enum { LARGE = 200, SHOWN = 20 };
    static message_t many[LARGE];
    refusal_t refusal;
    for (size_t i = 0; i < LARGE; i++)
        many[i] = (message_t){"a", "x", i ? 1 : 0, "b", NULL, REFER_INCIDENT};
    step_work = TIMELINE_WORK / (2 * SHOWN);
    json_t *answer = ask(many, LARGE, "b", 0, &refusal);
    step_work = 0;
    const json_t *messages = json_object_get(answer, "messages");
    size_t n = json_array_size(messages);
    assert_true(n >= 10 && n <= SHOWN + 2);
    assert_true(json_is_true(json_object_get(answer, "more")));
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(messages, 0), "position")), 0);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sees_its_part),
        cmocka_unit_test(strangers_learn_nothing),
        cmocka_unit_test(what_is_said_of_each),
        cmocka_unit_test(circles_and_what_cannot_be_read_end),
        cmocka_unit_test(any_message_of_a_deep_thread_leads_to_its_beginning),
        cmocka_unit_test(a_correction_has_what_is_said_of_what_it_corrects),
        cmocka_unit_test(a_long_thread_is_cut_and_says_so),
        cmocka_unit_test(a_large_thread_is_cut_and_says_so),
    };
    return test_group(tests, set_up, tear_down);
}
