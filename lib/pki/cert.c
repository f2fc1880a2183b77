// cert - X.509 read narrowly: only the profile that our CA issues is taken.
//
// A subject of one CN, one OU and one O, an office for officers at most; a raw 32-byte
// key, a SAN for officers and for nobody else.  Whether to believe any of it is the
// verifier's affair, in authority.c.

#include "lib/pki/cert.h"

#include "lib/pki/x509.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { PEM_MAX = 65536 };

const char *const cert_roles[] = {"isoc", "nccis", "owner", "response-service",
    "authority", "national-security", "headquarters", "foreign-affairs", "communications",
    "prosecutor", "media", "partner", "hub", "standby", "officer", NULL};

const char *cert_use_name(cert_use_t use)
{
    static const char *const names[] = {"seal", "channel", "browser"};
    return names[use];
}

bool cert_role_known(const char *role)
{
    for (size_t i = 0; cert_roles[i]; i++)
        if (strcmp(cert_roles[i], role) == 0)
            return true;
    return false;
}

bool cert_role_takes_part(const char *role)
{
    return strcmp(role, "hub") != 0 && strcmp(role, "standby") != 0 &&
           strcmp(role, "officer") != 0;
}

static bool is_name(span_t text, size_t room)
{
    if (text.size == 0 || text.size >= room)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool inside = i > 0 && i + 1 < text.size;
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c == '-' && inside))
            return false;
    }
    return true;
}

bool cert_node_id_valid(span_t id)
{
    return is_name(id, NODE_ID_MAX);
}

bool cert_office_valid(span_t office)
{
    return is_name(office, OFFICE_MAX);
}

static bool is_code(span_t code, size_t room)
{
    if (code.size == 0 || code.size >= room)
        return false;
    for (size_t i = 0; i < code.size; i++) {
        uint8_t c = code.data[i];
        if (c <= ' ' || c > '~' || c == '"' || c == ',' || c == '\\')
            return false;
    }
    return true;
}

bool cert_organisation_valid(span_t code)
{
    return is_code(code, ORGANISATION_MAX);
}

bool cert_territory_valid(span_t code)
{
    return is_code(code, TERRITORY_MAX);
}

void cert_close(cert_t *self)
{
    buf_destroy(&self->der);
    *self = (cert_t){0};
}

void cert_copy(cert_t *self, const cert_t *from)
{
    *self = *from;
    self->der = (buf_t){0};
    buf_put_span(&self->der, buf_span(&from->der));
}

// Officers act for the node their SAN names; a node acts for itself and needs no SAN.
static int take_node(cert_t *self, const X509 *x, cause_t *why)
{
    int found = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, &found, NULL);
    int result = 0;
    if (strcmp(self->role, "officer") == 0) {
        if (!names || !x509_take_node(names, self->node))
            result = cause_set(
                why, "an officer's certificate needs one subjectAltName: DNS:<node id>");
    } else if (found != -1) { // there is one, or a broken one
        result = cause_set(why, "only an officer's certificate has a subjectAltName");
    } else {
        memcpy(self->node, self->name, sizeof self->node);
    }
    GENERAL_NAMES_free(names);
    return result;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    return key && EVP_PKEY_get_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

static void name_key(cert_t *self)
{
    hash_t id;
    sha256(span_of(self->key, sizeof self->key), &id);
    hex_encode(id.bytes, sizeof id.bytes, self->key_id);
}

static int take_browser_key(cert_t *self, const X509 *x, cause_t *why)
{
    uint8_t *der = NULL;
    hash_t hash;
    if (!is_p256(X509_get0_pubkey(x)))
        return cause_set(why, "the key is not P-256, as a browser's is");
    if (strcmp(self->role, "officer") != 0)
        return cause_set(why, "only an officer has a certificate for a browser");
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    if (size <= 0)
        return cause_set(why, "the key is damaged");
    sha256(span_of(der, (size_t)size), &hash);
    OPENSSL_free(der);
    memcpy(self->key, hash.bytes, sizeof self->key);
    self->use = CERT_BROWSER;
    name_key(self);
    return 0;
}

static int take_key(cert_t *self, const X509 *x, cause_t *why)
{
    const EVP_PKEY *key = X509_get0_pubkey(x);
    size_t size = sizeof self->key;
    int type = key ? EVP_PKEY_get_id(key) : 0;
    if (type != EVP_PKEY_ED25519 && type != EVP_PKEY_X25519)
        return cause_set(why, "the key is neither Ed25519 nor X25519%s",
            is_p256(key) ? ": it is that of a browser" : "");
    if (EVP_PKEY_get_raw_public_key(key, self->key, &size) != 1 ||
        size != sizeof self->key)
        return cause_set(why, "the key is damaged");
    // The kind of key decides the use; cert_check holds the key usage against it.
    self->use = type == EVP_PKEY_ED25519 ? CERT_SEAL : CERT_CHANNEL;
    if (self->use == CERT_CHANNEL && strcmp(self->role, "officer") == 0)
        return cause_set(why, "an officer has no channel, only a seal");
    name_key(self);
    return 0;
}

