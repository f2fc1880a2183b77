// law: roster, registry, schemas and sealed rules come into force together or not at all.

#include "hub/law/law.h"
#include "hub/law/law_reading.h"

#include "lib/pki/rulesseal.h"
#include "tests/lib/data.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

#include <poll.h>

#define LAW "law.rules"
#define REGISTRY "law.conf"

static const int64_t now = INT64_C(1795348800000);

enum { PATIENCE_MS = 20000 };
enum { OFFICER = 1, STRANGER, ISOC_OFFICER, NODE, HUB, LOG };

static people_t people;
static seal_key_t own_key, log_key;
static uint8_t channel_key[32];
static texts_t absent;
static cause_t why;

static void put_seal(uint8_t key_fill, const char *origin)
{
    seal_key_t key = sample_key(key_fill);
    rulesseal_t seal;
    buf_t text = {0};
    rulesseal_make(&seal, origin, span_text(data_text(LAW)), &key);
    rulesseal_print(&seal, &text);
    people_put(&people, "x.rules.seal", buf_span(&text));
    buf_destroy(&text);
}

static void certify(
    const char *name, const char *role, const char *node, uint8_t fill, int64_t until_ms)
{
    seal_key_t key = sample_key(fill);
    people_certify(&people,
        &(person_t){name, role, "STS", node, key.public_key, until_ms}, CERT_SEAL);
    if (!node)
        people_certify(
            &people, &(person_t){name, role, "STS", NULL, NULL, 0}, CERT_CHANNEL);
}

static int set_up(void **state)
{
    (void)state;
    people_open(&people, now);
    own_key = sample_key(HUB);
    log_key = sample_key(LOG);
    memset(channel_key, 7, sizeof channel_key);
    certify("nccis", "nccis", NULL, NODE, 0);
    certify("isoc-a", "isoc", NULL, 77, 0);
    certify("aigul", "officer", "nccis", OFFICER, 0);
    certify("berik", "officer", "isoc-a", ISOC_OFFICER, 0);
    people_certify(&people,
        &(person_t){"hub", "hub", "STS", NULL, sample_key(HUB).public_key, 0}, CERT_SEAL);
    people_publish(&people, 1);
    people_put(&people, "registry.conf", span_text(data_text(REGISTRY)));
    people_put(&people, "x.rules", span_text(data_text(LAW)));
    put_seal(OFFICER, SAMPLE_ORIGIN);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    people_close(&people);
    return 0;
}

