// delivery: what leaves is the inbox in its order, as far as window, weight and queue let
// it, with the certificates that the receiver does not have yet; and again when nobody
// acknowledged.

#include "hub/send/delivery.h"

#include "tests/lib/gate.h"
#include "tests/lib/heard.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

#define ID(digits) "019abd3c-5c00-7a4e-9b6d-0000000000" digits

enum { ENTRIES = 24, WINDOW = 10, RESEND_MS = 1000, AUTHOR = 10, HUB = 1 };

typedef struct {
    people_t people;
    roster_t *roster;
    sessions_t *sessions;
    inboxes_t *inboxes;
    tree_t *tree;
    draft_t *draft; // all of the log
    entries_t *entries;
    history_t *history;
    bool brings; // the last entry brings the first three along
    refusals_t *refusals;
    hub_options_t options;
    reception_t *reception;
    stock_t *stock;
    delivery_t *delivery;
    session_t *session;
    seal_key_t own;
    buf_t seal, own_seal, document;
    uint64_t own_at;   // position of a message of the hub's; UINT64_MAX: none
    uint64_t readable; // positions, from 0 on
    size_t frames, certs;
    char numbers[256];  // "1-10 11-12", of each frame taken
    char nodes[256];    // and whom each was for: "aab"
    uint64_t first;     // position of the turn
    size_t written;     // bytes, in it
    char why_line[256]; // of the last entry
    cause_t why;
    quarantine_t quarantine;
} world_t;

static world_t *the_world; // for what is sent, which has no context

static void note(world_t *world, span_t frame)
{
    deliver_t *deliver = malloc(sizeof *deliver);
    size_t used = strlen(world->numbers);
    reader_t body;
    bool carried = frame_type(frame, &body) == FRAME_CARRIED;
    if ((carried ? carried_take : deliver_take)(deliver, frame, &world->why) != 0)
        fail_msg("%s", world->why.text);
    assert_true(used < sizeof world->numbers - 32);
    (void)snprintf(world->numbers + used, sizeof world->numbers - used, "%s%s%u-%u",
        used ? " " : "", carried ? "of 24: " : "", (unsigned)deliver->item[0].number,
        (unsigned)deliver->item[deliver->n - 1].number);
    span_t line = deliver->why[deliver->item[deliver->n - 1].why];
    (void)snprintf(world->why_line, sizeof world->why_line, "%.*s", (int)line.size,
        (const char *)line.data);
    assert_true(span_is(deliver->checkpoint, "a checkpoint\n"));
    world->certs += deliver->certs;
    world->frames++;
    free(deliver);
}

// BYE, to who asks for what it has not.
static bool is_bye(span_t frame)
{
    reader_t body;
    return frame_type(frame, &body) == FRAME_BYE;
}

static void gate_sent(int whose, span_t route, span_t frame)
{
    size_t used = strlen(the_world->nodes);
    if (is_bye(frame)) {
        (void)snprintf(the_world->numbers, sizeof the_world->numbers, "bye");
        return;
    }
    const session_t *session = sessions_of_inbox(the_world->sessions, whose);
    assert_non_null(session);
    assert_true(span_is(route, session->node));
    assert_true(used + 1 < sizeof the_world->nodes);
    the_world->nodes[used] = session->node[strlen("isoc-")];
    note(the_world, frame);
}

static void gate_ended(span_t route)
{
    fail_msg(
        "the connection of %.*s is to end", (int)route.size, (const char *)route.data);
}