static int take_serial(cert_t *self, const X509 *x, cause_t *why)
{
    return x509_serial_hex(X509_get0_serialNumber(x), self->serial)
               ? 0
               : cause_set(why, "the serial number is not 1 to 20 positive bytes");
}

typedef int take_key_t(cert_t *self, const X509 *x, cause_t *why);

static int take_all(cert_t *self, const X509 *x, take_key_t *key, cause_t *why)
{
    if (x509_take_subject(self, X509_get_subject_name(x), why) != 0 ||
        take_node(self, x, why) != 0 || key(self, x, why) != 0 ||
        take_serial(self, x, why) != 0)
        return -1;
    // The parameter is not const before OpenSSL 3.2, and nothing is changed.
    x509_key_id(X509_get0_authority_key_id((X509 *)(uintptr_t)x), self->issuer);
    if (!x509_time_ms(X509_get0_notBefore(x), &self->not_before_ms) ||
        !x509_time_ms(X509_get0_notAfter(x), &self->not_after_ms))
        return cause_set(why, "the validity is not two times");
    return 0;
}

enum { SMALL_POINTS = 4, TOP_BIT = 0x80 };

// The points of small order by their coordinate on the Montgomery curve (CERT_CHANNEL)
// and on the Edwards curve; those beside the prime (see beside_prime) are not listed.
static const uint8_t small_points[][SMALL_POINTS][32] = {
    [CERT_CHANNEL] = {{0}, {1},
        {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1,
            0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62,
            0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
        {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c,
            0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22,
            0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57}},
    [CERT_SEAL] = {{0}, {1},
        {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2,
            0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38,
            0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
        {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d,
            0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7,
            0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}},
};

// All ones but for the lowest byte, which is at least `low`; the prime ends in 0xed.
static bool is_near_top(const uint8_t number[32], uint8_t low)
{
    bool near = number[31] == 0x7f && number[0] >= low;
    for (size_t i = 1; i < 31; i++)
        near &= number[i] == 0xff;
    return near;
}

// One less than the prime, the prime, one more: of order 2, 4 and 1, or the other way.
static bool beside_prime(const uint8_t number[32])
{
    return is_near_top(number, 0xec) && number[0] <= 0xee;
}

const char *cert_key_fault(cert_use_t use, const uint8_t key[32])
{
    uint8_t number[32];
    memcpy(number, key, sizeof number);
    number[31] &= (uint8_t)~TOP_BIT;
    bool small = beside_prime(number);
    for (size_t i = 0; i < SMALL_POINTS; i++)
        small |= memcmp(number, small_points[use][i], sizeof number) == 0;
    if (small)
        return "a point of small order";
    bool canonical = !(key[31] & TOP_BIT) && !is_near_top(key, 0xed);
    return use == CERT_CHANNEL && !canonical ? "not in its canonical form" : NULL;
}

static int parse(cert_t *self, span_t der, take_key_t *key, cause_t *why)
{
    *self = (cert_t){0};
    X509 *x = x509_of(der);
    if (!x)
        return cause_set(why, "not a certificate in DER");
    int result = take_all(self, x, key, why);
    X509_free(x);
    ERR_clear_error();
    if (result != 0)
        cert_close(self);
    else
        buf_put_span(&self->der, der);
    return result;
}

int cert_parse(cert_t *self, span_t der, cause_t *why)
{
    return parse(self, der, take_key, why);
}

int cert_parse_browser(cert_t *self, span_t der, cause_t *why)
{
    return parse(self, der, take_browser_key, why);
}

int cert_take(cert_t *self, span_t pem, cause_t *why)
{
    buf_t der = {0};
    *self = (cert_t){0};
    int result = x509_take_pem(pem, PEM_STRING_X509, &der) == 0
                     ? cert_parse(self, buf_span(&der), why)
                     : cause_set(why, "no certificate in PEM");
    buf_destroy(&der);
    return result;
}

int cert_read(cert_t *self, const char *path, cause_t *why)
{
    buf_t der = {0};
    *self = (cert_t){0};
    if (x509_read_pem(path, PEM_STRING_X509, PEM_MAX, &der, why) != 0)
        return -1;
    int result = cert_parse(self, buf_span(&der), why);
    buf_destroy(&der);
    return result == 0 ? 0 : cause_prefix(why, "%s", path);
}

void cert_print_pem(const cert_t *self, buf_t *out)
{
    x509_print_pem(PEM_STRING_X509, buf_span(&self->der), out);
}
