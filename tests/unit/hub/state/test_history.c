// history: what an index finds is believed only when the entry says it, the draft lies
// over the log and goes with its turn, and an entry that cannot be read is never taken
// for one that is not there.

#include "hub/state/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ENTRIES = 8, NOWHERE = 99 };

typedef struct {
    leaf_t leaf;
    routing_t routing;
    buf_t record;
} kept_t;

typedef struct {
    kept_t kept[ENTRIES];
    uint64_t unreadable;
    history_t *history;
    precedents_t log;
} world_t;

static int entry_at(void *context, uint64_t position, entry_t *entry, cause_t *why)
{
    world_t *world = context;
    if (position == world->unreadable)
        return cause_set(why, "entry %u is damaged", (unsigned)position);
    *entry = (entry_t){.document = span_text("{\"level\":4}"),
        .record = buf_span(&world->kept[position].record)};
    return 0;
}

static int record_at(void *context, uint64_t position, span_t *record, cause_t *why)
{
    entry_t entry;
    if (entry_at(context, position, &entry, why) != 0)
        return -1;
    *record = entry.record;
    return 0;
}

static int leaf_at(void *context, uint64_t position, leaf_t *leaf, cause_t *why)
{
    world_t *world = context;
    if (position == world->unreadable)
        return cause_set(why, "leaf %u is damaged", (unsigned)position);
    *leaf = world->kept[position].leaf;
    return 0;
}

static size_t three_officers(void *context)
{
    (void)context;
    return 3;
}

static const char *no_role(void *context, const char *node)
{
    (void)context;
    (void)node;
    return NULL;
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->unreadable = NOWHERE;
    world->history = history_new(&(history_source_t){
        entry_at, record_at, leaf_at, three_officers, no_role, world});
    world->log = history_precedents(world->history);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    history_destroy(&world->history);
    for (size_t i = 0; i < ENTRIES; i++) {
        routing_close(&world->kept[i].routing);
        buf_destroy(&world->kept[i].record);
    }
    free(world);
    return 0;
}

// An entry of this author, whose id is its kind too; it refers to an id of "a".
static const kept_t *keep(world_t *world, uint64_t position, const char *author,
    const char *id, refer_t field, const char *about)
{
    kept_t *kept = &world->kept[position];
    kept->leaf.position = position;
    (void)snprintf(kept->leaf.author, sizeof kept->leaf.author, "%s", author);
    (void)snprintf(kept->leaf.id, sizeof kept->leaf.id, "%s", id);
    (void)snprintf(kept->leaf.kind, sizeof kept->leaf.kind, "%s", id);
    if (about) {
        route_t route = {.type = ROUTE_REFER, .refer = field, .node = "a"};
        (void)snprintf(route.id, sizeof route.id, "%s", about);
        routing_add(&kept->routing, &route);
    }
    routing_print(&kept->routing, &kept->record);
    return kept;
}

static void add(world_t *world, const kept_t *kept)
{
    history_add(world->history, &kept->leaf, &kept->routing);
}

static void draft(world_t *world, const kept_t *kept)
{
    history_draft(world->history, &kept->leaf, &kept->routing);
}

// The positions of those that refer to a's message, joined.
static const char *referring(
    world_t *world, const char *id, refer_t field, const char *kind)
{
    static char text[64];
    reference_t to = {.author = "a"};
    thread_walk_t walk = {0};
    leaf_t leaf;
    text[0] = 0;
    (void)snprintf(to.id, sizeof to.id, "%s", id);
    while (world->log.refers(
        world->log.context, &to, THIS_VERSION, field, kind, &walk, &leaf)) {
        size_t used = strlen(text);
        assert_true(used < 32);
        (void)snprintf(text + used, sizeof text - used, "%s%u", used ? " " : "",
            (unsigned)leaf.position);
    }
    return text;
}

static void the_draft_lies_over_the_log_until_the_turn_ends(void **state)
{
    world_t *world = *state;
    leaf_t leaf;
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    draft(world, keep(world, 1, "a", "two", REFERS, NULL));
    assert_true(history_find(world->history, "a", "one", &leaf));
    assert_int_equal(leaf.position, 0);
    assert_true(history_find(world->history, "a", "two", &leaf));
    assert_int_equal(leaf.position, 1);
    assert_false(history_find(world->history, "b", "one", &leaf));
    history_begin(world->history);
    assert_true(history_find(world->history, "a", "one", &leaf));
    assert_false(history_find(world->history, "a", "two", &leaf));
}

