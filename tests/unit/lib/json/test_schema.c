// schema: the message kinds, the profile, and what a refusal tells.
//
// What each keyword means is held against the official suite in test_schema_suite.

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/json/schema.h"
#include "lib/json/value_json.h"
#include "lib/message/document.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

#include <pthread.h>

static const char *const kinds[] = {"incident.card", "monitoring.finding",
    "monitoring.answer", "incident.notice", "incident.update", "incident.closure",
    "incident.sharing", "security.alert", "crossborder.item", "crossborder.measure",
    "crossborder.position", "crossborder.release", "advisory", "threat.report",
    "information.request", "information.reply", "plan.submission", "contact.change",
    "response.engagement", "recommendation", "recovery.report", "suspension.notice",
    "suspension.lifted", "attestation", "emergency.coordination", "emergency.report",
    "response.task", "response.report", "headquarters.proposal", "headquarters.decision",
    "headquarters.convening", "headquarters.membership", "headquarters.adjournment",
    "headquarters.directive", "directive.report", "public.notice", "publication.report",
    "investigation.request", "investigation.report", "trace.manifest", "exercise.opening",
    "exercise.joining", "exercise.closing", "subscription", "acknowledgement",
    "service.notice", "delegation", "signature"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static schemas_t *schemas;

static int set_up(void **state)
{
    cause_t why;
    (void)state;
    schemas = schemas_open("schemas", &why);
    if (!schemas)
        print_error("%s\n", why.text);
    return schemas ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    schemas_close(&schemas);
    schemas_close(&schemas);
    return 0;
}

// The example of a kind, as document_load takes it.
static value_t *example(const char *kind)
{
    const document_limits_t limits = {1 << 20, 16};
    char path[256];
    cause_t why;
    buf_t bytes = {0};
    value_t *root;
    refusal_t refusal = {0};
    (void)snprintf(path, sizeof path, "schemas/examples/%s.json", kind);
    if (file_read(path, 1 << 20, &bytes, &why) != 0)
        fail_msg("%s", why.text);
    if (document_load(buf_span(&bytes), &limits, &root, &refusal) != 0)
        fail_msg("%s: %s %s", path, refusal.code, refusal.text);
    buf_destroy(&bytes);
    return root;
}

static void every_kind_has_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        refusal_t refusal = {0};
        document_t document;
        value_t *root = example(kinds[i]);
        assert_true(schemas_knows(schemas, kinds[i]));
        if (schemas_check(schemas, root, &refusal) != 0)
            fail_msg(
                "%s: %s %s: %s", kinds[i], refusal.pointer, refusal.by, refusal.text);
        assert_int_equal(document_open(&document, root, &refusal), 0);
        assert_string_equal(document.kind, kinds[i]);
        assert_null(refusal.code);
        document_close(&document);
    }
}

