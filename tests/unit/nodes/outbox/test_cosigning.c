// cosigning: a message waits for officers of its own node, keeps what they have signed,
// and nothing that was signed covers other bytes.

#include "nodes/outbox/cosigning.h"

#include "lib/base/file.h"
#include "tests/lib/samples.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"
#define ORIGIN "hub.example/dabyl"

static scratch_t scratch;
static cause_t why;
static const char words[] = "{\"from\": \"knb\", \"body\": {}}";

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static cert_t officer_of(const char *node, const seal_key_t *key)
{
    cert_t cert = {.use = CERT_SEAL, .role = "officer", .name = "aigul"};
    (void)snprintf(cert.node, sizeof cert.node, "%s", node);
    memcpy(cert.key_id, key->id, sizeof cert.key_id);
    memcpy(cert.key, key->public_key, sizeof cert.key);
    return cert;
}

static int keep(const char *text, uint8_t node)
{
    seal_key_t key = sample_key(node);
    return cosigning_keep(scratch.path, ID, span_text(text), ORIGIN, &key, &why);
}

static int sign(const char *node, uint8_t seed)
{
    seal_key_t key = sample_key(seed);
    cert_t cert = officer_of(node, &key);
    const cosigner_t who = {.officer = &cert};
    return cosigning_sign(scratch.path, ID, &who, &key, &why);
}

// How many signatures the seal has that the outbox would take; 0: it takes none.
static size_t signatures(const char *text, uint8_t node)
{
    seal_key_t key = sample_key(node);
    seal_t seal = {0};
    buf_t out = {0};
    hash_t hash;
    if (cosigning_seal(scratch.path, ID, span_text(text), key.id, &out)) {
        assert_int_equal(seal_parse(&seal, buf_span(&out), &why), 0);
        sha256(span_text(text), &hash);
        assert_int_equal(seal_check_place(&seal, &hash, &why), 0);
        assert_int_equal(seal_check_signature(&seal.head, 0, key.public_key, &why), 0);
        assert_int_equal(seal.head.count, 1);
    }
    buf_destroy(&out);
    return seal.head.signatures;
}

static void a_message_waits_until_officers_have_signed(void **state)
{
    (void)state;
    buf_t document = {0};
    assert_int_equal(cosigning_document(scratch.path, ID, &document, &why), -1);
    assert_int_equal(sign("knb", 2), -1); // nothing waits
    assert_int_equal(keep(words, 1), 0);
    assert_int_equal(cosigning_document(scratch.path, ID, &document, &why), 0);
    assert_string_equal(buf_text(&document), words);
    assert_int_equal(signatures(words, 1), 0); // the node's own is no officer's
    assert_int_equal(sign("knb", 2), 0);
    assert_int_equal(signatures(words, 1), 2);
    assert_int_equal(sign("knb", 2), -1); // once
    assert_int_equal(keep(words, 1), 0);  // refused again: what was signed stays
    assert_int_equal(signatures(words, 1), 2);
    assert_int_equal(sign("knb", 3), 0);
    assert_int_equal(sign("knb", 4), 0);
    assert_int_equal(signatures(words, 1), 4);
    assert_int_equal(sign("knb", 5), -1); // a seal has four
    cosigning_done(scratch.path, ID);
    assert_int_equal(signatures(words, 1), 0);
    buf_clear(&document);
    assert_int_equal(cosigning_document(scratch.path, ID, &document, &why), -1);
    buf_destroy(&document);
}

static void other_bytes_and_other_keys_are_signed_anew(void **state)
{
    (void)state;
    static const char changed[] = "{\"from\": \"knb\", \"body\": {\"x\": 1}}";
    assert_int_equal(keep(words, 1), 0);
    assert_int_equal(sign("knb", 2), 0);
    assert_int_equal(signatures(changed, 1), 0);
    assert_int_equal(signatures(words, 9), 0); // the node's key was renewed
    assert_int_equal(keep(changed, 1), 0);
    assert_int_equal(signatures(changed, 1), 0);
    assert_int_equal(signatures(words, 1), 0);
    assert_int_equal(sign("knb", 2), 0);
    assert_int_equal(signatures(changed, 1), 2);
    assert_int_equal(keep(changed, 9), 0);
    assert_int_equal(signatures(changed, 1), 0);
    cosigning_done(scratch.path, ID);
}

// What an officer signs elsewhere with this key, over what waits here.
static void signature_of(uint8_t seed, uint8_t out[64])
{
    cosigning_t waits;
    seal_key_t key = sample_key(seed);
    assert_int_equal(cosigning_open(&waits, scratch.path, ID, &why), 0);
    seal_head_t head = waits.seal.head;
    head.signatures = 0;
    assert_int_equal(seal_head_sign(&head, &key, &why), 0);
    memcpy(out, head.signature[0].bytes, 64);
    cosigning_close(&waits);
}

static int add(uint8_t seed, const uint8_t signature[64])
{
    seal_key_t key = sample_key(seed);
    cert_t cert = officer_of("knb", &key);
    const cosigner_t who = {.officer = &cert};
    return cosigning_add(scratch.path, ID, &who, signature, &why);
}

