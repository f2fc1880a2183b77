// conf: what a configuration file may say, and what it is told, word for word, when it
// may not.

#include "lib/config/conf.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <unistd.h>

typedef struct {
    int64_t port, size;
    char *name, *journal, *spare;
    bool open;
    texts_t endpoints, more;
} sample_t;

static const conf_option_t table[] = {
    {"hub.port", CONF_NUMBER, offsetof(sample_t, port), 1, 65535, "7600", "TCP port"},
    {"hub.limits.size", CONF_NUMBER, offsetof(sample_t, size), 1, INT64_C(1) << 40,
        "1048576", "bytes"},
    {"hub.name", CONF_TEXT, offsetof(sample_t, name), 0, 0, NULL, "the hub's name"},
    {"journal", CONF_PATH, offsetof(sample_t, journal), 0, 0, "journal", "folder"},
    {"spare", CONF_PATH, offsetof(sample_t, spare), 0, 0, "", "folder, or none"},
    {"open", CONF_FLAG, offsetof(sample_t, open), 0, 0, "true", "whether it is"},
    {"endpoints", CONF_TEXTS, offsetof(sample_t, endpoints), 0, 0, NULL, "addresses"},
    {"more", CONF_TEXTS, offsetof(sample_t, more), 0, 0, "a b", "words"},
    {NULL, CONF_NUMBER, 0, 0, 0, NULL, NULL},
};

static scratch_t scratch;
static char path[PATH_MAX];

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    (void)snprintf(path, sizeof path, "%s", scratch_at(&scratch, "hub.conf"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static int read_bytes(const void *text, size_t size, sample_t *out, cause_t *why)
{
    cause_t writing;
    assert_int_equal(file_replace(path, span_of(text, size), 0600, &writing), 0);
    memset(out, 0x55, sizeof *out); // nothing there before may matter
    return conf_read(table, path, out, why);
}

static int read_text(const char *text, sample_t *out, cause_t *why)
{
    return read_bytes(text, strlen(text), out, why);
}

static void presets_fill_what_is_not_said(void **state)
{
    (void)state;
    sample_t got;
    cause_t why;
    assert_int_equal(
        read_text(
            "hub = { name = \"h\"; };\nendpoints = [ \"tcp://*:1\" ];\n", &got, &why),
        0);
    char journal[PATH_MAX];
    (void)snprintf(journal, sizeof journal, "%s/journal", scratch.path);
    assert_int_equal(got.port, 7600);
    assert_int_equal(got.size, 1048576);
    assert_string_equal(got.name, "h");
    assert_string_equal(got.journal, journal);
    assert_string_equal(got.spare, "");
    assert_true(got.open);
    assert_int_equal(got.endpoints.n, 1);
    assert_string_equal(got.endpoints.text[0], "tcp://*:1");
    assert_int_equal(got.more.n, 2);
    assert_string_equal(got.more.text[1], "b");
    conf_free(table, &got);
}

static void everything_said_is_taken(void **state)
{
    (void)state;
    sample_t got;
    cause_t why;
    assert_int_equal(
        read_text("# a comment with @include and 99999999999\n"
                  "hub = { port = 1; name = \"n 5000000000 // x\"; /* 9999999999 */\n"
                  "  limits = { size = 1099511627776L; }; };\n"
                  "journal = \"/var/j\"; spare = \"../s\"; open = false;\n"
                  "endpoints = ( \"a\", \"b\" ); more = [ ];\n",
            &got, &why),
        0);
    char spare[PATH_MAX];
    (void)snprintf(spare, sizeof spare, "%s/../s", scratch.path);
    assert_int_equal(got.port, 1);
    assert_int_equal(got.size, INT64_C(1) << 40);
    assert_string_equal(got.journal, "/var/j");
    assert_string_equal(got.spare, spare);
    assert_false(got.open);
    assert_int_equal(got.endpoints.n, 2);
    assert_int_equal(got.more.n, 0);
    conf_free(table, &got);
}

static const struct {
    const char *text, *complaint;
} bad[] = {
    {"endpoints = [ \"a\" ];", ": hub.name is missing (the hub's name)"},
    {"hub = { name = \"h\"; };\nendpoints = [ ];", ":2: endpoints is empty (addresses)"},
    {"hub = {\n name = \"h\";\n nam = 1; };", ":3: unknown key 'hub.nam'"},
    {"\n\nhubs = 1;", ":3: unknown key 'hubs'"},
    {"hub = 1;", ":1: hub must be a group { ... }"},
    {"hub = {\n limits = ( ); };", ":2: hub.limits must be a group { ... }"},
    {"journal = {\n a = 1; };", ":1: journal must be a text in quotes (folder)"},
    {"hub = {\n port = \"7600\"; };", ":2: hub.port must be a whole number (TCP port)"},
    {"hub = { port = 7600.0; };", ":1: hub.port must be a whole number (TCP port)"},
    {"hub = { port = true; };", ":1: hub.port must be a whole number (TCP port)"},
    {"hub = { port = 0; };", ":1: hub.port is 0 and must be from 1 to 65535 (TCP port)"},
    {"hub = { port = 65536; };",
        ":1: hub.port is 65536 and must be from 1 to 65535 (TCP port)"},
    {"hub = { port = -1; };",
        ":1: hub.port is -1 and must be from 1 to 65535 (TCP port)"},
    // 2^32 + 7600 would be cut to 7600 by libconfig
    {"hub = {\n port = 4294974896; };",
        ":2: 4294974896 is beyond 32 bits: write it with an L behind"},
    {"hub = { port = 0x100001db0; };",
        ":1: 0x100001db0 is beyond 32 bits: write it with an L behind"},
    {"\nhub = { port = 99999999999999999999L; };",
        ":2: 99999999999999999999L is beyond 64 bits"},
    {"hub = { name = 5; };", ":1: hub.name must be a text in quotes (the hub's name)"},
    {"hub = { name = \"\"; };", ":1: hub.name is empty (the hub's name)"},
    {"open = 1;", ":1: open must be true or false (whether it is)"},
    {"open = \"true\";", ":1: open must be true or false (whether it is)"},
    {"endpoints = \"a\";",
        ":1: endpoints must be a list of texts [ \"...\", ... ] (addresses)"},
    {"endpoints = [ 1 ];", ":1: endpoints must hold texts in quotes only (addresses)"},
    {"endpoints = ( \"a\",\n \"\" );",
        ":2: endpoints must hold texts in quotes only (addresses)"},
    {"open = true;\nopen = true;", ":2: duplicate setting name"},
    {"open = true;\nmore", ":2: syntax error"},
    {"a = \"never ends\n\n", ":3: syntax error"},
    {"\n@include \"/etc/passwd\"\n",
        ":2: @include is not taken: one file is one whole text"},
};

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sample_t got;
        cause_t why = {""};
        char complaint[PATH_MAX + 512];
        (void)snprintf(complaint, sizeof complaint, "%s%s", path, bad[i].complaint);
        assert_int_equal(read_text(bad[i].text, &got, &why), -1);
        assert_string_equal(why.text, complaint);
    }
}

