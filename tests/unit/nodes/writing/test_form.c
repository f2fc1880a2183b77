// form: every kind that a role may send can be filled in, and each place has its words in
// three languages.

#include "nodes/writing/form.h"

#include "lib/base/file.h"
#include "lib/pki/cert.h"
#include "tests/lib/test.h"

#include <ctype.h>

static size_t faults;
static rules_t *plan;
static schemas_t *forms;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    plan = rules_open("hub/etc/plan.rules", &why);
    forms = schemas_open("schemas", &why);
    if (!plan || !forms)
        fail_msg("%s", why.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rules_close(&plan);
    schemas_close(&forms);
    return 0;
}

static const char *next_kind(size_t *i)
{
    const char *last = *i > 0 ? rules_at(plan, *i - 1)->kind : "";
    while (*i < rules_count(plan)) {
        const char *kind = rules_at(plan, (*i)++)->kind;
        if (strcmp(kind, last) != 0)
            return kind;
    }
    return NULL;
}

// Whether letters of one alphabet alone are in each word.
static bool is_mixed(const char *text)
{
    bool latin = false, cyrillic = false;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (isalpha(*c))
            latin = true;
        else if (*c >= 0xD0 && *c <= 0xD4)
            cyrillic = true;
        else if (!(*c & 0x80))
            latin = cyrillic = false;
        if (latin && cyrillic)
            return true;
    }
    return false;
}

static void check_words(
    const char *kind, const char *name, const char *en, const char *kk, const char *ru)
{
    if (!en || !kk || !ru || strcmp(en, kk) == 0 || strcmp(en, ru) == 0 ||
        strcmp(kk, "") == 0)
        faults += printf("# %s%s has no words in three languages\n", kind, name) > 0;
    else if (is_mixed(kk) || is_mixed(ru))
        fail_msg("%s: %s: two alphabets in a word of '%s' or '%s'", kind, name, kk, ru);
}

// Types of indicators and the like are names of the world.
static bool speaks_for_itself(const blank_t *blank)
{
    return strstr(blank->pointer, "/indicators/") != NULL;
}

static void check_values(const form_t *form, const blank_t *blank)
{
    value_each(value, blank->among)
    {
        const char *text = value_text(value);
        if (!text || speaks_for_itself(blank))
            continue;
        const char *said[3];
        const char *const languages[] = {"en", "kk", "ru"};
        for (size_t l = 0; l < 3; l++)
            said[l] = schemas_value_words(
                forms, form->kind, blank->pointer, text, languages[l]);
        if (!said[0] || !said[1] || !said[2])
            faults +=
                printf("# %s%s=%s has no words\n", form->kind, blank->pointer, text) > 0;
        else
            assert_false(is_mixed(said[1]) || is_mixed(said[2]));
    }
}

// Of every kind that there is a schema of, whichever pack lets it be sent.
static void everything_has_words(void **state)
{
    (void)state;
    names_t names = {0};
    cause_t why;
    assert_int_equal(names_list(&names, "schemas", ".json", &why), 0);
    for (size_t i = 0; i < names.n; i++) {
        form_t form;
        char *kind = names.name[i];
        kind[strlen(kind) - strlen(".json")] = 0;
        if (!schemas_knows(forms, kind) || strcmp(kind, "security.alert") == 0 ||
            strcmp(kind, "service.notice") == 0)
            continue; // nobody writes those
        form_open(&form, plan, forms, kind, "nccis");
        assert_true(form.n > 5);
        for (size_t b = 0; b < form.n; b++) {
            const blank_t *blank = &form.blank[b];
            check_words(kind, blank->pointer, form_words(&form, blank, "en"),
                form_words(&form, blank, "kk"), form_words(&form, blank, "ru"));
            check_values(&form, blank);
        }
        form_close(&form);
    }
    names_free(&names);
    if (faults)
        fail_msg("%zu words are missing in schemas/words.json", faults);
}

