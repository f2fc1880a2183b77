// cert: the CA's own certificates pass, and each way of being wrong is told apart.
//
// A recipe says what is issued; the table below is the good recipe with one thing
// spoiled.

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/authority.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sodium.h>

enum { DAY = 86400 };
static const int64_t now_s = 1795348800; // 2026-11-22T12:00:00Z
static scratch_t scratch;
static cause_t why;

typedef struct {
    long days;               // valid from so many days before now until so many after
    const char *cn, *ou, *o; // NULL: left out, here and below
    const char *san, *usage, *basic, *type;
    const char *purposes;      // extended key usage
    const char *title, *st;    // an office and its territory
    const char *surname;       // one attribute more
    const char *critical;      // an extension nobody knows
    const char *version1;      // any text: no extensions
    const char *no_issuer_key; // any text: no authorityKeyIdentifier
} recipe_t;

static const recipe_t good = {.days = 1,
    .cn = "isoc-energy",
    .ou = "isoc",
    .o = "KZ-ENERGY",
    .usage = "critical,digitalSignature,nonRepudiation",
    .basic = "critical,CA:FALSE",
    .type = "ED25519"};

typedef struct {
    X509 *x;
    EVP_PKEY *key;
} issuer_t;

static issuer_t ca, stranger, impostor;

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static void add_name(X509 *x, const char *field, const char *value)
{
    if (value)
        assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), field,
                             MBSTRING_UTF8, (const uint8_t *)value, -1, -1, 0),
            1);
}

static void add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    if (!value)
        return;
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(x, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static void add_unknown(X509 *x, const char *oid)
{
    if (!oid)
        return;
    ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    assert_int_equal(ASN1_OCTET_STRING_set(data, (const uint8_t *)"\x05\x00", 2), 1);
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, object, 1, data);
    assert_int_equal(X509_add_ext(x, extension, -1), 1);
    X509_EXTENSION_free(extension);
    ASN1_OBJECT_free(object);
    ASN1_OCTET_STRING_free(data);
}

static X509 *blank(const recipe_t *recipe, long serial, EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509_set_version(x, recipe->version1 ? 0 : 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(now_s - recipe->days * DAY));
    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(now_s + recipe->days * DAY));
    X509_set_pubkey(x, key);
    add_name(x, "CN", recipe->cn);
    add_name(x, "OU", recipe->ou);
    add_name(x, "O", recipe->o);
    add_name(x, "title", recipe->title);
    add_name(x, "ST", recipe->st);
    add_name(x, "SN", recipe->surname);
    return x;
}

static X509 *issue(const recipe_t *recipe, const issuer_t *by, long serial)
{
    EVP_PKEY *key = strcmp(recipe->type, "RSA") == 0
                        ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                    : recipe->type[0] == 'P'
                        ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", recipe->type)
                        : EVP_PKEY_Q_keygen(NULL, NULL, recipe->type);
    X509 *x = blank(recipe, serial, key);
    X509_set_issuer_name(x, X509_get_subject_name(by->x));
    if (!recipe->version1) {
        add_extension(x, by->x, NID_basic_constraints, recipe->basic);
        add_extension(x, by->x, NID_key_usage, recipe->usage);
        add_extension(x, by->x, NID_ext_key_usage, recipe->purposes);
        add_extension(x, by->x, NID_subject_alt_name, recipe->san);
        add_extension(x, by->x, NID_subject_key_identifier, "hash");
        add_extension(x, by->x, NID_authority_key_identifier,
            recipe->no_issuer_key ? NULL : "keyid:always");
        add_unknown(x, recipe->critical);
    }
    assert_true(X509_sign(x, by->key, NULL) > 0);
    EVP_PKEY_free(key);
    return x;
}

