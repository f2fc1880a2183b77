// answers: every answer goes to its session once, proven, in as few frames as will do,
// and a receipt tells what its author may know.

#include "hub/send/answers.h"

#include "lib/message/frame.h"
#include "tests/lib/gate.h"
#include "tests/lib/samples.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

enum { SESSIONS = 3, SIZE = 2 * FRAME_ITEMS_MAX + 1 };

typedef struct {
    scratch_t scratch;
    tree_t *tree;
    draft_t *draft; // all of the log
    entries_t *entries;
    sessions_t *sessions;
    refusals_t *refusals;
    reception_t *reception;
    stock_t *stock;
    answers_t *answers;
    uint64_t size; // of the log, as the checkpoint says
    // What was sent, one line a frame: "<session> receipt 4,7" or
    // "<session> refused code,code".
    buf_t sent;
    buf_t told; // by receipts
    cause_t why;
    quarantine_t quarantine;
} world_t;

static world_t *the_world; // for what is sent, which has no context

// That the leaves are those of the log whose root this is.
static void is_proven(world_t *world, const receipt_t *receipt, const uint64_t *positions)
{
    hash_t leaf[FRAME_ITEMS_MAX], root, of_log;
    for (size_t i = 0; i < receipt->n; i++)
        merkle_leaf(receipt->item[i].leaf, &leaf[i]);
    assert_int_equal(merkle_run_root(positions, leaf, receipt->n, world->size,
                         receipt->proof, &root, NULL),
        0);
    tree_root(world->tree, &of_log);
    assert_true(hash_equal(&root, &of_log));
}

static void note_receipt(world_t *world, span_t frame)
{
    static uint64_t positions[FRAME_ITEMS_MAX];
    receipt_t *receipt = malloc(sizeof *receipt);
    assert_int_equal(receipt_take(receipt, frame, &world->why), 0);
    assert_true(span_is(receipt->checkpoint, "note"));
    buf_put_text(&world->sent, "receipt ");
    for (size_t i = 0; i < receipt->n; i++) {
        leaf_t leaf;
        assert_int_equal(leaf_take(&leaf, receipt->item[i].leaf, &world->why), 0);
        positions[i] = leaf.position;
        buf_printf(&world->sent, "%s%u", i ? "," : "", (unsigned)leaf.position);
        buf_put_span(&world->told, receipt->told[receipt->item[i].told]);
    }
    is_proven(world, receipt, positions);
    free(receipt);
}

static void note_refused(world_t *world, span_t frame)
{
    refused_t *refused = malloc(sizeof *refused);
    assert_int_equal(refused_take(refused, frame, &world->why), 0);
    buf_put_text(&world->sent, "refused ");
    for (size_t i = 0; i < refused->n; i++) {
        buf_put_text(&world->sent, i ? "," : "");
        buf_put_span(&world->sent, refused->item[i].code);
        buf_printf(&world->sent, ":%d%s", refused->item[i].document.bytes[0],
            refused->item[i].retry ? "!" : "");
    }
    free(refused);
}

static void gate_sent(int whose, span_t route, span_t frame)
{
    reader_t body;
    (void)route;
    buf_printf(&the_world->sent, "%d ", whose);
    if (frame_type(frame, &body) == FRAME_RECEIPT)
        note_receipt(the_world, frame);
    else
        note_refused(the_world, frame);
    buf_put_text(&the_world->sent, "\n");
}

static void gate_ended(span_t route)
{
    fail_msg(
        "the connection of %.*s is to end", (int)route.size, (const char *)route.data);
}

