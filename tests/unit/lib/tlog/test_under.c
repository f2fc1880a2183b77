// under: documents of several heads, in any order, are proven head by head; what has no
// head, and what stands under one that proves nothing, has no path.

#include "lib/tlog/under.h"

#include "tests/lib/test.h"

enum { HEADS = 3, EACH = 5, ALL = HEADS * EACH };

static hash_t document[HEADS][EACH];
static char text[HEADS][128];

// Heads over all of their documents, which take no proof.
static int make_heads(void **state)
{
    (void)state;
    for (size_t head = 0; head < HEADS; head++) {
        merkle_t tree = {0};
        hash_t leaf, root;
        char base64[HASH_BASE64];
        for (size_t i = 0; i < EACH; i++) {
            document[head][i].bytes[0] = (uint8_t)(head * EACH + i + 1);
            merkle_leaf(span_of(document[head][i].bytes, sizeof leaf), &leaf);
            merkle_add(&tree, &leaf);
        }
        merkle_root(&tree, &root);
        base64_encode(root.bytes, sizeof root, base64);
        (void)snprintf(
            text[head], sizeof text[head], "x\ncount %d\nroot %s\n", EACH, base64);
    }
    return 0;
}

// By turns of each head, and behind each turn one that has none.
static void add_all(under_t *under)
{
    under_clear(under);
    for (size_t i = 0; i < EACH; i++) {
        for (size_t head = 0; head < HEADS; head++)
            under_add(under, head, (uint32_t)i);
        under_add(under, UNDER_NONE, 7);
    }
    under_sort(under, HEADS);
    for (size_t i = 0; i < EACH; i++)
        for (size_t head = 0; head < HEADS; head++)
            under_is(under, i * (HEADS + 1) + head, &document[head][i]);
}

static bool leads(size_t head, size_t i, span_t path)
{
    hash_t leaf, root;
    char base64[HASH_BASE64];
    merkle_leaf(span_of(document[head][i].bytes, sizeof leaf), &leaf);
    if (merkle_path_root(&leaf, i, EACH, path, &root) != 0)
        return false;
    base64_encode(root.bytes, sizeof root, base64);
    return strstr(text[head], base64) != NULL;
}

static void sorts_and_proves(void **state)
{
    (void)state;
    span_t path;
    under_t *under = under_new();
    for (size_t round = 0; round < 2; round++) { // its memory serves again
        add_all(under);
        for (size_t head = 0; head < HEADS; head++) {
            const sealed_head_t sealed = {span_text(text[head]), {0}};
            assert_int_equal(under_count(under, head), EACH);
            assert_int_equal(under_at(under, head, 2), 2 * (HEADS + 1) + head);
            assert_false(under_path(under, head, &path));
            assert_int_equal(under_prove(under, head, &sealed, true), 0);
        }
        for (size_t i = 0; i < EACH; i++) {
            for (size_t head = 0; head < HEADS; head++) {
                assert_true(under_path(under, i * (HEADS + 1) + head, &path));
                assert_true(leads(head, i, path));
            }
            assert_false(under_path(under, i * (HEADS + 1) + HEADS, &path));
        }
        assert_false(under_path(under, ALL + EACH, &path));
    }
    under_destroy(&under);
}

static void one_wrong_head_proves_nothing(void **state)
{
    (void)state;
    span_t path;
    under_t *under = under_new();
    const sealed_head_t right = {span_text(text[0]), {0}};
    add_all(under);
    under_is(under, 1, &document[2][0]); // another document under the second
    const sealed_head_t wrong = {span_text(text[1]), {0}};
    assert_int_equal(under_prove(under, 0, &right, true), 0);
    assert_int_equal(under_prove(under, 1, &wrong, true), -1);
    assert_true(under_path(under, 0, &path));
    assert_false(under_path(under, 1, &path));
    assert_int_equal(under_prove(under, 0, &right, false), 0);
    assert_false(under_path(under, 0, &path)); // they were not asked for
    under_destroy(&under);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_and_proves),
        cmocka_unit_test(one_wrong_head_proves_nothing),
    };
    return test_group(tests, make_heads, NULL);
}
