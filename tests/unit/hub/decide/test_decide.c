// decide: who gets a message and why, or why it is refused: kind, role, level, marking,
// object, addressees and references against a small law, a small roster and a small log.

#include "hub/decide/decide.h"

#include "lib/base/times.h"
#include "tests/lib/data.h"
#include "tests/lib/people.h"
#include "tests/lib/records.h"
#include "tests/lib/said.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

static const int64_t now = INT64_C(1795348800000); // 2026-11-22T12:00:00Z

static const hub_options_t options = {
    .future_tolerance_ms = 300000, .late_after_ms = 900000, .past_days = 3650};

static people_t people;
static law_t law;
static said_t past;

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc-a", "isoc", "SOC-A"},
    {"isoc-b", "isoc", "SOC-B"},
    {"kib", "national-security", "KNB"},
    {"mid", "foreign-affairs", "MID"},
    {"nccis", "nccis", "STS"},
    {"owner-a", "owner", "ENERGO"},
    {"owner-b", "owner", "BANK"},
    {"press", "media", "PRESS"},
};

// Who may sign with the node: sample_seal's second key and those after it.
static const char *const officers[] = {"aigul", "berik", "daniyar"};
enum { OFFICER = 11 };

static void open_roster(void)
{
    people_open(&people, now);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        person_t person = {
            .name = members[i][0], .role = members[i][1], .organisation = members[i][2]};
        people_certify(&people, &person, CERT_SEAL);
        people_certify(&people, &person, CERT_CHANNEL);
    }
    for (size_t i = 0; i < sizeof officers / sizeof officers[0]; i++) {
        seal_key_t key = sample_key((uint8_t)(OFFICER + i));
        person_t person = {officers[i], "officer", "STS", "nccis", key.public_key, 0};
        people_certify(&people, &person, CERT_SEAL);
    }
    people_publish(&people, 1);
    law.roster = people_roster(&people);
}

static int set_up(void **state)
{
    (void)state;
    said_open(&past);
    open_roster();
    law.registry = data_registry("decide.conf");
    law.rules = data_rules("decide.rules");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    said_close(&past);
    law_close(&law);
    people_close(&people);
    return 0;
}

#define ID(digit) "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d0" digit

// That of the alert about the first notice below, when a test has found it out; "": none
// was derived.
static char alert_id[MESSAGE_ID_MAX];

static void say_notice(const char *author, const char *id, const char *const receivers[])
{
    routing_t routing = {0};
    for (; *receivers; receivers++)
        said_deliver(&routing, *receivers);
    if (alert_id[0] && strcmp(id, ID("1")) == 0)
        said_names(&routing, ROUTE_EMIT, "", alert_id);
    said_message(&past, author, id, "incident.notice", "{}", &routing);
}

static void say_alert(void)
{
    routing_t routing = {0};
    said_names(&routing, ROUTE_REFER, "isoc-a", ID("1"));
    routing.route[0].refer = REFER_INCIDENT;
    said_names(&routing, ROUTE_CAUSE, "isoc-a", ID("1"));
    said_deliver(&routing, "kib");
    said_deliver(&routing, "nccis");
    said_message(&past, "hub", alert_id, "security.alert", "{}", &routing);
}

// Of exercises: "spring" was closed, "autumn" is open, and isoc-a, nccis and kib are in
// it; "night" is open for isoc-a and kib.
static void say_exercises(void)
{
    static const char *const opened[] = {"spring", "autumn", "night"};
    for (size_t i = 0; i < 3; i++)
        said_exercise(&past, "hq", EXERCISE_OPENS, opened[i]);
    said_exercise(&past, "hq", EXERCISE_CLOSES, "spring");
    said_exercise(&past, "nccis", EXERCISE_JOINS, "autumn");
    for (size_t i = 1; i < 3; i++) {
        said_exercise(&past, "isoc-a", EXERCISE_JOINS, opened[i]);
        said_exercise(&past, "kib", EXERCISE_JOINS, opened[i]);
    }
}

// What was said before: three notices, of which nobody had the last.
static void say_all(void)
{
    said_begin(&past);
    say_exercises();
    say_notice("isoc-a", ID("1"), (const char *const[]){"nccis", "owner-a", NULL});
    say_notice("owner-b", ID("2"), (const char *const[]){"nccis", NULL});
    say_notice("isoc-a", ID("3"), (const char *const[]){NULL});
    if (alert_id[0])
        say_alert();
}

static size_t sealed_by; // officers