static void every_file_is_a_known_kind_or_the_envelope(void **state)
{
    (void)state;
    names_t names;
    cause_t why;
    assert_int_equal(names_list(&names, "schemas", ".json", &why), 0);
    assert_int_equal(names.n, KINDS + 2); // envelope and words
    names_free(&names);
    assert_int_equal(names_list(&names, "schemas/examples", ".json", &why), 0);
    assert_int_equal(names.n, KINDS);
    names_free(&names);
    const char *unknown[] = {"envelope", "", "incident", "incident.notice.json",
        "incident.notic", "incident.notices", "../schemas/advisory", "Advisory"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(schemas_knows(schemas, unknown[i]));
}

// Where a pointer without escapes leads, as far as its last slash.
static json_t *parent_of(json_t *root, const char *pointer)
{
    json_t *object = root;
    for (const char *next; (next = strchr(++pointer, '/')); pointer = next) {
        size_t length = (size_t)(next - pointer);
        object = json_is_array(object) ? json_array_get(object, (size_t)atoi(pointer))
                                       : json_object_getn(object, pointer, length);
    }
    return object;
}

// Put `value` at /a/b/c of a message; NULL takes the member away.
static void set_in(json_t *root, const char *pointer, const char *value)
{
    const char *last = strrchr(pointer, '/');
    json_t *object = parent_of(root, pointer);
    assert_non_null(object);
    if (!value) {
        assert_int_equal(json_object_del(object, last + 1), 0);
        return;
    }
    json_t *parsed = json_loads(value, JSON_DECODE_ANY, NULL);
    assert_non_null(parsed);
    if (json_is_array(object))
        assert_int_equal(json_array_set_new(object, (size_t)atoi(last + 1), parsed), 0);
    else
        assert_int_equal(json_object_set_new(object, last + 1, parsed), 0);
}

static void set_at(value_t **root, const char *pointer, const char *value)
{
    json_t *tree = value_json(*root);
    set_in(tree, pointer, value);
    value_free(root);
    *root = value_from(tree);
}

typedef struct {
    const char *kind, *pointer, *value; // what is changed in the example
    const char *code, *at, *by, *words; // what is said about it; code NULL: accepted
} change_t;

#define NODE_63 "\"a12345678901234567890123456789012345678901234567890123456789012\""
#define NODE_64 "\"a123456789012345678901234567890123456789012345678901234567890123\""
#define REFERENCE "{\"author\":\"a\",\"id\":\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\"}"

static const change_t changes[] = {
    // What is read before the schema.
    {"advisory", "/dabyl", NULL, "doc.version", "/dabyl", "", "missing"},
    {"advisory", "/dabyl", "2", "doc.version", "/dabyl", "", "version 1"},
    {"advisory", "/dabyl", "\"1\"", "doc.version", "/dabyl", "", "version 1"},
    {"advisory", "/dabyl", "1.0", "doc.version", "/dabyl", "", "version 1"},
    {"advisory", "/kind", NULL, "doc.kind", "/kind", "", "missing"},
    {"advisory", "/kind", "7", "doc.kind", "/kind", "", "string"},
    {"advisory", "/kind", "\"threat\"", "doc.kind", "/kind", "", "no message kind"},
    {"advisory", "/kind", "\"envelope\"", "doc.kind", "/kind", "", "no message kind"},
    {"advisory", "/kind", "\"incident.notice\"", "doc.schema", "/body/level",
        "incident.notice.json required", "missing"},
    // The envelope.
    {"advisory", "/id", NULL, "doc.schema", "/id", "envelope.json required", "\"id\""},
    {"advisory", "/id", "\"019abd3c-5c00-4a4e-9b6d-2f1c8e7a9d01\"", "doc.schema", "/id",
        "envelope.json pattern", "a UUIDv7"},
    {"advisory", "/id", "\"019ABD3C-5c00-7a4e-9b6d-2f1c8e7a9d01\"", "doc.schema", "/id",
        "envelope.json pattern", "lower case"},
    {"advisory", "/id", "\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\\n\"", "doc.schema",
        "/id", "envelope.json pattern", ""},
    {"advisory", "/from", "7", "doc.schema", "/from", "envelope.json type",
        "expected type string, found an integer"},
    {"advisory", "/from", "\"ISOC\"", "doc.schema", "/from", "envelope.json pattern",
        "node id"},
    {"advisory", "/from", NODE_63, NULL, NULL, NULL, NULL},
    {"advisory", "/from", NODE_64, "doc.schema", "/from", "envelope.json maxLength",
        "at most 63 characters, found 64"},
    {"advisory", "/sent", "\"2026-11-22 09:41:07\"", "doc.schema", "/sent",
        "envelope.json format", "RFC 3339"},
    {"advisory", "/sent", "\"2026-02-30T09:41:07Z\"", "doc.schema", "/sent",
        "envelope.json format", "RFC 3339"},
    {"advisory", "/status", "\"Actual\"", "doc.schema", "/status", "envelope.json enum",
        "\"exercise\""},
    {"advisory", "/status", "\"exercise\"", "doc.schema", "/exercise",
        "envelope.json required", "missing"},
    {"advisory", "/exercise", "\"north-2026\"", "doc.schema", "/status",
        "envelope.json const", "exactly \"exercise\""},
    {"advisory", "/marking", "\"TLP:WHITE\"", "doc.schema", "/marking",
        "envelope.json enum", "\"TLP:AMBER+STRICT\""},
    {"advisory", "/marking", "\"TLP:AMBER+STRICT\"", NULL, NULL, NULL, NULL},
    {"advisory", "/to", "[]", "doc.schema", "/to", "envelope.json minItems",
        "at least 1"},
    {"advisory", "/to", "[\"a\",\"b\",\"a\"]", "doc.schema", "/to",
        "envelope.json uniqueItems", "items 0 and 2"},
    {"advisory", "/to", "[\"a\",\"B\"]", "doc.schema", "/to/1", "envelope.json pattern",
        ""},
    {"advisory", "/re", "{\"author\":\"a\"}", "doc.schema", "/re/id",
        "envelope.json required", "missing"},
    {"advisory", "/re", REFERENCE, NULL, NULL, NULL, NULL},
    {"advisory", "/nonce", "\"0\"", "doc.schema", "/nonce", "envelope.json pattern",
        "32"},
    {"advisory", "/for", "\"kib\"", "doc.schema", "/for", "envelope.json enum", "nccis"},
    {"advisory", "/state_secret", "true", "doc.schema", "/state_secret",
        "envelope.json const", "exactly false"},
    {"advisory", "/state_secret", "false", NULL, NULL, NULL, NULL},
    {"advisory", "/summary", "{}", "doc.schema", "/summary",
        "envelope.json minProperties", "1"},
    {"advisory", "/summary/de", "\"x\"", "doc.schema", "/summary/de",
        "envelope.json additionalProperties", "unknown field"},
    {"advisory", "/summary/en", "\"\"", "doc.schema", "/summary/en",
        "envelope.json minLength", "at least 1"},
    {"advisory", "/unknown", "1", "doc.schema", "/unknown",
        "advisory.json unevaluatedProperties", "unknown field"},
    {"advisory", "/a~1b", "1", "doc.schema", "/a~01b",
        "advisory.json unevaluatedProperties", ""},
    {"advisory", "/body", "[]", "doc.schema", "/body", "envelope.json type",
        "expected type object, found an array"},
    // The bodies.
    {"incident.notice", "/body/level", "6", "doc.schema", "/body/level",
        "envelope.json maximum", "at most 5"},
    {"incident.notice", "/body/level", "-1", "doc.schema", "/body/level",
        "envelope.json minimum", "at least 0"},
    {"incident.notice", "/body/level", "2.5", "doc.schema", "/body/level",
        "envelope.json type", "found a number"},
    {"incident.notice", "/body/level", "\"4\"", "doc.schema", "/body/level",
        "envelope.json type", "found a string"},
    {"incident.notice", "/body/level", "0", NULL, NULL, NULL, NULL},
    {"incident.notice", "/body/secret", "1", "doc.schema", "/body/secret",
        "incident.notice.json additionalProperties", "unknown field"},
    {"incident.notice", "/body/sector", "\"energy\"", "doc.schema", "/body/sector",
        "envelope.json enum", "\"power-supply\""},
    {"incident.notice", "/body/category", "\"Fraud\"", "doc.schema", "/body/category",
        "envelope.json enum", "\"fraud\""},
    {"incident.notice", "/body/determination", "\"sure\"", "doc.schema",
        "/body/determination", "envelope.json enum", "\"suspected\""},
    {"incident.notice", "/body/cross_border", "\"yes\"", "doc.schema",
        "/body/cross_border", "incident.notice.json type", "boolean"},
    {"incident.notice", "/body/consequences", "[\"economy\",\"economy\"]", "doc.schema",
        "/body/consequences", "envelope.json uniqueItems", "0 and 1"},
    {"incident.notice", "/body/indicators/0/colour", "1", "doc.schema",
        "/body/indicators/0/colour", "envelope.json additionalProperties", ""},
    {"incident.notice", "/body/object", "\"kz 1\"", "doc.schema", "/body/object",
        "envelope.json pattern", "object id"},
    {"incident.update", "/incident", NULL, "doc.schema", "/incident",
        "incident.update.json required", ""},
    {"incident.update", "/body", "{}", "doc.schema", "/body",
        "incident.update.json minProperties", ""},
    {"incident.closure", "/incident", NULL, "doc.schema", "/incident",
        "incident.closure.json required", ""},
    {"incident.closure", "/body/recovery", NULL, "doc.schema", "/body/recovery",
        "incident.closure.json required", ""},
    {"security.alert", "/body/level", "2", "doc.schema", "/body/level",
        "security.alert.json minimum", "at least 3"},
    {"security.alert", "/body/cause/id", "\"x\"", "doc.schema", "/body/cause/id",
        "envelope.json pattern", ""},
    {"security.alert", "/body/carried/seal", "\"ab c\"", "doc.schema",
        "/body/carried/seal", "envelope.json pattern", "base64"},
    {"crossborder.item", "/body/cause", NULL, "doc.schema", "/body/cause",
        "crossborder.item.json required", ""},
    {"advisory", "/body/vulnerabilities/0/id", "\"CVE-26-1\"", "doc.schema",
        "/body/vulnerabilities/0/id", "advisory.json pattern", "CVE"},
    {"advisory", "/body/vulnerabilities/0/due", "\"2026-13-01\"", "doc.schema",
        "/body/vulnerabilities/0/due", "advisory.json format", "a date"},
    {"advisory", "/body/references/0", "\"not a uri\"", "doc.schema",
        "/body/references/0", "envelope.json format", "with its scheme"},
    {"acknowledgement", "/re", NULL, "doc.schema", "/re", "acknowledgement.json required",
        ""},
    {"acknowledgement", "/body/answer", "\"seen\"", "doc.schema", "/body/answer",
        "acknowledgement.json enum", "\"accepted\""},
    {"service.notice", "/body/event", "\"party\"", "doc.schema", "/body/event",
        "service.notice.json enum", "\"overdue\""},
    // Across the border: every measure and every release names its treaty.
    {"crossborder.measure", "/incident", NULL, "doc.schema", "/incident",
        "crossborder.measure.json required", ""},
    {"crossborder.measure", "/body/treaty", NULL, "doc.schema", "/body/treaty",
        "crossborder.measure.json required", ""},
    {"crossborder.measure", "/body/treaty/ratified_by", NULL, "doc.schema",
        "/body/treaty/ratified_by", "envelope.json required", ""},
    {"crossborder.measure", "/body/measures", "[]", "doc.schema", "/body/measures",
        "crossborder.measure.json minItems", "at least 1"},
    {"crossborder.measure", "/body/countries", "[]", "doc.schema", "/body/countries",
        "crossborder.measure.json minItems", "at least 1"},
    {"crossborder.position", "/re", NULL, "doc.schema", "/re",
        "crossborder.position.json required", ""},
    {"crossborder.position", "/body/position", NULL, "doc.schema", "/body/position",
        "crossborder.position.json required", ""},
    {"crossborder.position", "/body/position", "\"maybe\"", "doc.schema",
        "/body/position", "crossborder.position.json enum", "\"agreed\""},
    {"crossborder.position", "/body/position", "\"declined\"", "doc.schema",
        "/body/reason", "crossborder.position.json required", "missing"},
    {"crossborder.release", "/re", NULL, "doc.schema", "/re",
        "crossborder.release.json required", ""},
    {"crossborder.release", "/to", NULL, "doc.schema", "/to",
        "crossborder.release.json required", ""},
    {"crossborder.release", "/body/treaty", NULL, "doc.schema", "/body/treaty",
        "crossborder.release.json required", ""},
    // What is asked, and what answers.
    {"threat.report", "/body/description", NULL, "doc.schema", "/body/description",
        "threat.report.json required", ""},
    {"information.request", "/to", NULL, "doc.schema", "/to",
        "information.request.json required", ""},
    {"information.request", "/body/questions", NULL, "doc.schema", "/body/questions",
        "information.request.json required", ""},
    {"information.reply", "/re", NULL, "doc.schema", "/re",
        "information.reply.json required", ""},
    // Files and officials.
    {"plan.submission", "/body/file", NULL, "doc.schema", "/body/file",
        "plan.submission.json required", ""},
    {"plan.submission", "/body/approved_on", NULL, "doc.schema", "/body/approved_on",
        "plan.submission.json required", ""},
    {"plan.submission", "/body/approved_by", NULL, "doc.schema", "/body/approved_by",
        "plan.submission.json required", ""},
    {"plan.submission", "/body/file/name", NULL, "doc.schema", "/body/file/name",
        "envelope.json required", ""},
    {"plan.submission", "/body/file/size", NULL, "doc.schema", "/body/file/size",
        "envelope.json required", ""},
    {"plan.submission", "/body/file/sha256", NULL, "doc.schema", "/body/file/sha256",
        "envelope.json required", ""},
    {"plan.submission", "/body/file/name", "\"../plan.pdf\"", "doc.schema",
        "/body/file/name", "envelope.json pattern", "without a folder"},
    {"plan.submission", "/body/file/name", "\".hidden\"", "doc.schema", "/body/file/name",
        "envelope.json pattern", "without a folder"},
    {"plan.submission", "/body/file/name", "\"a/b\"", "doc.schema", "/body/file/name",
        "envelope.json pattern", "without a folder"},
    {"plan.submission", "/body/file/name", "\"a\\\\b\"", "doc.schema", "/body/file/name",
        "envelope.json pattern", "without a folder"},
    {"plan.submission", "/body/file/name", "\"a\\nb\"", "doc.schema", "/body/file/name",
        "envelope.json pattern", "without a folder"},
    {"plan.submission", "/body/file/name", "\"\"", "doc.schema", "/body/file/name",
        "envelope.json pattern", "without a folder"},
    {"plan.submission", "/body/file/size", "-1", "doc.schema", "/body/file/size",
        "envelope.json minimum", "at least 0"},
    {"plan.submission", "/body/file/size", "1.5", "doc.schema", "/body/file/size",
        "envelope.json type", ""},
    {"plan.submission", "/body/file/sha256", "\"abc\"", "doc.schema", "/body/file/sha256",
        "envelope.json pattern", "64"},
    {"plan.submission", "/body/custody", NULL, NULL, NULL, NULL, NULL},
    {"contact.change", "/body/replaced", NULL, "doc.schema", "/body/replaced",
        "contact.change.json required", ""},
    {"contact.change", "/body/replaced_at", NULL, "doc.schema", "/body/replaced_at",
        "contact.change.json required", ""},
    {"contact.change", "/body/official", NULL, "doc.schema", "/body/official",
        "contact.change.json required", ""},
    {"contact.change", "/body/reason", "\"removal\"", "doc.schema", "/body/official",
        "contact.change.json false", ""},
    {"incident.notice", "/body/reported/channel", "\"smoke\"", "doc.schema",
        "/body/reported/channel", "envelope.json enum", "\"website\""},
    {"incident.notice", "/body/reported", "{\"name\":\"A\"}", "doc.schema",
        "/body/reported/channel", "envelope.json required", ""},
    {"contact.change", "/body/reason", "\"holiday\"", "doc.schema", "/body/reason",
        "contact.change.json enum", "\"replacement\""},
    {"contact.change", "/body/reason", "\"details\"", "doc.schema", "/body/replaced",
        "contact.change.json false", ""},
    {"contact.change", "/body/official/phone", "\"7172\"", "doc.schema",
        "/body/official/phone", "envelope.json pattern", "country code"},
    {"contact.change", "/body/official", "{\"name\":\"A\"}", "doc.schema",
        "/body/official/phone", "envelope.json anyOf", "\"phone\" or \"email\""},
    {"trace.manifest", "/incident", NULL, "doc.schema", "/incident",
        "trace.manifest.json anyOf", "\"incident\" or \"re\""},
    {"trace.manifest", "/body/former", "\"taken\"", "doc.schema", "/re",
        "trace.manifest.json required", ""},
    {"trace.manifest", "/body/former", "\"lost\"", "doc.schema", "/body/former",
        "trace.manifest.json enum", "\"declined\""},
    {"trace.manifest", "/to", "[\"nccis\", \"mfa\"]", "doc.schema", "/to",
        "trace.manifest.json maxItems", "at most 1"},
    {"trace.manifest", "/body/traces/0/path", "\"a\\u0007b\"", "doc.schema",
        "/body/traces/0/path", "trace.manifest.json pattern", ""},
    {"trace.manifest", "/body/traces/0/modified_at", "\"yesterday\"", "doc.schema",
        "/body/traces/0/modified_at", "envelope.json format", ""},
    {"trace.manifest", "/body/custody", NULL, "doc.schema", "/body/custody",
        "trace.manifest.json required", ""},
    {"trace.manifest", "/body/traces", "[]", "doc.schema", "/body/traces",
        "trace.manifest.json minItems", "at least 1"},
    {"trace.manifest", "/body/traces/0/file", NULL, "doc.schema", "/body/traces/0/file",
        "trace.manifest.json required", ""},
    {"trace.manifest", "/body/custody/holder", NULL, "doc.schema", "/body/custody/holder",
        "envelope.json required", ""},
    // The response.
    {"response.engagement", "/to", NULL, "doc.schema", "/to",
        "response.engagement.json required", ""},
    {"response.engagement", "/body/request", NULL, "doc.schema", "/body/request",
        "response.engagement.json required", ""},
    {"recommendation", "/body/object", NULL, "doc.schema", "",
        "recommendation.json anyOf", ""},
    {"recovery.report", "/re", NULL, "doc.schema", "/re", "recovery.report.json required",
        ""},
    {"suspension.notice", "/body/suspended_at", NULL, "doc.schema", "/body/suspended_at",
        "suspension.notice.json required", ""},
    {"suspension.notice", "/body/what", NULL, "doc.schema", "/body/what",
        "suspension.notice.json required", ""},
    {"suspension.notice", "/body/grounds", NULL, "doc.schema", "/body/grounds",
        "suspension.notice.json required", ""},
    {"suspension.notice", "/body/decided_by", NULL, "doc.schema", "/body/decided_by",
        "suspension.notice.json required", ""},
    {"suspension.notice", "/body/what", "{}", "doc.schema", "/body/what",
        "envelope.json minProperties", "1"},
    {"suspension.notice", "/body/grounds/0", "\"urgency\"", "doc.schema",
        "/body/grounds/0", "suspension.notice.json enum", "\"criminal-group\""},
    {"suspension.notice", "/body/urgency", NULL, "doc.schema", "/body/urgency",
        "suspension.notice.json required", ""},
    {"suspension.notice", "/body/order", NULL, "doc.schema", "/body/order",
        "suspension.notice.json required", ""},
    {"suspension.notice", "/body/in_interest_of", NULL, "doc.schema",
        "/body/in_interest_of", "suspension.notice.json required", ""},
    {"suspension.notice", "/body/decided_by/office", "\"head-of-territorial-body\"",
        "doc.schema", "/body/decided_by/territory", "suspension.notice.json required",
        ""},
    {"suspension.notice", "/body/decided_by/name", NULL, "doc.schema",
        "/body/decided_by/name", "suspension.notice.json required", ""},
    {"suspension.notice", "/body/decided_by/office", "\"officer\"", "doc.schema",
        "/body/decided_by/office", "suspension.notice.json enum", "\"deputy-chairman\""},
    {"suspension.lifted", "/re", NULL, "doc.schema", "/re",
        "suspension.lifted.json required", ""},
    {"emergency.coordination", "/body/basis", "\"strike\"", "doc.schema", "/body/basis",
        "emergency.coordination.json enum", "\"martial-law\""},
    {"emergency.report", "/re", NULL, "doc.schema", "/re",
        "emergency.report.json required", ""},
    {"emergency.coordination", "/body/basis", NULL, "doc.schema", "/body/basis",
        "emergency.coordination.json required", ""},
    {"response.task", "/to", NULL, "doc.schema", "/to", "response.task.json required",
        ""},
    {"response.task", "/body/tasks", NULL, "doc.schema", "/body/tasks",
        "response.task.json required", ""},
    {"response.report", "/re", NULL, "doc.schema", "/re", "response.report.json required",
        ""},
    // The Headquarters.
    {"headquarters.proposal", "/body/analysis", NULL, "doc.schema", "/body/analysis",
        "headquarters.proposal.json required", ""},
    {"plan.submission", "/body/covers", NULL, "doc.schema", "/body/covers",
        "plan.submission.json required", ""},
    {"headquarters.decision", "/re", NULL, "doc.schema", "/re",
        "headquarters.decision.json required", ""},
    {"headquarters.decision", "/body/reasons", NULL, "doc.schema", "/body/reasons",
        "headquarters.decision.json required", ""},
    {"headquarters.decision", "/body/decision", "\"later\"", "doc.schema",
        "/body/decision", "headquarters.decision.json enum", "\"not-convened\""},
    {"public.notice", "/re", NULL, "doc.schema", "/re", "public.notice.json required",
        ""},
    {"publication.report", "/re", NULL, "doc.schema", "/re",
        "publication.report.json required", ""},
    {"publication.report", "/body/published_at", NULL, "doc.schema", "/body/published_at",
        "publication.report.json required", ""},
    {"publication.report", "/body/state", "\"declined\"", "doc.schema", "/body/reason",
        "publication.report.json required", ""},
    {"investigation.request", "/re", NULL, "doc.schema", "/re",
        "investigation.request.json required", ""},
    {"investigation.request", "/to", NULL, "doc.schema", "/to",
        "investigation.request.json required", ""},
    {"investigation.request", "/body/forms", "[]", "doc.schema", "/body/forms",
        "investigation.request.json minItems", ""},
    {"investigation.report", "/re", NULL, "doc.schema", "/re",
        "investigation.report.json required", ""},
    {"investigation.report", "/body/findings", NULL, "doc.schema", "/body/findings",
        "investigation.report.json required", ""},
    {"headquarters.membership", "/re", NULL, "doc.schema", "/re",
        "headquarters.membership.json required", ""},
    {"headquarters.membership", "/body/reason", NULL, "doc.schema", "/body/reason",
        "headquarters.membership.json required", ""},
    {"headquarters.membership", "/body/joins", "[]", "doc.schema", "/body/joins",
        "headquarters.membership.json minItems", ""},
    {"headquarters.membership", "/body/leaves/0", "\"A B\"", "doc.schema",
        "/body/leaves/0", "envelope.json pattern", "node id"},
    {"headquarters.convening", "/body/members", NULL, "doc.schema", "/body/members",
        "headquarters.convening.json required", ""},
    {"headquarters.convening", "/body/head", NULL, "doc.schema", "/body/head",
        "headquarters.convening.json required", ""},
    {"headquarters.convening", "/body/meets_at", NULL, "doc.schema", "/body/meets_at",
        "headquarters.convening.json required", ""},
    {"headquarters.convening", "/body/members", "[\"a\",\"a\"]", "doc.schema",
        "/body/members", "headquarters.convening.json uniqueItems", "0 and 1"},
    {"headquarters.convening", "/body/members/0", "\"A B\"", "doc.schema",
        "/body/members/0", "envelope.json pattern", "node id"},
    {"headquarters.adjournment", "/re", NULL, "doc.schema", "/re",
        "headquarters.adjournment.json required", ""},
    {"headquarters.directive", "/re", NULL, "doc.schema", "/re",
        "headquarters.directive.json required", ""},
    {"headquarters.directive", "/to", NULL, "doc.schema", "/to",
        "headquarters.directive.json required", ""},
    {"headquarters.directive", "/body/tasks", NULL, "doc.schema", "/body/tasks",
        "headquarters.directive.json required", ""},
    {"headquarters.directive", "/body/due", NULL, "doc.schema", "/body/due",
        "headquarters.directive.json required", ""},
    {"directive.report", "/re", NULL, "doc.schema", "/re",
        "directive.report.json required", ""},
    {"directive.report", "/body/state", "\"soon\"", "doc.schema", "/body/state",
        "directive.report.json enum", "\"impossible\""},
    {"public.notice", "/body/text", "{}", "doc.schema", "/body/text",
        "public.notice.json minProperties", "1"},
    // Exercises: what opens, joins and closes one is no exercise message.
    {"exercise.opening", "/status", "\"exercise\"", "doc.schema", "/exercise",
        "envelope.json required", "missing"},
    {"exercise.joining", "/re", NULL, "doc.schema", "/re",
        "exercise.joining.json required", ""},
    {"exercise.closing", "/re", NULL, "doc.schema", "/re",
        "exercise.closing.json required", ""},
    {"exercise.opening", "/body/opens_at", NULL, "doc.schema", "/body/opens_at",
        "exercise.opening.json required", ""},
    {"exercise.opening", "/status", "\"test\"", NULL, NULL, NULL, NULL},
};

static void changes_are_refused_where_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const change_t *change = &changes[i];
        refusal_t refusal = {0};
        value_t *root = example(change->kind);
        set_at(&root, change->pointer, change->value);
        int result = schemas_check(schemas, root, &refusal);
        if (result != (change->code ? -1 : 0))
            fail_msg("%s %s: %s", change->kind, change->pointer, refusal.text);
        if (change->code) {
            assert_string_equal(refusal.code, change->code);
            assert_string_equal(refusal.pointer, change->at);
            assert_string_equal(refusal.by, change->by);
            if (!strstr(refusal.text, change->words))
                fail_msg("%s: \"%s\"", change->pointer, refusal.text);
        }
        value_free(&root);
    }
}

