// tile_name: what tile_path writes is read back, and nothing else is.

#include "lib/tlog/tile_name.h"

#include "lib/tlog/tiles.h"
#include "tests/lib/test.h"

static void what_is_written_is_read(void **state)
{
    (void)state;
    static const uint64_t indexes[] = {
        0, 7, 999, 1000, 1234067, 999999999, UINT64_C(1) << 48};
    static const unsigned widths[] = {1, 9, 99, 255, TILE_WIDTH};
    for (int level = TILE_ENTRIES; level < 8; level++)
        for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
            for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
                char path[TILE_PATH];
                tile_name_t name;
                tile_path(level, indexes[i], widths[w], path);
                assert_true(tile_name_parse(path, &name));
                assert_int_equal(name.level, level);
                assert_int_equal(name.index, indexes[i]);
                assert_int_equal(name.width, widths[w]);
            }
}

static void nothing_else_is(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "tile", "tile/", "tile/0", "tile/0/",
        "tile/0/1", "tile/0/0001", "tile/0/x000/001", "tile/0/x001", "tile/0/x001/",
        "tile/0/x001/2", "tile/00/001", "tile/8/001", "tile/a/001", "tile/0/00a",
        "tile/0/001.p", "tile/0/001.p/", "tile/0/001.p/0", "tile/0/001.p/01",
        "tile/0/001.p/256", "tile/0/001.p/4294967298", "tile/0/001/", "tile/0/001/..",
        "tile/../0/001", "tile/entries", "tile/entries/", "tile/entries/1",
        "tile/data/001", "TILE/0/001", "tile/0/x999/x999/x999/x999/x999/x999/x999/999"};
    tile_name_t name;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (tile_name_parse(wrong[i], &name))
            fail_msg("%s was taken", wrong[i]);
}

static bool within(const char *path, uint64_t size)
{
    tile_name_t name;
    assert_true(tile_name_parse(path, &name));
    return tile_name_within(&name, size);
}

static void only_what_a_log_of_that_size_has(void **state)
{
    (void)state;
    assert_false(within("tile/0/000.p/1", 0));
    assert_true(within("tile/0/000.p/1", 1));
    assert_false(within("tile/entries/000", 255));
    assert_true(within("tile/entries/000", 256));
    assert_false(within("tile/1/000.p/1", 255));
    assert_true(within("tile/1/000.p/1", 256));
    assert_false(within("tile/1/000.p/2", 511));
    assert_true(within("tile/7/000.p/255", UINT64_MAX));
    assert_false(within("tile/7/001.p/1", UINT64_MAX));
    assert_false(within("tile/0/x999/x999/x999/x999/x999/999", UINT64_C(1) << 40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(nothing_else_is),
        cmocka_unit_test(only_what_a_log_of_that_size_has),
    };
    return test_group(tests, NULL, NULL);
}