// Of a document that `sealed_by` officers have signed with the node.
static int decide_on(
    const member_t *author, const document_t *document, decision_t *decision)
{
    buf_t seal = {0};
    decide_t under = {.options = &options,
        .hub = "hub",
        .law = &law,
        .rules_position = 3,
        .now_ms = now,
        .entry_ms = now,
        .history = past.history};
    say_all();
    sample_seal_head(1, 1 + sealed_by, &seal);
    int result = decide_message(&under, author, document, buf_span(&seal), decision);
    if (result == 0)
        assert_reads_as_decided(&decision->routing);
    buf_destroy(&seal);
    return result;
}

typedef struct {
    const char *author, *kind, *marking;
    const char *to;    // inside the brackets
    const char *extra; // of the envelope: ", \"incident\": ..."
    const char *body;  // inside the braces
    const char *expected;
} row_t;

static document_t document_of(const row_t *row, int64_t sent_ms)
{
    const document_limits_t limits = {1 << 20, 32};
    char text[2048], sent[TIME_TEXT];
    document_t document = {0};
    value_t *root;
    refusal_t refusal = {0};
    time_print(sent_ms, sent);
    (void)snprintf(text, sizeof text,
        "{\"dabyl\":1,\"id\":\"" ID(
            "9") "\",\"kind\":\"%s\",\"from\":\"%s\","
                 "\"sent\":\"%s\",\"status\":\"actual\",\"marking\":\"TLP:%s\",\"to\":[%"
                 "s],"
                 "\"nonce\":\"8f2a1c7be09d4436a5d1f07c93be6e12\"%s,\"body\":{%s}}",
        row->kind, row->author, sent, row->marking, row->to, row->extra, row->body);
    if (document_load(span_text(text), &limits, &root, &refusal) != 0 ||
        document_open(&document, root, &refusal) != 0)
        fail_msg("%s: %s", refusal.code, refusal.text);
    return document;
}

// "+node rule" delivered, "-node code" withheld, "*kind rule" derived, "!code" remarked,
// or "code pointer".
static void print(const decision_t *decision, buf_t *out)
{
    static const char signs[] = {[ROUTE_DELIVER] = '+',
        [ROUTE_WITHHOLD] = '-',
        [ROUTE_EMIT] = '*',
        [ROUTE_REMARK] = '!'};
    size_t printed_routes = 0;
    if (decision->refusal.code) {
        buf_printf(out, "%s %s", decision->refusal.code, decision->refusal.pointer);
        return;
    }
    for (size_t i = 0; i < decision->routing.n; i++) {
        const route_t *route = &decision->routing.route[i];
        if (route->type > ROUTE_REMARK)
            continue; // of these there is a test of its own
        buf_printf(out, "%s%c%s%s%s%s", printed_routes++ ? ", " : "", signs[route->type],
            route->node, route->kind, route->type == ROUTE_REMARK ? "" : " ",
            route->type == ROUTE_DELIVER || route->type == ROUTE_EMIT ? route->rule
                                                                      : route->code);
    }
}

static int ask_at(const row_t *row, int64_t sent_ms, decision_t *decision, buf_t *out)
{
    document_t document = document_of(row, sent_ms);
    const member_t *author = roster_member(law.roster, row->author);
    assert_non_null(author);
    int result = decide_on(author, &document, decision);
    assert_int_equal(result == 0, decision->refusal.code == NULL);
    document_close(&document);
    buf_clear(out);
    print(decision, out);
    return result;
}

static void answers(const row_t *table, size_t n)
{
    decision_t decision = {0};
    buf_t out = {0};
    for (size_t i = 0; i < n; i++) {
        (void)ask_at(&table[i], now, &decision, &out);
        if (strcmp(buf_text(&out), table[i].expected) != 0)
            fail_msg("row %zu: %s from %s\ngot      %s\nexpected %s", i, table[i].kind,
                table[i].author, buf_text(&out), table[i].expected);
    }
    buf_destroy(&out);
    routing_close(&decision.routing);
}
#define ANSWERS(table) answers(table, sizeof(table) / sizeof(table)[0])

#define NOTICE "incident.notice"
#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"
#define UPDATE "incident.update"
#define OBJECT(id) "\"object\": \"" id "\""
#define LEVEL(n) "\"level\": " #n
#define REFERENCE(field, author, digit)                                                  \
    ", \"" field "\": {\"author\": \"" author "\", \"id\": \"" ID(digit) "\"}"