// Without any field that the schema asks for, a message is refused for it.
static void a_missing_field_is_named(void **state)
{
    (void)state;
    const char *fields[] = {
        "id", "from", "sent", "status", "marking", "nonce", "summary", "body"};
    for (size_t i = 0; i < KINDS; i++)
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            refusal_t refusal = {0};
            value_t *root = example(kinds[i]);
            char pointer[32];
            (void)snprintf(pointer, sizeof pointer, "/%s", fields[f]);
            set_at(&root, pointer, NULL);
            assert_int_equal(schemas_check(schemas, root, &refusal), -1);
            assert_string_equal(refusal.pointer + 1, fields[f]);
            value_free(&root);
        }
}

static void other_shapes_than_objects_are_survived(void **state)
{
    (void)state;
    const char *texts[] = {"[]", "1", "null", "\"x\"", "{}", "{\"dabyl\":1}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        refusal_t refusal = {0};
        value_t *root = value_read(texts[i]);
        assert_int_equal(schemas_check(schemas, root, &refusal), -1);
        assert_non_null(refusal.code);
        value_free(&root);
    }
}

// What the schema takes as a moment, the code must be able to read.
static void moments_of_the_schema_are_moments(void **state)
{
    (void)state;
    const char *moments[] = {"2026-11-22T09:41:07Z", "2026-11-22t09:41:07.123456789z",
        "2016-12-31T23:59:60Z", "2017-01-01T05:59:60.9+06:00",
        "2026-11-22T09:41:07-00:00", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        int64_t ms;
        refusal_t refusal = {0};
        value_t *root = example("advisory");
        char text[80];
        (void)snprintf(text, sizeof text, "\"%s\"", moments[i]);
        set_at(&root, "/sent", text);
        if (schemas_check(schemas, root, &refusal) != 0 ||
            !time_parse(span_text(moments[i]), &ms))
            fail_msg("%s: %s", moments[i], refusal.text);
        value_free(&root);
    }
}

