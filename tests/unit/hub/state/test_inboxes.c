// inboxes: numbers from 1 without gaps for each node, and never an acknowledgement less.

#include "hub/state/inboxes.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

enum { NODES = 60, ENTRIES = 3000 };

static scratch_t scratch;
static cause_t why;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static inboxes_t *open_empty(void)
{
    inboxes_t *inboxes = inboxes_open(scratch.path, &why);
    if (!inboxes)
        fail_msg("%s", why.text);
    return inboxes;
}

static int inbox_of(inboxes_t *inboxes, size_t i)
{
    char node[32];
    (void)snprintf(node, sizeof node, "node-%zu", i);
    int inbox = inboxes_of(inboxes, node, &why);
    if (inbox < 0)
        fail_msg("%s", why.text);
    return inbox;
}

// The log's positions, dealt out to nodes in a pattern that is easy to say again.
static void numbers_are_gapless_and_lead_back(void **state)
{
    (void)state;
    inboxes_t *inboxes = open_empty();
    for (uint64_t position = 0; position < ENTRIES; position++)
        for (size_t node = 0; node < NODES; node++)
            if (position % (node + 1) == 0)
                assert_int_equal(
                    inboxes_add(inboxes, inbox_of(inboxes, node), position, &why), 0);
    assert_int_equal(inbox_of(inboxes, NODES), NODES); // each has one of its own
    for (size_t node = 0; node < NODES; node++) {
        int inbox = inbox_of(inboxes, node);
        uint64_t last = inboxes_last(inboxes, inbox);
        uint64_t position;
        assert_int_equal(last, (ENTRIES + node) / (node + 1));
        for (uint64_t number = 1; number <= last; number++) {
            assert_int_equal(inboxes_get(inboxes, inbox, number, &position, &why), 0);
            assert_int_equal(position, (number - 1) * (node + 1));
        }
        uint64_t run[3];
        assert_int_equal(inboxes_run(inboxes, inbox, last - 2, 3, run, &why), 0);
        assert_int_equal(run[2], position);
        assert_int_equal(run[0], position - 2 * (node + 1));
        assert_int_equal(inboxes_run(inboxes, inbox, last - 1, 3, run, &why), -1);
    }
    inboxes_close(&inboxes);
    assert_null(inboxes);
    inboxes_close(&inboxes);
}

static void a_number_that_is_not_there_is_a_failure(void **state)
{
    (void)state;
    inboxes_t *inboxes = open_empty();
    int inbox = inbox_of(inboxes, 0);
    uint64_t position;
    assert_int_equal(inboxes_last(inboxes, inbox), 0);
    assert_int_equal(inboxes_get(inboxes, inbox, 1, &position, &why), -1);
    assert_int_equal(inboxes_add(inboxes, inbox, 5, &why), 0);
    assert_int_equal(inboxes_get(inboxes, inbox, 1, &position, &why), 0);
    assert_int_equal(inboxes_get(inboxes, inbox, 0, &position, &why), -1);
    assert_int_equal(inboxes_get(inboxes, inbox, 2, &position, &why), -1);
    assert_int_equal(inboxes_get(inboxes, inbox, UINT64_MAX, &position, &why), -1);
    inboxes_close(&inboxes);
}

static void positions_lead_back_to_numbers(void **state)
{
    (void)state;
    inboxes_t *inboxes = open_empty();
    int inbox = inbox_of(inboxes, 0);
    uint64_t found = 99;
    assert_int_equal(inboxes_find(inboxes, inbox, 3, &found, &why), 0);
    assert_int_equal(found, 0);
    for (uint64_t number = 1; number <= 70; number++) { // at 3, 6, 9 ...
        assert_int_equal(inboxes_add(inboxes, inbox, 3 * number, &why), 0);
        for (uint64_t position = 0; position <= 3 * number + 3; position++) {
            uint64_t expected =
                position % 3 == 0 && position / 3 <= number ? position / 3 : 0;
            assert_int_equal(inboxes_find(inboxes, inbox, position, &found, &why), 0);
            assert_int_equal(found, expected);
        }
    }
    inboxes_close(&inboxes);
}

static void acknowledgements_only_grow(void **state)
{
    (void)state;
    inboxes_t *inboxes = open_empty();
    int inbox = inbox_of(inboxes, 0);
    int other = inbox_of(inboxes, 1);
    assert_int_equal(inboxes_acked(inboxes, inbox), 0);
    inboxes_set_acked(inboxes, inbox, 9);
    inboxes_set_acked(inboxes, inbox, 4);
    assert_int_equal(inboxes_acked(inboxes, inbox), 9);
    assert_int_equal(inboxes_acked(inboxes, other), 0);
    inboxes_close(&inboxes);
}

// The journal is the truth: a start folds it from the beginning, into empty lists.
static void every_opening_begins_empty(void **state)
{
    (void)state;
    inboxes_t *inboxes = open_empty();
    for (uint64_t position = 0; position < 5000; position++)
        assert_int_equal(inboxes_add(inboxes, inbox_of(inboxes, 0), position, &why), 0);
    inboxes_close(&inboxes);
    inboxes = open_empty();
    assert_int_equal(inbox_of(inboxes, 7), 0); // the first of all
    assert_int_equal(inboxes_last(inboxes, inbox_of(inboxes, 0)), 0);
    assert_int_equal(inboxes_acked(inboxes, inbox_of(inboxes, 0)), 0);
    inboxes_close(&inboxes);
}

static void no_folder_is_a_failure_with_a_reason(void **state)
{
    (void)state;
    why.text[0] = 0;
    assert_null(inboxes_open("/dev/null", &why));
    assert_int_not_equal(why.text[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_gapless_and_lead_back),
        TEST(a_number_that_is_not_there_is_a_failure),
        TEST(positions_lead_back_to_numbers),
        TEST(acknowledgements_only_grow),
        TEST(every_opening_begins_empty),
        cmocka_unit_test(no_folder_is_a_failure_with_a_reason),
    };
    return test_group(tests, NULL, NULL);
}
