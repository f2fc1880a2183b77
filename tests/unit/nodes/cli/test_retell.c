// What a hub says in English comes out in the language spoken: whole, by its format, by
// its parts, and as it is where nobody knows it.

#include "lib/base/catalogue.h"
#include "nodes/cli/retell.h"

#include "tests/lib/test.h"

static buf_t told;

static const char *tell(const char *english)
{
    buf_clear(&told);
    retell_put(&told, english);
    return buf_text(&told);
}

static void test_by_formats_and_parts(void **state)
{
    (void)state;
    assert_true(catalogue_use("ru"));
    assert_string_equal(tell("expected at most 5"), "ожидалось: не больше 5");
    assert_string_equal(tell("the document has 12 bytes, the limit is 10"),
        "в документе 12 байт, предел 10");
    assert_string_equal(tell("registry.conf: No space left on device"),
        "registry.conf: На диске нет места");
    // What stands behind it is no part of a text that ends in a name.
    assert_string_equal(tell("there is no message x: expected at most 5"),
        "сообщения x нет: ожидалось: не больше 5");
    assert_true(catalogue_use("kk"));
    assert_string_equal(tell("expected at most 5"), "күтілгені: ең көбі 5");
    // Another order of what stands in it.
    assert_string_equal(tell("there is no incident.card about this incident.notice yet"),
        "бұл incident.notice туралы әлі incident.card жоқ");
    // A name stays, though there is such a word.
    assert_string_equal(tell("there is no kind 'exercise'; those above there are"),
        "'exercise' деген түр жоқ; барлары жоғарыда");
}

static void test_what_nobody_knows_stays(void **state)
{
    (void)state;
    assert_true(catalogue_use("ru"));
    static const char *const texts[] = {"", ": ", "%", "%s%n%s", "quite: new: words",
        "the document has many bytes, the limit is 10", "expected ", "\xff\xfe: \x01"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        (void)tell(texts[i]);
    assert_string_equal(tell("quite: new: words"), "quite: new: words");
    assert_string_equal(tell("the document has many bytes, the limit is 10"),
        "the document has many bytes, the limit is 10");
    assert_false(catalogue_use("en"));
    assert_string_equal(tell("expected at most 5"), "expected at most 5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_formats_and_parts),
        cmocka_unit_test(test_what_nobody_knows_stays),
    };
    int failed = test_group(tests, NULL, NULL);
    buf_destroy(&told);
    return failed;
}
