// owed: what could not be written is owed in its order until it is durable, over restarts
// too, and each once.

#include "hub/journal/owed.h"

#include "lib/base/bytes.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;

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

static owed_t *again(owed_t *owed)
{
    if (owed)
        owed_close(&owed);
    owed = owed_open(scratch_at(&scratch, "owed"), &why);
    if (!owed)
        fail_msg("%s", why.text);
    return owed;
}

static const char *all(const owed_t *owed)
{
    static char text[4096];
    text[0] = 0;
    for (size_t i = 0; i < owed_count(owed); i++) {
        const owed_entry_t *entry = owed_at(owed, i);
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s/%s/%s", entry->type,
            entry->author, entry->text);
    }
    return text;
}

static void it_is_owed_until_it_is_durable(void **state)
{
    (void)state;
    owed_t *owed = again(NULL);
    owed_add(owed, "clock", "", "one\n");
    owed_add(owed, "session", "isoc-a", "again\n");
    owed_drafted(owed, 2);
    owed_add(owed, "session", "isoc-a", "again\n"); // during the turn
    owed_unpaid(owed);                              // there was no room
    assert_int_equal(owed_keep(owed, &why), 0);
    owed = again(owed);
    assert_string_equal(
        all(owed), "clock//one\nsession/isoc-a/again\nsession/isoc-a/again\n");
    owed_drafted(owed, 2);
    owed_paid(owed);
    assert_int_equal(owed_keep(owed, &why), 0);
    owed = again(owed);
    assert_string_equal(all(owed), "session/isoc-a/again\n");
    owed_drafted(owed, 1);
    owed_paid(owed);
    assert_int_equal(owed_keep(owed, &why), 0);
    owed = again(owed);
    assert_int_equal(owed_count(owed), 0);
    owed_close(&owed);
}

static void each_once_and_in_its_order(void **state)
{
    (void)state;
    owed_t *owed = again(NULL);
    owed_add(owed, "clock", "", "moved 1\n");
    owed_add(owed, "clock", "", "moved 2\n"); // in its place
    owed_add(owed, "session", "b", "again\n");
    owed_add(owed, "session", "a", "again\n");
    owed_add(owed, "session", "b", "again\n");
    owed_add(owed, "clock", "", "moved 3\n"); // behind
    assert_string_equal(
        all(owed), "clock//moved 2\nsession/b/again\nsession/a/again\nclock//moved 3\n");
    owed_close(&owed);
}

static void what_does_not_fit_waits_in_memory(void **state)
{
    (void)state;
    owed_t *owed = again(NULL);
    for (int i = 0; i < 5000; i++) {
        char node[32];
        (void)snprintf(node, sizeof node, "node-%d", i);
        owed_add(owed, "session", node, "a hello on another connection\n");
    }
    assert_int_equal(owed_keep(owed, &why), 0);
    assert_int_equal(owed_count(owed), 5000);
    owed = again(owed);
    assert_true(owed_count(owed) > 500);
    owed_close(&owed);
}

// A write that the power cut: nothing of it is believed, and the hub starts.
static void a_torn_file_is_none(void **state)
{
    (void)state;
    owed_t *owed = again(NULL);
    owed_add(owed, "clock", "", "moved\n");
    assert_int_equal(owed_keep(owed, &why), 0);
    for (long at = 0; at < 90; at++) {
        FILE *file = fopen(scratch_at(&scratch, "owed"), "r+");
        assert_non_null(file);
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        int byte = fgetc(file);
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        assert_true(fputc(byte ^ 1, file) >= 0);
        assert_int_equal(fclose(file), 0);
        owed_t *torn = again(NULL);
        assert_true(owed_count(torn) <= 1);
        owed_close(&torn);
        file = fopen(scratch_at(&scratch, "owed"), "r+");
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        assert_true(fputc(byte, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    owed_close(&owed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_owed_until_it_is_durable),
        TEST(each_once_and_in_its_order),
        TEST(what_does_not_fit_waits_in_memory),
        TEST(a_torn_file_is_none),
    };
    return test_group(tests, NULL, NULL);
}
