// questions: each topic shows the asker what it may know and nothing else; what is asked
// too often, wrongly or about nothing is answered too.

#include "hub/ask/questions.h"

#include "nodes/roles/law_copy.h"
#include "tests/lib/data.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

enum { AT = 7, AT_CONTACT = 50, REQUEST = 41, MONOTONIC_MS = 90 * 1000 };
#define MESSAGE "019abd3c-5c00-7a4e-9b6d-000000000001"
#define CONTACT "contact"
#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"
#define OTHER "1817d0235502bfbd2bb4c81151a20dc3590ad570eaa1a8c34ebf6be1a897b98f"

typedef struct {
    people_t people;
    trust_t trust;
    law_t law;
    inboxes_t *inboxes;
    sessions_t *sessions;
    attachments_t *attachments;
    column_t *erasures;
    contacts_t *contacts;
    draft_t *draft;
    entries_t *entries;
    tree_t *tree;
    buf_t note;
    enacted_t enacted;
    history_t *history;
    duties_t *duties;
    intake_t *intake;
    size_t answers;      // to the message
    uint64_t taken_back; // the position of one of them; 0: of none
    size_t looked;       // for messages
    size_t asked, steps; // before a question is given up, once before each is answered
    cause_t why;
} world_t;

// There is the message of isoc-a, and everybody has named an official.
static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    world_t *world = context;
    bool contact = strcmp(id, CONTACT) == 0;
    world->looked++;
    *leaf = (leaf_t){.position = contact ? AT_CONTACT : AT};
    (void)snprintf(leaf->author, sizeof leaf->author, "%s", author);
    (void)snprintf(leaf->id, sizeof leaf->id, "%s", id);
    return contact || (strcmp(author, "isoc-a") == 0 && strcmp(id, MESSAGE) == 0);
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
// Nothing was brought along for anybody.
static bool carried(void *context, const reference_t *message, version_t version,
    const char *node, thread_walk_t *walk, leaf_t *leaf)
{
    (void)context;
    (void)message;
    (void)version;
    (void)node;
    (void)walk;
    (void)leaf;
    return false;
}

static bool refers(void *context, const reference_t *to, version_t version, refer_t field,
    const char *kind, thread_walk_t *walk, leaf_t *leaf)
{
    (void)version;
    const world_t *world = context;
    assert_string_equal(to->author, "isoc-a");
    if (field == REFERS) // the timeline: it is the message alone
        return false;
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
    return world->taken_back == 0 || strtoull(message->id, NULL, 10) != world->taken_back;
}

static bool withdrawn(void *context, const reference_t *message)
{
    (void)context;
    (void)message;
    return false;
}

// Nothing is corrected.
static void itself(void *context, const reference_t *message, reference_t *other)
{
    (void)context;
    *other = *message;
}

static value_t *document(void *context, const leaf_t *leaf)
{
    (void)context;
    return value_from(json_pack("{s:s, s:{s:s, s:{s:s}}}", "status", "actual", "body",
        "answer", leaf->position == AT + 10 ? "done" : "read", "official", "name",
        leaf->author));
}

static void certify(
    world_t *world, const char *name, const char *role, const char *organisation)
{
    people_certify(&world->people, &(person_t){name, role, organisation, NULL, NULL, 0},
        CERT_CHANNEL);
}

static const char *const owners[] = {"nccis", "isoc-a", "isoc-b", "bank", "gone"};

// nccis has signed for the message, bank has not; of its files the first was handed in.
static void deliver(world_t *world)
{
    hash_t digest, other;
    int author = inboxes_of(world->inboxes, "isoc-a", &world->why);
    int nccis = inboxes_of(world->inboxes, "nccis", &world->why);
    int bank = inboxes_of(world->inboxes, "bank", &world->why);
    assert_int_equal(inboxes_add(world->inboxes, nccis, AT, &world->why), 0);
    assert_int_equal(inboxes_add(world->inboxes, bank, AT, &world->why), 0);
    inboxes_set_acked(world->inboxes, nccis, 1);
    assert_true(hex_decode(span_text(DIGEST), digest.bytes, sizeof digest.bytes));
    assert_true(hex_decode(span_text(OTHER), other.bytes, sizeof other.bytes));
    attachments_named(world->attachments, &digest, 481203, author, AT);
    attachments_named(world->attachments, &other, 7, author, AT);
    attachments_handed_in(world->attachments, &digest, author, 9);
}

