// A new hub's folder: complete, private where it must be, never made over an old one.

#include "nodes/upkeep/hub_files.h"

#include "lib/base/file.h"
#include "lib/config/hub_options.h"
#include "lib/json/schema.h"
#include "lib/lawcheck/registry.h"
#include "nodes/upkeep/hub_status.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ORIGIN "dabyl.example/hub"

static scratch_t scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static int make(const char *origin, const char *share, cause_t *why)
{
    char vkey[VKEY_MAX];
    hub_files_t files = {
        scratch_at(&scratch, "hub"), origin, "tcp://127.0.0.1:7600", share, NULL, NULL};
    return hub_files_make(&files, vkey, why);
}

static mode_t mode_of(const char *name)
{
    struct stat info;
    assert_int_equal(stat(scratch_at(&scratch, name), &info), 0);
    return info.st_mode & 07777;
}

static void the_configuration_reads_back(void **state)
{
    (void)state;
    cause_t why = {""};
    hub_options_t conf;
    char vkey[VKEY_MAX];
    log_vkey_t parsed;
    if (make(ORIGIN, ".", &why) != 0)
        fail_msg("%s", why.text);
    if (conf_read(hub_options_table, scratch_at(&scratch, "hub/hub.conf"), &conf, &why) !=
        0)
        fail_msg("%s", why.text);
    assert_string_equal(conf.origin, ORIGIN);
    assert_int_equal(conf.listen.n, 1);
    assert_string_equal(conf.listen.text[0], "tcp://127.0.0.1:7600");
    assert_int_equal(hub_files_vkey(conf.log_key, conf.origin, vkey, &why), 0);
    assert_int_equal(log_vkey_parse(&parsed, span_text(vkey), &why), 0);
    schemas_t *schemas = schemas_open(conf.schemas, &why);
    assert_non_null(schemas);
    schemas_close(&schemas);
    assert_int_equal(access(conf.rules, R_OK), 0);
    // Whatever is in it is law: nobody is.
    registry_t *registry = registry_open(conf.registry, &why);
    assert_non_null(registry);
    assert_int_equal(registry_objects(registry), 0);
    registry_close(&registry);
    conf_free(hub_options_table, &conf);
}

static void private_folders_are_private(void **state)
{
    (void)state;
    cause_t why;
    assert_int_equal(make(ORIGIN, ".", &why), 0);
    static const char *const folders[] = {
        "hub/keys", "hub/journal", "hub/state", "hub/run"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mode_of(folders[i]), 0700);
    assert_int_equal(mode_of("hub/keys/log.key"), 0600);
    assert_int_equal(mode_of("hub/registry.conf"), 0600);
}

static void an_old_hub_is_left_alone(void **state)
{
    (void)state;
    cause_t why;
    buf_t before = {0}, after = {0};
    const char *key = scratch_at(&scratch, "hub/keys/log.key");
    assert_int_equal(make(ORIGIN, ".", &why), 0);
    assert_int_equal(file_read(key, 4096, &before, &why), 0);
    assert_int_equal(make(ORIGIN, ".", &why), -1);
    assert_non_null(strstr(why.text, "has a hub.conf already"));
    assert_int_equal(file_read(key, 4096, &after, &why), 0);
    assert_true(span_equal(buf_span(&before), buf_span(&after)));
    buf_destroy(&before);
    buf_destroy(&after);
}

static void wrong_wishes_make_nothing(void **state)
{
    (void)state;
    cause_t why;
    static const char *const origins[] = {"", "two words", "a+b"};
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        assert_int_equal(make(origins[i], ".", &why), -1);
        assert_int_equal(access(scratch_at(&scratch, "hub"), F_OK), -1);
    }
    assert_int_equal(make(ORIGIN, "/no/such/folder", &why), -1);
    assert_int_equal(access(scratch_at(&scratch, "hub/hub.conf"), F_OK), -1);
    assert_int_equal(make(ORIGIN, ".", &why), 0); // it may be tried again
}

static void trouble_is_said_first(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    json_t *status = json_loads(
        "{\"hub\": \"hub\", \"origin\": \"o\", \"version\": \"1\", \"entries\": 5,"
        " \"disk_full\": true, \"nodes\": [{\"node\": \"isoc\", \"role\": \"isoc\","
        " \"connected\": false, \"delivered\": 9, \"acknowledged\": 7}]}",
        0, NULL);
    FILE *out = open_memstream(&text, &size);
    hub_status_print(status, out);
    fclose(out);
    assert_memory_equal(text, "TROUBLE  no room on the disk", 28);
    assert_non_null(strstr(text, "9 delivered, 2 not yet acknowledged\n"));
    assert_false(hub_status_good(status));
    json_object_set_new(status, "disk_full", json_false());
    assert_true(hub_status_good(status));
    json_object_set_new(status, "unreadable_since_start", json_integer(1));
    assert_false(hub_status_good(status));
    json_object_set_new(status, "unreadable_since_start", json_integer(0));
    json_object_set_new(
        status, "quarantined", json_pack("[{s:i, s:s}]", "position", 9, "reason", "why"));
    assert_false(hub_status_good(status));
    json_decref(status);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_configuration_reads_back),
        TEST(private_folders_are_private),
        TEST(an_old_hub_is_left_alone),
        TEST(wrong_wishes_make_nothing),
        cmocka_unit_test(trouble_is_said_first),
    };
    return test_group(tests, NULL, NULL);
}
