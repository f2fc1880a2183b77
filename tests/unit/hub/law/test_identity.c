// identity: three keys that differ, and a certificate that is of the seal key and of a
// hub.

#include "hub/law/identity.h"

#include "lib/pki/keyfile.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"

static const int64_t now = INT64_C(1795348800000);

static people_t people;
static cause_t why;
static seal_key_t seal;

static const char *at(const char *name)
{
    static char path[8][512];
    static unsigned turn;
    char *out = path[turn++ % 8];
    (void)snprintf(out, sizeof path[0], "%s/%s", people.scratch.path, name);
    return out;
}

static int set_up(void **state)
{
    (void)state;
    people_open(&people, now);
    if (keyfile_new_ed25519(at("log.key"), &why) != 0 ||
        keyfile_new_ed25519(at("seal.key"), &why) != 0 ||
        keyfile_new_x25519(at("channel.key"), &why) != 0 ||
        keyfile_read_ed25519(at("seal.key"), &seal, &why) != 0)
        return -1;
    people_certify(
        &people, &(person_t){"hub", "hub", "STS", NULL, seal.public_key, 0}, CERT_SEAL);
    people_certify(&people,
        &(person_t){"isoc-a", "isoc", "STS", NULL, seal.public_key, 0}, CERT_SEAL);
    people_certify(&people, &(person_t){"other", "hub", "STS", NULL, NULL, 0}, CERT_SEAL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    people_close(&people);
    return 0;
}

static identity_source_t source(void)
{
    static char certificate[64];
    (void)snprintf(certificate, sizeof certificate, "roster/hub-%d.pem", CERT_SEAL);
    return (identity_source_t){"hub.example/log", at("log.key"), at("seal.key"),
        at("channel.key"), at(certificate)};
}

static void refused(const identity_source_t *from, const char *complaint)
{
    static const identity_t nothing;
    identity_t self;
    assert_int_equal(identity_open(&self, from, &why), -1);
    if (!strstr(why.text, complaint))
        fail_msg("said:     %s\nexpected: %s", why.text, complaint);
    assert_memory_equal(&self, &nothing, sizeof self); // no key stays in memory
}

static void the_certificate_says_which_hub_it_is(void **state)
{
    (void)state;
    identity_t self;
    identity_source_t from = source();
    char vkey[VKEY_MAX];
    if (identity_open(&self, &from, &why) != 0)
        fail_msg("%s", why.text);
    assert_string_equal(self.member.id, "hub");
    assert_string_equal(self.member.role, "hub");
    assert_string_equal(self.member.organisation, "STS");
    assert_string_equal(self.seal.id, seal.id);
    assert_string_not_equal(self.log.id, seal.id);
    log_vkey_print(&self.vkey, vkey);
    assert_int_equal(strncmp(vkey, "hub.example/log+", 16), 0);
    identity_close(&self);
    for (size_t i = 0; i < sizeof self; i++)
        assert_int_equal(((const uint8_t *)&self)[i], 0);
}

static void what_does_not_belong_together_is_refused(void **state)
{
    (void)state;
    char other[64], isoc[64];
    (void)snprintf(other, sizeof other, "roster/other-%d.pem", CERT_SEAL);
    (void)snprintf(isoc, sizeof isoc, "roster/isoc-a-%d.pem", CERT_SEAL);
    identity_source_t from = source();
    from.certificate = at(other);
    refused(&from, "is not the certificate of the hub's seal key");
    from = source();
    from.certificate = at(isoc);
    refused(&from, "certifies the role isoc, not hub");
    from = source();
    from.log_key = from.seal_key;
    refused(&from, "hold the same key");
    from = source();
    from.channel_key = from.seal_key;
    refused(&from, "seal.key");
    from = source();
    from.origin = "two words";
    refused(&from, "");
    from = source();
    from.log_key = at("none.key");
    refused(&from, "none.key");
}

static void keys_that_others_may_read_are_refused(void **state)
{
    (void)state;
    identity_source_t from = source();
    const char *const keys[] = {"log.key", "seal.key", "channel.key"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(chmod(at(keys[i]), 0640), 0);
        refused(&from, keys[i]);
        assert_int_equal(chmod(at(keys[i]), 0600), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_certificate_says_which_hub_it_is),
        cmocka_unit_test(what_does_not_belong_together_is_refused),
        cmocka_unit_test(keys_that_others_may_read_are_refused),
    };
    return test_group(tests, set_up, tear_down);
}
