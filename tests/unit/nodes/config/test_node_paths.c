// node_paths: what node.conf puts elsewhere is found, and its errors hide nothing.

#include "nodes/config/node_paths.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static cause_t why;
static scratch_t scratch;
static char out[PATH_MAX];

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    assert_int_equal(folder_make(scratch_at(&scratch, "node/state"), 0700, &why), 0);
    assert_int_equal(folder_make(scratch_at(&scratch, "etc"), 0700, &why), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static void write_conf(const char *name, const char *more)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
        "node = \"isoc\";\nhub = { endpoints = [\"tcp://127.0.0.1:1\"]; vkey = "
        "\"the.vkey\"; "
        "};\n%s",
        more);
    assert_int_equal(
        file_replace(scratch_at(&scratch, name), span_text(text), 0600, &why), 0);
}

static void assert_path(node_path_t which, const char *expected)
{
    node_path(scratch_at(&scratch, "node"), which, out);
    assert_string_equal(out, expected);
}

static void without_a_configuration_all_is_as_usual(void **state)
{
    (void)state;
    assert_path(NODE_CONTROL, scratch_at(&scratch, "node/run/control"));
    assert_path(NODE_CA, scratch_at(&scratch, "node/certs/ca.pem"));
    assert_int_equal(node_folder(scratch_at(&scratch, "node"), out, &why), 0);
    assert_string_equal(out, scratch_at(&scratch, "node"));
}

static void the_configuration_counts(void **state)
{
    (void)state;
    write_conf(
        "node/node.conf", "control = \"/run/dabyl/socket\";\ncrl = \"new.pem\";\n");
    assert_path(NODE_CONTROL, "/run/dabyl/socket");
    assert_path(NODE_VKEY, scratch_at(&scratch, "node/the.vkey"));
    assert_path(NODE_CRL, scratch_at(&scratch, "node/new.pem"));
    assert_path(NODE_CA, scratch_at(&scratch, "node/certs/ca.pem"));
}

// A socket in a folder with a long path is reached from inside only.
static void what_is_usual_keeps_its_short_way(void **state)
{
    (void)state;
    char before[PATH_MAX];
    write_conf("node/node.conf", "");
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(scratch_at(&scratch, "node")), 0);
    node_path(".", NODE_CONTROL, out);
    assert_string_equal(out, "./run/control");
    assert_int_equal(node_folder(".", out, &why), 0);
    assert_string_equal(out, ".");
    assert_int_equal(chdir(before), 0);
}

static void a_configuration_elsewhere_is_found_by_its_link(void **state)
{
    (void)state;
    char conf[PATH_MAX + 64];
    (void)snprintf(conf, sizeof conf, "folder = \"%s\";\n", scratch_at(&scratch, "node"));
    write_conf("etc/node.conf", conf);
    for (int i = 0; i < 2; i++) // a daemon starts more than once
        assert_int_equal(node_paths_record(scratch_at(&scratch, "node"),
                             scratch_at(&scratch, "etc/node.conf"), &why),
            0);
    assert_path(NODE_CONTROL, scratch_at(&scratch, "etc/run/control"));
    assert_path(NODE_VKEY, scratch_at(&scratch, "etc/the.vkey"));
    static const char *const given[] = {"etc", "etc/node.conf", "node"};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        assert_int_equal(node_folder(scratch_at(&scratch, given[i]), out, &why), 0);
        assert_string_equal(out, scratch_at(&scratch, "node"));
    }
    // Its own is nearer, and then there is nothing to link to.
    write_conf("node/node.conf", "");
    assert_path(NODE_VKEY, scratch_at(&scratch, "node/the.vkey"));
    assert_int_equal(node_paths_record(scratch_at(&scratch, "node"),
                         scratch_at(&scratch, "node/node.conf"), &why),
        0);
    assert_int_not_equal(access(scratch_at(&scratch, "node/state/node.conf"), F_OK), 0);
}

static void an_error_is_named_and_hides_nothing(void **state)
{
    (void)state;
    write_conf("node/node.conf", "colour = 3;\n");
    assert_int_equal(node_folder(scratch_at(&scratch, "node"), out, &why), -1);
    assert_non_null(strstr(why.text, "node.conf:3: unknown key 'colour'"));
    assert_string_equal(out, scratch_at(&scratch, "node"));
    assert_path(NODE_CONTROL, scratch_at(&scratch, "node/run/control"));
}

static void put_hub(const char *name)
{
    assert_int_equal(file_replace(scratch_at(&scratch, name),
                         span_text("origin = \"o/n\";\n"), 0600, &why),
        0);
}

static void a_hub_is_no_node(void **state)
{
    (void)state;
    assert_false(node_is_hub(scratch_at(&scratch, "node"), out));
    put_hub("node/hub.conf");
    assert_true(node_is_hub(scratch_at(&scratch, "node"), out));
    assert_string_equal(out, scratch_at(&scratch, "node"));
    assert_true(node_is_hub(scratch_at(&scratch, "node/hub.conf"), out));
    assert_string_equal(out, scratch_at(&scratch, "node"));
    write_conf("node/node.conf", ""); // both in one: the node is meant
    assert_false(node_is_hub(scratch_at(&scratch, "node"), out));
    assert_false(node_is_hub(scratch_at(&scratch, "node/node.conf"), out));
    assert_false(node_is_hub(scratch_at(&scratch, "none"), out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            without_a_configuration_all_is_as_usual, setup, teardown),
        cmocka_unit_test_setup_teardown(the_configuration_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_usual_keeps_its_short_way, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_configuration_elsewhere_is_found_by_its_link, setup, teardown),
        cmocka_unit_test_setup_teardown(
            an_error_is_named_and_hides_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hub_is_no_node, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