static void a_notice_goes_to_whom_its_object_concerns(void **state)
{
    (void)state;
    static const row_t table[] = {
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-1"),
            "+nccis n.nccis, +owner-a n.owner"}, // the author serves it: not sent back
        {"isoc-b", NOTICE, "AMBER", "", "", OBJECT("ob-1"),
            "+nccis n.nccis, +owner-a n.owner, +isoc-a n.isoc"},
        {"owner-a", NOTICE, "AMBER", "", "", OBJECT("ob-1"),
            "+nccis n.nccis, +isoc-a n.isoc"},
        {"nccis", NOTICE, "AMBER", "", "", OBJECT("ob-1"),
            "+owner-a n.owner, +isoc-a n.isoc"},
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-2"),
            "+nccis n.nccis, +owner-b n.owner"}, // no centre serves it
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-9"),
            "!object.unknown, +nccis n.nccis"},
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT(""),
            "!object.unknown, +nccis n.nccis"},
        {"isoc-a", NOTICE, "AMBER", "", "", "", "+nccis n.nccis, !object.none"},
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-3"),
            "object.out-of-scope /body/object"},
        {"nccis", NOTICE, "CLEAR", "", "", OBJECT("ob-3"),
            "object.out-of-scope /body/object"},
    };
    ANSWERS(table);
}

static void only_the_certified_role_may_speak(void **state)
{
    (void)state;
    static const row_t table[] = {
        {"kib", NOTICE, "AMBER", "", "", "", "role.kind /kind"},
        {"press", NOTICE, "CLEAR", "", "", "", "role.kind /kind"},
        {"hub", NOTICE, "CLEAR", "", "", "", "role.kind /kind"},
        {"isoc-a", "advisory", "CLEAR", "", "", "", "role.kind /kind"},
        {"nccis", "security.alert", "CLEAR", "", "", "", "role.kind /kind"},
        {"isoc-a", "headquarters.directive", "CLEAR", "", "", "", "role.kind /kind"},
        {"isoc-a", NOTICE, "AMBER", "", ", \"for\": \"nccis\"", "", "for.reserved /for"},
        {"nccis", NOTICE, "AMBER", "", ", \"for\": \"nccis\"", "", "for.reserved /for"},
        // a rule permits the kind, and none applies to what it says
        {"isoc-a", "directive.report", "CLEAR", "\"nccis\"", "", LEVEL(2), "rule.none "},
    };
    ANSWERS(table);
}

static void levels_derive_alerts(void **state)
{
    (void)state;
    static const row_t table[] = {
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-1") ", " LEVEL(2),
            "+nccis n.nccis, +owner-a n.owner"},
        {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-1") ", " LEVEL(3),
            "+nccis n.nccis, +owner-a n.owner, *security.alert n.alert"},
        {"isoc-a", NOTICE, "RED", "\"nccis\"", "", OBJECT("ob-1") ", " LEVEL(5),
            "+nccis n.nccis, -owner-a marking.tlp, *security.alert n.alert"},
        // the alert itself: a duty of law passes the marking that it inherits
        {"hub", "security.alert", "RED", "\"nccis\"", ", \"for\": \"nccis\"", LEVEL(5),
            "+kib a.agencies, +nccis a.agencies"},
        {"hub", "security.alert", "RED", "", ", \"for\": \"nccis\"", LEVEL(5),
            "+kib a.agencies, +nccis a.agencies"},
    };
    ANSWERS(table);
}