static issuer_t new_issuer(void)
{
    issuer_t self;
    const recipe_t recipe = {.days = 10, .cn = "ca", .o = "KZ-NCCIS"};
    self.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    self.x = blank(&recipe, 1, self.key);
    X509_set_issuer_name(self.x, X509_get_subject_name(self.x));
    add_extension(self.x, self.x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(self.x, self.x, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(self.x, self.x, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(self.x, self.key, NULL) > 0);
    return self;
}

static void save_cert(const char *name, X509 *x)
{
    FILE *file = fopen(at(name), "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, x), 1);
    assert_int_equal(fclose(file), 0);
}

// A CRL that revokes `serial` (0: none), due again `due_s` from now.
static void save_crl(
    const char *name, const issuer_t *by, long number, long serial, long due_s)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *moment = ASN1_TIME_set(NULL, (time_t)(now_s - 3600));
    ASN1_INTEGER *integer = ASN1_INTEGER_new();
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(by->x));
    X509_CRL_set1_lastUpdate(crl, moment);
    if (serial) {
        X509_REVOKED *revoked = X509_REVOKED_new();
        ASN1_INTEGER_set(integer, serial);
        X509_REVOKED_set_serialNumber(revoked, integer);
        X509_REVOKED_set_revocationDate(revoked, moment);
        X509_CRL_add0_revoked(crl, revoked);
    }
    ASN1_TIME_set(moment, (time_t)(now_s + due_s));
    X509_CRL_set1_nextUpdate(crl, moment);
    if (number) {
        ASN1_INTEGER_set(integer, number);
        assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_crl_number, integer, 0, 0), 1);
    }
    X509V3_CTX context;
    X509V3_set_ctx(&context, by->x, NULL, NULL, crl, 0);
    X509_EXTENSION *akid =
        X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    X509_CRL_add_ext(crl, akid, -1);
    X509_CRL_sort(crl);
    assert_true(X509_CRL_sign(crl, by->key, NULL) > 0);
    FILE *file = fopen(at(name), "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509_CRL(file, crl), 1);
    assert_int_equal(fclose(file), 0);
    X509_EXTENSION_free(akid);
    ASN1_INTEGER_free(integer);
    ASN1_TIME_free(moment);
    X509_CRL_free(crl);
}

static int parse_as(
    int (*as)(cert_t *cert, span_t der, cause_t *why), cert_t *cert, X509 *x)
{
    uint8_t *der = NULL;
    int size = i2d_X509(x, &der);
    assert_true(size > 0);
    int result = as(cert, span_of(der, (size_t)size), &why);
    OPENSSL_free(der);
    return result;
}

static int parse(cert_t *cert, X509 *x)
{
    return parse_as(cert_parse, cert, x);
}

static authority_t *open_authority(void)
{
    authority_t *self = authority_open(at("ca.pem"), at("crl.pem"), &why);
    assert_non_null(self);
    return self;
}

static void a_good_one_says_who_it_is(void **state)
{
    (void)state;
    cert_t cert;
    X509 *x = issue(&good, &ca, 0x7fab);
    uint8_t raw[32];
    size_t size = sizeof raw;
    authority_t *authority = open_authority();
    assert_int_equal(parse(&cert, x), 0);
    assert_int_equal(cert.use, CERT_SEAL);
    assert_string_equal(cert.name, "isoc-energy");
    assert_string_equal(cert.node, "isoc-energy");
    assert_string_equal(cert.role, "isoc");
    assert_string_equal(cert.organisation, "KZ-ENERGY");
    assert_string_equal(cert.serial, "7fab");
    assert_int_equal(cert.not_before_ms, (now_s - DAY) * 1000);
    assert_int_equal(cert.not_after_ms, (now_s + DAY) * 1000);
    EVP_PKEY_get_raw_public_key(X509_get0_pubkey(x), raw, &size);
    assert_memory_equal(raw, cert.key, 32);
    assert_int_equal(cert_check(&cert, authority, now_s * 1000, &why), 0);
    authority_close(&authority);
    cert_close(&cert);
    X509_free(x);
}

static void channels_and_officers_pass(void **state)
{
    (void)state;
    recipe_t channel = good;
    recipe_t officer = good;
    cert_t cert;
    authority_t *authority = open_authority();
    channel.type = "X25519";
    channel.usage = "critical,keyAgreement";
    X509 *x = issue(&channel, &ca, 10);
    assert_int_equal(parse(&cert, x), 0);
    assert_int_equal(cert.use, CERT_CHANNEL);
    assert_int_equal(cert_check(&cert, authority, now_s * 1000, &why), 0);
    cert_close(&cert);
    X509_free(x);
    officer.cn = "aigul";
    officer.ou = "officer";
    officer.san = "DNS:nccis";
    x = issue(&officer, &ca, 11);
    assert_int_equal(parse(&cert, x), 0);
    assert_string_equal(cert.name, "aigul");
    assert_string_equal(cert.node, "nccis");
    assert_string_equal(cert.office, "");
    assert_int_equal(cert_check(&cert, authority, now_s * 1000, &why), 0);
    cert_close(&cert);
    X509_free(x);
    officer.title = "head-of-territorial-body";
    officer.st = "KZ-75";
    x = issue(&officer, &ca, 12);
    assert_int_equal(parse(&cert, x), 0);
    assert_string_equal(cert.office, "head-of-territorial-body");
    assert_string_equal(cert.territory, "KZ-75");
    assert_int_equal(cert_check(&cert, authority, now_s * 1000, &why), 0);
    cert_close(&cert);
    X509_free(x);
    authority_close(&authority);
}

