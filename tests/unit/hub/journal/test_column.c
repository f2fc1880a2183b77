// column: what goes in comes out, whether it is in the tail or in the file, or cannot be
// written.

#include "hub/journal/column.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <signal.h>
#include <sys/resource.h>

static scratch_t scratch;
static cause_t why;

static void check_all(const column_t *column, uint64_t n)
{
    assert_int_equal(column_count(column), n);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t got = 0;
        assert_int_equal(column_get(column, i, &got, &why), 0);
        assert_int_equal(got, i * 3);
    }
    uint64_t none, some[7];
    for (uint64_t i = 0; i + 7 <= n; i += 5) { // also where the tail begins
        assert_int_equal(column_get_all(column, i, 7, some, &why), 0);
        for (size_t k = 0; k < 7; k++)
            assert_int_equal(some[k], (i + k) * 3);
    }
    assert_int_equal(column_get_all(column, n, 0, some, &why), 0);
    assert_int_equal(column_get_all(column, n < 6 ? 0 : n - 6, 7, some, &why), -1);
    assert_int_equal(column_get_all(column, UINT64_MAX, 2, some, &why), -1);
    assert_int_equal(column_get(column, n, &none, &why), -1);
    assert_int_equal(column_get(column, UINT64_MAX, &none, &why), -1);
}

static void fill(column_t *column, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        uint64_t value = i * 3;
        assert_int_equal(column_add(column, &value, &why), 0);
    }
}

static void test_records_come_back(void **state)
{
    (void)state;
    column_t *column = column_open(scratch_at(&scratch, "c"), sizeof(uint64_t), &why);
    assert_non_null(column);
    check_all(column, 0);
    fill(column, 0, 10);
    check_all(column, 10);
    fill(column, 10, 5000); // several times the tail
    check_all(column, 5000);
    column_close(&column);
    column_close(&column);
}

static void test_positions_are_found(void **state)
{
    (void)state;
    uint64_t at;
    column_t *column = column_open(scratch_at(&scratch, "c"), sizeof(uint64_t), &why);
    assert_non_null(column);
    assert_int_equal(column_find(column, 0, &at, &why), 0);
    assert_int_equal(at, 0);
    fill(column, 0, 5000);
    for (uint64_t position = 0; position <= 15000; position++) { // i * 3
        assert_int_equal(column_find(column, position, &at, &why), 0);
        assert_int_equal(at, (position + 2) / 3);
    }
    assert_int_equal(column_find(column, UINT64_MAX, &at, &why), 0);
    assert_int_equal(at, 5000);
    column_close(&column);
}

static void test_odd_sizes_and_whole_lots(void **state)
{
    (void)state;
    char records[100][7];
    char got[7];
    column_t *column = column_open(scratch_at(&scratch, "c"), 7, &why);
    for (int lot = 0; lot < 50; lot++) {
        for (int i = 0; i < 100; i++)
            (void)snprintf(records[i], 7, "%06d", lot * 100 + i);
        assert_int_equal(column_add_all(column, records, 100, &why), 0);
    }
    for (int i = 0; i < 5000; i++) {
        char wanted[16];
        (void)snprintf(wanted, sizeof wanted, "%06d", i);
        assert_int_equal(column_get(column, (uint64_t)i, got, &why), 0);
        assert_string_equal(got, wanted);
    }
    column_close(&column);
}

// A snapshot is compared with what the journal comes to: how many records came at once,
// in a turn or at a start, may not show in it.
static void test_lots_leave_no_trace(void **state)
{
    (void)state;
    static uint64_t records[6000];
    static const size_t lots[] = {1, 300, 1300, 4099};
    buf_t first = {0}, saved = {0};
    for (size_t i = 0; i < sizeof lots / sizeof *lots; i++) {
        column_t *column = column_open(scratch_at(&scratch, "c"), 8, &why);
        for (size_t at = 0; at < 6000; at += lots[i]) {
            size_t n = 6000 - at < lots[i] ? 6000 - at : lots[i];
            assert_int_equal(column_add_all(column, records + at, n, &why), 0);
        }
        buf_clear(&saved);
        column_save(column, i == 0 ? &first : &saved);
        if (i > 0)
            assert_true(span_equal(buf_span(&first), buf_span(&saved)));
        column_close(&column);
    }
    buf_destroy(&first);
    buf_destroy(&saved);
}

static void test_opening_empties(void **state)
{
    (void)state;
    column_t *column = column_open(scratch_at(&scratch, "c"), 8, &why);
    fill(column, 0, 3000);
    column_close(&column);
    column = column_open(scratch_at(&scratch, "c"), 8, &why);
    check_all(column, 0);
    column_close(&column);
    assert_null(column_open(scratch_at(&scratch, "no/such/folder"), 8, &why));
    assert_non_null(strstr(why.text, "no/such/folder"));
}

// The limit on file sizes stands for a full disk: writes beyond it fail.
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_full_disk_keeps_records_in_memory(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    column_t *column = column_open(scratch_at(&scratch, "c"), 8, &why);
    limit_files(20000);
    fill(column, 0, 20000);
    check_all(column, 20000);
    assert_int_equal(column_settle(column, &why), -1);
    assert_non_null(strstr(why.text, "too large"));
    limit_files(RLIM_INFINITY);
    assert_int_equal(column_settle(column, &why), 0);
    check_all(column, 20000);
    fill(column, 20000, 30000);
    check_all(column, 30000);
    column_close(&column);
}

static void test_bound_on_what_waits(void **state)
{
    (void)state;
    static char record[PAGE_ROOM];
    column_t *column = column_open(scratch_at(&scratch, "c"), sizeof record, &why);
    limit_files(0);
    uint64_t n = 0;
    while (n < 1u << 20 && column_add(column, record, &why) == 0)
        n++;
    assert_int_equal(n, COLUMN_WAITING_MAX / (int)sizeof record);
    assert_int_equal(column_count(column), n);
    limit_files(RLIM_INFINITY);
    assert_int_equal(column_add(column, record, &why), 0);
    assert_int_equal(column_count(column), n + 1);
    column_close(&column);
}

static void test_shortened_file_is_told(void **state)
{
    (void)state;
    uint64_t got;
    column_t *column = column_open(scratch_at(&scratch, "c"), 8, &why);
    fill(column, 0, 2000);
    assert_int_equal(truncate(scratch_at(&scratch, "c"), 100), 0);
    assert_int_equal(column_get(column, 1999, &got, &why), 0);
    assert_int_equal(column_get(column, 500, &got, &why), -1);
    assert_non_null(strstr(why.text, "page 0 is missing or damaged"));
    column_close(&column);
}

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_come_back),
        cmocka_unit_test(test_positions_are_found),
        cmocka_unit_test(test_odd_sizes_and_whole_lots),
        cmocka_unit_test(test_lots_leave_no_trace),
        cmocka_unit_test(test_opening_empties),
        cmocka_unit_test(test_full_disk_keeps_records_in_memory),
        cmocka_unit_test(test_bound_on_what_waits),
        cmocka_unit_test(test_shortened_file_is_told),
    };
    return test_group(tests, setup, teardown);
}