static void markings_withhold_and_never_widen(void **state)
{
    (void)state;
    static const row_t table[] = {
        {"nccis", "advisory", "CLEAR", "", "", "",
            "+isoc-a adv.all, +isoc-b adv.all, +kib adv.all, +mid adv.all, "
            "+owner-a adv.all, +owner-b adv.all, +press adv.all"},
        {"nccis", "advisory", "GREEN", "", "", "",
            "+isoc-a adv.all, +isoc-b adv.all, +kib adv.all, +mid adv.all, "
            "+owner-a adv.all, +owner-b adv.all, -press marking.tlp"},
        {"nccis", "advisory", "AMBER", "", "", "",
            "+isoc-a adv.all, +isoc-b adv.all, -kib marking.tlp, -mid marking.tlp, "
            "+owner-a adv.all, -owner-b marking.tlp, -press marking.tlp"},
        {"nccis", "advisory", "AMBER+STRICT", "\"mid\"", "", "",
            "-isoc-a marking.tlp, -isoc-b marking.tlp, -kib marking.tlp, +mid adv.all, "
            "-owner-a marking.tlp, -owner-b marking.tlp, -press marking.tlp"},
        {"nccis", "advisory", "RED", "\"press\", \"kib\"", "", "",
            "-isoc-a marking.tlp, -isoc-b marking.tlp, +kib adv.all, -mid marking.tlp, "
            "-owner-a marking.tlp, -owner-b marking.tlp, +press adv.all"},
        {"nccis", "advisory", "RED", "", "", "", "marking.red /to"},
        // what a rule names it names for every marking but RED
        {"isoc-a", NOTICE, "AMBER+STRICT", "", "", OBJECT("ob-1"),
            "+nccis n.nccis, +owner-a n.owner"},
        {"isoc-a", NOTICE, "RED", "\"owner-a\"", "", OBJECT("ob-1"),
            "-nccis marking.tlp, +owner-a n.owner"},
        // an addressee whom no rule allows gets nothing, CLEAR as it may be
        {"isoc-a", NOTICE, "CLEAR", "\"press\"", "", OBJECT("ob-1"),
            "+nccis n.nccis, +owner-a n.owner, !to.unreached"},
        // withheld by one rule, owed by another
        {"isoc-a", "threat.report", "AMBER+STRICT", "", "", "",
            "-isoc-b marking.tlp, -kib marking.tlp, -mid marking.tlp, "
            "-nccis marking.tlp, -owner-a marking.tlp, -owner-b marking.tlp, "
            "-press marking.tlp, +kib quiet"},
    };
    ANSWERS(table);
}

static void addressees_must_exist_and_get_it_once(void **state)
{
    (void)state;
    static const row_t table[] = {
        {"isoc-a", "information.request", "AMBER", "\"kib\", \"nccis\"", "", "",
            "+kib req, +nccis req"},
        {"isoc-a", "information.request", "AMBER", "\"kib\", \"kib\"", "", "",
            "+kib req"},
        {"isoc-a", "information.request", "RED", "\"kib\"", "", "", "+kib req"},
        {"isoc-a", "information.request", "AMBER", "\"isoc-a\"", "", "", ""},
        {"isoc-a", "information.request", "AMBER", "\"hub\"", "", "", ""},
        {"isoc-a", "information.request", "AMBER", "\"kib\", \"nobody\"", "", "",
            "to.unknown /to/1"},
        {"isoc-a", "trace.manifest", "AMBER", "", "", "", "+isoc-a mine"},
    };
    ANSWERS(table);
}

// What does not exist and what is not yours cannot be told apart.
static void a_reference_is_the_parties_own(void **state)
{
    (void)state;
    alert_id[0] = 0;
    static const row_t table[] = {
        {"isoc-a", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), "",
            "+nccis u.parties, +owner-a u.parties"},
        {"owner-a", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), "",
            "+isoc-a u.parties, +nccis u.parties"},
        {"isoc-b", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), "",
            "reference.unknown /incident"},
        {"isoc-b", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "7"), "",
            "reference.unknown /incident"},
        {"isoc-a", UPDATE, "AMBER", "", REFERENCE("incident", "nobody", "1"), "",
            "reference.unknown /incident"},
        {"isoc-a", UPDATE, "AMBER", "", REFERENCE("incident", "owner-b", "1"), "",
            "reference.unknown /incident"},
        {"owner-b", UPDATE, "AMBER", "", REFERENCE("incident", "owner-b", "2"), "",
            "+nccis u.parties"},
        {"isoc-a", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "3"), "", ""},
        {"isoc-a", UPDATE, "RED", "\"nccis\"", REFERENCE("incident", "isoc-a", "1"), "",
            "+nccis u.parties, -owner-a marking.tlp"},
        {"owner-a", "acknowledgement", "AMBER", "", REFERENCE("re", "isoc-a", "1"), "",
            "+isoc-a ack"},
        {"isoc-b", "acknowledgement", "AMBER", "", REFERENCE("re", "isoc-a", "1"), "",
            "reference.unknown /re"},
        {"isoc-b", "acknowledgement", "AMBER", "", REFERENCE("supersedes", "isoc-a", "1"),
            "", "reference.unknown /supersedes"},
        {"isoc-b", "acknowledgement", "AMBER", "", REFERENCE("cancels", "isoc-a", "1"),
            "", "reference.unknown /cancels"},
        {"kib", "acknowledgement", "AMBER", "", REFERENCE("re", "isoc-a", "1"), "",
            "reference.unknown /re"}, // no alert was derived yet
    };
    ANSWERS(table);
}

