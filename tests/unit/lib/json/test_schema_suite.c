// The JSON Schema organisation's test suite, as far as our profile goes.
//
// Draft 7, from Debian's json-schema-test-suite, for keywords that mean the same in
// 2020-12; draft 2020-12 where a copy of it lies beside the checkout.  A group is out of
// scope when its schema is refused at load for one of the reasons listed here, or when it
// is listed by name with its reason.  A schema that is refused for any other reason is a
// failure, and so is any test of a group that is in scope.

#include "lib/base/file.h"
#include "lib/json/schema.h"
#include "tests/lib/test.h"

#include <unistd.h>

typedef struct {
    const char *what; // part of the loader's cause, or of "<file>: <group>"
    const char *reason;
} scope_t;

static const scope_t refused_at_load[] = {
    {"keyword \"$dynamicRef\"", "$dynamicRef is not in the profile"},
    {"keyword \"$dynamicAnchor\"", "$dynamicRef is not in the profile"},
    {"keyword \"propertyNames\"", "propertyNames is not in the profile"},
    {"keyword \"unevaluatedItems\"", "unevaluatedItems is not in the profile"},
    {"keyword \"definitions\"", "definitions became $defs"},
    {"keyword \"dependencies\"", "dependencies became two keywords"},
    {"\"$id\" must be at the root", "an $id inside a schema is not in the profile"},
    {"\"$schema\" must be", "the schema is of another dialect"},
    {"$ref \"https://json-schema.org/", "the metaschema is not in the profile"},
    {"unknown property after", "PCRE2 has no long names of Unicode properties"},
};

static const scope_t by_name[] = {
    {"draft7/items.json: an array of schemas for items", "this form became prefixItems"},
    {"draft7/items.json: items with boolean schemas", "this form became prefixItems"},
    {"draft7/items.json: items and subitems", "this form became prefixItems"},
    {"draft7/items.json: nested items", NULL},
};

// A file that is out of scope as a whole.
typedef struct {
    const char *file, *reason;
} out_t;

static const out_t draft7[] = {
    {"additionalItems.json", "additionalItems became items"},
    {"definitions.json", "definitions became $defs"},
    {"dependencies.json", "dependencies became two keywords"},
    {"propertyNames.json", "propertyNames is not in the profile"},
    {"ref.json", "in draft 7 $ref makes its siblings void; see draft 2020-12"},
    {"refRemote.json", "references reach the files of one folder, not a server"},
    {NULL, NULL},
};

static const out_t draft2020[] = {
    {"content.json", "content keywords are not in the profile"},
    {"defs.json", "the metaschema is not in the profile"},
    {"dynamicRef.json", "$dynamicRef is not in the profile"},
    {"format.json", "there format asserts nothing, here it does; see optional/format"},
    {"propertyNames.json", "propertyNames is not in the profile"},
    {"refRemote.json", "references reach the files of one folder, not a server"},
    {"unevaluatedItems.json", "unevaluatedItems is not in the profile"},
    {"vocabulary.json", "$vocabulary is not in the profile"},
    {NULL, NULL},
};

static const out_t formats[] = {
    {"ecmascript-regex.json",
        "format regex is not in the profile: PCRE2 is not ECMA 262"},
    {"hostname.json", "format hostname is not in the profile: it needs IDNA tables"},
    {"idn-email.json", "international formats are not in the profile"},
    {"idn-hostname.json", "international formats are not in the profile"},
    {"iri-reference.json", "international formats are not in the profile"},
    {"iri.json", "international formats are not in the profile"},
    {"regex.json", "format regex is not in the profile: PCRE2 is not ECMA 262"},
    {"unknown.json", "an unknown format is refused when a schema is loaded"},
    {"uri-template.json", "format uri-template is not in the profile"},
    {NULL, NULL},
};

typedef struct {
    unsigned number, failed, in, out, tests;
} tally_t;

static const char *find_reason(const scope_t *scope, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (scope[i].what && strstr(text, scope[i].what))
            return scope[i].reason;
    return NULL;
}

static void report(tally_t *tally, bool passed, const char *group, const char *why)
{
    printf("%sok %u - %s\n", passed ? "" : "not ", ++tally->number, group);
    if (!passed) {
        tally->failed++;
        printf("# %s\n", why);
    }
}

