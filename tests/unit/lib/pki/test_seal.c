// seal: made, printed, read back, checked; and every other text or value refused.

#include "lib/pki/seal.h"

#include "tests/lib/samples.h"
#include "tests/lib/test.h"

static hash_t document_of(size_t i)
{
    hash_t hash;
    sha256(span_of(&i, sizeof i), &hash);
    return hash;
}

static seal_t parsed(size_t n, uint32_t index, size_t signatures)
{
    seal_t seal;
    cause_t why = {""};
    buf_t text = {0};
    sample_seal(n, index, signatures, &text);
    if (seal_parse(&seal, buf_span(&text), &why) != 0)
        fail_msg("%s", why.text);
    buf_destroy(&text);
    return seal;
}

static void test_every_place_of_batches(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 20; n++)
        for (uint32_t i = 0; i < n; i++) {
            seal_t seal = parsed(n, i, 1);
            cause_t why;
            for (size_t d = 0; d < n; d++) {
                hash_t document = document_of(d);
                assert_int_equal(
                    seal_check_place(&seal, &document, &why), d == i ? 0 : -1);
            }
        }
}

static void test_print_gives_the_text_parsed(void **state)
{
    (void)state;
    for (size_t signatures = 1; signatures <= 4; signatures++) {
        buf_t text = {0};
        buf_t again = {0};
        seal_t seal;
        cause_t why;
        sample_seal(7, 3, signatures, &text);
        assert_int_equal(seal_parse(&seal, buf_span(&text), &why), 0);
        assert_int_equal(seal.head.signatures, signatures);
        seal_print(&seal, &again);
        assert_string_equal(buf_text(&text), buf_text(&again));
        buf_destroy(&text);
        buf_destroy(&again);
    }
}

static void test_the_largest_batch(void **state)
{
    (void)state;
    seal_t seal = parsed(SEAL_COUNT_MAX, SEAL_COUNT_MAX - 1, 1);
    hash_t document = document_of(SEAL_COUNT_MAX - 1);
    cause_t why;
    assert_int_equal(seal.path_length, 16);
    assert_int_equal(seal_check_place(&seal, &document, &why), 0);
}

static void test_a_path_of_the_wrong_length(void **state)
{
    (void)state;
    seal_t seal = parsed(7, 3, 1);
    hash_t document = document_of(3);
    cause_t why;
    seal.path_length--;
    assert_int_equal(seal_check_place(&seal, &document, &why), -1);
    seal.path_length += 2;
    seal.path[3] = document;
    assert_int_equal(seal_check_place(&seal, &document, &why), -1);
}

