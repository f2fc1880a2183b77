// marking: every label against every role, by name and by "all".

#include "hub/decide/marking.h"

#include "lib/pki/cert.h"
#include "tests/lib/test.h"

// One row a role: whether "all" reaches it, under CLEAR GREEN AMBER AMBER+STRICT RED.
static const struct {
    const char *role;
    bool served;
    const char *broad;
} table[] = {
    {"nccis", false, "yyynn"},
    {"isoc", false, "yyynn"},
    {"owner", true, "yyynn"},
    {"owner", false, "yynnn"},
    {"response-service", false, "yynnn"},
    {"authority", false, "yynnn"},
    {"national-security", false, "yynnn"},
    {"headquarters", false, "yynnn"},
    {"foreign-affairs", false, "yynnn"},
    {"communications", false, "yynnn"},
    {"prosecutor", false, "yynnn"},
    {"media", false, "ynnnn"},
    {"partner", false, "ynnnn"},
    {"hub", false, "ynnnn"},
    {"standby", false, "ynnnn"},
    {"officer", false, "ynnnn"},
    {"a role nobody has heard of", false, "ynnnn"},
    // only an owner is served; the flag lifts nobody else
    {"media", true, "ynnnn"},
    {"partner", true, "ynnnn"},
    {"authority", true, "yynnn"},
};

static const tlp_t markings[] = {
    TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED};

static void check(tlp_t marking, const receiver_t *receiver, bool expected)
{
    if (marking_allows(marking, receiver) != expected)
        fail_msg("%s to %s, %s, %s: expected %s", tlp_name(marking), receiver->role,
            receiver->reach == NAMED ? "named" : "all",
            receiver->addressed ? "addressed" : "not addressed", expected ? "yes" : "no");
}

static void all_reaches_whom_the_label_lets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t m = 0; m < 5; m++) {
            receiver_t receiver = {table[i].role, false, table[i].served, BROAD};
            check(markings[m], &receiver, table[i].broad[m] == 'y');
        }
}

static void a_rule_that_names_reaches_all_but_red(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t m = 0; m < 5; m++) {
            receiver_t receiver = {table[i].role, false, table[i].served, NAMED};
            check(markings[m], &receiver, markings[m] != TLP_RED);
        }
}

static void whom_the_author_names_gets_even_red(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t m = 0; m < 5; m++)
            for (int reach = NAMED; reach <= BROAD; reach++) {
                receiver_t receiver = {
                    table[i].role, true, table[i].served, (reach_t)reach};
                check(markings[m], &receiver, true);
            }
}

static void every_role_is_in_the_table(void **state)
{
    (void)state;
    for (size_t r = 0; cert_roles[r] != NULL; r++) {
        size_t i = 0;
        while (i < sizeof table / sizeof table[0] &&
               strcmp(table[i].role, cert_roles[r]) != 0)
            i++;
        if (i == sizeof table / sizeof table[0])
            fail_msg("no row for %s", cert_roles[r]);
    }
}

static void an_unknown_label_opens_nothing(void **state)
{
    (void)state;
    receiver_t receiver = {"nccis", true, false, NAMED};
    assert_false(marking_allows((tlp_t)(TLP_RED + 1), &receiver));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_reaches_whom_the_label_lets),
        cmocka_unit_test(a_rule_that_names_reaches_all_but_red),
        cmocka_unit_test(whom_the_author_names_gets_even_red),
        cmocka_unit_test(every_role_is_in_the_table),
        cmocka_unit_test(an_unknown_label_opens_nothing),
    };
    return test_group(tests, NULL, NULL);
}
