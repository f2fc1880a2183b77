// cms - OpenSSL verifies; what is looked at here is what it would let pass: content of
// its own inside the signature, and keys that are not certified for signing.

#include "lib/pki/cms.h"

#include "lib/base/file.h"
#include "lib/pki/x509.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { CA_FILE_MAX = 1 << 20 };

// In OpenSSL's own words, which name the certificate's fault.
static int fail(cause_t *why, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *data = NULL;
    int flags = 0;
    (void)ERR_peek_last_error_data(&data, &flags);
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    bool more = data && (flags & ERR_TXT_STRING) && data[0];
    int result = cause_set(why, "%s%s%s%s%s", what, reason ? ": " : "",
        reason ? reason : "", more ? ", " : "", more ? data : "");
    ERR_clear_error();
    return result;
}

// Bytes behind it would be signed by nobody.
static CMS_ContentInfo *read_der(span_t der)
{
    const uint8_t *at = der.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.size);
    if (cms && at != der.data + der.size) {
        CMS_ContentInfo_free(cms);
        cms = NULL;
    }
    return cms;
}

// Both labels are in use for the same.
static CMS_ContentInfo *read_pem(span_t text)
{
    buf_t der = {0};
    bool found = x509_take_pem(text, PEM_STRING_CMS, &der) == 0 ||
                 x509_take_pem(text, PEM_STRING_PKCS7, &der) == 0;
    CMS_ContentInfo *cms = found ? read_der(buf_span(&der)) : NULL;
    buf_destroy(&der);
    return cms;
}

static CMS_ContentInfo *read_cms(span_t signature, cause_t *why)
{
    static const char begin[] = "-----BEGIN";
    bool pem = signature.size >= strlen(begin) &&
               memcmp(signature.data, begin, strlen(begin)) == 0;
    CMS_ContentInfo *cms = NULL;
    if (signature.size == 0 || signature.size > CMS_SIZE_MAX)
        (void)cause_set(
            why, "the signature is empty or larger than %d bytes", CMS_SIZE_MAX);
    else if (!(cms = pem ? read_pem(signature) : read_der(signature)))
        (void)fail(why, "this is no CMS signature in DER or PEM");
    return cms;
}

// Every certificate of the file.
static int trust_text(X509_STORE *store, span_t text, cause_t *why)
{
    BIO *bio = BIO_new_mem_buf(text.data, (int)text.size);
    X509 *x;
    int n = 0;
    while (bio && (x = PEM_read_bio_X509(bio, NULL, x509_no_passphrase, NULL)) != NULL) {
        n += X509_STORE_add_cert(store, x) == 1;
        X509_free(x);
    }
    BIO_free(bio);
    ERR_clear_error();
    return n > 0 ? 0 : cause_set(why, "no certificate in PEM");
}

static int trust(X509_STORE *store, const char *path, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(path, CA_FILE_MAX, &text, why);
    if (result == 0 && trust_text(store, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

static X509_STORE *open_store(
    const char *const *ca, size_t n, int64_t at_ms, cause_t *why)
{
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = store ? X509_STORE_get0_param(store) : NULL;
    int result = param ? 0 : cause_set(why, "OpenSSL cannot make a store");
    for (size_t i = 0; i < n && result == 0; i++)
        result = trust(store, ca[i], why);
    if (result != 0) {
        X509_STORE_free(store);
        return NULL;
    }
    // Whatever is given is trusted, also when it is not a root; what such certificates
    // are for has other names than those of e-mail.
    (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    (void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_time(param, (time_t)(at_ms / 1000));
    return store;
}

static int print_name(const X509_NAME *name, char out[CMS_NAME_MAX], cause_t *why)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long size = 0;
    if (bio &&
        X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        size = BIO_get_mem_data(bio, &text);
    bool fits = size > 0 && size < CMS_NAME_MAX && !memchr(text, 0, (size_t)size);
    if (fits)
        (void)snprintf(out, CMS_NAME_MAX, "%.*s", (int)size, text);
    BIO_free(bio);
    return fits ? 0 : cause_set(why, "a name in a certificate is empty or too long");
}

static int take_signer(cms_signers_t *out, X509 *x, cause_t *why)
{
    uint32_t usage = X509_get_key_usage(x); // all, where the certificate says nothing
    if ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return cause_set(why, "the signer's certificate is not for signatures");
    if (print_name(X509_get_subject_name(x), out->signer[out->n].subject, why) != 0 ||
        print_name(X509_get_issuer_name(x), out->signer[out->n].issuer, why) != 0)
        return -1;
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    (void)snprintf(
        out->signer[out->n].serial, sizeof out->signer[0].serial, "%s", hex ? hex : "");
    OPENSSL_free(hex);
    BN_free(number);
    out->n++;
    return 0;
}

static int take_signers(cms_signers_t *out, CMS_ContentInfo *cms, cause_t *why)
{
    STACK_OF(X509) *list = CMS_get0_signers(cms);
    int n = list ? sk_X509_num(list) : 0;
    int result = n >= 1 && n <= CMS_SIGNERS_MAX
                     ? 0
                     : cause_set(why, "it has %d signers, and 1 to %d can be shown", n,
                           CMS_SIGNERS_MAX);
    for (int i = 0; i < n && result == 0; i++)
        result = take_signer(out, sk_X509_value(list, i), why);
    sk_X509_free(list);
    return result;
}

// Behind a filter that does nothing: of a memory BIO OpenSSL 3.0 makes one of its own,
// and loses it when the signature is damaged.
static BIO *content_of(span_t document)
{
    BIO *bytes = BIO_new_mem_buf(document.data, (int)document.size);
    BIO *filter = BIO_new(BIO_f_null());
    if (bytes && filter)
        return BIO_push(filter, bytes);
    BIO_free(bytes);
    BIO_free(filter);
    return NULL;
}

static int verify(CMS_ContentInfo *cms, span_t document, X509_STORE *store, cause_t *why)
{
    BIO *content = content_of(document);
    bool good = content && CMS_verify(cms, NULL, store, content, NULL, CMS_BINARY) == 1;
    BIO_free_all(content);
    return good ? 0 : fail(why, "the signature is not good over these bytes");
}

int cms_check(span_t signature, span_t document, const char *const *ca, size_t n,
    int64_t at_ms, cms_signers_t *signers, cause_t *why)
{
    int result = -1;
    X509_STORE *store = NULL;
    *signers = (cms_signers_t){0};
    ERR_clear_error();
    CMS_ContentInfo *cms = read_cms(signature, why);
    if (cms && OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
        (void)cause_set(why, "this is CMS, and not a signature");
    else if (cms && CMS_is_detached(cms) != 1)
        (void)cause_set(why,
            "this signature has content of its own: one over the document is detached");
    else if (cms && (store = open_store(ca, n, at_ms, why)) != NULL &&
             verify(cms, document, store, why) == 0)
        result = take_signers(signers, cms, why);
    X509_STORE_free(store);
    CMS_ContentInfo_free(cms);
    return result;
}
