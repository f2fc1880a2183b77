// arena: pieces do not overlap, are aligned, and are all taken back at once.

#include "lib/base/arena.h"

#include "tests/lib/test.h"

enum { PIECES = 2000, HUGE_PIECE = 3 << 20 };

static void pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    uint8_t *piece[PIECES];
    arena_t *arena = arena_new();
    for (size_t i = 0; i < PIECES; i++) {
        piece[i] = arena_take(arena, i % 700);
        assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
        memset(piece[i], (int)(i & 0xff), i % 700);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < i % 700; k++)
            if (piece[i][k] != (i & 0xff))
                fail_msg("piece %zu was written into at %zu", i, k);
    arena_destroy(&arena);
    assert_null(arena);
    arena_destroy(&arena);
}

static void a_piece_larger_than_a_chunk_is_whole(void **state)
{
    (void)state;
    arena_t *arena = arena_new();
    uint8_t *before = arena_take(arena, 8);
    uint8_t *large = arena_take(arena, HUGE_PIECE);
    uint8_t *after = arena_take(arena, 8);
    memset(before, 1, 8);
    memset(large, 2, HUGE_PIECE);
    memset(after, 3, 8);
    assert_int_equal(before[7], 1);
    assert_int_equal(large[0], 2);
    assert_int_equal(large[HUGE_PIECE - 1], 2);
    arena_destroy(&arena);
}

// Sanitizers see to it that a piece of the turn before is not touched by this.
static void clearing_makes_room_again(void **state)
{
    (void)state;
    arena_t *arena = arena_new();
    const void *first = arena_take(arena, 100);
    for (int turn = 0; turn < 50; turn++) {
        arena_clear(arena);
        assert_ptr_equal(arena_take(arena, 100), first); // the chunk that is kept
        memset(arena_take(arena, HUGE_PIECE / 8), turn, HUGE_PIECE / 8);
    }
    arena_destroy(&arena);
}

static void a_copy_is_the_callers_no_more(void **state)
{
    (void)state;
    char text[] = "before";
    arena_t *arena = arena_new();
    span_t copy = arena_copy(arena, span_text(text));
    memcpy(text, "later!", sizeof text);
    assert_true(span_is(copy, "before"));
    assert_int_equal(arena_copy(arena, span_of(NULL, 0)).size, 0);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(a_piece_larger_than_a_chunk_is_whole),
        cmocka_unit_test(clearing_makes_room_again),
        cmocka_unit_test(a_copy_is_the_callers_no_more),
    };
    return test_group(tests, NULL, NULL);
}
