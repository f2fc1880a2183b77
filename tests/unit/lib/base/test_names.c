// names: those that end right come sorted, and what cannot be read is said.

#include "lib/base/names.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static cause_t why;
static scratch_t scratch;
static names_t names;

static int setup(void **state)
{
    (void)state;
    static const char *const made[] = {"b.json", "a.json", ".c.json", "json", "d.json.x"};
    scratch_open(&scratch);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        assert_int_equal(
            file_replace(scratch_at(&scratch, made[i]), span_text(""), 0600, &why), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    names_free(&names);
    scratch_close(&scratch);
    return 0;
}

static void those_with_the_ending_come_sorted(void **state)
{
    (void)state;
    assert_int_equal(names_list(&names, scratch_at(&scratch, ""), ".json", &why), 0);
    assert_int_equal(names.n, 2);
    assert_string_equal(names.name[0], "a.json");
    assert_string_equal(names.name[1], "b.json");
}

static void without_an_ending_all_come_but_the_hidden(void **state)
{
    (void)state;
    assert_int_equal(names_list(&names, scratch_at(&scratch, ""), "", &why), 0);
    assert_int_equal(names.n, 4);
    assert_string_equal(names.name[3], "json");
}

static void none_are_no_failure_but_no_folder_is(void **state)
{
    (void)state;
    assert_int_equal(names_list(&names, scratch_at(&scratch, ""), ".pem", &why), 0);
    assert_int_equal(names.n, 0);
    names_free(&names);
    assert_int_equal(names_list(&names, scratch_at(&scratch, "gone"), "", &why), -1);
    assert_non_null(strstr(why.text, "gone"));
    assert_int_equal(names.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            those_with_the_ending_come_sorted, setup, teardown),
        cmocka_unit_test_setup_teardown(
            without_an_ending_all_come_but_the_hidden, setup, teardown),
        cmocka_unit_test_setup_teardown(
            none_are_no_failure_but_no_folder_is, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