// Whoever was alerted is a party from then on; of a level that was reported before the
// next alert is another.
static void who_was_alerted_follows_the_incident(void **state)
{
    (void)state;
    decision_t decision = {0};
    buf_t out = {0};
    alert_id[0] = 0;
    const row_t raised = {"isoc-a", UPDATE, "AMBER", "",
        REFERENCE("incident", "isoc-a", "1"), LEVEL(4), NULL};
    assert_int_equal(ask_at(&raised, now, &decision, &out), 0);
    assert_string_equal(
        buf_text(&out), "+nccis u.parties, +owner-a u.parties, *security.alert u.alert");
    assert_int_equal(decision.emissions, 1);
    assert_true(uuid7_valid(span_text(decision.emission[0].id)));
    memcpy(alert_id, decision.emission[0].id, sizeof alert_id); // now it is in the log
    static const row_t table[] = {
        {"isoc-a", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), LEVEL(4),
            "+nccis u.parties, +owner-a u.parties, +kib u.parties, "
            "*security.alert u.alert"}, // to be derived if it is news to anybody
        {"isoc-a", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), LEVEL(5),
            "+nccis u.parties, +owner-a u.parties, +kib u.parties, "
            "*security.alert u.alert"},
        {"kib", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), "",
            "+isoc-a u.parties, +nccis u.parties, +owner-a u.parties"},
        {"mid", UPDATE, "AMBER", "", REFERENCE("incident", "isoc-a", "1"), "",
            "reference.unknown /incident"},
        {"kib", "acknowledgement", "AMBER", "", REFERENCE("re", "isoc-a", "1"), "",
            "+isoc-a ack"},
    };
    ANSWERS(table);
    assert_int_equal(decision.emission[0].earlier, 0);
    assert_int_equal(ask_at(&raised, now, &decision, &out), 0);
    assert_int_equal(decision.emission[0].earlier, 1);
    assert_string_not_equal(decision.emission[0].id, alert_id);
    alert_id[0] = 0;
    buf_destroy(&out);
    routing_close(&decision.routing);
}

// The hub may be restarted between deciding and writing: it must derive the same again.
static void a_derived_id_depends_on_cause_and_level_alone(void **state)
{
    (void)state;
    decision_t decision = {0};
    buf_t out = {0};
    char first[MESSAGE_ID_MAX];
    row_t row = {"isoc-a", NOTICE, "AMBER", "", "", LEVEL(4), NULL};
    assert_int_equal(ask_at(&row, now, &decision, &out), 0);
    memcpy(first, decision.emission[0].id, sizeof first);
    assert_memory_equal(first, ID("9"), 13); // it sorts beside its cause
    row.marking = "CLEAR";
    assert_int_equal(ask_at(&row, now - 5000, &decision, &out), 0);
    assert_string_equal(decision.emission[0].id, first);
    row.body = LEVEL(5);
    assert_int_equal(ask_at(&row, now, &decision, &out), 0);
    assert_string_not_equal(decision.emission[0].id, first);
    row.body = LEVEL(4);
    row.author = "isoc-b";
    assert_int_equal(ask_at(&row, now, &decision, &out), 0);
    assert_string_not_equal(decision.emission[0].id, first);
    buf_destroy(&out);
    routing_close(&decision.routing);
}

static void time_is_refused_ahead_and_remarked_behind(void **state)
{
    (void)state;
    static const row_t row = {"isoc-a", NOTICE, "AMBER", "", "", OBJECT("ob-1"), NULL};
    static const struct {
        int64_t sent_ms;
        const char *expected;
    } table[] = {
        {300001, "time.future /sent"},
        {300000, "+nccis n.nccis, +owner-a n.owner"},
        {-900000, "+nccis n.nccis, +owner-a n.owner"},
        {-900001, "!time.late, +nccis n.nccis, +owner-a n.owner"},
        {-365 * PEOPLE_DAY_MS, "!time.late, +nccis n.nccis, +owner-a n.owner"},
    };
    decision_t decision = {0};
    buf_t out = {0};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        (void)ask_at(&row, now + table[i].sent_ms, &decision, &out);
        assert_string_equal(buf_text(&out), table[i].expected);
    }
    buf_destroy(&out);
    routing_close(&decision.routing);
}

static void status_as(const char *status, const char *extra, const char *expected)
{
    decision_t decision = {0};
    buf_t out = {0};
    const row_t row = {
        "isoc-a", NOTICE, "AMBER", "", extra, OBJECT("ob-1") ", " LEVEL(5), NULL};
    document_t document = document_of(&row, now);
    document.status = strcmp(status, "test") == 0 ? STATUS_TEST : STATUS_EXERCISE;
    (void)decide_on(roster_member(law.roster, "isoc-a"), &document, &decision);
    print(&decision, &out);
    assert_string_equal(buf_text(&out), expected);
    document_close(&document);
    buf_destroy(&out);
    routing_close(&decision.routing);
}