typedef enum { PARSE, CHECK } stage_t;

// The good recipe with up to three fields changed, judged `at_s` from now.
typedef struct {
    stage_t fails_in;
    const char *says;
    struct {
        size_t field; // 0: none
        const char *value;
    } change[3];
    long at_s;
    const issuer_t *by; // NULL: the CA
} spoiled_t;

#define F(name) offsetof(recipe_t, name)
#define LETTERS_64 "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

static const spoiled_t spoiled[] = {
    {PARSE, "exactly one CN", {{F(cn), NULL}}, 0, NULL},
    {PARSE, "exactly one OU", {{F(ou), NULL}}, 0, NULL},
    {PARSE, "exactly one O", {{F(o), NULL}}, 0, NULL},
    {PARSE, "not a node id", {{F(cn), "Isoc-Energy"}}, 0, NULL},
    {PARSE, "not a node id", {{F(cn), "-isoc"}}, 0, NULL},
    {PARSE, "not a node id", {{F(cn), "isoc.energy"}}, 0, NULL},
    {PARSE, "CN is empty, too long", {{F(cn), LETTERS_64}}, 0, NULL},
    {PARSE, "not a role", {{F(ou), "isok"}}, 0, NULL},
    {PARSE, "not an organisation code", {{F(o), "KZ ENERGY"}}, 0, NULL},
    {PARSE, "more than CN, OU, O, title and ST", {{F(surname), "x"}}, 0, NULL},
    {PARSE, "only an officer has an office", {{F(title), "head"}}, 0, NULL},
    {PARSE, "that of an office",
        {{F(ou), "officer"}, {F(san), "DNS:nccis"}, {F(st), "KZ-75"}}, 0, NULL},
    {PARSE, "not the word of an office",
        {{F(ou), "officer"}, {F(san), "DNS:nccis"}, {F(title), "the head"}}, 0, NULL},
    {PARSE, "title is empty, too long",
        {{F(ou), "officer"}, {F(san), "DNS:nccis"}, {F(title), LETTERS_64}}, 0, NULL},
    {PARSE, "only an officer's", {{F(san), "DNS:nccis"}}, 0, NULL},
    {PARSE, "one subjectAltName", {{F(ou), "officer"}}, 0, NULL},
    {PARSE, "one subjectAltName", {{F(ou), "officer"}, {F(san), "DNS:a,DNS:b"}}, 0, NULL},
    {PARSE, "one subjectAltName", {{F(ou), "officer"}, {F(san), "email:a@b.kz"}}, 0,
        NULL},
    {PARSE, "one subjectAltName", {{F(ou), "officer"}, {F(san), "DNS:*.nccis"}}, 0, NULL},
    {PARSE, "an officer has no channel",
        {{F(ou), "officer"}, {F(san), "DNS:nccis"}, {F(type), "X25519"}}, 0, NULL},
    {PARSE, "neither Ed25519 nor X25519", {{F(type), "RSA"}}, 0, NULL},
    {PARSE, "that of a browser", {{F(type), "P-256"}}, 0, NULL},
    {CHECK, "not valid before 2026-11-21T12:00:00", {{0, NULL}}, -DAY - 1, NULL},
    {CHECK, "expired at 2026-11-23T12:00:00", {{0, NULL}}, DAY, NULL},
    {CHECK, "expired at 2026-11-23T12:00:00", {{0, NULL}}, 9 * DAY, NULL},
    {CHECK, "not issued by this CA", {{0, NULL}}, 0, &stranger},
    {CHECK, "signature", {{0, NULL}}, 0, &impostor},
    {CHECK, "not that of a seal", {{F(usage), NULL}}, 0, NULL},
    {CHECK, "not that of a seal", {{F(usage), "critical,nonRepudiation"}}, 0, NULL},
    {CHECK, "not that of a seal", {{F(usage), "critical,keyAgreement"}}, 0, NULL},
    {CHECK, "not that of a seal", {{F(usage), "digitalSignature,keyAgreement"}}, 0, NULL},
    {CHECK, "not that of a channel", {{F(type), "X25519"}}, 0, NULL},
    {CHECK, "not that of a channel",
        {{F(type), "X25519"}, {F(usage), "keyAgreement,encipherOnly"}}, 0, NULL},
    {CHECK, "it is the certificate of a CA", {{F(basic), "critical,CA:TRUE"}}, 0, NULL},
    {CHECK, "Missing Authority Key Identifier", {{F(no_issuer_key), "yes"}}, 0, NULL},
    {CHECK, "unhandled critical", {{F(critical), "1.2.3.4.5"}}, 0, NULL},
    {CHECK, "certificate of isoc-energy (seal, serial ", {{F(version1), "yes"}}, 0, NULL},
};

