// markings: every kind from every role under every marking to every role, by the rules
// that a hub comes with.  What must come out is in tests/data/markings.table, written by
// hand.

#include "hub/decide/decide.h"
#include "hub/decide/marking.h"
#include "lib/base/times.h"
#include "tests/lib/exercised.h"
#include "tests/lib/people.h"
#include "tests/lib/values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// After what the examples tell of.
static const int64_t now = INT64_C(1797768000000); // 2026-12-20T12:00:00Z

// The columns of the table, in its order.
static const char *const columns[][3] = {{"isoc", "isoc", "SOC"},
    {"isoc-2", "isoc", "SOC-2"}, {"nccis", "nccis", "STS"}, {"owner", "owner", "OWNER"},
    {"owner-2", "owner", "OWNER-2"}, {"service", "response-service", "CERT"},
    {"authority", "authority", "AUTH"}, {"security", "national-security", "KNB"},
    {"headqrs", "headquarters", "HQ"}, {"foreign", "foreign-affairs", "MFA"},
    {"comms", "communications", "COMM"}, {"prosec", "prosecutor", "GPO"},
    {"media", "media", "PRESS"}, {"partner", "partner", "CERT-X"}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const tlp_t markings[] = {
    TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED};
enum { MARKINGS = sizeof markings / sizeof markings[0] };

typedef struct {
    char kind[KIND_MAX];
    uint32_t roles; // of role_bit: who sends it
    char cell[COLUMNS][MARKINGS];
} row_t;

static people_t people;
static roster_t *roster;
static registry_t *registry;
static rules_t *rules;
static row_t rows[64];
static size_t rows_n;
static buf_t printed; // the record asked for last
static exercised_t past;

static uint32_t roles_of(char *words)
{
    uint32_t roles = 0;
    char *rest = NULL;
    for (char *word = strtok_r(words, ",", &rest); word != NULL;
         word = strtok_r(NULL, ",", &rest)) {
        uint32_t bit = role_bit(word[0] == '-' ? word + 1 : word);
        if (strcmp(word, "any") == 0)
            for (size_t r = 0; cert_roles[r] != NULL; r++)
                roles |= role_bit(cert_roles[r]);
        else if (word[0] == '-')
            roles &= ~bit;
        else
            roles |= bit;
        assert_true(bit != 0 || strcmp(word, "any") == 0);
        if (strcmp(word, "any") == 0)
            roles &= ~(role_bit("hub") | role_bit("officer"));
    }
    return roles;
}

static void read_row(char *line, bool heading)
{
    char *rest = NULL, *kind = strtok_r(line, " ", &rest),
         *from = strtok_r(NULL, " ", &rest);
    row_t *row = &rows[rows_n];
    assert_true(rows_n < sizeof rows / sizeof rows[0] && kind != NULL && from != NULL);
    (void)snprintf(row->kind, sizeof row->kind, "%s", kind);
    for (size_t c = 0; c < COLUMNS; c++) {
        const char *cell = strtok_r(NULL, " ", &rest);
        assert_non_null(cell);
        if (heading) {
            assert_string_equal(cell, columns[c][0]);
            continue;
        }
        assert_int_equal(strlen(cell), MARKINGS);
        assert_int_equal(strspn(cell, "+t-"), MARKINGS);
        memcpy(row->cell[c], cell, MARKINGS);
    }
    assert_null(strtok_r(NULL, " ", &rest));
    if (heading)
        return;
    row->roles = roles_of(from);
    rows_n++;
}

static void read_table(void)
{
    FILE *file = fopen("tests/data/markings.table", "r");
    char line[512];
    bool heading = true;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        read_row(line, heading);
        heading = false;
    }
    (void)fclose(file);
}

#define ORGANISATION(code)                                                               \
    "{ code = \"" code "\"; name = { kk = \"x\"; ru = \"x\"; en = \"x\"; }; }"
static const char registry_text_[] = "organisations = ( " ORGANISATION(
    "SOC") ", " ORGANISATION("OWNER") " );\n"
                                      "objects = ( { id = \"ob-1\"; sector = \"banking\";"
                                      " owner = \"OWNER\"; isoc = \"SOC\"; } );\n";