static void tests_and_exercises_reach_nobody_else(void **state)
{
    (void)state;
    status_as("test", "", "+isoc-a status.test");
    status_as("exercise", ", \"exercise\": \"e\"", "exercise.unknown /exercise");
    status_as("exercise", ", \"exercise\": \"spring\"", "exercise.closed /exercise");
    // of those it concerns, only who has joined; an alert of an exercise is one
    status_as("exercise", ", \"exercise\": \"autumn\"",
        "+nccis n.nccis, -owner-a exercise.absent, *security.alert n.alert");
    // what is real is no part of an exercise, though the author was party to it
    status_as("exercise",
        ", \"exercise\": \"autumn\"" REFERENCE("incident", "isoc-a", "1"),
        "exercise.reference /incident");
}

// What the author learns is what its receipt would tell: lines of `tell = none` are not
// among them.
static void an_explanation_tells_what_a_receipt_would(void **state)
{
    (void)state;
    decision_t decision = {0};
    buf_t out = {0}, json = {0};
    const row_t report = {"isoc-a", "threat.report", "RED", "\"nccis\"", "", "", NULL};
    assert_int_equal(ask_at(&report, now, &decision, &out), 0);
    assert_non_null(strstr(buf_text(&out), "+kib quiet"));
    decision_explain(&decision, &json);
    assert_non_null(strstr(buf_text(&json), "\"verdict\":\"accept\""));
    assert_non_null(strstr(buf_text(&json),
        "\"receivers\":[{\"rule\":\"both\",\"cites\":\"488:8.3\",\"node\":\"nccis\"}]"));
    assert_non_null(strstr(buf_text(&json), "\"node\":\"press\",\"code\":\"marking.tlp"));
    assert_null(strstr(buf_text(&json), "quiet"));
    const row_t refused = {"kib", NOTICE, "RED", "\"nccis\"", "", "", NULL};
    assert_int_equal(ask_at(&refused, now, &decision, &out), -1);
    buf_clear(&json);
    decision_explain(&decision, &json);
    assert_non_null(strstr(buf_text(&json),
        "\"verdict\":\"refuse\",\"code\":\"role.kind\",\"field\":\"/kind\""));
    assert_non_null(strstr(buf_text(&json), "\"receivers\":[]"));
    buf_destroy(&out);
    buf_destroy(&json);
    routing_close(&decision.routing);
}

// "duty debtor>towards +minutes until it is due" and, in brackets, who is told.
static void print_duties(const decision_t *decision, buf_t *out)
{
    for (size_t i = 0; i < decision->duties; i++) {
        const duty_t *duty = &decision->planned[i].duty;
        buf_printf(out, "%s%s %s%s%s %+d [", i ? ", " : "", duty->name, duty->debtor,
            duty->towards[0] ? ">" : "", duty->towards,
            (int)((duty->due_ms - now) / 60000));
        for (size_t k = 0; k < duty->tells; k++)
            buf_printf(out, "%s%s", k ? " " : "", duty->tell[k]);
        buf_put_text(out, "]");
    }
}

static void duties_as(const row_t *row, status_t status, decision_t *decision)
{
    buf_t out = {0};
    document_t document = document_of(row, now);
    document.status = status;
    (void)decide_on(roster_member(law.roster, row->author), &document, decision);
    if (decision->refusal.code)
        buf_printf(&out, "%s %s", decision->refusal.code, decision->refusal.pointer);
    else
        print_duties(decision, &out);
    if (strcmp(buf_text(&out), row->expected) != 0)
        fail_msg(
            "%s:\ngot      %s\nexpected %s", row->body, buf_text(&out), row->expected);
    document_close(&document);
    buf_destroy(&out);
}

#define ORDER(marking, to, body, expected)                                               \
    {                                                                                    \
        "kib", "order", marking, to, "", body, expected                                  \
    }

