// law_reading: what is read beside the turns is taken once, whole or with why not, and
// given up with its reader.

#include "hub/law/law_reading.h"

#include "tests/lib/test.h"

#include <poll.h>

enum { PATIENCE_MS = 20000 };

static const texts_t nobody;
static cause_t why;

static void begin(law_reading_t *reading, const char *schemas)
{
    static const law_before_t before;
    law_source_t source = {.schemas = schemas,
        .roster = "no roster",
        .ca = "no ca",
        .crl = "no crl",
        .absent_roles = &nobody};
    assert_int_equal(law_reading_begin(reading, &source, &before, 0, &why), 0);
    assert_true(law_reading_runs(reading));
}

static void wait_for(law_reading_t *reading)
{
    struct pollfd item = {.fd = law_reading_fd(reading), .events = POLLIN};
    assert_int_equal(poll(&item, 1, PATIENCE_MS), 1);
    assert_true(law_reading_ended(reading));
    assert_false(law_reading_ended(reading));
    assert_false(law_reading_runs(reading));
}

static void what_is_no_law_says_why_each_time(void **state)
{
    static const char *const schemas[] = {"no schemas", "schemas", "no schemas"};
    static const char *const complaints[] = {"no schemas", "no ca", "no schemas"};
    (void)state;
    law_t law;
    law_reading_t *reading = law_reading_new(&why);
    assert_non_null(reading);
    for (size_t i = 0; i < 3; i++) {
        begin(reading, schemas[i]);
        wait_for(reading);
        assert_int_equal(law_reading_take(reading, &law, &why), -1);
        assert_non_null(strstr(why.text, complaints[i]));
    }
    law_reading_destroy(&reading);
    assert_null(reading);
}

static void what_is_under_way_is_waited_for(void **state)
{
    (void)state;
    law_reading_t *reading = law_reading_new(&why);
    begin(reading, "schemas");
    law_reading_destroy(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_law_says_why_each_time),
        cmocka_unit_test(what_is_under_way_is_waited_for),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return test_group(tests, NULL, NULL);
}