static recipe_t recipe_of(const spoiled_t *row)
{
    recipe_t recipe = good;
    for (size_t i = 0; i < 3; i++) {
        if (row->change[i].field)
            memcpy((char *)&recipe + row->change[i].field, &row->change[i].value,
                sizeof row->change[i].value);
    }
    return recipe;
}

static void each_fault_is_told(void **state)
{
    (void)state;
    authority_t *authority = open_authority();
    for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
        const spoiled_t *row = &spoiled[i];
        recipe_t recipe = recipe_of(row);
        cert_t cert;
        X509 *x = issue(&recipe, row->by ? row->by : &ca, (long)(100 + i));
        int result = parse(&cert, x);
        if (result != (row->fails_in == PARSE ? -1 : 0))
            fail_msg("row %zu: parsing gave %d: %s", i, result, why.text);
        if (result == 0 &&
            cert_check(&cert, authority, (now_s + row->at_s) * 1000, &why) == 0)
            fail_msg("row %zu: passed instead of '%s'", i, row->says);
        if (!strstr(why.text, row->says))
            fail_msg("row %zu: '%s' instead of '%s'", i, why.text, row->says);
        cert_close(&cert);
        X509_free(x);
    }
    authority_close(&authority);
}

// What is wrong with a browser's certificate of this recipe, or NULL.
static const char *browser_fault(const recipe_t *recipe)
{
    cert_t cert;
    authority_t *authority = open_authority();
    X509 *x = issue(recipe, &ca, 0x70);
    int result = parse_as(cert_parse_browser, &cert, x);
    if (result == 0) {
        assert_int_equal(cert.use, CERT_BROWSER);
        result = cert_check(&cert, authority, now_s * 1000, &why);
        cert_close(&cert);
    }
    X509_free(x);
    authority_close(&authority);
    return result == 0 ? NULL : why.text;
}

static void a_browsers_is_for_tls_alone(void **state)
{
    (void)state;
    const recipe_t browser = {.days = 1,
        .cn = "aigul",
        .ou = "officer",
        .o = "KZ-ENERGY",
        .san = "DNS:nccis",
        .usage = "critical,digitalSignature",
        .purposes = "clientAuth",
        .basic = "critical,CA:FALSE",
        .type = "P-256"};
    static const struct {
        size_t field;
        const char *value, *says;
    } rows[] = {
        {F(type), "P-384", "not P-256"},
        {F(type), "ED25519", "not P-256"},
        {F(purposes), NULL, "not that of a browser"},
        {F(purposes), "clientAuth,serverAuth", "not that of a browser"},
        {F(purposes), "serverAuth", "not that of a browser"},
        {F(usage), "critical,digitalSignature,nonRepudiation", "not that of a browser"},
        {F(usage), NULL, "not that of a browser"},
        {F(san), NULL, "one subjectAltName"},
    };
    assert_null(browser_fault(&browser));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        recipe_t recipe = browser;
        memcpy((char *)&recipe + rows[i].field, &rows[i].value, sizeof rows[i].value);
        const char *fault = browser_fault(&recipe);
        assert_non_null(fault);
        assert_non_null(strstr(fault, rows[i].says));
    }
    recipe_t node = browser;
    node.ou = "isoc";
    node.san = NULL;
    assert_non_null(strstr(browser_fault(&node), "only an officer"));
}

