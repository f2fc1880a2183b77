// Addresses as people type them.

#include "tests/lib/test.h"

#include "lib/net/tcp.h"

static void addresses_are_read_and_printed(void **state)
{
    (void)state;
    cause_t why;
    static const struct {
        const char *text, *printed; // NULL: it is none
    } cases[] = {
        {"hub.example", "tcp://hub.example:7601"},
        {"tcp://hub.example:7", "tcp://hub.example:7"},
        {"192.0.2.1:7700", "tcp://192.0.2.1:7700"},
        {"*:7601", "tcp://*:7601"},
        {"2001:db8::1", "tcp://[2001:db8::1]:7601"},
        {"[2001:db8::1]:80", "tcp://[2001:db8::1]:80"},
        {"tcp://[::1]", "tcp://[::1]:7601"},
        {"", NULL},
        {":7601", NULL},
        {"tcp://", NULL},
        {"hub:0", NULL},
        {"hub:65536", NULL},
        {"hub:port", NULL},
        {"hub:", NULL},
        {"http://hub", NULL},
        {"a b:1", NULL},
        {"[::1]80", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcp_address_t address;
        char printed[TCP_HOST_MAX + 32];
        int result = tcp_parse(&address, cases[i].text, "7601", &why);
        if (!cases[i].printed != (result != 0))
            fail_msg("'%s' gave %d", cases[i].text, result);
        if (result != 0)
            continue;
        tcp_print(&address, printed);
        assert_string_equal(printed, cases[i].printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses_are_read_and_printed)};
    return test_group(tests, NULL, NULL);
}
