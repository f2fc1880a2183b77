// threads: what refers to a message is found, newest first, by field and by kind.

#include "hub/state/threads.h"

#include "tests/lib/test.h"

enum { NAMES = 3000, EACH = 7 };

static void name_of(size_t i, char id[MESSAGE_ID_MAX])
{
    (void)snprintf(id, MESSAGE_ID_MAX, "019abd3c-5c00-7a4e-9b6d-%012zx", i);
}

static void add(lookup_t *threads, refer_t field, const char *author, const char *id,
    const char *kind, uint64_t position)
{
    const threads_line_t line = {position, 1, field};
    threads_add(threads, LOOKUP_THREAD, &line, author, id, kind);
}

// The positions found, as text: "9 4 2".
static const char *found(
    lookup_t *threads, refer_t field, const char *id, const char *kind)
{
    static char text[256];
    size_t cursor = 0, size = 0;
    uint64_t position;
    text[0] = 0;
    while (threads_find(
        threads, LOOKUP_THREAD, field, "isoc-a", id, kind, &cursor, &position))
        size += (size_t)snprintf(
            text + size, sizeof text - size, "%s%u", size ? " " : "", (unsigned)position);
    assert_false(threads_find(
        threads, LOOKUP_THREAD, field, "isoc-a", id, kind, &cursor, &position));
    return text;
}

static void references_are_found_newest_first(void **state)
{
    (void)state;
    lookup_t *threads = lookup_new();
    assert_string_equal(found(threads, REFERS, "one", ""), "");
    add(threads, REFER_INCIDENT, "isoc-a", "one", "incident.update", 3);
    add(threads, REFER_INCIDENT, "isoc-a", "two", "incident.update", 4);
    add(threads, REFER_RE, "isoc-a", "one", "acknowledgement", 5);
    add(threads, REFER_CANCELS, "isoc-a", "one", "incident.update", 6);
    add(threads, REFER_INCIDENT, "isoc-b", "one", "incident.update", 7);
    add(threads, REFER_INCIDENT, "isoc-a", "one", "incident.update", 8);
    assert_string_equal(found(threads, REFERS, "one", ""), "8 6 5 3");
    assert_string_equal(found(threads, REFERS, "one", "incident.update"), "8 6 3");
    assert_string_equal(found(threads, REFER_INCIDENT, "one", ""), "8 3");
    assert_string_equal(found(threads, REFER_RE, "one", ""), "5");
    assert_string_equal(found(threads, REFER_RE, "one", "incident.update"), "");
    assert_string_equal(found(threads, REFERS, "two", ""), "4");
    assert_string_equal(found(threads, REFERS, "three", ""), "");
    lookup_destroy(&threads);
    assert_null(threads);
    lookup_destroy(&threads);
}

static void nothing_is_lost_as_it_grows(void **state)
{
    (void)state;
    lookup_t *threads = lookup_new();
    char id[MESSAGE_ID_MAX];
    for (size_t round = 0; round < EACH; round++)
        for (size_t i = 0; i < NAMES; i++) {
            name_of(i, id);
            add(threads, (refer_t)(round % REFERS), "isoc-a", id,
                round % 2 ? "odd" : "even", round * NAMES + i);
        }
    for (size_t i = 0; i < NAMES; i++) {
        size_t cursor = 0, seen = 0;
        uint64_t position;
        name_of(i, id);
        while (threads_find(
            threads, LOOKUP_THREAD, REFERS, "isoc-a", id, "", &cursor, &position))
            assert_int_equal(position, (EACH - ++seen) * NAMES + i);
        assert_int_equal(seen, EACH);
        name_of(i + NAMES, id);
        cursor = 0;
        assert_false(threads_find(
            threads, LOOKUP_THREAD, REFERS, "isoc-a", id, "", &cursor, &position));
    }
    lookup_destroy(&threads);
}

static void what_is_added_meanwhile_does_not_disturb(void **state)
{
    (void)state;
    lookup_t *threads = lookup_new();
    size_t cursor = 0;
    uint64_t position;
    add(threads, REFER_RE, "isoc-a", "one", "k", 1);
    add(threads, REFER_RE, "isoc-a", "one", "k", 2);
    assert_true(threads_find(
        threads, LOOKUP_THREAD, REFER_RE, "isoc-a", "one", "k", &cursor, &position));
    for (unsigned i = 3; i < 2000; i++)
        add(threads, REFER_RE, "isoc-a", "one", "k", i);
    assert_true(threads_find(
        threads, LOOKUP_THREAD, REFER_RE, "isoc-a", "one", "k", &cursor, &position));
    assert_int_equal(position, 1);
    assert_false(threads_find(
        threads, LOOKUP_THREAD, REFER_RE, "isoc-a", "one", "k", &cursor, &position));
    lookup_destroy(&threads);
}

// A name that was cleared must not lead to a link that now is another's.
static void a_cleared_index_knows_nothing(void **state)
{
    (void)state;
    lookup_t *threads = lookup_new();
    lookup_clear(threads);
    add(threads, REFER_RE, "isoc-a", "one", "k", 1);
    lookup_clear(threads);
    add(threads, REFER_RE, "isoc-a", "two", "k", 2);
    assert_string_equal(found(threads, REFERS, "one", ""), "");
    assert_string_equal(found(threads, REFERS, "two", ""), "2");
    lookup_destroy(&threads);
}

// A message may name another by several lines, in any order of fields.
static void each_line_of_a_message_is_found(void **state)
{
    (void)state;
    lookup_t *threads = lookup_new();
    const refer_t fields[] = {REFER_CANCELS, REFER_INCIDENT, REFER_RE};
    for (size_t i = 0; i < 3; i++)
        threads_add(threads, LOOKUP_THREAD, &(threads_line_t){9, i, fields[i]}, "isoc-a",
            "one", "k");
    assert_string_equal(found(threads, REFERS, "one", ""), "9 9 9");
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(found(threads, fields[i], "one", "k"), "9");
    lookup_destroy(&threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_found_newest_first),
        cmocka_unit_test(nothing_is_lost_as_it_grows),
        cmocka_unit_test(what_is_added_meanwhile_does_not_disturb),
        cmocka_unit_test(a_cleared_index_knows_nothing),
        cmocka_unit_test(each_line_of_a_message_is_found),
    };
    return test_group(tests, NULL, NULL);
}
