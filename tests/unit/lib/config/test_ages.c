// ages: what is a kind and a number of days is taken, anything else is named.

#include "lib/config/ages.h"

#include "tests/lib/test.h"

static ages_t ages;
static cause_t why;

static int read_words(const char *const *words, size_t n)
{
    char *text[4];
    for (size_t i = 0; i < n; i++)
        text[i] = strdup(words[i]);
    const texts_t texts = {n, text};
    int result = ages_read(&ages, &texts, &why);
    for (size_t i = 0; i < n; i++)
        free(text[i]);
    return result;
}

static void a_kind_has_its_own_age_or_that_of_all_others(void **state)
{
    (void)state;
    static const char *const words[] = {"* 1825", "incident.notice 1095", "advisory 1"};
    assert_int_equal(read_words(words, 3), 0);
    assert_int_equal(ages.age[ages_of(&ages, "incident.notice")].days, 1095);
    assert_int_equal(ages.age[ages_of(&ages, "advisory")].days, 1);
    assert_int_equal(ages.age[ages_of(&ages, "incident.update")].days, 1825);
    assert_int_equal(read_words(words + 1, 2), 0);
    assert_int_equal(ages_of(&ages, "incident.update"), -1);
    assert_int_equal(read_words(NULL, 0), 0);
    assert_int_equal(ages_of(&ages, "advisory"), -1);
}

static void what_is_none_is_named(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "advisory", " 9", "advisory ", "advisory  9",
        "advisory 0", "advisory -1", "advisory 36501", "advisory 09", "advisory 9 9",
        "advisory 9d", "advisory 18446744073709551616", "d\xd0\xb0 9",
        "a234567890123456789012345678901234567890123456789012345678901234 9"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_words(&wrong[i], 1), -1);
        assert_non_null(strstr(why.text, "retention.ages"));
    }
    static const char *const twice[] = {"advisory 9", "* 9", "advisory 10"};
    assert_int_equal(read_words(twice, 3), -1);
    assert_non_null(strstr(why.text, "'advisory' is there twice"));
}

static void others_are_told_apart(void **state)
{
    (void)state;
    static const char *const words[] = {"advisory 9", "advisory 8", "* 9"};
    assert_int_equal(read_words(words, 1), 0);
    const ages_t first = ages;
    assert_true(ages_same(&first, &ages));
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(read_words(words + i, 1), 0);
        assert_false(ages_same(&first, &ages));
    }
    assert_int_equal(read_words(NULL, 0), 0);
    assert_false(ages_same(&first, &ages));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_has_its_own_age_or_that_of_all_others),
        cmocka_unit_test(what_is_none_is_named), cmocka_unit_test(others_are_told_apart)};
    return test_group(tests, NULL, NULL);
}