static void a_zero_byte_hides_nothing(void **state)
{
    (void)state;
    static const char text[] = "open = true;\n\0\nopen = false;";
    sample_t got;
    cause_t why;
    assert_int_equal(read_bytes(text, sizeof text - 1, &got, &why), -1);
    assert_non_null(strstr(why.text, "hub.conf:2: a zero byte"));
}

static void a_cut_file_fails_or_says_less_but_never_breaks(void **state)
{
    (void)state;
    static const char text[] =
        "hub = { port = 1; /* c */ name = \"n\\\"m\"; # x\n"
        "  limits = { size = 0x10; }; };\n"
        "open = false; endpoints = ( \"a\", \"b\" ); more = [ ];\n";
    for (size_t size = 0; size < sizeof text; size++) {
        sample_t got;
        cause_t why = {""};
        if (read_bytes(text, size, &got, &why) == 0)
            conf_free(table, &got);
        else
            assert_int_not_equal(why.text[0], '\0');
    }
}

static void a_missing_file_or_a_folder_is_named(void **state)
{
    (void)state;
    sample_t got;
    cause_t why;
    assert_int_equal(conf_read(table, "/nonexistent/hub.conf", &got, &why), -1);
    assert_non_null(strstr(why.text, "/nonexistent/hub.conf"));
    assert_int_equal(conf_read(table, scratch.path, &got, &why), -1);
    assert_non_null(strstr(why.text, scratch.path));
}

// What conf_print_help shows must itself be a configuration, once the required is filled
// in.
static void the_help_is_a_configuration(void **state)
{
    (void)state;
    char help_path[PATH_MAX];
    (void)snprintf(help_path, sizeof help_path, "%s/help", scratch.path);
    (void)fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    assert_non_null(freopen(help_path, "w", stdout));
    conf_print_help(table);
    (void)fflush(stdout);
    assert_int_not_equal(dup2(kept, STDOUT_FILENO), -1);
    (void)close(kept);

    buf_t help = {0};
    cause_t why;
    assert_int_equal(file_read(help_path, 65536, &help, &why), 0);
    (void)unlink(help_path);
    assert_non_null(strstr(buf_text(&help), "    # name = ...;\n"));
    char *name = strstr((char *)help.data, "# name"),
         *ends = strstr((char *)help.data, "# endp");
    assert_non_null(name);
    assert_non_null(ends);
    static const char named[] = "name=\"n\"; # ", ended[] = "endpoints=[\"e\"];";
    buf_t filled = {0};
    buf_put(&filled, help.data, (size_t)(name - (char *)help.data));
    buf_put_text(&filled, named);
    buf_put(&filled, name, (size_t)(ends - name));
    buf_put_text(&filled, ended);
    buf_put_text(&filled, ends + strcspn(ends, "\n"));
    sample_t got;
    if (read_bytes(filled.data, filled.size, &got, &why) == -1)
        fail_msg("%s", why.text);
    assert_int_equal(got.size, 1048576);
    assert_int_equal(got.more.n, 2);
    conf_free(table, &got);
    buf_destroy(&filled);
    buf_destroy(&help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_fill_what_is_not_said),
        cmocka_unit_test(everything_said_is_taken),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(a_zero_byte_hides_nothing),
        cmocka_unit_test(a_cut_file_fails_or_says_less_but_never_breaks),
        cmocka_unit_test(a_missing_file_or_a_folder_is_named),
        cmocka_unit_test(the_help_is_a_configuration),
    };
    return test_group(tests, set_up, tear_down);
}