static law_source_t source_of(void)
{
    static char paths[5][512];
    static const char *const names[] = {
        "roster", "ca.pem", "crl.pem", "registry.conf", "x.rules"};
    for (size_t i = 0; i < 5; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", people.scratch.path, names[i]);
    return (law_source_t){.schemas = "schemas",
        .roster = paths[0],
        .ca = paths[1],
        .crl = paths[2],
        .registry = paths[3],
        .rules = paths[4],
        .origin = SAMPLE_ORIGIN,
        .own = {.name = "hub",
            .seal_id = own_key.id,
            .log = log_key.public_key,
            .seal = own_key.public_key,
            .channel = channel_key},
        .absent_roles = &absent};
}

static int open_at(law_t *law, const law_before_t *before, int64_t now_ms)
{
    law_source_t source = source_of();
    why = (cause_t){""};
    return law_open(law, &source, before, now_ms, &why);
}

static int begin_at(law_t *law, const enacted_t *enacted, span_t roster)
{
    law_source_t source = source_of();
    law_texts_t texts = {.roster = roster};
    why = (cause_t){""};
    return law_begin(law, &source, enacted, &texts, now, &why);
}

// What the log has once the law is in it.
static enacted_t enact(const law_t *law)
{
    enacted_t enacted = {.rules_position = 9};
    sha256(rules_text(law->rules), &enacted.rules);
    sha256(buf_span(&law->rules_seal), &enacted.rules_seal);
    sha256(buf_span(&law->roster_text), &enacted.roster);
    sha256(registry_text(law->registry), &enacted.registry);
    sha256(schemas_text(law->schemas), &enacted.schemas);
    return enacted;
}

// On failure nothing is held, so that closing it, or nothing at all, is right.
static void refused(const char *complaint)
{
    static const law_t nothing;
    law_t law;
    law_before_t before = {0};
    assert_int_equal(open_at(&law, &before, now), -1);
    if (!strstr(why.text, complaint))
        fail_msg("said:     %s\nexpected: %s", why.text, complaint);
    assert_memory_equal(&law, &nothing, sizeof law);
}

static void what_an_officer_of_nccis_sealed_comes_into_force(void **state)
{
    (void)state;
    law_t law;
    law_before_t before = {0};
    if (open_at(&law, &before, now) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(roster_count(law.roster), 3); // nodes and hub; officers are none
    assert_int_equal(rules_count(law.rules), 1);
    assert_true(span_is(registry_text(law.registry), data_text(REGISTRY)));
    assert_true(schemas_knows(law.schemas, "advisory"));
    assert_int_equal(memcmp(law.rules_seal.data, "dabyl-rules/v1\n", 15), 0);
    assert_true(law.roster_text.size > 0);
    law_close(&law);
}

static void it_is_read_beside_the_turns_too(void **state)
{
    (void)state;
    law_t law;
    law_source_t source = source_of();
    static const law_before_t before;
    law_reading_t *reading = law_reading_new(&why);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(law_reading_begin(reading, &source, &before, now, &why), 0);
        struct pollfd item = {.fd = law_reading_fd(reading), .events = POLLIN};
        assert_int_equal(poll(&item, 1, PATIENCE_MS), 1);
        assert_true(law_reading_ended(reading));
        if (i == 1)
            break; // nobody takes the second
        assert_int_equal(law_reading_take(reading, &law, &why), 0);
        assert_int_equal(rules_count(law.rules), 1);
        law_close(&law);
    }
    law_reading_destroy(&reading);
}

static void the_roster_has_the_hubs_own_certificate(void **state)
{
    (void)state;
    own_key = sample_key(STRANGER + 100);
    refused("the hub's own seal key is unknown in the roster");
    people_revoke(&people, "hub");
    people_publish(&people, 2);
    own_key = sample_key(HUB);
    refused("the hub's own seal key is revoked in the roster");
}

// The log's key under a seal would let a checkpoint be taken for a message, or the other
// way round; the hub's own in another's hands would speak for it.
static void the_hubs_keys_are_nobody_elses(void **state)
{
    (void)state;
    certify("owner-a", "owner", NULL, LOG, 0);
    people_publish(&people, 2);
    refused("the seal key of owner-a is the key of this hub's log");
    person_t owner = {"owner-a", "owner", "STS", NULL, channel_key, 0};
    certify("owner-a", "owner", NULL, 78, 0);
    people_certify(&people, &owner, CERT_CHANNEL);
    people_publish(&people, 3);
    refused("the channel key of owner-a is the channel key of this hub");
    people_certify(
        &people, &(person_t){"owner-a", "owner", "STS", NULL, NULL, 0}, CERT_CHANNEL);
    own_key = sample_key(78); // as if it were the hub's, whose certificate has another
    refused("the seal key of owner-a is the seal key of this hub");
    own_key = sample_key(HUB);
    law_t law;
    law_before_t before = {0};
    assert_int_equal(open_at(&law, &before, now), 0);
    law_close(&law);
}

// "type:position ..." of what would be written.
static const char *recorded(const law_t *law, const enacted_t *enacted, uint64_t *rules)
{
    static char text[128];
    draft_t *draft = draft_new();
    draft_clear(draft, 20, now);
    *rules = law_record(law, enacted, draft);
    text[0] = 0;
    for (size_t i = 0; i < draft_count(draft); i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s:%u ",
            draft_at(draft, i)->leaf.type, (unsigned)draft_at(draft, i)->leaf.position);
    }
    draft_destroy(&draft);
    return text;
}

