// ack: what is printed is read again, and nothing else is.

#include "lib/message/ack.h"

#include "lib/pki/seal.h"
#include "tests/lib/test.h"

#include <sodium.h>

#define ORIGIN "exchange.example/log"

static cause_t why;
static seal_key_t key;

static ack_t make(uint64_t number, buf_t *text)
{
    buf_t words = {0};
    ack_t ack = {.number = number};
    sha256(span_text("root"), &ack.root);
    (void)crypto_sign_keypair(key.public_key, key.secret_key);
    seal_key_id(key.public_key, key.id);
    ack_signed_text(ORIGIN, key.id, number, &ack.root, &words);
    (void)crypto_sign_detached(
        ack.signature, NULL, words.data, words.size, key.secret_key);
    ack_print(&ack, ORIGIN, key.id, text);
    buf_destroy(&words);
    return ack;
}

static void reads_what_it_printed(void **state)
{
    static const uint64_t numbers[] = {1, 2, 10, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_t text = {0};
        ack_t ack = make(numbers[i], &text), again;
        char key_id[HASH_HEX];
        assert_int_equal(ack_parse(&again, buf_span(&text), ORIGIN, key_id, &why), 0);
        assert_true(again.number == ack.number);
        assert_true(hash_equal(&again.root, &ack.root));
        assert_string_equal(key_id, key.id);
        assert_int_equal(ack_check(&again, ORIGIN, key.public_key), 0);
        assert_int_not_equal(ack_check(&again, "another/log", key.public_key), 0);
        buf_destroy(&text);
    }
}

// Whatever is cut off, put behind or flipped: it is not read, or it does not verify.
static void reads_nothing_else(void **state)
{
    (void)state;
    buf_t text = {0};
    ack_t ack = make(7, &text);
    char key_id[HASH_HEX];
    for (size_t size = 0; size < text.size; size++)
        assert_int_equal(
            ack_parse(&ack, span_of(text.data, size), ORIGIN, key_id, &why), -1);
    for (size_t i = 0; i < text.size; i++) {
        text.data[i] ^= 1;
        bool good = ack_parse(&ack, buf_span(&text), ORIGIN, key_id, &why) == 0 &&
                    strcmp(key_id, key.id) == 0 &&
                    ack_check(&ack, ORIGIN, key.public_key) == 0;
        assert_false(good);
        text.data[i] ^= 1;
    }
    assert_int_equal(ack_parse(&ack, buf_span(&text), "another", key_id, &why), -1);
    buf_put_u8(&text, '\n');
    assert_int_equal(ack_parse(&ack, buf_span(&text), ORIGIN, key_id, &why), -1);
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_printed),
        cmocka_unit_test(reads_nothing_else),
    };
    return sodium_init() < 0 ? 1 : test_group(tests, NULL, NULL);
}
