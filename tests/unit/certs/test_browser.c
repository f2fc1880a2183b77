// What the CA issues for an officer's browser opens that officer's console, and nothing
// else; what else it issues opens none.

#include "certs/folder/ca.h"
#include "certs/pkcs12.h"
#include "lib/pki/browser_cert.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>
#include <openssl/pkcs12.h>
#include <sodium.h>
#include <string.h>

static scratch_t scratch;
static cause_t why;
static const int64_t now_ms = 1795348800000; // 2026-11-22T12:00:00Z
static const int64_t day_ms = 86400000;
static ca_t *ca;

static issued_t entry_of(const char *name, const char *node, cert_use_t use)
{
    issued_t entry = {
        .use = use, .not_before_ms = now_ms, .not_after_ms = now_ms + day_ms};
    assert_int_equal(
        holder_set(&entry.holder, name, node ? NULL : "isoc", "KZ-ENERGY", node, &why),
        0);
    if (node)
        assert_int_equal(holder_set_office(&entry.holder, "head", "KZ-75", &why), 0);
    return entry;
}

static EVP_PKEY *new_key(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    assert_non_null(key);
    return key;
}

static void issue_browser_of(cert_t *cert, issued_t *entry)
{
    EVP_PKEY *key = new_key();
    *entry = entry_of("aigul", "isoc-energy", CERT_BROWSER);
    assert_int_equal(ca_issue_browser(ca, entry, key, now_ms, cert, &why), 0);
    EVP_PKEY_free(key);
}

static void issue_seal_of(cert_t *cert)
{
    uint8_t secret[64];
    issued_t entry = entry_of("aigul", "isoc-energy", CERT_SEAL);
    (void)crypto_sign_keypair(entry.key, secret);
    assert_int_equal(ca_issue(ca, &entry, 1, now_ms, cert, &why), 0);
}

static authority_t *open_authority(void)
{
    char crl[PATH_MAX];
    (void)snprintf(crl, sizeof crl, "%s", scratch_at(&scratch, "ca/crl.pem"));
    authority_t *self = authority_open(scratch_at(&scratch, "ca/ca.pem"), crl, &why);
    assert_non_null(self);
    return self;
}

static void it_names_the_officer(void **state)
{
    (void)state;
    cert_t cert, officer;
    issued_t entry;
    issue_browser_of(&cert, &entry);
    authority_t *authority = open_authority();
    assert_int_equal(browser_cert_check(buf_span(&cert.der), authority, "isoc-energy",
                         now_ms, &officer, &why),
        0);
    assert_string_equal(officer.name, "aigul");
    assert_string_equal(officer.node, "isoc-energy");
    assert_string_equal(officer.office, "head");
    assert_string_equal(officer.territory, "KZ-75");
    assert_int_equal(officer.use, CERT_BROWSER);
    assert_memory_equal(officer.key, entry.key, 32);
    cert_close(&officer);
    cert_close(&cert);
    authority_close(&authority);
}

static void refused(const cert_t *cert, const char *node, int64_t at_ms, const char *says)
{
    cert_t officer;
    authority_t *authority = open_authority();
    assert_int_equal(
        browser_cert_check(buf_span(&cert->der), authority, node, at_ms, &officer, &why),
        -1);
    assert_non_null(strstr(why.text, says));
    authority_close(&authority);
}

static void nothing_else_opens_a_console(void **state)
{
    (void)state;
    cert_t cert, seal;
    issued_t entry;
    issue_browser_of(&cert, &entry);
    refused(&cert, "isoc-bank", now_ms, "an officer of isoc-energy, not of isoc-bank");
    refused(&cert, "isoc-energy", now_ms + day_ms, "expired");
    refused(&cert, "isoc-energy", now_ms - 1000, "not valid before");
    issue_seal_of(&seal);
    refused(&seal, "isoc-energy", now_ms, "not P-256");
    cert_t cut = {.der = {.data = cert.der.data, .size = cert.der.size - 1}};
    refused(&cut, "isoc-energy", now_ms, "not a certificate");
    cert_close(&seal);
    cert_close(&cert);
}

