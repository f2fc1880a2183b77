// notices: said once for each occasion, to whom they concern and to NCCIS, and marked for
// what they are; every one of them satisfies its schema.

#include "hub/ask/notices.h"

#include "lib/base/times.h"
#include "lib/json/schema.h"
#include "lib/message/document.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

static const int64_t now = INT64_C(1795348800000);

typedef struct {
    people_t people;
    roster_t *roster;
    char said[MESSAGE_ID_MAX]; // "": nothing was
    json_t *message;           // the last one
    char logged[64];
} world_t;

static bool said(void *context, const char *id)
{
    const world_t *world = context;
    return strcmp(world->said, id) == 0;
}

// nccis-b takes part in every exercise, nccis-a in none.
static bool takes_part(void *context, const char *exercise, const char *node)
{
    (void)context;
    return exercise[0] == 0 || strcmp(node, "nccis-b") == 0;
}

static void take(void *context, json_t *message)
{
    world_t *world = context;
    json_decref(world->message);
    world->message = message;
}

static world_t *the_world; // for the log, which has no context

__attribute__((format(printf, 3, 4))) static void note(
    log_level_t level, const char *id, const char *format, ...)
{
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    (void)format;
    (void)snprintf(
        the_world->logged, sizeof the_world->logged, "%s %s", levels[level], id);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    static const char *const nodes[][2] = {
        {"nccis-a", "nccis"}, {"nccis-b", "nccis"}, {"isoc-a", "isoc"}, {"kib", "isoc"}};
    the_world = world;
    people_open(&world->people, now);
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        people_certify(&world->people,
            &(person_t){nodes[i][0], nodes[i][1], "STS", NULL, NULL, 0}, CERT_CHANNEL);
    people_certify(&world->people,
        &(person_t){"isoc-a", "isoc", "STS", NULL, NULL, now + 86400000}, CERT_SEAL);
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    roster_close(&world->roster);
    people_close(&world->people);
    free(world);
    return 0;
}

static notices_t out_of(world_t *world)
{
    return (notices_t){.hub = "hub",
        .roster = world->roster,
        .now_ms = now,
        .said = said,
        .takes_part = takes_part,
        .say = take,
        .log = note,
        .context = world};
}

static duty_t overdue(void)
{
    duty_t duty = {.state = DUTY_OVERDUE,
        .name = "answer",
        .cites = "10",
        .who = "isoc-a",
        .message = {"nccis-a", "019abd3c-5c00-7a4e-9b6d-000000000001"},
        .position = 3,
        .from_ms = now - 7200000,
        .due_ms = now - 3600000};
    duty_identify(&duty);
    return duty;
}

// What was said, which the caller owns; NULL: nothing.
static json_t *taken(world_t *world)
{
    json_t *message = world->message;
    world->message = NULL;
    return message;
}

static json_t *of_duty(world_t *world, const duty_t *duty)
{
    notices_t out = out_of(world);
    notices_duty(&out, duty);
    return taken(world);
}

// Of the only certificate that ends so soon.
static json_t *of_expiry(world_t *world, int64_t days)
{
    notices_t out = out_of(world);
    notices_certificates(&out, days);
    return taken(world);
}

// A pointer without escapes, through objects.
static const json_t *at(const json_t *message, const char *pointer)
{
    const json_t *value = message;
    while (value && *pointer++) {
        size_t length = strcspn(pointer, "/");
        value = json_object_getn(value, pointer, length);
        pointer += length;
    }
    return value;
}

static const char *text_at(const json_t *message, const char *pointer)
{
    const char *text = json_string_value(at(message, pointer));
    return text ? text : "(nothing)";
}

static const char *addressees(const json_t *message)
{
    static char text[128];
    size_t i;
    json_t *item;
    text[0] = 0;
    json_array_foreach(json_object_get(message, "to"), i, item)
    {
        size_t used = strlen(text);
        assert_true(used < 100);
        (void)snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "",
            json_string_value(item));
    }
    return text;
}