static void enrol(const char *name, const char *role, const char *organisation)
{
    person_t person = {.name = name, .role = role, .organisation = organisation};
    people_certify(&people, &person, CERT_SEAL);
    people_certify(&people, &person, CERT_CHANNEL);
}

// Who writes: a node of the role that is in no column.
static const char *author_of(const char *role)
{
    static char name[ROLE_MAX + 8];
    (void)snprintf(
        name, sizeof name, "%s%s", strcmp(role, "hub") == 0 ? "" : "from-", role);
    return name;
}

static bool publishes(const char *role)
{
    return strcmp(role, "officer") != 0;
}

static int set_up(void **state)
{
    (void)state;
    cause_t why = {""};
    exercised_open(&past);
    people_open(&people, now);
    for (size_t c = 0; c < COLUMNS; c++)
        enrol(columns[c][0], columns[c][1], columns[c][2]);
    for (size_t r = 0; cert_roles[r] != NULL; r++)
        if (publishes(cert_roles[r]))
            enrol(author_of(cert_roles[r]), cert_roles[r], "AUTHORS");
    people_publish(&people, 1);
    roster = people_roster(&people);
    people_put(&people, "registry.conf", span_text(registry_text_));
    registry = registry_open(scratch_at(&people.scratch, "registry.conf"), &why);
    rules = rules_open("hub/etc/plan.rules", &why);
    if (registry == NULL || rules == NULL)
        print_error("%s\n", why.text);
    read_table();
    return registry == NULL || rules == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    exercised_close(&past);
    roster_close(&roster);
    registry_close(&registry);
    rules_close(&rules);
    people_close(&people);
    buf_destroy(&printed);
    return 0;
}

// authors.  Preconditions find what they ask for.

static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    const char *kind = context;
    *leaf = (leaf_t){0};
    (void)snprintf(leaf->author, sizeof leaf->author, "%s", author);
    (void)snprintf(leaf->id, sizeof leaf->id, "%s", id);
    (void)snprintf(leaf->kind, sizeof leaf->kind, "%s", kind);
    return strcmp(author, "isoc") == 0;
}

static void add_route(routing_t *routing, const char *node)
{
    route_t route = {
        .type = ROUTE_DELIVER, .tell = TELL_SENDER, .rule = "r", .cites = "8"};
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    routing_add(routing, &route);
}

static int record(void *context, const leaf_t *leaf, span_t *text, cause_t *why)
{
    routing_t routing = {0};
    (void)context;
    (void)leaf;
    (void)why;
    add_route(&routing, "nccis");
    add_route(&routing, "owner");
    for (size_t r = 0; cert_roles[r] != NULL; r++)
        if (publishes(cert_roles[r]))
            add_route(&routing, author_of(cert_roles[r]));
    buf_clear(&printed);
    routing_print(&routing, &printed);
    routing_close(&routing);
    *text = buf_span(&printed);
    return 0;
}

static json_t *example(const char *kind)
{
    char path[256];
    (void)snprintf(path, sizeof path, "schemas/examples/%s.json", kind);
    json_t *root = json_load_file(path, 0, NULL);
    if (root == NULL)
        fail_msg("no example %s", path);
    return root;
}

static json_t *everybody(void)
{
    json_t *nodes = json_array();
    for (size_t c = 0; c < COLUMNS; c++)
        (void)json_array_append_new(nodes, json_string(columns[c][0]));
    return nodes;
}

static value_t *document(void *context, const leaf_t *leaf)
{
    (void)context;
    json_t *root = example(leaf->kind);
    json_t *body = json_object_get(root, "body");
    if (json_object_get(body, "members") != NULL)
        (void)json_object_set_new(body, "members", everybody());
    return value_from(root);
}

// A position was given by foreign affairs, and says what its example says; nothing else
// refers to anything.
static bool refers(void *context, const reference_t *to, version_t version, refer_t field,
    const char *kind, thread_walk_t *walk, leaf_t *leaf)
{
    (void)version;
    (void)context;
    (void)field;
    if (strcmp(kind, "crossborder.position") != 0 || walk->fresh++ > 0)
        return false;
    *leaf = (leaf_t){0};
    (void)snprintf(leaf->author, sizeof leaf->author, "%s", author_of("foreign-affairs"));
    (void)snprintf(leaf->id, sizeof leaf->id, "%s", to->id);
    (void)snprintf(leaf->kind, sizeof leaf->kind, "%s", kind);
    return true;
}

