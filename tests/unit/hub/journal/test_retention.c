// retention: what is past its age is found once and in the log's order, nothing else is,
// whatever the clock did; what stays is asked for again.

#include "hub/journal/retention.h"
#include "lib/base/moment.h"
#include "tests/lib/test.h"

#define DAY ((int64_t)24 * 3600 * 1000)

static draft_t *draft; // the log: what is drafted lies behind a journal of none
static entries_t *entries;
static retention_t *retention;
static int64_t rounds_ms;

static int set_up(void **state)
{
    (void)state;
    draft = draft_new();
    entries = entries_new(NULL, draft);
    retention = retention_new(entries);
    draft_clear(draft, 0, 0);
    rounds_ms = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    retention_destroy(&retention);
    retention_destroy(&retention);
    entries_destroy(&entries);
    draft_destroy(&draft);
    return 0;
}

static void message(const char *kind, int64_t time_ms)
{
    draft_add(draft, "message", kind, "nccis", "")->leaf.time_ms = time_ms;
}

static void clock_entry(int64_t step_ms, int64_t time_ms)
{
    char text[128];
    clock_step_print(step_ms, text, sizeof text);
    draft_add_text(draft, "clock", "", span_text(text));
    draft_at(draft, draft_count(draft) - 1)->leaf.time_ms = time_ms;
}

static void set(const char *kind, int64_t days, const char *other, int64_t other_days)
{
    ages_t ages = {other ? 2 : 1, {{"", days}, {"", other_days}}};
    (void)snprintf(ages.age[0].kind, sizeof ages.age[0].kind, "%s", kind);
    (void)snprintf(ages.age[1].kind, sizeof ages.age[1].kind, "%s", other ? other : "");
    assert_true(retention_set(retention, &ages));
    assert_false(retention_set(retention, &ages));
}

static void walk(int64_t now_ms, int64_t forward_ms)
{
    while (retention_walk(retention, now_ms, forward_ms))
        ;
}

// The positions that a round hands out, as text; each is held by this, or goes.
static const char *round_of(hold_t hold, bool goes)
{
    static char text[256];
    retention_item_t item;
    text[0] = 0;
    rounds_ms += 3600000;
    while (retention_next(retention, rounds_ms, &item)) {
        size_t used = strlen(text);
        (void)snprintf(
            text + used, sizeof text - used, "%s%d", used ? " " : "", (int)item.position);
        if (goes)
            retention_gone(retention);
        else
            retention_held(retention, hold);
    }
    return text;
}

static retained_t counted(size_t age)
{
    retained_t kind;
    retention_count(retention, age, &kind);
    return kind;
}

static void nothing_has_an_age_by_itself(void **state)
{
    (void)state;
    message("advisory", 0);
    assert_false(retention_on(retention));
    walk(INT64_MAX / 2, 0);
    assert_string_equal(round_of(HOLD_NONE, false), "");
}

static void each_kind_goes_by_its_own_age(void **state)
{
    (void)state;
    message("advisory", 0);
    message("incident.notice", 1);
    message("incident.update", 2);
    draft_add(draft, "delivery", "", "nccis", "")->leaf.time_ms = 3;
    message("advisory", 4);
    set("advisory", 1, "*", 3);
    walk(DAY - 1, 0);
    assert_string_equal(round_of(HOLD_NONE, false), "");
    walk(DAY, 0);
    assert_string_equal(round_of(HOLD_NONE, false), "0");
    walk(DAY + 4, 0);
    assert_string_equal(round_of(HOLD_NONE, false), "0 4");
    walk(3 * DAY + 2, 0);
    assert_string_equal(round_of(HOLD_NONE, false), "0 4 1 2");
    assert_int_equal(retention_looked(retention), 3);
    assert_int_equal(counted(0).past[HOLD_NONE], 2);
    assert_int_equal(counted(1).past[HOLD_NONE], 2);
    assert_string_equal(counted(1).age.kind, "*");
}