static void a_name_is_believed_only_when_the_leaf_has_it(void **state)
{
    world_t *world = *state;
    leaf_t leaf;
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    (void)snprintf(world->kept[0].leaf.id, sizeof world->kept[0].leaf.id, "other");
    assert_false(history_find(world->history, "a", "one", &leaf));
    (void)snprintf(world->kept[0].leaf.id, sizeof world->kept[0].leaf.id, "one");
    (void)snprintf(world->kept[0].leaf.author, sizeof world->kept[0].leaf.author, "b");
    assert_false(history_find(world->history, "a", "one", &leaf));
}

static void who_refers_comes_newest_first_the_draft_before_the_log(void **state)
{
    world_t *world = *state;
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    add(world, keep(world, 1, "b", "answer", REFER_RE, "one"));
    add(world, keep(world, 2, "c", "update", REFER_INCIDENT, "one"));
    add(world, keep(world, 3, "c", "answer", REFER_RE, "one"));
    draft(world, keep(world, 4, "b", "update", REFER_RE, "one"));
    draft(world, keep(world, 5, "b", "answer", REFER_RE, "two"));
    assert_string_equal(referring(world, "one", REFERS, ""), "4 3 2 1");
    assert_string_equal(referring(world, "one", REFER_RE, ""), "4 3 1");
    assert_string_equal(referring(world, "one", REFERS, "answer"), "3 1");
    assert_string_equal(referring(world, "one", REFER_INCIDENT, "answer"), "");
    history_begin(world->history);
    assert_string_equal(referring(world, "one", REFERS, ""), "3 2 1");
    assert_string_equal(referring(world, "two", REFERS, ""), "");
}

static void a_reference_is_believed_only_when_the_record_has_it(void **state)
{
    world_t *world = *state;
    kept_t other = {0};
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    add(world, keep(world, 1, "b", "answer", REFER_RE, "one"));
    buf_clear(&world->kept[1].record);
    routing_print(&other.routing, &world->kept[1].record);
    assert_string_equal(referring(world, "one", REFERS, ""), "");
    world->kept[1].routing.route[0].refer = REFER_INCIDENT; // by another field
    buf_clear(&world->kept[1].record);
    routing_print(&world->kept[1].routing, &world->kept[1].record);
    assert_string_equal(referring(world, "one", REFERS, ""), "1");
    assert_string_equal(referring(world, "one", REFER_RE, ""), "");
    buf_clear(&world->kept[1].record);
    buf_put_text(&world->kept[1].record, "no record at all");
    assert_string_equal(referring(world, "one", REFERS, ""), "");
    assert_int_equal(history_check(world->history, &(cause_t){""}), 0);
}

// Corrections and the draft make no difference to what a message began as.
static void a_message_is_found_by_any_of_its_corrections(void **state)
{
    world_t *world = *state;
    const precedents_t *log = &world->log;
    reference_t name = {"a", "three"}, answer;
    leaf_t leaf;
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    add(world, keep(world, 1, "a", "two", REFER_SUPERSEDES, "one"));
    add(world, keep(world, 2, "b", "answer", REFER_RE, "two"));
    draft(world, keep(world, 3, "a", "three", REFER_SUPERSEDES, "two"));
    draft(world, keep(world, 4, "b", "reply", REFER_RE, "three"));
    log->first(log->context, &name, &answer);
    assert_string_equal(answer.id, "one");
    log->root(log->context, &(reference_t){"b", "reply"}, &answer);
    assert_string_equal(answer.id, "one");
    log->latest(log->context, &(reference_t){"a", "one"}, &answer);
    assert_string_equal(answer.id, "three");
    assert_true(log->stands(log->context, &name));
    assert_false(log->stands(log->context, &(reference_t){"a", "two"}));
    for (size_t i = 0; i < 3; i++) {
        static const char *const ids[] = {"one", "two", "three"};
        thread_walk_t walk = {0};
        (void)snprintf(name.id, sizeof name.id, "%s", ids[i]);
        for (uint64_t position = 4; position >= 2; position -= 2) {
            assert_true(log->refers(
                log->context, &name, ANY_VERSION, REFER_RE, "", &walk, &leaf));
            assert_int_equal(leaf.position, position);
        }
        assert_false(
            log->refers(log->context, &name, ANY_VERSION, REFER_RE, "", &walk, &leaf));
    }
    assert_string_equal(referring(world, "two", REFERS, ""), "3 2");
    history_begin(world->history);
    log->latest(log->context, &(reference_t){"a", "one"}, &answer);
    assert_string_equal(answer.id, "two");
    assert_true(log->stands(log->context, &answer));
}

