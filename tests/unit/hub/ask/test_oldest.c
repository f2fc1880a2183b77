// oldest: a look reads a bounded number of entries, and where all have news at each look
// nobody is left out for good.

#include "hub/ask/oldest.h"

#include "tests/lib/test.h"

enum { NODES = 5000, READS = 256 };

static uint64_t acked[NODES];
static size_t reads;

// What a hub with so many nodes has: each has one delivery that it has not signed for,
// number n of which entered the log at n * 1000.
uint64_t inboxes_acked(const inboxes_t *self, int inbox)
{
    (void)self;
    return acked[inbox];
}

uint64_t inboxes_last(const inboxes_t *self, int inbox)
{
    return inboxes_acked(self, inbox) + 1;
}

int inboxes_get(
    const inboxes_t *self, int inbox, uint64_t number, uint64_t *position, cause_t *why)
{
    (void)self;
    (void)inbox;
    (void)why;
    *position = number;
    return 0;
}

int entries_leaf(entries_t *self, uint64_t position, leaf_t *leaf, cause_t *why)
{
    (void)self;
    (void)why;
    reads++;
    *leaf = (leaf_t){.time_ms = (int64_t)position * 1000};
    return 0;
}

static void everybody_signs(void)
{
    for (size_t i = 0; i < NODES; i++)
        acked[i]++;
}

// How many are known to wait.
static size_t look(oldest_t *oldest, int64_t since_ms[NODES])
{
    size_t known = 0;
    reads = 0;
    oldest_begin(oldest, NULL, NULL);
    for (int i = 0; i < NODES; i++) {
        since_ms[i] = 0;
        known += oldest_since(oldest, i, &since_ms[i]);
    }
    assert_true(reads <= READS);
    return known;
}

static void everybody_has_a_turn(void **state)
{
    (void)state;
    static int64_t since_ms[NODES];
    oldest_t *oldest = oldest_new();
    size_t round = (NODES + READS - 1) / READS + 1, known = 0;
    for (size_t i = 0; i < 2 * round; i++) {
        everybody_signs();
        known = look(oldest, since_ms);
    }
    assert_int_equal(known, NODES);
    // Nobody is as old as something that it signed for before the last round.
    for (size_t i = 0; i < NODES; i++)
        assert_true(since_ms[i] > (int64_t)(acked[i] - round) * 1000);
    oldest_destroy(&oldest);
}

static void what_is_known_is_not_read_again(void **state)
{
    (void)state;
    static int64_t since_ms[NODES];
    oldest_t *oldest = oldest_new();
    for (size_t read = 0; read < NODES; read += reads) {
        (void)look(oldest, since_ms);
        assert_true(reads > 0);
    }
    assert_int_equal(look(oldest, since_ms), NODES);
    assert_int_equal(reads, 0);
    oldest_destroy(&oldest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_has_a_turn),
        cmocka_unit_test(what_is_known_is_not_read_again),
    };
    return test_group(tests, NULL, NULL);
}