static void what_is_held_is_asked_for_again_and_what_is_gone_is_not(void **state)
{
    (void)state;
    retention_item_t item;
    for (int i = 0; i < 4; i++)
        message("advisory", i);
    set("advisory", 1, NULL, 0);
    walk(2 * DAY, 0);
    rounds_ms = 1;
    assert_true(retention_next(retention, rounds_ms, &item));
    retention_held(retention, HOLD_DUTY);
    assert_true(retention_next(retention, rounds_ms, &item));
    retention_gone(retention);
    assert_int_equal(counted(0).past[HOLD_DUTY], 1);
    assert_int_equal(counted(0).past[HOLD_NONE], 2);
    assert_int_equal(counted(0).gone, 1);
    for (uint64_t i = 2; i < 4; i++) {
        assert_true(retention_next(retention, rounds_ms, &item));
        assert_int_equal(item.position, i);
        retention_held(retention, HOLD_UNSIGNED);
    }
    assert_false(retention_next(retention, rounds_ms, &item)); // the next begins later
    assert_string_equal(round_of(HOLD_NAMED, false), "0 2 3");
    assert_int_equal(counted(0).past[HOLD_NAMED], 3);
    const retained_t all = counted(0);
    assert_int_equal(retained_held(&all), 3);
    assert_string_equal(round_of(HOLD_NONE, true), "0 2 3");
    assert_string_equal(round_of(HOLD_NONE, true), "");
    assert_int_equal(counted(0).gone, 4);
}

static void what_was_ordered_is_due_until_it_is_gone(void **state)
{
    (void)state;
    retention_item_t item;
    buf_t bytes = {0};
    for (int i = 0; i < 20; i++)
        message("advisory", i);
    set("advisory", 1, NULL, 0);
    walk(2 * DAY, 0);
    rounds_ms = 1;
    for (size_t i = 0; i < 20; i++) {
        assert_true(retention_next(retention, rounds_ms, &item));
        assert_int_equal(retention_ordered(retention), i < 16);
    }
    assert_int_equal(retention_orders(retention), 16);
    assert_int_equal(counted(0).past[HOLD_NONE], 20);
    retention_save(retention, &bytes);
    for (size_t i = retention_orders(retention); i > 0; i--)
        retention_settle(
            retention, i - 1, retention_order(retention, i - 1) != 7); // not written
    assert_int_equal(retention_orders(retention), 0);
    assert_int_equal(counted(0).gone, 15);
    assert_string_equal(round_of(HOLD_NONE, true), "7 16 17 18 19");
    assert_int_equal(counted(0).gone, 20);
    assert_int_equal(counted(0).past[HOLD_NONE], 0);
    reader_t from = reader_of(buf_span(&bytes));
    retention_destroy(&retention);
    retention = retention_new(entries);
    assert_true(retention_load(retention, &from, 20));
    assert_int_equal(counted(0).past[HOLD_NONE], 20);
    buf_destroy(&bytes);
}

static void a_clock_put_forward_makes_nothing_old(void **state)
{
    (void)state;
    message("advisory", 0);
    clock_entry(-5 * DAY, 1);
    clock_entry(9 * DAY, 9 * DAY);
    message("advisory", 9 * DAY);
    set("advisory", 2, NULL, 0);
    walk(9 * DAY, 9 * DAY);
    walk(11 * DAY - 1, 9 * DAY);
    assert_string_equal(round_of(HOLD_NONE, false), "");
    walk(11 * DAY, 9 * DAY); // the first is two days old by a clock that went on
    assert_string_equal(round_of(HOLD_NONE, false), "0");
    walk(20 * DAY, 9 * DAY);
    assert_string_equal(round_of(HOLD_NONE, false), "0 3");
}

static void only_a_step_forward_counts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"the wall clock moved by 5 ms\n", 5},
        {"the wall clock moved by -5 ms\n", 0}, {"an operator accepts the clock\n", 0},
        {"the wall clock moved by 5 ms", 0}, {"the wall clock moved by  ms\n", 0},
        {"", 0}, {"the wall clock moved by 18446744073709551615 ms\n", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clock_step_forward(span_text(cases[i].text)), cases[i].ms);
}

