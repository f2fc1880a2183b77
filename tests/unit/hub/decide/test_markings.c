// markings: every kind from every role under every marking to every role, by the rules
// that a hub comes with.  What must come out is in tests/data/markings.table, written by
// hand.

#include "hub/decide/decide.h"
#include "hub/decide/marking.h"
#include "lib/base/times.h"
#include "tests/lib/data.h"
#include "tests/lib/people.h"
#include "tests/lib/records.h"
#include "tests/lib/said.h"
#include "tests/lib/values.h"

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

#define SUBJECT "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"
#define POSITION "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d02"
#define CLOSURE "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d04"
#define DECISION "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d03"

typedef struct {
    char kind[KIND_MAX];
    uint32_t roles; // of role_bit: who sends it
    char cell[COLUMNS][MARKINGS];
} row_t;

static people_t people;
static law_t law;
static row_t rows[64];
static size_t rows_n;
static said_t past;

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
            roles &= ~(role_bit("hub") | role_bit("standby") | role_bit("officer"));
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

// Each has an officer who may act for another.
static const char *acting_of(const char *author)
{
    static char name[NODE_ID_MAX + 8];
    (void)snprintf(name, sizeof name, "acts-%s", author);
    return name;
}

static void enrol_acting(const char *author)
{
    person_t person = {.name = acting_of(author),
        .role = "officer",
        .organisation = "AUTHORS",
        .node = author};
    people_certify(&people, &person, CERT_SEAL);
}

static bool publishes(const char *role)
{
    return strcmp(role, "officer") != 0;
}

static int set_up(void **state)
{
    (void)state;
    cause_t why = {""};
    said_open(&past);
    people_open(&people, now);
    for (size_t c = 0; c < COLUMNS; c++)
        enrol(columns[c][0], columns[c][1], columns[c][2]);
    for (size_t r = 0; cert_roles[r] != NULL; r++)
        if (publishes(cert_roles[r])) {
            enrol(author_of(cert_roles[r]), cert_roles[r], "AUTHORS");
            enrol_acting(author_of(cert_roles[r]));
        }
    people_publish(&people, 1);
    law.roster = people_roster(&people);
    law.registry = data_registry("markings.conf");
    law.rules = rules_open("hub/etc/plan.rules", &why);
    if (law.rules == NULL)
        print_error("%s\n", why.text);
    read_table();
    return law.rules == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    said_close(&past);
    law_close(&law);
    people_close(&people);
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
        {"headquarters.membership", "headquarters.convening"},
        {"headquarters.convening", "headquarters.proposal"},
        {"headquarters.decision", "headquarters.proposal"},
        {"public.notice", "headquarters.convening"},
        {"publication.report", "public.notice"},
        {"emergency.report", "emergency.coordination"},
        {"investigation.request", "headquarters.convening"},
        {"investigation.report", "investigation.request"},
        {"headquarters.directive", "headquarters.convening"},
        {"directive.report", "headquarters.directive"},
        {"exercise.joining", "exercise.opening"},
        {"exercise.closing", "exercise.opening"}};
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (strcmp(subjects[i][0], kind) == 0)
            return subjects[i][1];
    return "incident.notice";
}

// Everybody sits in the Headquarters.
static void say_members(json_t *body, routing_t *routing)
{
    if (json_object_get(body, "members") == NULL)
        return;
    (void)json_object_set_new(body, "members", everybody());
    for (size_t c = 0; routing && c < COLUMNS; c++) {
        route_t joins = {.type = ROUTE_JOINS, .author = "isoc", .id = SUBJECT};
        (void)snprintf(joins.node, sizeof joins.node, "%s", columns[c][0]);
        routing_add(routing, &joins);
    }
}

// One comes who is there, and one goes.
static void change_members(json_t *body)
{
    if (json_object_get(body, "joins") == NULL)
        return;
    (void)json_object_set_new(body, "joins", json_pack("[s]", "service"));
    (void)json_object_set_new(body, "leaves", json_pack("[s]", "authority"));
}

// Whose the message is that another refers to: what is one's own is signed.
static const char *subject_author(const char *kind, const char *author)
{
    return strcmp(kind, "signature") == 0 ? author : "isoc";
}

static void refer(json_t *root, const char *field, const char *author)
{
    if (json_object_get(root, field) != NULL)
        (void)json_object_set_new(
            root, field, json_pack("{s:s, s:s}", "author", author, "id", SUBJECT));
}

