// issuer - certificates are judged by OpenSSL's verifier.
//
// The verifier runs with its strict flag: one CA, no intermediates, every critical
// extension understood.  Two of its verdicts are set aside, both about the CRL's dates
// (see `judge`).  It knows this one certificate of a CA and no other, so that no choice
// is left to it.

#include "lib/pki/issuer.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/pki/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct issuer {
    X509 *ca;
    X509_CRL *crl; // NULL when the caller said that revocation is not checked
    X509_STORE *store;
    char id[ISSUER_MAX];
    uint64_t crl_number;
    int64_t next_update_ms;
};

// `source` is the file, or what else the bytes came from, for complaints.
static int take_ca(issuer_t *self, const char *source, span_t der, cause_t *why)
{
    self->ca = x509_of(der);
    if (!self->ca)
        return cause_set(why, "%s: not a certificate", source);
    // A CA that another signed would need a chain, and nobody checks that chain's CRLs.
    if (X509_check_ca(self->ca) != 1 || X509_self_signed(self->ca, 1) != 1)
        return cause_set(
            why, "%s: not the certificate of a CA that signed itself", source);
    return 0;
}

// Anew for each list, so that there is only one to choose from.
static int fill_store(issuer_t *self, cause_t *why)
{
    X509_STORE_free(self->store);
    self->store = X509_STORE_new();
    if (!self->store || X509_STORE_add_cert(self->store, self->ca) != 1 ||
        (self->crl && X509_STORE_add_crl(self->store, self->crl) != 1))
        return cause_set(why, "OpenSSL takes neither CA nor CRL");
    return 0;
}

static int read_crl_number(
    const X509_CRL *crl, const char *source, uint64_t *out, cause_t *why)
{
    int found = 0;
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, &found, NULL);
    int result = number && ASN1_INTEGER_get_uint64(out, number) == 1
                     ? 0
                     : cause_set(why, "%s: no usable CRL number", source);
    ASN1_INTEGER_free(number);
    return result;
}

static bool is_signer(const issuer_t *self, X509_CRL *crl)
{
    return X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(self->ca)) ==
               0 &&
           X509_CRL_verify(crl, X509_get0_pubkey(self->ca)) == 1;
}

static int keep_crl(issuer_t *self, X509_CRL *crl, const char *source, cause_t *why)
{
    uint64_t number;
    int64_t next_ms;
    if (!x509_time_ms(X509_CRL_get0_nextUpdate(crl), &next_ms))
        return cause_set(why, "%s: does not say when the next one is due", source);
    if (read_crl_number(crl, source, &number, why) != 0)
        return -1;
    if (self->crl && number <= self->crl_number)
        return 0; // of two the newer one counts
    X509_CRL_free(self->crl);
    self->crl = X509_CRL_up_ref(crl) == 1 ? crl : NULL;
    if (!self->crl || fill_store(self, why) != 0)
        return cause_set(why, "OpenSSL takes neither CA nor CRL");
    self->crl_number = number;
    self->next_update_ms = next_ms;
    return 0;
}

int issuer_take_crl(issuer_t *self, const char *source, span_t der, cause_t *why)
{
    const uint8_t *at = der.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.size);
    int result;
    if (!crl || at != der.data + der.size)
        result = cause_set(why, "%s: not a CRL", source);
    else if (!is_signer(self, crl))
        result = 1;
    else
        result = keep_crl(self, crl, source, why);
    X509_CRL_free(crl);
    ERR_clear_error();
    return result;
}

issuer_t *issuer_new(const char *source, span_t der, cause_t *why)
{
    issuer_t *self = memory_new(1, sizeof *self);
    if (take_ca(self, source, der, why) != 0 || fill_store(self, why) != 0)
        issuer_destroy(&self);
    else
        x509_key_id(X509_get0_subject_key_id(self->ca), self->id);
    ERR_clear_error();
    return self;
}

void issuer_destroy(issuer_t **self_p)
{
    issuer_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    X509_STORE_free(self->store);
    X509_CRL_free(self->crl);
    X509_free(self->ca);
    free(self);
}

const char *issuer_id(const issuer_t *self)
{
    return self->id;
}

bool issuer_has_crl(const issuer_t *self)
{
    return self->crl != NULL;
}

void issuer_name(const issuer_t *self, char *out, size_t room)
{
    if (X509_NAME_get_text_by_NID(
            X509_get_subject_name(self->ca), NID_commonName, out, (int)room) < 0)
        (void)snprintf(out, room, "?");
}