static void company_and_names_are_judged_by_where_the_walk_is(void **state)
{
    (void)state;
    retention_item_t item;
    message("advisory", 0);
    message("security.alert", 0);
    message("reply", DAY);
    set("advisory", 1, "security.alert", 2);
    walk(DAY, 0);
    rounds_ms = 1;
    assert_true(retention_next(retention, rounds_ms, &item));
    assert_true(retention_past(retention, &draft_at(draft, 0)->leaf));
    assert_false(retention_past(retention, &draft_at(draft, 1)->leaf)); // a day later
    assert_false(retention_past(retention, &draft_at(draft, 2)->leaf)); // it has no age
    assert_true(retention_younger(retention, &item, 2));
    walk(2 * DAY, 0);
    assert_true(retention_past(retention, &draft_at(draft, 1)->leaf));
    assert_false(retention_younger(retention, &item, 2));
    retention_held(retention, HOLD_NONE);
}

static void it_goes_on_from_where_it_was_saved(void **state)
{
    (void)state;
    retention_item_t item;
    buf_t bytes = {0};
    for (int i = 0; i < 3; i++)
        message("advisory", i);
    set("advisory", 1, "*", 2);
    walk(DAY + 2, 0);
    rounds_ms = 1;
    assert_true(retention_next(retention, rounds_ms, &item));
    retention_gone(retention);
    assert_true(retention_next(retention, rounds_ms, &item));
    retention_held(retention, HOLD_DUTY); // in the middle of a round
    retention_save(retention, &bytes);
    for (size_t size = 0; size <= bytes.size; size++) {
        reader_t from = reader_of(span_of(bytes.data, size));
        retention_destroy(&retention);
        retention = retention_new(entries);
        assert_int_equal(retention_load(retention, &from, 3), size == bytes.size);
    }
    assert_int_equal(counted(0).gone, 1);
    assert_int_equal(counted(0).past[HOLD_DUTY], 1);
    assert_string_equal(round_of(HOLD_NONE, false), "1 2");
    walk(DAY + 2, 0);
    assert_string_equal(round_of(HOLD_NONE, false), "1 2");
    reader_t from = reader_of(buf_span(&bytes)); // of a log that is shorter
    retention_destroy(&retention);
    retention = retention_new(entries);
    assert_false(retention_load(retention, &from, 2));
    buf_destroy(&bytes);
}

static void other_ages_look_at_all_anew(void **state)
{
    (void)state;
    message("advisory", 0);
    set("advisory", 1, NULL, 0);
    walk(DAY, 0);
    assert_string_equal(round_of(HOLD_NONE, true), "0");
    set("advisory", 2, NULL, 0);
    assert_int_equal(counted(0).gone, 0);
    walk(DAY, 0);
    assert_string_equal(round_of(HOLD_NONE, true), "");
    walk(2 * DAY, 0);
    assert_string_equal(round_of(HOLD_NONE, true), "0");
}

static void a_step_along_the_log_is_bounded(void **state)
{
    (void)state;
    int steps = 0;
    for (int i = 0; i < 1000; i++)
        message("advisory", 0);
    set("*", 1, NULL, 0);
    while (retention_walk(retention, DAY, 0))
        steps++;
    assert_in_range(steps, 3, 999);
    assert_int_equal(counted(0).past[HOLD_NONE], 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(nothing_has_an_age_by_itself),
        TEST(each_kind_goes_by_its_own_age),
        TEST(what_is_held_is_asked_for_again_and_what_is_gone_is_not),
        TEST(what_was_ordered_is_due_until_it_is_gone),
        TEST(a_clock_put_forward_makes_nothing_old), TEST(only_a_step_forward_counts),
        TEST(company_and_names_are_judged_by_where_the_walk_is),
        TEST(it_goes_on_from_where_it_was_saved), TEST(other_ages_look_at_all_anew),
        TEST(a_step_along_the_log_is_bounded)};
    return test_group(tests, NULL, NULL);
}
