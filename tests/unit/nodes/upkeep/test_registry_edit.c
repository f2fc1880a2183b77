// registry_edit: whatever is added, changed or taken out, the rest says what it said, the
// comments around it stand, and the hub's own reader reads it.

#include "nodes/upkeep/registry_edit.h"

#include "lib/base/file.h"
#include "lib/lawcheck/registry.h"
#include "tests/lib/test.h"

#include <string.h>

static const char plain[] =
    "# first ) } comment\n"
    "objects: ( /* none, { or ( */ { id = \"ob-1\"; sector=\"banking\"; owner = \"B\"; "
    "}\n"
    "  # of the second ,\n"
    "  , { id = \"ob-2\"; # inner }\n"
    "      sector = \"other\"; owner = \"A\"; isoc = \"B\"; } // behind\n"
    ");\n"
    "organisations = (\n"
    "    { code = \"A\"; name = { kk = \"a ) \\\" {\"; ru = \"a\"; en = \"a\"; }; },\n"
    "    { code = \"B\"; name = { kk = \"b\"; ru = \"b\"; en = \"b\"; }; }\n"
    ");\n";

static void is_read(const buf_t *text)
{
    cause_t why;
    registry_t *registry = registry_parse("x", buf_span(text), &why);
    if (!registry)
        fail_msg("%s:\n%.*s", why.text, (int)text->size, (const char *)text->data);
    registry_close(&registry);
}

static bool has(const buf_t *text, const char *words)
{
    return memmem(text->data, text->size, words, strlen(words)) != NULL;
}

static size_t count(const buf_t *text, registry_kind_t kind)
{
    registry_entry_t entry;
    cause_t why;
    size_t n = 0;
    while (registry_entry_at(&entry, buf_span(text), kind, n, &why) == 1)
        n++;
    return n;
}

static void one_more_stands_behind_the_others(void **state)
{
    (void)state;
    cause_t why;
    buf_t text = {0};
    registry_entry_t found;
    size_t at;
    const registry_entry_t entry = {.kind = REGISTRY_OBJECT,
        .key = "ob-3",
        .sector = "other",
        .owner = "A",
        .outside = true};
    assert_int_equal(registry_edit_add(span_text(plain), &entry, &text, &why), 0);
    is_read(&text);
    assert_int_equal(
        registry_entry_find(&found, buf_span(&text), REGISTRY_OBJECT, "ob-3", &at, &why),
        1);
    assert_int_equal(at, 2);
    assert_true(found.outside);
    assert_true(
        has(&text, "// behind") && has(&text, "first ) }") && has(&text, "inner }"));
    buf_destroy(&text);
}

static void each_can_be_changed_and_taken_out(void **state)
{
    (void)state;
    cause_t why;
    registry_entry_t entry;
    for (registry_kind_t kind = REGISTRY_ORGANISATION; kind <= REGISTRY_OBJECT; kind++)
        for (size_t i = 0; i < 2; i++) {
            buf_t text = {0};
            bool comments = false;
            assert_int_equal(
                registry_entry_at(&entry, span_text(plain), kind, i, &why), 1);
            (void)snprintf(entry.name[0], sizeof entry.name[0], "\"new\" \\ name");
            assert_int_equal(
                registry_edit_change(span_text(plain), i, &entry, &comments, &text, &why),
                0);
            is_read(&text);
            assert_int_equal(comments, kind == REGISTRY_OBJECT && i == 1);
            assert_int_equal(count(&text, kind), 2);
            buf_clear(&text);
            assert_int_equal(
                registry_edit_remove(span_text(plain), kind, i, &comments, &text, &why),
                0);
            assert_int_equal(count(&text, kind), 1);
            if (kind == REGISTRY_OBJECT) // of an organisation that is named it is refused
                is_read(&text);
            assert_true(has(&text, "# of the second ,"));
            buf_destroy(&text);
        }
}

// From the empty one that a hub begins with, and back.
static void a_registry_grows_and_shrinks(void **state)
{
    (void)state;
    cause_t why;
    bool comments;
    buf_t text = {0};
    buf_put_text(&text, "# x\n\norganisations = ( );\n\nobjects = ( );\n");
    for (size_t i = 0; i < 5; i++) {
        registry_entry_t entry = {.kind = REGISTRY_ORGANISATION};
        buf_t more = {0};
        (void)snprintf(entry.key, sizeof entry.key, "ORG-%zu", i);
        for (size_t k = 0; k < 3; k++)
            (void)snprintf(entry.name[k], sizeof entry.name[k], "«Ұйым» %zu", i);
        assert_int_equal(registry_edit_add(buf_span(&text), &entry, &more, &why), 0);
        is_read(&more);
        buf_destroy(&text);
        text = more;
    }
    static const size_t order[] = {2, 0, 2, 1, 0};
    for (size_t i = 0; i < 5; i++) {
        buf_t less = {0};
        assert_int_equal(registry_edit_remove(buf_span(&text), REGISTRY_ORGANISATION,
                             order[i], &comments, &less, &why),
            0);
        is_read(&less);
        assert_int_equal(count(&less, REGISTRY_ORGANISATION), 4 - i);
        buf_destroy(&text);
        text = less;
    }
    assert_true(has(&text, "# x\n"));
    buf_destroy(&text);
}

// Whatever it is cut to, it is refused or the scanner stays within it.
static void what_is_cut_off_is_refused(void **state)
{
    (void)state;
    cause_t why;
    for (size_t n = 0; n < strlen(plain); n++) {
        char *cut = strndup(plain, n);
        buf_t text = {0};
        bool comments;
        const registry_entry_t entry = {.kind = REGISTRY_ORGANISATION, .key = "C"};
        (void)registry_edit_add(span_text(cut), &entry, &text, &why);
        (void)registry_edit_remove(
            span_text(cut), REGISTRY_ORGANISATION, 1, &comments, &text, &why);
        buf_destroy(&text);
        free(cut);
    }
}

static void the_one_that_ships_can_be_edited(void **state)
{
    (void)state;
    cause_t why;
    buf_t text = {0}, less = {0};
    bool comments;
    size_t at;
    registry_entry_t entry;
    assert_int_equal(file_read("hub/etc/registry.conf", 1 << 20, &text, &why), 0);
    assert_int_equal(registry_entry_find(&entry, buf_span(&text), REGISTRY_OBJECT,
                         "ob-e2909a5d6b38", &at, &why),
        1);
    assert_int_equal(registry_edit_remove(
                         buf_span(&text), REGISTRY_OBJECT, at, &comments, &less, &why),
        0);
    is_read(&less);
    assert_true(has(&less, "# one of paragraph 3.2"));
    buf_destroy(&text);
    buf_destroy(&less);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_more_stands_behind_the_others),
        cmocka_unit_test(each_can_be_changed_and_taken_out),
        cmocka_unit_test(a_registry_grows_and_shrinks),
        cmocka_unit_test(what_is_cut_off_is_refused),
        cmocka_unit_test(the_one_that_ships_can_be_edited),
    };
    return test_group(tests, NULL, NULL);
}
