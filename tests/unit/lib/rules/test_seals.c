// seals: whose seals a rule may demand, and that each element has a person of its own.

#include "lib/rules/seals.h"

#include "tests/lib/test.h"
#include "tests/lib/values.h"

static cause_t why;

static int read_text(seals_t *seals, const char *text)
{
    settings_t file;
    char whole[512];
    (void)snprintf(whole, sizeof whole, "seals = %s;", text);
    assert_int_equal(settings_parse(&file, "x", span_text(whole), &why), 0);
    const config_setting_t *root = config_root_setting(&file.config);
    int result = seals_read(seals, &file, config_setting_get_member(root, "seals"), &why);
    settings_close(&file);
    return result;
}

// "daniyar" acts as head everywhere; as head-of-territorial-body in KZ-75 alone.
static bool acts(void *context, const cert_t *officer, const char *office,
    const char *territory, reference_t *by)
{
    (void)context;
    *by = (reference_t){.author = "hq", .id = "d"};
    if (strcmp(officer->name, "daniyar") != 0)
        return false;
    if (strcmp(office, "head-of-territorial-body") == 0)
        return !territory || strcmp(territory, "KZ-75") == 0;
    return strcmp(office, "head") == 0 && (!territory || !territory[0]);
}

static const cert_t people[] = {
    {.name = "aigul", .office = "head"},
    {.name = "berik", .office = "deputy-head"},
    {.name = "daniyar"},
    {.name = "aigul"}, // with another key, certified before she was the head
    {.name = "erlan", .office = "head-of-territorial-body", .territory = "KZ-75"},
};

// `who` are indexes of people, in order of their signatures; the code of the refusal.
static char said[200]; // who acts

static const char *ask(const char *text, const char *who, const char *body)
{
    seals_t seals;
    sealers_t sealers = {.acts = acts};
    char whole[256];
    if (read_text(&seals, text) != 0)
        fail_msg("%s: %s", text, why.text);
    for (; *who; who++)
        sealers.officer[sealers.n++] = &people[*who - '0'];
    (void)snprintf(whole, sizeof whole, "{\"body\": {%s}}", body);
    value_t *root = value_read(whole);
    const char *code = seals_check(&seals, &sealers, root, "directive", "hq", &why);
    acting_seal_t acting[SEALS_WANTED_MAX];
    said[0] = 0;
    for (size_t i = 0, n = code ? 0 : seals_acting(&seals, &sealers, root, acting); i < n;
         i++)
        (void)snprintf(said + strlen(said), sizeof said - strlen(said), "%s %s%s%s;",
            acting[i].officer->name, acting[i].office, acting[i].territory[0] ? " " : "",
            acting[i].territory);
    value_free(&root);
    return code ? code : "met";
}

#define HEAD "( { office = \"head\"; } )"
#define HEAD_HELD "( { office = \"head\"; held = true; } )"
#define BOTH "( { office = \"head\"; }, { office = \"deputy-head\"; } )"
#define EITHER "( { office = [ \"head\", \"deputy-head\" ]; }, { } )"
#define NAMED "( { office = \"/body/office\"; territory = \"/body/territory\"; } )"
#define ALMATY "\"office\": \"head-of-territorial-body\", \"territory\": \"KZ-75\""
#define ASTANA "\"office\": \"head-of-territorial-body\", \"territory\": \"KZ-71\""