static void a_signature_made_elsewhere_is_verified(void **state)
{
    (void)state;
    uint8_t signature[64], other[64];
    assert_int_equal(keep(words, 1), 0);
    signature_of(2, signature);
    signature_of(3, other);
    assert_int_equal(add(2, other), -1);
    assert_non_null(strstr(why.text, "signature 2 of the seal is wrong"));
    signature[5] ^= 1;
    assert_int_equal(add(2, signature), -1);
    assert_int_equal(signatures(words, 1), 0);
    signature[5] ^= 1;
    assert_int_equal(add(2, signature), 0);
    assert_int_equal(add(2, signature), -1);
    assert_int_equal(add(3, other), 0);
    assert_int_equal(signatures(words, 1), 3);
    cosigning_done(scratch.path, ID);
}

static void who_holds_it_is_kept_beside_it(void **state)
{
    (void)state;
    cosigning_t waits;
    names_t names;
    assert_int_equal(cosigning_names(&names, scratch.path, &why), 0);
    assert_int_equal(names.n, 0);
    names_free(&names);
    assert_int_equal(cosigning_hold(scratch.path, ID, "aigul", &why), 0);
    assert_int_equal(cosigning_open(&waits, scratch.path, ID, &why), -1);
    assert_int_equal(keep(words, 1), 0);
    assert_int_equal(cosigning_names(&names, scratch.path, &why), 0);
    assert_int_equal(names.n, 1);
    assert_string_equal(names.name[0], ID);
    names_free(&names);
    assert_int_equal(cosigning_open(&waits, scratch.path, ID, &why), 0);
    assert_string_equal(waits.by, "aigul");
    assert_int_equal(waits.seal.head.signatures, 1);
    cosigning_close(&waits);
    cosigning_done(scratch.path, ID);
    names_t left;
    assert_int_equal(names_list(&left, scratch_at(&scratch, "waiting"), "", &why), 0);
    assert_int_equal(left.n, 0);
    names_free(&left);
}

// Each in a process of its own, released together.
static void officers_who_sign_at_once_lose_nothing(void **state)
{
    (void)state;
    uint8_t signature[3][64];
    for (size_t round = 0; round < 20; round++) {
        int gate[2];
        pid_t child[3];
        assert_int_equal(keep(words, 1), 0);
        assert_int_equal(pipe(gate), 0);
        for (uint8_t i = 0; i < 3; i++)
            signature_of((uint8_t)(2 + i), signature[i]);
        for (uint8_t i = 0; i < 3; i++) {
            child[i] = fork();
            assert_true(child[i] >= 0);
            if (child[i] == 0) {
                char go;
                (void)close(gate[1]);
                if (read(gate[0], &go, 1) < 0) // until the other end is closed
                    _exit(2);
                _exit(add((uint8_t)(2 + i), signature[i]) == 0 ? 0 : 1);
            }
        }
        (void)close(gate[1]);
        for (size_t i = 0; i < 3; i++) {
            int status = -1;
            assert_int_equal(waitpid(child[i], &status, 0), child[i]);
            assert_int_equal(status, 0);
        }
        (void)close(gate[0]);
        assert_int_equal(signatures(words, 1), 4);
        cosigning_done(scratch.path, ID);
    }
}

static void one_at_a_time_sends_or_discards(void **state)
{
    (void)state;
    assert_int_equal(keep(words, 1), 0);
    int alone = cosigning_alone(scratch.path, &why);
    assert_true(alone >= 0);
    assert_int_equal(cosigning_alone(scratch.path, &why), -1);
    assert_int_equal(sign("knb", 2), 0); // signing goes on
    (void)close(alone);
    alone = cosigning_alone(scratch.path, &why);
    assert_true(alone >= 0);
    (void)close(alone);
    cosigning_done(scratch.path, ID);
}

static void only_a_certified_officer_of_the_node_signs(void **state)
{
    (void)state;
    seal_key_t key = sample_key(2), other = sample_key(3);
    cert_t cert = officer_of("knb", &key);
    assert_int_equal(keep(words, 1), 0);
    assert_int_equal(sign("hq", 2), -1);
    const cosigner_t who = {.officer = &cert};
    assert_int_equal(cosigning_sign(scratch.path, ID, &who, &other, &why), -1);
    (void)snprintf(cert.role, sizeof cert.role, "national-security");
    assert_int_equal(cosigning_sign(scratch.path, ID, &who, &key, &why), -1);
    assert_int_equal(signatures(words, 1), 0);
    buf_t document = {0};
    assert_int_equal(
        cosigning_document(scratch.path, "../outbox/x", &document, &why), -1);
    // A seal that does not belong to what waits is not signed.
    const char *path = scratch_at(&scratch, "waiting/" ID ".json");
    assert_int_equal(file_replace(path, span_text("{\"from\": \"knb\"}"), 0600, &why), 0);
    assert_int_equal(sign("knb", 2), -1);
    buf_destroy(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_waits_until_officers_have_signed),
        cmocka_unit_test(other_bytes_and_other_keys_are_signed_anew),
        cmocka_unit_test(a_signature_made_elsewhere_is_verified),
        cmocka_unit_test(who_holds_it_is_kept_beside_it),
        cmocka_unit_test(officers_who_sign_at_once_lose_nothing),
        cmocka_unit_test(one_at_a_time_sends_or_discards),
        cmocka_unit_test(only_a_certified_officer_of_the_node_signs),
    };
    return test_group(tests, set_up, tear_down);
}
