// x509 - thin layers over OpenSSL that copy what they find into our own fixed fields and
// refuse what does not fit, so that no OpenSSL object outlives a call.

#include "lib/pki/x509.h"

#include "lib/base/file.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

enum { DER_MAX = 16384, SERIAL_BYTES_MAX = 20 };

int x509_no_passphrase(char *out, int room, int writing, void *context)
{
    (void)out;
    (void)room;
    (void)writing;
    (void)context;
    return -1;
}

int x509_take_pem(span_t text, const char *label, buf_t *der)
{
    uint8_t *bytes = NULL;
    long size = 0;
    BIO *bio = text.size < INT_MAX ? BIO_new_mem_buf(text.data, (int)text.size) : NULL;
    bool found = bio && PEM_bytes_read_bio(&bytes, &size, NULL, label, bio,
                            x509_no_passphrase, NULL) == 1;
    if (found)
        buf_put(der, bytes, (size_t)size);
    OPENSSL_free(bytes);
    BIO_free(bio);
    ERR_clear_error();
    return found ? 0 : -1;
}

int x509_read_pem(
    const char *path, const char *label, size_t limit, buf_t *der, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(path, limit, &text, why);
    if (result == 0 && x509_take_pem(buf_span(&text), label, der) != 0)
        result = cause_set(why, "%s: no whole %s in PEM", path, label);
    buf_destroy(&text);
    return result;
}

void x509_print_pem(const char *label, span_t der, buf_t *out)
{
    enum { LINE = 48 }; // bytes that make 64 characters
    buf_printf(out, "-----BEGIN %s-----\n", label);
    for (size_t at = 0; at < der.size; at += LINE) {
        size_t left = der.size - at;
        buf_put_base64(out, span_of(der.data + at, left < LINE ? left : LINE));
        buf_put_text(out, "\n");
    }
    buf_printf(out, "-----END %s-----\n", label);
}

// Bytes behind the certificate would be covered by no signature.
X509 *x509_of(span_t der)
{
    const uint8_t *at = der.data;
    if (der.size == 0 || der.size > DER_MAX)
        return NULL;
    X509 *x = d2i_X509(NULL, &at, (long)der.size);
    if (x && at != der.data + der.size) {
        X509_free(x);
        x = NULL;
    }
    ERR_clear_error();
    return x;
}

bool x509_time_ms(const ASN1_TIME *asn1, int64_t *ms)
{
    struct tm tm;
    if (!asn1 || ASN1_TIME_to_tm(asn1, &tm) != 1)
        return false;
    *ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

bool x509_serial_hex(const ASN1_INTEGER *serial, char out[SERIAL_MAX])
{
    int size = ASN1_STRING_length(serial);
    if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || size < 1 || size > SERIAL_BYTES_MAX)
        return false;
    hex_encode(ASN1_STRING_get0_data(serial), (size_t)size, out);
    return true;
}

void x509_key_id(const ASN1_OCTET_STRING *id, char out[ISSUER_MAX])
{
    enum { ID_BYTES = 20 };
    hash_t hash;
    span_t bytes = id ? span_of(ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id))
                      : span_of(NULL, 0);
    if (bytes.size > ID_BYTES) {
        sha256(bytes, &hash);
        bytes = span_of(hash.bytes, ID_BYTES);
    }
    out[0] = '\0';
    if (bytes.size > 0)
        hex_encode(bytes.data, bytes.size, out);
}

bool x509_is_ca(span_t der)
{
    X509 *x = x509_of(der);
    bool is = x && X509_check_ca(x) > 0;
    X509_free(x);
    return is;
}

bool x509_is_cross(span_t der)
{
    X509 *x = x509_of(der);
    char own[ISSUER_MAX], by[ISSUER_MAX];
    x509_key_id(x ? X509_get0_subject_key_id(x) : NULL, own);
    x509_key_id(x ? X509_get0_authority_key_id(x) : NULL, by);
    bool is = x && X509_check_ca(x) == 1 &&
              (X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) != 0 ||
                  (by[0] && strcmp(own, by) != 0));
    X509_free(x);
    return is;
}

bool x509_same_subject(span_t a, span_t b)
{
    X509 *one = x509_of(a), *other = x509_of(b);
    bool same =
        one && other &&
        X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0 &&
        EVP_PKEY_eq(X509_get0_pubkey(one), X509_get0_pubkey(other)) == 1;
    X509_free(one);
    X509_free(other);
    return same;
}