static void only_what_changed_is_recorded(void **state)
{
    (void)state;
    law_t law;
    law_before_t before = {0};
    uint64_t rules;
    assert_int_equal(open_at(&law, &before, now), 0);
    enacted_t enacted = enact(&law);
    assert_string_equal(recorded(&law, &before.enacted, &rules),
        "roster:20 registry:21 rules:22 schemas:23 ");
    assert_int_equal(rules, 22);
    assert_string_equal(recorded(&law, &enacted, &rules), "");
    assert_int_equal(rules, 9); // those the log has
    enacted.registry.bytes[0] ^= 1;
    assert_string_equal(recorded(&law, &enacted, &rules), "registry:20 ");
    enacted.registry.bytes[0] ^= 1;
    enacted.rules_seal.bytes[0] ^= 1; // sealed anew, by another officer perhaps
    assert_string_equal(recorded(&law, &enacted, &rules), "rules:20 ");
    assert_int_equal(rules, 20);
    law_close(&law);
}

// What the journal has is enough, and is the same law.
static void the_law_is_recalled_from_its_texts(void **state)
{
    (void)state;
    law_t law, again;
    law_before_t before = {0};
    uint64_t rules;
    law_source_t source = source_of();
    assert_int_equal(open_at(&law, &before, now), 0);
    law_texts_t texts = {.schemas = schemas_text(law.schemas),
        .roster = buf_span(&law.roster_text),
        .registry = registry_text(law.registry),
        .rules = rules_text(law.rules),
        .rules_seal = buf_span(&law.rules_seal)};
    assert_int_equal(law_recall(&again, &source, &texts, now, &why), 0);
    assert_int_equal(roster_count(again.roster), roster_count(law.roster));
    assert_true(span_equal(schemas_text(again.schemas), texts.schemas));
    assert_true(span_equal(registry_text(again.registry), texts.registry));
    assert_true(span_equal(rules_text(again.rules), texts.rules));
    enacted_t enacted = {.rules_position = 9};
    assert_string_equal(recorded(&again, &enacted, &rules), "");
    assert_int_equal(rules, 9);
    law_close(&again);
    for (size_t cut = 0; cut < texts.schemas.size; cut += 1 + texts.schemas.size / 50) {
        law_texts_t less = texts;
        less.schemas.size = cut;
        assert_int_equal(law_recall(&again, &source, &less, now, &why), -1);
    }
    law_close(&law);
}

// A start goes on from the roster that the journal has: its CRL must not become older.
static void a_start_remembers_revocations(void **state)
{
    (void)state;
    law_t law;
    law_before_t before = {0};
    buf_t old_crl = {0}, roster = {0};
    assert_int_equal(
        file_read(scratch_at(&people.scratch, "crl.pem"), 1 << 20, &old_crl, &why), 0);
    people_revoke(&people, "isoc-a");
    people_publish(&people, 2);
    assert_int_equal(open_at(&law, &before, now), 0);
    buf_put_span(&roster, buf_span(&law.roster_text));
    enacted_t enacted = enact(&law);
    law_close(&law);
    assert_int_equal(begin_at(&law, &enacted, buf_span(&roster)), 0);
    law_close(&law);
    people_put(&people, "crl.pem", buf_span(&old_crl));
    assert_int_equal(begin_at(&law, &enacted, buf_span(&roster)), -1);
    assert_int_equal(begin_at(&law, &enacted, span_of(NULL, 0)), 0); // a new log
    law_close(&law);
    assert_int_equal(begin_at(&law, &enacted, span_text("no roster")), -1);
    assert_non_null(strstr(why.text, "the journal's last roster"));
    buf_destroy(&roster);
    buf_destroy(&old_crl);
}