static bool accepts(const char *schema_text, const char *value_text, refusal_t *refusal)
{
    cause_t why;
    value_t *json = value_read(schema_text);
    value_t *value = value_read(value_text);
    schema_t *schema = schema_compile(json, &why);
    if (!schema)
        fail_msg("%s: %s", schema_text, why.text);
    *refusal = (refusal_t){0};
    bool accepted = schema_check(schema, value, refusal) == 0;
    assert_true(accepted == (refusal->code == NULL));
    schema_free(&schema);
    value_free(&json);
    value_free(&value);
    return accepted;
}

// What the suite on every machine (draft 7) does not reach.
static void keywords_of_2020_12(void **state)
{
    (void)state;
    const struct {
        const char *schema, *value;
        bool accepted;
    } rows[] = {
        {"{\"const\":9007199254740993}", "9007199254740992.0", false},
        {"{\"const\":9007199254740992}", "9007199254740992.0", true},
        {"{\"maximum\":9223372036854775807}", "9223372036854775808.0", false},
        {"{\"exclusiveMaximum\":1e19}", "9223372036854775807", true},
        {"{\"minimum\":-1.5}", "-1", true},
        {"{\"minimum\":-1.5}", "-2", false},
        {"{\"type\":\"integer\"}", "1e300", true},
        {"{\"uniqueItems\":true}", "[1,1.0]", false},
        {"{\"uniqueItems\":true}", "[{\"a\":[1]},{\"a\":[1.0]}]", false},
        {"{\"uniqueItems\":true}", "[1,true,\"1\",[1],null,0,false,{},[]]", true},
        {"{\"enum\":[]}", "1", false},
        {"{\"maxLength\":2}", "\"\\ud83d\\ude00\\u04d9\"", true},
        {"{\"minLength\":3}", "\"\\ud83d\\ude00\\u04d9\"", false},
        {"{\"pattern\":\"^.$\"}", "\"\\ud83d\\ude00\"", true},
        {"{\"pattern\":\"^a$\"}", "\"a\\n\"", false},
        {"{\"prefixItems\":[{\"const\":1}],\"items\":{\"const\":2}}", "[1,2,2]", true},
        {"{\"prefixItems\":[{\"const\":1}],\"items\":{\"const\":2}}", "[1,1]", false},
        {"{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", false},
        {"{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"b\":1}", true},
        {"{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "{\"a\":1,\"b\":1}",
            false},
        {"{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,0,1]",
            true},
        {"{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,0]",
            false},
        {"{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,1,1,1]",
            false},
        {"{\"$ref\":\"#/$defs/a%25~1\",\"$defs\":{\"a%/\":{\"type\":\"null\"}}}", "null",
            true},
        {"{\"$ref\":\"#x\",\"$defs\":{\"a\":{\"$anchor\":\"x\",\"type\":\"null\"}}}", "1",
            false},
        {"{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
            "{\"a\":{\"a\":{\"a\":{\"b\":1}}}}", false},
        {"{\"allOf\":[{\"properties\":{\"a\":true}}],\"unevaluatedProperties\":false}",
            "{\"a\":1}", true},
        {"{\"allOf\":[{\"properties\":{\"a\":true}}],\"unevaluatedProperties\":false}",
            "{\"b\":1}", false},
        {"{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},"
         "{\"properties\":{\"b\":true}}],\"unevaluatedProperties\":false}",
            "{\"a\":2}", false},
        {"{\"not\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},"
         "\"unevaluatedProperties\":false}",
            "{\"a\":2}", false},
        {"{\"properties\":{\"a\":{}},\"items\":{\"unevaluatedProperties\":false}}",
            "[{\"a\":1}]", false},
    };
    refusal_t refusal;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (accepts(rows[i].schema, rows[i].value, &refusal) != rows[i].accepted)
            fail_msg("%s with %s: %s", rows[i].schema, rows[i].value, refusal.text);
}

static void fields_have_words(void **state)
{
    (void)state;
    static const struct {
        const char *pointer, *language, *words;
    } rows[] = {
        {"/body/level", "kk", "критикалық деңгей, 0-ден 5-ке дейін"},
        {"/body/level", "en", "criticality level, 0 to 5"},
        {"/body/level", "de", "criticality level, 0 to 5"},
        {"/body/measures/-", "en", "what was done so far, one step each"},
        {"/body/indicators/-/type", "ru", "вид индикатора"},
        {"/body/nowhere", "en", NULL},
        {"/nonce", "ru", "случайное число"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *words =
            schemas_words(schemas, "incident.notice", rows[i].pointer, rows[i].language);
        assert_string_equal(words ? words : "", rows[i].words ? rows[i].words : "");
    }
    // What a kind says of its own field in full comes before what others say shortly.
    assert_string_equal(
        schemas_label(schemas, "incident.notice", "/body/level", "ru"), "уровень");
    assert_string_equal(schemas_label(schemas, "subscription", "/body/level", "en"),
        "this level or higher");
    assert_string_equal(
        schemas_label(schemas, "incident.notice", "/body/indicators", "en"),
        "indicators");
    assert_null(schemas_label(schemas, "incident.notice", "/body/nowhere", "en"));
    assert_string_equal(
        schemas_value_words(schemas, "incident.notice", "/body/sector", "banking", "ru"),
        "банковская сфера");
    assert_null(
        schemas_value_words(schemas, "incident.notice", "/body/sector", "x", "ru"));
    assert_string_equal(schemas_title(schemas, "incident.notice"), "Incident notice");
}

static void schemas_outside_the_profile_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *schema, *words;
    } rows[] = {
        {"{\"maxlength\":1}", "\"maxlength\" is not in the profile"},
        {"{\"$defs\":{\"a\":{\"propertyNames\":true}}}", "\"propertyNames\""},
        {"{\"properties\":{\"a\":{\"items\":{\"$dynamicRef\":\"#\"}}}}",
            "\"$dynamicRef\""},
        {"{\"else\":{\"x\":1}}", "\"x\""},
        {"{\"format\":\"hostname\"}", "format \"hostname\" is not in the profile"},
        {"{\"format\":1}", "a string"},
        {"{\"x-words\":[]}", "\"x-words\" must be"},
        {"{\"x-words\":{\"a\":\"b\"}}", "\"x-words\" must be"},
        {"{\"x-words\":{\"a\":{\"ru\":\"b\"}}}", "\"x-words\" must be"},
        {"{\"x-words\":{\"a\":{\"en\":\"b\",\"de\":\"b\"}}}", "\"x-words\" must be"},
        {"{\"x-words\":{\"a\":{\"en\":1}}}", "\"x-words\" must be"},
        {"{\"properties\":{\"a\":{\"x-words\":{}}}}", "\"x-words\" must be"},
        {"{\"type\":\"text\"}", "\"type\" must be"},
        {"{\"type\":[]}", "\"type\" must be"},
        {"{\"type\":1}", "\"type\" must be"},
        {"{\"enum\":{}}", "\"enum\" must be"},
        {"{\"required\":\"a\"}", "\"required\" must be"},
        {"{\"required\":[1]}", "\"required\" must be"},
        {"{\"minLength\":-1}", "\"minLength\" must be"},
        {"{\"minLength\":1.5}", "\"minLength\" must be"},
        {"{\"minContains\":\"1\"}", "\"minContains\" must be"},
        {"{\"minimum\":\"1\"}", "\"minimum\" must be"},
        {"{\"multipleOf\":0}", "\"multipleOf\" must be"},
        {"{\"uniqueItems\":1}", "\"uniqueItems\" must be"},
        {"{\"pattern\":\"(\"}", "pattern \"(\""},
        {"{\"patternProperties\":{\"[\":true}}", "pattern \"[\""},
        {"{\"properties\":[]}", "\"properties\" must be"},
        {"{\"allOf\":[]}", "\"allOf\" must be"},
        {"{\"anyOf\":[1]}", "a schema is an object or a boolean"},
        {"{\"items\":[{}]}", "a schema is an object or a boolean"},
        {"{\"$ref\":1}", "\"$ref\" must be"},
        {"{\"$ref\":\"#/$defs/a\"}", "nothing is at $ref \"#/$defs/a\""},
        {"{\"$ref\":\"#a\"}", "nothing is at $ref"},
        {"{\"$ref\":\"#/%\"}", "nothing is at $ref"},
        {"{\"$ref\":\"other.json\"}", "nothing is at $ref"},
        {"{\"$ref\":\"#/const\",\"const\":{\"x\":1}}", "\"x\" is not in the profile"},
        {"{\"$ref\":\"#\"}", "leads back to itself"},
        {"{\"allOf\":[{\"$ref\":\"#/$defs/"
         "a\"}],\"$defs\":{\"a\":{\"not\":{\"$ref\":\"#\"}}}}",
            "leads back to itself"},
        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
            "\"$schema\" must be"},
        {"{\"properties\":{\"a\":{\"$id\":\"b\"}}}", "\"$id\" must be at the root"},
        {"[]", "a schema is an object or a boolean"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cause_t why = {0};
        value_t *json = value_read(rows[i].schema);
        assert_null(schema_compile(json, &why));
        if (!strstr(why.text, rows[i].words))
            fail_msg("%s: \"%s\"", rows[i].schema, why.text);
        value_free(&json);
    }
}

