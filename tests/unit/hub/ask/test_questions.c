// questions: each topic shows the asker what it may know and nothing else; what is asked
// too often, wrongly or about nothing is answered too.

#include "hub/ask/questions.h"

#include "tests/lib/data.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

enum { AT = 7, REQUEST = 41 };
#define MESSAGE "019abd3c-5c00-7a4e-9b6d-000000000001"
#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"
#define OTHER "1817d0235502bfbd2bb4c81151a20dc3590ad570eaa1a8c34ebf6be1a897b98f"

typedef struct {
    people_t people;
    roster_t *roster;
    rules_t *rules;
    size_t duties, many; // of duty[], and how often each is there
    duty_t duty[4];
    size_t answers;      // to the message
    uint64_t taken_back; // the position of one of them
    size_t explained, looked;
    size_t asked, steps; // before a question is given up, once before each is answered
    cause_t why;
} world_t;

static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    (void)context;
    *leaf = (leaf_t){.position = AT};
    return strcmp(author, "isoc-a") == 0 && strcmp(id, MESSAGE) == 0;
}

// What the sender was told of: nccis and bank, not the body that a rule keeps from it.
static int record(void *context, const leaf_t *leaf, span_t *text, cause_t *why)
{
    (void)context;
    if (leaf->position != AT)
        return cause_set(why, "no such entry");
    *text = span_text("dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\n"
                      "rules 1\n"
                      "deliver nccis r sender 8\n"
                      "deliver bank r sender 9\n"
                      "deliver secret r none 9\n"
                      "attachment " DIGEST " 481203\n"
                      "attachment " OTHER " 7\n"
                      "refers re nccis 019abd3c-5c00-7a4e-9b6d-000000000003\n"
                      "refers cancels isoc-a 019abd3c-5c00-7a4e-9b6d-000000000002\n");
    return 0;
}

// bank has answered twice, "done" after "read".
static bool refers(void *context, const reference_t *to, version_t version, refer_t field,
    const char *kind, thread_walk_t *walk, leaf_t *leaf)
{
    (void)version;
    const world_t *world = context;
    assert_string_equal(to->author, "isoc-a");
    assert_int_equal(field, REFER_RE);
    assert_string_equal(kind, "acknowledgement");
    if (walk->past == world->answers)
        return false;
    *leaf = (leaf_t){.position = AT + 10 - walk->past++};
    (void)snprintf(leaf->author, sizeof leaf->author, "bank");
    (void)snprintf(leaf->id, sizeof leaf->id, "%u", (unsigned)leaf->position);
    return true;
}

static bool stands(void *context, const reference_t *message)
{
    const world_t *world = context;
    return strtoull(message->id, NULL, 10) != world->taken_back;
}

static value_t *document(void *context, const leaf_t *leaf)
{
    (void)context;
    return value_from(json_pack(
        "{s:{s:s}}", "body", "answer", leaf->position == AT + 10 ? "done" : "read"));
}

// bank alone has joined "spring".
static bool takes_part(void *context, const char *exercise, const char *node)
{
    (void)context;
    return exercise[0] == 0 ||
           (strcmp(exercise, "spring") == 0 && strcmp(node, "bank") == 0);
}

static bool stored(void *context, const char *node, uint64_t position)
{
    (void)context;
    return position == AT && strcmp(node, "nccis") == 0;
}

static void explain(
    void *context, const char *asker, span_t text, const refusal_t *instead, buf_t *json)
{
    world_t *world = context;
    world->explained++;
    buf_printf(json, "%s %.*s %s", asker, (int)text.size, (const char *)text.data,
        instead ? instead->code : "taken");
}

// The first of the two was.
static bool handed_in(
    void *context, const hash_t *digest, const char *node, uint64_t *position)
{
    (void)context;
    assert_string_equal(node, "isoc-a");
    *position = 9;
    return digest->bytes[0] == 0x23;
}

static const duty_t *duty_at(void *context, duty_walk_t *walk)
{
    const world_t *world = context;
    size_t many = world->many ? world->many : 1;
    return walk->serial < world->duties * many ? &world->duty[walk->serial++ / many]
                                               : NULL;
}

static const duty_t *duty_of_message(
    void *context, const reference_t *message, duty_cursor_t *cursor)
{
    const world_t *world = context;
    while (cursor->at < world->duties) {
        const duty_t *duty = &world->duty[cursor->at++];
        if (reference_same(&duty->message, message))
            return duty;
    }
    return NULL;
}

// A look-up that takes some steps.
typedef struct {
    int left;
    reference_t message;
    json_t *list;
} steps_t;

