// lookup: what was added is found, newest first, in memory and in files, again after it
// was saved; what is damaged is noticed.

#include "hub/state/lookup.h"
#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

enum { ROOM = 64, TAGS = 97, CACHE = 64 << 10 };

static scratch_t scratch;
static cause_t why;

static lookup_tag_t tag_of(const lookup_t *lookup, uint64_t i)
{
    char name[32];
    (void)snprintf(name, sizeof name, "%u", (unsigned)i);
    return lookup_tag(lookup, LOOKUP_ID, "isoc-a", name, "");
}

static lookup_t *opened(size_t room)
{
    lookup_t *lookup = lookup_open(scratch.path, room, CACHE, &why);
    assert_non_null(lookup);
    return lookup;
}

// Value i, from 1, is one of tag i % TAGS.
static void fill(lookup_t *lookup, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i <= to; i++) {
        lookup_tag_t tag = tag_of(lookup, i % TAGS);
        lookup_add(lookup, &tag, i);
    }
}

static void compare(lookup_t *lookup, uint64_t n)
{
    for (uint64_t name = 0; name < TAGS; name++) {
        size_t cursor = 0;
        uint64_t value, wanted = n;
        lookup_tag_t tag = tag_of(lookup, name);
        while (lookup_find(lookup, &tag, &cursor, &value)) {
            while (wanted % TAGS != name)
                wanted--;
            assert_int_equal(value, wanted--);
        }
        assert_true(wanted < TAGS);
        assert_false(lookup_find(lookup, &tag, &cursor, &value));
        cursor = 0;
        tag = tag_of(lookup, name + TAGS);
        assert_false(lookup_find(lookup, &tag, &cursor, &value));
    }
    assert_int_equal(lookup_check(lookup, &why), 0);
}

static void what_was_added_is_found_newest_first(void **state)
{
    (void)state;
    lookup_t *lookup = lookup_new();
    fill(lookup, 1, 20 * ROOM);
    compare(lookup, 20 * ROOM);
    lookup_clear(lookup);
    compare(lookup, 0);
    lookup_destroy(&lookup);
    lookup = opened(ROOM);
    for (uint64_t n = 0; n < 100 * ROOM; n += 333) {
        fill(lookup, n + 1, n + 333);
        compare(lookup, n + 333);
    }
    lookup_destroy(&lookup);
    lookup_destroy(&lookup);
}

// One tag fills many pages; many tags have one value each.
static void one_name_and_many(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    lookup_t *lookup = opened(1000);
    lookup_tag_t one = lookup_tag(lookup, LOOKUP_THREAD, "a", "b", "c");
    for (uint64_t i = 1; i <= MANY; i++) {
        lookup_tag_t tag = tag_of(lookup, i);
        lookup_add(lookup, &tag, i);
        lookup_add(lookup, &one, i);
    }
    lookup_settle(lookup);
    assert_true(lookup_settled(lookup));
    size_t cursor = 0;
    uint64_t value;
    for (uint64_t i = MANY; i > 0; i--) {
        assert_true(lookup_find(lookup, &one, &cursor, &value));
        assert_int_equal(value, i);
    }
    assert_false(lookup_find(lookup, &one, &cursor, &value));
    for (uint64_t i = 1; i <= MANY; i++) {
        lookup_tag_t tag = tag_of(lookup, i);
        cursor = 0;
        assert_true(lookup_find(lookup, &tag, &cursor, &value));
        assert_int_equal(value, i);
    }
    lookup_destroy(&lookup);
}

static void a_walk_goes_on_whatever_is_added(void **state)
{
    (void)state;
    lookup_t *lookup = opened(ROOM);
    lookup_tag_t tag = tag_of(lookup, 5);
    for (uint64_t i = 1; i <= 10; i++)
        lookup_add(lookup, &tag, i);
    size_t cursor = 0;
    uint64_t value;
    for (uint64_t i = 10; i > 0; i--) {
        assert_true(lookup_find(lookup, &tag, &cursor, &value));
        assert_int_equal(value, i);
        for (uint64_t k = 0; k < ROOM; k++) {
            lookup_tag_t other = tag_of(lookup, k % 7);
            lookup_add(lookup, &other, 1000 * (11 - i) + k);
        }
        lookup_settle(lookup);
    }
    assert_false(lookup_find(lookup, &tag, &cursor, &value));
    lookup_destroy(&lookup);
}

static void save(lookup_t *lookup, buf_t *out)
{
    lookup_settle(lookup);
    buf_clear(out);
    lookup_save(lookup, out);
}

// Which files there are follows from what was added alone, saved in between or not.
static void saved_and_opened_again_it_is_the_same(void **state)
{
    (void)state;
    buf_t bytes = {0}, others = {0};
    uint64_t n = 30 * ROOM + 7, more = n + 50 * ROOM + 11;
    lookup_t *lookup = opened(ROOM);
    fill(lookup, 1, n);
    save(lookup, &bytes);
    fill(lookup, n + 1, n + 500); // forgotten: nobody saved it
    lookup_destroy(&lookup);
    reader_t from = reader_of(buf_span(&bytes));
    lookup = lookup_again(scratch.path, ROOM, CACHE, &from, &why);
    assert_non_null(lookup);
    assert_true(reader_done(&from));
    compare(lookup, n);
    lookup_saved(lookup);
    fill(lookup, n + 1, more);
    compare(lookup, more);
    save(lookup, &bytes);
    lookup_saved(lookup);
    lookup_destroy(&lookup);
    lookup = opened(ROOM);
    compare(lookup, 0);
    fill(lookup, 1, more);
    save(lookup, &others);
    assert_true(span_equal(buf_span(&bytes), buf_span(&others)));
    compare(lookup, more);
    lookup_destroy(&lookup);
    buf_destroy(&bytes);
    buf_destroy(&others);
}