// The log: documents and seals as they are now.
static void write_log(world_t *world)
{
    static const char record[] = "dabyl-routing/v1\n"
                                 "nonce 00112233445566778899aabbccddeeff\n"
                                 "rules 1\n"
                                 "deliver isoc-b r sender 8\n"
                                 "deliver isoc-a r sender 9\n";
    const hash_t hash = {{1}};
    static const char bringing[] =
        "dabyl-routing/v1\n"
        "nonce 00112233445566778899aabbccddeeff\n"
        "rules 1\n"
        "deliver isoc-ab r sender 9\n"
        "carries isoc-ab isoc-b " ID(
            "00") "\n"
                  "deliver isoc-a r sender 9\n"
                  "carries isoc-a isoc-b " ID(
                      "00") "\n"
                            "carries isoc-a isoc-b " ID(
                                "01") "\n"
                                      "carries isoc-a isoc-b " ID(
                                          "02") "\n"
                                                "omits isoc-a marking.tlp 4\n"
                                                "remark object.none sender\n";
    routing_t nothing = {0};
    draft_clear(world->draft, 0, 1);
    history_begin(world->history);
    for (uint64_t i = 0; i < world->readable; i++) {
        char id[MESSAGE_ID_MAX];
        (void)snprintf(id, sizeof id, ID("%02u"), (unsigned)i);
        draft_item_t *item =
            draft_add(world->draft, "message", "incident.notice", "isoc-b", id);
        history_draft(world->history, &item->leaf, &nothing);
        span_t seal = buf_span(i == world->own_at ? &world->own_seal : &world->seal);
        draft_set_document(item, buf_span(&world->document), &hash);
        draft_set_place(item, &(seal_place_t){seal, 0, {0}}, &hash);
        draft_set_record(world->draft, item,
            span_text(world->brings && i == ENTRIES - 1 ? bringing : record));
    }
    draft_finish(world->draft, SAMPLE_ORIGIN, &world->own);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    static const uint8_t key[32] = {7};
    seal_key_t author = sample_key(AUTHOR);
    hash_t hash = {{1}};
    people_open(&world->people, INT64_C(1795348800000));
    people_certify(&world->people,
        &(person_t){"isoc-b", "isoc", "STS", NULL, author.public_key, 0}, CERT_SEAL);
    people_certify(&world->people, &(person_t){"isoc-b", "isoc", "STS", NULL, NULL, 0},
        CERT_CHANNEL);
    world->own = sample_key(HUB);
    people_certify(&world->people,
        &(person_t){"hub", "hub", "STS", NULL, world->own.public_key, 0}, CERT_SEAL);
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    world->sessions = sessions_new();
    world->tree = tree_open(world->people.scratch.path, &world->why);
    world->inboxes = inboxes_open(world->people.scratch.path, &world->why);
    world->refusals = refusals_new();
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    world->reception = reception_new(&(reception_setup_t){.options = &world->options,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .refusals = world->refusals});
    world->history = history_new(world->entries, NULL);
    world->stock = stock_new(&(stock_setup_t){
        world->entries, &world->quarantine, SAMPLE_ORIGIN, world->own.id});
    world->delivery = delivery_new(&(delivery_setup_t){.stock = world->stock,
        .history = world->history,
        .tree = world->tree,
        .inboxes = world->inboxes,
        .sessions = world->sessions,
        .reception = world->reception});
    gate_stage.result = GATE_SENT;
    the_world = world;
    assert_true(world->tree && world->inboxes);
    int inbox = inboxes_of(world->inboxes, "isoc-a", &world->why);
    for (uint64_t i = 0; i < ENTRIES; i++) {
        assert_int_equal(tree_add(world->tree, &hash, &world->why), 0);
        assert_int_equal(inboxes_add(world->inboxes, inbox, i, &world->why), 0);
    }
    sample_seal_head(1, 1, &world->seal);
    buf_put_text(&world->document, "{}");
    world->session =
        sessions_open(world->sessions, span_text("isoc-a"), key, "isoc-a", inbox);
    window_open(&world->session->window, WINDOW, 0, RESEND_MS);
    world->own_at = UINT64_MAX;
    world->readable = ENTRIES;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    delivery_destroy(&world->delivery);
    stock_destroy(&world->stock);
    reception_destroy(&world->reception);
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    refusals_destroy(&world->refusals);
    inboxes_close(&world->inboxes);
    tree_close(&world->tree);
    sessions_destroy(&world->sessions);
    roster_close(&world->roster);
    people_close(&world->people);
    buf_destroy(&world->seal);
    buf_destroy(&world->own_seal);
    buf_destroy(&world->document);
    free(world);
    return 0;
}

static int turn(world_t *world, int64_t monotonic_ms)
{
    delivery_round_t round = {.roster = world->roster,
        .checkpoint = span_text("a checkpoint\n"),
        .size = ENTRIES,
        .first = world->first,
        .bytes = world->written,
        .monotonic_ms = monotonic_ms};
    write_log(world);
    world->numbers[0] = 0;
    memset(world->nodes, 0, sizeof world->nodes);
    stock_begin(world->stock, world->roster);
    if (delivery_news(world->delivery, &round, &world->why) != 0)
        return -1;
    return delivery_behind(world->delivery, &round, &world->why);
}

static void acknowledge(world_t *world, uint64_t number)
{
    assert_int_equal(window_ack(&world->session->window, number, 0, &world->why), 0);
}

static void the_window_moves_with_what_is_acknowledged(void **state)
{
    world_t *world = *state;
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "1-10");
    assert_string_equal(world->why_line, "deliver isoc-a r sender 9");
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "");
    acknowledge(world, 4);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "11-14");
    acknowledge(world, 14);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "15-24"); // and there the inbox ends
    acknowledge(world, 24);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "");
}

static void what_is_heavy_waits(void **state)
{
    world_t *world = *state;
    while (world->document.size < 1 << 20)
        buf_put_text(&world->document, "                                ");
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "1-1 2-2 3-3 4-4");
    acknowledge(world, 2);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "5-5 6-6");
}