static void write_log(world_t *world)
{
    static const char record[] = "dabyl-routing/v1\n"
                                 "nonce 00112233445566778899aabbccddeeff\n"
                                 "rules 1\n"
                                 "deliver isoc-b r sender 8\n"
                                 "deliver isoc-a r sender 9\n";
    seal_key_t key = sample_key(1);
    draft_clear(world->draft, 0, 1);
    for (size_t i = 0; i < SIZE; i++) {
        draft_item_t *item =
            draft_add(world->draft, "message", "incident.notice", "isoc-b", "");
        draft_set_document(item, span_text("{}"), NULL);
        draft_set_record(world->draft, item, span_text(record));
    }
    draft_item_t *item = draft_add(world->draft, "attachment", "", "isoc-b", "");
    draft_set_document(item, span_text("what was handed in\n"), NULL);
    draft_finish(world->draft, SAMPLE_ORIGIN, &key);
    for (size_t i = 0; i < draft_count(world->draft); i++)
        assert_int_equal(
            tree_add(world->tree, &draft_at(world->draft, i)->hashes.leaf, &world->why),
            0);
    world->size = draft_count(world->draft);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    world->tree = tree_open(world->scratch.path, &world->why);
    assert_non_null(world->tree);
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    write_log(world);
    world->sessions = sessions_new();
    for (int i = 0; i < SESSIONS; i++) {
        const uint8_t route = (uint8_t)('a' + i), key[32] = {(uint8_t)i};
        (void)sessions_open(world->sessions, span_of(&route, 1), key, "isoc-b", i);
    }
    world->refusals = refusals_new();
    world->reception = reception_new(
        &(reception_setup_t){.sessions = world->sessions, .refusals = world->refusals});
    world->stock = stock_new(
        &(stock_setup_t){world->entries, &world->quarantine, SAMPLE_ORIGIN, "none"});
    world->answers =
        answers_new(&(answers_setup_t){world->stock, world->tree, world->reception});
    gate_stage.result = GATE_SENT;
    the_world = world;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    answers_destroy(&world->answers);
    assert_null(world->answers);
    answers_destroy(&world->answers);
    stock_destroy(&world->stock);
    reception_destroy(&world->reception);
    refusals_destroy(&world->refusals);
    sessions_destroy(&world->sessions);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    tree_close(&world->tree);
    scratch_close(&world->scratch);
    buf_destroy(&world->sent);
    buf_destroy(&world->told);
    free(world);
    return 0;
}

static int send_all(world_t *world)
{
    buf_clear(&world->sent);
    buf_clear(&world->told);
    stock_begin(world->stock, NULL); // nothing here is sealed
    return answers_send(world->answers, span_text("note"), world->size, &world->why);
}

static void sends(world_t *world, const char *expected)
{
    assert_int_equal(send_all(world), 0);
    assert_string_equal(buf_text(&world->sent), expected);
}

static void refuse_with(
    world_t *world, int session, uint8_t document, const char *code, bool retry)
{
    refusal_t refusal;
    hash_t hash = {{document}};
    (void)refuse(&refusal, code, "/kind", "rules", "no");
    refusal.retry = retry;
    answers_refusal(world->answers, session, &hash, &refusal);
}

static void each_session_gets_its_own(void **state)
{
    world_t *world = *state;
    answers_receipt(world->answers, 2, 9);
    answers_receipt(world->answers, 1, 7);
    answers_receipt(world->answers, 2, 3);
    answers_receipt(world->answers, 1, 4);
    refuse_with(world, 2, 5, "rate.limit", true);
    refuse_with(world, 1, 6, "doc.size", false);
    refuse_with(world, 2, 7, "role.kind", false);
    sends(world, "1 receipt 4,7\n"
                 "2 receipt 3,9\n"
                 "1 refused doc.size:6\n"
                 "2 refused rate.limit:5!,role.kind:7\n");
    answers_clear(world->answers);
    sends(world, "");
}

// A message that is published twice in one turn is one entry and has one receipt.
static void the_same_entry_is_answered_once_a_session(void **state)
{
    world_t *world = *state;
    answers_receipt(world->answers, 1, 4);
    answers_receipt(world->answers, 2, 4);
    answers_receipt(world->answers, 1, 4);
    answers_receipt(world->answers, 1, 4);
    sends(world, "1 receipt 4\n2 receipt 4\n");
}

static void receipts_tell_what_an_author_may_know(void **state)
{
    world_t *world = *state;
    answers_receipt(world->answers, 1, 4);
    sends(world, "1 receipt 4\n");
    assert_string_equal(
        buf_text(&world->told), "deliver isoc-b r sender 8\ndeliver isoc-a r sender 9\n");
    answers_clear(world->answers);
    answers_receipt(world->answers, 1, SIZE); // an attachment's is the entry itself
    assert_int_equal(send_all(world), 0);
    assert_string_equal(buf_text(&world->told), "what was handed in\n");
}

