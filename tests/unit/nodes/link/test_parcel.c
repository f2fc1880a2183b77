// parcel: what is sealed together stays verifiable one by one, for every size.

#include "nodes/link/parcel.h"

#include "tests/lib/test.h"

#include <sodium.h>

#define ORIGIN "hub.example/log"

static cause_t why;

static seal_key_t new_key(void)
{
    seal_key_t key;
    crypto_sign_keypair(key.public_key, key.secret_key);
    seal_key_id(key.public_key, key.id);
    return key;
}

static parcel_t *filled(size_t n)
{
    parcel_t *parcel = parcel_new();
    for (size_t i = 0; i < n; i++) {
        char id[40], text[40];
        (void)snprintf(id, sizeof id, "id-%zu", i);
        (void)snprintf(text, sizeof text, "document %zu", i);
        parcel_add(parcel, id, span_text(text), 100 + i);
    }
    return parcel;
}

static void check_items(const parcel_t *parcel, const seal_key_t *key)
{
    buf_t text = {0};
    for (size_t i = 0; i < parcel_count(parcel); i++) {
        parcel_item_t item = parcel_item(parcel, i);
        hash_t hash;
        seal_t seal;
        buf_clear(&text);
        parcel_print_seal(parcel, i, &text);
        assert_int_equal(seal_parse(&seal, buf_span(&text), &why), 0);
        sha256(item.document, &hash);
        assert_true(hash_equal(&hash, &item.hash));
        assert_int_equal(seal_check_place(&seal, &hash, &why), 0);
        assert_int_equal(seal_check_signature(&seal.head, 0, key->public_key, &why), 0);
        sha256(parcel_head(parcel), &hash);
        assert_int_equal(seal_head_size(buf_span(&text)), parcel_head(parcel).size);
        assert_true(hash_equal(&hash, &item.seal));
        assert_int_equal(item.tag, 100 + i);
    }
    buf_destroy(&text);
}

static void seals_every_size(void **state)
{
    (void)state;
    seal_key_t key = new_key();
    const seal_key_t *keys = &key;
    for (size_t n = 1; n < 70; n++) {
        parcel_t *parcel = filled(n);
        assert_int_equal(parcel_seal(parcel, ORIGIN, &keys, 1, &why), 0);
        check_items(parcel, &key);
        parcel_destroy(&parcel);
    }
    parcel_t *parcel = filled(PARCEL_MAX);
    assert_int_equal(parcel_seal(parcel, ORIGIN, &keys, 1, &why), 0);
    check_items(parcel, &key);
    parcel_destroy(&parcel);
}

static void takes_up_to_four_signatures(void **state)
{
    (void)state;
    seal_key_t key[5];
    const seal_key_t *keys[5];
    for (size_t i = 0; i < 5; i++) {
        key[i] = new_key();
        keys[i] = &key[i];
    }
    parcel_t *parcel = filled(2);
    assert_int_equal(parcel_seal(parcel, ORIGIN, keys, 4, &why), 0);
    check_items(parcel, &key[0]);
    parcel_destroy(&parcel);
    parcel = filled(2);
    assert_int_equal(parcel_seal(parcel, ORIGIN, keys, 5, &why), -1);
    parcel_destroy(&parcel);
}

static void restores_some_of_what_was_sealed(void **state)
{
    (void)state;
    seal_key_t key = new_key();
    const seal_key_t *keys = &key;
    buf_t text = {0};
    parcel_t *parcel = filled(7), *again = parcel_new();
    assert_int_equal(parcel_seal(parcel, ORIGIN, &keys, 1, &why), 0);
    for (size_t i = 0; i < 7; i += 3) {
        parcel_item_t item = parcel_item(parcel, i);
        buf_clear(&text);
        parcel_print_seal(parcel, i, &text);
        assert_int_equal(parcel_restore(again, item.id, item.document, buf_span(&text),
                             item.tag, &why),
            0);
        parcel_item_t copy = parcel_item(again, parcel_count(again) - 1);
        assert_true(span_equal(copy.path, item.path));
        assert_true(hash_equal(&copy.seal, &item.seal));
        assert_int_equal(copy.index, item.index);
        assert_string_equal(copy.id, item.id);
    }
    assert_true(span_equal(parcel_head(parcel), parcel_head(again)));
    buf_destroy(&text);
    parcel_destroy(&again);
    parcel_destroy(&parcel);
}

static void restores_nothing_that_was_changed(void **state)
{
    (void)state;
    seal_key_t key = new_key();
    const seal_key_t *keys = &key;
    buf_t text = {0}, other = {0};
    parcel_t *parcel = filled(3), *second = filled(2), *again = parcel_new();
    assert_int_equal(parcel_seal(parcel, ORIGIN, &keys, 1, &why), 0);
    assert_int_equal(parcel_seal(second, ORIGIN, &keys, 1, &why), 0);
    parcel_print_seal(parcel, 1, &text);
    parcel_print_seal(second, 1, &other);
    span_t document = parcel_item(parcel, 1).document;
    assert_int_equal(
        parcel_restore(again, "x", span_text("another"), buf_span(&text), 0, &why), -1);
    for (size_t cut = 0; cut < text.size; cut++)
        assert_int_equal(
            parcel_restore(again, "x", document, span_of(text.data, cut), 0, &why), -1);
    assert_int_equal(parcel_count(again), 0);
    assert_int_equal(parcel_restore(again, "x", document, buf_span(&text), 0, &why), 0);
    // One parcel has one head.
    assert_int_equal(parcel_restore(again, "y", parcel_item(second, 1).document,
                         buf_span(&other), 0, &why),
        -1);
    assert_int_equal(parcel_count(again), 1);
    buf_destroy(&text);
    buf_destroy(&other);
    parcel_destroy(&again);
    parcel_destroy(&second);
    parcel_destroy(&parcel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_every_size),
        cmocka_unit_test(takes_up_to_four_signatures),
        cmocka_unit_test(restores_some_of_what_was_sealed),
        cmocka_unit_test(restores_nothing_that_was_changed),
    };
    return sodium_init() < 0 ? 1 : test_group(tests, NULL, NULL);
}
