// enrol - the request is OpenSSL's; what we add to it are two extensions, and whatever
// else a request holds is refused.

#include "lib/enrol/enrol.h"

#include "lib/pki/keyfile.h"
#include "lib/pki/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHANNEL_KEY_OID "2.25.110701656623332704455555088332759741668"

enum { REQUEST_MAX = 65536 };

// The extension that carries the channel key.
static X509_EXTENSION *channel_extension(const uint8_t key[32])
{
    uint8_t *der = NULL;
    ASN1_OBJECT *oid = OBJ_txt2obj(CHANNEL_KEY_OID, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, key, 32);
    int size = public_key ? i2d_PUBKEY(public_key, &der) : 0;
    X509_EXTENSION *extension = NULL;
    if (oid && value && size > 0 && ASN1_OCTET_STRING_set(value, der, size) == 1)
        extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
    OPENSSL_free(der);
    EVP_PKEY_free(public_key);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
    return extension;
}

static X509_EXTENSION *node_extension(const char *node)
{
    char value[NODE_ID_MAX + 8];
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, NULL, NULL, NULL, NULL, 0);
    (void)snprintf(value, sizeof value, "DNS:%s", node);
    return X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, value);
}

static bool add_extensions(X509_REQ *request, const enrol_t *wish)
{
    STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
    X509_EXTENSION *one = holder_is_officer(&wish->holder)
                              ? node_extension(wish->holder.node)
                              : channel_extension(wish->channel_key);
    bool done = list && one && sk_X509_EXTENSION_push(list, one) > 0 &&
                X509_REQ_add_extensions(request, list) == 1;
    X509_EXTENSION_free(one);
    sk_X509_EXTENSION_free(list);
    return done;
}

// When it was signed, where the request says so.
static bool add_time(X509_REQ *request, int64_t signed_ms)
{
    if (signed_ms == 0)
        return true;
    ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)(signed_ms / 1000));
    bool done = time && X509_REQ_add1_attr_by_NID(request, NID_pkcs9_signingTime,
                            ASN1_STRING_type(time), ASN1_STRING_get0_data(time),
                            ASN1_STRING_length(time)) == 1;
    ASN1_TIME_free(time);
    return done;
}

static bool fill(X509_REQ *request, const enrol_t *wish, EVP_PKEY *key)
{
    return X509_REQ_set_version(request, 0) == 1 &&
           x509_put_subject(X509_REQ_get_subject_name(request), wish->holder.name,
               wish->holder.role, wish->holder.organisation) &&
           x509_put_office(X509_REQ_get_subject_name(request), wish->holder.office,
               wish->holder.territory) &&
           X509_REQ_set_pubkey(request, key) == 1 && add_extensions(request, wish) &&
           add_time(request, wish->signed_ms) && X509_REQ_sign(request, key, NULL) > 0;
}

int enrol_print(const enrol_t *wish, const seal_key_t *key, buf_t *pem, cause_t *why)
{
    uint8_t *der = NULL;
    int size = 0;
    X509_REQ *request = X509_REQ_new();
    // libsodium's secret key begins with the seed, which is OpenSSL's private key.
    EVP_PKEY *signer =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->secret_key, 32);
    if (request && signer && fill(request, wish, signer))
        size = i2d_X509_REQ(request, &der);
    if (size > 0)
        x509_print_pem(PEM_STRING_X509_REQ, span_of(der, (size_t)size), pem);
    OPENSSL_free(der);
    EVP_PKEY_free(signer);
    X509_REQ_free(request);
    ERR_clear_error();
    return size > 0 ? 0 : cause_set(why, "OpenSSL cannot make the request");
}

static int take_seal_key(enrol_t *self, X509_REQ *request, cause_t *why)
{
    EVP_PKEY *key = X509_REQ_get0_pubkey(request);
    size_t size = sizeof self->seal_key;
    if (!key || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key, self->seal_key, &size) != 1)
        return cause_set(why, "the key is not Ed25519; make it with `dabyl ca request`");
    // with such a key anybody can sign, without knowing a secret
    const char *fault = cert_key_fault(CERT_SEAL, self->seal_key);
    if (fault)
        return cause_set(why, "the seal key is %s", fault);
    if (X509_REQ_verify(request, key) != 1)
        return cause_set(why, "the signature does not fit: the request was altered");
    return 0;
}

static bool take_channel_key(enrol_t *self, const ASN1_OCTET_STRING *value)
{
    size_t size = sizeof self->channel_key;
    const uint8_t *at = ASN1_STRING_get0_data(value);
    const uint8_t *end = at + ASN1_STRING_length(value);
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, ASN1_STRING_length(value));
    bool good = key && at == end && EVP_PKEY_get_id(key) == EVP_PKEY_X25519 &&
                EVP_PKEY_get_raw_public_key(key, self->channel_key, &size) == 1;
    EVP_PKEY_free(key);
    return good && cert_key_fault(CERT_CHANNEL, self->channel_key) == NULL;
}

static int take_extension(enrol_t *self, X509_EXTENSION *extension, cause_t *why)
{
    char oid[80];
    const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
    (void)OBJ_obj2txt(oid, sizeof oid, object, 1);
    if (!holder_is_officer(&self->holder) && strcmp(oid, CHANNEL_KEY_OID) == 0)
        return take_channel_key(self, X509_EXTENSION_get_data(extension))
                   ? 0
                   : cause_set(why, "the channel key is not a usable X25519 key");
    if (holder_is_officer(&self->holder) && OBJ_obj2nid(object) == NID_subject_alt_name) {
        GENERAL_NAMES *names = X509V3_EXT_d2i(extension);
        bool good = names && x509_take_node(names, self->holder.node);
        GENERAL_NAMES_free(names);
        return good ? 0 : cause_set(why, "the officer's node is not one node id");
    }
    return cause_set(
        why, "it asks for an extension (%s) that this CA does not issue", oid);
}