// A pattern that backtracks for ever ends as a refusal, also where `not` would turn it
// round.
static void endless_patterns_are_given_up(void **state)
{
    (void)state;
    const char *schema = "{\"pattern\":\"^(a+)+$\"}";
    const char *turned = "{\"not\":{\"pattern\":\"^(a|aa)+$\"}}";
    const char *value =
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"";
    refusal_t refusal;
    assert_false(accepts(schema, value, &refusal));
    assert_string_equal(refusal.by, "limit steps");
    assert_false(accepts(turned, value, &refusal));
    assert_string_equal(refusal.by, "limit steps");
}

static bool pattern_takes(const char *pattern, const char *text)
{
    buf_t schema = {0}, value = {0};
    refusal_t refusal;
    buf_printf(&schema, "{\"pattern\":\"%s\"}", pattern);
    buf_printf(&value, "\"%s\"", text);
    bool taken = accepts(buf_text(&schema), buf_text(&value), &refusal);
    buf_destroy(&schema);
    buf_destroy(&value);
    return taken;
}

// What is only a row of characters is not left to PCRE2; with brackets around it, it is.
static void rows_of_characters_are_what_pcre2_says(void **state)
{
    (void)state;
    static const char *const rows[] = {"[0-9a-f]{3}", "[0-9a-f]{2}-7[89ab]", "a", "-",
        "[A-Z]{2}", "a-b", "[a-cA]{1}x{2}", "[a-c]-{2}", "[a]", "0{3}"};
    static const char *const texts[] = {"", "a", "-", "A", "Z", "aa", "AZ", "Az", "a-b",
        "axx", "Axx", "bxx", "dxx", "ax", "axxx", "000", "fff", "0f9", "0g9", "0F9",
        "0/9", "0:9", "00-78", "0f-7b", "0f-7c", "0f-8b", "0f_7b", "c--", "a--", "a-",
        "000\\n", "a\\n", "\xd3\x99", "\xd3\x99\xd3\x99", "a\xd3\x99", "\\u0000",
        "a\\u0000"};
    size_t taken = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            char plain[64], bracketed[64];
            (void)snprintf(plain, sizeof plain, "^%s$", rows[i]);
            (void)snprintf(bracketed, sizeof bracketed, "^(?:%s)$", rows[i]);
            bool takes = pattern_takes(plain, texts[k]);
            if (takes != pattern_takes(bracketed, texts[k]))
                fail_msg("%s and %s differ about \"%s\"", plain, bracketed, texts[k]);
            taken += takes;
        }
    assert_in_range(taken, 15, 60);
}