bool issuer_same(const issuer_t *a, const issuer_t *b)
{
    return X509_NAME_cmp(X509_get_subject_name(a->ca), X509_get_subject_name(b->ca)) ==
               0 &&
           EVP_PKEY_eq(X509_get0_pubkey(a->ca), X509_get0_pubkey(b->ca)) == 1;
}

bool issuer_identical(const issuer_t *a, const issuer_t *b)
{
    return X509_cmp(a->ca, b->ca) == 0;
}

bool issuer_in_force(const issuer_t *self, int64_t at_ms)
{
    int64_t from_ms, to_ms;
    return x509_time_ms(X509_get0_notBefore(self->ca), &from_ms) &&
           x509_time_ms(X509_get0_notAfter(self->ca), &to_ms) && from_ms <= at_ms &&
           at_ms <= to_ms;
}

int64_t issuer_ends_ms(const issuer_t *self)
{
    int64_t ends_ms;
    return x509_time_ms(X509_get0_notAfter(self->ca), &ends_ms) ? ends_ms : MOMENT_PAST;
}

bool issuer_key(const issuer_t *self, uint8_t key[32])
{
    const EVP_PKEY *own = X509_get0_pubkey(self->ca);
    size_t size = 32;
    return EVP_PKEY_get_id(own) == EVP_PKEY_ED25519 &&
           EVP_PKEY_get_raw_public_key(own, key, &size) == 1 && size == 32;
}

static bool is_good_then(const X509 *x, int64_t at_ms)
{
    int64_t from_ms, until_ms;
    return x509_time_ms(X509_get0_notBefore(x), &from_ms) &&
           x509_time_ms(X509_get0_notAfter(x), &until_ms) && from_ms <= at_ms &&
           at_ms < until_ms;
}

bool issuer_vouches(const issuer_t *self, span_t ca, int64_t at_ms)
{
    char serial[SERIAL_MAX];
    X509 *x = x509_of(ca);
    bool good =
        x && X509_check_ca(x) == 1 && issuer_in_force(self, at_ms) &&
        X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(self->ca)) == 0 &&
        X509_verify(x, X509_get0_pubkey(self->ca)) == 1 && is_good_then(x, at_ms) &&
        x509_serial_hex(X509_get0_serialNumber(x), serial) &&
        !issuer_revoked(self, serial);
    X509_free(x);
    ERR_clear_error();
    return good;
}

uint64_t issuer_crl_number(const issuer_t *self)
{
    return self->crl_number;
}

int64_t issuer_crl_next_update_ms(const issuer_t *self)
{
    return self->next_update_ms;
}

// The CRL's line about this serial, or NULL.
static X509_REVOKED *revocation(const issuer_t *self, const char *serial)
{
    uint8_t bytes[SERIAL_MAX / 2];
    size_t size = strlen(serial) / 2;
    X509_REVOKED *found = NULL;
    if (!self->crl || size > sizeof bytes || !hex_decode(span_text(serial), bytes, size))
        return NULL;
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    if (!number || ASN1_STRING_set(number, bytes, (int)size) != 1)
        abort(); // out of memory: "not revoked" would be the wrong answer
    if (X509_CRL_get0_by_serial(self->crl, &found, number) != 1)
        found = NULL;
    ASN1_INTEGER_free(number);
    return found;
}

bool issuer_crl_made_ms(const issuer_t *self, int64_t *made_ms)
{
    return self->crl && x509_time_ms(X509_CRL_get0_lastUpdate(self->crl), made_ms);
}

bool issuer_revoked(const issuer_t *self, const char *serial)
{
    return revocation(self, serial) != NULL;
}

int64_t issuer_revoked_since_ms(const issuer_t *self, const char *serial)
{
    const X509_REVOKED *found = revocation(self, serial);
    int64_t since_ms;
    if (!found)
        return MOMENT_NEVER;
    // A date that cannot be read must not make the revocation late.  One that can is in
    // whole seconds: what was taken within that second may have come before it.
    return x509_time_ms(X509_REVOKED_get0_revocationDate(found), &since_ms)
               ? moment_after(since_ms, 999)
               : MOMENT_PAST;
}

void issuer_each_revoked(const issuer_t *self,
    void (*visit)(void *context, const char *issuer, const char *serial), void *context)
{
    STACK_OF(X509_REVOKED) *list = self->crl ? X509_CRL_get_REVOKED(self->crl) : NULL;
    for (int i = 0; i < sk_X509_REVOKED_num(list); i++) {
        char hex[SERIAL_MAX];
        const X509_REVOKED *one = sk_X509_REVOKED_value(list, i);
        // What has no hex is a serial that cert_parse does not take either.
        if (x509_serial_hex(X509_REVOKED_get0_serialNumber(one), hex))
            visit(context, self->id, hex);
    }
}