static void what_nobody_acknowledged_goes_again(void **state)
{
    world_t *world = *state;
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(turn(world, RESEND_MS - 1), 0);
    assert_string_equal(world->numbers, "");
    heard_t heard;
    heard_begin(&heard);
    assert_int_equal(turn(world, RESEND_MS), 0);
    (void)heard_end(&heard);
    assert_string_equal(world->numbers, "1-10");
    assert_true(heard_was(&heard, "info delivery.again node=isoc-a from=1"));
}

static void a_certificate_goes_once(void **state)
{
    world_t *world = *state;
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(world->certs, 1);
    acknowledge(world, 10);
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(world->certs, 1);
}

// A message of the hub's brings the certificate of whom it quotes, too.
static void who_is_quoted_is_known(void **state)
{
    world_t *world = *state;
    seal_head_t head;
    hash_t document;
    buf_t quoted = {0};
    sha256(buf_span(&world->document), &document);
    seal_head_begin(&head, SAMPLE_ORIGIN, &document, 1);
    assert_int_equal(seal_head_sign(&head, &world->own, &world->why), 0);
    seal_head_print(&head, &world->own_seal);
    buf_clear(&world->document);
    buf_put_text(&world->document, "{\"body\":{\"carried\":{\"seal\":\"");
    sample_seal(1, 0, 1, &quoted);
    buf_put_base64(&world->document, buf_span(&quoted));
    buf_destroy(&quoted);
    buf_put_text(&world->document, "\"}}}");
    world->own_at = 0;
    world->session->window.size = 1;
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "1-1");
    assert_int_equal(world->certs, 2);
}

static void a_full_queue_is_tried_again_certificates_and_all(void **state)
{
    world_t *world = *state;
    gate_stage.result = GATE_FULL;
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(world->session->window.sent, 0);
    gate_stage.result = GATE_SENT;
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "1-10");
    assert_int_equal(world->certs, 1);
}

static void who_is_gone_gets_no_more(void **state)
{
    world_t *world = *state;
    gate_stage.result = GATE_GONE;
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(sessions_live(world->sessions), 0);
    gate_stage.result = GATE_SENT;
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(world->frames, 0);
}

static void what_cannot_be_read_is_a_failure(void **state)
{
    world_t *world = *state;
    world->readable = 3;
    assert_int_equal(turn(world, 0), -1);
    assert_non_null(strstr(world->why.text, "entry 3"));
    assert_int_equal(world->frames, 0);
}

// Another node, whose inbox has all of the log's entries from `from` on.
static session_t *join(world_t *world, const char *node, uint64_t from)
{
    uint8_t key[32] = {(uint8_t)node[strlen(node) - 1]};
    int inbox = inboxes_of(world->inboxes, node, &world->why);
    for (uint64_t i = from; i < ENTRIES; i++)
        assert_int_equal(inboxes_add(world->inboxes, inbox, i, &world->why), 0);
    session_t *session =
        sessions_open(world->sessions, span_text(node), key, node, inbox);
    window_open(&session->window, WINDOW, 0, RESEND_MS);
    return session;
}

// Three who have everything to catch up with; the fourth has just been written to.
static void who_is_behind_comes_after_what_is_new(void **state)
{
    world_t *world = *state;
    world->first = ENTRIES - 1;
    while (world->document.size < 200 << 10)
        buf_put_text(&world->document, "                                ");
    (void)join(world, "isoc-b", 0);
    (void)join(world, "isoc-c", 0);
    session_t *current = join(world, "isoc-d", ENTRIES - 1);
    size_t each[3] = {0};
    for (int turns = 0; turns < 9; turns++) {
        assert_int_equal(turn(world, 0), 0);
        if (turns == 0)
            assert_int_equal(world->nodes[0], 'd');
        assert_int_equal(current->window.sent, 1);
        // An allowance for all of them, and no more than a frame each at a time.
        assert_true(strlen(world->nodes) <= 7);
        for (size_t i = turns == 0; world->nodes[i]; i++) {
            each[world->nodes[i] - 'a']++;
            assert_true(each[0] <= each[1] + 1 && each[1] <= each[0] + 1);
            assert_true(each[0] <= each[2] + 1 && each[2] <= each[0] + 1);
        }
        assert_int_equal(
            delivery_waits(world->delivery), each[0] + each[1] + each[2] < 30);
    }
    assert_int_equal(each[0], WINDOW); // all that their windows let through
    assert_int_equal(each[2], WINDOW);
    assert_false(delivery_waits(world->delivery)); // for what only they can change
}

