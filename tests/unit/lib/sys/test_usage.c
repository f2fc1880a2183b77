// usage: there is memory, processor time and a disk, and none where there is no folder.

#include "lib/sys/usage.h"

#include "tests/lib/test.h"

static void a_process_uses_something(void **state)
{
    (void)state;
    usage_t usage = usage_now();
    assert_true(usage.memory_bytes > 100000);
    assert_true(usage.processor_ms >= 0);
}

static void a_disk_has_a_size(void **state)
{
    (void)state;
    usage_disk_t disk;
    assert_true(usage_disk(".", &disk));
    assert_true(disk.size_bytes > 0 && disk.free_bytes <= disk.size_bytes);
    assert_false(usage_disk("no/such/folder", &disk));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_uses_something),
        cmocka_unit_test(a_disk_has_a_size),
    };
    return test_group(tests, NULL, NULL);
}
