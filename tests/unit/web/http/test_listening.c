// Where a console listens, and by which names it may be called.

#include "tests/lib/test.h"
#include "web/http/listening.h"

static cause_t why;

static void addresses_are_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good, loopback;
    } cases[] = {{"127.0.0.1:7680", true, true}, {"127.3.2.1:1", true, true},
        {"[::1]:7680", true, true}, {"0.0.0.0:7680", true, false},
        {"192.0.2.1:443", true, false}, {"[2001:db8::1]:443", true, false},
        {"[::ffff:127.0.0.1]:80", true, false}, {"localhost:7680", false, false},
        {"127.0.0.1", false, false}, {"127.0.0.1:", false, false},
        {"127.0.0.1:0", false, false}, {"127.0.0.1:65536", false, false},
        {"127.0.0.1:-1", false, false}, {":7680", false, false}, {"", false, false},
        {"::1:7680", false, false}, {"[127.0.0.1]:80", false, false},
        {"[]:80", false, false}, {"127.1:80", false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        listening_t at;
        bool good = listening_parse(&at, cases[i].text, &why) == 0;
        if (good != cases[i].good || (good && at.loopback != cases[i].loopback))
            fail_msg("%s: %d", cases[i].text, good);
    }
}

static void nobody_elses_name_is_ours(void **state)
{
    (void)state;
    char *own[] = {"console.example", "c"};
    const texts_t names = {2, own};
    listening_t at, wide;
    assert_int_equal(listening_parse(&at, "127.0.0.1:7680", &why), 0);
    assert_int_equal(listening_parse(&wide, "192.0.2.1:443", &why), 0);
    static const char *const ours[] = {"127.0.0.1:7680", "localhost:7680",
        "LocalHost:7680", "console.example:7680", "c:7680"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(listening_is_host(&at, &names, ours[i]));
    static const char *const others[] = {"", "127.0.0.1", "127.0.0.1:768",
        "127.0.0.1:76800", "localhost", "localhost:7680.", "localhost.:7680",
        "console.example", "console.example.evil:7680", "xconsole.example:7680",
        "evil.example:7680", ":7680", "c", "c:7680 "};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (listening_is_host(&at, &names, others[i]))
            fail_msg("%s", others[i]);
    assert_true(listening_is_host(&wide, &names, "console.example"));
    assert_true(listening_is_host(&wide, &names, "console.example:443"));
    assert_false(listening_is_host(&wide, &names, "localhost"));
    assert_false(listening_is_host(&wide, &names, "console.example:80"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_numbers),
        cmocka_unit_test(nobody_elses_name_is_ours),
    };
    return test_group(tests, NULL, NULL);
}
