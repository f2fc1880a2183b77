// rulesseal: what an officer sealed is taken, and nothing one bit away from it.

#include "lib/pki/rulesseal.h"

#include "tests/lib/test.h"

#include <sodium.h>

static const char origin[] = "hub.example/log";
static const char rules[] = "rules = ( );\n";
static seal_key_t key, other;

static void make_key(seal_key_t *made, uint8_t fill)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    memset(seed, fill, sizeof seed);
    (void)crypto_sign_seed_keypair(made->public_key, made->secret_key, seed);
    seal_key_id(made->public_key, made->id);
}

static int set_up(void **state)
{
    (void)state;
    make_key(&key, 1);
    make_key(&other, 2);
    return sodium_init() < 0;
}

static void print_one(buf_t *text)
{
    rulesseal_t seal;
    rulesseal_make(&seal, origin, span_text(rules), &key);
    rulesseal_print(&seal, text);
}

static int take(span_t text, const char *at_origin, const char *of, const seal_key_t *by)
{
    rulesseal_t seal;
    cause_t why = {""};
    int result = rulesseal_parse(&seal, text, &why);
    if (result == 0)
        result = rulesseal_check(&seal, at_origin, span_text(of), by->public_key, &why);
    assert_int_equal(result == -1, why.text[0] != '\0');
    return result;
}

static void a_seal_is_four_lines_that_come_back(void **state)
{
    (void)state;
    buf_t text = {0}, again = {0};
    rulesseal_t seal;
    cause_t why;
    print_one(&text);
    assert_int_equal(
        strncmp(buf_text(&text), "dabyl-rules/v1\norigin hub.example/log\ndigest ", 45),
        0);
    assert_int_equal(rulesseal_parse(&seal, buf_span(&text), &why), 0);
    assert_string_equal(seal.key_id, key.id);
    rulesseal_print(&seal, &again);
    assert_true(span_equal(buf_span(&text), buf_span(&again)));
    assert_int_equal(take(buf_span(&text), origin, rules, &key), 0);
    buf_destroy(&text);
    buf_destroy(&again);
}

// The same bytes as the format in the header says, made without the module.
static void the_signature_covers_what_the_format_says(void **state)
{
    (void)state;
    hash_t digest;
    char hex[HASH_HEX];
    buf_t text = {0}, covered = {0};
    rulesseal_t seal;
    cause_t why;
    print_one(&text);
    assert_int_equal(rulesseal_parse(&seal, buf_span(&text), &why), 0);
    sha256(span_text(rules), &digest);
    hex_encode(digest.bytes, sizeof digest.bytes, hex);
    buf_printf(&covered, "dabyl-rules/v1\nhub.example/log\n%s\n%s\n", key.id, hex);
    assert_int_equal(crypto_sign_verify_detached(
                         seal.signature, covered.data, covered.size, key.public_key),
        0);
    buf_destroy(&text);
    buf_destroy(&covered);
}

static void other_rules_hubs_and_keys_are_refused(void **state)
{
    (void)state;
    buf_t text = {0};
    print_one(&text);
    assert_int_equal(take(buf_span(&text), "hub.example/log2", rules, &key), -1);
    assert_int_equal(take(buf_span(&text), origin, "rules = ( ); ", &key), -1);
    assert_int_equal(take(buf_span(&text), origin, "", &key), -1);
    assert_int_equal(take(buf_span(&text), origin, rules, &other), -1);
    buf_destroy(&text);
}

static void every_bit_counts(void **state)
{
    (void)state;
    buf_t text = {0};
    print_one(&text);
    for (size_t i = 0; i < text.size; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            text.data[i] ^= (uint8_t)(1u << bit);
            if (take(buf_span(&text), origin, rules, &key) == 0)
                fail_msg("bit %u of byte %zu does not count", bit, i);
            text.data[i] ^= (uint8_t)(1u << bit);
        }
    buf_destroy(&text);
}

static void cut_or_longer_is_refused(void **state)
{
    (void)state;
    buf_t text = {0};
    print_one(&text);
    for (size_t size = 0; size < text.size; size++)
        assert_int_equal(take(span_of(text.data, size), origin, rules, &key), -1);
    buf_put_text(&text, "\n");
    assert_int_equal(take(buf_span(&text), origin, rules, &key), -1);
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seal_is_four_lines_that_come_back),
        cmocka_unit_test(the_signature_covers_what_the_format_says),
        cmocka_unit_test(other_rules_hubs_and_keys_are_refused),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(cut_or_longer_is_refused),
    };
    return test_group(tests, set_up, NULL);
}
