// issue - OpenSSL's objects are filled field by field, signed, and read back before they
// leave.  The extensions are those that RFC 5280 and `openssl verify -x509_strict` ask
// for, and no more: critical basicConstraints and keyUsage, both key identifiers, an
// officer's subjectAltName, and for a browser that it is a client in TLS.

#include "certs/folder/issue.h"

#include "lib/pki/x509.h"
#include "lib/sys/random.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { SERIAL_BYTES = 16 };

const char *const revocation_reasons[] = {"unspecified", "key-compromise",
    "affiliation-changed", "superseded", "cessation-of-operation", NULL};

// CRLReason, in the order of the names above.  "unspecified" is said by leaving it out.
static const long reason_codes[] = {0, 1, 3, 4, 5};

static long reason_code(const char *reason)
{
    for (size_t i = 0; revocation_reasons[i]; i++)
        if (strcmp(revocation_reasons[i], reason) == 0)
            return reason_codes[i];
    return -1;
}

const char *revocation_word(long code)
{
    for (size_t i = 0; revocation_reasons[i]; i++)
        if (reason_codes[i] == code)
            return revocation_reasons[i];
    return revocation_reasons[0];
}

bool revocation_reason_known(const char *reason)
{
    return reason_code(reason) >= 0;
}

void serial_new(char out[SERIAL_MAX])
{
    uint8_t bytes[SERIAL_BYTES];
    random_bytes(bytes, sizeof bytes);
    bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
    hex_encode(bytes, sizeof bytes, out);
}

static bool set_serial(ASN1_INTEGER *out, const char *hex)
{
    uint8_t bytes[SERIAL_MAX / 2];
    size_t size = strlen(hex) / 2;
    return size <= sizeof bytes && hex_decode(span_text(hex), bytes, size) &&
           ASN1_STRING_set(out, bytes, (int)size) == 1;
}

static bool set_validity(X509 *x, int64_t from_ms, int64_t until_ms)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(from_ms / 1000)) &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(until_ms / 1000));
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool done = extension && X509_add_ext(x, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

static bool print_der(X509 *x, buf_t *der)
{
    uint8_t *bytes = NULL;
    int size = i2d_X509(x, &bytes);
    if (size > 0)
        buf_put(der, bytes, (size_t)size);
    OPENSSL_free(bytes);
    return size > 0;
}

// Only a lack of memory should ever lead here; OpenSSL's own words are kept in case it is
// something else.
static int cannot(cause_t *why, const char *what)
{
    char reason[200];
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof reason);
    ERR_clear_error();
    return cause_set(why, "OpenSSL cannot make %s: %s", what, reason);
}

static bool fill_root(X509 *x, EVP_PKEY *key, const char *name, const char *organisation)
{
    char serial[SERIAL_MAX];
    serial_new(serial);
    // The subject comes before the identifiers, which are computed from what is there.
    return X509_set_version(x, 2) == 1 && set_serial(X509_get_serialNumber(x), serial) &&
           x509_put_subject(X509_get_subject_name(x), name, NULL, organisation) &&
           X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
           X509_set_pubkey(x, key) == 1 &&
           add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(x, x, NID_subject_key_identifier, "hash") &&
           add_extension(x, x, NID_authority_key_identifier, "keyid:always");
}

int issue_root(EVP_PKEY *key, const char *name, const char *organisation, int64_t from_ms,
    int64_t until_ms, buf_t *der, cause_t *why)
{
    X509 *x = X509_new();
    int result = 0;
    if (!x || !set_validity(x, from_ms, until_ms) ||
        !fill_root(x, key, name, organisation) || X509_sign(x, key, NULL) <= 0 ||
        !print_der(x, der))
        result = cannot(why, "the CA's certificate");
    X509_free(x);
    return result;
}