static void nobody_else_may_seal_rules(void **state)
{
    (void)state;
    put_seal(STRANGER, SAMPLE_ORIGIN);
    refused("whose certificate is unknown");
    put_seal(ISOC_OFFICER, SAMPLE_ORIGIN);
    refused("sealed by berik (role officer), and only an officer of an nccis node");
    put_seal(NODE, SAMPLE_ORIGIN); // the node itself is no person
    refused("sealed by nccis (role nccis), and only an officer of an nccis node");
    put_seal(OFFICER, "other.example/log");
    refused("x.rules.seal: ");
    people_revoke(&people, "aigul");
    people_publish(&people, 2);
    put_seal(OFFICER, SAMPLE_ORIGIN);
    refused("whose certificate is revoked");
}

static void rules_are_the_bytes_that_were_sealed(void **state)
{
    (void)state;
    people_put(&people, "x.rules.seal", span_text(""));
    refused("x.rules.seal: ");
    (void)unlink(scratch_at(&people.scratch, "x.rules.seal"));
    refused("the rules are not sealed");
    put_seal(OFFICER, SAMPLE_ORIGIN);
    buf_t changed = {0};
    buf_put_text(&changed, data_text(LAW));
    buf_put_text(&changed, " ");
    people_put(&people, "x.rules", buf_span(&changed));
    refused("the rules were changed after they were sealed");
    buf_destroy(&changed);
}

static void any_part_that_is_wrong_refuses_all(void **state)
{
    (void)state;
    static const char *const parts[] = {"registry.conf", "x.rules", "ca.pem", "crl.pem"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_t good = {0};
        assert_int_equal(
            file_read(scratch_at(&people.scratch, parts[i]), 1 << 20, &good, &why), 0);
        people_put(&people, parts[i], span_text("{ nothing of the kind"));
        refused(parts[i]);
        people_put(&people, parts[i], buf_span(&good));
        buf_destroy(&good);
    }
    law_t law;
    law_before_t before = {0};
    assert_int_equal(open_at(&law, &before, now), 0);
    law_close(&law);
}

// A seal is judged once: rules in force outlive the certificate of who sealed them, as
// long as not a byte of them changes.
static void sealed_rules_outlive_their_officer(void **state)
{
    (void)state;
    law_t law;
    law_before_t before = {0};
    buf_t rules = {0}, seals = {0};
    assert_int_equal(open_at(&law, &before, now), 0);
    buf_put_span(&rules, rules_text(law.rules));
    buf_put_span(&seals, buf_span(&law.rules_seal));
    law_close(&law);
    people_revoke(&people, "aigul");
    people_publish(&people, 2);
    refused("whose certificate is revoked"); // where there was no before
    before.rules = buf_span(&rules);
    before.rules_seal = buf_span(&seals);
    assert_int_equal(open_at(&law, &before, now), 0);
    law_close(&law);
    seals.data[40] ^= 1;
    assert_int_equal(open_at(&law, &before, now), -1);
    seals.data[40] ^= 1;
    rules.data[rules.size - 1] ^= 1;
    assert_int_equal(open_at(&law, &before, now), -1);
    buf_destroy(&rules);
    buf_destroy(&seals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_law_is_recalled_from_its_texts),
        TEST(what_an_officer_of_nccis_sealed_comes_into_force),
        TEST(it_is_read_beside_the_turns_too),
        TEST(the_hubs_keys_are_nobody_elses),
        TEST(the_roster_has_the_hubs_own_certificate),
        TEST(only_what_changed_is_recorded),
        TEST(a_start_remembers_revocations),
        TEST(nobody_else_may_seal_rules),
        TEST(rules_are_the_bytes_that_were_sealed),
        TEST(any_part_that_is_wrong_refuses_all),
        TEST(sealed_rules_outlive_their_officer),
    };
    return test_group(tests, NULL, NULL);
}