static void *timeline_begins(const reference_t *message)
{
    steps_t *steps = calloc(1, sizeof *steps);
    steps->left = 5;
    steps->message = *message;
    return steps;
}

static bool timeline_goes_on(void *context, const lookup_t *whose, void *lookup)
{
    world_t *world = context;
    (void)whose;
    world->looked++;
    return --((steps_t *)lookup)->left > 0;
}

static void give_up(void **lookup_p)
{
    steps_t *steps = *lookup_p;
    *lookup_p = NULL;
    json_decref(steps->list);
    free(steps);
}

static json_t *timeline_ends(
    void *context, const lookup_t *whose, void **lookup_p, refusal_t *refusal)
{
    steps_t *steps = *lookup_p;
    bool known = strcmp(steps->message.id, MESSAGE) == 0;
    (void)context;
    assert_int_equal(steps->left, 0);
    give_up(lookup_p);
    if (!known) {
        (void)refuse(refusal, "reference.unknown", "/id", "", "none");
        return NULL;
    }
    return json_pack("{s:s, s:b, s:[{s:s, s:s}]}", "asker", whose->asker, "nccis",
        whose->nccis, "messages", "author", "isoc-a", "id", MESSAGE);
}

static void *contacts_begin(void *context)
{
    (void)context;
    steps_t *steps = calloc(1, sizeof *steps);
    steps->list = json_array();
    return steps;
}

// Whose contacts may be seen, of all.
static bool contacts_go_on(void *context, bool (*may)(void *whom, const char *author),
    void *whom, void *lookup, uint64_t work)
{
    static const char *const owners[] = {"nccis", "isoc-a", "isoc-b", "bank", "gone"};
    steps_t *steps = lookup;
    (void)context;
    (void)work;
    if (may(whom, owners[steps->left]))
        (void)json_array_append_new(steps->list, json_string(owners[steps->left]));
    return ++steps->left < 5;
}

static json_t *contacts_end(void **lookup_p)
{
    json_t *answer = json_pack("{s:O}", "contacts", ((steps_t *)*lookup_p)->list);
    give_up(lookup_p);
    return answer;
}

static void certify(
    world_t *world, const char *name, const char *role, const char *organisation)
{
    people_certify(&world->people, &(person_t){name, role, organisation, NULL, NULL, 0},
        CERT_CHANNEL);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    people_open(&world->people, INT64_C(1795348800000));
    certify(world, "nccis", "nccis", "STS");
    certify(world, "isoc-a", "isoc", "A");
    certify(world, "isoc-b", "isoc", "A");
    certify(world, "bank", "owner", "B");
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    world->rules = data_rules("questions.rules");
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    rules_close(&world->rules);
    roster_close(&world->roster);
    people_close(&world->people);
    free(world);
    return 0;
}

static bool withdrawn(void *context, const reference_t *message)
{
    (void)context;
    (void)message;
    return false;
}

static void answer(world_t *world, const char *asker, const question_t *question,
    bool in_time, buf_t *frame)
{
    precedents_t log = {.find = find,
        .record = record,
        .refers = refers,
        .stands = stands,
        .withdrawn = withdrawn,
        .document = document,
        .context = world};
    questions_t self = {.hub = "hub",
        .origin = "hub.example/log",
        .entries = 12,
        .roster = world->roster,
        .rules = world->rules,
        .now_ms = INT64_C(1795348800000),
        .clock_held = true,
        .limits = {1024, 8},
        .log = &log,
        .explain = explain,
        .takes_part = takes_part,
        .stored = stored,
        .handed_in = handed_in,
        .duty = duty_at,
        .duty_of = duty_of_message,
        .timeline = {timeline_begins, timeline_goes_on, timeline_ends, give_up},
        .contacts = {contacts_begin, contacts_go_on, contacts_end, give_up},
        .context = world};
    if (!in_time) {
        questions_refuse(&self, asker, question, BUSY_RATE, frame);
        return;
    }
    asking_t *given_up = asking_new(question); // at any step, as when a session ends
    for (world->steps %= 7; world->steps > 0; world->steps--)
        if (!questions_step(&self, asker, given_up))
            break;
    world->steps = ++world->asked;
    asking_destroy(&self, &given_up);
    world->looked = world->explained = 0;
    asking_t *asking = asking_new(question);
    while (questions_step(&self, asker, asking))
        continue;
    questions_put(asking, frame);
    asking_destroy(&self, &asking);
    assert_null(asking);
}

