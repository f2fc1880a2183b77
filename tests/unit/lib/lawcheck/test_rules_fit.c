// rules_fit: rules that name a kind or a field that no schema has are not for use; the
// plan's own rules fit the project's schemas.

#include "lib/lawcheck/rules_fit.h"

#include "tests/lib/data.h"
#include "tests/lib/scratch.h"

#include "lib/base/file.h"
#include "tests/lib/pack.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static schemas_t *schemas;
static cause_t why;

// Fields by $ref, by allOf, in a branch, and in an array.
static const char notice[] =
    "{\"$id\": \"https://x.example/notice.json\", \"$defs\": {\"body\": {\"properties\":"
    " {\"level\": {}, \"deep\": {\"properties\": {\"er\": {}}}}}},"
    " \"allOf\": [{\"properties\": {\"marking\": {}}}],"
    " \"if\": {\"properties\": {\"status\": {}}}, \"then\": {\"properties\": {\"late\": "
    "{}}},"
    " \"properties\": {\"kind\": {\"const\": \"notice\"}, \"body\": {\"$ref\": "
    "\"#/$defs/body\"}, \"to\": {\"type\": \"array\"}}}";
static const char alert[] =
    "{\"$id\": \"https://x.example/alert.json\", \"properties\": {\"kind\": {\"const\": "
    "\"alert\"}, \"body\": {\"properties\": {\"level\": {}, \"cause\": {}}}}}";

static void put(const char *name, const char *text)
{
    const char *path = scratch_at(&scratch, name);
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    put("notice.json", notice);
    put("alert.json", alert);
    schemas = schemas_open(scratch.path, &why);
    return schemas ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    schemas_close(&schemas);
    scratch_close(&scratch);
    return 0;
}

static void test_fields(void **state)
{
    (void)state;
    static const char *const there[] = {"/body", "/body/level", "/body/deep/er",
        "/marking", "/status", "/late", "/to/0", "/a~1b"};
    static const char *const missing[] = {"/levl", "/body/levl", "/body/level/more",
        "/body/deep/err", "/body/deep/e", "/bod", "/body/", "/", "/marking/x"};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (!schemas_has(schemas, "notice", there[i]))
            fail_msg("%s is not found", there[i]);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (schemas_has(schemas, "notice", missing[i]))
            fail_msg("%s is found", missing[i]);
    assert_false(schemas_has(schemas, "notic", "/body"));
}

static const char *fit(const char *text)
{
    rules_t *rules = pack_rules("x.rules", span_text(text), &why);
    if (!rules)
        fail_msg("%s", why.text);
    why.text[0] = '\0';
    int result = rules_fit(rules, schemas, &why);
    rules_close(&rules);
    assert_int_equal(result, why.text[0] ? -1 : 0);
    return why.text;
}

// Each law of the file is told what stands above it.
static void try_all(const char *file)
{
    span_t rest = span_text(data_text(file)), said, text;
    buf_t law = {0}, wanted = {0};
    size_t n = 0, wrong = 0;
    for (; data_next(&rest, &said, &text); n++) {
        buf_clear(&law);
        buf_clear(&wanted);
        buf_put(&law, text.data, text.size);
        if (!span_is(said, "fits"))
            buf_put(&wanted, said.data, said.size);
        if (strcmp(fit(buf_text(&law)), buf_text(&wanted)) == 0)
            continue;
        print_error("got    %s\nwanted %s\n", why.text, buf_text(&wanted));
        wrong++;
    }
    buf_destroy(&law);
    buf_destroy(&wanted);
    assert_true(n > 5);
    assert_int_equal(wrong, 0);
}

static void test_rules(void **state)
{
    (void)state;
    try_all("fit.rules");
}

static void test_what_follows(void **state)
{
    (void)state;
    schemas_t *small = schemas;
    schemas = schemas_open("schemas", &why);
    if (!schemas)
        fail_msg("%s", why.text);
    try_all("follow.rules");
    schemas_close(&schemas);
    schemas = small;
}

static void test_the_plan(void **state)
{
    (void)state;
    schemas_t *real = schemas_open("schemas", &why);
    rules_t *rules = real ? rules_open("hub/etc/plan.rules", &why) : NULL;
    if (!rules)
        skip(); // run elsewhere than at the top of the sources
    if (rules_fit(rules, real, &why) != 0)
        fail_msg("%s", why.text);
    rules_close(&rules);
    schemas_close(&real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_what_follows),
        cmocka_unit_test(test_the_plan),
    };
    return test_group(tests, set_up, tear_down);
}
