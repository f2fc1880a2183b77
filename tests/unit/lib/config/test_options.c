// hub_options: the table is sound, its defaults load, and the manual page names every
// key with its default.

#include "lib/config/hub_options.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static cause_t why;

static int64_t number_at(const hub_options_t *options, const conf_option_t *option)
{
    int64_t value;
    memcpy(&value, (const char *)options + option->offset, sizeof value);
    return value;
}

static const char *text_at(const hub_options_t *options, const conf_option_t *option)
{
    char *value;
    memcpy(&value, (const char *)options + option->offset, sizeof value);
    return value;
}

static void two_lines_make_a_configuration(void **state)
{
    (void)state;
    scratch_t scratch;
    hub_options_t options;
    scratch_open(&scratch);
    const char *path = scratch_at(&scratch, "hub.conf");
    static const char text[] = "origin = \"hub.example/log\";\n"
                               "listen = [ \"tcp://127.0.0.1:7600\" ];\n";
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
    if (conf_read(hub_options_table, path, &options, &why) != 0)
        fail_msg("%s", why.text);
    for (const conf_option_t *option = hub_options_table; option->key; option++) {
        if (option->type == CONF_NUMBER)
            assert_in_range(number_at(&options, option), option->low, option->high);
        if (option->type == CONF_PATH && option->preset[0]) { // beside the file
            assert_non_null(text_at(&options, option));
            assert_int_equal(
                strncmp(text_at(&options, option), scratch.path, strlen(scratch.path)),
                0);
        }
    }
    assert_int_equal(options.size_limit, 1 << 20);
    assert_int_equal(options.listen.n, 1);
    conf_free(hub_options_table, &options);
    scratch_close(&scratch);
}

static void no_key_is_there_twice(void **state)
{
    (void)state;
    for (const conf_option_t *a = hub_options_table; a->key; a++) {
        assert_non_null(a->help);
        for (const conf_option_t *b = a + 1; b->key; b++) {
            assert_string_not_equal(a->key, b->key);
            assert_int_not_equal(a->offset, b->offset);
        }
    }
}

// A frame must have room for a document of the largest size and what goes with it.
static void the_limits_fit_each_other(void **state)
{
    (void)state;
    int64_t document = 0, frame = 0;
    for (const conf_option_t *option = hub_options_table; option->key; option++) {
        if (strcmp(option->key, "limits.document_bytes") == 0)
            document = strtoll(option->preset, NULL, 10);
        if (strcmp(option->key, "limits.frame_bytes") == 0)
            frame = strtoll(option->preset, NULL, 10);
    }
    assert_true(document > 0 && frame > document + (64 << 10));
}

static void limits_that_contradict_each_other_are_named(void **state)
{
    (void)state;
    static const struct {
        int64_t document, frame, piece, bytes, total, share;
        const char *words; // NULL: they go together
    } cases[] = {
        {1 << 20, 4 << 20, 65536, 1, 1, 1, NULL},
        {48 << 10, 64 << 10, 1024, 1, 1, 1, NULL},
        {(48 << 10) + 1, 64 << 10, 1024, 1, 1, 1, "limits.document_bytes (49153)"},
        {4 << 20, 4 << 20, 1024, 1, 1, 1, "limits.frame_bytes (4194304)"},
        {1024, 64 << 10, (48 << 10) + 1, 1, 1, 1, "attachments.piece_bytes (49153)"},
        {1024, 64 << 10, 1024, 8, 7, 8, "more than attachments.total_bytes (7)"},
        {1024, 64 << 10, 1024, 8, 9, 7, "more than attachments.node_bytes (7)"},
        {1024, 64 << 10, 1024, 8, 9, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hub_options_t options = {.size_limit = cases[i].document,
            .frame_limit = cases[i].frame,
            .attachment_piece = cases[i].piece,
            .attachment_bytes = cases[i].bytes,
            .attachment_total = cases[i].total,
            .attachment_share = cases[i].share};
        assert_int_equal(hub_options_check(&options, &why), cases[i].words ? -1 : 0);
        if (cases[i].words)
            assert_non_null(strstr(why.text, cases[i].words));
    }
}

static void the_manual_page_has_every_key(void **state)
{
    (void)state;
    buf_t page = {0};
    char entry[128];
    if (file_read("man/dabyl-hub.conf.5", 1 << 20, &page, &why) != 0)
        fail_msg("%s", why.text);
    for (const conf_option_t *option = hub_options_table; option->key; option++) {
        (void)snprintf(entry, sizeof entry, "\n.It Li %s", option->key);
        const char *item = strstr(buf_text(&page), entry);
        if (!item || (item[strlen(entry)] != '\n' && item[strlen(entry)] != ' '))
            fail_msg("%s is not in the page", option->key);
        const char *next = strstr(item + 1, "\n.It ");
        (void)snprintf(entry, sizeof entry, "\n.Pq Li %s",
            !option->preset     ? "required"
            : option->preset[0] ? option->preset
                                : "none");
        const char *preset = strstr(item, entry);
        if (!preset || (next && preset > next))
            fail_msg("%s: the page does not say %s", option->key, entry + 1);
    }
    buf_destroy(&page);
}

// No key stands in the page that the hub would refuse.
static void the_manual_page_has_no_other_key(void **state)
{
    (void)state;
    buf_t page = {0};
    size_t items = 0;
    size_t keys = 0;
    if (file_read("man/dabyl-hub.conf.5", 1 << 20, &page, &why) != 0)
        fail_msg("%s", why.text);
    for (const char *at = buf_text(&page); (at = strstr(at, "\n.It Li ")) != NULL; at++)
        items++;
    for (const conf_option_t *option = hub_options_table; option->key; option++)
        keys++;
    assert_int_equal(items, keys);
    buf_destroy(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lines_make_a_configuration),
        cmocka_unit_test(no_key_is_there_twice),
        cmocka_unit_test(the_limits_fit_each_other),
        cmocka_unit_test(limits_that_contradict_each_other_are_named),
        cmocka_unit_test(the_manual_page_has_every_key),
        cmocka_unit_test(the_manual_page_has_no_other_key),
    };
    return test_group(tests, NULL, NULL);
}
