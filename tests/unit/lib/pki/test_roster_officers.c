// officers: their certificates are found, neither nodes' nor those of whoever is unknown.

#include "lib/pki/roster.h"

#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

// sample_seal signs with the keys 10, 11, 12 ...
enum { FIRST = 10 };

typedef struct {
    const char *name, *role, *node;
} signer_case_t;

static size_t count(const signer_case_t *signers, size_t n)
{
    people_t people;
    buf_t seal = {0};
    people_open(&people, INT64_C(1795348800000));
    for (size_t i = 0; i < n; i++) {
        seal_key_t key = sample_key((uint8_t)(FIRST + i));
        char file[64];
        if (!signers[i].name)
            continue;
        people_certify(&people,
            &(person_t){signers[i].name, signers[i].role, "STS", signers[i].node,
                key.public_key, 0},
            CERT_SEAL);
        // A second certificate of one person must not take the place of the first.
        (void)snprintf(file, sizeof file, "roster/%zu.pem", i);
        char from[64];
        (void)snprintf(
            from, sizeof from, "roster/%s-%d.pem", signers[i].name, (int)CERT_SEAL);
        assert_int_equal(
            rename(scratch_at(&people.scratch, from), scratch_at(&people.scratch, file)),
            0);
    }
    people_certify(
        &people, &(person_t){"nccis", "nccis", "STS", NULL, NULL, 0}, CERT_CHANNEL);
    people_publish(&people, 1);
    roster_t *roster = people_roster(&people);
    sample_seal_head(1, n, &seal);
    const cert_t *officer[ROSTER_OFFICERS_MAX];
    size_t officers = roster_officers(roster, buf_span(&seal), officer);
    for (size_t i = 0; i < officers; i++)
        assert_string_equal(officer[i]->role, "officer");
    buf_destroy(&seal);
    roster_close(&roster);
    people_close(&people);
    return officers;
}

static void each_signature_counts(void **state)
{
    (void)state;
    static const signer_case_t signers[] = {{"nccis", "nccis", NULL},
        {"aigul", "officer", "nccis"}, {"berik", "officer", "nccis"}};
    assert_int_equal(count(signers, 1), 0);
    assert_int_equal(count(signers, 2), 1);
    assert_int_equal(count(signers, 3), 2);
}

static void so_does_each_key_of_one_person(void **state)
{
    (void)state;
    static const signer_case_t signers[] = {{"nccis", "nccis", NULL},
        {"aigul", "officer", "nccis"}, {"berik", "officer", "nccis"},
        {"aigul", "officer", "nccis"}};
    assert_int_equal(count(signers, 4), 3);
}

static void the_sender_and_strangers_do_not_count(void **state)
{
    (void)state;
    static const signer_case_t sender[] = {
        {"aigul", "officer", "nccis"}, {"nccis", "nccis", NULL}};
    assert_int_equal(count(sender, 2), 0);
    static const signer_case_t strangers[] = {
        {"nccis", "nccis", NULL}, {NULL, NULL, NULL}, {"berik", "officer", "nccis"}};
    assert_int_equal(count(strangers, 3), 1);
}

static void what_is_no_seal_was_sealed_by_nobody(void **state)
{
    (void)state;
    const cert_t *officer[ROSTER_OFFICERS_MAX];
    assert_int_equal(roster_officers(NULL, span_text(""), officer), 0);
    assert_int_equal(roster_officers(NULL, span_text("dabyl-seal/v1\n"), officer), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signature_counts),
        cmocka_unit_test(so_does_each_key_of_one_person),
        cmocka_unit_test(the_sender_and_strangers_do_not_count),
        cmocka_unit_test(what_is_no_seal_was_sealed_by_nobody),
    };
    return test_group(tests, NULL, NULL);
}