static void leave_out(tally_t *tally, const char *group, const char *reason)
{
    tally->out++;
    printf("ok %u - %s # SKIP %s\n", ++tally->number, group, reason);
}

// NULL, or the description of the first test that goes wrong.
static const char *first_wrong(const schema_t *schema, const value_t *tests)
{
    value_each(test, tests)
    {
        refusal_t refusal = {0};
        bool valid = schema_check(schema, value_get(test, "data"), &refusal) == 0;
        if (valid != value_is(value_get(test, "valid"), VALUE_TRUE) ||
            valid != (refusal.code == NULL))
            return value_text(value_get(test, "description"));
    }
    return NULL;
}

static void run_group(tally_t *tally, const char *file, const value_t *group)
{
    char name[512];
    cause_t why = {0};
    const value_t *tests = value_get(group, "tests");
    (void)snprintf(
        name, sizeof name, "%s: %s", file, value_text(value_get(group, "description")));
    for (char *c = name; *c; c++)
        if (*c == '#') // TAP would read a directive
            *c = '+';
    const char *reason = find_reason(by_name, sizeof by_name / sizeof by_name[0], name);
    if (reason) {
        leave_out(tally, name, reason);
        return;
    }
    schema_t *schema = schema_compile(value_get(group, "schema"), &why);
    reason = schema ? NULL
                    : find_reason(refused_at_load,
                          sizeof refused_at_load / sizeof refused_at_load[0], why.text);
    if (reason) {
        leave_out(tally, name, reason);
        return;
    }
    const char *wrong = schema ? first_wrong(schema, tests) : why.text;
    report(tally, !wrong, name, wrong);
    tally->in++;
    tally->tests += (unsigned)value_count(tests);
    schema_free(&schema);
}

static void run_file(tally_t *tally, const char *folder, const char *file)
{
    char path[1024];
    char label[400];
    const value_limits_t limits = {.depth = 512, .values = 1 << 20};
    value_fault_t fault = {.what = "cannot be read"};
    buf_t text = {0};
    cause_t why;
    value_t *groups = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    (void)snprintf(label, sizeof label, "%.100s/%.100s", strrchr(folder, '/') + 1, file);
    if (file_read(path, 1 << 24, &text, &why) == 0)
        groups = value_parse(buf_span(&text), &limits, &fault);
    buf_destroy(&text);
    if (!groups) {
        report(tally, false, label, fault.what);
        return;
    }
    unsigned before = tally->in;
    value_each(group, groups)
    {
        run_group(tally, label, group);
    }
    // So that a keyword lost from the profile does not go unnoticed.
    report(tally, tally->in > before, label, "nothing of this file is in scope: list it");
    value_free(&groups);
}

static const char *find_out(const out_t *out, const char *file)
{
    while (out->file && strcmp(out->file, file) != 0)
        out++;
    return out->reason;
}

static void run_folder(
    tally_t *tally, const char *root, const char *folder, const out_t *out)
{
    char path[512];
    names_t names = {0};
    cause_t why;
    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    if (access(path, R_OK) != 0) {
        printf("ok %u - %s # SKIP not on this machine\n", ++tally->number, folder);
        return;
    }
    if (names_list(&names, path, ".json", &why) != 0)
        report(tally, false, folder, why.text);
    for (size_t i = 0; i < names.n; i++) {
        const char *reason = find_out(out, names.name[i]);
        if (reason)
            leave_out(tally, names.name[i], reason);
        else
            run_file(tally, path, names.name[i]);
    }
    names_free(&names);
}

int main(void)
{
    const char *debian = "/usr/share/json-schema-test-suite/tests";
    const char *beside = "../shared/data/json-schema-suite/tests";
    tally_t tally = {0};
    run_folder(&tally, debian, "draft7", draft7);
    run_folder(&tally, debian, "draft7/optional/format", formats);
    run_folder(&tally, beside, "draft2020-12", draft2020);
    run_folder(&tally, beside, "draft2020-12/optional/format", formats);
    printf("1..%u\n", tally.number);
    printf("# in scope: %u groups with %u tests; out of scope: %u; failed: %u\n",
        tally.in, tally.tests, tally.out, tally.failed);
    return tally.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
