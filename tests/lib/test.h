// test - what every unit test begins with: cmocka, the headers that it wants before it,
// and how a group of tests is run.

#ifndef TESTS_LIB_TEST_H
#define TESTS_LIB_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// One of a list, where the file has set_up and tear_down for each; cmocka_unit_test()
// where it has none.
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

// The end of main(): the tests between set_up and tear_down (or NULL), told to prove.
#define test_group(tests, set_up, tear_down)                                             \
    (cmocka_set_message_output(CM_OUTPUT_TAP),                                           \
        cmocka_run_group_tests_name(                                                     \
            program_invocation_short_name, tests, set_up, tear_down))

#endif
