// authority: several CAs are believed at the same time, each for what it has issued.

#include "lib/pki/authority.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static people_t old, new; // two CAs of one name
static cause_t why;
static cert_t by_old, by_new;

static void certify(people_t *by, const char *name, cert_t *out)
{
    const person_t person = {.name = name, .role = "isoc", .organisation = "X"};
    char path[64];
    people_certify(by, &person, CERT_SEAL);
    (void)snprintf(path, sizeof path, "roster/%s-0.pem", name);
    assert_int_equal(cert_read(out, scratch_at(&by->scratch, path), &why), 0);
}

static int set_up(void **state)
{
    (void)state;
    people_open(&old, INT64_C(1800000000000));
    people_open(&new, old.now_ms);
    certify(&old, "a", &by_old);
    certify(&new, "b", &by_new);
    people_publish(&old, 7);
    people_publish(&new, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cert_close(&by_old);
    cert_close(&by_new);
    people_close(&old);
    people_close(&new);
    return 0;
}

static void append(buf_t *out, const people_t *of, const char *name)
{
    assert_int_equal(file_read(scratch_at(&of->scratch, name), 1 << 20, out, &why), 0);
}

// A file with these of the two CAs: "on" is the old one's, then the new one's.
static const char *both(const char *which, const char *name)
{
    static char path[2][PATH_MAX]; // of CAs, and of CRLs
    char *out = path[strcmp(name, "crl.pem") == 0];
    char to[64];
    buf_t text = {0};
    for (const char *c = which; *c; c++)
        append(&text, *c == 'o' ? &old : &new, name);
    (void)snprintf(to, sizeof to, "%s-%s", which, name);
    people_put(&old, to, buf_span(&text));
    buf_destroy(&text);
    (void)snprintf(out, PATH_MAX, "%s", scratch_at(&old.scratch, to));
    return out;
}

static authority_t *open_both(const char *cas, const char *crls)
{
    return authority_open(both(cas, "ca.pem"), crls ? both(crls, "crl.pem") : NULL, &why);
}

static bool good(const cert_t *cert, const authority_t *by)
{
    return cert_check(cert, by, old.now_ms, &why) == 0;
}

static void each_is_believed_for_what_it_issued(void **state)
{
    (void)state;
    static const struct {
        const char *cas, *crls;
        bool old, new;
    } table[] = {
        {"o", "o", true, false}, {"n", "n", false, true}, {"on", "on", true, true},
        {"on", "no", true, true}, {"no", "on", true, true},
        {"o", "no", true, false}, // a CRL of a CA that is not believed is passed over
        {"on", NULL, true, true}, {"oo", "o", true, false}, // the same certificate twice
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        authority_t *all = open_both(table[i].cas, table[i].crls);
        assert_non_null(all);
        assert_int_equal(good(&by_old, all), table[i].old);
        assert_int_equal(good(&by_new, all), table[i].new);
        assert_int_equal(authority_issued(all, &by_old), table[i].old);
        authority_close(&all);
    }
}

static void each_needs_a_crl_of_its_own(void **state)
{
    (void)state;
    assert_null(open_both("on", "o"));
    assert_non_null(strstr(why.text, "has no CRL of the CA"));
    assert_null(open_both("o", "n"));
    assert_non_null(strstr(why.text, "not signed by this CA"));
}

static void a_ca_revokes_what_it_issued_and_nothing_else(void **state)
{
    (void)state;
    // The old CA names the serial of the new one's certificate.
    issued_t entry = new.ledger.entry[0];
    entry.revoked_ms = old.now_ms - 1000;
    (void)snprintf(entry.reason, sizeof entry.reason, "unspecified");
    ledger_add(&old.ledger, &entry);
    people_publish(&old, 8);
    authority_t *all = open_both("on", "on");
    assert_non_null(all);
    assert_true(good(&by_new, all));
    assert_false(authority_revoked(all, &by_new));
    people_revoke(&old, "a");
    people_publish(&old, 9);
    authority_close(&all);
    all = open_both("on", "on");
    assert_false(good(&by_old, all));
    assert_non_null(strstr(why.text, "revoked"));
    assert_true(authority_revoked(all, &by_old));
    authority_close(&all);
}

static void numbers_are_compared_ca_by_ca(void **state)
{
    (void)state;
    authority_t *before = open_both("on", "on");
    people_publish(&new, 2);
    authority_t *after = open_both("no", "no");
    assert_int_equal(authority_crl_follows(after, before, "crl.pem", &why), 0);
    assert_int_equal(authority_crl_follows(before, after, "crl.pem", &why), -1);
    assert_non_null(strstr(why.text, "number 1 is lower than 2"));
    authority_t *alone = open_both("n", "n");
    assert_int_equal(authority_crl_follows(alone, before, "crl.pem", &why), 0);
    assert_true(authority_same(alone, before));
    authority_close(&alone);
    authority_close(&after);
    authority_close(&before);
}

static void what_is_printed_is_read_again(void **state)
{
    (void)state;
    authority_t *all = open_both("on", "on");
    buf_t text = {0}, again = {0};
    authority_print(all, &text);
    authority_close(&all);
    append(&text, &old, "roster/a-0.pem"); // as in a roster's entry
    all = authority_parse(buf_span(&text), &why);
    assert_non_null(all);
    assert_true(good(&by_old, all) && good(&by_new, all));
    authority_print(all, &again);
    assert_memory_equal(text.data, again.data, again.size);
    authority_close(&all);
    all = authority_parse_cas(buf_span(&text), &why);
    assert_non_null(all);
    assert_int_equal(authority_crl_number(all), 0);
    authority_close(&all);
    buf_destroy(&text);
    buf_destroy(&again);
}

// Until the hub lets the old CA go, and ever after, with the roster before.
static void a_roster_keeps_what_a_former_ca_issued_and_lets_nobody_in_by_it(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    buf_t text = {0};
    (void)snprintf(folder, sizeof folder, "%s", scratch_at(&old.scratch, "roster"));
    append(&text, &new, "roster/b-0.pem");
    people_put(&old, "roster/b-0.pem", buf_span(&text));
    roster_t *overlap = roster_open(
        folder, both("on", "ca.pem"), both("on", "crl.pem"), NULL, old.now_ms, &why);
    assert_non_null(overlap);
    assert_non_null(roster_by_seal(overlap, by_old.key_id, old.now_ms, NULL));
    assert_non_null(roster_by_seal(overlap, by_new.key_id, old.now_ms, NULL));

    roster_t *after = roster_open(
        folder, both("n", "ca.pem"), both("n", "crl.pem"), overlap, old.now_ms, &why);
    assert_non_null(after);
    assert_null(roster_by_seal(after, by_old.key_id, old.now_ms, NULL));
    assert_non_null(roster_any_seal(after, by_old.key_id));
    assert_non_null(roster_by_seal(after, by_new.key_id, old.now_ms, NULL));
    assert_int_equal(roster_verified(after), 0);

    buf_clear(&text);
    roster_print(after, &text);
    roster_t *recalled = roster_recall(buf_span(&text), old.now_ms, &why);
    assert_non_null(recalled);
    assert_null(roster_by_seal(recalled, by_old.key_id, old.now_ms, NULL));
    assert_non_null(roster_by_seal(recalled, by_new.key_id, old.now_ms, NULL));

    assert_null(roster_open( // who never saw it verified does not take it
        folder, both("n", "ca.pem"), both("n", "crl.pem"), NULL, old.now_ms, &why));
    assert_non_null(strstr(why.text, "not issued by this CA"));
    roster_close(&recalled);
    roster_close(&after);
    roster_close(&overlap);
    buf_destroy(&text);
}

static void a_new_ca_is_followed_where_the_old_one_vouches(void **state)
{
    (void)state;
    buf_t der = {0}, text = {0};
    authority_t *believed = open_both("o", "o");
    append(&text, &old, "ca.pem");
    append(&text, &new, "ca.pem");
    assert_int_equal(authority_follows(believed, buf_span(&text), old.now_ms, &why), -1);
    assert_non_null(strstr(why.text, "vouches for the CA"));
    assert_int_equal(issue_cross(&old.ca, new.ca.cert, old.now_ms - DAY_MS,
                         old.now_ms + DAY_MS, &der, &why),
        0);
    x509_print_pem(PEM_STRING_X509, buf_span(&der), &text);
    assert_int_equal(authority_follows(believed, buf_span(&text), old.now_ms, &why), 0);
    assert_int_equal(
        authority_follows(believed, buf_span(&text), old.now_ms + 2 * DAY_MS, &why), -1);
    // What vouches is no CA by itself.
    people_put(&old, "crossed.pem", buf_span(&text));
    authority_t *all = authority_open(
        scratch_at(&old.scratch, "crossed.pem"), both("on", "crl.pem"), &why);
    assert_non_null(all);
    assert_true(good(&by_old, all) && good(&by_new, all));
    authority_close(&all);
    authority_close(&believed);
    buf_destroy(&der);
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_is_believed_for_what_it_issued),
        TEST(each_needs_a_crl_of_its_own),
        TEST(a_ca_revokes_what_it_issued_and_nothing_else),
        TEST(numbers_are_compared_ca_by_ca),
        TEST(what_is_printed_is_read_again),
        TEST(a_roster_keeps_what_a_former_ca_issued_and_lets_nobody_in_by_it),
        TEST(a_new_ca_is_followed_where_the_old_one_vouches),
    };
    return test_group(tests, NULL, NULL);
}
