// deferred: what rides with a batch, what waits how long without one, and which
// acknowledgements never get into the log.

#include "hub/send/deferred.h"

#include "hub/state/readback.h"
#include "lib/base/refusal.h"
#include "tests/lib/gate.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { ACK_MS = 50, REFUSALS_MS = 60000, NODE_KEY = 10, SIZE = 6, START_MS = 70000 };
static const int64_t now_ms = INT64_C(1795348800000);

typedef struct {
    people_t people;
    roster_t *roster;
    sessions_t *sessions;
    inboxes_t *inboxes;
    refusals_t *refusals;
    duties_t *duties;
    log_vkey_t vkey;
    readback_t *readback;
    draft_t *draft;
    entries_t *entries;
    history_t *history;
    hub_options_t options;
    reception_t *reception;
    deferred_t *deferred;
    session_t *session;
    hash_t root;
    char said[128];
    char drafted[256];
    cause_t why;
} world_t;

static world_t *the_world; // for what is sent, which has no context

static void gate_sent(int whose, span_t route, span_t frame)
{
    world_t *world = the_world;
    span_t code, text;
    (void)whose;
    assert_true(span_is(route, "r"));
    assert_int_equal(bye_take(frame, &code, &text, &world->why), 0);
    (void)snprintf(world->said, sizeof world->said, "bye %.*s", (int)code.size,
        (const char *)code.data);
}

static void gate_ended(span_t route)
{
    fail_msg(
        "the connection of %.*s is to end", (int)route.size, (const char *)route.data);
}

// Of a node that was sent more than there is, so that whatever it says is looked at.
static void open_session(world_t *world)
{
    static const uint8_t key[32] = {7};
    int inbox = inboxes_of(world->inboxes, "isoc-a", &world->why);
    world->session = sessions_open(world->sessions, span_text("r"), key, "isoc-a", inbox);
    window_open(&world->session->window, 10, 9, 1000);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    people_open(&world->people, now_ms);
    people_certify(&world->people,
        &(person_t){"isoc-a", "isoc", "STS", NULL, sample_key(NODE_KEY).public_key, 0},
        CERT_SEAL);
    people_certify(&world->people, &(person_t){"isoc-a", "isoc", "STS", NULL, NULL, 0},
        CERT_CHANNEL);
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    world->inboxes = inboxes_open(world->people.scratch.path, &world->why);
    world->sessions = sessions_new();
    world->refusals = refusals_new();
    world->duties = duties_new(NULL);
    world->vkey = sample_vkey();
    world->readback = readback_new(&world->vkey);
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    world->history = history_new(world->entries, NULL);
    world->options = (hub_options_t){
        .origin = SAMPLE_ORIGIN, .ack_delay_ms = ACK_MS, .refusals_ms = REFUSALS_MS};
    world->reception = reception_new(&(reception_setup_t){.options = &world->options,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .refusals = world->refusals});
    the_world = world;
    world->deferred = deferred_new(&(deferred_setup_t){.options = &world->options,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .refusals = world->refusals,
        .reception = world->reception,
        .duties = world->duties});
    int inbox = inboxes_of(world->inboxes, "isoc-a", &world->why);
    for (uint64_t i = 0; i < 4; i++) // at 0, 2, 4, 6
        assert_int_equal(inboxes_add(world->inboxes, inbox, 2 * i, &world->why), 0);
    open_session(world);
    memset(&world->root, 0x5a, sizeof world->root);
    deferred_checkpoint(world->deferred, &world->root, SIZE);
    draft_clear(world->draft, 100, now_ms);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    deferred_destroy(&world->deferred);
    reception_destroy(&world->reception);
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    readback_destroy(&world->readback);
    duties_destroy(&world->duties);
    refusals_destroy(&world->refusals);
    sessions_destroy(&world->sessions);
    inboxes_close(&world->inboxes);
    roster_close(&world->roster);
    people_close(&world->people);
    free(world);
    return 0;
}

// The node signs, with this key, that it has everything up to the number.
static void acknowledge(
    world_t *world, uint64_t number, uint8_t key_fill, const hash_t *root, int64_t at_ms)
{
    seal_key_t key = sample_key(key_fill);
    ack_t ack = {.number = number, .root = *root};
    buf_t text = {0}, frame = {0};
    ack_signed_text(SAMPLE_ORIGIN, key.id, number, root, &text);
    (void)crypto_sign_detached(ack.signature, NULL, text.data, text.size, key.secret_key);
    ack_put(&frame, &ack);
    assert_int_equal(deferred_ack(world->deferred, world->session, buf_span(&frame),
                         START_MS + at_ms, &world->why),
        0);
    buf_destroy(&text);
    buf_destroy(&frame);
}

