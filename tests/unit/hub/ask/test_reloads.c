// reloads: who asks is told the end of a reading that began after it asked, once.

#include "hub/ask/reloads.h"

#include "tests/lib/test.h"

static char told[256];

// Takes the place of the socket's.
void control_reply_to(control_t *self, const control_asker_t *asker, const cause_t *why)
{
    size_t used = strlen(told);
    (void)self;
    (void)snprintf(told + used, sizeof told - used, "%c%s ", asker->route[0],
        why->text[0] ? "!" : "");
}

static void expect(const char *text)
{
    assert_string_equal(told, text);
    told[0] = 0;
}

static int ask(reloads_t *reloads, char name)
{
    cause_t why;
    return reloads_want(reloads, &(control_asker_t){.size = 1, .route = {(uint8_t)name}},
        &(operation_t){.by = {name}, .act = "reload"}, &why);
}

static void begin(reloads_t *reloads)
{
    assert_true(reloads_due(reloads));
    reloads_begun(reloads);
    assert_false(reloads_due(reloads));
}

static const operation_t signalled = {.by = "uid 7", .act = "reload"};
static const cause_t good = {""}, bad = {"the rules cannot be read"};

static void who_asks_while_it_is_read_waits_for_the_next(void **state)
{
    (void)state;
    reloads_t *reloads = reloads_new(NULL);
    assert_false(reloads_due(reloads));
    assert_int_equal(ask(reloads, 'a'), 0);
    assert_int_equal(ask(reloads, 'b'), 0);
    begin(reloads);
    assert_int_equal(ask(reloads, 'c'), 0);
    expect("");
    reloads_ended(reloads, &bad);
    expect("a! b! ");
    begin(reloads);
    reloads_ended(reloads, &good);
    expect("c ");
    assert_false(reloads_due(reloads));
    reloads_destroy(&reloads);
    assert_null(reloads);
    expect("");
}

static void a_signal_asks_and_is_not_told(void **state)
{
    (void)state;
    cause_t why;
    reloads_t *reloads = reloads_new(NULL);
    assert_int_equal(reloads_want(reloads, NULL, &signalled, &why), 0);
    begin(reloads);
    assert_int_equal(reloads_want(reloads, NULL, &signalled, &why), 0);
    reloads_ended(reloads, &good);
    assert_true(reloads_due(reloads));
    assert_int_equal(ask(reloads, 'a'), 0);
    begin(reloads);
    reloads_ended(reloads, &good);
    expect("a ");
    reloads_destroy(&reloads);
}

// Who tells them takes them over, a signal among them, and nobody is told twice.
static void who_wanted_it_is_handed_over(void **state)
{
    (void)state;
    cause_t why;
    reloads_wish_t wish;
    reloads_t *reloads = reloads_new(NULL);
    assert_int_equal(ask(reloads, 'a'), 0);
    assert_int_equal(reloads_want(reloads, NULL, &signalled, &why), 0);
    assert_int_equal(reloads_want(reloads, NULL, &signalled, &why), 0);
    begin(reloads);
    assert_int_equal(ask(reloads, 'b'), 0);
    assert_true(reloads_take(reloads, &wish) && wish.asks);
    assert_string_equal(wish.operation.by, "a");
    assert_true(reloads_take(reloads, &wish) && !wish.asks);
    assert_string_equal(wish.operation.by, "uid 7");
    assert_false(reloads_take(reloads, &wish));
    reloads_ended(reloads, &good);
    expect("");
    begin(reloads);
    reloads_ended(reloads, &good);
    expect("b ");
    reloads_destroy(&reloads);
}

static void one_that_cannot_begin_has_ended(void **state)
{
    (void)state;
    reloads_t *reloads = reloads_new(NULL);
    assert_int_equal(ask(reloads, 'a'), 0);
    reloads_ended(reloads, &bad);
    expect("a! ");
    assert_false(reloads_due(reloads));
    reloads_destroy(&reloads);
}

static void when_the_hub_stops_all_are_told(void **state)
{
    (void)state;
    reloads_t *reloads = reloads_new(NULL);
    assert_int_equal(ask(reloads, 'a'), 0);
    begin(reloads);
    assert_int_equal(ask(reloads, 'b'), 0);
    reloads_destroy(&reloads);
    expect("a! b! ");
    reloads_destroy(&reloads);
}

static void too_many_are_asked_to_come_again(void **state)
{
    (void)state;
    cause_t why;
    reloads_t *reloads = reloads_new(NULL);
    for (int i = 0; i < RELOADS_WAITING; i++)
        assert_int_equal(ask(reloads, 'a'), 0);
    assert_int_equal(ask(reloads, 'b'), -1);
    assert_int_equal(reloads_want(reloads, NULL, &signalled, &why), 0);
    begin(reloads);
    assert_int_equal(ask(reloads, 'c'), 0);
    reloads_destroy(&reloads);
    assert_int_equal(strlen(told), 3 * (RELOADS_WAITING + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_while_it_is_read_waits_for_the_next),
        cmocka_unit_test(a_signal_asks_and_is_not_told),
        cmocka_unit_test(who_wanted_it_is_handed_over),
        cmocka_unit_test(one_that_cannot_begin_has_ended),
        cmocka_unit_test(when_the_hub_stops_all_are_told),
        cmocka_unit_test(too_many_are_asked_to_come_again),
    };
    return test_group(tests, NULL, NULL);
}