// The text of the answer, which must be to this question.
static char *ask_frame(world_t *world, const char *asker, const question_t *question,
    bool in_time, frame_type_t expected)
{
    buf_t frame = {0};
    reader_t body;
    explain_t answered;
    answer(world, asker, question, in_time, &frame);
    assert_int_equal(frame_type(buf_span(&frame), &body), expected);
    assert_int_equal(explain_take(&answered, buf_span(&frame), &world->why), 0);
    assert_int_equal(answered.request, REQUEST);
    char *text = strndup((const char *)answered.text.data, answered.text.size);
    buf_destroy(&frame);
    return text;
}

static json_t *ask(
    world_t *world, const char *asker, const char *topic, const char *arguments)
{
    question_t question = {FRAME_ASK, REQUEST, span_text(topic), span_text(arguments)};
    char *text = ask_frame(world, asker, &question, true, FRAME_ANSWER);
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    free(text);
    return json;
}

static void refused(world_t *world, const char *asker, const char *topic,
    const char *arguments, const char *code, const char *pointer)
{
    json_t *json = ask(world, asker, topic, arguments);
    assert_string_equal(json_string_value(json_object_get(json, "code")), code);
    if (pointer)
        assert_string_equal(json_string_value(json_object_get(json, "pointer")), pointer);
    assert_true(strlen(json_string_value(json_object_get(json, "error"))) > 0);
    json_decref(json);
}