// What a turn at this moment would write: "type:author ...".
static const char *draft_of(
    world_t *world, int64_t at_ms, bool batch, deferred_part_t part)
{
    draft_clear(world->draft, 100, now_ms);
    world->said[0] = world->drafted[0] = 0;
    if (batch)
        draft_add_text(world->draft, "start", "", span_text(""));
    duties_log_t log = {.view = {.history = world->history, .roster = world->roster},
        .readback = world->readback,
        .draft = world->draft,
        .time_ms = now_ms + at_ms};
    deferred_draft(
        world->deferred, &log, (now_t){now_ms + at_ms, START_MS + at_ms}, part);
    for (size_t i = batch; i < draft_count(world->draft); i++) {
        const leaf_t *leaf = &draft_at(world->draft, i)->leaf;
        size_t used = strlen(world->drafted);
        (void)snprintf(world->drafted + used, sizeof world->drafted - used, "%s:%s ",
            leaf->type, leaf->author);
    }
    return world->drafted;
}

// What the acknowledgement says that was drafted last.
static uint64_t acknowledged(world_t *world)
{
    ack_t ack;
    char key_id[HASH_HEX];
    const draft_item_t *item = draft_at(world->draft, draft_count(world->draft) - 1);
    assert_int_equal(
        ack_parse(&ack, item->document, SAMPLE_ORIGIN, key_id, &world->why), 0);
    return ack.number;
}

static void an_acknowledgement_rides_along_or_waits(void **state)
{
    world_t *world = *state;
    assert_int_equal(deferred_due_ms(world->deferred), INT64_MAX);
    acknowledge(world, 2, NODE_KEY, &world->root, 0);
    assert_int_equal(deferred_due_ms(world->deferred), START_MS + ACK_MS);
    assert_string_equal(draft_of(world, 1, false, DEFERRED_DUE), "");
    assert_string_equal(draft_of(world, 1, true, DEFERRED_DUE), "delivery:isoc-a ");
    assert_int_equal(acknowledged(world), 2);
    assert_string_equal(draft_of(world, ACK_MS - 1, false, DEFERRED_DUE), "");
    assert_string_equal(draft_of(world, ACK_MS, false, DEFERRED_DUE), "delivery:isoc-a ");
    deferred_durable(world->deferred); // only now it need not be written again
    assert_false(world->session->ack_waits);
    assert_int_equal(deferred_due_ms(world->deferred), INT64_MAX);
    assert_string_equal(draft_of(world, ACK_MS, true, DEFERRED_DUE), "");
}

static void the_first_that_waits_says_when(void **state)
{
    world_t *world = *state;
    acknowledge(world, 1, NODE_KEY, &world->root, 0);
    acknowledge(world, 2, NODE_KEY, &world->root, ACK_MS - 1);
    assert_int_equal(deferred_due_ms(world->deferred), START_MS + ACK_MS);
    assert_string_equal(draft_of(world, ACK_MS, false, DEFERRED_DUE), "delivery:isoc-a ");
    assert_int_equal(acknowledged(world), 2); // the newest says it all
}

static void the_record_is_what_an_auditor_reads(void **state)
{
    world_t *world = *state;
    ack_t ack;
    char key_id[HASH_HEX];
    seal_key_t key = sample_key(NODE_KEY);
    acknowledge(world, 3, NODE_KEY, &world->root, 0);
    (void)draft_of(world, 0, false, DEFERRED_ALL);
    assert_int_equal(draft_count(world->draft), 1);
    assert_int_equal(ack_parse(&ack, draft_at(world->draft, 0)->document, SAMPLE_ORIGIN,
                         key_id, &world->why),
        0);
    assert_int_equal(ack.number, 3);
    assert_string_equal(key_id, key.id);
    assert_int_equal(ack_check(&ack, SAMPLE_ORIGIN, key.public_key), 0);
}

// The duty's message is delivery 2 of isoc-a.
static void a_duty_that_waits_for_it_is_met(void **state)
{
    world_t *world = *state;
    static const reference_t message = {"nccis", "019abd3c-5c00-7a4e-9b6d-000000000001"};
    duty_t duty = {.name = "read",
        .rule = "r",
        .cites = "8",
        .debtor = "nccis",
        .towards = "isoc-a",
        .met_by = "delivery",
        .refers = REFER_RE,
        .message = message,
        .first = message,
        .incident = message,
        .position = 2,
        .from_ms = now_ms,
        .due_ms = now_ms + 1000};
    duty_identify(&duty);
    duties_apply(world->duties, &duty, &(duty_entry_t){.position = 3, .number = 2});
    acknowledge(world, 1, NODE_KEY, &world->root, 0);
    assert_string_equal(draft_of(world, 1, true, DEFERRED_DUE), "delivery:isoc-a ");
    deferred_durable(world->deferred);
    acknowledge(world, 2, NODE_KEY, &world->root, 2);
    assert_string_equal(
        draft_of(world, 3, true, DEFERRED_DUE), "delivery:isoc-a duty:nccis ");
}

static void what_was_acknowledged_before_is_nothing_new(void **state)
{
    world_t *world = *state;
    inboxes_set_acked(world->inboxes, world->session->inbox, 2);
    acknowledge(world, 2, NODE_KEY, &world->root, 0);
    assert_string_equal(draft_of(world, 0, true, DEFERRED_DUE), "");
    assert_false(world->session->ack_waits);
    assert_true(world->session->live);
}