static void revocation_counts_even_when_the_crl_is_old(void **state)
{
    (void)state;
    static const long due_s[] = {DAY, -1};
    cert_t revoked;
    cert_t other;
    X509 *x = issue(&good, &ca, 0x55);
    X509 *y = issue(&good, &ca, 0x56);
    assert_int_equal(parse(&revoked, x), 0);
    assert_int_equal(parse(&other, y), 0);
    for (size_t i = 0; i < 2; i++) {
        save_crl("some.pem", &ca, 7, 0x55, due_s[i]);
        authority_t *authority = authority_open(at("ca.pem"), at("some.pem"), &why);
        assert_non_null(authority);
        assert_int_equal(cert_check(&other, authority, now_s * 1000, &why), 0);
        assert_int_equal(cert_check(&revoked, authority, now_s * 1000, &why), -1);
        assert_non_null(strstr(why.text, "revoked by the CA"));
        // At a moment before the CRL was issued too.
        assert_int_equal(
            cert_check(&revoked, authority, (now_s - 7200) * 1000, &why), -1);
        assert_int_equal(cert_check(&other, authority, (now_s - 7200) * 1000, &why), 0);
        assert_int_equal(authority_crl_number(authority), 7);
        assert_int_equal(
            authority_crl_next_update_ms(authority), (now_s + due_s[i]) * 1000);
        assert_true(authority_revoked(authority, &revoked));
        assert_false(authority_revoked(authority, &other));
        static const char *const none[] = {"", "5", "zz", "56"};
        for (size_t k = 0; k < sizeof none / sizeof *none; k++)
            assert_false(authority_revokes(authority, revoked.issuer, none[k]));
        assert_false(authority_revokes(authority, "00", "55"));
        assert_int_equal(
            authority_revoked_since_ms(authority, &revoked), (now_s - 3600) * 1000 + 999);
        assert_true(authority_revoked_since_ms(authority, &other) == INT64_MAX);
        authority_close(&authority);
    }
    cert_close(&revoked);
    cert_close(&other);
    X509_free(x);
    X509_free(y);
}

static void note_serial(void *context, const char *issuer, const char *serial)
{
    assert_int_equal(strlen(issuer), 40); // SHA-1 of the CA's key, as it stands
    buf_printf(context, "%s ", serial);
}

static void an_authority_prints_what_it_is(void **state)
{
    (void)state;
    buf_t serials = {0};
    buf_t text = {0};
    buf_t again = {0};
    save_crl("some.pem", &ca, 7, 0x55aa, DAY);
    authority_t *authority = authority_open(at("ca.pem"), at("some.pem"), &why);
    authority_each_revoked(authority, note_serial, &serials);
    assert_string_equal(buf_text(&serials), "55aa ");
    authority_print(authority, &text);
    authority_close(&authority);
    // What was printed serves as both files.
    assert_int_equal(file_replace(at("both.pem"), buf_span(&text), 0600, &why), 0);
    authority = authority_open(at("both.pem"), at("both.pem"), &why);
    assert_non_null(authority);
    authority_print(authority, &again);
    assert_true(span_equal(buf_span(&text), buf_span(&again)));
    authority_close(&authority);
    buf_destroy(&serials);
    buf_destroy(&text);
    buf_destroy(&again);
}