// bank alone has joined "spring".
static void join(world_t *world)
{
    leaf_t leaf = {.author = "bank", .id = "joins"};
    routing_t routing = {0};
    route_t route = {.type = ROUTE_EXERCISE, .act = EXERCISE_JOINS, .node = "spring"};
    routing_add(&routing, &route);
    history_add(world->history, &leaf, &routing);
    routing_close(&routing);
}

// A log of a start, schemas and rules, under a checkpoint.
static void enact(world_t *world)
{
    merkle_t tree = {0};
    hash_t root;
    schemas_t *schemas = schemas_open("schemas", &world->why);
    people_must(schemas != NULL, &world->why);
    draft_clear(world->draft, 0, INT64_C(1795348800000));
    draft_add_text(world->draft, "start", "", span_text("start"));
    draft_add_text(world->draft, "schemas", "", schemas_text(schemas));
    draft_add_text(world->draft, "rules", "", rules_text(world->law.rules));
    draft_finish(world->draft, SAMPLE_ORIGIN, NULL);
    (void)draft_entries(world->draft, &tree);
    for (size_t i = 0; i < draft_count(world->draft); i++)
        assert_int_equal(
            tree_add(world->tree, &draft_at(world->draft, i)->hashes.leaf, &world->why),
            0);
    tree_root(world->tree, &root);
    sample_note(tree_size(world->tree), &root, &world->note);
    world->enacted = (enacted_t){.schemas_position = 1, .rules_position = 2};
    schemas_close(&schemas);
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
    world->law.roster = people_roster(&world->people);
    world->law.rules = data_rules("questions.rules");
    world->inboxes = inboxes_open(world->people.scratch.path, &world->why);
    people_must(world->inboxes != NULL, &world->why);
    world->sessions = sessions_new();
    world->attachments = attachments_new();
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/erasures", world->people.scratch.path);
    world->erasures = column_open(path, sizeof(uint64_t), &world->why);
    people_must(world->erasures != NULL, &world->why);
    world->contacts = contacts_new();
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++)
        contacts_add(world->contacts, owners[i], CONTACT, AT_CONTACT + i);
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    world->tree = tree_open(world->people.scratch.path, &world->why);
    enact(world);
    world->history = history_new(world->entries, NULL);
    world->duties = duties_new(NULL);
    world->intake =
        intake_new(&(hub_options_t){.size_limit = 1024, .depth_limit = 8}, &world->law);
    deliver(world);
    join(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    intake_destroy(&world->intake);
    duties_destroy(&world->duties);
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    tree_close(&world->tree);
    buf_destroy(&world->note);
    draft_destroy(&world->draft);
    contacts_destroy(&world->contacts);
    attachments_destroy(&world->attachments);
    column_close(&world->erasures);
    inboxes_close(&world->inboxes);
    sessions_destroy(&world->sessions);
    rules_close(&world->law.rules);
    roster_close(&world->law.roster);
    people_close(&world->people);
    free(world);
    return 0;
}

static void answer(world_t *world, const char *asker, const question_t *question,
    bool in_time, buf_t *frame)
{
    questions_t self = {.hub = "hub",
        .origin = "hub.example/log",
        .size = tree_size(world->tree),
        .note = buf_span(&world->note),
        .tree = world->tree,
        .entries = world->entries,
        .enacted = &world->enacted,
        .now_ms = INT64_C(1795348800000),
        .monotonic_ms = MONOTONIC_MS,
        .limits = {1024, 8},
        .law = &world->law,
        .trust = &world->trust,
        .log = {.find = find,
            .record = record,
            .refers = refers,
            .carried = carried,
            .first = itself,
            .latest = itself,
            .root = itself,
            .stands = stands,
            .withdrawn = withdrawn,
            .document = document,
            .context = world},
        .history = world->history,
        .inboxes = world->inboxes,
        .sessions = world->sessions,
        .attachments = world->attachments,
        .erasures = world->erasures,
        .contacts = world->contacts,
        .plans = world->contacts,
        .duties = world->duties,
        .intake = world->intake};
    world->looked = 0;
    if (!in_time) {
        questions_refuse(question, BUSY_RATE, frame);
        return;
    }
    asking_t *given_up = asking_new(question); // at any step, as when a session ends
    for (world->steps %= 7; world->steps > 0; world->steps--)
        if (!questions_step(&self, asker, 0, given_up))
            break;
    world->steps = ++world->asked;
    asking_destroy(&given_up);
    asking_t *asking = asking_new(question);
    while (questions_step(&self, asker, 0, asking))
        continue;
    questions_put(asking, frame);
    asking_destroy(&asking);
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
    assert_non_null(strstr(text, "\"verdict\":\"refuse\",\"code\":\"doc.syntax\""));
    free(text);
    text = ask_frame(world, "bank", &explains, false, FRAME_EXPLAINED);
    assert_non_null(strstr(text, "\"verdict\":\"refuse\",\"code\":\"rate.limit\""));
    assert_non_null(strstr(text, "\"retry\":true"));
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
        "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}", "{}", "{}",
        "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}", "{}", "{}", "{}", "{}", "{}"};
    json_t *json = ask(world, "isoc-a", "hub", "{}");
    const json_t *topics = json_object_get(json, "topics");
    assert_int_equal(json_integer_value(json_object_get(json, "entries")), 3);
    assert_int_equal(json_array_size(topics), sizeof arguments / sizeof arguments[0]);
    for (size_t i = 0; i < json_array_size(topics); i++) {
        json_t *one = ask(
            world, "isoc-a", json_string_value(json_array_get(topics, i)), arguments[i]);
        assert_null(json_object_get(one, "error"));
        json_decref(one);
    }
    json_decref(json);
}

