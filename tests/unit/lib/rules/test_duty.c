// duty: what is written of a duty is read again as it was, whatever its moments are; a
// moment that nobody can mean refuses the message.

#include "lib/rules/duty.h"

#include "lib/base/times.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

// The first and last millisecond that four-digit years can say.
static const int64_t FIRST_MS = INT64_C(-62167219200000);
static const int64_t LAST_MS = INT64_C(253402300799999);
static const int64_t NOW_MS = INT64_C(1795348800000); // 2026-11-22
static const int64_t DAY_MS = 86400000;

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 11;
}

// Extremes, the epoch and what is beside it, and moments of the whole range.
static int64_t moment(size_t i, uint64_t *seed)
{
    const int64_t special[] = {FIRST_MS, FIRST_MS + 1, -1, 0, 1, -DAY_MS, DAY_MS,
        INT32_MAX, INT64_C(1000) * INT32_MAX, UINT32_MAX, NOW_MS, LAST_MS - 1, LAST_MS};
    if (i < sizeof special / sizeof *special)
        return special[i];
    return FIRST_MS + (int64_t)(next(seed) % (uint64_t)(LAST_MS - FIRST_MS));
}

static duty_t sample(void)
{
    duty_t duty = {.state = DUTY_OPEN, .position = 7};
    (void)snprintf(duty.name, sizeof duty.name, "request.answered");
    (void)snprintf(duty.debtor, sizeof duty.debtor, "isoc-a");
    (void)snprintf(duty.towards, sizeof duty.towards, "nccis");
    (void)snprintf(duty.rule, sizeof duty.rule, "r");
    (void)snprintf(duty.cites, sizeof duty.cites, "13");
    (void)snprintf(duty.met_by, sizeof duty.met_by, "delivery");
    (void)snprintf(duty.message.author, sizeof duty.message.author, "nccis");
    (void)snprintf(duty.message.id, sizeof duty.message.id, "%s",
        "019abd3c-5c00-7a4e-9b6d-000000000001");
    duty.incident = duty.by = duty.message;
    return duty;
}

static void any_moment_is_read_as_it_was_written(void **state)
{
    uint64_t seed = 20;
    (void)state;
    for (size_t i = 0; i < 2000; i++) {
        duty_t duty = sample(), back;
        buf_t text = {0}, again = {0};
        cause_t why = {""};
        duty.from_ms = moment(i, &seed);
        duty.due_ms = moment(i / 2, &seed);
        duty.warns = i % 3 > 0;
        duty.near_ms = duty.warns ? moment(i / 3, &seed) : 0;
        duty.at_ms = moment(i / 5, &seed);
        duty_identify(&duty);
        duty_print(&duty, &text);
        if (duty_parse(&back, buf_span(&text), &why) != 0)
            fail_msg("%s: %.*s", why.text, (int)text.size, (const char *)text.data);
        assert_int_equal(back.from_ms, duty.from_ms);
        assert_int_equal(back.due_ms, duty.due_ms);
        assert_int_equal(back.at_ms, duty.at_ms);
        assert_int_equal(back.warns, duty.warns);
        assert_int_equal(back.near_ms, duty.near_ms);
        duty_print(&back, &again);
        assert_true(span_equal(buf_span(&text), buf_span(&again)));
        buf_destroy(&text);
        buf_destroy(&again);
    }
}

// What comes of a message that declares this moment.
static const char *begin(const char *declared, duty_t *duty)
{
    static refusal_t refusal;
    char json[128];
    document_t document = {0};
    const oblige_t oblige = {.duty = "notified",
        .kind = "delivery",
        .from = "/body/suspended_at",
        .within_ms = DAY_MS,
        .near_ms = DAY_MS / 6};
    (void)snprintf(json, sizeof json, "{\"body\": {\"suspended_at\": %s}}", declared);
    document.root = value_read(json);
    const duty_cause_t cause = {.rule = "r",
        .cites = "15",
        .oblige = &oblige,
        .document = &document,
        .entry_ms = NOW_MS,
        .latest_ms = NOW_MS + 300000,
        .earliest_ms = NOW_MS - 3650 * DAY_MS};
    refusal = (refusal_t){0};
    bool good = duty_begin(duty, &cause, &refusal) == 0;
    value_free(&document.root);
    if (!good)
        assert_string_equal(refusal.pointer, "/body/suspended_at");
    return good ? "" : refusal.code;
}

