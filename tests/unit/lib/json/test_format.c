// format: each asserted format by examples of its standard, and by cutting them
// everywhere.

#include "lib/json/format.h"

#include "tests/lib/test.h"

// A copy that ends where the text ends, so that a read behind it is seen.
static bool holds(const char *format, const void *text, size_t size)
{
    const format_t *found = format_find(format);
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(found);
    assert_non_null(copy);
    memcpy(copy, text, size);
    bool result = found->check(span_of(copy, size));
    free(copy);
    return result;
}

typedef struct {
    const char *format, *text;
} row_t;

static const row_t good[] = {
    {"date", "2024-02-29"},
    {"date", "0000-01-01"},
    {"time", "00:00:00Z"},
    {"time", "23:59:60Z"},
    {"time", "05:59:60.5+06:00"},
    {"date-time", "2026-11-22T09:41:07Z"},
    {"date-time", "2026-11-22t09:41:07.123456789z"},
    {"date-time", "2026-11-22T09:41:07-11:30"},
    {"duration", "PT24H"},
    {"duration", "P1Y2M3DT4H5M6S"},
    {"duration", "P4W"},
    {"email", "duty@isoc.example"},
    {"email", "\"a\\\"b\"@example.com"},
    {"email", "a@[IPv6:2001:db8::1]"},
    {"ipv4", "0.0.0.0"},
    {"ipv4", "255.255.255.255"},
    {"ipv6", "::"},
    {"ipv6", "2001:db8:0:0:0:0:2:1"},
    {"ipv6", "::ffff:192.0.2.1"},
    {"uri", "https://a.example/x?y=1#z"},
    {"uri", "a:"},
    {"uri", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"},
    {"uri", "http://[v1.a:b]/"},
    {"uri-reference", ""},
    {"uri-reference", "../a;b?c"},
    {"uri-reference", "//h:80"},
    {"iri", "https://a.example/x?y=1#z"},
    {"iri", "https://дабыл.kz/оқиға/1?тіл=қаз#бөлім"},
    {"iri", "https://пользователь@пример.рф:443/путь"},
    {"iri", "https://a.example/%D0%B0/б"},
    {"iri", "http://例え.jp/\xF0\xA0\x80\x80"},
    {"iri", "https://a.example/?\xEE\x80\x80"}, // private, in a query
    {"iri-reference", "../ә"},
    {"uuid", "019ABD3C-5c00-7a4e-9b6d-2f1c8e7a9d01"},
    {"json-pointer", ""},
    {"json-pointer", "/a~1b/~0/0"},
    {"relative-json-pointer", "0"},
    {"relative-json-pointer", "12/a"},
    {"relative-json-pointer", "1#"},
};

static const row_t bad[] = {
    {"date", "2026-02-29"},
    {"date", "1900-02-29"},
    {"date", "2026-00-01"},
    {"date", "2026-1-01"},
    {"time", "24:00:00Z"},
    {"time", "23:59:60+06:00"},
    {"time", "05:59:61+06:00"},
    {"time", "12:00:00"},
    {"time", "12:00:00.Z"},
    {"date-time", "2026-11-22 09:41:07Z"},
    {"date-time", "2026-11-22T09:41:07Z\n"},
    {"date-time", "2026-11-22T09:41:07+24:00"},
    {"duration", "P"},
    {"duration", "PT"},
    {"duration", "P1DT"},
    {"duration", "P1W2D"},
    {"duration", "P1H"},
    {"email", "a@b@c"},
    {"email", "a@-b.example"},
    {"email", "a@b..example"},
    {"email", "\"a@b"},
    {"email", "@"},
    {"email", "\"a\\\"@b"},
    {"email", "a@[]"},
    {"ipv4", "1.2.3"},
    {"ipv4", "1.2.3.04"},
    {"ipv4", "1.2.3.256"},
    {"ipv4", "1.2.3.4 "},
    {"ipv6", "1::2::3"},
    {"ipv6", "fe80::1%eth0"},
    {"ipv6", "::1.2.3.04"},
    {"ipv6", "12345::"},
    {"uri", "//a"},
    {"uri", "https://дабыл.kz/"},
    {"uri-reference", "../ә"},
    {"iri", "оқиға"},
    {"iri", "//a"},
    {"iri", "қаз:a"},
    {"iri", "http://a б"},
    {"iri", "https://a.example:порт/"},
    {"iri", "https://a.example/\xE2\x80\xAE"
            "cod.exe"}, // turns the text around
    {"iri", "https://a.example/\xE2\x80\x8F"},
    {"iri", "https://a.example/\xEE\x80\x80"}, // private, in a path
    {"iri", "https://a.example/\xEF\xB7\x90"}, // no character
    {"iri", "https://a.example/\xF0\x9F\xBF\xBE"},
    {"iri", "https://a.example/\xD0"}, // cut short
    {"iri", "https://a.example/\xC2\x85"},
    {"iri", "https://a.example/<б>"},
    {"iri", "https://a.example/%D"},
    {"uri", "1a:b"},
    {"uri", "http://a b"},
    {"uri", "http://[::1"},
    {"uri", "http://a:b@c@d"},
    {"uri", "a:%4"},
    {"uri", "a:#b#c"},
    {"uri-reference", "a^"},
    {"uri-reference", "1:b"},
    {"uuid", "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d0"},
    {"uuid", "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d0g"},
    {"json-pointer", "a"},
    {"json-pointer", "/~2"},
    {"json-pointer", "/~"},
    {"relative-json-pointer", "01/a"},
    {"relative-json-pointer", "/a"},
    {"relative-json-pointer", "1#a"},
};

static void what_the_standards_allow_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!holds(good[i].format, good[i].text, strlen(good[i].text)))
            fail_msg("%s: \"%s\"", good[i].format, good[i].text);
}

static void what_they_do_not_allow_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (holds(bad[i].format, bad[i].text, strlen(bad[i].text)))
            fail_msg("%s: \"%s\"", bad[i].format, bad[i].text);
}

// No format takes a NUL, and none reads behind a text that was cut or spoilt.
static void spoilt_texts_are_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t size = strlen(good[i].text);
        char text[64];
        for (size_t cut = 0; cut < size; cut++)
            (void)holds(good[i].format, good[i].text, cut);
        for (size_t bit = 0; bit < 8 * size; bit++) {
            memcpy(text, good[i].text, size);
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
            (void)holds(good[i].format, text, size);
        }
        for (size_t at = 0; at <= size; at++) {
            memcpy(text, good[i].text, at);
            text[at] = 0;
            memcpy(text + at + 1, good[i].text + at, size - at);
            bool pointer = strstr(good[i].format, "json-pointer") != NULL;
            if (!pointer && holds(good[i].format, text, size + 1))
                fail_msg(
                    "%s: \"%s\" with a NUL at %zu", good[i].format, good[i].text, at);
        }
    }
}

static void unknown_formats_are_not_found(void **state)
{
    (void)state;
    assert_null(format_find("hostname"));
    assert_null(format_find("regex"));
    assert_null(format_find(""));
    assert_null(format_find("dat"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_standards_allow_holds),
        cmocka_unit_test(what_they_do_not_allow_does_not),
        cmocka_unit_test(spoilt_texts_are_survived),
        cmocka_unit_test(unknown_formats_are_not_found),
    };
    return test_group(tests, NULL, NULL);
}