// Where to ask from next time, and under which checkpoint, is told in any case.
static void nothing_erased_is_told_up_to_the_end(void **state)
{
    world_t *world = *state;
    const uint64_t rules = 2; // which is no entry that erases
    json_t *json = ask(world, "bank", "erasures", "{\"since\":2}");
    assert_int_equal(json_integer_value(json_object_get(json, "upto")), 3);
    assert_int_equal(json_array_size(json_object_get(json, "entries")), 0);
    assert_non_null(json_object_get(json, "checkpoint"));
    assert_null(json_object_get(json, "proof"));
    json_decref(json);
    assert_int_equal(column_add(world->erasures, &rules, &world->why), 0);
    refused(world, "bank", "erasures", "{\"since\":-1}", "ask.topic", NULL);
    json = ask(world, "bank", "erasures", "{\"since\":3}");
    assert_int_equal(json_array_size(json_object_get(json, "entries")), 0);
    json_decref(json);
}

// bank is connected, isoc-a was.
static void connect(world_t *world)
{
    static const uint8_t key[32] = {1};
    int bank = inboxes_of(world->inboxes, "bank", &world->why);
    int isoc = inboxes_of(world->inboxes, "isoc-a", &world->why);
    session_t *here = sessions_open(world->sessions, span_text("r"), key, "bank", bank);
    session_t *gone = sessions_open(world->sessions, span_text("s"), key, "isoc-a", isoc);
    here->opened_ms = 30 * 1000;
    here->heard_ms = MONOTONIC_MS - 250;
    gone->heard_ms = 60 * 1000;
    sessions_close(world->sessions, gone);
}

static void how_nodes_are_nccis_is_told(void **state)
{
    world_t *world = *state;
    static const char ends[] =
        "\"certificates\":{\"channel\":\"2026-12-22T12:00:00.000Z\"}}";
    char expected[2048];
    connect(world);
    (void)snprintf(expected, sizeof expected,
        "[{\"node\":\"bank\",\"role\":\"owner\",\"organisation\":\"B\","
        "\"connected\":true,\"since\":\"2026-11-22T11:59:00.000Z\","
        "\"heard\":\"2026-11-22T11:59:59.750Z\",\"contradicts\":false,\"last\":1,"
        "\"stored\":0,%s,"
        "{\"node\":\"isoc-a\",\"role\":\"isoc\",\"organisation\":\"A\","
        "\"connected\":false,\"heard\":\"2026-11-22T11:59:30.000Z\","
        "\"contradicts\":false,\"last\":0,\"stored\":0,%s,"
        "{\"node\":\"isoc-b\",\"role\":\"isoc\",\"organisation\":\"A\","
        "\"connected\":false,\"contradicts\":false,\"last\":0,\"stored\":0,%s,"
        "{\"node\":\"nccis\",\"role\":\"nccis\",\"organisation\":\"STS\","
        "\"connected\":false,\"contradicts\":false,\"last\":1,\"stored\":1,%s]",
        ends, ends, ends, ends);
    expect(ask(world, "nccis", "nodes", "{}"), "nodes", expected);
}

