// tags: what is added under a name is found under it, in order, and under no other, until
// it is taken off; however names and numbers come and go.

#include "hub/state/tags.h"

#include "tests/lib/test.h"

enum { NAMES = 40, THINGS = 300, STEPS = 60000 };

typedef struct {
    size_t tag; // 0: not there
    int name;
    unsigned long added; // when
} thing_t;

static const char *name_text(int name)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "node-%d", name);
    return text;
}

// Under each name exactly what the model has, oldest first.
static void check(tags_t *tags, const thing_t *thing)
{
    for (int name = 0; name < NAMES; name++) {
        size_t cursor = 0, number, found = 0, there = 0;
        unsigned long last = 0;
        while (tags_find(tags, name_text(name), "id", &cursor, &number)) {
            assert_true(thing[number].tag != 0 && thing[number].name == name);
            assert_true(thing[number].added > last);
            last = thing[number].added;
            found++;
        }
        assert_false(tags_find(tags, name_text(name), "id", &cursor, &number));
        for (int i = 0; i < THINGS; i++)
            there += thing[i].tag != 0 && thing[i].name == name;
        assert_int_equal(found, there);
    }
}

static void names_have_what_was_added(void **state)
{
    tags_t *tags = tags_new();
    thing_t thing[THINGS] = {0};
    unsigned seed = 7;
    (void)state;
    for (unsigned long step = 1; step <= STEPS; step++) {
        seed = seed * 1103515245u + 12345u;
        thing_t *one = &thing[(seed >> 8) % THINGS];
        if (one->tag) {
            tags_remove(tags, one->tag);
            one->tag = 0;
        } else {
            one->name = (int)((seed >> 20) % NAMES);
            one->added = step;
            one->tag = tags_add(tags, name_text(one->name), "id", (size_t)(one - thing));
            assert_true(one->tag != 0);
        }
        if (step % 997 == 0)
            check(tags, thing);
    }
    tags_destroy(&tags);
    assert_null(tags);
}

static void two_words_are_two(void **state)
{
    tags_t *tags = tags_new();
    size_t cursor = 0, number;
    (void)state;
    (void)tags_add(tags, "ab", "c", 1);
    assert_false(tags_find(tags, "a", "bc", &cursor, &number));
    cursor = 0;
    assert_true(tags_find(tags, "ab", "c", &cursor, &number));
    assert_int_equal(number, 1);
    assert_int_equal(tags_passed(tags), 1);
    tags_destroy(&tags);
    tags_destroy(&tags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_what_was_added),
        cmocka_unit_test(two_words_are_two),
    };
    return test_group(tests, NULL, NULL);
}
