// grown: a tree goes on from the hashes that it was written down as.

#include "lib/tlog/grown.h"
#include "tests/lib/test.h"

#include <string.h>

static void test_written_down(void **state)
{
    (void)state;
    merkle_t tree = {0};
    for (unsigned size = 0; size < 70; size++) {
        buf_t hashes = {0};
        merkle_t again;
        hash_t leaf = {{(uint8_t)size}}, root, other;
        cause_t why;
        grown_put(&tree, &hashes);
        assert_true(grown_from(&again, size, buf_span(&hashes)));
        merkle_add(&tree, &leaf);
        merkle_add(&again, &leaf);
        merkle_root(&tree, &root);
        merkle_root(&again, &other);
        assert_true(hash_equal(&root, &other));
        assert_int_equal(grown_is(&again, size + 1, &root, "it", &why), 0);
        assert_int_equal(grown_is(&again, size, &root, "it", &why), -1);
        assert_false(grown_from(&again, size + 2 * (size & 1) + 1, buf_span(&hashes)) &&
                     size % 2 == 0);
        if (hashes.size > 0)
            assert_false(grown_from(&again, size, span_of(hashes.data, hashes.size - 1)));
        buf_destroy(&hashes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_written_down)};
    return test_group(tests, NULL, NULL);
}
