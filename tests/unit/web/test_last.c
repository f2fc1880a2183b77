// The last answer stays when there is no newer one, and the hub's clock goes on
// meanwhile.

#include "web/last.h"

#include "tests/lib/test.h"

static last_t *last;

static int set_up(void **state)
{
    (void)state;
    last = last_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    last_destroy(&last);
    return 0;
}

static json_t *answer(const char *now, int n)
{
    return json_pack("{s:s, s:i}", "now", now, "n", n);
}

// Asks at this many milliseconds after the machine's start, whose wall clock is
// `wall_ms`.
static last_answer_t take(
    const char *question, json_t *fresh, int64_t wall_ms, int64_t monotonic_ms)
{
    last_answer_t out;
    last_take(last, question, fresh, &(now_t){wall_ms, monotonic_ms}, &out);
    return out;
}

static void assert_says(last_answer_t *out, int n)
{
    assert_int_equal(json_integer_value(json_object_get(out->answer, "n")), n);
    json_decref(out->answer);
}

static void nothing_was_said_yet(void **state)
{
    (void)state;
    last_answer_t out = take("duties", NULL, 5000, 100);
    assert_null(out.answer);
    assert_true(out.stale);
    assert_int_equal(out.now_ms, 5000);
    out = take("duties", NULL, 9000, 4100);
    assert_null(out.answer);
    assert_int_equal(out.answered_ms, 5000); // since when it is not
}

#define AT "1970-01-01T01:00:00.000Z" // the hub is an hour ahead
enum { AT_MS = 3600 * 1000 };

static void the_last_one_stays(void **state)
{
    (void)state;
    last_answer_t out = take("duties", answer(AT, 1), 5000, 100);
    assert_false(out.stale);
    assert_int_equal(out.now_ms, AT_MS);
    assert_says(&out, 1);
    // Somebody sets this machine's clock back; the hub's goes on.
    out = take("duties", NULL, 1000, 100 + 90000);
    assert_true(out.stale);
    assert_int_equal(out.answered_ms, 5000);
    assert_int_equal(out.age_ms, 90000);
    assert_int_equal(out.now_ms, AT_MS + 90000);
    assert_says(&out, 1);
    out = take("others", NULL, 1000, 200);
    assert_null(out.answer);
}

static void a_shared_answer_is_as_old_as_it_is(void **state)
{
    (void)state;
    last_answer_t out = take("duties", answer(AT, 1), 5000, 100);
    assert_says(&out, 1);
    out = take("duties", answer(AT, 1), 6500, 1600);
    assert_int_equal(out.now_ms, AT_MS + 1500);
    assert_int_equal(out.answered_ms, 5000);
    assert_says(&out, 1);
    out = take("duties", answer("1970-01-01T01:00:02.000Z", 2), 7000, 2100);
    assert_int_equal(out.now_ms, AT_MS + 2000);
    assert_int_equal(out.answered_ms, 7000);
    assert_says(&out, 2);
}

static void the_oldest_is_forgotten(void **state)
{
    (void)state;
    char question[32];
    last_answer_t out;
    for (int i = 0; i <= LAST_QUESTIONS; i++) {
        (void)snprintf(question, sizeof question, "question %d", i);
        out = take(question, answer(AT, i), 5000, 100 + i);
        assert_says(&out, i);
    }
    out = take("question 1", NULL, 5000, 1000);
    assert_says(&out, 1);
    out = take("question 0", NULL, 5000, 1000);
    assert_null(out.answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_was_said_yet),
        TEST(the_last_one_stays),
        TEST(a_shared_answer_is_as_old_as_it_is),
        TEST(the_oldest_is_forgotten),
    };
    return test_group(tests, NULL, NULL);
}