static void print_der(const char *label, uint8_t *der, int size, buf_t *out)
{
    if (size > 0)
        x509_print_pem(label, span_of(der, (size_t)size), out);
    OPENSSL_free(der);
}

void issuer_print(const issuer_t *self, buf_t *out)
{
    uint8_t *der = NULL;
    int size = i2d_X509(self->ca, &der);
    print_der(PEM_STRING_X509, der, size, out);
}

void issuer_print_crl(const issuer_t *self, buf_t *out)
{
    uint8_t *der = NULL;
    int size = self->crl ? i2d_X509_CRL(self->crl, &der) : 0;
    print_der(PEM_STRING_X509_CRL, der, size, out);
}

static int check_usage(const cert_t *self, X509 *x, cause_t *why)
{
    const uint32_t seal = KU_DIGITAL_SIGNATURE;
    const uint32_t channel = KU_KEY_AGREEMENT;
    uint32_t usage = X509_get_key_usage(x); // all ones when there is none
    if (self->use == CERT_SEAL && (usage & ~(uint32_t)KU_NON_REPUDIATION) != seal)
        return cause_set(why, "the key usage is not that of a seal (digitalSignature)");
    if (self->use == CERT_CHANNEL && usage != channel)
        return cause_set(why, "the key usage is not that of a channel (keyAgreement)");
    if (self->use == CERT_BROWSER &&
        (usage != KU_DIGITAL_SIGNATURE ||
            X509_get_extended_key_usage(x) != XKU_SSL_CLIENT)) // all ones: none
        return cause_set(why, "the key usage is not that of a browser (clientAuth)");
    if (X509_get_extension_flags(x) & EXFLAG_CA)
        return cause_set(why, "it is the certificate of a CA");
    return 0;
}

// A CRL past its nextUpdate stays in force, with an alarm, rather than stopping the
// exchange; and a certificate may be judged at a moment before the newest CRL was issued.
static int judge(int ok, X509_STORE_CTX *context)
{
    int error = X509_STORE_CTX_get_error(context);
    if (ok ||
        (error != X509_V_ERR_CRL_HAS_EXPIRED && error != X509_V_ERR_CRL_NOT_YET_VALID))
        return ok;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

static int explain(const cert_t *self, X509_STORE_CTX *context, cause_t *why)
{
    char moment[TIME_TEXT];
    int error = X509_STORE_CTX_get_error(context);
    bool own = X509_STORE_CTX_get_error_depth(context) == 0;
    if (error == X509_V_ERR_CERT_REVOKED)
        return cause_set(why, "revoked by the CA");
    if (error == X509_V_ERR_CERT_HAS_EXPIRED && own) {
        time_print(self->not_after_ms, moment);
        return cause_set(why, "expired at %s", moment);
    }
    if (error == X509_V_ERR_CERT_NOT_YET_VALID && own) {
        time_print(self->not_before_ms, moment);
        return cause_set(why, "not valid before %s", moment);
    }
    if (error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
        return cause_set(why, "not issued by this CA");
    const char *words = X509_verify_cert_error_string(error);
    return own ? cause_set(why, "%s", words)
               : cause_set(why, "the CA's certificate: %s", words);
}

static int verify(
    const cert_t *self, X509 *x, const issuer_t *ca, int64_t now_ms, cause_t *why)
{
    unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE |
                          (ca->crl ? X509_V_FLAG_CRL_CHECK : 0);
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (!context || X509_STORE_CTX_init(context, ca->store, x, NULL) != 1) {
        X509_STORE_CTX_free(context);
        return cause_set(why, "OpenSSL cannot begin to verify");
    }
    X509_STORE_CTX_set_flags(context, flags);
    X509_STORE_CTX_set_depth(context, 0); // no CA between ours and the certificate
    X509_STORE_CTX_set_time(context, 0, (time_t)(now_ms / 1000));
    X509_STORE_CTX_set_verify_cb(context, judge);
    int result = X509_verify_cert(context) == 1 ? 0 : explain(self, context, why);
    X509_STORE_CTX_free(context);
    return result;
}

int issuer_check(const issuer_t *self, const cert_t *cert, int64_t at_ms, cause_t *why)
{
    X509 *x = x509_of(buf_span(&cert->der));
    if (!x)
        return cause_set(why, "not a certificate in DER");
    int result = verify(cert, x, self, at_ms, why);
    if (result == 0)
        result = check_usage(cert, x, why);
    X509_free(x);
    ERR_clear_error();
    return result;
}