// As many officers as any rule asks for have sealed.
static size_t officers(void *context)
{
    (void)context;
    return 4;
}

// What a kind refers to by `re`, where it matters.
static const char *subject_of(const char *kind)
{
    static const char *const subjects[][2] = {
        {"crossborder.position", "crossborder.measure"},
        {"crossborder.release", "crossborder.measure"},
        {"information.reply", "information.request"},
        {"recovery.report", "recommendation"}, {"response.report", "response.task"},
        {"suspension.lifted", "suspension.notice"},
        {"headquarters.adjournment", "headquarters.convening"},
        {"headquarters.directive", "headquarters.convening"},
        {"directive.report", "headquarters.directive"},
        {"exercise.joining", "exercise.opening"},
        {"exercise.closing", "exercise.opening"}};
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (strcmp(subjects[i][0], kind) == 0)
            return subjects[i][1];
    return "incident.notice";
}

static void refer(json_t *root, const char *field)
{
    if (json_object_get(root, field) != NULL)
        (void)json_object_set_new(root, field,
            json_pack("{s:s, s:s}", "author", "isoc", "id",
                "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"));
}

// The kind's example, as this author would write it.  TLP:RED has to name somebody: the
// hub, when it is not to be one of the columns.
static void write_message(
    document_t *out, const char *kind, const char *author, tlp_t marking, bool addressed)
{
    char sent[TIME_TEXT];
    refusal_t refusal = {0};
    json_t *root = example(kind), *body = json_object_get(root, "body");
    time_print(now, sent);
    (void)json_object_set_new(root, "from", json_string(author));
    (void)json_object_set_new(root, "sent", json_string(sent));
    (void)json_object_set_new(root, "marking", json_string(tlp_name(marking)));
    (void)json_object_del(root, "to");
    if (strcmp(author, "hub") != 0) { // what it derives something from, it alone says
        (void)json_object_del(root, "for");
        (void)json_object_del(body, "carried");
        if (json_is_object(json_object_get(body, "cause")))
            (void)json_object_del(body, "cause");
    }
    if (addressed)
        (void)json_object_set_new(root, "to", everybody());
    else if (marking == TLP_RED)
        (void)json_object_set_new(root, "to", json_pack("[s]", "hub"));
    if (json_object_get(body, "object") != NULL)
        (void)json_object_set_new(body, "object", json_string("ob-1"));
    refer(root, "re");
    refer(root, "incident");
    if (document_open(out, value_from(root), &refusal) != 0)
        fail_msg("%s: %s", kind, refusal.text);
}

// Nothing was corrected.
static void first_of(void *context, const reference_t *message, reference_t *first)
{
    (void)context;
    *first = *message;
}

static const char *role_of(void *context, const char *node)
{
    const member_t *member = roster_member(roster, node);
    (void)context;
    return member ? member->role : NULL;
}

// Nor was anything derived.
static bool derived_of(
    void *context, const reference_t *incident, thread_walk_t *walk, leaf_t *leaf)
{
    (void)context, (void)incident, (void)walk, (void)leaf;
    return false;
}

static bool stands(void *context, const reference_t *message)
{
    (void)context;
    (void)message;
    return true;
}

// The exercise is open for those who join or close it, and new for who opens it.
static void exercise(const char *kind, const document_t *message)
{
    const char *name = value_text(value_at(message->root, "/body/exercise"));
    history_begin(past.history);
    if (name && strcmp(subject_of(kind), "exercise.opening") == 0)
        exercised_say(&past, "hq", EXERCISE_OPENS, name);
}