static void duties_fall_on_whom_the_rule_names(void **state)
{
    (void)state;
    static const row_t rows[] = {
        ORDER("AMBER", "\"nccis\", \"owner-a\"", "\"at\": \"2026-11-22T11:30:00Z\"",
            "told kib>nccis +1410 [kib nccis], told kib>owner-a +1410 [kib nccis], said "
            "kib +30 "
            "[]"),
        // the moment may have another offset, and be long past
        ORDER("AMBER", "\"nccis\"", "\"at\": \"2026-11-20T12:00:00+05:00\"",
            "told kib>nccis -1740 [kib nccis], said kib -3120 []"),
        // a clock may be a little ahead, a moment to come is none
        ORDER("AMBER", "\"nccis\"", "\"at\": \"2026-11-22T12:05:00Z\"",
            "told kib>nccis +1445 [kib nccis], said kib +65 []"),
        ORDER("AMBER", "\"nccis\"", "\"at\": \"2026-11-22T12:05:01Z\"",
            "time.future /body/at"),
        ORDER("AMBER", "\"nccis\"", "", "duty.moment /body/at"),
        ORDER("AMBER", "\"nccis\"", "\"at\": \"yesterday\"", "duty.moment /body/at"),
        ORDER("AMBER", "\"nccis\"", "\"at\": 7", "duty.moment /body/at"),
        // nobody named: only the author's own
        ORDER("AMBER", "", "\"at\": \"2026-11-22T12:00:00Z\"", "said kib +60 []"),
    };
    decision_t decision = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        duties_as(&rows[i], STATUS_ACTUAL, &decision);
    duties_as(&rows[0], STATUS_ACTUAL, &decision);
    const duty_t *duty = &decision.planned[0].duty;
    assert_string_equal(duty->cites, "488:15");
    assert_string_equal(duty->met_by, "delivery");
    assert_int_equal(duty->due_ms - duty->near_ms, 4 * 3600000);
    assert_string_equal(duty->message.author, "kib");
    assert_string_equal(duty->incident.id, duty->message.id);
    assert_string_equal(decision.planned[2].duty.cites, "488:15, default");
    decision_close(&decision);
}

static void a_test_brings_no_duty_and_lateness_is_remarked(void **state)
{
    (void)state;
    decision_t decision = {0};
    static const row_t row =
        ORDER("AMBER", "\"nccis\"", "\"at\": \"2026-11-22T11:30:00Z\"", "");
    duties_as(&row, STATUS_TEST, &decision);
    static const row_t late =
        ORDER("AMBER", "\"nccis\"", "\"at\": \"2026-11-20T11:30:00Z\"",
            "told kib>nccis -1470 [kib nccis], said kib -2850 []");
    duties_as(&late, STATUS_ACTUAL, &decision);
    size_t remarks = 0;
    for (size_t i = 0; i < decision.routing.n; i++)
        remarks += decision.routing.route[i].type == ROUTE_REMARK &&
                   strcmp(decision.routing.route[i].code, "duty.late") == 0;
    assert_int_equal(remarks, 1); // of two late duties
    decision_close(&decision);
}

// Who has not joined has no duty, as it has not the message, and watches none.
static void a_duty_of_an_exercise_is_of_those_in_it(void **state)
{
    (void)state;
    decision_t decision = {0};
    static const row_t row = {"kib", "order", "AMBER", "\"nccis\", \"owner-a\"",
        ", \"exercise\": \"autumn\"", "\"at\": \"2026-11-22T11:30:00Z\"",
        "told kib>nccis +1410 [kib nccis], said kib +30 []"};
    duties_as(&row, STATUS_EXERCISE, &decision);
    assert_int_equal(decision.duties, 2);
    for (size_t i = 0; i < decision.duties; i++)
        assert_string_equal(decision.planned[i].duty.exercise, "autumn");
    static const row_t night = {"kib", "order", "AMBER", "\"nccis\", \"isoc-a\"",
        ", \"exercise\": \"night\"", "\"at\": \"2026-11-22T11:30:00Z\"",
        "told kib>isoc-a +1410 [kib], said kib +30 []"};
    duties_as(&night, STATUS_EXERCISE, &decision);
    decision_close(&decision);
}

static void every_record_has_a_nonce_of_its_own(void **state)
{
    (void)state;
    enum { MANY = 3 * NONCES_DRAWN };
    decision_t one = {0}, two = {0};
    buf_t out = {0};
    static uint8_t nonce[MANY + 1][ROUTING_NONCE];
    static const row_t row = {"isoc-a", NOTICE, "AMBER", "", "", "", NULL};
    for (size_t i = 0; i <= MANY; i++) {
        decision_t *decision = i < MANY ? &one : &two;
        assert_int_equal(ask_at(&row, now, decision, &out), 0);
        memcpy(nonce[i], decision->routing.nonce, ROUTING_NONCE);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(nonce[i], nonce[j], ROUTING_NONCE);
    }
    assert_int_equal(one.routing.rules_position, 3);
    buf_destroy(&out);
    decision_close(&one);
    decision_close(&two);
}