static void test_signatures(void **state)
{
    (void)state;
    seal_t seal = parsed(3, 1, 2);
    seal_key_t node = sample_key(10);
    seal_key_t officer = sample_key(11);
    cause_t why;
    assert_int_equal(seal_check_signature(&seal.head, 0, node.public_key, &why), 0);
    assert_int_equal(seal_check_signature(&seal.head, 1, officer.public_key, &why), 0);
    assert_int_equal(seal_check_signature(&seal.head, 0, officer.public_key, &why), -1);
    assert_int_equal(seal_check_signature(&seal.head, 2, officer.public_key, &why), -1);
    for (size_t bit = 0; bit < 512; bit++) {
        seal.head.signature[0].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(seal_check_signature(&seal.head, 0, node.public_key, &why), -1);
        seal.head.signature[0].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void test_the_text_that_is_signed(void **state)
{
    (void)state;
    seal_head_t head = {.origin = SAMPLE_ORIGIN, .count = 7};
    buf_t text = {0};
    seal_signed_text(&head, "the-key-id", &text);
    assert_string_equal(buf_text(&text),
        "dabyl-seal/v1\n" SAMPLE_ORIGIN "\nthe-key-id\n7\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    buf_destroy(&text);
}

// Each thing that the signature is said to cover.
static void test_what_a_signature_covers(void **state)
{
    (void)state;
    seal_key_t node = sample_key(10);
    cause_t why;
    seal_t seal = parsed(3, 1, 1);
    seal.head.count++;
    assert_int_equal(seal_check_signature(&seal.head, 0, node.public_key, &why), -1);
    seal = parsed(3, 1, 1);
    seal.head.root.bytes[0] ^= 1;
    assert_int_equal(seal_check_signature(&seal.head, 0, node.public_key, &why), -1);
    seal = parsed(3, 1, 1);
    seal.head.origin[0] = 'H';
    assert_int_equal(seal_check_signature(&seal.head, 0, node.public_key, &why), -1);
    seal = parsed(3, 1, 1);
    memcpy(seal.head.signature[0].key_id, sample_key(11).id, HASH_HEX);
    assert_int_equal(
        seal_check_signature(&seal.head, 0, sample_key(11).public_key, &why), -1);
}

static void test_four_signatures_of_different_keys(void **state)
{
    (void)state;
    hash_t document = document_of(0);
    seal_head_t head;
    cause_t why;
    seal_head_begin(&head, SAMPLE_ORIGIN, &document, 1);
    for (uint8_t i = 0; i < 4; i++) {
        seal_key_t key = sample_key(i);
        assert_int_equal(seal_head_sign(&head, &key, &why), 0);
        if (i < 3)
            assert_int_equal(seal_head_sign(&head, &key, &why), -1); // twice
    }
    seal_key_t fifth = sample_key(5);
    assert_int_equal(seal_head_sign(&head, &fifth, &why), -1);
    assert_int_equal(head.signatures, 4);
}

static void test_a_head_alone(void **state)
{
    (void)state;
    seal_t seal = parsed(7, 3, 2);
    seal_head_t head;
    cause_t why;
    buf_t text = {0};
    buf_t again = {0};
    seal_head_print(&seal.head, &text);
    assert_int_equal(seal_head_parse(&head, buf_span(&text), &why), 0);
    seal_head_print(&head, &again);
    assert_string_equal(buf_text(&text), buf_text(&again));
    assert_int_equal(seal_parse(&seal, buf_span(&text), &why), -1); // no tail
    buf_put_text(&text, "index 0\n");
    assert_int_equal(seal_head_parse(&head, buf_span(&text), &why), -1);
    buf_destroy(&text);
    buf_destroy(&again);
}

// The sample's text with the first `piece` replaced.
static void assert_refused_with(const char *piece, const char *other)
{
    seal_t seal;
    cause_t why;
    buf_t text = {0};
    buf_t changed = {0};
    sample_seal(7, 3, 2, &text);
    const char *from = buf_text(&text);
    const char *at = strstr(from, piece);
    assert_non_null(at);
    buf_put(&changed, from, (size_t)(at - from));
    buf_put_text(&changed, other);
    buf_put_text(&changed, at + strlen(piece));
    if (seal_parse(&seal, buf_span(&changed), &why) == 0)
        fail_msg("taken:\n%s", buf_text(&changed));
    buf_destroy(&text);
    buf_destroy(&changed);
}

static void test_other_texts_are_refused(void **state)
{
    (void)state;
    assert_refused_with("seal/v1", "seal/v2");
    assert_refused_with("seal/v1\n", "seal/v1\r\n");
    assert_refused_with("origin hub.example/log\n", "");
    assert_refused_with("origin hub.example/log", "origin ");
    assert_refused_with("origin hub.example/log", "origin hub example");
    assert_refused_with("count 7", "count 0");
    assert_refused_with("count 7", "count 07");
    assert_refused_with("count 7", "count +7");
    assert_refused_with("count 7", "count 65537");
    assert_refused_with("count 7", "count 4294967303");
    assert_refused_with("count 7", "count 18446744073709551623");
    assert_refused_with("count 7", "count 3"); // the index is beyond it
    assert_refused_with("count 7\n", "");
    assert_refused_with("count 7\n", "count 7\n\n");
    assert_refused_with("root ", "root  ");
    assert_refused_with("=\nsig", "\nsig"); // padding left out
    assert_refused_with("=\nsig", "==\nsig");
    assert_refused_with("sig ed25519", "sig ed448");
    assert_refused_with("sig ed25519", "sig  ed25519");
    assert_refused_with("sig ed25519", "Sig ed25519");
    assert_refused_with("==\nsig", "==\nsig ed25519 0 0\nsig");
    assert_refused_with("==\nindex", "== \nindex");
    assert_refused_with("index 3", "index 7");
    assert_refused_with("index 3", "index 03");
    assert_refused_with("index 3\n", "");
    assert_refused_with("index 3\n", "index 3\nindex 3\n");
    assert_refused_with("index 3\npath ", "index 3\nroot ");
    assert_refused_with("index 3\npath ", "index 3\npath A");
}

// Base64 has spare bits at the end of a hash: only zero ones are taken.
static void test_base64_has_one_form(void **state)
{
    (void)state;
    seal_t seal;
    cause_t why;
    buf_t text = {0};
    sample_seal(1, 0, 1, &text);
    char *root_end = strstr((char *)(uintptr_t)buf_text(&text), "=\nsig");
    unsigned taken = 0;
    for (int c = 0x21; c < 0x7f; c++) {
        root_end[-1] = (char)c;
        taken += seal_parse(&seal, buf_span(&text), &why) == 0;
    }
    assert_int_equal(taken, 16); // of 64 digits, those with two zero bits
    buf_destroy(&text);
}

static void test_the_same_key_twice_is_refused(void **state)
{
    (void)state;
    seal_t seal;
    cause_t why;
    buf_t text = {0};
    buf_t twice = {0};
    sample_seal(1, 0, 1, &text);
    const char *from = buf_text(&text);
    const char *sig = strstr(from, "sig ");
    const char *end = strstr(from, "index ");
    buf_put(&twice, from, (size_t)(end - from));
    buf_put(&twice, sig, (size_t)(end - sig));
    buf_put_text(&twice, end);
    assert_int_equal(seal_parse(&seal, buf_span(&twice), &why), -1);
    buf_destroy(&text);
    buf_destroy(&twice);
}

static void test_five_signatures_and_long_paths_are_refused(void **state)
{
    (void)state;
    seal_t seal;
    cause_t why;
    buf_t text = {0};
    buf_t more = {0};
    sample_seal(1, 0, 4, &text);
    const char *from = buf_text(&text);
    const char *end = strstr(from, "index ");
    buf_put(&more, from, (size_t)(end - from));
    buf_printf(&more, "sig ed25519 %064d ", 5);
    buf_put_base64(&more, span_of((const uint8_t[64]){0}, 64));
    buf_put_text(&more, "\nindex 0\n");
    assert_int_equal(seal_parse(&seal, buf_span(&more), &why), -1);
    for (unsigned i = 0; i < 18; i++)
        buf_put_text(&text, "path AQIDIEBgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    assert_int_equal(seal_parse(&seal, buf_span(&text), &why), -1);
    buf_destroy(&text);
    buf_destroy(&more);
}

static void test_truncations(void **state)
{
    (void)state;
    seal_t seal;
    cause_t why;
    buf_t text = {0};
    sample_seal(7, 3, 2, &text);
    const char *tail = strstr(buf_text(&text), "index");
    size_t tail_at = (size_t)(tail - (const char *)text.data);
    for (size_t size = 0; size < text.size; size++) {
        // Whole lines may be missing from the path alone: then the place is wrong.
        bool may = size > tail_at && text.data[size - 1] == '\n';
        assert_int_equal(seal_parse(&seal, span_of(text.data, size), &why), may ? 0 : -1);
        hash_t document = document_of(3);
        assert_true(!may || seal_check_place(&seal, &document, &why) != 0);
    }
    buf_destroy(&text);
}

// With one bit changed a seal is refused, of another place, or badly signed.
static void test_every_flipped_bit_shows(void **state)
{
    (void)state;
    buf_t text = {0};
    seal_key_t keys[] = {sample_key(10), sample_key(11)};
    hash_t document = document_of(3);
    sample_seal(7, 3, 2, &text);
    for (size_t bit = 0; bit < 8 * text.size; bit++) {
        seal_t seal;
        cause_t why;
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool good = seal_parse(&seal, buf_span(&text), &why) == 0 &&
                    seal.head.signatures == 2 &&
                    seal_check_place(&seal, &document, &why) == 0 &&
                    seal_check_signature(&seal.head, 0, keys[0].public_key, &why) == 0 &&
                    seal_check_signature(&seal.head, 1, keys[1].public_key, &why) == 0;
        assert_false(good);
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_place_of_batches),
        cmocka_unit_test(test_print_gives_the_text_parsed),
        cmocka_unit_test(test_the_largest_batch),
        cmocka_unit_test(test_a_path_of_the_wrong_length),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_the_text_that_is_signed),
        cmocka_unit_test(test_what_a_signature_covers),
        cmocka_unit_test(test_four_signatures_of_different_keys),
        cmocka_unit_test(test_a_head_alone),
        cmocka_unit_test(test_other_texts_are_refused),
        cmocka_unit_test(test_base64_has_one_form),
        cmocka_unit_test(test_the_same_key_twice_is_refused),
        cmocka_unit_test(test_five_signatures_and_long_paths_are_refused),
        cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_every_flipped_bit_shows),
    };
    return test_group(tests, NULL, NULL);
}