static void who_must_seal(void **state)
{
    (void)state;
    static const struct {
        const char *seals, *who, *body, *answer, *says;
    } table[] = {
        {"1", "", "", "seals.missing", "the seal of an officer of hq (any) is needed"},
        {"1", "2", "", "met", ""},
        {"2", "1", "", "seals.missing",
            "2 different officers of hq (any, any), and has 1"},
        {"2", "03", "", "seals.missing", "has 1"},
        {"2", "02", "", "met", ""},
        {"3", "012", "", "met", ""},
        {HEAD, "", "", "seals.missing", "of hq (head) is needed"},
        {HEAD, "0", "", "met", ""},
        {HEAD, "1", "", "seals.office",
            "seal of the head of hq is needed; it was sealed by berik (deputy-head)"},
        {HEAD, "3", "", "seals.office", "aigul (no office)"},
        {HEAD, "30", "", "met", ""},
        {HEAD, "2", "", "met", ""}, // who acts for the head
        {HEAD_HELD, "2", "", "seals.office", "and not of who acts for him"},
        {HEAD_HELD, "02", "", "met", ""},
        {BOTH, "01", "", "met", ""},
        {BOTH, "10", "", "met", ""},
        {BOTH, "02", "", "seals.office", "seal of the deputy-head of hq is needed"},
        {BOTH, "0", "", "seals.missing", "(head, deputy-head), and has 1"},
        {EITHER, "01", "", "met", ""},
        {EITHER, "12", "", "met", ""},
        {EITHER, "03", "", "seals.missing", "(head or deputy-head, any), and has 1"},
        {EITHER, "24", "", "met", ""},
        {EITHER, "34", "", "seals.office", "head or deputy-head"},
        {NAMED, "4", ALMATY, "met", ""},
        {NAMED, "4", ASTANA, "seals.office",
            "seal of the head-of-territorial-body in KZ-71 of hq"},
        {NAMED, "4", "\"office\": \"head-of-territorial-body\"", "seals.office",
            "in KZ-75"},
        {NAMED, "2", ALMATY, "met", ""},
        {NAMED, "2", ASTANA, "seals.office", ""},
        {NAMED, "0", "\"office\": \"head\"", "met", ""},
        {NAMED, "0", "", "seals.office", "the /body/office of hq"},
        // one person is not both
        {"( { office = \"head\"; }, { office = \"head\"; } )", "01", "", "seals.office",
            "2 different officers of hq (head, head)"},
        {"( { office = \"head\"; }, { office = \"head\"; } )", "02", "", "met", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *answer = ask(table[i].seals, table[i].who, table[i].body);
        if (strcmp(answer, table[i].answer) != 0)
            fail_msg("row %zu: %s (%s)", i, answer, why.text);
        if (table[i].says[0] && !strstr(why.text, table[i].says))
            fail_msg("row %zu: '%s' instead of '%s'", i, why.text, table[i].says);
    }
}

// Who holds the office is asked first, whoever sealed before him.
static void who_acts_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *seals, *who, *body, *says;
    } table[] = {
        {"2", "02", "", ""},
        {HEAD, "0", "", ""},
        {HEAD, "2", "", "daniyar head;"},
        {HEAD, "20", "", ""},
        {HEAD, "3", "", ""}, // refused
        {BOTH, "12", "", "daniyar head;"},
        {EITHER, "12", "", ""},
        {EITHER, "24", "", "daniyar head;"},
        {NAMED, "4", ALMATY, ""},
        {NAMED, "2", ALMATY, "daniyar head-of-territorial-body KZ-75;"},
        {"( { office = \"head\"; }, { office = \"head\"; } )", "02", "", "daniyar head;"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        (void)ask(table[i].seals, table[i].who, table[i].body);
        if (strcmp(said, table[i].says) != 0)
            fail_msg("row %zu: '%s' instead of '%s'", i, said, table[i].says);
    }
}

static void what_cannot_be_meant_is_refused(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"0", "1 to 3"},
        {"4", "1 to 3"},
        {"true", "1 to 3"},
        {"\"head\"", "1 to 3"},
        {"()", "1 to 3"},
        {"( {}, {}, {}, {} )", "1 to 3"},
        {"( { ofice = \"head\"; } )", "ofice"},
        {"( { office = \"Head\"; } )", "deputy-head"},
        {"( { office = \"\"; } )", "deputy-head"},
        {"( { office = 1; } )", "list of 1 to 4 words"},
        {"( { office = []; } )", "list of 1 to 4 words"},
        {"( { office = [ \"/body/office\" ]; } )", "deputy-head"},
        {"( { office = [ \"a\", \"b\", \"c\", \"d\", \"e\" ]; } )",
            "list of 1 to 4 words"},
        {"( { office = \"/body/~office\"; } )", "JSON pointer"},
        {"( { office = \"head\"; territory = \"KZ-75\"; } )", "JSON pointer"},
        {"( { territory = \"/body/territory\"; } )", "go with an office"},
        {"( { held = true; } )", "go with an office"},
        {"( 2 )", "group"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        seals_t seals;
        assert_int_equal(read_text(&seals, table[i][0]), -1);
        if (!strstr(why.text, table[i][1]))
            fail_msg("%s: '%s' instead of '%s'", table[i][0], why.text, table[i][1]);
    }
}

static void rules_are_compared(void **state)
{
    (void)state;
    static const char *const table[] = {"1", "2", HEAD, HEAD_HELD, BOTH, EITHER, NAMED};
    seals_t a, b;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
            assert_int_equal(read_text(&a, table[i]), 0);
            assert_int_equal(read_text(&b, table[k]), 0);
            assert_int_equal(seals_same(&a, &b), i == k);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_must_seal),
        cmocka_unit_test(who_acts_is_said),
        cmocka_unit_test(what_cannot_be_meant_is_refused),
        cmocka_unit_test(rules_are_compared),
    };
    return test_group(tests, NULL, NULL);
}