// What a message refers to stands in its record, where no author is told of it; a test
// leaves no trace that anything could be decided by.
static void references_are_written_down(void **state)
{
    (void)state;
    decision_t decision = {0};
    static const row_t row = {"isoc-a", UPDATE, "AMBER", "",
        REFERENCE("re", "isoc-a", "3") REFERENCE("incident", "isoc-a", "1"), "", NULL};
    document_t document = document_of(&row, now);
    const member_t *author = roster_member(law.roster, "isoc-a");
    buf_t out = {0};
    assert_int_equal(decide_on(author, &document, &decision), 0);
    for (size_t i = 0; i < 2; i++)
        route_print(&decision.routing.route[i], &out);
    assert_string_equal(buf_text(&out),
        "refers incident isoc-a " ID("1") "\nrefers re isoc-a " ID("3") "\n");
    buf_clear(&out);
    routing_print(&decision.routing, &out);
    decision_explain(&decision, &out);
    assert_null(strstr(strchr(buf_text(&out), '{'), ID("1")));
    document.status = STATUS_TEST;
    assert_int_equal(decide_on(author, &document, &decision), 0);
    for (size_t i = 0; i < decision.routing.n; i++)
        assert_int_not_equal(decision.routing.route[i].type, ROUTE_REFER);
    document_close(&document);
    buf_destroy(&out);
    routing_close(&decision.routing);
}

static void files_are_written_down_as_the_message_names_them(void **state)
{
    (void)state;
    static const row_t row = {"isoc-a", NOTICE, "AMBER", "", "",
        "\"level\":2,\"logs\":[{\"name\":\"a.log\",\"size\":7,\"sha256\":\"" DIGEST
        "\"}]",
        NULL};
    document_t document = document_of(&row, now);
    const member_t *author = roster_member(law.roster, "isoc-a");
    decision_t decision = {0};
    buf_t out = {0};
    assert_int_equal(decide_on(author, &document, &decision), 0);
    route_print(&decision.routing.route[0], &out);
    assert_string_equal(buf_text(&out), "attachment " DIGEST " 7\n");
    buf_clear(&out);
    decision_explain(&decision, &out);
    assert_null(strstr(buf_text(&out), DIGEST)); // the message itself says so
    document.status = STATUS_TEST;
    assert_int_equal(decide_on(author, &document, &decision), 0);
    for (size_t i = 0; i < decision.routing.n; i++)
        assert_int_not_equal(decision.routing.route[i].type, ROUTE_ATTACHMENT);
    document_close(&document);
    buf_destroy(&out);
    routing_close(&decision.routing);
}

static void officers_must_seal_where_a_rule_says_so(void **state)
{
    (void)state;
    static const row_t without[] = {
        {"nccis", "response.task", "AMBER", "\"owner-a\"", "", "", "seals.missing "}};
    static const row_t with[] = {
        {"nccis", "response.task", "AMBER", "\"owner-a\"", "", "", "+owner-a task"}};
    for (sealed_by = 0; sealed_by < 2; sealed_by++)
        ANSWERS(without);
    for (; sealed_by < 4; sealed_by++)
        ANSWERS(with);
    sealed_by = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_goes_to_whom_its_object_concerns),
        cmocka_unit_test(only_the_certified_role_may_speak),
        cmocka_unit_test(levels_derive_alerts),
        cmocka_unit_test(officers_must_seal_where_a_rule_says_so),
        cmocka_unit_test(references_are_written_down),
        cmocka_unit_test(files_are_written_down_as_the_message_names_them),
        cmocka_unit_test(markings_withhold_and_never_widen),
        cmocka_unit_test(addressees_must_exist_and_get_it_once),
        cmocka_unit_test(a_reference_is_the_parties_own),
        cmocka_unit_test(who_was_alerted_follows_the_incident),
        cmocka_unit_test(a_derived_id_depends_on_cause_and_level_alone),
        cmocka_unit_test(time_is_refused_ahead_and_remarked_behind),
        cmocka_unit_test(tests_and_exercises_reach_nobody_else),
        cmocka_unit_test(an_explanation_tells_what_a_receipt_would),
        cmocka_unit_test(duties_fall_on_whom_the_rule_names),
        cmocka_unit_test(a_test_brings_no_duty_and_lateness_is_remarked),
        cmocka_unit_test(a_duty_of_an_exercise_is_of_those_in_it),
        cmocka_unit_test(every_record_has_a_nonce_of_its_own),
    };
    return test_group(tests, set_up, tear_down);
}