// Or who once is behind would stay so for as long as much is published.
static void the_allowance_grows_with_what_is_written(void **state)
{
    world_t *world = *state;
    world->first = ENTRIES;
    world->written = 600 << 10;
    while (world->document.size < 200 << 10)
        buf_put_text(&world->document, "                                ");
    (void)join(world, "isoc-b", 0);
    assert_int_equal(turn(world, 0), 0);
    assert_int_equal(
        strlen(world->nodes), 18); // of the twenty that their windows let through
}

// What goes to very many is spread over turns, and answers are not behind all of it.
static void news_for_many_is_spread_over_turns(void **state)
{
    enum { NODES = 14 };
    world_t *world = *state;
    size_t frames = 0, turns = 0;
    world->first = 0;
    world->written = 1 << 20;
    while (world->document.size < 1 << 20)
        buf_put_text(&world->document, "                                ");
    session_t *session[NODES];
    for (int i = 0; i < NODES; i++) {
        char node[16];
        (void)snprintf(node, sizeof node, "isoc-%c", 'b' + i);
        session[i] = join(world, node, ENTRIES - 1); // one each
    }
    world->session->window.size = 0;
    do {
        assert_int_equal(turn(world, 0), 0);
        assert_true(strlen(world->nodes) <= 10);
        frames += strlen(world->nodes);
        world->first = ENTRIES;
        world->written = 0;
        assert_true(++turns < 20);
    } while (delivery_waits(world->delivery));
    assert_int_equal(frames, NODES);
    for (int i = 0; i < NODES; i++)
        assert_int_equal(session[i]->window.sent, 1);
    assert_true(turns > 1);
}

// A peer that takes nothing is not worth another turn at once.
static void a_full_queue_is_not_tried_without_end(void **state)
{
    world_t *world = *state;
    world->first = ENTRIES;
    gate_stage.result = GATE_FULL;
    assert_int_equal(turn(world, 0), 0);
    assert_false(delivery_waits(world->delivery));
}

static int ask(world_t *world, uint64_t number, uint64_t first)
{
    buf_t frame = {0};
    carry_ask_put(&frame, &(carry_ask_t){number, first});
    int result =
        delivery_carry(world->delivery, world->session, buf_span(&frame), &world->why);
    buf_destroy(&frame);
    return result;
}

// They come when they are asked for, whatever the window says; a delivery has the lines
// of its receiver alone.
static void older_ones_come_when_they_are_asked_for(void **state)
{
    world_t *world = *state;
    world->brings = true;
    window_open(&world->session->window, WINDOW, ENTRIES - 1, RESEND_MS);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "24-24");
    assert_string_equal(world->why_line,
        "deliver isoc-a r sender 9\ncarries isoc-a isoc-b " ID(
            "00") "\n"
                  "carries isoc-a isoc-b " ID("01") "\ncarries isoc-a isoc-b " ID(
                      "02") "\n"
                            "omits isoc-a marking.tlp 4");
    assert_int_equal(ask(world, 24, 1), 0);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "of 24: 1-3");
    assert_string_equal(world->why_line, "carries isoc-a isoc-b " ID("02"));
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, ""); // once
    assert_int_equal(ask(world, 24, 3), 0);
    gate_stage.result = GATE_FULL;
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "");
    gate_stage.result = GATE_SENT;
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "of 24: 3-3");
}

static void what_is_not_there_cannot_be_asked_for(void **state)
{
    world_t *world = *state;
    world->brings = true;
    window_open(&world->session->window, WINDOW, ENTRIES, RESEND_MS);
    assert_int_equal(ask(world, ENTRIES + 1, 1), -1);
    heard_t heard;
    heard_begin(&heard);
    assert_int_equal(ask(world, 24, 4), 0);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "bye"); // there is no fourth line
    assert_int_equal(ask(world, 23, 1), 0);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "bye"); // it brings nothing along
    (void)heard_end(&heard);
    assert_int_equal(turn(world, 0), 0);
    assert_string_equal(world->numbers, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_window_moves_with_what_is_acknowledged),
        TEST(what_is_heavy_waits),
        TEST(what_nobody_acknowledged_goes_again),
        TEST(a_certificate_goes_once),
        TEST(who_is_quoted_is_known),
        TEST(a_full_queue_is_tried_again_certificates_and_all),
        TEST(who_is_gone_gets_no_more),
        TEST(what_cannot_be_read_is_a_failure),
        TEST(who_is_behind_comes_after_what_is_new),
        TEST(the_allowance_grows_with_what_is_written),
        TEST(news_for_many_is_spread_over_turns),
        TEST(a_full_queue_is_not_tried_without_end),
        TEST(older_ones_come_when_they_are_asked_for),
        TEST(what_is_not_there_cannot_be_asked_for),
    };
    return test_group(tests, NULL, NULL);
}