// A hub that has nothing to write waits: one that is due for ever would never rest.
static void what_needs_no_entry_waits_for_nothing(void **state)
{
    world_t *world = *state;
    inboxes_set_acked(world->inboxes, world->session->inbox, 2);
    acknowledge(world, 2, NODE_KEY, &world->root, 0);
    assert_string_equal(draft_of(world, ACK_MS, false, DEFERRED_DUE), "");
    assert_int_equal(deferred_due_ms(world->deferred), INT64_MAX);
    acknowledge(world, 3, NODE_KEY, &world->root, ACK_MS);
    sessions_close(world->sessions, world->session);
    assert_string_equal(draft_of(world, 2 * ACK_MS, false, DEFERRED_DUE), "");
    assert_int_equal(deferred_due_ms(world->deferred), INT64_MAX);
    open_session(world);
}

static void what_proves_nothing_is_rejected(void **state)
{
    world_t *world = *state;
    hash_t other = {{1}};
    const struct {
        uint64_t number;
        uint8_t key;
        const hash_t *root;
        const char *said;
    } lies[] = {{2, NODE_KEY, &other, "bye ack.root"}, // no checkpoint of this log
        {4, NODE_KEY, &world->root, "bye ack.root"},   // it was not in that one yet
        {9, NODE_KEY, &world->root, "bye ack.root"},   // nor in the inbox
        {2, 77, &world->root, "bye seal.signature"}};  // somebody else's key
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        acknowledge(world, lies[i].number, lies[i].key, lies[i].root, 0);
        assert_string_equal(draft_of(world, 0, true, DEFERRED_ALL), "refusal:isoc-a ");
        assert_string_equal(world->said, lies[i].said);
        assert_int_equal(sessions_live(world->sessions), 0);
        open_session(world);
    }
}

static void what_cannot_be_read_or_was_never_sent_waits_for_nothing(void **state)
{
    world_t *world = *state;
    buf_t frame = {0};
    ack_put(&frame, &(ack_t){.number = 10});
    assert_int_equal(deferred_ack(world->deferred, world->session, buf_span(&frame),
                         START_MS, &world->why),
        -1);
    frame.size--;
    assert_int_equal(deferred_ack(world->deferred, world->session, buf_span(&frame),
                         START_MS, &world->why),
        -1);
    assert_false(world->session->ack_waits);
    assert_int_equal(deferred_due_ms(world->deferred), INT64_MAX);
    buf_destroy(&frame);
}

static void counts_ride_along_or_wait_for_the_minute(void **state)
{
    world_t *world = *state;
    const char *code = refusal_code(span_text("rate.limit"));
    refusals_count(world->refusals, "kib", code);
    refusals_count(world->refusals, "", code);
    (void)draft_of(world, 0, true, DEFERRED_ALL); // so much for the start
    refusals_count(world->refusals, "kib", code);
    assert_string_equal(
        draft_of(world, DEFERRED_REFUSALS_MS - 1, true, DEFERRED_DUE), "");
    assert_string_equal(
        draft_of(world, DEFERRED_REFUSALS_MS, true, DEFERRED_DUE), "refusal:kib ");
    refusals_count(world->refusals, "kib", code);
    assert_string_equal(
        draft_of(world, DEFERRED_REFUSALS_MS + REFUSALS_MS - 1, false, DEFERRED_DUE), "");
    assert_string_equal(
        draft_of(world, DEFERRED_REFUSALS_MS + REFUSALS_MS, false, DEFERRED_DUE),
        "refusal:kib ");
    assert_string_equal(draft_of(world, 9 * REFUSALS_MS, true, DEFERRED_DUE), "");
}

static void nothing_is_left_behind(void **state)
{
    world_t *world = *state;
    refusals_count(world->refusals, "kib", refusal_code(span_text("rate.limit")));
    (void)draft_of(world, 0, false, DEFERRED_ALL);
    refusals_count(world->refusals, "kib", refusal_code(span_text("rate.limit")));
    acknowledge(world, 2, NODE_KEY, &world->root, 0);
    assert_string_equal(draft_of(world, 1, false, DEFERRED_DUE), "");
    assert_string_equal(
        draft_of(world, 1, false, DEFERRED_ALL), "delivery:isoc-a refusal:kib ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_acknowledgement_rides_along_or_waits),
        TEST(the_first_that_waits_says_when),
        TEST(the_record_is_what_an_auditor_reads),
        TEST(a_duty_that_waits_for_it_is_met),
        TEST(what_was_acknowledged_before_is_nothing_new),
        TEST(what_needs_no_entry_waits_for_nothing),
        TEST(what_proves_nothing_is_rejected),
        TEST(what_cannot_be_read_or_was_never_sent_waits_for_nothing),
        TEST(counts_ride_along_or_wait_for_the_minute),
        TEST(nothing_is_left_behind),
    };
    return test_group(tests, NULL, NULL);
}