static void ask(const char *kind, const char *role, tlp_t marking, bool addressed,
    decision_t *decision)
{
    const char *author = author_of(role);
    document_t message = {0};
    decide_t law = {.roster = roster,
        .registry = registry,
        .rules = rules,
        .rules_position = 3,
        .hub = "hub",
        .now_ms = now,
        .future_tolerance_ms = 300000,
        .late_after_ms = 900000,
        .past_tolerance_ms = INT64_C(3650) * 86400000,
        .history = past.history,
        .log = {.find = find,
            .record = record,
            .refers = refers,
            .derived = derived_of,
            .first = first_of,
            .stands = stands,
            .document = document,
            .role = role_of,
            .officers = officers,
            .context = (void *)(uintptr_t)subject_of(kind)}};
    write_message(&message, kind, author, marking, addressed);
    exercise(kind, &message);
    (void)decide_message(&law, roster_member(roster, author), &message, decision);
    document_close(&message);
}

// The row for messages of this kind and role, or NULL.
static const row_t *row_for(const char *kind, uint32_t role)
{
    for (size_t i = 0; i < rows_n; i++)
        if (strcmp(rows[i].kind, kind) == 0 && (rows[i].roles & role) != 0)
            return &rows[i];
    return NULL;
}

static void check_cell(const row_t *row, size_t c, size_t m, const char *role,
    bool addressed, const decision_t *decision)
{
    char sign = row->cell[c][m];
    bool wanted = sign == '+' || (sign == 't' && addressed);
    bool got = decision->refusal.code == NULL &&
               routing_find(&decision->routing, columns[c][0]) != NULL;
    if (wanted != got)
        fail_msg("%s from %s, %s, %s: %s %s it%s%s", row->kind, role,
            tlp_name(markings[m]), addressed ? "to all" : "to nobody", columns[c][0],
            got ? "has" : "lacks", decision->refusal.code ? ": " : "",
            decision->refusal.code ? decision->refusal.text : "");
}

static void check_row(const row_t *row, const char *role)
{
    decision_t decision = {0};
    for (size_t m = 0; m < MARKINGS; m++)
        for (int addressed = 0; addressed < 2; addressed++) {
            ask(row->kind, role, markings[m], addressed, &decision);
            for (size_t c = 0; c < COLUMNS; c++)
                check_cell(row, c, m, role, addressed, &decision);
        }
    decision_close(&decision);
}

static void each_cell_is_as_the_table_has_it(void **state)
{
    (void)state;
    size_t cells = 0;
    for (size_t i = 0; i < rows_n; i++)
        for (size_t r = 0; cert_roles[r] != NULL; r++)
            if ((rows[i].roles & role_bit(cert_roles[r])) != 0) {
                check_row(&rows[i], cert_roles[r]);
                cells += MARKINGS * COLUMNS;
            }
    print_message("# %zu rows, %zu questions of who has it\n", rows_n, 2 * cells);
}

static void whom_no_row_lists_may_not_send_it(void **state)
{
    (void)state;
    decision_t decision = {0};
    for (size_t i = 0; i < rows_n; i++)
        for (size_t r = 0; cert_roles[r] != NULL; r++) {
            const char *role = cert_roles[r];
            if (!publishes(role) || row_for(rows[i].kind, role_bit(role)) != NULL)
                continue;
            ask(rows[i].kind, role, TLP_CLEAR, true, &decision);
            if (decision.refusal.code == NULL ||
                strcmp(decision.refusal.code, "role.kind") != 0)
                fail_msg("%s from %s: %s", rows[i].kind, role,
                    decision.refusal.code ? decision.refusal.code : "accepted");
        }
    decision_close(&decision);
}

static void every_kind_and_role_has_one_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        for (size_t r = 0; cert_roles[r] != NULL; r++)
            if (rules_permit(rules, rule->kind, cert_roles[r]) &&
                row_for(rule->kind, role_bit(cert_roles[r])) == NULL)
                fail_msg("no row for %s from %s", rule->kind, cert_roles[r]);
    }
    for (size_t i = 0; i < rows_n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(rows[i].kind, rows[k].kind) == 0)
                assert_int_equal(rows[i].roles & rows[k].roles, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cell_is_as_the_table_has_it),
        cmocka_unit_test(whom_no_row_lists_may_not_send_it),
        cmocka_unit_test(every_kind_and_role_has_one_row),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("markings", tests, set_up, tear_down);
}