static void an_end_is_told_to_who_is_concerned(void **state)
{
    json_t *message = of_expiry(*state, 2);
    assert_string_equal(addressees(message), "isoc-a nccis-a nccis-b");
    assert_string_equal(text_at(message, "/from"), "hub");
    assert_string_equal(text_at(message, "/status"), "actual");
    assert_string_equal(text_at(message, "/body/event"), "certificate-expiring");
    assert_string_equal(text_at(message, "/body/node"), "isoc-a");
    assert_string_equal(text_at(message, "/body/at"), "2026-11-23T12:00:00.000Z");
    assert_string_equal(text_at(message, "/sent"), "2026-11-22T12:00:00.000Z");
    assert_null(at(message, "/body/about"));
    json_decref(message);
    assert_string_equal(the_world->logged, "warning certificate.expiring");
    assert_null(of_expiry(*state, 1)); // not so soon
}

static void a_duty_is_told_to_its_watchers_too(void **state)
{
    duty_t duty = overdue();
    (void)snprintf(duty.tell[duty.tells++], NODE_ID_MAX, "kib");
    (void)snprintf(duty.tell[duty.tells++], NODE_ID_MAX, "left-long-ago");
    json_t *message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a kib nccis-a nccis-b");
    assert_string_equal(text_at(message, "/body/event"), "overdue");
    assert_string_equal(text_at(message, "/body/about/id"), duty.message.id);
    assert_string_equal(text_at(message, "/summary/en"),
        "isoc-a: answer (para 10) is overdue, and was due at 2026-11-22T11:00:00.000Z.");
    assert_string_equal(the_world->logged, "warning duty.overdue");
    json_decref(message);
    duty.state = DUTY_NEAR;
    (void)snprintf(duty.tell[0], NODE_ID_MAX, "nccis-a"); // nobody twice
    message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a nccis-a nccis-b");
    assert_string_equal(the_world->logged, "info duty.near");
    assert_string_equal(text_at(message, "/body/event"), "due-soon");
    assert_string_equal(text_at(message, "/body/text"),
        "isoc-a: answer (para 10) is due at 2026-11-22T11:00:00.000Z.");
    json_decref(message);
}

static void what_is_played_is_told_to_players_and_says_so(void **state)
{
    duty_t duty = overdue();
    (void)snprintf(duty.exercise, sizeof duty.exercise, "spring");
    json_t *message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a nccis-b");
    assert_string_equal(text_at(message, "/status"), "exercise");
    assert_string_equal(text_at(message, "/exercise"), "spring");
    assert_string_equal(the_world->logged, "info exercise.overdue");
    assert_int_equal(
        strncmp(text_at(message, "/summary/en"), "EXERCISE spring, ", 17), 0);
    json_decref(message);
    duty.exercise[0] = 0;
    message = of_duty(*state, &duty);
    assert_null(at(message, "/exercise"));
    json_decref(message);
}

// The same id for the same occasion, another one for any other.
static void an_occasion_is_told_once(void **state)
{
    world_t *world = *state;
    duty_t duty = overdue();
    json_t *message = of_duty(world, &duty);
    (void)snprintf(world->said, sizeof world->said, "%s", text_at(message, "/id"));
    json_decref(message);
    assert_null(of_duty(world, &duty));
    duty.state = DUTY_NEAR; // another event
    json_t *near = of_duty(world, &duty);
    duty = overdue();
    duty.due_ms -= 60000; // a correction made the time shorter
    json_t *earlier = of_duty(world, &duty);
    assert_non_null(near);
    assert_non_null(earlier);
    json_decref(near);
    json_decref(earlier);
    message = of_expiry(world, 2);
    (void)snprintf(world->said, sizeof world->said, "%s", text_at(message, "/id"));
    json_decref(message);
    assert_null(of_expiry(world, 2));
}

static void every_notice_satisfies_its_schema(void **state)
{
    cause_t why;
    refusal_t refusal = {0};
    schemas_t *schemas = schemas_open("schemas", &why);
    duty_t duty = overdue(), played = overdue();
    (void)snprintf(played.exercise, sizeof played.exercise, "spring");
    json_t *messages[] = {
        of_duty(*state, &duty), of_duty(*state, &played), of_expiry(*state, 2)};
    assert_non_null(schemas);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        value_t *message = value_from(messages[i]);
        if (schemas_check(schemas, message, &refusal) != 0)
            fail_msg("%zu: %s %s", i, refusal.pointer, refusal.text);
        value_free(&message);
    }
    schemas_close(&schemas);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_end_is_told_to_who_is_concerned),
        TEST(a_duty_is_told_to_its_watchers_too),
        TEST(what_is_played_is_told_to_players_and_says_so),
        TEST(an_occasion_is_told_once),
        TEST(every_notice_satisfies_its_schema),
    };
    return test_group(tests, NULL, NULL);
}
