// Bytes in and out: hex, base64 and numbers take one form only, and readers never run
// over.

#include "lib/base/bytes.h"

#include "tests/lib/test.h"

// As others reckon FNV-1a.
static void bytes_have_a_hash(void **state)
{
    (void)state;
    assert_int_equal(span_hash(span_of(NULL, 0)), 0x811c9dc5);
    assert_int_equal(span_hash(span_text("a")), 0xe40c292c);
    assert_int_equal(span_hash(span_text("foobar")), 0xbf9cf968);
}

// RFC 4648, section 10.
static void encodes_the_rfc_vectors(void **state)
{
    static const char *const vectors[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}};
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        buf_t text = {0}, back = {0};
        char exact[8] = {0};
        buf_put_base64(&text, span_text(vectors[i][0]));
        assert_string_equal(buf_text(&text), vectors[i][1]);
        assert_true(base64_decode(buf_span(&text), &back));
        assert_true(span_is(buf_span(&back), vectors[i][0]));
        assert_true(base64_decode_exact(buf_span(&text), exact, strlen(vectors[i][0])));
        assert_string_equal(exact, vectors[i][0]);
        buf_destroy(&text);
        buf_destroy(&back);
    }
}

static void round_trips_every_length(void **state)
{
    uint8_t bytes[700];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + i / 256);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        buf_t text = {0}, back = {0};
        buf_put_base64(&text, span_of(bytes, size));
        assert_true(base64_decode(buf_span(&text), &back));
        assert_true(span_equal(buf_span(&back), span_of(bytes, size)));
        if (size > 0 &&
            size % 96 == 0) { // more behind a padded end is two texts, not one
            buf_put_text(&text, "Zg==Zg==");
            assert_false(base64_decode(buf_span(&text), &back));
        }
        buf_destroy(&text);
        buf_destroy(&back);
    }
}

static void refuses_what_is_not_canonical(void **state)
{
    static const char *const bad[] = {"Zg",
        "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", " Zm9v", "Zm 9", "Zm9-",
        "Zm9_", "Zm9v=", "Zg==Zm9v", "Z\x80==", "\xffm9v"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        buf_t out = {0};
        uint8_t exact[8];
        buf_put_text(&out, "kept");
        if (base64_decode(span_text(bad[i]), &out))
            fail_msg("took '%s'", bad[i]);
        assert_true(span_is(buf_span(&out), "kept"));
        for (size_t size = 0; size <= 4; size++)
            if (base64_decode_exact(span_text(bad[i]), exact, size))
                fail_msg("took '%s' as %zu bytes", bad[i], size);
        buf_destroy(&out);
    }
}

// Every byte in every place, of a whole group and of the two that are padded.
static void takes_only_the_digits(void **state)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const size_t places[] = {2, 3, 4}; // the last one of each has unused bits
    (void)state;
    for (size_t group = 0; group < 3; group++)
        for (size_t at = 0; at < 4; at++)
            for (int byte = 0; byte < 256; byte++) {
                uint8_t text[] = "AAAAAAAA";
                uint8_t out[6];
                size_t size = 3 + group + 1;
                memset(text + 4 + places[group], '=', 4 - places[group]);
                text[4 + at] = (uint8_t)byte;
                const char *digit = byte ? strchr(digits, byte) : NULL;
                bool last = at + 1 == places[group] && group < 2;
                unsigned unused = group == 0 ? 15 : 3;
                bool good = at >= places[group]
                                ? byte == '='
                                : digit && (!last || !((digit - digits) & unused));
                if (base64_decode_exact(span_of(text, 8), out, size) != good)
                    fail_msg("byte %d as digit %zu of group %zu", byte, at, group);
            }
}

static void hex_is_lower_case_and_exact(void **state)
{
    uint8_t bytes[2];
    char text[5];
    (void)state;
    hex_encode("\x0a\xff", 2, text);
    assert_string_equal(text, "0aff");
    assert_true(hex_decode(span_text("0aff"), bytes, 2));
    assert_memory_equal(bytes, "\x0a\xff", 2);
    assert_false(hex_decode(span_text("0AFF"), bytes, 2));
    assert_false(hex_decode(span_text("0af"), bytes, 2));
    assert_false(hex_decode(span_text("0aff0"), bytes, 2));
    assert_false(hex_decode(span_text("0afg"), bytes, 2));
}

static void decimals_have_one_form(void **state)
{
    uint64_t value = 7;
    (void)state;
    assert_true(decimal_decode(span_text("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_false(decimal_decode(span_text("18446744073709551616"), &value));
    assert_false(decimal_decode(span_text("00"), &value));
    assert_false(decimal_decode(span_text("01"), &value));
    assert_false(decimal_decode(span_text("-1"), &value));
    assert_false(decimal_decode(span_text(""), &value));
    assert_true(decimal_decode(span_text("0"), &value));
    assert_true(value == 0);
}

static void readers_stop_at_the_end(void **state)
{
    buf_t bytes = {0};
    (void)state;
    buf_put_u16(&bytes, 0x0102);
    buf_put_long(&bytes, span_text("four"));
    buf_put_text(&bytes, "index 3\nno end");
    for (size_t size = 0; size <= bytes.size; size++) {
        uint8_t *copy = malloc(size + 1); // so that the sanitizer sees a step too far
        memcpy(copy, bytes.data, size);
        reader_t reader = reader_of(span_of(copy, size));
        uint16_t number = take_u16(&reader);
        span_t four = take_long(&reader);
        span_t field = take_field(&reader, "index");
        assert_int_equal(reader.bad, size < 18);
        assert_true(reader.bad || (number == 0x0102 && span_is(four, "four")));
        assert_true(reader.bad || span_is(field, "3"));
        (void)take_line(&reader);
        assert_true(reader.bad);
        assert_false(reader_done(&reader));
        free(copy);
    }
    buf_destroy(&bytes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_a_hash),
        cmocka_unit_test(encodes_the_rfc_vectors),
        cmocka_unit_test(round_trips_every_length),
        cmocka_unit_test(refuses_what_is_not_canonical),
        cmocka_unit_test(takes_only_the_digits),
        cmocka_unit_test(hex_is_lower_case_and_exact),
        cmocka_unit_test(decimals_have_one_form),
        cmocka_unit_test(readers_stop_at_the_end),
    };
    return test_group(tests, NULL, NULL);
}