// A mebibyte in `carried` is one long match, not a long search.
static void a_long_base64_is_matched(void **state)
{
    (void)state;
    refusal_t refusal = {0};
    buf_t text = {0};
    value_t *root = example("security.alert");
    buf_put_text(&text, "\"");
    for (int i = 0; i < 1 << 18; i++)
        buf_put_text(&text, "QUJD");
    buf_put_text(&text, "\"");
    set_at(&root, "/body/carried/document", buf_text(&text));
    if (schemas_check(schemas, root, &refusal) != 0)
        fail_msg("%s %s", refusal.pointer, refusal.text);
    value_free(&root);
    buf_destroy(&text);
}

static void write_file(const scratch_t *scratch, const char *name, const char *text)
{
    cause_t why;
    if (file_replace(scratch_at(scratch, name), span_text(text), 0600, &why) != 0)
        fail_msg("%s", why.text);
}

static void files_refer_to_each_other(void **state)
{
    (void)state;
    scratch_t scratch;
    cause_t why;
    refusal_t refusal = {0};
    scratch_open(&scratch);
    write_file(&scratch, "base.json",
        "{\"$id\":\"https://a.example/s/base.json\",\"properties\":{\"n\":{\"$ref\":"
        "\"more.json#small\"}},\"$defs\":{\"word\":{\"type\":\"string\"}}}");
    write_file(&scratch, "more.json",
        "{\"$id\":\"https://a.example/s/"
        "more.json\",\"$defs\":{\"s\":{\"$anchor\":\"small\","
        "\"maximum\":9}},\"$ref\":\"/s/base.json\"}");
    write_file(&scratch, "a.b.json",
        "{\"$id\":\"https://a.example/s/a.b.json\",\"$ref\":\"https://a.example/s/"
        "more.json\","
        "\"properties\":{\"kind\":{\"const\":\"a.b\"},\"w\":{\"$ref\":\"base.json#/$defs/"
        "word\"}}}");
    schemas_t *set = schemas_open(scratch.path, &why);
    if (!set)
        fail_msg("%s", why.text);
    const char *good = "{\"dabyl\":1,\"kind\":\"a.b\",\"n\":9,\"w\":\"x\"}";
    const char *bad[] = {"{\"dabyl\":1,\"kind\":\"a.b\",\"n\":10}",
        "{\"dabyl\":1,\"kind\":\"a.b\",\"w\":1}"};
    const char *by[] = {"more.json maximum", "base.json type"};
    value_t *json = value_read(good);
    assert_int_equal(schemas_check(set, json, &refusal), 0);
    value_free(&json);
    for (size_t i = 0; i < 2; i++) {
        json = value_read(bad[i]);
        assert_int_equal(schemas_check(set, json, &refusal), -1);
        assert_string_equal(refusal.by, by[i]);
        value_free(&json);
    }
    schemas_close(&set);
    scratch_close(&scratch);
}

