// Numbers remembered by hash.

#include "nodes/audit/marks.h"

#include "tests/lib/test.h"

#include <stdlib.h>

static hash_t hash_of(uint64_t n)
{
    hash_t hash;
    sha256(span_of(&n, sizeof n), &hash);
    return hash;
}

static void what_was_put_is_found(void **state)
{
    (void)state;
    enum { MANY = 20000 }; // most of them in a file
    spill_health_t health = {0};
    marks_t *marks = marks_new(&health);
    uint64_t value;
    for (uint64_t i = 0; i < MANY; i++) {
        hash_t hash = hash_of(i);
        assert_false(marks_get(marks, &hash, &value));
        assert_true(marks_claim(marks, &hash, i, &value));
    }
    for (uint64_t i = 0; i < MANY; i++) {
        hash_t hash = hash_of(i);
        assert_true(marks_get(marks, &hash, &value));
        assert_int_equal(value, i);
        assert_false(marks_claim(marks, &hash, 1, &value));
        assert_int_equal(value, i);
        marks_put(marks, &hash, i + 7); // replaces
    }
    assert_int_equal(marks_count(marks), MANY);
    assert_false(health.failed);
    hash_t last = hash_of(MANY - 1);
    assert_true(marks_get(marks, &last, &value));
    assert_int_equal(value, MANY + 6);
    marks_destroy(&marks);
}

// Hashes that begin alike land in the same place.
static void crowds_are_kept_apart(void **state)
{
    (void)state;
    spill_health_t health = {0};
    marks_t *marks = marks_new(&health);
    hash_t hash = {{0}};
    uint64_t value;
    for (unsigned i = 0; i < 200; i++) {
        hash.bytes[31] = (uint8_t)i;
        marks_put(marks, &hash, i);
    }
    for (unsigned i = 0; i < 200; i++) {
        hash.bytes[31] = (uint8_t)i;
        assert_true(marks_get(marks, &hash, &value));
        assert_int_equal(value, i);
    }
    hash.bytes[31] = 200;
    assert_false(marks_get(marks, &hash, &value));
    marks_destroy(&marks);
}

// Memory has room for few: without a folder the others are lost, and that is said.
static void most_of_many_are_in_a_file(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    const char *before = getenv("TMPDIR");
    char kept[4096];
    (void)snprintf(kept, sizeof kept, "%s", before ? before : "");
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    spill_health_t health = {0};
    marks_t *marks = marks_new(&health);
    for (uint64_t i = 0; i < MANY; i++) {
        hash_t hash = hash_of(i);
        marks_put(marks, &hash, i);
    }
    assert_true(health.failed);
    marks_destroy(&marks);
    assert_int_equal(before ? setenv("TMPDIR", kept, 1) : unsetenv("TMPDIR"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found),
        cmocka_unit_test(crowds_are_kept_apart),
        cmocka_unit_test(most_of_many_are_in_a_file),
    };
    return test_group(tests, NULL, NULL);
}