// A node asks for its channel key, an officer for the node's name; nobody for anything
// else.
static int take_extensions(enrol_t *self, X509_REQ *request, cause_t *why)
{
    STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(request);
    int result = 0;
    if (sk_X509_EXTENSION_num(list) != 1)
        result = cause_set(why, "it must ask for %s and nothing else",
            holder_is_officer(&self->holder) ? "the officer's node" : "a channel key");
    else
        result = take_extension(self, sk_X509_EXTENSION_value(list, 0), why);
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    return result;
}

static bool read_time(const ASN1_TYPE *value, int64_t *ms)
{
    struct tm broken;
    const int type = value ? ASN1_TYPE_get(value) : 0;
    if ((type != V_ASN1_UTCTIME && type != V_ASN1_GENERALIZEDTIME) ||
        ASN1_TIME_to_tm(value->value.asn1_string, &broken) != 1)
        return false;
    *ms = (int64_t)timegm(&broken) * 1000;
    return *ms > 0;
}

static int take_time(enrol_t *self, X509_REQ *request, cause_t *why)
{
    int at = X509_REQ_get_attr_by_NID(request, NID_pkcs9_signingTime, -1);
    if (at < 0)
        return 0;
    X509_ATTRIBUTE *time = X509_REQ_get_attr(request, at);
    return X509_ATTRIBUTE_count(time) == 1 &&
                   read_time(X509_ATTRIBUTE_get0_type(time, 0), &self->signed_ms)
               ? 0
               : cause_set(why, "it does not say when it was signed");
}

static int take_holder(enrol_t *self, X509_REQ *request, cause_t *why)
{
    cert_t who = {0};
    if (x509_take_subject(&who, X509_REQ_get_subject_name(request), why) != 0)
        return -1;
    memcpy(who.node, who.name, sizeof who.node); // an officer's comes with the extension
    holder_of_cert(&self->holder, &who);
    return 0;
}

int enrol_parse(enrol_t *self, span_t der, cause_t *why)
{
    const uint8_t *at = der.data;
    *self = (enrol_t){0};
    X509_REQ *request = der.size ? d2i_X509_REQ(NULL, &at, (long)der.size) : NULL;
    int result = 0;
    if (!request || at != der.data + der.size)
        result = cause_set(why, "not a certificate request");
    else if (take_seal_key(self, request, why) != 0 ||
             take_holder(self, request, why) != 0 ||
             take_extensions(self, request, why) != 0 ||
             take_time(self, request, why) != 0)
        result = -1;
    if (result == 0)
        buf_put_span(&self->der, der);
    X509_REQ_free(request);
    ERR_clear_error();
    return result;
}

int enrol_read(enrol_t *self, const char *path, cause_t *why)
{
    buf_t der = {0};
    *self = (enrol_t){0};
    if (x509_read_pem(path, PEM_STRING_X509_REQ, REQUEST_MAX, &der, why) != 0)
        return -1;
    int result = enrol_parse(self, buf_span(&der), why);
    buf_destroy(&der);
    return result == 0 ? 0 : cause_prefix(why, "%s", path);
}

int enrol_take(enrol_t *self, span_t pem, cause_t *why)
{
    buf_t der = {0};
    *self = (enrol_t){0};
    int result = x509_take_pem(pem, PEM_STRING_X509_REQ, &der) == 0
                     ? enrol_parse(self, buf_span(&der), why)
                     : cause_set(why, "no certificate request in PEM");
    buf_destroy(&der);
    return result;
}

// Keys that are there are used again: a lost request can be made a second time, the same.
static int need_key(const char *path, int (*make)(const char *path, cause_t *why),
    bool *made, cause_t *why)
{
    *made = access(path, F_OK) != 0;
    return *made ? make(path, why) : 0;
}

static int need_channel_key(
    enrol_t *wish, const char *path, enrol_made_t *made, cause_t *why)
{
    uint8_t secret[32];
    int result = need_key(path, keyfile_new_x25519, &made->channel, why);
    if (result == 0)
        result = keyfile_read_x25519(path, secret, wish->channel_key, why);
    sodium_memzero(secret, sizeof secret);
    return result;
}

int enrol_new(enrol_t *wish, const char *seal_path, const char *channel_path, buf_t *pem,
    enrol_made_t *made, cause_t *why)
{
    seal_key_t key;
    *made = (enrol_made_t){0};
    int result = need_key(seal_path, keyfile_new_ed25519, &made->seal, why);
    if (result == 0 && !holder_is_officer(&wish->holder))
        result = need_channel_key(wish, channel_path, made, why);
    if (result == 0)
        result = keyfile_read_ed25519(seal_path, &key, why);
    if (result == 0)
        result = enrol_print(wish, &key, pem, why);
    sodium_memzero(&key, sizeof key);
    return result;
}

void enrol_print_pem(const enrol_t *self, buf_t *pem)
{
    x509_print_pem(PEM_STRING_X509_REQ, buf_span(&self->der), pem);
}

void enrol_close(enrol_t *self)
{
    buf_destroy(&self->der);
    *self = (enrol_t){0};
}

void enrol_fingerprint(const enrol_t *self, char out[FINGERPRINT_TEXT])
{
    spoken_digits(buf_span(&self->der), out);
}