static void a_folder_that_is_wrong_is_refused_whole(void **state)
{
    (void)state;
    const struct {
        const char *name, *text, *words;
    } rows[] = {
        {"a.json", "{", "a.json:1: "},
        {"a.json", "{\"type\":\"null\",\n\"type\":\"null\"}",
            "a.json:2: this key is there twice"},
        {"a.json", "{\"properties\":{\"kind\":{\"const\":\"b\"}}}",
            "kind of another name"},
        {"a.json", "{\"properties\":{\"kind\":{\"const\":1}}}", "kind of another name"},
        {"a.json", "{\"uniqueItems\":true}", "beside maxItems"},
        {"a.json", "{\"$ref\":\"b.json\"}", "a.json: nothing is at $ref \"b.json\""},
        {"a.json", "[]", "a.json: a schema"},
        {"a.txt", "{}", "no schema files"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        scratch_t scratch;
        cause_t why = {0};
        scratch_open(&scratch);
        write_file(&scratch, rows[i].name, rows[i].text);
        assert_null(schemas_open(scratch.path, &why));
        if (!strstr(why.text, rows[i].words) || !strstr(why.text, scratch.path))
            fail_msg("%s: \"%s\"", rows[i].text, why.text);
        scratch_close(&scratch);
    }
    cause_t why;
    assert_null(schemas_open("no/such/folder", &why));
}

// A schema file of which one byte is missing is refused or still a schema, never a crash.
static void a_spoilt_schema_file_is_survived(void **state)
{
    (void)state;
    buf_t bytes = {0};
    buf_t spoilt = {0};
    const value_limits_t limits = {.depth = 64, .values = 1 << 20};
    value_fault_t fault;
    cause_t why;
    assert_int_equal(file_read("schemas/envelope.json", 1 << 20, &bytes, &why), 0);
    for (size_t at = 0; at < bytes.size; at += 5) {
        buf_clear(&spoilt);
        buf_put(&spoilt, bytes.data, at);
        buf_put(&spoilt, bytes.data + at + 1, bytes.size - at - 1);
        value_t *json = value_parse(buf_span(&spoilt), &limits, &fault);
        schema_t *schema = json ? schema_compile(json, &why) : NULL;
        schema_free(&schema);
        value_free(&json);
    }
    buf_destroy(&bytes);
    buf_destroy(&spoilt);
}

static void *check_often(void *unused)
{
    size_t wrong = 0;
    (void)unused;
    for (int round = 0; round < 200; round++) {
        const change_t *change =
            &changes[(size_t)round % (sizeof changes / sizeof *changes)];
        refusal_t refusal = {0};
        value_t *root = example(change->kind);
        wrong += schemas_check(schemas, root, &refusal) != 0;
        set_at(&root, change->pointer, change->value);
        wrong += schemas_check(schemas, root, &refusal) != (change->code ? -1 : 0);
        value_free(&root);
    }
    return (void *)wrong;
}

static void threads_share_a_set(void **state)
{
    (void)state;
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, check_often, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        assert_int_equal(pthread_join(thread[i], &wrong), 0);
        assert_null(wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_an_example),
        cmocka_unit_test(every_file_is_a_known_kind_or_the_envelope),
        cmocka_unit_test(changes_are_refused_where_they_are),
        cmocka_unit_test(a_missing_field_is_named),
        cmocka_unit_test(other_shapes_than_objects_are_survived),
        cmocka_unit_test(moments_of_the_schema_are_moments),
        cmocka_unit_test(keywords_of_2020_12),
        cmocka_unit_test(fields_have_words),
        cmocka_unit_test(schemas_outside_the_profile_are_refused),
        cmocka_unit_test(endless_patterns_are_given_up),
        cmocka_unit_test(rows_of_characters_are_what_pcre2_says),
        cmocka_unit_test(a_long_base64_is_matched),
        cmocka_unit_test(files_refer_to_each_other),
        cmocka_unit_test(a_folder_that_is_wrong_is_refused_whole),
        cmocka_unit_test(a_spoilt_schema_file_is_survived),
        cmocka_unit_test(threads_share_a_set),
    };
    return test_group(tests, set_up, tear_down);
}