// For anybody else it is as if there was no such topic.
static void how_nodes_are_nobody_else_is_told(void **state)
{
    world_t *world = *state;
    static const char *const others[] = {"isoc-a", "bank", "stranger"};
    for (size_t i = 0; i < 3; i++) {
        json_t *no = ask(world, others[i], "nodes", "{}");
        json_t *none = ask(world, others[i], "weather", "{}");
        assert_true(json_equal(no, none));
        assert_string_equal(json_string_value(json_object_get(no, "code")), "ask.topic");
        json_decref(no);
        json_decref(none);
    }
    json_t *hub = ask(world, "nccis", "hub", "{}");
    const json_t *topics = json_object_get(hub, "topics");
    assert_string_equal(
        json_string_value(json_array_get(topics, json_array_size(topics) - 1)), "nodes");
    json_decref(hub);
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

static void the_law_is_told_with_its_proof(void **state)
{
    world_t *world = *state;
    question_t question = {FRAME_ASK, REQUEST, span_text("law"), span_text("{}")};
    log_vkey_t vkey = sample_vkey();
    law_copy_t copy;
    buf_t known = {0};
    char *text = ask_frame(world, "bank", &question, true, FRAME_ANSWER);
    people_must(
        law_copy_read(&copy, span_text(text), &vkey, &world->why) == 0, &world->why);
    assert_int_equal(rules_count(copy.rules), rules_count(world->law.rules));
    law_copy_ask(&copy, &known);
    assert_string_equal(buf_text(&known), "{\"known\":[1,2]}");
    expect(ask(world, "bank", "law", buf_text(&known)), "same", "true");
    expect(ask(world, "bank", "law", "{\"known\":[1]}"), "same", "");
    expect(ask(world, "bank", "law", "{\"known\":[2,1]}"), "same", "");
    expect(ask(world, "bank", "law", "{\"known\":\"2\"}"), "same", "");
    law_copy_close(&copy);
    buf_destroy(&known);
    free(text);
}

static void whom_to_believe_is_told_once(void **state)
{
    world_t *world = *state;
    char known[128];
    buf_put_text(&world->trust.channel, "a certificate");
    json_t *first = ask(world, "bank", "trust", "{}");
    assert_string_equal(
        json_string_value(json_object_get(first, "channel")), "a certificate");
    assert_non_null(strstr(json_string_value(json_object_get(first, "crl")), "X509 CRL"));
    (void)snprintf(known, sizeof known, "{\"known\":\"%s\"}",
        json_string_value(json_object_get(first, "digest")));
    json_decref(first);
    expect(ask(world, "bank", "trust", known), "same", "true");
    buf_put_text(&world->trust.next, "the next");
    expect(ask(world, "bank", "trust", known), "next", "\"the next\"");
    trust_close(&world->trust);
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

// A duty that the message brought.
static duty_t duty_of(const char *who, const char *tell, const char *message)
{
    static unsigned made;
    duty_t duty = {.state = DUTY_OPEN, .message = {"isoc-a", ""}};
    (void)snprintf(duty.debtor, sizeof duty.debtor, "%s", who);
    (void)snprintf(duty.message.id, sizeof duty.message.id, "%s", message);
    (void)snprintf(duty.name, sizeof duty.name, "duty-%u", ++made);
    if (tell)
        (void)snprintf(duty.tell[duty.tells++], sizeof duty.tell[0], "%s", tell);
    duty.first = duty.message;
    return duty;
}

// It is in the log.
static void owe(world_t *world, duty_t duty)
{
    static uint64_t position = 1000;
    duty_identify(&duty);
    duties_apply(world->duties, &duty, &(duty_entry_t){.position = ++position});
}

static void owe_played(world_t *world, duty_t duty, const char *exercise)
{
    (void)snprintf(duty.exercise, sizeof duty.exercise, "%s", exercise);
    owe(world, duty);
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
            json_string_value(json_object_get(item, "debtor")),
            json_is_true(json_object_get(item, "mine")) ? "*" : "");
    }
    json_decref(json);
    return text;
}