static void what_nobody_can_mean_is_refused(void **state)
{
    static const struct {
        const char *declared, *code;
    } cases[] = {
        {"\"2026-11-22T11:00:00+05:00\"", ""},
        {"\"2026-11-23T00:04:00Z\"", "time.future"},
        {"\"9999-12-31T23:59:60Z\"", "duty.moment"}, // beyond what can be written
        {"\"9999-12-31T23:59:59Z\"", "time.future"},
        {"\"2017-01-01T00:00:00Z\"", ""}, // found out after years
        {"\"2016-12-31T23:59:60Z\"", ""}, // a leap second
        {"\"2016-11-22T00:00:00Z\"", "moment.absurd"},
        {"\"1970-01-01T00:00:00Z\"", "moment.absurd"},
        {"\"1970-01-01T05:00:00+05:00\"", "moment.absurd"},
        {"\"1969-12-31T23:59:59.999Z\"", "moment.absurd"},
        {"\"0000-01-01T00:00:00Z\"", "moment.absurd"},
        {"\"0000-01-01T00:00:00+23:59\"", "duty.moment"},
        {"\"0001-01-01T00:00:00Z\"", "moment.absurd"},
        {"0", "duty.moment"},
        {"\"\"", "duty.moment"},
        {"null", "duty.moment"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        duty_t duty;
        assert_string_equal(begin(cases[i].declared, &duty), cases[i].code);
        if (cases[i].code[0] == 0)
            assert_int_equal(duty.due_ms - duty.near_ms, DAY_MS / 6);
    }
}

// What comes of a message that says by when; `ends` is its due as written, "" for none.
static const char *give(const char *due, int64_t begun_ms, bool kept, duty_t *duty)
{
    static refusal_t refusal;
    char json[128];
    document_t document = {0};
    const oblige_t oblige = {.duty = "reported",
        .kind = "report",
        .within_ms = DAY_MS,
        .near_ms = DAY_MS / 6,
        .until = "/body/due",
        .bound_ms = 7 * DAY_MS,
        .extends = true};
    (void)snprintf(
        json, sizeof json, "{\"body\": {%s%s}}", due[0] ? "\"due\": " : "", due);
    document.root = value_read(json);
    const duty_cause_t cause = {.rule = "r",
        .cites = "19",
        .oblige = &oblige,
        .document = &document,
        .entry_ms = NOW_MS,
        .begun_ms = begun_ms,
        .kept = kept};
    refusal = (refusal_t){0};
    bool good = duty_begin(duty, &cause, &refusal) == 0;
    value_free(&document.root);
    if (!good)
        assert_string_equal(refusal.pointer, "/body/due");
    return good ? "" : refusal.code;
}

// NOW is 2026-11-22T12:00:00Z; a correction counts from when its original was taken.
static void a_message_says_by_when(void **state)
{
    static const struct {
        const char *due;
        int64_t begun_ago_ms;
        bool kept;
        const char *code;
        int64_t due_in_ms, near_before_ms;
    } cases[] = {
        {"", 0, false, "", DAY_MS, DAY_MS / 6},
        {"\"2026-11-22T12:10:00Z\"", 0, false, "", 600000, 150000},
        {"\"2026-11-22T17:10:00+05:00\"", 0, false, "", 600000, 150000},
        {"\"2026-11-29T12:00:00Z\"", 0, false, "", 7 * DAY_MS, DAY_MS / 6},
        {"\"2026-11-29T12:00:00.001Z\"", 0, false, "due.beyond", 0, 0},
        {"\"9999-12-31T23:59:59Z\"", 0, false, "due.beyond", 0, 0},
        {"\"2026-11-22T12:00:00.001Z\"", 0, false, "", 1, 0},
        {"\"2026-11-22T12:00:00Z\"", 0, false, "due.past", 0, 0},
        {"\"2026-11-22T11:59:59Z\"", 0, false, "due.past", 0, 0},
        {"\"1970-01-01T00:00:00Z\"", 0, false, "due.past", 0, 0},
        {"\"2026-11-22T13:00:00\"", 0, false, "duty.moment", 0, 0}, // in which zone?
        {"\"tomorrow\"", 0, false, "duty.moment", 0, 0},
        {"7", 0, false, "duty.moment", 0, 0}, {"null", 0, false, "duty.moment", 0, 0},
        // corrected a day later
        {"\"2026-11-28T12:00:00Z\"", DAY_MS, false, "", 6 * DAY_MS, DAY_MS / 6},
        {"\"2026-11-28T12:00:00.001Z\"", DAY_MS, false, "due.beyond", 0, 0},
        {"\"2026-11-22T11:00:00Z\"", DAY_MS, false, "due.past", 0, 0},
        {"\"2026-11-22T11:00:00Z\"", DAY_MS, true, "", -3600000, 0}, // as it was
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        duty_t duty;
        const char *code =
            give(cases[i].due, NOW_MS - cases[i].begun_ago_ms, cases[i].kept, &duty);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s: '%s', expected '%s'", cases[i].due, code, cases[i].code);
        if (code[0])
            continue;
        assert_int_equal(duty.due_ms, NOW_MS + cases[i].due_in_ms);
        assert_int_equal(duty.until, cases[i].due[0] != 0);
        assert_int_equal(duty.warns, cases[i].near_before_ms > 0);
        if (duty.warns)
            assert_int_equal(duty.due_ms - duty.near_ms, cases[i].near_before_ms);
        assert_int_equal(duty.bound_ms, NOW_MS - cases[i].begun_ago_ms + 7 * DAY_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_moment_is_read_as_it_was_written),
        cmocka_unit_test(what_nobody_can_mean_is_refused),
        cmocka_unit_test(a_message_says_by_when),
    };
    return test_group(tests, NULL, NULL);
}
