// ids: every name that was added is among the candidates, and hardly any that was not.

#include "hub/state/ids.h"

#include "lib/tlog/leaf.h"
#include "tests/lib/test.h"

enum { NAMES = 20000 };

static void name_of(size_t i, char author[NODE_ID_MAX], char id[MESSAGE_ID_MAX])
{
    (void)snprintf(author, NODE_ID_MAX, "isoc-%zu", i % 97);
    (void)snprintf(id, MESSAGE_ID_MAX, "019abd3c-5c00-7a4e-9b6d-%012zx", i);
}

// How many candidates there are, and whether `position` is one of them.
static size_t candidates(
    lookup_t *ids, const char *author, const char *id, uint64_t position, bool *there)
{
    size_t cursor = 0;
    size_t n = 0;
    uint64_t found;
    *there = false;
    while (ids_find(ids, LOOKUP_ID, author, id, &cursor, &found)) {
        *there = *there || found == position;
        n++;
    }
    return n;
}

static void what_was_added_is_found(void **state)
{
    (void)state;
    lookup_t *ids = lookup_new();
    char author[NODE_ID_MAX], id[MESSAGE_ID_MAX];
    bool there;
    for (size_t i = 0; i < NAMES; i++) {
        name_of(i, author, id);
        assert_int_equal(candidates(ids, author, id, i, &there), 0);
        ids_add(ids, LOOKUP_ID, author, id, i + 7);
    }
    for (size_t i = 0; i < NAMES; i++) {
        name_of(i, author, id);
        assert_int_equal(candidates(ids, author, id, i + 7, &there), 1);
        assert_true(there);
    }
    lookup_destroy(&ids);
    assert_null(ids);
    lookup_destroy(&ids);
}

// A table that finds anything for anybody would have the journal read for nothing.
static void what_was_not_added_is_not_found(void **state)
{
    (void)state;
    lookup_t *ids = lookup_new();
    bool there;
    ids_add(ids, LOOKUP_ID, "isoc-a", "1", 1);
    assert_int_equal(candidates(ids, "isoc-a", "2", 1, &there), 0);
    assert_int_equal(candidates(ids, "isoc-b", "1", 1, &there), 0);
    assert_int_equal(candidates(ids, "isoc-a1", "", 1, &there), 0); // no running together
    assert_int_equal(candidates(ids, "isoc-", "a1", 1, &there), 0);
    assert_int_equal(candidates(ids, "", "isoc-a1", 1, &there), 0);
    lookup_destroy(&ids);
}

static void one_name_may_have_several_positions(void **state)
{
    (void)state;
    lookup_t *ids = lookup_new();
    bool there;
    for (uint64_t position = 0; position < 1000; position++)
        ids_add(ids, LOOKUP_ID, "isoc-a", "1", position);
    for (uint64_t position = 0; position < 1000; position++) {
        assert_int_equal(candidates(ids, "isoc-a", "1", position, &there), 1000);
        assert_true(there);
    }
    lookup_destroy(&ids);
}

static void a_cleared_table_is_empty_and_usable(void **state)
{
    (void)state;
    lookup_t *ids = lookup_new();
    bool there;
    for (int turn = 0; turn < 20; turn++) {
        for (uint64_t i = 0; i < 300; i++)
            ids_add(ids, LOOKUP_ID, "isoc-a", "1", i);
        lookup_clear(ids);
        assert_int_equal(candidates(ids, "isoc-a", "1", 0, &there), 0);
    }
    lookup_clear(ids);
    ids_add(ids, LOOKUP_ID, "isoc-a", "1", 5);
    assert_int_equal(candidates(ids, "isoc-a", "1", 5, &there), 1);
    assert_true(there);
    lookup_destroy(&ids);
}

static void names_of_full_length_count_to_the_last_byte(void **state)
{
    (void)state;
    lookup_t *ids = lookup_new();
    char author[NODE_ID_MAX], id[MESSAGE_ID_MAX];
    bool there;
    memset(author, 'a', sizeof author);
    memset(id, '0', sizeof id);
    author[NODE_ID_MAX - 1] = 0;
    id[MESSAGE_ID_MAX - 1] = 0;
    ids_add(ids, LOOKUP_ID, author, id, 1);
    assert_int_equal(candidates(ids, author, id, 1, &there), 1);
    id[MESSAGE_ID_MAX - 2] = '1';
    assert_int_equal(candidates(ids, author, id, 1, &there), 0);
    id[MESSAGE_ID_MAX - 2] = '0';
    author[NODE_ID_MAX - 2] = 'b';
    assert_int_equal(candidates(ids, author, id, 1, &there), 0);
    lookup_destroy(&ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(what_was_not_added_is_not_found),
        cmocka_unit_test(one_name_may_have_several_positions),
        cmocka_unit_test(a_cleared_table_is_empty_and_usable),
        cmocka_unit_test(names_of_full_length_count_to_the_last_byte),
    };
    return test_group(tests, NULL, NULL);
}