static void duties_are_for_who_owes_or_is_told(void **state)
{
    world_t *world = *state;
    duty_t met = duty_of("bank", NULL, MESSAGE);
    met.state = DUTY_MET;
    owe(world, duty_of("bank", NULL, MESSAGE));
    owe(world, duty_of("isoc-b", "bank", MESSAGE));
    owe(world, met);
    assert_string_equal(listed(world, "bank", "duties", "{}"), "bank* isoc-b");
    assert_string_equal(listed(world, "bank", "duties", "{\"mine\":true}"), "bank*");
    assert_string_equal(listed(world, "isoc-b", "duties", "{}"), "isoc-b*");
    assert_string_equal(listed(world, "isoc-a", "duties", "{}"), "");
    assert_string_equal(listed(world, "nccis", "duties", "{}"), ""); // nobody tells it
    duty_t owed = duty_of("isoc-b", NULL, MESSAGE);
    (void)snprintf(owed.towards, sizeof owed.towards, "nccis");
    owe(world, owed);
    assert_string_equal(listed(world, "nccis", "duties", "{}"), "isoc-b");
    assert_string_equal(
        listed(world, "bank", "duties", "{\"all\":true}"), "bank* isoc-b bank*");
    expect(ask(world, "bank", "duties", "{}"), "held", "false");
    duties_hold(world->duties, true);
    expect(ask(world, "bank", "duties", "{}"), "held", "true");
    expect(ask(world, "bank", "duties", "{}"), "more", "false");
}

static void duties_of_an_exercise_are_asked_for_by_name(void **state)
{
    world_t *world = *state;
    owe_played(world, duty_of("bank", "nccis", MESSAGE), "spring");
    owe_played(world, duty_of("isoc-a", "bank", MESSAGE), "autumn");
    owe(world, duty_of("isoc-b", "bank", MESSAGE));
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
    for (size_t i = 0; i < QUESTIONS_DUTIES; i++)
        owe(world, duty_of("bank", NULL, MESSAGE));
    expect(ask(world, "bank", "duties", "{}"), "more", "false");
    owe(world, duty_of("bank", NULL, MESSAGE));
    json_t *json = ask(world, "bank", "duties", "{}");
    assert_int_equal(json_array_size(json_object_get(json, "duties")), QUESTIONS_DUTIES);
    expect(json, "more", "true");
}

// How many nodes the asker is told of that had the message.
static size_t receivers(world_t *world, const char *asker, const char *about)
{
    json_t *json = ask(world, asker, "incident", about);
    const json_t *message = json_array_get(json_object_get(json, "messages"), 0);
    size_t n = json_array_size(json_object_get(message, "receivers"));
    json_decref(json);
    return n;
}

static void a_timeline_has_its_duties(void **state)
{
    world_t *world = *state;
    static const char about[] = "{\"author\":\"isoc-a\",\"id\":\"" MESSAGE "\"}";
    owe(world, duty_of("bank", NULL, MESSAGE));
    owe(world, duty_of("bank", NULL, "another"));
    owe(world, duty_of("isoc-b", NULL, MESSAGE));
    assert_string_equal(listed(world, "bank", "incident", about), "bank");
    assert_string_equal(listed(world, "isoc-a", "incident", about), "bank isoc-b");
    assert_string_equal(listed(world, "nccis", "incident", about), "");
    assert_int_equal(receivers(world, "nccis", about), 2);
    assert_int_equal(receivers(world, "bank", about), 1);
}

static void contacts_are_of_ones_own_organisation(void **state)
{
    world_t *world = *state;
    static const struct {
        const char *asker, *owners;
    } expected[] = {{"nccis", "isoc-a isoc-b bank nccis gone "},
        {"isoc-a", "isoc-a isoc-b "}, {"bank", "bank "}, {"gone", ""}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        json_t *json = ask(world, expected[i].asker, "contacts", "{}"), *item;
        char text[128] = "";
        size_t k, used = 0;
        json_array_foreach(json_object_get(json, "contacts"), k, item) used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s ",
                json_string_value(json_object_get(item, "owner")));
        assert_string_equal(text, expected[i].owners);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frames_are_taken_apart),
        TEST(who_asks_too_often_is_told_so),
        TEST(the_hub_names_every_topic),
        TEST(how_nodes_are_nccis_is_told),
        TEST(how_nodes_are_nobody_else_is_told),
        TEST(kinds_are_those_of_the_role),
        TEST(the_law_is_told_with_its_proof),
        TEST(whom_to_believe_is_told_once),
        TEST(what_cannot_be_asked_is_refused),
        TEST(a_withdrawal_shows_what_its_author_was_told),
        TEST(attachments_are_shown_to_the_parties),
        TEST(duties_are_for_who_owes_or_is_told),
        TEST(duties_of_an_exercise_are_asked_for_by_name),
        TEST(a_list_of_duties_ends),
        TEST(a_timeline_has_its_duties),
        TEST(contacts_are_of_ones_own_organisation),
        TEST(nothing_erased_is_told_up_to_the_end),
    };
    return test_group(tests, NULL, NULL);
}