static void an_authority_needs_its_own_papers(void **state)
{
    (void)state;
    X509 *x = issue(&good, &ca, 0x60);
    save_cert("leaf.pem", x);
    save_crl("alien.pem", &stranger, 7, 0, DAY);
    save_crl("forged.pem", &impostor, 7, 0, DAY);
    save_crl("unnumbered.pem", &ca, 0, 0, DAY);
    X509_free(x);
    static const char *const table[][3] = {
        {"none.pem", NULL, "No such file"},
        {"leaf.pem", NULL, "not the certificate of a CA"},
        {"crl.pem", NULL, "no whole CERTIFICATE"},
        {"ca.pem", "none.pem", "No such file"},
        {"ca.pem", "ca.pem", "no whole X509 CRL"},
        {"ca.pem", "alien.pem", "not signed by this CA"},
        {"ca.pem", "forged.pem", "not signed by this CA"},
        {"ca.pem", "unnumbered.pem", "no usable CRL number"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_null(
            authority_open(at(table[i][0]), table[i][1] ? at(table[i][1]) : NULL, &why));
        if (!strstr(why.text, table[i][2]))
            fail_msg("row %zu: '%s' instead of '%s'", i, why.text, table[i][2]);
    }
}

static void without_a_crl_nothing_is_revoked(void **state)
{
    (void)state;
    cert_t cert;
    X509 *x = issue(&good, &ca, 0x61);
    authority_t *authority = authority_open(at("ca.pem"), NULL, &why);
    assert_non_null(authority);
    assert_int_equal(authority_crl_number(authority), 0);
    assert_int_equal(parse(&cert, x), 0);
    assert_false(authority_revoked(authority, &cert));
    assert_int_equal(cert_check(&cert, authority, now_s * 1000, &why), 0);
    authority_close(&authority);
    cert_close(&cert);
    X509_free(x);
}

static void der_cut_or_lengthened_is_refused(void **state)
{
    (void)state;
    cert_t cert;
    uint8_t *der = NULL;
    X509 *x = issue(&good, &ca, 0x62);
    int size = i2d_X509(x, &der);
    for (int cut = 0; cut < size; cut++)
        assert_int_equal(cert_parse(&cert, span_of(der, (size_t)cut), &why), -1);
    uint8_t *longer = malloc((size_t)size + 1);
    memcpy(longer, der, (size_t)size);
    longer[size] = 0;
    assert_int_equal(cert_parse(&cert, span_of(longer, (size_t)size + 1), &why), -1);
    free(longer);
    OPENSSL_free(der);
    X509_free(x);
}

// Whatever a flipped bit turns the certificate into, the signature no longer fits.
static void no_flipped_bit_passes(void **state)
{
    (void)state;
    cert_t cert;
    uint8_t *der = NULL;
    X509 *x = issue(&good, &ca, 0x63);
    int size = i2d_X509(x, &der);
    authority_t *authority = open_authority();
    for (int bit = 0; bit < 8 * size; bit++) {
        der[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (cert_parse(&cert, span_of(der, (size_t)size), &why) == 0 &&
            cert_check(&cert, authority, now_s * 1000, &why) == 0)
            fail_msg("bit %d", bit);
        cert_close(&cert);
        der[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    authority_close(&authority);
    OPENSSL_free(der);
    X509_free(x);
}

// All ways to write a number that is a small point's: itself, the prime added where that
// fits, and either with the top bit set.
static size_t ways_to_write(const uint8_t point[32], uint8_t ways[4][32])
{
    size_t n = 0;
    memcpy(ways[n++], point, 32);
    uint8_t sum[32];
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        unsigned prime = i == 0 ? 0xed : i == 31 ? 0x7f : 0xff;
        carry += point[i] + prime;
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
    if (carry == 0 && !(sum[31] & 0x80))
        memcpy(ways[n++], sum, 32);
    for (size_t i = 0, plain = n; i < plain; i++) {
        memcpy(ways[n], ways[i], 32);
        ways[n++][31] |= 0x80;
    }
    return n;
}

static bool is_small_x25519(const uint8_t key[32])
{
    static const uint8_t scalar[32] = {8};
    uint8_t shared[32];
    return crypto_scalarmult(shared, scalar, key) != 0;
}

// Eight times the point, by doubling: the neutral one for those of small order.
static bool is_small_ed25519(const uint8_t key[32])
{
    static const uint8_t neutral[32] = {1};
    uint8_t point[32];
    memcpy(point, key, sizeof point);
    for (int i = 0; i < 3; i++)
        if (crypto_core_ed25519_add(point, point, point) != 0)
            return false; // not on the curve
    return memcmp(point, neutral, sizeof point) == 0;
}

// What libsodium finds weak is refused, in whichever way it is written, and what it does
// not is taken.
static void a_key_is_as_good_as_libsodium_says(void **state)
{
    (void)state;
    static const char *const x25519[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    static const char *const ed25519[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    uint8_t key[32], ways[4][32], seed[32] = {0}, secret[64];
    for (size_t i = 0; i < 5; i++) {
        assert_true(hex_decode(span_text(x25519[i]), key, 32));
        assert_true(is_small_x25519(key));
        for (size_t n = ways_to_write(key, ways); n > 0; n--)
            assert_non_null(cert_key_fault(CERT_CHANNEL, ways[n - 1]));
        assert_true(hex_decode(span_text(ed25519[i]), key, 32));
        assert_true(is_small_ed25519(key));
        for (size_t n = ways_to_write(key, ways); n > 0; n--)
            assert_non_null(cert_key_fault(CERT_SEAL, ways[n - 1]));
    }
    for (unsigned i = 0; i < 500; i++) {
        seed[0] = (uint8_t)i;
        seed[1] = (uint8_t)(i >> 8);
        (void)crypto_sign_seed_keypair(key, secret, seed);
        assert_null(cert_key_fault(CERT_SEAL, key));
        assert_false(is_small_ed25519(key));
        (void)crypto_scalarmult_base(key, seed);
        assert_null(cert_key_fault(CERT_CHANNEL, key));
        key[31] |= 0x80; // X25519 takes it for the same key
        assert_string_equal(
            cert_key_fault(CERT_CHANNEL, key), "not in its canonical form");
    }
}

static void pem_cut_anywhere_is_refused(void **state)
{
    (void)state;
    cert_t cert;
    buf_t pem = {0};
    X509 *x = issue(&good, &ca, 0x64);
    save_cert("whole.pem", x);
    assert_int_equal(file_read(at("whole.pem"), 65536, &pem, &why), 0);
    for (size_t cut = 0; cut + 1 < pem.size; cut++) { // the last LF carries nothing
        FILE *file = fopen(at("cut.pem"), "w");
        assert_int_equal(fwrite(pem.data, 1, cut, file), cut);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(cert_read(&cert, at("cut.pem"), &why), -1);
    }
    assert_int_equal(cert_read(&cert, at("whole.pem"), &why), 0);
    buf_clear(&pem);
    cert_print_pem(&cert, &pem);
    assert_int_equal(file_replace(at("again.pem"), buf_span(&pem), 0600, &why), 0);
    cert_t again;
    assert_int_equal(cert_read(&again, at("again.pem"), &why), 0);
    assert_true(span_equal(buf_span(&cert.der), buf_span(&again.der)));
    cert_close(&again);
    cert_close(&cert);
    buf_destroy(&pem);
    X509_free(x);
}

static void roles_and_ids_are_a_closed_set(void **state)
{
    (void)state;
    size_t n = 0;
    for (; cert_roles[n]; n++)
        assert_true(cert_role_known(cert_roles[n]));
    assert_int_equal(n, 15);
    assert_false(cert_role_known("ISOC"));
    assert_false(cert_role_known(""));
    assert_true(cert_node_id_valid(span_text("a")));
    assert_true(cert_node_id_valid(span_text("1400-centre")));
    static const char *const bad[] = {
        "", "-", "a-", "-a", "A", "a_b", "a.b", "a b", "a\n", "\xd0\xb0", LETTERS_64};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(cert_node_id_valid(span_text(bad[i])));
}

static int begin(void **state)
{
    (void)state;
    scratch_open(&scratch);
    ca = new_issuer();
    stranger = new_issuer(); // the same name, another key
    impostor = (issuer_t){ca.x, stranger.key};
    save_cert("ca.pem", ca.x);
    save_crl("crl.pem", &ca, 1, 0x9999, DAY);
    return 0;
}

static int end(void **state)
{
    (void)state;
    X509_free(ca.x);
    X509_free(stranger.x);
    EVP_PKEY_free(ca.key);
    EVP_PKEY_free(stranger.key);
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_says_who_it_is),
        cmocka_unit_test(channels_and_officers_pass),
        cmocka_unit_test(each_fault_is_told),
        cmocka_unit_test(a_browsers_is_for_tls_alone),
        cmocka_unit_test(revocation_counts_even_when_the_crl_is_old),
        cmocka_unit_test(an_authority_prints_what_it_is),
        cmocka_unit_test(an_authority_needs_its_own_papers),
        cmocka_unit_test(without_a_crl_nothing_is_revoked),
        cmocka_unit_test(der_cut_or_lengthened_is_refused),
        cmocka_unit_test(no_flipped_bit_passes),
        cmocka_unit_test(pem_cut_anywhere_is_refused),
        cmocka_unit_test(a_key_is_as_good_as_libsodium_says),
        cmocka_unit_test(roles_and_ids_are_a_closed_set),
    };
    return test_group(tests, begin, end);
}