static bool fill_cross(X509 *x, const signer_t *by, X509 *other)
{
    char serial[SERIAL_MAX];
    serial_new(serial);
    return X509_set_version(x, 2) == 1 && set_serial(X509_get_serialNumber(x), serial) &&
           X509_set_subject_name(x, X509_get_subject_name(other)) == 1 &&
           X509_set_issuer_name(x, X509_get_subject_name(by->cert)) == 1 &&
           X509_set_pubkey(x, X509_get0_pubkey(other)) == 1 &&
           add_extension(
               x, by->cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(x, by->cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(x, by->cert, NID_subject_key_identifier, "hash") &&
           add_extension(x, by->cert, NID_authority_key_identifier, "keyid:always");
}

int issue_cross(const signer_t *by, X509 *other, int64_t from_ms, int64_t until_ms,
    buf_t *der, cause_t *why)
{
    X509 *x = X509_new();
    int result = 0;
    if (!x || !set_validity(x, from_ms, until_ms) || !fill_cross(x, by, other) ||
        X509_sign(x, by->key, NULL) <= 0 || !print_der(x, der))
        result = cannot(why, "the certificate of another CA");
    X509_free(x);
    return result;
}

static bool add_node(X509 *x, const holder_t *holder)
{
    char value[NODE_ID_MAX + 8];
    if (!holder_is_officer(holder))
        return true;
    (void)snprintf(value, sizeof value, "DNS:%s", holder->node);
    return add_extension(x, NULL, NID_subject_alt_name, value);
}

static bool add_usage(X509 *x, const signer_t *by, cert_use_t use)
{
    // nonRepudiation, since a seal is to convince a third party.
    static const char *const usages[] = {
        [CERT_SEAL] = "critical,digitalSignature,nonRepudiation",
        [CERT_CHANNEL] = "critical,keyAgreement",
        [CERT_BROWSER] = "critical,digitalSignature",
    };
    return add_extension(x, by->cert, NID_key_usage, usages[use]) &&
           (use != CERT_BROWSER ||
               add_extension(x, by->cert, NID_ext_key_usage, "clientAuth"));
}

static bool fill_certificate(
    X509 *x, const signer_t *by, const issued_t *entry, EVP_PKEY *key)
{
    const holder_t *holder = &entry->holder;
    return X509_set_version(x, 2) == 1 &&
           set_serial(X509_get_serialNumber(x), entry->serial) &&
           set_validity(x, entry->not_before_ms, entry->not_after_ms) &&
           x509_put_subject(X509_get_subject_name(x), holder->name, holder->role,
               holder->organisation) &&
           x509_put_office(X509_get_subject_name(x), holder->office, holder->territory) &&
           X509_set_issuer_name(x, X509_get_subject_name(by->cert)) == 1 &&
           X509_set_pubkey(x, key) == 1 &&
           add_extension(x, by->cert, NID_basic_constraints, "critical,CA:FALSE") &&
           add_usage(x, by, entry->use) && add_node(x, holder) &&
           add_extension(x, by->cert, NID_subject_key_identifier, "hash") &&
           add_extension(x, by->cert, NID_authority_key_identifier, "keyid:always");
}

static int issue(
    const signer_t *by, const issued_t *entry, EVP_PKEY *key, cert_t *out, cause_t *why)
{
    buf_t der = {0};
    X509 *x = X509_new();
    int result = 0;
    *out = (cert_t){0};
    // The signature is verified before it leaves: a faulty one can give the key away.
    if (!x || !key || !fill_certificate(x, by, entry, key) ||
        X509_sign(x, by->key, NULL) <= 0 || X509_verify(x, by->key) != 1 ||
        !print_der(x, &der))
        result = cannot(why, "the certificate");
    else if ((entry->use == CERT_BROWSER ? cert_parse_browser : cert_parse)(
                 out, buf_span(&der), why) != 0)
        result = cause_prefix(why, "the certificate made is not as it should be");
    X509_free(x);
    buf_destroy(&der);
    return result;
}

int issue_certificate(
    const signer_t *by, const issued_t *entry, cert_t *out, cause_t *why)
{
    int type = entry->use == CERT_SEAL ? EVP_PKEY_ED25519 : EVP_PKEY_X25519;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(type, NULL, entry->key, sizeof entry->key);
    int result = issue(by, entry, key, out, why);
    EVP_PKEY_free(key);
    return result;
}

int issue_browser(
    const signer_t *by, issued_t *entry, EVP_PKEY *key, cert_t *out, cause_t *why)
{
    if (issue(by, entry, key, out, why) != 0)
        return -1;
    memcpy(entry->key, out->key, sizeof entry->key);
    memcpy(entry->key_id, out->key_id, sizeof entry->key_id);
    return 0;
}

static bool set_reason(X509_REVOKED *revoked, long code)
{
    ASN1_ENUMERATED *value = ASN1_ENUMERATED_new();
    bool done = value && ASN1_ENUMERATED_set(value, code) == 1 &&
                X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, value, 0, 0) == 1;
    ASN1_ENUMERATED_free(value);
    return done;
}

static bool add_revocation(X509_CRL *crl, const issued_t *entry)
{
    long code = reason_code(entry->reason);
    X509_REVOKED *revoked = X509_REVOKED_new();
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_TIME *moment = ASN1_TIME_set(NULL, (time_t)(entry->revoked_ms / 1000));
    bool done = revoked && serial && moment && set_serial(serial, entry->serial) &&
                X509_REVOKED_set_serialNumber(revoked, serial) == 1 &&
                X509_REVOKED_set_revocationDate(revoked, moment) == 1 &&
                (code <= 0 || set_reason(revoked, code));
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(moment);
    if (done && X509_CRL_add0_revoked(crl, revoked) == 1)
        return true; // the CRL owns it now
    X509_REVOKED_free(revoked);
    return false;
}

static bool set_dates(X509_CRL *crl, int64_t now_ms, int64_t next_ms)
{
    ASN1_TIME *last = ASN1_TIME_set(NULL, (time_t)(now_ms / 1000));
    ASN1_TIME *next = ASN1_TIME_set(NULL, (time_t)(next_ms / 1000));
    bool done = last && next && X509_CRL_set1_lastUpdate(crl, last) == 1 &&
                X509_CRL_set1_nextUpdate(crl, next) == 1;
    ASN1_TIME_free(last);
    ASN1_TIME_free(next);
    return done;
}

// The number is what lets a hub refuse an older CRL that somebody hands it again.
static bool add_number(X509_CRL *crl, const signer_t *by, uint64_t number)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, by->cert, NULL, NULL, crl, 0);
    ASN1_INTEGER *value = ASN1_INTEGER_new();
    X509_EXTENSION *issuer =
        X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    bool done = value && issuer && ASN1_INTEGER_set_uint64(value, number) == 1 &&
                X509_CRL_add_ext(crl, issuer, -1) == 1 &&
                X509_CRL_add1_ext_i2d(crl, NID_crl_number, value, 0, 0) == 1;
    X509_EXTENSION_free(issuer);
    ASN1_INTEGER_free(value);
    return done;
}