// The only entry of this kind in the subject, as text without a zero inside.
static int take_name(X509_NAME *subject, int nid, char *out, size_t room, cause_t *why)
{
    int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, nid, at) >= 0)
        return cause_set(why, "the subject needs exactly one %s", OBJ_nid2sn(nid));
    uint8_t *text = NULL;
    int size = ASN1_STRING_to_UTF8(
        &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    bool fits = size > 0 && (size_t)size < room && !memchr(text, 0, (size_t)size);
    if (fits) {
        memcpy(out, text, (size_t)size);
        out[size] = 0;
    }
    OPENSSL_free(text);
    return fits ? 0
                : cause_set(why, "the subject's %s is empty, too long or not text",
                      OBJ_nid2sn(nid));
}

static int has(X509_NAME *subject, int nid)
{
    return X509_NAME_get_index_by_NID(subject, nid, -1) >= 0;
}

// An office is a person's, and a territory is that of an office.
static int take_office(cert_t *self, X509_NAME *subject, cause_t *why)
{
    if ((has(subject, NID_title) &&
            take_name(subject, NID_title, self->office, sizeof self->office, why) != 0) ||
        (has(subject, NID_stateOrProvinceName) &&
            take_name(subject, NID_stateOrProvinceName, self->territory,
                sizeof self->territory, why) != 0))
        return -1;
    if (self->office[0] && strcmp(self->role, "officer") != 0)
        return cause_set(why, "only an officer has an office (title)");
    if (self->territory[0] && !self->office[0])
        return cause_set(why, "a territory (ST) is that of an office (title)");
    if (self->office[0] && !cert_office_valid(span_text(self->office)))
        return cause_set(why, "the subject's title is not the word of an office");
    if (self->territory[0] && !cert_territory_valid(span_text(self->territory)))
        return cause_set(why, "the subject's ST is not the code of a territory");
    return 0;
}

int x509_take_subject(cert_t *self, X509_NAME *subject, cause_t *why)
{
    if (take_name(subject, NID_commonName, self->name, sizeof self->name, why) != 0 ||
        take_name(subject, NID_organizationalUnitName, self->role, sizeof self->role,
            why) != 0 ||
        take_name(subject, NID_organizationName, self->organisation,
            sizeof self->organisation, why) != 0)
        return -1;
    // One certificate in force may say nothing that we do not understand.
    if (X509_NAME_entry_count(subject) !=
        3 + has(subject, NID_title) + has(subject, NID_stateOrProvinceName))
        return cause_set(why, "the subject has more than CN, OU, O, title and ST");
    if (!cert_node_id_valid(span_text(self->name)))
        return cause_set(why, "the subject's CN is not a node id");
    if (!cert_role_known(self->role))
        return cause_set(why, "the subject's OU is not a role of the system");
    if (!cert_organisation_valid(span_text(self->organisation)))
        return cause_set(why, "the subject's O is not an organisation code");
    return take_office(self, subject, why);
}

static bool put_name(X509_NAME *subject, int nid, const char *text)
{
    return !text || X509_NAME_add_entry_by_NID(subject, nid, MBSTRING_UTF8,
                        (const uint8_t *)text, -1, -1, 0) == 1;
}

bool x509_put_subject(
    X509_NAME *subject, const char *name, const char *role, const char *organisation)
{
    return put_name(subject, NID_commonName, name) &&
           put_name(subject, NID_organizationalUnitName, role) &&
           put_name(subject, NID_organizationName, organisation);
}

bool x509_put_office(X509_NAME *subject, const char *office, const char *territory)
{
    return put_name(subject, NID_title, office[0] ? office : NULL) &&
           put_name(subject, NID_stateOrProvinceName, territory[0] ? territory : NULL);
}

bool x509_take_node(const GENERAL_NAMES *names, char out[NODE_ID_MAX])
{
    if (sk_GENERAL_NAME_num(names) != 1)
        return false;
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
    if (name->type != GEN_DNS)
        return false;
    span_t text = span_of(ASN1_STRING_get0_data(name->d.dNSName),
        (size_t)ASN1_STRING_length(name->d.dNSName));
    if (!cert_node_id_valid(text))
        return false;
    memcpy(out, text.data, text.size);
    out[text.size] = 0;
    return true;
}
