// enrol: a request says what its maker meant, and nothing that was altered is taken.

#include "lib/base/file.h"
#include "lib/enrol/enrol.h"
#include "lib/pki/x509.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>
#include <sodium.h>

#include <openssl/pem.h>

static scratch_t scratch;
static cause_t why;
static seal_key_t key;
static uint8_t channel_key[32];

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static enrol_t node_wish(void)
{
    enrol_t wish = {0};
    assert_int_equal(
        holder_set(&wish.holder, "isoc-energy", "isoc", "KZ-ENERGY", NULL, &why), 0);
    memcpy(wish.channel_key, channel_key, 32);
    return wish;
}

static void save(const char *name, span_t bytes)
{
    assert_int_equal(file_replace(at(name), bytes, 0600, &why), 0);
}

static void save_request(const char *name, const enrol_t *wish)
{
    buf_t pem = {0};
    assert_int_equal(enrol_print(wish, &key, &pem, &why), 0);
    save(name, buf_span(&pem));
    buf_destroy(&pem);
}

static void save_der(const char *name, span_t der)
{
    buf_t pem = {0};
    x509_print_pem(PEM_STRING_X509_REQ, der, &pem);
    save(name, buf_span(&pem));
    buf_destroy(&pem);
}

static void refused(const char *name, const char *says)
{
    enrol_t request;
    assert_int_equal(enrol_read(&request, at(name), &why), -1);
    if (!strstr(why.text, says))
        fail_msg("'%s' instead of '%s'", why.text, says);
}

static void a_node_asks_for_both_keys(void **state)
{
    (void)state;
    enrol_t wish = node_wish();
    enrol_t request;
    save_request("node.pem", &wish);
    assert_int_equal(enrol_read(&request, at("node.pem"), &why), 0);
    assert_string_equal(request.holder.name, "isoc-energy");
    assert_string_equal(request.holder.role, "isoc");
    assert_string_equal(request.holder.organisation, "KZ-ENERGY");
    assert_string_equal(request.holder.node, "isoc-energy");
    assert_memory_equal(request.seal_key, key.public_key, 32);
    assert_memory_equal(request.channel_key, channel_key, 32);
    enrol_close(&request);
}

static void asking_again_is_another_request_each_time(void **state)
{
    (void)state;
    const int64_t moments[] = {1800000000999, 1800000001000, 2600000000000}; // after 2050
    char before[FINGERPRINT_TEXT] = "", now[FINGERPRINT_TEXT];
    for (size_t i = 0; i < 3; i++) {
        enrol_t wish = node_wish();
        enrol_t request;
        wish.signed_ms = moments[i];
        save_request("again.pem", &wish);
        assert_int_equal(enrol_read(&request, at("again.pem"), &why), 0);
        assert_int_equal(request.signed_ms, moments[i] / 1000 * 1000);
        assert_memory_equal(request.channel_key, channel_key, 32);
        enrol_fingerprint(&request, now);
        assert_string_not_equal(now, before);
        memcpy(before, now, sizeof before);
        enrol_close(&request);
    }
    enrol_t first = node_wish(), read;
    save_request("first.pem", &first);
    assert_int_equal(enrol_read(&read, at("first.pem"), &why), 0);
    assert_int_equal(read.signed_ms, 0);
    enrol_close(&read);
}

static void an_officer_names_a_node(void **state)
{
    (void)state;
    enrol_t wish = {0};
    enrol_t request;
    assert_int_equal(
        holder_set(&wish.holder, "aigul", NULL, "KZ-NCCIS", "nccis", &why), 0);
    save_request("officer.pem", &wish);
    assert_int_equal(enrol_read(&request, at("officer.pem"), &why), 0);
    assert_string_equal(request.holder.name, "aigul");
    assert_string_equal(request.holder.role, "officer");
    assert_string_equal(request.holder.node, "nccis");
    assert_string_equal(request.holder.office, "");
    enrol_close(&request);
    assert_int_equal(holder_set_office(&wish.holder, "head", "KZ-75", &why), 0);
    save_request("officer.pem", &wish);
    assert_int_equal(enrol_read(&request, at("officer.pem"), &why), 0);
    assert_string_equal(request.holder.office, "head");
    assert_string_equal(request.holder.territory, "KZ-75");
    enrol_close(&request);
}

static void a_lost_request_is_made_again_the_same(void **state)
{
    (void)state;
    enrol_t wish = node_wish();
    buf_t once = {0};
    buf_t again = {0};
    assert_int_equal(enrol_print(&wish, &key, &once, &why), 0);
    assert_int_equal(enrol_print(&wish, &key, &again, &why), 0);
    assert_true(span_equal(buf_span(&once), buf_span(&again)));
    buf_destroy(&once);
    buf_destroy(&again);
}

