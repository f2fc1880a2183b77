// status: the names scripts read, and numbers that do not lose their upper half.

#include "hub/status.h"
#include "lib/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_name_is_there(void **state)
{
    (void)state;
    hub_status_t hub = {.hub = "hub",
        .origin = "hub.example/log",
        .entries = UINT64_C(1) << 40,
        .rules_position = 4,
        .rules = 17,
        .sessions = 3,
        .refused = UINT64_C(1) << 41,
        .duties = 5,
        .clock_held = true,
        .crl_stale = true};
    hub.root.bytes[0] = 0xab;
    json_t *status = status_new(&hub);
    status_add_node(
        status, &(node_status_t){"isoc-a", "isoc", "SOC", true, UINT64_C(1) << 42, 12});
    status_add_node(status, &(node_status_t){"nccis", "nccis", "STS", false, 0, 0});
    buf_t text = {0};
    status_print(status, &text);
    assert_string_equal(buf_text(&text),
        "{\"hub\":\"hub\",\"version\":\"" DABYL_VERSION "\","
        "\"origin\":\"hub.example/log\",\"entries\":1099511627776,\"root\":\"ab000000"
        "00000000000000000000000000000000000000000000000000000000\","
        "\"rules_position\":4,\"rules\":17,\"sessions\":3,"
        "\"refused_since_start\":2199023255552,\"duties\":5,\"clock_held\":true,"
        "\"disk_full\":false,\"rolled_back\":false,"
        "\"crl_stale\":true,\"nodes\":["
        "{\"node\":\"isoc-a\",\"role\":\"isoc\",\"organisation\":\"SOC\","
        "\"connected\":true,\"delivered\":4398046511104,\"acknowledged\":12},"
        "{\"node\":\"nccis\",\"role\":\"nccis\",\"organisation\":\"STS\","
        "\"connected\":false,\"delivered\":0,\"acknowledged\":0}]}");
    buf_destroy(&text);
    json_decref(status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_name_is_there)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