// An option means one place.
static void options_are_told_apart(void **state)
{
    (void)state;
    size_t i = 0;
    const char *kind;
    while ((kind = next_kind(&i)) != NULL) {
        form_t form;
        form_open(&form, plan, forms, kind, "nccis");
        for (size_t b = 0; b < form.n; b++) {
            long item;
            const blank_t *blank = &form.blank[b];
            if (form_find(&form, blank->option, &item) != blank || item != -1)
                fail_msg("%s: --%s means two places", kind, blank->option);
        }
        form_close(&form);
    }
}

static void options_name_items(void **state)
{
    (void)state;
    static const struct {
        const char *option, *pointer;
        long item;
    } rows[] = {
        {"level", "/body/level", -1},
        {"cross-border", "/body/cross_border", -1},
        {"cross_border", "/body/cross_border", -1},
        {"summary-ru", "/summary/ru", -1},
        {"summary.ru", "/summary/ru", -1},
        {"measures", "/body/measures/-", -1},
        {"measures-2", "/body/measures/-", 1},
        {"indicators-type", "/body/indicators/-/type", -1},
        {"indicators-12-type", "/body/indicators/-/type", 11},
        {"to", "/to/-", -1},
        {"re", "/re", -1},
        {"levels", NULL, 0},
        {"leve", NULL, 0},
        {"level-1", NULL, 0},
        {"indicators-0-type", NULL, 0},
        {"nonce", NULL, 0},
        {"incident", NULL, 0}, // a notice begins one
        {"", NULL, 0},
    };
    form_t form;
    form_open(&form, plan, forms, "incident.notice", "isoc");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        long item;
        const blank_t *found = form_find(&form, rows[i].option, &item);
        assert_string_equal(
            found ? found->pointer : "", rows[i].pointer ? rows[i].pointer : "");
        if (found)
            assert_int_equal(item, rows[i].item);
    }
    form_close(&form);
}

static const blank_t *blank_of(
    form_t *form, const char *kind, const char *role, const char *pointer)
{
    form_open(form, plan, forms, kind, role);
    const blank_t *blank = form_at(form, pointer);
    if (!blank)
        fail_msg("%s has no %s", kind, pointer);
    return blank;
}

static void rules_need_what_the_schema_does_not(void **state)
{
    (void)state;
    form_t form;
    const blank_t *blank = blank_of(&form, "directive.report", "isoc", "/re");
    assert_true(blank->needed && blank->type == BLANK_REFERENCE);
    form_close(&form);
    blank = blank_of(&form, "incident.notice", "isoc", "/re");
    assert_false(blank->needed);
    blank = form_at(&form, "/body/level");
    assert_true(blank->needed && blank->type == BLANK_NUMBER);
    assert_int_equal(blank->maximum, 5);
    blank = form_at(&form, "/body/cross_border");
    assert_true(!blank->needed && blank->matters && blank->type == BLANK_TRUTH);
    assert_true(form_at(&form, "/body/detected_at")->type == BLANK_MOMENT);
    assert_true(form_at(&form, "/summary/kk")->tongue);
    assert_true(form_at(&form, "/summary/kk")->needed);
    assert_string_equal(form_marking(&form), "TLP:AMBER");
    form_close(&form);
    blank = blank_of(&form, "information.request", "isoc", "/to/-");
    assert_true(blank->needed && blank->listed);
    form_close(&form);
    (void)blank_of(&form, "advisory", "nccis", "/marking");
    assert_string_equal(form_marking(&form), "TLP:GREEN");
    form_close(&form);
    (void)blank_of(&form, "public.notice", "headquarters", "/marking");
    assert_string_equal(form_marking(&form), "TLP:CLEAR");
    form_close(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_has_words),
        cmocka_unit_test(options_are_told_apart),
        cmocka_unit_test(options_name_items),
        cmocka_unit_test(rules_need_what_the_schema_does_not),
    };
    return test_group(tests, set_up, tear_down);
}
