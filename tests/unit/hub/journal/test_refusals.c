// refusals: counted by peer and code, taken out one peer at a time, none lost in a flood.

#include "hub/journal/refusals.h"

#include "lib/base/refusal.h"
#include "lib/tlog/leaf.h"
#include "tests/lib/test.h"

static const char *code(const char *text)
{
    const char *known = refusal_code(span_text(text));
    assert_non_null(known);
    return known;
}

static void a_peer_is_told_in_one_piece(void **state)
{
    (void)state;
    refusals_t *refusals = refusals_new();
    buf_t text = {0};
    char peer[NODE_ID_MAX];
    assert_false(refusals_any(refusals));
    refusals_count(refusals, "isoc-a", code("doc.size"));
    refusals_count(refusals, "", code("node.unknown"));
    refusals_count(refusals, "isoc-a", code("seal.key"));
    refusals_count(refusals, "isoc-a", code("doc.size"));
    assert_true(refusals_any(refusals));
    assert_true(refusals_take(refusals, peer, sizeof peer, &text));
    assert_string_equal(peer, "isoc-a");
    assert_string_equal(buf_text(&text), "doc.size 2\nseal.key 1\n");
    buf_clear(&text);
    assert_true(refusals_take(refusals, peer, sizeof peer, &text));
    assert_string_equal(peer, "");
    assert_string_equal(buf_text(&text), "node.unknown 1\n");
    assert_false(refusals_take(refusals, peer, sizeof peer, &text));
    assert_false(refusals_any(refusals));
    assert_int_equal(refusals_total(refusals), 4); // since the start, taken or not
    static const uint64_t by_code[] = {2, 1, 1};
    static const char *const codes[] = {"doc.size", "node.unknown", "seal.key"};
    uint64_t count;
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(refusals_code(refusals, i, &count), codes[i]);
        assert_int_equal(count, by_code[i]);
    }
    assert_null(refusals_code(refusals, 3, &count));
    buf_destroy(&text);
    refusals_destroy(&refusals);
    assert_null(refusals);
}

// A count is owed to the log until it is durable.
static void what_did_not_arrive_is_taken_back(void **state)
{
    (void)state;
    refusals_t *refusals = refusals_new();
    buf_t text = {0};
    char peer[NODE_ID_MAX];
    refusals_count(refusals, "isoc-a", code("doc.size"));
    assert_true(refusals_take(refusals, peer, sizeof peer, &text));
    refusals_count(refusals, "isoc-a", code("doc.size")); // meanwhile
    refusals_take_back(refusals);
    buf_clear(&text);
    assert_true(refusals_take(refusals, peer, sizeof peer, &text));
    assert_string_equal(buf_text(&text), "doc.size 2\n");
    refusals_count(refusals, "isoc-a", code("doc.size"));
    refusals_arrived(refusals);
    refusals_take_back(refusals); // nothing is on its way
    buf_clear(&text);
    assert_true(refusals_take(refusals, peer, sizeof peer, &text));
    assert_string_equal(buf_text(&text), "doc.size 1\n");
    refusals_arrived(refusals);
    assert_false(refusals_any(refusals));
    buf_destroy(&text);
    refusals_destroy(&refusals);
}

static uint64_t counts(const char *text)
{
    uint64_t sum = 0;
    for (const char *line = text; line && *line; line = strchr(line, '\n') + 1)
        sum += strtoull(strchr(line, ' '), NULL, 10);
    return sum;
}

// However many peers are refused however often: bounded memory, and the sum is right.
static void a_flood_is_counted_together(void **state)
{
    (void)state;
    enum { PEERS = 5000 };
    refusals_t *refusals = refusals_new();
    buf_t text = {0};
    char peer[NODE_ID_MAX];
    size_t lines = 0;
    for (unsigned i = 0; i < PEERS; i++) {
        (void)snprintf(peer, sizeof peer, "node-%u", i);
        refusals_count(refusals, peer, code(i % 2 ? "doc.size" : "seal.key"));
    }
    while (refusals_take(refusals, peer, sizeof peer, &text))
        lines++;
    assert_in_range(lines, 2, 600);
    assert_int_equal(counts(buf_text(&text)), PEERS);
    assert_int_equal(refusals_total(refusals), PEERS);
    buf_destroy(&text);
    refusals_destroy(&refusals);
}

// What is counted under nobody's name must not be counted under a code that it was not.
static void what_is_counted_together_says_so(void **state)
{
    (void)state;
    refusals_t *refusals = refusals_new();
    buf_t text = {0};
    char peer[NODE_ID_MAX];
    for (unsigned i = 0; i < 2000; i++) {
        (void)snprintf(peer, sizeof peer, "node-%u", i);
        refusals_count(refusals, peer, code("doc.size"));
    }
    for (unsigned i = 0; i < 100; i++)
        refusals_count(refusals, "isoc-a", code("seal.key"));
    bool together = false;
    while (refusals_take(refusals, peer, sizeof peer, &text)) {
        if (peer[0] == 0) {
            together = true;
            assert_non_null(strstr(buf_text(&text), "doc.size "));
            assert_non_null(strstr(buf_text(&text), "seal.key 100\n"));
        }
        buf_clear(&text);
    }
    assert_true(together);
    buf_destroy(&text);
    refusals_destroy(&refusals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_did_not_arrive_is_taken_back),
        cmocka_unit_test(a_peer_is_told_in_one_piece),
        cmocka_unit_test(a_flood_is_counted_together),
        cmocka_unit_test(what_is_counted_together_says_so),
    };
    return test_group(tests, NULL, NULL);
}