// What was saved may be looked for until the next was: not after.
static void files_that_were_merged_go_when_nobody_wants_them(void **state)
{
    (void)state;
    names_t names;
    buf_t bytes = {0};
    lookup_t *lookup = opened(ROOM);
    fill(lookup, 1, 4 * ROOM - 1);
    save(lookup, &bytes);
    lookup_saved(lookup);
    fill(lookup, 4 * ROOM, 4 * ROOM);
    lookup_settle(lookup); // four become one
    assert_int_equal(names_list(&names, scratch_at(&scratch, "lookup"), "", &why), 0);
    assert_int_equal(names.n, 5); // the four, and the one
    names_free(&names);
    save(lookup, &bytes);
    lookup_saved(lookup);
    assert_int_equal(names_list(&names, scratch_at(&scratch, "lookup"), "", &why), 0);
    assert_int_equal(names.n, 1);
    assert_string_equal(names.name[0], "5.run");
    names_free(&names);
    lookup_destroy(&lookup);
    buf_destroy(&bytes);
}

static void flip(const char *path, size_t at)
{
    buf_t bytes = {0};
    assert_int_equal(file_read(path, 1 << 24, &bytes, &why), 0);
    assert_true(at < bytes.size);
    bytes.data[at] ^= 0x10;
    assert_int_equal(file_replace(path, buf_span(&bytes), 0600, &why), 0);
    buf_destroy(&bytes);
}

// A page is found to be damaged when it is read, the lists behind the pages at the start.
static void damage_is_found(void **state)
{
    (void)state;
    enum { RECORDS = 1000 };
    buf_t bytes = {0};
    for (size_t at = 0; at < 8 * PAGE_BYTES; at += 1000) {
        lookup_t *lookup = opened(RECORDS);
        const char *path = scratch_at(&scratch, "lookup/1.run");
        fill(lookup, 1, RECORDS);
        save(lookup, &bytes);
        lookup_destroy(&lookup);
        size_t pages = (RECORDS + LOOKUP_IN_PAGE - 1) / LOOKUP_IN_PAGE;
        size_t size = (pages + 1) * PAGE_BYTES + 8 * pages + 1024;
        if (at >= size)
            break;
        flip(path, at);
        reader_t from = reader_of(buf_span(&bytes));
        lookup = lookup_again(scratch.path, RECORDS, CACHE, &from, &why);
        assert_true((at < pages * PAGE_BYTES) == (lookup != NULL));
        bool failed = !lookup;
        for (uint64_t name = 0; lookup && name < TAGS; name++) {
            size_t cursor = 0;
            uint64_t value;
            lookup_tag_t tag = tag_of(lookup, name);
            while (lookup_find(lookup, &tag, &cursor, &value))
                continue;
            failed = failed || lookup_check(lookup, &why) != 0;
        }
        assert_true(failed);
        assert_non_null(strstr(why.text, "1.run"));
        lookup_destroy(&lookup);
    }
    buf_destroy(&bytes);
}

static void another_key_a_missing_file_and_a_short_one(void **state)
{
    (void)state;
    buf_t bytes = {0};
    lookup_t *lookup = opened(ROOM);
    fill(lookup, 1, 3 * ROOM + 5);
    save(lookup, &bytes);
    lookup_destroy(&lookup);
    for (size_t size = 0; size < bytes.size; size += 5) {
        reader_t cut = reader_of(span_of(bytes.data, size));
        assert_null(lookup_again(scratch.path, ROOM, CACHE, &cut, &why));
    }
    reader_t from = reader_of(buf_span(&bytes));
    assert_null(lookup_again(scratch.path, ROOM + 1, CACHE, &from, &why));
    assert_int_equal(truncate(scratch_at(&scratch, "lookup/2.run"), 5000), 0);
    from = reader_of(buf_span(&bytes));
    assert_null(lookup_again(scratch.path, ROOM, CACHE, &from, &why));
    assert_int_equal(unlink(scratch_at(&scratch, "lookup/2.run")), 0);
    from = reader_of(buf_span(&bytes));
    assert_null(lookup_again(scratch.path, ROOM, CACHE, &from, &why));
    assert_int_equal(unlink(scratch_at(&scratch, "key")), 0);
    from = reader_of(buf_span(&bytes));
    assert_null(lookup_again(scratch.path, ROOM, CACHE, &from, &why));
    assert_non_null(strstr(why.text, "another key"));
    buf_destroy(&bytes);
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
        cmocka_unit_test_setup_teardown(
            what_was_added_is_found_newest_first, setup, teardown),
        cmocka_unit_test_setup_teardown(one_name_and_many, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_walk_goes_on_whatever_is_added, setup, teardown),
        cmocka_unit_test_setup_teardown(
            saved_and_opened_again_it_is_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(
            files_that_were_merged_go_when_nobody_wants_them, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(
            another_key_a_missing_file_and_a_short_one, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