// A release names the position that is there before it, as say() writes that.
static void name_position(json_t *body)
{
    char hex[HASH_HEX];
    hash_t digest;
    json_t *root = example("crossborder.position");
    char *text = json_dumps(root, 0);
    sha256(span_text(text), &digest);
    hex_encode(digest.bytes, sizeof digest.bytes, hex);
    (void)json_object_set_new(body, "position_sha256", json_string(hex));
    free(text);
    json_decref(root);
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
    if (json_object_get(body, "position_sha256") != NULL)
        name_position(body);
    if (json_object_get(body, "due") != NULL) { // the example's is past
        char due[TIME_TEXT];
        time_print(now + 3600000, due);
        (void)json_object_set_new(body, "due", json_string(due));
    }
    if (json_object_get(body, "object") != NULL)
        (void)json_object_set_new(body, "object", json_string("ob-1"));
    say_members(body, NULL);
    change_members(body);
    if (json_object_get(body, "person") != NULL) {
        bool suspends = strcmp(author, "from-national-security") == 0;
        (void)json_object_set_new(body, "person", json_string(acting_of(author)));
        (void)json_object_set_new(
            body, "office", json_string(suspends ? "chairman" : "head"));
        (void)json_object_set_new(body, "until", json_string("2099-01-01T00:00:00Z"));
    }
    refer(root, "re", subject_author(kind, author));
    refer(root, "incident", subject_author(kind, author));
    if (document_open(out, value_from(root), &refusal) != 0)
        fail_msg("%s: %s", kind, refusal.text);
}

// A message of before, as its kind's example has it, with everybody for its members.
static void say(const char *author, const char *id, const char *kind, routing_t *routing)
{
    json_t *root = example(kind);
    if (strcmp(id, SUBJECT) == 0)
        (void)json_object_set_new(root, "from", json_string(author));
    say_members(json_object_get(root, "body"), routing);
    char *text = json_dumps(root, 0);
    said_message(&past, author, id, kind, text, routing);
    free(text);
    json_decref(root);
}

// What the message refers to is there, and all who could write about it have had it: so
// preconditions find what they ask for.  Foreign affairs has given a position on it, and
// the Headquarters decided on it.  An exercise is open for those who join or close it,
// and new for who opens it.
static void say_before(const char *kind, const document_t *message)
{
    routing_t routing = {0};
    const char *subject = subject_of(kind);
    const char *name = value_text(value_at(message->root, "/body/exercise"));
    said_begin(&past);
    said_deliver(&routing, "nccis");
    said_deliver(&routing, "owner");
    for (size_t r = 0; cert_roles[r] != NULL; r++)
        if (publishes(cert_roles[r]))
            said_deliver(&routing, author_of(cert_roles[r]));
    say(subject_author(kind, message->from), SUBJECT, subject, &routing);
    said_names(&routing, ROUTE_REFER, "isoc", SUBJECT);
    routing.route[0].refer = REFER_RE;
    routing_t again = {0};
    said_names(&again, ROUTE_REFER, "isoc", SUBJECT);
    again.route[0].refer = REFER_RE;
    say(author_of("foreign-affairs"), POSITION, "crossborder.position", &routing);
    say(author_of("headquarters"), DECISION, "headquarters.decision", &again);
    routing_t closing = {0};
    said_names(&closing, ROUTE_REFER, "isoc", SUBJECT);
    closing.route[0].refer = REFER_INCIDENT;
    say("isoc", CLOSURE, "incident.closure", &closing);
    if (name && strcmp(subject, "exercise.opening") == 0)
        said_exercise(&past, "hq", EXERCISE_OPENS, name);
}

// As many officers as any rule asks for will seal it.
static void ask(const char *kind, const char *role, tlp_t marking, bool addressed,
    decision_t *decision)
{
    static const hub_options_t options = {
        .future_tolerance_ms = 300000, .late_after_ms = 900000, .past_days = 3650};
    const member_t *author = roster_member(law.roster, author_of(role));
    document_t message = {0};
    decide_t under = {.options = &options,
        .hub = "hub",
        .law = &law,
        .rules_position = 3,
        .now_ms = now,
        .entry_ms = now,
        .history = past.history};
    write_message(&message, kind, author->id, marking, addressed);
    say_before(kind, &message);
    if (decide_message(&under, author, &message, span_of(NULL, 0), decision) == 0)
        assert_reads_as_decided(&decision->routing);
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
    for (size_t i = 0; i < rules_count(law.rules); i++) {
        const rule_t *rule = rules_at(law.rules, i);
        for (size_t r = 0; cert_roles[r] != NULL; r++)
            if (rules_permit(law.rules, rule->kind, cert_roles[r]) &&
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
    return test_group(tests, set_up, tear_down);
}
