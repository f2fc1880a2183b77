// exercise: what a message does to one, whether it may, and what it may refer to.

#include "hub/state/exercise.h"
#include "tests/lib/said.h"
#include "tests/lib/test.h"

#define STATUS(status) "\"status\":\"" status "\""
#define NAMED(name) STATUS("exercise") ",\"exercise\":\"" name "\""
#define BODY(name) STATUS("actual") ",\"body\":{\"exercise\":\"" name "\"}"

static document_t read_document(const char *kind, const char *from, const char *rest)
{
    const document_limits_t limits = {1 << 20, 32};
    char text[1024];
    document_t document = {0};
    value_t *root;
    refusal_t refusal = {0};
    (void)snprintf(text, sizeof text,
        "{\"dabyl\":1,\"id\":\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\",\"kind\":\"%s\","
        "\"from\":\"%s\",\"sent\":\"2026-11-22T12:00:00Z\",\"marking\":\"TLP:AMBER\",%s}",
        kind, from, rest);
    if (document_load(span_text(text), &limits, &root, &refusal) != 0 ||
        document_open(&document, root, &refusal) != 0)
        fail_msg("%s: %s", refusal.code, refusal.text);
    return document;
}

static void an_exercise_is_opened_joined_and_over(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *from, *role, *rest, *expected;
    } rows[] = {
        {"incident.notice", "isoc", "isoc", STATUS("actual"), "may"},
        {"incident.notice", "isoc", "isoc", STATUS("test"), "may"},
        {"incident.notice", "isoc", "isoc", NAMED("autumn"), "may"},
        {"incident.notice", "owner", "owner", NAMED("autumn"),
            "exercise.absent /exercise"},
        {"security.alert", "hub", "hub", NAMED("autumn"), "may"},
        {"security.alert", "hub", "hub", NAMED("spring"), "exercise.closed /exercise"},
        {"incident.notice", "isoc", "isoc", NAMED("winter"),
            "exercise.unknown /exercise"},
        {"incident.notice", "isoc", "isoc", STATUS("exercise"),
            "exercise.unknown /exercise"}, // without a name
        {"exercise.opening", "hq", "headquarters", BODY("winter"), "may"},
        {"exercise.opening", "hq", "headquarters", BODY("autumn"),
            "exercise.taken /body/exercise"},
        {"exercise.opening", "hq", "headquarters", BODY("spring"),
            "exercise.taken /body/exercise"},
        {"exercise.opening", "hq", "headquarters",
            BODY("autumn") ",\"supersedes\":{\"author\":\"hq\",\"id\":\"x\"}", "may"},
        {"exercise.joining", "owner", "owner", BODY("autumn"), "may"},
        {"exercise.joining", "owner", "owner", BODY("winter"),
            "exercise.unknown /body/exercise"},
        {"exercise.closing", "hq", "headquarters", BODY("autumn"), "may"},
        {"exercise.closing", "hq", "headquarters", BODY("spring"),
            "exercise.closed /body/exercise"},
        {"exercise.closing", "hq", "headquarters",
            BODY("spring") ",\"cancels\":{\"author\":\"hq\",\"id\":\"x\"}", "may"},
    };
    said_t past; // "autumn" is open and isoc is in it; "spring" was closed
    said_open(&past);
    said_exercise(&past, "hq", EXERCISE_OPENS, "autumn");
    said_exercise(&past, "isoc", EXERCISE_JOINS, "autumn");
    said_exercise(&past, "hq", EXERCISE_OPENS, "spring");
    said_exercise(&past, "hq", EXERCISE_CLOSES, "spring");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document_t document = read_document(rows[i].kind, rows[i].from, rows[i].rest);
        member_t author = {0};
        refusal_t refusal = {0};
        char answer[256] = "may";
        (void)snprintf(author.id, sizeof author.id, "%s", rows[i].from);
        (void)snprintf(author.role, sizeof author.role, "%s", rows[i].role);
        if (exercise_check(past.history, &document, &author, &refusal) != 0)
            (void)snprintf(answer, sizeof answer, "%s %s", refusal.code, refusal.pointer);
        if (strcmp(answer, rows[i].expected) != 0)
            fail_msg("row %zu: got %s, expected %s", i, answer, rows[i].expected);
        document_close(&document);
    }
    said_close(&past);
}

static void what_a_message_does(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *rest;
        int act; // -1: nothing
    } rows[] = {
        {"exercise.opening", BODY("autumn"), EXERCISE_OPENS},
        {"exercise.joining", BODY("autumn"), EXERCISE_JOINS},
        {"exercise.closing", BODY("autumn"), EXERCISE_CLOSES},
        {"exercise.closing", STATUS("actual"), -1},
        {"incident.notice", BODY("autumn"), -1},
        {"incident.notice", NAMED("autumn"), EXERCISE_WITHIN},
        {"exercise.opening", NAMED("autumn"), EXERCISE_WITHIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document_t document = read_document(rows[i].kind, "hq", rows[i].rest);
        exercise_act_t act;
        const char *name;
        bool does = exercise_act(&document, &act, &name);
        assert_int_equal(does, rows[i].act >= 0);
        if (does) {
            assert_int_equal((int)act, rows[i].act);
            assert_string_equal(name, "autumn");
        }
        document_close(&document);
    }
}

static void references_stay_in_one_world(void **state)
{
    (void)state;
    static const struct {
        const char *rest, *line; // of the record of what is referred to
        bool may;
    } rows[] = {
        {STATUS("actual"), "deliver nccis r sender 8.3", true},
        {STATUS("actual"), "exercise opens autumn", true}, // to join it
        {STATUS("actual"), "exercise within autumn", false},
        {STATUS("actual"), "deliver isoc status.test sender default", false},
        {NAMED("autumn"), "deliver nccis r sender 8.3", false},
        {NAMED("autumn"), "exercise opens autumn", false},
        {NAMED("autumn"), "exercise within autumn", true},
        {NAMED("autumn"), "exercise within autum", false},
        {NAMED("autumn"), "deliver isoc status.test sender default", false},
        {STATUS("test"), "exercise within autumn", true},
        {STATUS("test"), "deliver isoc status.test sender default", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document_t document = read_document("incident.update", "isoc", rows[i].rest);
        routing_t routing = {0};
        route_t route;
        cause_t why;
        assert_int_equal(route_parse(&route, span_text(rows[i].line), &why), 0);
        routing_add(&routing, &route);
        if (exercise_may_refer(&document, &routing) != rows[i].may)
            fail_msg("%s to '%s'", rows[i].rest, rows[i].line);
        routing_close(&routing);
        document_close(&document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exercise_is_opened_joined_and_over),
        cmocka_unit_test(what_a_message_does),
        cmocka_unit_test(references_stay_in_one_world),
    };
    return test_group(tests, NULL, NULL);
}
