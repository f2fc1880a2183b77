// history: what an index finds is believed only when the entry says it, the draft lies
// over the log and goes with its turn, and an entry that cannot be read is never taken
// for one that is not there.

#include "hub/state/history.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"

enum { ENTRIES = 8 };

typedef struct {
    leaf_t leaf;
    routing_t routing;
    buf_t record;
} kept_t;

typedef struct {
    kept_t kept[ENTRIES];
    draft_t *draft; // the log: all of it is there to be read, up to where it is cut
    entries_t *entries;
    history_t *history;
    history_view_t view;
    precedents_t log;
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    world->history = history_new(world->entries, NULL);
    world->view = (history_view_t){.history = world->history};
    world->log = history_precedents(&world->view);
    draft_clear(world->draft, 0, 1);
    for (size_t i = 0; i < ENTRIES; i++)
        draft_set_document(draft_add(world->draft, "message", "", "", ""),
            span_text("{\"level\":4}"), NULL);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    for (size_t i = 0; i < ENTRIES; i++) {
        routing_close(&world->kept[i].routing);
        buf_destroy(&world->kept[i].record);
    }
    free(world);
    return 0;
}

// What the log has at a position is what was kept of it.
static void write_down(world_t *world, uint64_t position)
{
    draft_item_t *item = draft_at(world->draft, position);
    item->leaf = world->kept[position].leaf;
    item->record = buf_span(&world->kept[position].record);
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
    write_down(world, position);
    return kept;
}

// The entry brings that message of "a" along for the node.
static const kept_t *keep_carrier(
    world_t *world, uint64_t position, const char *node, const char *old)
{
    kept_t *kept = &world->kept[position];
    route_t with = {.type = ROUTE_DELIVER, .rule = "r", .cites = "8"};
    route_t route = {.type = ROUTE_CARRIES, .author = "a"};
    (void)snprintf(with.node, sizeof with.node, "%s", node);
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    (void)snprintf(route.id, sizeof route.id, "%s", old);
    routing_add(&kept->routing, &with);
    routing_add(&kept->routing, &route);
    return keep(world, position, "c", node, REFERS, NULL);
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

// The positions of those that carry a's message to the node, joined.
static const char *carrying(
    world_t *world, const char *id, version_t version, const char *node)
{
    static char text[64];
    reference_t old = {.author = "a"};
    thread_walk_t walk = {0};
    leaf_t leaf;
    text[0] = 0;
    (void)snprintf(old.id, sizeof old.id, "%s", id);
    while (world->log.carried(world->log.context, &old, version, node, &walk, &leaf)) {
        size_t used = strlen(text);
        assert_true(used < 32);
        (void)snprintf(text + used, sizeof text - used, "%s%u", used ? " " : "",
            (unsigned)leaf.position);
    }
    return text;
}

// By the very version, or as one message with all its corrections; in the log and in the
// draft over it.
static void who_was_brought_a_message_is_found_by_its_carriers(void **state)
{
    world_t *world = *state;
    add(world, keep(world, 0, "a", "one", REFERS, NULL));
    add(world, keep_carrier(world, 1, "n", "one"));
    add(world, keep(world, 2, "a", "two", REFER_SUPERSEDES, "one"));
    add(world, keep_carrier(world, 3, "m", "two"));
    draft(world, keep_carrier(world, 4, "o", "two"));
    assert_string_equal(carrying(world, "one", THIS_VERSION, "n"), "1");
    assert_string_equal(carrying(world, "two", THIS_VERSION, "n"), "");
    assert_string_equal(carrying(world, "two", ANY_VERSION, "n"), "1");
    assert_string_equal(carrying(world, "one", ANY_VERSION, ""), "4 3 1");
    assert_string_equal(carrying(world, "two", THIS_VERSION, ""), "4 3");
    assert_string_equal(carrying(world, "one", ANY_VERSION, "p"), "");
    history_begin(world->history);
    assert_string_equal(carrying(world, "one", ANY_VERSION, ""), "3 1");
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
    write_down(world, 0);
    assert_false(history_find(world->history, "a", "one", &leaf));
    (void)snprintf(world->kept[0].leaf.id, sizeof world->kept[0].leaf.id, "one");
    (void)snprintf(world->kept[0].leaf.author, sizeof world->kept[0].leaf.author, "b");
    write_down(world, 0);
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
    write_down(world, 1);
    assert_string_equal(referring(world, "one", REFERS, ""), "");
    world->kept[1].routing.route[0].refer = REFER_INCIDENT; // by another field
    buf_clear(&world->kept[1].record);
    routing_print(&world->kept[1].routing, &world->kept[1].record);
    write_down(world, 1);
    assert_string_equal(referring(world, "one", REFERS, ""), "1");
    assert_string_equal(referring(world, "one", REFER_RE, ""), "");
    buf_clear(&world->kept[1].record);
    buf_put_text(&world->kept[1].record, "no record at all");
    write_down(world, 1);
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
}

// Nobody sealed what is only asked about: then it is as if all had.
static void who_is_asked_for_is_said_by_the_view(void **state)
{
    world_t *world = *state;
    people_t people;
    person_t nccis = {.name = "nccis", .role = "nccis", .organisation = "NCC"};
    people_open(&people, 1795348800000);
    people_certify(&people, &nccis, CERT_SEAL);
    people_certify(&people, &nccis, CERT_CHANNEL);
    people_publish(&people, 1);
    roster_t *roster = people_roster(&people);
    world->view.roster = roster;
    assert_string_equal(world->log.role(world->log.context, "nccis"), "nccis");
    assert_null(world->log.role(world->log.context, "isoc"));
    sealers_t sealers;
    assert_false(world->log.sealers(world->log.context, &sealers));
    world->view.seal = span_text("a seal of nobody");
    assert_true(world->log.sealers(world->log.context, &sealers));
    assert_int_equal(sealers.n, 0);
    roster_close(&roster);
    people_close(&people);
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
    draft_cut(world->draft, 1); // nobody has entry 1 any more
    assert_string_equal(referring(world, "one", REFERS, ""), "");
    assert_int_equal(history_check(world->history, &why), -1);
    assert_string_equal(why.text, "entry 1: there is no journal to read it from");
    draft_cut(world->draft, 0);
    assert_false(history_find(world->history, "a", "one", &leaf));
    assert_null(world->log.document(world->log.context, &world->kept[0].leaf));
    assert_int_equal(
        world->log.record(world->log.context, &world->kept[0].leaf, &record, &why), -1);
    (void)draft_add(world->draft, "message", "", "a", "one");
    history_begin(world->history); // what was missed is not made good by reading again
    assert_true(history_find(world->history, "a", "one", &leaf));
    assert_int_equal(history_check(world->history, &why), -1);
    assert_string_equal(why.text, "entry 1: there is no journal to read it from");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_was_brought_a_message_is_found_by_its_carriers),
        TEST(the_draft_lies_over_the_log_until_the_turn_ends),
        TEST(a_name_is_believed_only_when_the_leaf_has_it),
        TEST(who_refers_comes_newest_first_the_draft_before_the_log),
        TEST(a_reference_is_believed_only_when_the_record_has_it),
        TEST(a_message_is_found_by_any_of_its_corrections),
        TEST(records_and_documents_are_read),
        TEST(who_is_asked_for_is_said_by_the_view),
        TEST(not_knowing_is_never_not_being_there),
        TEST(an_exercise_is_what_log_and_draft_say),
    };
    return test_group(tests, NULL, NULL);
}
