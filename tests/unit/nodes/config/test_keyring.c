// keyring: the certificates that a journal's roster entry gives, however many they are.

#include "nodes/config/keyring.h"

#include "certs/folder/issue.h"
#include "lib/pki/seal.h"
#include "lib/pki/x509.h"
#include "tests/lib/test.h"

#include <sodium.h>

#include <openssl/pem.h>

#define HOUR INT64_C(3600000)
static const int64_t now = INT64_C(1795348800000); // 2026-11-22T12:00:00Z

enum { MANY = 150 }; // certificates: some 120 KiB of PEM

typedef struct {
    signer_t ca;
    ledger_t ledger;
    buf_t roster; // PEM
    keyring_t *keys;
} world_t;

static cause_t why;

static void add_certificate(world_t *world, int i)
{
    cert_t cert;
    hash_t key;
    issued_t entry = {.use = CERT_SEAL,
        .issued_ms = now,
        .not_before_ms = now - HOUR,
        .not_after_ms = now + HOUR};
    (void)snprintf(entry.holder.name, sizeof entry.holder.name, "node-%d", i);
    (void)snprintf(entry.holder.role, sizeof entry.holder.role, "isoc");
    (void)snprintf(entry.holder.organisation, sizeof entry.holder.organisation, "O");
    memcpy(entry.holder.node, entry.holder.name, sizeof entry.holder.node);
    sha256(span_text(entry.holder.name), &key); // nobody needs the secret half
    memcpy(entry.key, key.bytes, sizeof entry.key);
    seal_key_id(entry.key, entry.key_id);
    serial_new(entry.serial);
    assert_int_equal(issue_certificate(&world->ca, &entry, &cert, &why), 0);
    cert_print_pem(&cert, &world->roster);
    cert_close(&cert);
    ledger_add(&world->ledger, &entry);
}

// The CA, its CRL, which names the last certificate, and the certificates.
static void make_roster(world_t *world)
{
    buf_t der = {0}, certs = {0}, whole = {0};
    for (int i = 0; i < MANY; i++)
        add_certificate(world, i);
    certs = world->roster;
    world->ledger.entry[MANY - 1].revoked_ms = now - HOUR / 2;
    (void)snprintf(world->ledger.entry[MANY - 1].reason, REASON_MAX, "key-compromise");
    int size = i2d_X509(world->ca.cert, NULL);
    buf_reserve(&der, (size_t)size);
    uint8_t *at = der.data;
    (void)i2d_X509(world->ca.cert, &at);
    x509_print_pem(PEM_STRING_X509, span_of(der.data, (size_t)size), &whole);
    buf_clear(&der);
    assert_int_equal(
        issue_crl(&world->ca, &world->ledger, now, now + HOUR, &der, &why), 0);
    x509_print_pem(PEM_STRING_X509_CRL, buf_span(&der), &whole);
    buf_put_span(&whole, buf_span(&certs));
    world->roster = whole;
    buf_destroy(&certs);
    buf_destroy(&der);
}

static int setup(void **state)
{
    static world_t world;
    buf_t der = {0};
    assert_true(sodium_init() >= 0);
    world = (world_t){.keys = keyring_new()};
    world.ca.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_int_equal(
        issue_root(world.ca.key, "ca", NULL, now - HOUR, now + HOUR, &der, &why), 0);
    world.ca.cert = x509_of(buf_span(&der));
    buf_destroy(&der);
    make_roster(&world);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_t *world = *state;
    keyring_destroy(&world->keys);
    ledger_free(&world->ledger);
    buf_destroy(&world->roster);
    X509_free(world->ca.cert);
    EVP_PKEY_free(world->ca.key);
    return 0;
}

static void a_roster_of_many_is_read_whole(void **state)
{
    world_t *world = *state;
    const issued_t *first = &world->ledger.entry[0];
    if (keyring_add_roster(world->keys, buf_span(&world->roster), NULL, 0, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(keyring_count(world->keys), MANY);
    assert_true(keyring_checks_revocation(world->keys));
    const cert_t *found = keyring_find(world->keys, first->key_id, now, &why);
    assert_non_null(found);
    assert_string_equal(found->name, first->holder.name);
    assert_null(keyring_find(world->keys, first->key_id, now + 2 * HOUR, &why));
}

static void a_revocation_counts_from_its_moment(void **state)
{
    world_t *world = *state;
    const char *key_id = world->ledger.entry[MANY - 1].key_id;
    assert_int_equal(
        keyring_add_roster(world->keys, buf_span(&world->roster), NULL, 0, &why), 0);
    assert_non_null(keyring_find(world->keys, key_id, now - HOUR * 3 / 4, &why));
    assert_null(keyring_find(world->keys, key_id, now, &why));
    assert_non_null(strstr(why.text, "revoked"));
}

static void what_is_no_roster_is_refused(void **state)
{
    world_t *world = *state;
    assert_int_equal(keyring_add_roster(world->keys, span_text(""), NULL, 0, &why), -1);
    assert_int_equal(
        keyring_add_roster(world->keys, span_text("PEM?"), NULL, 0, &why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_roster_of_many_is_read_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_revocation_counts_from_its_moment, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_roster_is_refused, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
