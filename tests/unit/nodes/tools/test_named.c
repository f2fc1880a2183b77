// named: the files of a message and where the node has them, without a hub to ask.

#include "nodes/tools/named.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID "019abd4f-3b0e-75ed-975b-5e8fd00724a1"
#define ONE "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"
#define TWO "1817d0235502bfbd2bb4c81151a20dc3590ad570eaa1a8c34ebf6be1a897b98f"

static scratch_t scratch;
static cause_t why;
static named_t *named;

static void put(const char *name, const char *text)
{
    char folder[256];
    (void)snprintf(folder, sizeof folder, "%s", scratch_at(&scratch, name));
    *strrchr(folder, '/') = 0;
    assert_int_equal(folder_make(folder, 0700, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(&scratch, name), span_text(text), 0600, &why), 0);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    named = calloc(1, sizeof *named);
    put("inbox/000000000007-" ID ".json",
        "{\"from\":\"owner\",\"body\":{\"a\":{\"name\":\"one.log\",\"size\":7,\"sha256\":"
        "\"" ONE "\"},\"b\":[{\"name\":\"two.log\",\"size\":9,\"sha256\":\"" TWO
        "\"}]}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    named_close(named);
    free(named);
    scratch_close(&scratch);
    return 0;
}

static void files_are_found_by_number_and_id(void **state)
{
    (void)state;
    assert_int_equal(named_open(named, scratch.path, "7", &why), 0);
    assert_int_equal(named->n, 2);
    assert_string_equal(named->file[0].name, "one.log");
    assert_string_equal(named->file[1].digest, TWO);
    assert_int_equal(named->file[1].size, 9);
    named_close(named);
    *named = (named_t){0};
    assert_int_equal(named_open(named, scratch.path, ID, &why), 0);
    assert_int_equal(named->n, 2);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    assert_int_equal(folder_make(scratch_at(&scratch, "sent"), 0700, &why), 0);
    assert_int_equal(named_open(named, scratch.path, "8", &why), -1);
    assert_non_null(strstr(why.text, "no message 8"));
}

static void states_are_told_by_what_matters_most(void **state)
{
    (void)state;
    assert_int_equal(named_open(named, scratch.path, "7", &why), 0);
    const named_file_t *one = &named->file[0], *two = &named->file[1];
    assert_string_equal(named_state(named, one), "unknown");
    named->asked = true;
    assert_string_equal(named_state(named, one), "absent");
    put("attachments/outbox/" ONE, "");
    assert_string_equal(named_state(named, one), "waiting");
    named->file[0].handed_in = true;
    assert_string_equal(named_state(named, one), "handed-in");
    put("attachments/wanted/" ONE, "7\n");
    assert_string_equal(named_state(named, one), "wanted");
    put("attachments/whole/" ONE, "");
    assert_string_equal(named_state(named, one), "fetched");
    assert_string_equal(named_state(named, two), "absent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_are_found_by_number_and_id),
        TEST(what_is_not_there_is_said),
        TEST(states_are_told_by_what_matters_most),
    };
    return test_group(tests, NULL, NULL);
}
