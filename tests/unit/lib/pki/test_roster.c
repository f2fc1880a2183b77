// roster: who is in, who is out and why, and which reloads are refused whole.
//
// Certificates and CRLs are issued by the CA's own code, from keys that are only numbers.

#include "lib/pki/roster.h"

#include "certs/folder/issue.h"
#include "lib/base/file.h"
#include "lib/pki/seal.h"
#include "lib/pki/x509.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <unistd.h>

#include <openssl/pem.h>

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
static const int64_t now = INT64_C(1795348800000); // 2026-11-22T12:00:00Z

static scratch_t scratch;
static signer_t ca, stranger;
static ledger_t ledger;
static cause_t why;

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static void put(const char *name, const buf_t *text)
{
    if (file_replace(at(name), buf_span(text), 0600, &why) != 0)
        fail_msg("%s", why.text);
}

static signer_t make_ca(const char *name)
{
    signer_t self = {.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
    buf_t der = {0}, pem = {0};
    char file[64];
    assert_int_equal(
        issue_root(self.key, name, NULL, now - 100 * DAY, now + 1000 * DAY, &der, &why),
        0);
    self.cert = x509_of(buf_span(&der));
    x509_print_pem(PEM_STRING_X509, buf_span(&der), &pem);
    (void)snprintf(file, sizeof file, "%s.pem", name);
    put(file, &pem);
    buf_destroy(&der);
    buf_destroy(&pem);
    return self;
}

static void wipe(const char *sub)
{
    names_t names = {0};
    char path[256];
    if (names_list(&names, at(sub), "", &why) != 0)
        return;
    for (size_t i = 0; i < names.n; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", at(sub), names.name[i]);
        (void)unlink(path);
    }
    names_free(&names);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    if (folder_make(at("roster"), 0700, &why) != 0)
        return -1;
    ca = make_ca("ca");
    stranger = make_ca("stranger");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wipe("roster");
    (void)rmdir(at("roster"));
    wipe("");
    X509_free(ca.cert);
    EVP_PKEY_free(ca.key);
    X509_free(stranger.cert);
    EVP_PKEY_free(stranger.key);
    scratch_close(&scratch);
    return 0;
}

// Every test begins with an empty folder and an empty ledger.
static int begin(void **state)
{
    (void)state;
    wipe("roster");
    ledger = (ledger_t){0};
    return 0;
}

static int finish(void **state)
{
    (void)state;
    ledger_free(&ledger);
    return 0;
}

// A public key that nobody has the secret of; any 32 bytes will do for a certificate.
static void key_of(const char *name, cert_use_t use, uint8_t key[32])
{
    hash_t hash;
    char text[128];
    (void)snprintf(text, sizeof text, "%s/%d", name, (int)use);
    sha256(span_text(text), &hash);
    memcpy(key, hash.bytes, 32);
    key[31] &= 0x7f; // as an X25519 key is written
}

typedef struct {
    const char *name, *role, *organisation, *node; // node NULL: the name
    cert_use_t use;
    const char *key;     // NULL: the name's; else another's
    int64_t from, until; // 0: a day before now, thirty after
} wish_t;

// What the last issue() made, and what the next one is to make, where that is not as
// usual.
static char last_serial[SERIAL_MAX];
static const uint8_t *next_key;
static const char *next_serial;

static void issue_by(const signer_t *by, const wish_t *wish, buf_t *pem)
{
    issued_t entry = {.use = wish->use,
        .issued_ms = now,
        .not_before_ms = wish->from != 0 ? wish->from : now - DAY,
        .not_after_ms = wish->until != 0 ? wish->until : now + 30 * DAY};
    const char *node = wish->node != NULL ? wish->node : wish->name;
    cert_t cert;
    (void)snprintf(entry.holder.name, sizeof entry.holder.name, "%s", wish->name);
    (void)snprintf(entry.holder.role, sizeof entry.holder.role, "%s", wish->role);
    (void)snprintf(entry.holder.organisation, sizeof entry.holder.organisation, "%s",
        wish->organisation);
    (void)snprintf(entry.holder.node, sizeof entry.holder.node, "%s", node);
    key_of(wish->key != NULL ? wish->key : wish->name, wish->use, entry.key);
    if (next_key)
        memcpy(entry.key, next_key, sizeof entry.key);
    seal_key_id(entry.key, entry.key_id);
    serial_new(entry.serial);
    if (next_serial)
        (void)snprintf(entry.serial, sizeof entry.serial, "%s", next_serial);
    next_key = NULL;
    next_serial = NULL;
    memcpy(last_serial, entry.serial, sizeof last_serial);
    if (issue_certificate(by, &entry, &cert, &why) == -1)
        fail_msg("%s", why.text);
    cert_print_pem(&cert, pem);
    cert_close(&cert);
    ledger_add(&ledger, &entry);
}

// Into roster/<file>.
static void issue(const char *file, const wish_t *wish)
{
    buf_t pem = {0};
    char name[128];
    issue_by(&ca, wish, &pem);
    (void)snprintf(name, sizeof name, "roster/%s", file);
    put(name, &pem);
    buf_destroy(&pem);
}

// Seal and channel of a node in one file.
static void enrol(const char *name, const char *role, const char *organisation)
{
    buf_t pem = {0};
    char file[128];
    wish_t wish = {.name = name, .role = role, .organisation = organisation};
    wish.use = CERT_CHANNEL;
    issue_by(&ca, &wish, &pem);
    wish.use = CERT_SEAL;
    issue_by(&ca, &wish, &pem);
    (void)snprintf(file, sizeof file, "roster/%s.pem", name);
    put(file, &pem);
    buf_destroy(&pem);
}

static void put_out(const char *name, cert_use_t use)
{
    for (size_t i = 0; i < ledger.n; i++)
        if (strcmp(ledger.entry[i].holder.name, name) == 0 &&
            ledger.entry[i].use == use) {
            ledger.entry[i].revoked_ms = now - HOUR;
            (void)snprintf(ledger.entry[i].reason, REASON_MAX, "unspecified");
        }
}

static void publish_crl_due(uint64_t number, int64_t next_ms)
{
    buf_t der = {0}, pem = {0};
    ledger.crl_number = number;
    if (issue_crl(&ca, &ledger, next_ms - 7 * DAY, next_ms, &der, &why) == -1)
        fail_msg("%s", why.text);
    x509_print_pem(PEM_STRING_X509_CRL, buf_span(&der), &pem);
    put("crl.pem", &pem);
    buf_destroy(&der);
    buf_destroy(&pem);
}

static void publish_crl(uint64_t number)
{
    publish_crl_due(number, now + 3 * DAY);
}

static roster_t *load_at(const roster_t *before, int64_t moment)
{
    why = (cause_t){""};
    return roster_open(at("roster"), at("ca.pem"), at("crl.pem"), before, moment, &why);
}

static roster_t *load(const roster_t *before)
{
    roster_t *self = load_at(before, now);
    if (self == NULL)
        fail_msg("%s", why.text);
    return self;
}

static void refused(const roster_t *before, int64_t moment, const char *complaint)
{
    roster_t *self = load_at(before, moment);
    assert_null(self);
    if (strstr(why.text, complaint) == NULL)
        fail_msg("said:     %s\nexpected: %s", why.text, complaint);
}

// "in", or why not.
static const char *channel_at(const roster_t *self, const char *name, int64_t moment)
{
    const char *refusal = NULL;
    uint8_t key[32];
    key_of(name, CERT_CHANNEL, key);
    const member_t *member = roster_by_channel(self, key, moment, &refusal);
    assert_int_equal(member == NULL, refusal != NULL);
    assert_ptr_equal(roster_by_channel(self, key, moment, NULL), member);
    if (member != NULL)
        assert_string_equal(member->id, name);
    return member != NULL ? "in" : refusal;
}

static const char *seal_at(const roster_t *self, const char *name, int64_t moment)
{
    const char *refusal = NULL;
    uint8_t key[32];
    char id[HASH_HEX];
    key_of(name, CERT_SEAL, key);
    seal_key_id(key, id);
    const cert_t *cert = roster_by_seal(self, id, moment, &refusal);
    assert_int_equal(cert == NULL, refusal != NULL);
    if (cert != NULL)
        assert_string_equal(cert->name, name);
    return cert != NULL ? "in" : refusal;
}

static const char *members(const roster_t *self)
{
    static buf_t list;
    buf_clear(&list);
    for (size_t i = 0; i < roster_count(self); i++)
        buf_printf(&list, "%s:%s:%s ", roster_at(self, i)->id, roster_at(self, i)->role,
            roster_at(self, i)->organisation);
    static char text[1024];
    (void)snprintf(text, sizeof text, "%s", buf_text(&list));
    buf_destroy(&list);
    return text;
}

static const char *group(const roster_t *self, const char *role, const char *organisation)
{
    static char text[256];
    text[0] = 0;
    roster_group_t found = roster_group(self, role, organisation);
    for (size_t i = 0; i < found.n; i++) {
        (void)strncat(text, found.member[i]->id, sizeof text - strlen(text) - 1);
        (void)strncat(text, " ", sizeof text - strlen(text) - 1);
    }
    return text;
}

static void members_are_found_by_role_and_organisation(void **state)
{
    (void)state;
    enrol("nccis", "nccis", "STS");
    enrol("soc-2", "isoc", "Beta");
    enrol("soc-1", "isoc", "Alpha");
    enrol("soc-3", "isoc", "Alpha");
    enrol("mine", "owner", "Alpha");
    issue("aigul.pem",
        &(wish_t){"aigul", "officer", "Alpha", "isoc", CERT_SEAL, NULL, 0, 0});
    publish_crl(1);
    roster_t *self = load(NULL);
    assert_string_equal(group(self, "isoc", ""), "soc-1 soc-2 soc-3 ");
    assert_string_equal(group(self, "isoc", "Alpha"), "soc-1 soc-3 ");
    assert_string_equal(group(self, "isoc", "Beta"), "soc-2 ");
    assert_string_equal(group(self, "owner", "Alpha"), "mine ");
    assert_string_equal(group(self, "owner", "Beta"), "");
    assert_string_equal(group(self, "isoc", "Alph"), "");
    assert_string_equal(group(self, "iso", ""), "");
    assert_string_equal(group(self, "officer", ""), ""); // no member
    assert_string_equal(group(self, "", ""), "");
    assert_string_equal(
        group(self, "a word that is longer than any role may be", "Alpha"), "");
    roster_close(&self);
}

static void nodes_and_officers_are_found(void **state)
{
    (void)state;
    enrol("nccis", "nccis", "STS");
    enrol("isoc-a", "isoc", "SOC");
    enrol("hub", "hub", "STS");
    issue("aigul.pem",
        &(wish_t){"aigul", "officer", "STS", "nccis", CERT_SEAL, NULL, 0, 0});
    publish_crl(1);
    roster_t *self = load(NULL);
    assert_string_equal(members(self), "hub:hub:STS isoc-a:isoc:SOC nccis:nccis:STS ");
    assert_string_equal(roster_member(self, "isoc-a")->role, "isoc");
    assert_null(roster_member(self, "aigul"));
    assert_null(roster_member(self, ""));
    assert_null(roster_member(self, "isoc"));
    assert_string_equal(channel_at(self, "isoc-a", now), "in");
    assert_string_equal(seal_at(self, "isoc-a", now), "in");
    assert_string_equal(seal_at(self, "aigul", now), "in");
    assert_string_equal(seal_at(self, "hub", now), "in");
    assert_string_equal(channel_at(self, "hub", now), "unknown"); // no way in
    assert_string_equal(channel_at(self, "isoc-b", now), "unknown");
    assert_string_equal(seal_at(self, "isoc-b", now), "unknown");
    uint8_t key[32];
    char id[HASH_HEX];
    key_of("aigul", CERT_SEAL, key);
    seal_key_id(key, id);
    assert_string_equal(roster_by_seal(self, id, now, NULL)->role, "officer");
    assert_string_equal(roster_by_seal(self, id, now, NULL)->node, "nccis");
    roster_close(&self);
    assert_null(self);
    roster_close(&self);
}

static void hostile_key_ids_find_nothing(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(1);
    roster_t *self = load(NULL);
    uint8_t key[32];
    char id[HASH_HEX + 8];
    const char *refusal = NULL;
    key_of("isoc-a", CERT_SEAL, key);
    seal_key_id(key, id);
    assert_non_null(roster_any_seal(self, id));
    id[64] = '0'; // longer
    id[65] = '\0';
    assert_null(roster_by_seal(self, id, now, &refusal));
    assert_string_equal(refusal, "unknown");
    assert_null(roster_any_seal(self, id));
    for (size_t size = 64; size-- > 0;) { // and shorter
        id[size] = '\0';
        assert_null(roster_by_seal(self, id, now, NULL));
        assert_null(roster_any_seal(self, id));
    }
    // a channel key is no seal and a seal key no channel
    assert_null(roster_by_channel(self, key, now, NULL));
    roster_close(&self);
}

static void validity_is_asked_of_the_clock(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(1);
    roster_t *self = load(NULL);
    const struct {
        int64_t moment;
        const char *verdict;
    } table[] = {{now, "in"}, {now - DAY, "in"}, {now - DAY - 1, "not yet valid"},
        {now + 30 * DAY - 1, "in"}, {now + 30 * DAY, "expired"}, {INT64_MAX, "expired"},
        {0, "not yet valid"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_string_equal(
            channel_at(self, "isoc-a", table[i].moment), table[i].verdict);
        assert_string_equal(seal_at(self, "isoc-a", table[i].moment), table[i].verdict);
    }
    roster_close(&self);
    // loaded outside its validity it is still a member: its inbox waits for the renewal
    self = load_at(NULL, now - 2 * DAY);
    assert_non_null(self);
    assert_int_equal(roster_count(self), 1);
    assert_string_equal(channel_at(self, "isoc-a", now), "in");
    roster_close(&self);
}

static void who_is_revoked_is_out_and_known(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    enrol("isoc-b", "isoc", "SOC");
    enrol("isoc-c", "isoc", "SOC");
    put_out("isoc-a", CERT_CHANNEL);
    put_out("isoc-a", CERT_SEAL);
    put_out("isoc-b", CERT_CHANNEL);
    publish_crl(2);
    roster_t *self = load(NULL);
    assert_string_equal(channel_at(self, "isoc-a", now), "revoked");
    assert_string_equal(seal_at(self, "isoc-a", now), "revoked");
    assert_string_equal(channel_at(self, "isoc-b", now), "revoked");
    assert_string_equal(seal_at(self, "isoc-b", now), "in");
    assert_string_equal(channel_at(self, "isoc-a", now + 99 * DAY), "revoked");
    assert_string_equal(members(self), "isoc-b:isoc:SOC isoc-c:isoc:SOC ");
    uint8_t key[32];
    char id[HASH_HEX];
    key_of("isoc-a", CERT_SEAL, key);
    seal_key_id(key, id);
    assert_non_null(roster_any_seal(self, id)); // what it sealed can still be proved
    roster_close(&self);
}

static void renewal_leaves_no_gap(void **state)
{
    (void)state;
    wish_t wish = {
        "isoc-a", "isoc", "SOC", NULL, CERT_CHANNEL, NULL, now - 9 * DAY, now + DAY};
    issue("old.pem", &wish);
    wish.from = now - HOUR; // the same key, certified again
    wish.until = now + 9 * DAY;
    issue("renewed.pem", &wish);
    wish.key = "isoc-a second"; // and a new key that begins tomorrow
    wish.from = now + DAY;
    issue("next.pem", &wish);
    publish_crl(1);
    roster_t *self = load(NULL);
    assert_int_equal(roster_count(self), 1);
    assert_string_equal(channel_at(self, "isoc-a", now - 2 * HOUR), "in");
    assert_string_equal(channel_at(self, "isoc-a", now + 2 * DAY), "in");
    assert_string_equal(channel_at(self, "isoc-a", now + 9 * DAY), "expired");
    uint8_t key[32];
    key_of("isoc-a second", CERT_CHANNEL, key);
    const char *refusal = NULL;
    assert_null(roster_by_channel(self, key, now, &refusal));
    assert_string_equal(refusal, "not yet valid");
    assert_non_null(roster_by_channel(self, key, now + DAY, NULL));
    roster_close(&self);
}

// One of two certificates for a key revoked: the other one counts.
static void a_revoked_certificate_does_not_taint_the_renewed_one(void **state)
{
    (void)state;
    wish_t wish = {"isoc-a", "isoc", "SOC", NULL, CERT_CHANNEL, NULL, 0, 0};
    issue("old.pem", &wish);
    put_out("isoc-a", CERT_CHANNEL);
    wish.from = now - HOUR;
    issue("new.pem", &wish);
    publish_crl(1);
    roster_t *self = load(NULL);
    assert_string_equal(channel_at(self, "isoc-a", now), "in");
    assert_string_equal(channel_at(self, "isoc-a", now - 2 * HOUR), "not yet valid");
    roster_close(&self);
}

static void certificates_in_use_agree(void **state)
{
    (void)state;
    issue("1.pem", &(wish_t){"isoc-a", "isoc", "SOC", NULL, CERT_SEAL, NULL, 0, 0});
    issue("2.pem", &(wish_t){"isoc-a", "nccis", "SOC", NULL, CERT_CHANNEL, NULL, 0, 0});
    publish_crl(1);
    refused(NULL, now, "2.pem: isoc-a is nccis of SOC here, and isoc of SOC in ");
    issue("2.pem", &(wish_t){"isoc-a", "isoc", "OTHER", NULL, CERT_CHANNEL, NULL, 0, 0});
    refused(NULL, now, "isoc of OTHER");
    // not yet valid counts too: it would come into use without anybody looking
    issue("2.pem",
        &(wish_t){"isoc-a", "nccis", "SOC", NULL, CERT_CHANNEL, NULL, now + DAY, 0});
    refused(NULL, now, "must agree");
    // an officer may not carry a node's name
    issue("2.pem", &(wish_t){"isoc-a", "officer", "SOC", "nccis", CERT_SEAL, "o", 0, 0});
    refused(NULL, now, "must agree");
    // once the old ones are revoked or expired, the role has changed
    issue("2.pem", &(wish_t){"isoc-a", "nccis", "SOC", NULL, CERT_CHANNEL, NULL, 0, 0});
    put_out("isoc-a", CERT_SEAL);
    publish_crl(2);
    roster_t *self = load(NULL);
    assert_string_equal(members(self), "isoc-a:nccis:SOC ");
    assert_string_equal(seal_at(self, "isoc-a", now), "revoked");
    roster_close(&self);
}

static void one_key_has_one_holder(void **state)
{
    (void)state;
    issue("a.pem", &(wish_t){"isoc-a", "isoc", "SOC", NULL, CERT_SEAL, "shared", 0, 0});
    issue("b.pem", &(wish_t){"isoc-b", "isoc", "SOC", NULL, CERT_SEAL, "shared", 0, 0});
    publish_crl(1);
    refused(NULL, now, "b.pem: the seal key of isoc-b is that of isoc-a in ");
}

static void issue_key(const char *name, cert_use_t use, const uint8_t key[32])
{
    char file[128];
    (void)snprintf(file, sizeof file, "%s.pem", name);
    next_key = key;
    issue(file, &(wish_t){name, "isoc", "A", NULL, use, NULL, 0, 0});
}

// What the CA should never have signed, a hub does not take from it.
static void a_weak_key_is_refused_with_its_file(void **state)
{
    (void)state;
    uint8_t key[32] = {1};
    enrol("a", "isoc", "A");
    issue_key("b", CERT_CHANNEL, key);
    publish_crl(1);
    refused(NULL, now, "roster/b.pem: the channel key of b is a point of small order");
    key_of("b", CERT_CHANNEL, key);
    key[31] |= 0x80;
    issue_key("b", CERT_CHANNEL, key);
    refused(NULL, now, "roster/b.pem: the channel key of b is not in its canonical form");
    memset(key, 0, sizeof key);
    issue_key("b", CERT_SEAL, key);
    refused(NULL, now, "roster/b.pem: the seal key of b is a point of small order");
}

static void the_cas_own_key_seals_no_message(void **state)
{
    (void)state;
    uint8_t key[32];
    size_t size = sizeof key;
    assert_int_equal(EVP_PKEY_get_raw_public_key(ca.key, key, &size), 1);
    enrol("a", "isoc", "A");
    issue_key("b", CERT_SEAL, key);
    publish_crl(1);
    refused(NULL, now, "roster/b.pem: the seal key of b is that of the CA");
}

static void one_serial_is_one_certificate(void **state)
{
    (void)state;
    char serial[SERIAL_MAX];
    enrol("a", "isoc", "A");
    issue_key("b", CERT_SEAL, NULL);
    memcpy(serial, last_serial, sizeof serial);
    next_serial = serial;
    issue_key("c", CERT_SEAL, NULL);
    publish_crl(1);
    refused(NULL, now, serial);
    assert_non_null(strstr(why.text, "roster/b.pem"));
    assert_non_null(strstr(why.text, "roster/c.pem"));
}

// Nobody but the hub has the hub's keys.
static void keys_with_work_of_their_own_are_nobodys(void **state)
{
    (void)state;
    uint8_t log[32], own[32];
    enrol("a", "isoc", "A");
    publish_crl(1);
    key_of("log", CERT_SEAL, log);
    key_of("a", CERT_CHANNEL, own);
    roster_t *roster = load(NULL);
    const own_key_t keys[] = {{log, "the log's key", NULL}, {own, "a's", "a"}};
    assert_int_equal(roster_check_keys(roster, keys, 2, &why), 0);
    const own_key_t taken[] = {{log, "the log's key", NULL}, {own, "the hub's", "hub"}};
    assert_int_equal(roster_check_keys(roster, taken, 2, &why), -1);
    assert_non_null(strstr(why.text, "roster/a.pem: the channel key of a is the hub's"));
    roster_close(&roster);
}

static void what_is_no_certificate_of_ours_is_named(void **state)
{
    (void)state;
    buf_t text = {0};
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(1);

    issue_by(&stranger, &(wish_t){"isoc-x", "isoc", "SOC", NULL, CERT_SEAL, NULL, 0, 0},
        &text);
    put("roster/x.pem", &text);
    refused(NULL, now, "roster/x.pem: certificate of isoc-x (seal, serial ");
    assert_non_null(strstr(why.text, "not issued by this CA"));

    buf_clear(&text);
    buf_put_text(&text, "no PEM at all\n");
    put("roster/x.pem", &text);
    refused(NULL, now, "roster/x.pem: no certificate in it");

    buf_clear(&text);
    put("roster/x.pem", &text);
    refused(NULL, now, "roster/x.pem: no certificate in it");

    buf_put_text(&text, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    put("roster/x.pem", &text);
    refused(
        NULL, now, "roster/x.pem: holds a PRIVATE KEY; only certificates belong here");

    buf_clear(&text);
    buf_put_text(&text, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    put("roster/x.pem", &text);
    refused(NULL, now, "roster/x.pem: not a certificate in DER");

    assert_int_equal(file_read(at("ca.pem"), 65536, &text, &why), 0);
    put("roster/x.pem", &text);
    refused(NULL, now, "roster/x.pem: ");
    buf_destroy(&text);
}

// A certificate cut anywhere, or with any byte changed, is refused or is still one of
// ours.
static void damage_is_refused_whole(void **state)
{
    (void)state;
    buf_t pem = {0};
    publish_crl(1);
    issue_by(&ca, &(wish_t){"isoc-a", "isoc", "SOC", NULL, CERT_SEAL, NULL, 0, 0}, &pem);
    for (size_t size = 0; size + 1 < pem.size; size += 7) {
        buf_t cut = {0};
        buf_put(&cut, pem.data, size);
        put("roster/x.pem", &cut);
        assert_null(load_at(NULL, now));
        assert_non_null(strstr(why.text, "x.pem: "));
        buf_destroy(&cut);
    }
    size_t first = strlen("-----BEGIN CERTIFICATE-----\n");
    for (size_t i = first; i < pem.size - 30; i += 5) {
        uint8_t kept = pem.data[i];
        pem.data[i] = kept == 'A' ? 'B' : 'A';
        put("roster/x.pem", &pem);
        roster_t *self = load_at(NULL, now);
        if (self != NULL)
            fail_msg("byte %zu does not count", i);
        pem.data[i] = kept;
    }
    buf_destroy(&pem);
}

static void a_crl_does_not_go_back(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    enrol("isoc-b", "isoc", "SOC");
    publish_crl(7);
    roster_t *before = load(NULL);
    publish_crl(6);
    refused(before, now, "crl.pem: CRL number 6 is lower than 7, which is in force");
    publish_crl(7);
    roster_t *self = load(before);
    roster_close(&self);
    put_out("isoc-b", CERT_CHANNEL);
    publish_crl(8);
    self = load(before);
    assert_string_equal(channel_at(self, "isoc-b", now), "revoked");
    roster_close(&before);
    before = self;
    // the next one forgets it
    for (size_t i = 0; i < ledger.n; i++)
        ledger.entry[i].revoked_ms = 0;
    publish_crl(9);
    refused(before, now, "crl.pem: CRL number 9 no longer revokes serial ");
    refused(before, now + 30 * DAY - 1, "which has not expired");
    // once the certificate has expired, a CRL need not name it
    publish_crl_due(9, now + 50 * DAY);
    self = load_at(before, now + 30 * DAY);
    assert_non_null(self);
    assert_string_equal(channel_at(self, "isoc-b", now + 30 * DAY), "expired");
    roster_close(&self);
    roster_close(&before);
}

// The end of a revoked certificate is remembered after its file was taken away.
static void a_revocation_outlives_the_file(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    enrol("isoc-b", "isoc", "SOC");
    put_out("isoc-b", CERT_CHANNEL);
    publish_crl(2);
    roster_t *first = load(NULL);
    (void)unlink(at("roster/isoc-b.pem"));
    publish_crl(3);
    roster_t *second = load(first);
    assert_string_equal(channel_at(second, "isoc-b", now), "unknown");
    for (size_t i = 0; i < ledger.n; i++)
        ledger.entry[i].revoked_ms = 0;
    publish_crl_due(4, now + 50 * DAY);
    refused(second, now, "no longer revokes");
    roster_t *third = load_at(second, now + 30 * DAY);
    assert_non_null(third);
    roster_close(&third);
    roster_close(&second);
    roster_close(&first);
}

static void past_the_next_update_nobody_new_comes_in(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(1);
    roster_t *before = load(NULL);
    assert_false(roster_crl_stale(before, now));
    assert_true(roster_crl_stale(before, now + 3 * DAY));
    enrol("isoc-b", "isoc", "SOC");
    issue("officer.pem",
        &(wish_t){"aigul", "officer", "SOC", "isoc-a", CERT_SEAL, NULL, 0, 0});
    // a renewed certificate of one who is in is no newcomer
    issue("renewed.pem", &(wish_t){"isoc-a", "isoc", "SOC", NULL, CERT_CHANNEL,
                             "isoc-a 2", now - HOUR, 0});
    roster_t *self = load_at(before, now + 3 * DAY);
    assert_non_null(self);
    assert_string_equal(members(self), "isoc-a:isoc:SOC ");
    assert_string_equal(channel_at(self, "isoc-a", now + 3 * DAY), "in");
    assert_string_equal(channel_at(self, "isoc-b", now + 3 * DAY), "unknown");
    assert_string_equal(seal_at(self, "aigul", now + 3 * DAY), "unknown");
    uint8_t key[32];
    key_of("isoc-a 2", CERT_CHANNEL, key);
    assert_non_null(roster_by_channel(self, key, now + 3 * DAY, NULL));
    roster_close(&self);
    // with the next CRL they are in
    publish_crl_due(2, now + 9 * DAY);
    self = load_at(before, now + 3 * DAY);
    assert_string_equal(members(self), "isoc-a:isoc:SOC isoc-b:isoc:SOC ");
    roster_close(&self);
    roster_close(&before);
    // and with no roster before, a stale CRL lets in nobody at all
    publish_crl(3);
    refused(
        NULL, now + 3 * DAY, "crl.pem: the next CRL was due at 2026-11-25T12:00:00.000Z");
}

static void a_restart_remembers_what_was_printed(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    enrol("isoc-b", "isoc", "SOC");
    put_out("isoc-b", CERT_CHANNEL);
    publish_crl(5);
    roster_t *first = load(NULL);
    buf_t text = {0}, again = {0};
    roster_print(first, &text);
    roster_close(&first);
    roster_t *recalled = roster_recall(buf_span(&text), now, &why);
    if (recalled == NULL)
        fail_msg("%s", why.text);
    roster_print(recalled, &again);
    assert_true(span_equal(buf_span(&text), buf_span(&again)));
    assert_string_equal(members(recalled), "isoc-a:isoc:SOC isoc-b:isoc:SOC ");
    assert_string_equal(channel_at(recalled, "isoc-b", now), "revoked");
    // stale: those who were in stay, and nobody else comes
    enrol("isoc-c", "isoc", "SOC");
    roster_t *self = load_at(recalled, now + 5 * DAY);
    assert_non_null(self);
    assert_string_equal(members(self), "isoc-a:isoc:SOC isoc-b:isoc:SOC ");
    roster_close(&self);
    publish_crl(4);
    refused(recalled, now, "CRL number 4 is lower than 5");
    roster_close(&recalled);
    for (size_t size = 0; size + 1 < text.size; size += 61) {
        roster_t *cut = roster_recall(span_of(text.data, size), now, &why);
        roster_close(&cut); // whatever it made of it
    }
    buf_destroy(&text);
    buf_destroy(&again);
}

// What a roster before has shown to be the CA's is not verified once more; everything
// that can change is looked at again.
static void what_was_verified_is_believed(void **state)
{
    (void)state;
    buf_t text = {0};
    enrol("isoc-a", "isoc", "SOC");
    enrol("isoc-b", "isoc", "SOC");
    publish_crl(5);
    roster_t *first = load(NULL);
    assert_int_equal(roster_verified(first), 4);
    roster_t *second = load(first);
    assert_int_equal(roster_verified(second), 0);
    enrol("isoc-c", "isoc", "SOC");
    put_out("isoc-b", CERT_CHANNEL);
    publish_crl(6);
    roster_t *third = load(second);
    assert_int_equal(roster_verified(third), 2);
    assert_string_equal(channel_at(third, "isoc-b", now), "revoked");
    assert_string_equal(channel_at(third, "isoc-c", now), "in");
    // Not beyond the dates of the CA's own certificate, whoever was believed before.
    issue("long.pem", &(wish_t){.name = "isoc-d",
                          .role = "isoc",
                          .organisation = "SOC",
                          .use = CERT_SEAL,
                          .until = now + 3000 * DAY});
    roster_t *long_lived = load(third);
    assert_int_equal(roster_verified(long_lived), 1);
    refused(long_lived, now + 2000 * DAY, "the CA's certificate");
    roster_close(&long_lived);
    (void)unlink(at("roster/long.pem"));
    // What a restart recalls was verified when it was printed.
    roster_print(third, &text);
    roster_t *recalled = roster_recall(buf_span(&text), now, &why);
    roster_t *fourth = load(recalled);
    assert_int_equal(roster_verified(fourth), 0);
    // A stranger's certificate gains nothing by another's of that name.
    buf_t pem = {0};
    issue_by(&stranger,
        &(wish_t){
            .name = "isoc-a", .role = "isoc", .organisation = "SOC", .use = CERT_SEAL},
        &pem);
    put("roster/isoc-a.pem", &pem);
    refused(fourth, now, "isoc-a");
    buf_destroy(&pem);
    buf_destroy(&text);
    roster_close(&first);
    roster_close(&second);
    roster_close(&third);
    roster_close(&recalled);
    roster_close(&fourth);
}

// By another certificate of the CA, of the same name and key, everything is verified.
static void a_renewed_ca_is_asked_anew(void **state)
{
    (void)state;
    buf_t kept = {0}, der = {0}, pem = {0};
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(5);
    roster_t *before = load(NULL);
    assert_int_equal(file_read(at("ca.pem"), 65536, &kept, &why), 0);
    assert_int_equal(
        issue_root(ca.key, "ca", NULL, now - DAY, now + 2000 * DAY, &der, &why), 0);
    x509_print_pem(PEM_STRING_X509, buf_span(&der), &pem);
    put("ca.pem", &pem);
    roster_t *self = load_at(before, now);
    if (self == NULL)
        fail_msg("%s", why.text);
    assert_int_equal(roster_verified(self), 2);
    roster_close(&self);
    roster_close(&before);
    put("ca.pem", &kept);
    buf_destroy(&kept);
    buf_destroy(&der);
    buf_destroy(&pem);
}

static void an_empty_roster_is_one(void **state)
{
    (void)state;
    buf_t text = {0};
    publish_crl(1);
    roster_t *self = load(NULL);
    assert_int_equal(roster_count(self), 0);
    assert_string_equal(channel_at(self, "isoc-a", now), "unknown");
    roster_print(self, &text);
    roster_t *recalled = roster_recall(buf_span(&text), now, &why);
    assert_non_null(recalled);
    roster_close(&recalled);
    roster_close(&self);
    buf_destroy(&text);
}

// Another CA is another beginning: the numbers of its CRLs are its own.
static void a_new_ca_begins_anew(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(9);
    roster_t *before = load(NULL);
    buf_t pem = {0}, kept = {0};
    assert_int_equal(file_read(at("ca.pem"), 65536, &kept, &why), 0);
    signer_t first = ca;
    ca = make_ca("ca");
    ledger_free(&ledger);
    ledger = (ledger_t){0};
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(1);
    roster_t *self = load(before);
    assert_string_equal(channel_at(self, "isoc-a", now), "in");
    roster_close(&self);
    roster_close(&before);
    X509_free(ca.cert);
    EVP_PKEY_free(ca.key);
    ca = first;
    put("ca.pem", &kept);
    buf_destroy(&kept);
    buf_destroy(&pem);
}

static void the_text_does_not_hang_on_file_names(void **state)
{
    (void)state;
    buf_t one = {0}, two = {0}, pem = {0};
    enrol("isoc-b", "isoc", "SOC");
    enrol("isoc-a", "isoc", "SOC");
    publish_crl(1);
    roster_t *self = load(NULL);
    roster_print(self, &one);
    roster_close(&self);
    // all in one file, in another order, one of them twice
    assert_int_equal(file_read(at("roster/isoc-b.pem"), 65536, &pem, &why), 0);
    assert_int_equal(file_read(at("roster/isoc-a.pem"), 65536, &pem, &why), 0);
    put("roster/0.pem", &pem);
    (void)unlink(at("roster/isoc-a.pem"));
    self = load(NULL);
    roster_print(self, &two);
    roster_close(&self);
    assert_true(span_equal(buf_span(&one), buf_span(&two)));
    buf_destroy(&one);
    buf_destroy(&two);
    buf_destroy(&pem);
}

static int expiring(const roster_t *self, int64_t until_ms)
{
    size_t cursor = 0;
    int n = 0;
    while (roster_next_expiring(self, &cursor, now, until_ms))
        n++;
    return n;
}

static void what_expires_soon_is_told(void **state)
{
    (void)state;
    enrol("isoc-a", "isoc", "SOC");
    issue("1.pem",
        &(wish_t){"isoc-b", "isoc", "SOC", NULL, CERT_SEAL, NULL, 0, now + 2 * DAY});
    issue("2.pem", &(wish_t){"isoc-c", "isoc", "SOC", NULL, CERT_SEAL, NULL,
                       now - 9 * DAY, now - DAY});
    issue(
        "3.pem", &(wish_t){"isoc-d", "isoc", "SOC", NULL, CERT_SEAL, NULL, 0, now + DAY});
    put_out("isoc-d", CERT_SEAL);
    publish_crl(1);
    roster_t *self = load(NULL);
    assert_int_equal(expiring(self, now + 3 * DAY), 1); // not the expired, the revoked
    assert_int_equal(expiring(self, now + 31 * DAY), 3);
    roster_close(&self);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, finish)
    const struct CMUnitTest tests[] = {
        EACH(nodes_and_officers_are_found),
        EACH(members_are_found_by_role_and_organisation),
        EACH(hostile_key_ids_find_nothing),
        EACH(validity_is_asked_of_the_clock),
        EACH(who_is_revoked_is_out_and_known),
        EACH(renewal_leaves_no_gap),
        EACH(a_revoked_certificate_does_not_taint_the_renewed_one),
        EACH(certificates_in_use_agree),
        EACH(one_key_has_one_holder),
        EACH(a_weak_key_is_refused_with_its_file),
        EACH(the_cas_own_key_seals_no_message),
        EACH(one_serial_is_one_certificate),
        EACH(keys_with_work_of_their_own_are_nobodys),
        EACH(what_is_no_certificate_of_ours_is_named),
        EACH(damage_is_refused_whole),
        EACH(a_crl_does_not_go_back),
        EACH(a_revocation_outlives_the_file),
        EACH(past_the_next_update_nobody_new_comes_in),
        EACH(a_restart_remembers_what_was_printed),
        EACH(an_empty_roster_is_one),
        EACH(what_was_verified_is_believed),
        EACH(a_renewed_ca_is_asked_anew),
        EACH(a_new_ca_begins_anew),
        EACH(the_text_does_not_hang_on_file_names),
        EACH(what_expires_soon_is_told),
    };
    return test_group(tests, set_up, tear_down);
}
