// Numbers remembered by hash.

#include "nodes/audit/marks.h"

#include "tests/lib/test.h"

static hash_t hash_of(uint64_t n)
{
    hash_t hash;
    sha256(span_of(&n, sizeof n), &hash);
    return hash;
}

static void what_was_put_is_found(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    marks_t marks = {0};
    uint64_t value;
    for (uint64_t i = 0; i < MANY; i++) {
        hash_t hash = hash_of(i);
        assert_false(marks_get(&marks, &hash, &value));
        marks_put(&marks, &hash, i);
    }
    for (uint64_t i = 0; i < MANY; i++) {
        hash_t hash = hash_of(i);
        assert_true(marks_get(&marks, &hash, &value));
        assert_int_equal(value, i);
        marks_put(&marks, &hash, i + 7); // replaces
    }
    assert_int_equal(marks.n, MANY);
    hash_t last = hash_of(MANY - 1);
    assert_true(marks_get(&marks, &last, &value));
    assert_int_equal(value, MANY + 6);
    marks_free(&marks);
}

// Hashes that begin alike land in the same place.
static void crowds_are_kept_apart(void **state)
{
    (void)state;
    marks_t marks = {0};
    hash_t hash = {{0}};
    uint64_t value;
    for (unsigned i = 0; i < 200; i++) {
        hash.bytes[31] = (uint8_t)i;
        marks_put(&marks, &hash, i);
    }
    for (unsigned i = 0; i < 200; i++) {
        hash.bytes[31] = (uint8_t)i;
        assert_true(marks_get(&marks, &hash, &value));
        assert_int_equal(value, i);
    }
    hash.bytes[31] = 200;
    assert_false(marks_get(&marks, &hash, &value));
    marks_free(&marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found),
        cmocka_unit_test(crowds_are_kept_apart),
    };
    return test_group(tests, NULL, NULL);
}