static void what_is_not_text_of_a_request_is_refused(void **state)
{
    (void)state;
    enrol_t wish = node_wish();
    enrol_t request;
    buf_t pem = {0};
    assert_int_equal(enrol_print(&wish, &key, &pem, &why), 0);
    for (size_t cut = 0; cut + 1 < pem.size; cut++) { // the last LF carries nothing
        save("cut.pem", span_of(pem.data, cut));
        assert_int_equal(enrol_read(&request, at("cut.pem"), &why), -1);
    }
    buf_destroy(&pem);
}

static void no_cut_or_flipped_bit_is_taken(void **state)
{
    (void)state;
    enrol_t wish = node_wish();
    enrol_t request;
    save_request("whole.pem", &wish);
    assert_int_equal(enrol_read(&request, at("whole.pem"), &why), 0);
    buf_t der = {0};
    buf_put_span(&der, buf_span(&request.der));
    enrol_close(&request);
    for (size_t cut = 0; cut < der.size; cut++) {
        save_der("bad.pem", span_of(der.data, cut));
        assert_int_equal(enrol_read(&request, at("bad.pem"), &why), -1);
    }
    for (size_t bit = 0; bit < 8 * der.size; bit++) {
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        save_der("bad.pem", buf_span(&der));
        if (enrol_read(&request, at("bad.pem"), &why) == 0)
            fail_msg("bit %zu", bit);
        der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    buf_put_u8(&der, 0);
    save_der("bad.pem", buf_span(&der));
    refused("bad.pem", "not a certificate request");
    buf_destroy(&der);
}

static void a_channel_key_of_small_order_is_refused(void **state)
{
    (void)state;
    enrol_t wish = node_wish();
    memset(wish.channel_key, 0, 32);
    save_request("small.pem", &wish);
    refused("small.pem", "not a usable X25519 key");
    wish.channel_key[0] = 1;
    save_request("small.pem", &wish);
    refused("small.pem", "not a usable X25519 key");
}

// Requests as OpenSSL's own command would make them.
static X509_REQ *foreign(const char *type, const char *role)
{
    X509_REQ *request = X509_REQ_new();
    EVP_PKEY *mine = strcmp(type, "RSA") == 0
                         ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                         : EVP_PKEY_Q_keygen(NULL, NULL, type);
    assert_true(x509_put_subject(
        X509_REQ_get_subject_name(request), "isoc-energy", role, "KZ-ENERGY"));
    assert_int_equal(X509_REQ_set_pubkey(request, mine), 1);
    assert_true(
        X509_REQ_sign(request, mine, strcmp(type, "RSA") ? NULL : EVP_sha256()) > 0);
    EVP_PKEY_free(mine);
    return request;
}

static void save_foreign(const char *name, X509_REQ *request)
{
    uint8_t *der = NULL;
    int size = i2d_X509_REQ(request, &der);
    save_der(name, span_of(der, (size_t)size));
    OPENSSL_free(der);
    X509_REQ_free(request);
}

static void requests_of_other_tools_are_told_why_not(void **state)
{
    (void)state;
    save_foreign("foreign.pem", foreign("RSA", "isoc"));
    refused("foreign.pem", "not Ed25519");
    save_foreign("foreign.pem", foreign("ED25519", "isoc"));
    refused("foreign.pem", "must ask for a channel key");
    save_foreign("foreign.pem", foreign("ED25519", "officer"));
    refused("foreign.pem", "must ask for the officer's node");
    save_foreign("foreign.pem", foreign("ED25519", "boss"));
    refused("foreign.pem", "not a role");
    save_foreign("foreign.pem", foreign("ED25519", NULL));
    refused("foreign.pem", "exactly one OU");
    refused("none.pem", "No such file");
}

// The formula of enrol.h, written a second time.
static void the_fingerprint_is_eight_times_five_digits(void **state)
{
    (void)state;
    enrol_t request = {0};
    char expected[FINGERPRINT_TEXT + 8] = "";
    char got[FINGERPRINT_TEXT];
    hash_t hash;
    buf_put_text(&request.der, "anything");
    sha256(buf_span(&request.der), &hash);
    for (size_t i = 0; i < 8; i++) {
        unsigned long number = 0;
        for (size_t j = 0; j < 4; j++)
            number = number * 256 + hash.bytes[4 * i + j];
        (void)snprintf(expected + 6 * i, 8, "%05lu ", number % 100000);
    }
    expected[47] = 0;
    enrol_fingerprint(&request, got);
    assert_string_equal(got, expected);
    enrol_close(&request);
}

static void fingerprints_are_compared_by_their_digits(void **state)
{
    (void)state;
    static const char *const same[] = {"12345 67890", "1234567890", "12345-67890",
        " 12345:67890 ", "1 2 3 4 5 6 7 8 9 0"};
    static const char *const other[] = {"", "12345", "12345 67891", "12345 678900",
        "12345 6789", "12345x67890", "02345 67890"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(spoken_same(same[i], "12345 67890"));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(spoken_same(other[i], "12345 67890"));
}

static void holders_are_checked_when_typed(void **state)
{
    (void)state;
    static const struct {
        const char *name, *role, *organisation, *officer_of, *says;
    } table[] = {
        {NULL, "isoc", "KZ", NULL, "--id is missing"},
        {"a", "isoc", NULL, NULL, "--org is missing"},
        {"a", NULL, "KZ", NULL, "--role is missing"},
        {"A", "isoc", "KZ", NULL, "as in isoc-energy"},
        {"a_b", "isoc", "KZ", NULL, "as in isoc-energy"},
        {"a", "isok", "KZ", NULL, "the roles are isoc, nccis, owner"},
        {"a", "isoc", "K Z", NULL, "as in KZ-ENERGY"},
        {"a", "isoc", "", NULL, "as in KZ-ENERGY"},
        {"a", "isoc", "KZ", "nccis", "not for isoc"},
        {"a", "officer", "KZ", NULL, "needs --officer-of"},
        {"a", NULL, "KZ", "N", "cannot be a node's id"},
    };
    holder_t holder;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(holder_set(&holder, table[i].name, table[i].role,
                             table[i].organisation, table[i].officer_of, &why),
            -1);
        if (!strstr(why.text, table[i].says))
            fail_msg("row %zu: '%s' instead of '%s'", i, why.text, table[i].says);
    }
}

static void offices_are_checked_when_typed(void **state)
{
    (void)state;
    static const struct {
        const char *officer_of, *office, *territory, *says;
    } table[] = {
        {"nccis", NULL, NULL, NULL},
        {"nccis", "head", NULL, NULL},
        {"nccis", "head-of-territorial-body", "KZ-75", NULL},
        {NULL, "head", NULL, "--office is for a person"},
        {"nccis", NULL, "KZ-75", "--territory is that of an office"},
        {"nccis", "Head", NULL, "such as deputy-head"},
        {"nccis", "", NULL, "such as deputy-head"},
        {"nccis", "-head", NULL, "such as deputy-head"},
        {"nccis", "head", "K 75", "as in KZ-75"},
        {"nccis", "head", "0123456789012345678901234567890x", "as in KZ-75"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        holder_t holder;
        assert_int_equal(holder_set(&holder, "aigul", table[i].officer_of ? NULL : "isoc",
                             "KZ", table[i].officer_of, &why),
            0);
        int result =
            holder_set_office(&holder, table[i].office, table[i].territory, &why);
        assert_int_equal(result, table[i].says ? -1 : 0);
        if (table[i].says && !strstr(why.text, table[i].says))
            fail_msg("row %zu: '%s' instead of '%s'", i, why.text, table[i].says);
        if (!table[i].says)
            assert_string_equal(holder.office, table[i].office ? table[i].office : "");
    }
}

static int begin(void **state)
{
    (void)state;
    uint8_t secret[32];
    scratch_open(&scratch);
    if (sodium_init() < 0)
        return -1;
    (void)crypto_sign_keypair(key.public_key, key.secret_key);
    seal_key_id(key.public_key, key.id);
    randombytes_buf(secret, sizeof secret);
    return crypto_scalarmult_base(channel_key, secret);
}

static int end(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_asks_for_both_keys),
        cmocka_unit_test(asking_again_is_another_request_each_time),
        cmocka_unit_test(an_officer_names_a_node),
        cmocka_unit_test(a_lost_request_is_made_again_the_same),
        cmocka_unit_test(what_is_not_text_of_a_request_is_refused),
        cmocka_unit_test(no_cut_or_flipped_bit_is_taken),
        cmocka_unit_test(a_channel_key_of_small_order_is_refused),
        cmocka_unit_test(requests_of_other_tools_are_told_why_not),
        cmocka_unit_test(the_fingerprint_is_eight_times_five_digits),
        cmocka_unit_test(fingerprints_are_compared_by_their_digits),
        cmocka_unit_test(holders_are_checked_when_typed),
        cmocka_unit_test(offices_are_checked_when_typed),
    };
    return test_group(tests, begin, end);
}
