// notices: said once for each occasion, to whom they concern and to NCCIS, and marked for
// what they are; every one of them satisfies its schema.

#include "hub/ask/notices.h"

#include "lib/base/times.h"
#include "tests/lib/heard.h"
#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const int64_t now = INT64_C(1795348800000);

typedef struct {
    mini_t mini;
    heard_t heard;
    size_t drafted; // messages so far
} world_t;

static const char *const members[][3] = {{"nccis-a", "nccis", "STS"},
    {"nccis-b", "nccis", "STS"}, {"isoc-a", "isoc", "STS"}, {"kib", "isoc", "STS"},
    {"hub", "hub", "STS"}};

// nccis-b takes part in "spring", nccis-a in no exercise.
static void play(mini_t *mini)
{
    static const struct {
        const char *node;
        exercise_act_t act;
    } did[] = {{"nccis-b", EXERCISE_OPENS}, {"nccis-b", EXERCISE_JOINS},
        {"isoc-a", EXERCISE_JOINS}, {"hub", EXERCISE_JOINS}};
    for (size_t i = 0; i < sizeof did / sizeof did[0]; i++) {
        leaf_t leaf = {.position = i};
        routing_t routing = {0};
        route_t route = {.type = ROUTE_EXERCISE, .act = did[i].act, .node = "spring"};
        (void)snprintf(leaf.author, sizeof leaf.author, "%s", did[i].node);
        routing_add(&routing, &route);
        history_add(mini->history, &leaf, &routing);
        routing_close(&routing);
    }
}

// A certificate of isoc-a ends within a day.
static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    mini_t *mini = &world->mini;
    mini_open(mini, members, sizeof members / sizeof members[0], "law.conf");
    people_certify(&mini->people,
        &(person_t){"isoc-a", "isoc", "STS", NULL, NULL, now + PEOPLE_DAY_MS}, CERT_SEAL);
    people_publish(&mini->people, 2);
    roster_close(&mini->law.roster);
    mini->law.roster = people_roster(&mini->people);
    mini->hub = roster_member(mini->law.roster, "hub");
    mini_schemas(mini);
    mini_plan(mini);
    play(mini);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    mini_close(&world->mini);
    free(world);
    return 0;
}

static notices_t out_of(world_t *world)
{
    return (notices_t){.hub = "hub",
        .roster = world->mini.law.roster,
        .now_ms = now,
        .history = world->mini.history,
        .drafting = world->mini.drafting};
}

static duty_t overdue(void)
{
    duty_t duty = {.state = DUTY_OVERDUE,
        .name = "answer",
        .cites = "10",
        .debtor = "isoc-a",
        .message = {"nccis-a", "019abd3c-5c00-7a4e-9b6d-000000000001"},
        .position = 3,
        .from_ms = now - 7200000,
        .due_ms = now - 3600000};
    duty_identify(&duty);
    return duty;
}

// What was said, which the caller owns; NULL: nothing.  One that its schema or the rules
// did not let pass fails the test.
static json_t *taken(world_t *world)
{
    draft_t *draft = world->mini.draft;
    const drafting_trouble_t *trouble = drafting_trouble(world->mini.drafting);
    if (trouble->count > 0)
        fail_msg("%s %s", trouble->refusal.pointer, trouble->refusal.text);
    if (draft_count(draft) == world->drafted)
        return NULL;
    assert_int_equal(draft_count(draft), ++world->drafted);
    span_t text = draft_entry(draft_at(draft, world->drafted - 1)).document;
    json_t *message = json_loadb((const char *)text.data, text.size, 0, NULL);
    assert_non_null(message);
    return message;
}

static json_t *of_duty(world_t *world, const duty_t *duty)
{
    notices_t out = out_of(world);
    heard_begin(&world->heard);
    notices_duty(&out, duty);
    (void)heard_end(&world->heard);
    return taken(world);
}

// Of the only certificate that ends so soon.
static json_t *of_expiry(world_t *world, int64_t days)
{
    notices_t out = out_of(world);
    heard_begin(&world->heard);
    notices_certificates(&out, days);
    (void)heard_end(&world->heard);
    return taken(world);
}

// Of a line that was logged, the beginning.
static void expect_logged(const world_t *world, const char *line)
{
    const char *said = strchr(world->heard.text, ' ');
    if (!said || strncmp(said + 1, line, strlen(line)) != 0)
        fail_msg("expected '%s', said was '%s'", line, world->heard.text);
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
    expect_logged(*state, "warning certificate.expiring");
    assert_null(of_expiry(*state, 1)); // not so soon
}

