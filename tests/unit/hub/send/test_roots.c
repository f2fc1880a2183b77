// roots: what left lately is found with its size, what is too old or never was is not.

#include "hub/send/roots.h"

#include "tests/lib/test.h"

static hash_t hash_of(uint64_t n)
{
    hash_t hash = {{0}};
    memcpy(hash.bytes, &n, sizeof n);
    return hash;
}

static bool found(const roots_t *roots, uint64_t n, uint64_t size)
{
    uint64_t got = 0;
    hash_t hash = hash_of(n);
    return roots_find(roots, &hash, &got) && got == size;
}

static void the_newest_are_kept(void **state)
{
    (void)state;
    enum { MANY = 100000, KEPT = 1 << 15 };
    roots_t *roots = roots_new();
    assert_false(found(roots, 1, 1));
    assert_false(found(roots, 0, 0)); // an empty place is no root
    for (uint64_t n = 1; n <= MANY; n++) {
        hash_t hash = hash_of(n);
        roots_add(roots, &hash, 2 * n);
        if (n % 1000 == 1)
            assert_true(found(roots, n, 2 * n));
    }
    assert_true(found(roots, MANY, 2 * MANY));
    assert_true(found(roots, MANY - KEPT + 1, 2 * (MANY - KEPT + 1)));
    assert_false(found(roots, MANY - KEPT, 2 * (MANY - KEPT)));
    assert_false(found(roots, MANY + 1, 2 * (MANY + 1)));
    roots_destroy(&roots);
    assert_null(roots);
    roots_destroy(&roots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_are_kept),
    };
    return test_group(tests, NULL, NULL);
}