static void expect(json_t *json, const char *member, const char *expected)
{
    char *text =
        json_dumps(json_object_get(json, member), JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(text ? text : "", expected);
    free(text);
    json_decref(json);
}

static void frames_are_taken_apart(void **state)
{
    world_t *world = *state;
    question_t question;
    buf_t frame = {0};
    query_put(&frame, &(query_t){REQUEST, span_text("duties"), span_text("{}")});
    assert_int_equal(
        question_take(&question, FRAME_ASK, buf_span(&frame), &world->why), 0);
    assert_int_equal(question.type, FRAME_ASK);
    assert_int_equal(question.request, REQUEST);
    assert_true(span_is(question.topic, "duties") && span_is(question.text, "{}"));
    for (size_t cut = 1; cut < frame.size; cut++)
        assert_int_equal(question_take(&question, FRAME_ASK,
                             span_of(frame.data, frame.size - cut), &world->why),
            -1);
    buf_clear(&frame);
    explain_put(&frame, FRAME_EXPLAIN, &(explain_t){REQUEST, span_text("{\"a\":1}")});
    assert_int_equal(
        question_take(&question, FRAME_EXPLAIN, buf_span(&frame), &world->why), 0);
    assert_int_equal(question.type, FRAME_EXPLAIN);
    assert_true(span_is(question.text, "{\"a\":1}"));
    assert_int_equal(question_take(&question, FRAME_EXPLAIN,
                         span_of(frame.data, frame.size - 1), &world->why),
        -1);
    buf_destroy(&frame);
}

static void who_asks_too_often_is_told_so(void **state)
{
    world_t *world = *state;
    question_t explains = {FRAME_EXPLAIN, REQUEST, {0}, span_text("doc")};
    question_t asks = {FRAME_ASK, REQUEST, span_text("incident"),
        span_text("{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}")};
    char *text = ask_frame(world, "bank", &explains, true, FRAME_EXPLAINED);
    assert_string_equal(text, "bank doc taken");
    free(text);
    text = ask_frame(world, "bank", &explains, false, FRAME_EXPLAINED);
    assert_string_equal(text, "bank doc rate.limit");
    free(text);
    text = ask_frame(world, "bank", &asks, false, FRAME_ANSWER);
    assert_non_null(strstr(text, "\"code\":\"rate.limit\""));
    assert_int_equal(world->looked, 0); // it cost nothing
    free(text);
}

static void the_hub_names_every_topic(void **state)
{
    world_t *world = *state;
    static const char *const arguments[] = {"{}", "{\"id\":\"" MESSAGE "\"}", "{}",
        "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}", "{}",
        "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}", "{}"};
    json_t *json = ask(world, "isoc-a", "hub", "{}");
    const json_t *topics = json_object_get(json, "topics");
    assert_int_equal(json_integer_value(json_object_get(json, "entries")), 12);
    assert_int_equal(json_array_size(topics), sizeof arguments / sizeof arguments[0]);
    for (size_t i = 0; i < json_array_size(topics); i++) {
        json_t *one = ask(
            world, "isoc-a", json_string_value(json_array_get(topics, i)), arguments[i]);
        assert_null(json_object_get(one, "error"));
        json_decref(one);
    }
    json_decref(json);
}

static void kinds_are_those_of_the_role(void **state)
{
    world_t *world = *state;
    static const char *const expected[][2] = {
        {"isoc-a", "[\"incident.notice\",\"plan.submission\"]"},
        {"nccis", "[\"advisory\"]"},
        {"bank", "[\"plan.submission\"]"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        json_t *json = ask(world, expected[i][0], "kinds", "{}");
        char *kinds = json_dumps(json_object_get(json, "kinds"), JSON_COMPACT);
        assert_string_equal(kinds, expected[i][1]);
        free(kinds);
        json_decref(json);
    }
}

static void what_cannot_be_asked_is_refused(void **state)
{
    world_t *world = *state;
    refused(world, "bank", "weather", "{}", "ask.topic", "");
    refused(world, "bank", "duties", "{", "doc.syntax", NULL);
    refused(world, "bank", "duties", "[[[[[[[[[1]]]]]]]]]", "doc.depth", NULL);
    refused(world, "bank", "incident", "{}", "ask.arguments", "/author");
    refused(world, "bank", "incident", "{\"author\":\"a\"}", "ask.arguments", "/id");
    refused(world, "bank", "incident", "{\"author\":\"a\",\"id\":\"b\"}",
        "reference.unknown", "/id");
    refused(world, "isoc-a", "withdrawal", "{}", "reference.unknown", "/id");
    refused(world, "bank", "withdrawal", "{\"id\":\"" MESSAGE "\"}", "reference.unknown",
        "/id");
}

static void attachments_are_shown_to_the_parties(void **state)
{
    world_t *world = *state;
    static const char arguments[] = "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}";
    static const char expected[] =
        "[{\"sha256\":\"" DIGEST "\",\"size\":481203,\"position\":9},{\"sha256\":\"" OTHER
        "\",\"size\":7}]";
    expect(ask(world, "isoc-a", "attachments", arguments), "attachments", expected);
    expect(ask(world, "bank", "attachments", arguments), "attachments", expected);
    refused(world, "isoc-b", "attachments", arguments, "reference.unknown", "/id");
    refused(world, "isoc-a", "attachments", "{}", "reference.unknown", "/id");
}

static void a_withdrawal_shows_what_its_author_was_told(void **state)
{
    world_t *world = *state;
    static const char id[] = "{\"id\":\"" MESSAGE "\"}";
    expect(ask(world, "isoc-a", "withdrawal", id), "withdraws",
        "[{\"by\":\"cancels\",\"id\":\"019abd3c-5c00-7a4e-9b6d-000000000002\"}]");
    expect(ask(world, "isoc-a", "withdrawal", id), "receivers",
        "[{\"node\":\"nccis\",\"stored\":true},{\"node\":\"bank\",\"stored\":false}]");
    world->answers = 2;
    expect(ask(world, "isoc-a", "withdrawal", id), "receivers",
        "[{\"node\":\"nccis\",\"stored\":true},{\"node\":\"bank\",\"stored\":false,"
        "\"answer\":\"done\"}]");
    world->taken_back = AT + 10; // then the one before it is what the person says
    expect(ask(world, "isoc-a", "withdrawal", id), "receivers",
        "[{\"node\":\"nccis\",\"stored\":true},{\"node\":\"bank\",\"stored\":false,"
        "\"answer\":\"read\"}]");
}

static duty_t duty_of(const char *who, const char *tell, const char *message)
{
    duty_t duty = {.state = DUTY_OPEN, .message = {"isoc-a", ""}};
    (void)snprintf(duty.who, sizeof duty.who, "%s", who);
    (void)snprintf(duty.message.id, sizeof duty.message.id, "%s", message);
    if (tell)
        (void)snprintf(duty.tell[duty.tells++], sizeof duty.tell[0], "%s", tell);
    return duty;
}

// Whose duties the answer lists, joined; '*' behind the asker's own.
static const char *listed(
    world_t *world, const char *asker, const char *topic, const char *arguments)
{
    static char text[128];
    json_t *json = ask(world, asker, topic, arguments);
    size_t i;
    json_t *item;
    text[0] = 0;
    json_array_foreach(json_object_get(json, "duties"), i, item)
    {
        size_t used = strlen(text);
        assert_true(used < 100);
        (void)snprintf(text + used, sizeof text - used, "%s%s%s", used ? " " : "",
            json_string_value(json_object_get(item, "who")),
            json_is_true(json_object_get(item, "mine")) ? "*" : "");
    }
    json_decref(json);
    return text;
}

static void duties_are_for_who_owes_or_is_told(void **state)
{
    world_t *world = *state;
    world->duties = 3;
    world->duty[0] = duty_of("bank", NULL, MESSAGE);
    world->duty[1] = duty_of("isoc-b", "bank", MESSAGE);
    world->duty[2] = duty_of("bank", NULL, MESSAGE);
    world->duty[2].state = DUTY_MET;
    assert_string_equal(listed(world, "bank", "duties", "{}"), "bank* isoc-b");
    assert_string_equal(listed(world, "isoc-b", "duties", "{}"), "isoc-b*");
    assert_string_equal(listed(world, "isoc-a", "duties", "{}"), "");
    assert_string_equal(listed(world, "nccis", "duties", "{}"), "bank isoc-b");
    assert_string_equal(
        listed(world, "bank", "duties", "{\"all\":true}"), "bank* isoc-b bank*");
    expect(ask(world, "bank", "duties", "{}"), "held", "true");
    expect(ask(world, "bank", "duties", "{}"), "more", "false");
}

static void duties_of_an_exercise_are_asked_for_by_name(void **state)
{
    world_t *world = *state;
    world->duties = 3;
    world->duty[0] = duty_of("bank", "nccis", MESSAGE);
    world->duty[1] = duty_of("isoc-a", "bank", MESSAGE);
    world->duty[2] = duty_of("isoc-b", "bank", MESSAGE);
    (void)snprintf(
        world->duty[0].exercise, sizeof world->duty[0].exercise, "%s", "spring");
    (void)snprintf(
        world->duty[1].exercise, sizeof world->duty[1].exercise, "%s", "autumn");
    assert_string_equal(listed(world, "bank", "duties", "{}"), "isoc-b");
    assert_string_equal(
        listed(world, "bank", "duties", "{\"exercise\":\"spring\"}"), "bank*");
    assert_string_equal(
        listed(world, "nccis", "duties", "{\"exercise\":\"spring\"}"), "");
    assert_string_equal(listed(world, "bank", "duties", "{\"exercise\":\"autumn\"}"), "");
}

static void a_list_of_duties_ends(void **state)
{
    world_t *world = *state;
    world->duties = 1;
    world->duty[0] = duty_of("bank", NULL, MESSAGE);
    world->many = QUESTIONS_DUTIES;
    expect(ask(world, "bank", "duties", "{}"), "more", "false");
    world->many++;
    json_t *json = ask(world, "bank", "duties", "{}");
    assert_int_equal(json_array_size(json_object_get(json, "duties")), QUESTIONS_DUTIES);
    expect(json, "more", "true");
}

static void a_timeline_has_its_duties(void **state)
{
    world_t *world = *state;
    static const char about[] = "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}";
    world->duties = 3;
    world->duty[0] = duty_of("bank", NULL, MESSAGE);
    world->duty[1] = duty_of("bank", NULL, "another");
    world->duty[2] = duty_of("isoc-b", NULL, MESSAGE);
    assert_string_equal(listed(world, "bank", "incident", about), "bank");
    assert_string_equal(listed(world, "isoc-a", "incident", about), "bank isoc-b");
    assert_string_equal(listed(world, "nccis", "incident", about), "bank isoc-b");
    expect(ask(world, "nccis", "incident", about), "nccis", "true");
    expect(ask(world, "bank", "incident", about), "nccis", "false");
}

static void contacts_are_of_ones_own_organisation(void **state)
{
    world_t *world = *state;
    expect(ask(world, "nccis", "contacts", "{}"), "contacts",
        "[\"nccis\",\"isoc-a\",\"isoc-b\",\"bank\",\"gone\"]");
    expect(ask(world, "isoc-a", "contacts", "{}"), "contacts", "[\"isoc-a\",\"isoc-b\"]");
    expect(ask(world, "bank", "contacts", "{}"), "contacts", "[\"bank\"]");
    expect(ask(world, "gone", "contacts", "{}"), "contacts", "[]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frames_are_taken_apart),
        TEST(who_asks_too_often_is_told_so),
        TEST(the_hub_names_every_topic),
        TEST(kinds_are_those_of_the_role),
        TEST(what_cannot_be_asked_is_refused),
        TEST(a_withdrawal_shows_what_its_author_was_told),
        TEST(attachments_are_shown_to_the_parties),
        TEST(duties_are_for_who_owes_or_is_told),
        TEST(duties_of_an_exercise_are_asked_for_by_name),
        TEST(a_list_of_duties_ends),
        TEST(a_timeline_has_its_duties),
        TEST(contacts_are_of_ones_own_organisation),
    };
    return test_group(tests, NULL, NULL);
}