// Of a record that the log sets aside, what can be read of it.
static void what_is_set_aside_tells_what_is_left_of_it(void **state)
{
    static const char broken[] = "dabyl-routing/v1\n"
                                 "nonce 0\n"
                                 "deliver isoc-b r sender 8\n"
                                 "deliver isoc-a r sender\n"
                                 "deliver isoc-c r sender 9\n";
    world_t *world = *state;
    draft_at(world->draft, 4)->record = span_text(broken);
    assert_int_equal(quarantine_order(&world->quarantine, 4, &world->why), 0);
    (void)quarantine_fail(&world->quarantine, 4, &world->why);
    answers_receipt(world->answers, 1, 4);
    sends(world, "1 receipt 4\n");
    assert_string_equal(
        buf_text(&world->told), "deliver isoc-b r sender 8\ndeliver isoc-c r sender 9\n");
}

// A stock that is full, of the frame before or of this one, loses nothing.
static void large_documents_are_answered_all(void **state)
{
    enum { LARGE = STOCK_BYTES / 3, ANSWERS = 10 };
    world_t *world = *state;
    buf_t document = {0};
    while (document.size < LARGE)
        buf_put_text(&document, "a document of some length, as often as it takes ");
    for (unsigned i = 0; i < ANSWERS; i++) {
        draft_at(world->draft, i)->document = buf_span(&document);
        answers_receipt(world->answers, 1, i);
    }
    sends(world, "1 receipt 0,1,2\n1 receipt 3,4,5\n1 receipt 6,7,8\n1 receipt 9\n");
    buf_destroy(&document);
}

static size_t lines(const buf_t *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->size; i++)
        n += text->data[i] == '\n';
    return n;
}

static void too_many_for_one_frame_go_in_several(void **state)
{
    world_t *world = *state;
    for (uint64_t position = 0; position < SIZE; position++) {
        answers_receipt(world->answers, 1, position);
        answers_receipt(world->answers, 1, position);
    }
    assert_int_equal(send_all(world), 0);
    assert_int_equal(lines(&world->sent), 3);
    answers_clear(world->answers);
    for (unsigned i = 0; i < FRAME_ITEMS_MAX + 1; i++)
        refuse_with(world, 1, (uint8_t)i, "doc.size", false);
    assert_int_equal(send_all(world), 0);
    assert_int_equal(lines(&world->sent), 2);
}

// Its place may be another's by then: that one is answered nothing it did not say.
static void who_has_left_is_not_answered(void **state)
{
    world_t *world = *state;
    answers_receipt(world->answers, 1, 4);
    answers_receipt(world->answers, 2, 4);
    refuse_with(world, 1, 6, "doc.size", false);
    sessions_close(world->sessions, sessions_at(world->sessions, 1));
    sends(world, "2 receipt 4\n");
}

static void what_cannot_be_read_or_proven_is_a_failure(void **state)
{
    world_t *world = *state;
    uint64_t size = world->size;
    answers_receipt(world->answers, 1, 4);
    world->size = 2 * size; // the checkpoint is of a longer log
    assert_int_equal(send_all(world), -1);
    world->size = size;
    answers_receipt(world->answers, 1, size);
    assert_int_equal(send_all(world), -1);
    assert_string_equal(buf_text(&world->sent), "");
    answers_clear(world->answers);
    answers_receipt(world->answers, 1, 4);
    sends(world, "1 receipt 4\n"); // nothing is left over from before
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_session_gets_its_own),
        TEST(the_same_entry_is_answered_once_a_session),
        TEST(receipts_tell_what_an_author_may_know),
        TEST(what_is_set_aside_tells_what_is_left_of_it),
        TEST(large_documents_are_answered_all),
        TEST(too_many_for_one_frame_go_in_several),
        TEST(who_has_left_is_not_answered),
        TEST(what_cannot_be_read_or_proven_is_a_failure),
    };
    return test_group(tests, NULL, NULL);
}