static void what_is_revoked_opens_none(void **state)
{
    (void)state;
    cert_t cert;
    issued_t entry;
    issue_browser_of(&cert, &entry);
    issued_t *listed = ledger_by_serial(ca_ledger(ca), entry.serial);
    assert_non_null(listed);
    assert_memory_equal(listed->key, cert.key, 32);
    listed->revoked_ms = now_ms;
    (void)strcpy(listed->reason, "affiliation-changed");
    assert_int_equal(ca_publish_crl(ca, now_ms, now_ms + 30 * day_ms, &why), 0);
    refused(&cert, "isoc-energy", now_ms, "revoked");
    cert_close(&cert);
}

static void it_seals_nothing_and_opens_no_channel(void **state)
{
    (void)state;
    cert_t cert, other;
    issued_t entry;
    issue_browser_of(&cert, &entry);
    assert_int_equal(cert_parse(&other, buf_span(&cert.der), &why), -1);
    assert_non_null(strstr(why.text, "that of a browser"));
    cert_close(&cert);
}

static void a_node_has_no_browser(void **state)
{
    (void)state;
    cert_t cert;
    EVP_PKEY *key = new_key();
    issued_t entry = entry_of("isoc-energy", NULL, CERT_BROWSER);
    assert_int_equal(ca_issue_browser(ca, &entry, key, now_ms, &cert, &why), -1);
    assert_non_null(strstr(why.text, "only an officer"));
    EVP_PKEY_free(key);
}

static void the_file_opens_with_its_passphrase_alone(void **state)
{
    (void)state;
    char passphrase[PKCS12_PASSPHRASE], other[PKCS12_PASSPHRASE];
    cert_t cert;
    EVP_PKEY *key = new_key(), *out = NULL;
    X509 *x = NULL;
    buf_t file = {0};
    issued_t entry = entry_of("aigul", "isoc-energy", CERT_BROWSER);
    assert_int_equal(ca_issue_browser(ca, &entry, key, now_ms, &cert, &why), 0);
    pkcs12_passphrase(passphrase);
    pkcs12_passphrase(other);
    assert_int_equal(strlen(passphrase), PKCS12_PASSPHRASE - 1);
    assert_string_not_equal(passphrase, other);
    assert_int_equal(
        pkcs12_print(key, buf_span(&cert.der), passphrase, "aigul", &file, &why), 0);
    const uint8_t *at = file.data;
    PKCS12 *parsed = d2i_PKCS12(NULL, &at, (long)file.size);
    assert_non_null(parsed);
    assert_int_equal(PKCS12_parse(parsed, other, &out, &x, NULL), 0);
    assert_int_equal(PKCS12_parse(parsed, passphrase, &out, &x, NULL), 1);
    assert_int_equal(EVP_PKEY_eq(key, out), 1);
    assert_int_equal(X509_check_private_key(x, out), 1);
    PKCS12_free(parsed);
    X509_free(x);
    EVP_PKEY_free(out);
    EVP_PKEY_free(key);
    cert_close(&cert);
    buf_destroy(&file);
}

static int begin(void **state)
{
    (void)state;
    ca_wish_t wish = {.name = "Dabyl CA",
        .from_ms = now_ms - day_ms,
        .until_ms = now_ms + 365 * day_ms,
        .now_ms = now_ms,
        .next_crl_ms = now_ms + 30 * day_ms};
    scratch_open(&scratch);
    if (ca_create(scratch_at(&scratch, "ca"), &wish, (span_t){0}, &why) != 0)
        return -1;
    ca = ca_open(scratch_at(&scratch, "ca"), CA_CHANGE, &why);
    return ca && ca_unlock(ca, NULL, now_ms, &why) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    ca_close(&ca);
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_names_the_officer),
        cmocka_unit_test(nothing_else_opens_a_console),
        cmocka_unit_test(what_is_revoked_opens_none),
        cmocka_unit_test(it_seals_nothing_and_opens_no_channel),
        cmocka_unit_test(a_node_has_no_browser),
        cmocka_unit_test(the_file_opens_with_its_passphrase_alone),
    };
    return test_group(tests, begin, end);
}