static bool fill_crl(X509_CRL *crl, const signer_t *by, const ledger_t *ledger)
{
    if (X509_CRL_set_version(crl, 1) != 1 ||
        X509_CRL_set_issuer_name(crl, X509_get_subject_name(by->cert)) != 1 ||
        !add_number(crl, by, ledger->crl_number))
        return false;
    // Those of expired certificates stay: old seals are judged by this list too.
    for (size_t i = 0; i < ledger->n; i++)
        if (ledger->entry[i].revoked_ms && !add_revocation(crl, &ledger->entry[i]))
            return false;
    return X509_CRL_sort(crl) == 1;
}

int issue_crl(const signer_t *by, const ledger_t *ledger, int64_t now_ms, int64_t next_ms,
    buf_t *der, cause_t *why)
{
    uint8_t *bytes = NULL;
    int size = 0;
    X509_CRL *crl = X509_CRL_new();
    if (crl && set_dates(crl, now_ms, next_ms) && fill_crl(crl, by, ledger) &&
        X509_CRL_sign(crl, by->key, NULL) > 0)
        size = i2d_X509_CRL(crl, &bytes);
    if (size > 0)
        buf_put(der, bytes, (size_t)size);
    OPENSSL_free(bytes);
    X509_CRL_free(crl);
    return size > 0 ? 0 : cannot(why, "the CRL");
}
