// What may be done about a message, by the plan's rules: which words and kinds fit it,
// and whose it is.

#include "web/desk/may.h"

#include "tests/lib/test.h"

static law_copy_t law;

static int set_up(void **state)
{
    cause_t why;
    (void)state;
    law.rules = rules_open("hub/etc/plan.rules", &why);
    law.schemas = schemas_open("schemas", &why);
    return law.rules && law.schemas ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    law_copy_close(&law);
    return 0;
}

// "answer/acknowledgement/re:read,accepted share/incident.sharing/incident ".
static const char *may(
    const char *node, const char *role, const char *message, bool stands)
{
    static char out[4000];
    size_t i, k;
    json_t *act, *word, *root = json_loads(message, 0, NULL);
    assert_non_null(root);
    const may_subject_t subject = {root, node, role, stands};
    json_t *list = may_json(&law, &subject);
    out[0] = 0;
    json_array_foreach(list, i, act)
    {
        size_t n = strlen(out);
        (void)snprintf(out + n, sizeof out - n, "%s/%s/%s",
            json_string_value(json_object_get(act, "act")),
            json_string_value(json_object_get(act, "kind")),
            json_string_value(json_object_get(act, "by")));
        json_array_foreach(json_object_get(act, "words"), k, word)(void)
            snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", k ? "," : ":",
                json_string_value(word));
        (void)strcat(out, " ");
        assert_non_null(json_object_get(act, "cites"));
        assert_non_null(json_object_get(json_object_get(act, "title"), "text"));
    }
    json_decref(list);
    json_decref(root);
    return out;
}

#define MESSAGE(kind, from, more)                                                        \
    "{\"kind\": \"" kind "\", \"from\": \"" from "\", \"status\": \"actual\"" more "}"

#define WORDS "answer/acknowledgement/re:read,accepted,refused,done "
#define CUSTODY                                                                          \
    "answer/acknowledgement/"                                                            \
    "re:read,accepted,refused,done,custody-taken,custody-declined "
#define THREAD "share/incident.sharing/incident follow/incident.update/incident "
#define TO_OWNER ", \"to\": [\"owner\"]"

static const struct {
    const char *node, *role, *message, *expected;
} cases[] = {
    {"knb", "national-security", MESSAGE("security.alert", "hub", ""), WORDS},
    {"nccis", "nccis", MESSAGE("incident.notice", "isoc", ""),
        WORDS "follow/incident.closure/incident " THREAD},
    {"isoc", "isoc", MESSAGE("incident.notice", "isoc", ""),
        "follow/incident.closure/incident correct/incident.notice/supersedes "
        "withdraw/incident.notice/cancels " THREAD},
    {"owner", "owner", MESSAGE("trace.manifest", "isoc", TO_OWNER),
        CUSTODY "answer/trace.manifest/re "},
    {"owner-2", "owner", MESSAGE("trace.manifest", "isoc", TO_OWNER), WORDS},
    {"owner", "owner", MESSAGE("response.task", "nccis", TO_OWNER),
        WORDS "answer/response.report/re "},
    {"isoc", "isoc", MESSAGE("exercise.opening", "nccis", ""),
        WORDS "answer/exercise.joining/re "},
    {"mfa", "foreign-affairs", MESSAGE("crossborder.measure", "nccis", ""),
        WORDS "answer/crossborder.position/re "},
    {"owner", "owner", MESSAGE("headquarters.directive", "hq", TO_OWNER),
        WORDS "answer/directive.report/re "},
    {"owner", "owner", MESSAGE("information.request", "nccis", TO_OWNER),
        WORDS "answer/information.reply/re "},
    {"owner", "owner", MESSAGE("acknowledgement", "nccis", ""), ""},
    {"owner", "owner", MESSAGE("no.such.kind", "nccis", ""), WORDS},
    {"nobody", "no-role", MESSAGE("incident.notice", "isoc", ""), ""},
};

static void what_fits_a_message_is_offered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(
            may(cases[i].node, cases[i].role, cases[i].message, true), cases[i].expected);
}

// What was withdrawn is neither corrected nor withdrawn once more.
static void what_does_not_stand_stays_so(void **state)
{
    (void)state;
    const char *offered =
        may("isoc", "isoc", MESSAGE("incident.notice", "isoc", ""), false);
    assert_null(strstr(offered, "correct/"));
    assert_null(strstr(offered, "withdraw/"));
}

// A test is answered by nobody.
static void a_test_is_not_acted_on(void **state)
{
    (void)state;
    assert_string_equal(may("nccis", "nccis",
                            "{\"kind\": \"incident.notice\", \"from\": \"isoc\", "
                            "\"status\": \"test\"}",
                            true),
        "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_a_message_is_offered),
        cmocka_unit_test(what_does_not_stand_stays_so),
        cmocka_unit_test(a_test_is_not_acted_on),
    };
    return test_group(tests, set_up, tear_down);
}