static void a_duty_is_told_to_its_watchers_too(void **state)
{
    duty_t duty = overdue();
    (void)snprintf(duty.tell[duty.tells++], NODE_ID_MAX, "kib");
    (void)snprintf(duty.tell[duty.tells++], NODE_ID_MAX, "left-long-ago");
    json_t *message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a kib");
    assert_string_equal(text_at(message, "/body/event"), "overdue");
    assert_string_equal(text_at(message, "/body/about/id"), duty.message.id);
    assert_string_equal(text_at(message, "/summary/en"),
        "isoc-a: answer (para 10) is overdue, and was due at 2026-11-22T11:00:00.000Z.");
    expect_logged(*state, "warning duty.overdue");
    json_decref(message);
    duty.state = DUTY_NEAR;
    (void)snprintf(duty.tell[0], NODE_ID_MAX, "nccis-a"); // nobody twice
    message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a nccis-a");
    expect_logged(*state, "info duty.near");
    assert_string_equal(text_at(message, "/body/event"), "due-soon");
    assert_string_equal(text_at(message, "/body/text"),
        "isoc-a: answer (para 10) is due at 2026-11-22T11:00:00.000Z.");
    json_decref(message);
    duty.state = DUTY_HANDED;
    (void)snprintf(duty.towards, sizeof duty.towards, "kib");
    message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a nccis-a"); // not who has not signed
    assert_string_equal(text_at(message, "/body/event"), "not-signed-for");
    assert_string_equal(text_at(message, "/body/text"),
        "isoc-a: answer, towards kib (para 10) was handed over in time, and nobody has "
        "signed for it yet: due at 2026-11-22T11:00:00.000Z.");
    expect_logged(*state, "warning duty.handed");
    json_decref(message);
}

static void what_is_played_is_told_to_players_and_says_so(void **state)
{
    duty_t duty = overdue();
    (void)snprintf(duty.exercise, sizeof duty.exercise, "spring");
    json_t *message = of_duty(*state, &duty);
    assert_string_equal(addressees(message), "isoc-a");
    assert_string_equal(text_at(message, "/status"), "exercise");
    assert_string_equal(text_at(message, "/exercise"), "spring");
    expect_logged(*state, "info exercise.overdue");
    assert_int_equal(
        strncmp(text_at(message, "/summary/en"), "EXERCISE spring, ", 17), 0);
    json_decref(message);
    duty.exercise[0] = 0;
    message = of_duty(*state, &duty);
    assert_null(at(message, "/exercise"));
    json_decref(message);
}

// For the same occasion nothing more, for any other another.
static void an_occasion_is_told_once(void **state)
{
    world_t *world = *state;
    duty_t duty = overdue();
    json_decref(of_duty(world, &duty));
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
    json_decref(of_expiry(world, 2));
    assert_null(of_expiry(world, 2));
}

// Its members stand in this order.
static void a_notice_is_written_in_full(void **state)
{
    duty_t duty = overdue();
    json_t *message = of_duty(*state, &duty);
    (void)json_object_set_new(message, "id", json_string("ID"));
    (void)json_object_set_new(message, "nonce", json_string("NONCE"));
    char *text = json_dumps(message, JSON_COMPACT);
    assert_string_equal(text,
        "{\"dabyl\":1,\"id\":\"ID\",\"kind\":\"service.notice\",\"from\":\"hub\","
        "\"sent\":"
        "\"2026-11-22T12:00:00.000Z\",\"status\":\"actual\",\"marking\":\"TLP:AMBER\","
        "\"nonce\":\"NONCE\",\"to\":[\"isoc-a\"],\"summary\":{"
        "\"en\":\"isoc-a: answer (para 10) is overdue, and was due at "
        "2026-11-22T11:00:00.000Z.\"},\"body\":{\"event\":\"overdue\",\"at\":"
        "\"2026-11-22T11:00:00.000Z\",\"text\":\"isoc-a: answer (para 10) is overdue, "
        "and "
        "was due at "
        "2026-11-22T11:00:00.000Z.\",\"node\":\"isoc-a\",\"about\":{\"author\":"
        "\"nccis-a\",\"id\":\"019abd3c-5c00-7a4e-9b6d-000000000001\"}}}");
    free(text);
    json_decref(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_end_is_told_to_who_is_concerned),
        TEST(a_duty_is_told_to_its_watchers_too),
        TEST(what_is_played_is_told_to_players_and_says_so),
        TEST(an_occasion_is_told_once),
        TEST(a_notice_is_written_in_full),
    };
    return test_group(tests, NULL, NULL);
}