static void records_and_documents_are_read(void **state)
{
    world_t *world = *state;
    span_t record;
    cause_t why;
    const kept_t *kept = keep(world, 0, "a", "one", REFERS, NULL);
    assert_int_equal(
        world->log.record(world->log.context, &kept->leaf, &record, &why), 0);
    assert_true(span_equal(record, buf_span(&kept->record)));
    value_t *document = world->log.document(world->log.context, &kept->leaf);
    assert_int_equal(value_integer(value_get(document, "level")), 4);
    value_free(&document);
    assert_int_equal(world->log.officers(world->log.context), 3);
}

static void not_knowing_is_never_not_being_there(void **state)
{
    world_t *world = *state;
    leaf_t leaf;
    span_t record;
    cause_t why = {""};
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    add(world, keep(world, 1, "b", "answer", REFER_RE, "one"));
    assert_int_equal(history_check(world->history, &why), 0);
    world->unreadable = 1;
    assert_string_equal(referring(world, "one", REFERS, ""), "");
    assert_int_equal(history_check(world->history, &why), -1);
    assert_string_equal(why.text, "leaf 1 is damaged");
    world->unreadable = 0;
    assert_false(history_find(world->history, "a", "one", &leaf));
    assert_null(world->log.document(world->log.context, &world->kept[0].leaf));
    assert_int_equal(
        world->log.record(world->log.context, &world->kept[0].leaf, &record, &why), -1);
    world->unreadable = NOWHERE; // what was missed is not made good by reading again
    history_begin(world->history);
    assert_true(history_find(world->history, "a", "one", &leaf));
    assert_int_equal(history_check(world->history, &why), -1);
    assert_string_equal(why.text, "leaf 1 is damaged");
}

static void exercise(world_t *world, uint64_t position, exercise_act_t act, bool durable)
{
    kept_t *kept = &world->kept[position];
    route_t route = {.type = ROUTE_EXERCISE, .act = act, .node = "spring"};
    (void)snprintf(kept->leaf.author, sizeof kept->leaf.author, "a");
    routing_add(&kept->routing, &route);
    if (durable)
        add(world, kept);
    else
        draft(world, kept);
}

static void an_exercise_is_what_log_and_draft_say(void **state)
{
    world_t *world = *state;
    history_t *past = world->history;
    exercise(world, 0, EXERCISE_OPENS, true);
    assert_true(history_exercise(past, EXERCISE_OPENS, "spring", ""));
    assert_false(history_exercise(past, EXERCISE_OPENS, "autumn", ""));
    exercise(world, 1, EXERCISE_CLOSES, false);
    assert_true(history_exercise(past, EXERCISE_CLOSES, "spring", ""));
    history_begin(past);
    assert_false(history_exercise(past, EXERCISE_CLOSES, "spring", ""));
    assert_true(history_exercise(past, EXERCISE_OPENS, "spring", ""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_draft_lies_over_the_log_until_the_turn_ends),
        TEST(a_name_is_believed_only_when_the_leaf_has_it),
        TEST(who_refers_comes_newest_first_the_draft_before_the_log),
        TEST(a_reference_is_believed_only_when_the_record_has_it),
        TEST(a_message_is_found_by_any_of_its_corrections),
        TEST(records_and_documents_are_read),
        TEST(not_knowing_is_never_not_being_there),
        TEST(an_exercise_is_what_log_and_draft_say),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
