// words and catalogue: whatever the tools say of a code, a level, a role, a kind, an
// answer, a marking, a duty or a paragraph has a Kazakh and a Russian form, and no locale
// is needed to have it said.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/refusal.h"
#include "lib/base/text.h"
#include "lib/pki/cert.h"
#include "nodes/cli/words.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <unistd.h>

static const char *const others[] = {"kk", "ru"};

// As on a machine where nobody has set anything.
static int set_up(void **state)
{
    (void)state;
    return clearenv();
}

// The Cyrillic letters of the translation, or nothing but what needs none.
static bool is_translated(const char *context, const char *english)
{
    const char *said = context ? say_as(context, english) : say(english);
    return strcmp(said, english) != 0 && text_is_line(span_text(said)) &&
           (strstr(said, "\xd0") || strstr(said, "\xd1") || strstr(said, "\xd2"));
}

static void test_tables_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; cert_roles[i]; i++)
        assert_non_null(words_find(&words_roles, cert_roles[i]));
    for (const refusal_code_t *at = refusal_codes; at->code; at++)
        if (!words_find(&words_refusals, at->code))
            fail_msg("nodes/cli/words_refusals.c has no title for %s", at->code);
    for (char level[] = "0"; level[0] <= '5'; level[0]++)
        assert_non_null(words_find(&words_levels, level));
    for (size_t i = 0; words_all[i]; i++)
        for (const word_t *at = words_all[i]->words; at->word; at++)
            for (const word_t *other = at + 1; other->word; other++)
                assert_string_not_equal(at->word, other->word);
}

// Every kind that has a schema, unless the sources are elsewhere.
static void test_every_kind_has_a_title(void **state)
{
    (void)state;
    names_t names = {0};
    cause_t why;
    if (names_list(&names, "schemas", ".json", &why) != 0)
        skip();
    for (size_t i = 0; i < names.n; i++) {
        names.name[i][strlen(names.name[i]) - strlen(".json")] = '\0';
        bool kind =
            strcmp(names.name[i], "envelope") != 0 && strcmp(names.name[i], "words") != 0;
        if (kind && !words_find(&words_kinds, names.name[i]))
            fail_msg("nodes/cli/words.c has no title for %s", names.name[i]);
    }
    names_free(&names);
}

static void test_every_word_in_every_language(void **state)
{
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        assert_true(catalogue_use(others[l]));
        for (size_t i = 0; words_all[i]; i++)
            for (const word_t *at = words_all[i]->words; at->word; at++)
                if (!is_translated(words_all[i]->context, at->title) ||
                    (at->meaning && !is_translated(words_all[i]->context, at->meaning)))
                    fail_msg(
                        "po/%s.po: %s %s", others[l], words_all[i]->context, at->word);
        for (const refusal_code_t *at = refusal_codes; at->code; at++)
            if (!is_translated("refusal", at->sentence))
                fail_msg("po/%s.po: refusal %s", others[l], at->code);
    }
}

static void test_what_is_said(void **state)
{
    (void)state;
    assert_true(catalogue_use("kk"));
    assert_string_equal(words_title(&words_levels, "3"), "3-критикалық деңгей");
    assert_string_equal(words_title(&words_kinds, "incident.notice"),
        "ақпараттық қауіпсіздік инциденті туралы хабарлама");
    assert_string_equal(words_title(&words_answers, "done"), "Орындалды");
    assert_true(catalogue_use("ru"));
    assert_string_equal(words_title(&words_levels, "3"), "уровень критичности 3");
    assert_string_equal(words_title(&words_duties, "overdue"), "просрочена");
    assert_string_equal(words_refusal_title("doc.kind"), "неизвестный вид");
    // and back, in one process
    assert_false(catalogue_use("en"));
    assert_string_equal(words_title(&words_levels, "3"), "criticality level 3");
    assert_string_equal(words_title(&words_kinds, "quite.new"), "quite.new");
    assert_string_equal(words_meaning(&words_kinds, "quite.new"), "");
    assert_string_equal(words_refusal("no.such"), "");
    assert_string_equal(words_refusal_title("no.such"), "");
    assert_string_equal(say(""), "");
}

static void test_english_where_there_is_nothing(void **state)
{
    (void)state;
    scratch_t scratch;
    cause_t why;
    assert_false(catalogue_use("de"));
    assert_false(catalogue_use_from("/nonexistent", "kk"));
    assert_string_equal(say("told:"), "told:");
    scratch_open(&scratch);
    assert_int_equal(folder_make(scratch_at(&scratch, "kk/LC_MESSAGES"), 0700, &why), 0);
    assert_int_equal(file_replace(scratch_at(&scratch, "kk/LC_MESSAGES/dabyl.mo"),
                         span_text("not a catalogue"), 0600, &why),
        0);
    (void)catalogue_use_from(scratch.path, "kk");
    assert_string_equal(say("told:"), "told:");
    scratch_close(&scratch);
}

static void test_names_of_languages(void **state)
{
    (void)state;
    assert_string_equal(catalogue_language("kk_KZ.UTF-8"), "kk");
    assert_string_equal(catalogue_language("ru"), "ru");
    assert_string_equal(catalogue_language("en_US@euro"), "en");
    static const char *const none[] = {"", "k", "kkk", "kok_IN", "C.UTF-8", "de_DE", "_"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(catalogue_language(none[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_whole),
        cmocka_unit_test(test_every_kind_has_a_title),
        cmocka_unit_test(test_every_word_in_every_language),
        cmocka_unit_test(test_what_is_said),
        cmocka_unit_test(test_english_where_there_is_nothing),
        cmocka_unit_test(test_names_of_languages),
    };
    return test_group(tests, set_up, NULL);
}
