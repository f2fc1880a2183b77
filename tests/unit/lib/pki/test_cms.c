// cms: a detached signature is one of these bytes, by a certificate for signatures that
// the given authorities vouch for at that time, or none.

#include "lib/pki/cms.h"

#include "lib/base/file.h"
#include "lib/pki/x509.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { DAY = 86400 };
static const int64_t now_s = 1795348800; // 2026-11-22T12:00:00Z
static const char document[] = "{\"id\": 1, \"summary\": \"\xd0\x98\xd1\x81\xd0\xba\"}";

typedef struct {
    X509 *x;
    EVP_PKEY *key;
} holder_of_key_t;

static scratch_t scratch;
static holder_of_key_t ca, other, signer, encipherer;
static const char *ca_path[1], *other_path[1];
static cause_t why;

static void add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_int_equal(X509_add_ext(x, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static holder_of_key_t issue(
    const char *name, const holder_of_key_t *by, const char *usage)
{
    static long serial = 0x4a0;
    holder_of_key_t self = {X509_new(), EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")};
    X509 *issuer = by ? by->x : self.x;
    X509_set_version(self.x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(self.x), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(self.x), (time_t)(now_s - DAY));
    ASN1_TIME_set(X509_getm_notAfter(self.x), (time_t)(now_s + DAY));
    X509_set_pubkey(self.x, self.key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(self.x), "CN", MBSTRING_UTF8,
        (const uint8_t *)name, -1, -1, 0);
    X509_set_issuer_name(self.x, X509_get_subject_name(issuer));
    add_extension(self.x, issuer, NID_basic_constraints,
        by ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (usage)
        add_extension(self.x, issuer, NID_key_usage, usage);
    add_extension(self.x, issuer, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(self.x, by ? by->key : self.key, EVP_sha256()) > 0);
    return self;
}

static void close_holder(holder_of_key_t *self)
{
    X509_free(self->x);
    EVP_PKEY_free(self->key);
}

static const char *put_pem(const char *name, X509 *x)
{
    uint8_t *der = NULL;
    buf_t pem = {0};
    int size = i2d_X509(x, &der);
    x509_print_pem(PEM_STRING_X509, span_of(der, (size_t)size), &pem);
    const char *path = scratch_at(&scratch, name);
    assert_int_equal(file_replace(path, buf_span(&pem), 0600, &why), 0);
    OPENSSL_free(der);
    buf_destroy(&pem);
    return path;
}

static CMS_ContentInfo *sign(const holder_of_key_t *by, const char *text, unsigned flags)
{
    BIO *content = BIO_new_mem_buf(text, (int)strlen(text));
    CMS_ContentInfo *cms = CMS_sign(by->x, by->key, NULL, content, CMS_BINARY | flags);
    assert_non_null(cms);
    BIO_free(content);
    return cms;
}

static void der_of(const holder_of_key_t *by, unsigned flags, buf_t *out)
{
    uint8_t *der = NULL;
    CMS_ContentInfo *cms = sign(by, document, flags);
    int size = i2d_CMS_ContentInfo(cms, &der);
    buf_clear(out);
    buf_put(out, der, (size_t)size);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
}

static int check(span_t signature, const char *text, const char *const *trusted,
    int64_t at_s, cms_signers_t *signers)
{
    why.text[0] = 0;
    return cms_check(signature, span_text(text), trusted, 1, at_s * 1000, signers, &why);
}

#define REFUSED(says, ...)                                                               \
    do {                                                                                 \
        cms_signers_t none;                                                              \
        assert_int_equal(check(__VA_ARGS__, &none), -1);                                 \
        if (!strstr(why.text, says))                                                     \
            fail_msg("'%s' instead of '%s'", why.text, says);                            \
    } while (0)

static void a_good_one_says_who_signed(void **state)
{
    (void)state;
    buf_t der = {0}, pem = {0};
    cms_signers_t signers;
    der_of(&signer, CMS_DETACHED, &der);
    assert_int_equal(check(buf_span(&der), document, ca_path, now_s, &signers), 0);
    assert_int_equal(signers.n, 1);
    assert_string_equal(signers.signer[0].subject, "CN=\xd0\x90. \xd0\x91");
    assert_string_equal(signers.signer[0].issuer, "CN=national");
    assert_string_equal(signers.signer[0].serial, "04A3");
    x509_print_pem(PEM_STRING_PKCS7, buf_span(&der), &pem);
    assert_int_equal(check(buf_span(&pem), document, ca_path, now_s, &signers), 0);
    buf_clear(&pem);
    x509_print_pem(PEM_STRING_CMS, buf_span(&der), &pem);
    assert_int_equal(check(buf_span(&pem), document, ca_path, now_s, &signers), 0);
    // Whoever is given is trusted.
    const char *own[] = {put_pem("own.pem", signer.x)};
    assert_int_equal(check(buf_span(&der), document, own, now_s, &signers), 0);
    buf_destroy(&der);
    buf_destroy(&pem);
}

static void of_other_bytes_or_by_others_it_is_none(void **state)
{
    (void)state;
    buf_t der = {0};
    der_of(&signer, CMS_DETACHED, &der);
    REFUSED("not good over these bytes", buf_span(&der), "{\"id\": 2}", ca_path, now_s);
    REFUSED("not good over these bytes", buf_span(&der), "", ca_path, now_s);
    REFUSED("unable to get", buf_span(&der), document, other_path, now_s);
    REFUSED("has expired", buf_span(&der), document, ca_path, now_s + 2 * DAY);
    REFUSED("not yet valid", buf_span(&der), document, ca_path, now_s - 2 * DAY);
    const char *nothing[] = {scratch_at(&scratch, "empty.pem")};
    assert_int_equal(file_replace(nothing[0], span_text("no PEM\n"), 0600, &why), 0);
    REFUSED("no certificate in PEM", buf_span(&der), document, nothing, now_s);
    const char *absent[] = {scratch_at(&scratch, "absent.pem")};
    REFUSED("absent.pem", buf_span(&der), document, absent, now_s);
    der_of(&encipherer, CMS_DETACHED, &der);
    REFUSED("not for signatures", buf_span(&der), document, ca_path, now_s);
    der_of(&signer, 0, &der);
    REFUSED("content of its own", buf_span(&der), document, ca_path, now_s);
    buf_destroy(&der);
}

static void what_is_no_signature_is_refused(void **state)
{
    (void)state;
    buf_t der = {0};
    REFUSED("empty or larger", span_text(""), document, ca_path, now_s);
    REFUSED("no CMS signature", span_text("{}"), document, ca_path, now_s);
    REFUSED(
        "no CMS signature", span_text("-----BEGIN CMS-----\n"), document, ca_path, now_s);
    der_of(&signer, CMS_DETACHED, &der);
    for (size_t size = 1; size < der.size; size++)
        REFUSED("no CMS signature", span_of(der.data, size), document, ca_path, now_s);
    buf_put_u8(&der, 0);
    REFUSED("no CMS signature", buf_span(&der), document, ca_path, now_s);
    der.size--;
    for (size_t i = 0; i < der.size;
         i++) { // what is signed, and who signs, cannot change
        cms_signers_t signers;
        der.data[i] ^= 0x40;
        if (check(buf_span(&der), document, ca_path, now_s, &signers) == 0)
            assert_string_equal(signers.signer[0].issuer, "CN=national");
        der.data[i] ^= 0x40;
    }
    buf_destroy(&der);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    ca = issue("national", NULL, "critical,keyCertSign,cRLSign");
    other = issue("other", NULL, "critical,keyCertSign,cRLSign");
    signer = issue("\xd0\x90. \xd0\x91", &ca, "critical,digitalSignature");
    encipherer = issue("lock", &ca, "critical,keyEncipherment");
    static char places[2][PATH_MAX]; // scratch_at's own do not last
    (void)snprintf(places[0], sizeof places[0], "%s", put_pem("ca.pem", ca.x));
    (void)snprintf(places[1], sizeof places[1], "%s", put_pem("other.pem", other.x));
    ca_path[0] = places[0];
    other_path[0] = places[1];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_holder(&ca);
    close_holder(&other);
    close_holder(&signer);
    close_holder(&encipherer);
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_says_who_signed),
        cmocka_unit_test(of_other_bytes_or_by_others_it_is_none),
        cmocka_unit_test(what_is_no_signature_is_refused),
    };
    return test_group(tests, set_up, tear_down);
}
