// frame: every frame gives back what was put in; every truncation is refused; a frame
// with any bit changed is refused or is another frame, never the same in other bytes.

#include "lib/base/times.h"
#include "lib/message/frame.h"

#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { LAST_TYPE = FRAME_TAIL };

static void test_header(void **state)
{
    (void)state;
    reader_t body;
    assert_int_equal(frame_type(span_of("\x01\x0b", 2), &body), FRAME_PULSE);
    assert_true(reader_done(&body));
    assert_int_equal(frame_type(span_of("\x01\xc8rest", 6), &body), 200);
    assert_int_equal(body.rest.size, 4);
    assert_int_equal(frame_type(span_of("\x02\x0b", 2), &body), -1);
    assert_int_equal(frame_type(span_of("\x01", 1), &body), -1);
    assert_int_equal(frame_type(span_of(NULL, 0), &body), -1);
}

static void test_session_fields(void **state)
{
    (void)state;
    buf_t frame = {0};
    cause_t why;
    hello_t hello;
    welcome_t welcome;
    sample_frame(FRAME_HELLO, &frame);
    assert_int_equal(hello_take(&hello, buf_span(&frame), &why), 0);
    assert_true(
        span_is(hello.node, "isoc-energy") && span_is(hello.agent, "dabyl-node 0.1"));
    assert_true(hello.stored == UINT64_C(0x0102030405060708) && hello.window == 256);
    assert_int_equal(hello.position, 90);
    assert_true(span_is(hello.checkpoint, "a note\n"));
    assert_int_equal(welcome_take(&welcome, buf_span(&frame), &why), -1); // a HELLO
    buf_clear(&frame);
    sample_frame(FRAME_WELCOME, &frame);
    assert_int_equal(welcome_take(&welcome, buf_span(&frame), &why), 0);
    assert_true(span_is(welcome.origin, SAMPLE_ORIGIN) && welcome.inbox_last == 12);
    assert_int_equal(welcome.consistency.size, 32);
    assert_true(welcome.window == 64 && welcome.size_limit == 1048576);
    assert_true(welcome.time_ms == INT64_C(1795347570123));
    buf_destroy(&frame);
}

static void test_publish_fields(void **state)
{
    (void)state;
    static publish_t publish;
    buf_t frame = {0};
    cause_t why;
    sample_frame(FRAME_PUBLISH, &frame);
    assert_int_equal(publish_take(&publish, buf_span(&frame), &why), 0);
    assert_int_equal(publish.heads, 2);
    assert_true(span_is(publish.head[1].text, "second head"));
    assert_true(publish.head[0].proof.size == 64 && publish.head[0].proof.data[0] == 1);
    assert_int_equal(publish.head[1].proof.size, 0);
    assert_int_equal(publish.n, 3);
    assert_true(publish.item[2].head == 1 && publish.item[2].index == 65535);
    assert_true(publish.item[1].head == 0 && publish.item[1].index == 2);
    assert_true(span_is(publish.item[1].document, "{}"));
    buf_destroy(&frame);
}

static void test_answer_fields(void **state)
{
    (void)state;
    static receipt_t receipt;
    static refused_t refused;
    buf_t frame = {0};
    cause_t why;
    sample_frame(FRAME_RECEIPT, &frame);
    assert_int_equal(receipt_take(&receipt, buf_span(&frame), &why), 0);
    assert_true(receipt.n == 2 && receipt.proof.size == 64);
    assert_true(span_is(receipt.checkpoint, "a note\n"));
    assert_true(span_is(receipt.item[1].leaf, "leaf 7"));
    assert_int_equal(receipt.tolds, 2);
    assert_true(span_is(receipt.told[receipt.item[0].told], "told\ntold\n"));
    assert_true(span_is(receipt.told[receipt.item[1].told], ""));
    buf_clear(&frame);
    sample_frame(FRAME_REFUSED, &frame);
    assert_int_equal(refused_take(&refused, buf_span(&frame), &why), 0);
    assert_int_equal(refused.n, 2);
    assert_true(!refused.item[0].retry && refused.item[1].retry);
    assert_int_equal(refused.item[1].document.bytes[31], 0xee);
    assert_true(span_is(refused.item[0].code, "doc.schema"));
    assert_true(span_is(refused.item[0].pointer, "/body/level"));
    assert_true(span_is(refused.item[0].by, "incident.notice"));
    assert_true(span_is(refused.item[0].text, "6 is above 5"));
    buf_destroy(&frame);
}

static void test_deliver_fields(void **state)
{
    (void)state;
    static deliver_t deliver;
    buf_t frame = {0};
    cause_t why;
    sample_frame(FRAME_DELIVER, &frame);
    assert_int_equal(deliver_take(&deliver, buf_span(&frame), &why), 0);
    assert_true(deliver.certs == 1 && span_is(deliver.cert[0], "DER"));
    assert_true(deliver.n == 3 && deliver.item[0].number == 41);
    assert_true(deliver.whys == 2 && deliver.item[1].why == 1);
    assert_true(span_is(deliver.why[1], "deliver a c none 10\n"));
    assert_true(span_is(deliver.item[0].front, "front 4"));
    assert_true(span_is(deliver.item[0].back, "back 4"));
    assert_int_equal(deliver.item[1].back.size, 0);
    assert_true(!deliver.item[1].aside && deliver.item[2].aside);
    assert_true(span_is(deliver.item[2].leaf, "leaf 10"));
    assert_true(deliver.head[0].proof.size == 96 && deliver.proof.size == 32);
    assert_true(span_is(deliver.item[0].sealed.document, "{\"a\":1}"));
    buf_destroy(&frame);
}

// One that is set aside has its leaf and the line, and nothing else.
static void test_deliver_aside(void **state)
{
    (void)state;
    static deliver_t deliver;
    const hash_t hash = {{7}};
    buf_t frame = {0};
    cause_t why;
    deliver = (deliver_t){.checkpoint = span_text("note"),
        .proof = span_of(hash.bytes, sizeof hash),
        .whys = 1,
        .why[0] = span_text("deliver a b none 8"),
        .n = 1,
        .item[0] = {.number = 3, .leaf = span_text("leaf"), .aside = true}};
    deliver_put(&frame, &deliver);
    assert_int_equal(deliver_take(&deliver, buf_span(&frame), &why), 0);
    assert_true(deliver.n == 1 && deliver.heads == 0 && deliver.item[0].aside);
    assert_true(span_is(deliver.item[0].leaf, "leaf"));
    assert_int_equal(deliver.item[0].sealed.document.size, 0);
    // It is there or not; and it is there only under one of no heads.
    size_t there = frame.size - strlen("leaf") - 2 - 1;
    assert_int_equal(frame.data[there], 0);
    for (unsigned value = 1; value < 256; value++) {
        frame.data[there] = (uint8_t)value;
        assert_int_equal(deliver_take(&deliver, buf_span(&frame), &why), -1);
    }
    buf_destroy(&frame);
}

static void test_other_fields(void **state)
{
    (void)state;
    buf_t frame = {0};
    cause_t why;
    again_t again;
    explain_t explain;
    query_t query;
    span_t code;
    span_t text;
    sample_frame(FRAME_AGAIN, &frame);
    assert_int_equal(again_take(&again, buf_span(&frame), &why), 0);
    assert_true(again.first == 3 && again.last == 9);
    buf_clear(&frame);
    sample_frame(FRAME_EXPLAINED, &frame);
    assert_int_equal(explain_take(&explain, buf_span(&frame), &why), 0);
    assert_true(explain.request == 7 && span_is(explain.text, "{\"kind\":\"advisory\"}"));
    assert_int_equal(query_take(&query, buf_span(&frame), &why), -1); // an EXPLAINED
    buf_clear(&frame);
    sample_frame(FRAME_ANSWER, &frame);
    assert_int_equal(explain_take(&explain, buf_span(&frame), &why), 0);
    buf_clear(&frame);
    sample_frame(FRAME_ASK, &frame);
    assert_int_equal(explain_take(&explain, buf_span(&frame), &why), -1);
    assert_int_equal(query_take(&query, buf_span(&frame), &why), 0);
    assert_true(query.request == 8 && span_is(query.topic, "duties"));
    assert_true(span_is(query.arguments, "{\"all\":true}"));
    buf_clear(&frame);
    query_put(&frame, &(query_t){1, span_text("no word"), span_text("{}")});
    assert_int_equal(query_take(&query, buf_span(&frame), &why), -1);
    buf_clear(&frame);
    sample_frame(FRAME_BYE, &frame);
    assert_int_equal(bye_take(buf_span(&frame), &code, &text, &why), 0);
    assert_true(span_is(code, "hub.stopping") && span_is(text, "The hub is stopping."));
    buf_destroy(&frame);
}

static void assert_piece_refused(uint64_t size, uint64_t offset, const char *data)
{
    buf_t frame = {0};
    cause_t why;
    piece_t piece = {.size = size, .offset = offset, .data = span_text(data)};
    piece_put(&frame, &piece);
    assert_int_equal(piece_take(&piece, buf_span(&frame), &why), -1);
    buf_destroy(&frame);
}

static void test_attachment_fields(void **state)
{
    (void)state;
    buf_t frame = {0};
    cause_t why;
    give_t give;
    held_t held;
    fetch_t fetch;
    piece_t piece;
    sample_frame(FRAME_GIVE, &frame);
    assert_int_equal(give_take(&give, buf_span(&frame), &why), 0);
    assert_true(give.digest.bytes[31] == 0x77 && give.size == UINT64_C(5000000000));
    buf_clear(&frame);
    sample_frame(FRAME_HELD, &frame);
    assert_int_equal(held_take(&held, buf_span(&frame), &why), 0);
    assert_true(held.size == UINT64_C(5000000000) && held.piece == 65536);
    assert_true(held.offset == UINT64_C(4294967296));
    buf_clear(&frame);
    held_put(&frame, &(held_t){.size = 9, .offset = 10, .piece = 1});
    assert_int_equal(held_take(&held, buf_span(&frame), &why), -1);
    buf_clear(&frame);
    sample_frame(FRAME_FETCH, &frame);
    assert_int_equal(fetch_take(&fetch, buf_span(&frame), &why), 0);
    assert_true(fetch.offset == UINT64_C(4294967296));
    buf_clear(&frame);
    sample_frame(FRAME_PIECE, &frame);
    assert_int_equal(piece_take(&piece, buf_span(&frame), &why), 0);
    assert_true(piece.size == 40 && piece.offset == 30);
    assert_true(span_is(piece.data, "ten octets"));
    buf_clear(&frame);
    piece_put(&frame, &(piece_t){.size = 0}); // the one piece of an empty file
    assert_int_equal(piece_take(&piece, buf_span(&frame), &why), 0);
    assert_piece_refused(40, 31, "ten octets");
    assert_piece_refused(40, 41, "");
    assert_piece_refused(40, UINT64_MAX, "ten octets");
    assert_piece_refused(40, 40, "");
    buf_destroy(&frame);
}

static void test_ahead_fields(void **state)
{
    (void)state;
    buf_t frame = {0};
    cause_t why;
    ahead_t ahead;
    sample_frame(FRAME_AHEAD, &frame);
    assert_int_equal(ahead_take(&ahead, buf_span(&frame), &why), 0);
    assert_true(ahead.more == 3 && ahead.n == 3);
    assert_true(ahead.item[0].number == 17 && ahead.item[0].level == 4);
    assert_true(ahead.item[0].marks == 0 && ahead.item[0].due_ms == 0);
    assert_true(ahead.item[1].level == 3 &&
                ahead.item[1].marks == (AHEAD_OWED | AHEAD_PLAYED) &&
                ahead.item[1].due_ms == INT64_C(1795347570123));
    assert_true(ahead.item[2].number == 91 && ahead.item[2].level == 0 &&
                ahead.item[2].marks == AHEAD_OWED && ahead.item[2].due_ms == 0);
    buf_destroy(&frame);
}

// Decode from memory that ends where the frame ends, so that the sanitizer sees any step
// beyond.
static int take_exactly(span_t frame, buf_t *out)
{
    cause_t why;
    uint8_t *copy = malloc(frame.size ? frame.size : 1);
    if (frame.size)
        memcpy(copy, frame.data, frame.size);
    buf_clear(out);
    int result = frame_again(span_of(copy, frame.size), out, &why);
    free(copy);
    return result;
}

static void test_round_trips(void **state)
{
    (void)state;
    for (int type = 1; type <= LAST_TYPE; type++) {
        buf_t frame = {0};
        buf_t back = {0};
        sample_frame((frame_type_t)type, &frame);
        assert_int_equal(take_exactly(buf_span(&frame), &back), 0);
        assert_true(span_equal(buf_span(&frame), buf_span(&back)));
        buf_destroy(&frame);
        buf_destroy(&back);
    }
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    for (int type = 1; type <= LAST_TYPE; type++) {
        buf_t frame = {0};
        buf_t back = {0};
        sample_frame((frame_type_t)type, &frame);
        for (size_t size = 0; size < frame.size; size++)
            assert_int_equal(take_exactly(span_of(frame.data, size), &back), -1);
        buf_put_u8(&frame, 0);
        assert_int_equal(take_exactly(buf_span(&frame), &back), -1); // one too many
        buf_destroy(&frame);
        buf_destroy(&back);
    }
}

static void assert_canonical(span_t frame, buf_t *back)
{
    if (take_exactly(frame, back) == 0)
        assert_true(span_equal(frame, buf_span(back)));
}

static void test_every_flipped_bit_shows(void **state)
{
    (void)state;
    for (int type = 1; type <= LAST_TYPE; type++) {
        buf_t frame = {0};
        buf_t back = {0};
        sample_frame((frame_type_t)type, &frame);
        for (size_t bit = 0; bit < 8 * frame.size; bit++) {
            frame.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_canonical(buf_span(&frame), &back);
            frame.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        buf_destroy(&frame);
        buf_destroy(&back);
    }
}

// The greatest and other awkward numbers wherever a length or count may be.
static void test_hostile_lengths(void **state)
{
    (void)state;
    static const uint8_t hostile[][4] = {{0xff, 0xff, 0xff, 0xff},
        {0x7f, 0xff, 0xff, 0xff}, {0x80, 0, 0, 0}, {0, 0, 0, 0}, {0xff, 0xff, 0, 0},
        {0, 0, 0xff, 0xff}};
    for (int type = 1; type <= LAST_TYPE; type++) {
        buf_t frame = {0};
        buf_t back = {0};
        sample_frame((frame_type_t)type, &frame);
        for (size_t at = 2; at + 4 <= frame.size; at++)
            for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
                uint8_t saved[4];
                memcpy(saved, frame.data + at, 4);
                memcpy(frame.data + at, hostile[i], 4);
                assert_canonical(buf_span(&frame), &back);
                memcpy(frame.data + at, saved, 4);
            }
        buf_destroy(&frame);
        buf_destroy(&back);
    }
}

static void assert_frame_refused(const buf_t *frame)
{
    buf_t back = {0};
    assert_int_equal(take_exactly(buf_span(frame), &back), -1);
    buf_destroy(&back);
}

static void assert_frame_taken(const buf_t *frame)
{
    buf_t back = {0};
    assert_int_equal(take_exactly(buf_span(frame), &back), 0);
    assert_true(span_equal(buf_span(frame), buf_span(&back)));
    buf_destroy(&back);
}

static void test_most_items(void **state)
{
    (void)state;
    publish_t *publish = calloc(1, sizeof *publish);
    buf_t frame = {0};
    buf_t back = {0};
    publish->heads = FRAME_HEADS_MAX;
    publish->n = FRAME_ITEMS_MAX;
    for (size_t i = 0; i < FRAME_HEADS_MAX; i++)
        publish->head[i] = sample_head("", i % 4);
    for (size_t i = 0; i < FRAME_ITEMS_MAX; i++)
        publish->item[i] = sample_sealed((uint16_t)i, (uint32_t)i, "{}");
    publish_put(&frame, publish);
    assert_int_equal(take_exactly(buf_span(&frame), &back), 0);
    assert_true(span_equal(buf_span(&frame), buf_span(&back)));
    // One head more than a frame may have.
    buf_clear(&frame);
    buf_put(&frame, "\x01\x03\x04\x01", 4);
    for (size_t i = 0; i <= FRAME_HEADS_MAX; i++)
        buf_put_u64(&frame, 0); // neither text nor proof
    buf_put(&frame, "\0\1\0\0\0\0\0\0\0\0\0\0", 12);
    assert_frame_refused(&frame);
    frame.data[3] = 0; // 1024 heads, and then one more item count than there is
    assert_frame_refused(&frame);
    free(publish);
    buf_destroy(&frame);
    buf_destroy(&back);
}

// Frames that are whole but say something that cannot be.
static void test_values_out_of_range(void **state)
{
    (void)state;
    publish_t *publish = calloc(1, sizeof *publish);
    deliver_t *deliver = calloc(1, sizeof *deliver);
    receipt_t *receipt = calloc(1, sizeof *receipt);
    refused_t *refused = calloc(1, sizeof *refused);
    buf_t frame = {0};
    publish->heads = 1;
    publish->n = 1;
    publish->item[0] = sample_sealed(1, 0, "{}"); // no such head
    publish_put(&frame, publish);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    publish->item[0] = sample_sealed(0, SEAL_COUNT_MAX, "{}"); // no such leaf
    publish_put(&frame, publish);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    publish->n = 0; // nothing published
    publish_put(&frame, publish);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    publish->heads = 0;
    publish_put(&frame, publish);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    receipt->n = receipt->tolds = 1;
    receipt->proof = span_of(sample_hashes, 33); // not whole hashes
    receipt_put(&frame, receipt);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    deliver->heads = deliver->whys = 1;
    deliver->n = 2;
    deliver->item[1].sealed.index = 1;
    deliver->item[0].number = 5;
    deliver->item[1].number = 5; // the same number twice
    deliver_put(&frame, deliver);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    deliver->item[0].number = 4;
    deliver_put(&frame, deliver);
    assert_frame_taken(&frame); // so it was the number
    buf_clear(&frame);
    deliver->item[0].number = 0; // inboxes begin with 1
    deliver_put(&frame, deliver);
    assert_frame_refused(&frame);
    buf_clear(&frame);
    refused->n = 1;
    refused->item[0].code = span_text("doc.syntax");
    refused->item[0].text = span_text("two\nlines");
    refused_put(&frame, refused);
    assert_frame_refused(&frame);
    buf_destroy(&frame);
    free(publish);
    free(deliver);
    free(receipt);
    free(refused);
}

typedef struct {
    uint16_t head;
    uint32_t index;
} place_t;

// Whether a frame with so many heads and items at these places is one.
static void places_are(bool good, size_t heads, const place_t *place, size_t n)
{
    publish_t *publish = calloc(1, sizeof *publish);
    deliver_t *deliver = calloc(1, sizeof *deliver);
    buf_t frame = {0};
    publish->heads = deliver->heads = heads;
    publish->n = deliver->n = n;
    deliver->whys = deliver->carrier = 1;
    for (size_t i = 0; i < n; i++) {
        publish->item[i] = sample_sealed(place[i].head, place[i].index, "{}");
        deliver->item[i] = (deliver_item_t){.number = i + 1, .sealed = publish->item[i]};
    }
    publish_put(&frame, publish);
    (good ? assert_frame_taken : assert_frame_refused)(&frame);
    buf_clear(&frame);
    deliver_put(&frame, deliver);
    (good ? assert_frame_taken : assert_frame_refused)(&frame);
    buf_clear(&frame);
    carried_put(&frame, deliver);
    (good ? assert_frame_taken : assert_frame_refused)(&frame);
    buf_destroy(&frame);
    free(publish);
    free(deliver);
}
#define PLACES(good, heads, ...)                                                         \
    places_are(good, heads, (const place_t[]){__VA_ARGS__},                              \
        sizeof((const place_t[]){__VA_ARGS__}) / sizeof(place_t))

// One form for each set of places: heads that are used, and under each they increase.
static void test_places_under_heads(void **state)
{
    (void)state;
    PLACES(true, 1, {0, 0});
    PLACES(true, 1, {0, 3}, {0, 4}, {0, 65535});
    PLACES(true, 2, {0, 3}, {1, 3}, {0, 4}, {1, 9}); // by turns
    PLACES(false, 2, {1, 0}, {0, 0}); // heads stand in the order of their first items
    PLACES(false, 3, {0, 0}, {2, 0}, {1, 0});
    PLACES(false, 1, {0, 3}, {0, 3}); // twice the same
    PLACES(false, 1, {0, 3}, {0, 2});
    PLACES(false, 2, {0, 3}, {1, 0}, {0, 3});
    PLACES(false, 1, {0, 65536});
    PLACES(false, 1, {0, UINT32_MAX}, {0, 0}); // behind which nothing increases
    PLACES(false, 2, {0, 0});                  // the second head has nothing
    PLACES(false, 2, {1, 0});
    PLACES(false, 3, {0, 0}, {2, 0});
    PLACES(false, 1, {1, 0});
    PLACES(false, 1, {UINT16_MAX, 0});
    PLACES(false, 0, {0, 0});
}

// What several items have in common is in a table, which they point into: each of it is
// pointed at, first the first.
static void test_tables(void **state)
{
    (void)state;
    receipt_t *receipt = calloc(1, sizeof *receipt);
    deliver_t *deliver = calloc(1, sizeof *deliver);
    buf_t frame = {0};
    for (uint16_t told = 0; told < 4; told++)
        for (size_t tolds = 0; tolds < 4; tolds++) {
            receipt->n = 2;
            receipt->tolds = tolds;
            receipt->item[1].told = told;
            buf_clear(&frame);
            receipt_put(&frame, receipt);
            bool good = tolds == (size_t)told + 1 && told < 2;
            (good ? assert_frame_taken : assert_frame_refused)(&frame);
            deliver->n = 2;
            deliver->whys = tolds;
            deliver->item[0] = (deliver_item_t){.number = 1, .aside = true};
            deliver->item[1] = (deliver_item_t){.number = 2, .aside = true, .why = told};
            buf_clear(&frame);
            deliver_put(&frame, deliver);
            (good ? assert_frame_taken : assert_frame_refused)(&frame);
        }
    buf_destroy(&frame);
    free(receipt);
    free(deliver);
}

static void test_a_table_has_a_text_once(void **state)
{
    (void)state;
    static span_t list[FRAME_ITEMS_MAX];
    char text[FRAME_ITEMS_MAX][8];
    size_t n = 0;
    assert_int_equal(frame_list(list, &n, span_text("one")), 0);
    assert_int_equal(frame_list(list, &n, span_text("two")), 1);
    assert_int_equal(frame_list(list, &n, span_text("one")), 0);
    assert_int_equal(frame_list(list, &n, (span_t){0}), 2);
    assert_int_equal(frame_list(list, &n, span_text("")), 2);
    assert_int_equal(n, 3);
    for (size_t i = n; i < FRAME_ITEMS_MAX; i++) { // as many as there are items
        (void)snprintf(text[i], sizeof text[i], "%zu", i);
        assert_int_equal(frame_list(list, &n, span_text(text[i])), i);
    }
    assert_int_equal(n, FRAME_ITEMS_MAX);
    assert_int_equal(frame_list(list, &n, span_text("1023")), 1023);
}

static void assert_ahead_refused(size_t n, ahead_item_t first, ahead_item_t second)
{
    buf_t frame = {0}, back = {0};
    ahead_put(&frame, &(ahead_t){.n = n, .item = {first, second}});
    assert_int_equal(take_exactly(buf_span(&frame), &back), -1);
    buf_destroy(&frame);
    buf_destroy(&back);
}

// Each number once and in order, and each says something.
static void test_what_announces_nothing(void **state)
{
    (void)state;
    const ahead_item_t level = {7, 3, 0, 0}, owed = {7, 0, AHEAD_OWED, 1}, none = {0};
    assert_ahead_refused(0, none, none);
    assert_ahead_refused(1, (ahead_item_t){7, 0, 0, 0}, none); // neither level nor duty
    assert_ahead_refused(1, (ahead_item_t){7, 0, AHEAD_PLAYED, 0}, none);
    assert_ahead_refused(1, (ahead_item_t){7, 2, 0, 0}, none);
    assert_ahead_refused(1, (ahead_item_t){7, 2, AHEAD_OWED, 1}, none);
    assert_ahead_refused(1, (ahead_item_t){7, 10, 0, 0}, none);
    assert_ahead_refused(1, (ahead_item_t){7, 3, 4, 0}, none); // an unknown mark
    assert_ahead_refused(1, (ahead_item_t){7, 0, AHEAD_OWED, -1}, none);
    assert_ahead_refused(1, (ahead_item_t){7, 0, AHEAD_OWED, TIME_END_MS}, none);
    assert_ahead_refused(1, (ahead_item_t){0, 3, 0, 0}, none);
    assert_ahead_refused(2, level, owed);
    assert_ahead_refused(2, level, (ahead_item_t){6, 3, 0, 0});
}

// The encoder would not write these: their bytes are put together here.
static void test_values_no_encoder_writes(void **state)
{
    (void)state;
    buf_t frame = {0};
    sample_frame(FRAME_WELCOME, &frame);
    frame.data[frame.size - 8] = 0x80; // before 1970 by 292 million years
    assert_frame_refused(&frame);
    for (int beyond = 0; beyond < 2; beyond++) { // the year 9999, and what follows
        buf_t end = {0};
        buf_put_u64(&end, (uint64_t)TIME_END_MS - 1 + (uint64_t)beyond);
        memcpy(frame.data + frame.size - 8, end.data, 8);
        (beyond ? assert_frame_refused : assert_frame_taken)(&frame);
        buf_destroy(&end);
    }
    buf_clear(&frame);
    sample_frame(FRAME_ACK, &frame);
    memset(frame.data + 2, 0, 8); // up to no number
    assert_frame_refused(&frame);
    buf_clear(&frame);
    // A head with no text and a proof of half a hash, and an item of it.
    buf_put(&frame, "\x01\x03\0\x01\0\0\0\0\0\0\0\x10", 12);
    buf_put(&frame, sample_hashes, 16);
    buf_put(&frame, "\0\x01\0\0\0\0\0\0\0\0\0\0", 12);
    assert_frame_refused(&frame);
    buf_destroy(&frame);
}

// What goes to the log of the one who reads it cannot write lines of its own there.
static void test_words_that_would_be_logged(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "two words", "two\nlines", "\x1b[31m", "\xff"};
    buf_t frame = {0};
    cause_t why;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hello_t hello = {span_text(bad[i]), span_text("agent"), 0, 0, 1, span_text("")};
        buf_clear(&frame);
        hello_put(&frame, &hello);
        assert_frame_refused(&frame);
        buf_clear(&frame);
        bye_put(&frame, bad[i], "text");
        assert_frame_refused(&frame);
    }
    hello_t hello = {
        span_text("node"), span_text("agent\nforged line"), 0, 0, 1, span_text("")};
    buf_clear(&frame);
    hello_put(&frame, &hello);
    assert_frame_refused(&frame);
    hello.agent = span_text("agent");
    hello.window = 0; // could never be sent anything
    buf_clear(&frame);
    hello_put(&frame, &hello);
    assert_frame_refused(&frame);
    hello.window = 1;
    hello.position = 3; // of what, when nothing is stored?
    buf_clear(&frame);
    hello_put(&frame, &hello);
    assert_frame_refused(&frame);
    hello.position = 0;
    char agent[130];
    memset(agent, 'a', sizeof agent);
    hello.agent = span_of(agent, 129);
    buf_clear(&frame);
    hello_put(&frame, &hello);
    assert_frame_refused(&frame);
    hello.agent = span_of(agent, 128);
    buf_clear(&frame);
    hello_put(&frame, &hello);
    assert_int_equal(hello_take(&hello, buf_span(&frame), &why), 0);
    again_t again = {0, 4};
    buf_clear(&frame);
    again_put(&frame, &again);
    assert_frame_refused(&frame);
    again = (again_t){5, 4};
    buf_clear(&frame);
    again_put(&frame, &again);
    assert_frame_refused(&frame);
    buf_destroy(&frame);
}

static ack_t signed_ack(const seal_key_t *key, const char *origin)
{
    ack_t ack = {.number = 12};
    buf_t text = {0};
    memset(ack.root.bytes, 7, sizeof ack.root.bytes);
    ack_signed_text(origin, key->id, ack.number, &ack.root, &text);
    (void)crypto_sign_detached(
        ack.signature, NULL, text.data, text.size, key->secret_key);
    buf_destroy(&text);
    return ack;
}

static void test_acknowledgements(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    seal_key_t other = sample_key(4);
    ack_t ack = signed_ack(&key, SAMPLE_ORIGIN);
    assert_int_equal(ack_check(&ack, SAMPLE_ORIGIN, key.public_key), 0);
    assert_int_equal(ack_check(&ack, SAMPLE_ORIGIN, other.public_key), -1);
    assert_int_equal(ack_check(&ack, "other.example/log", key.public_key), -1);
    for (size_t bit = 0; bit < 8 * sizeof ack.signature; bit++) {
        ack.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(ack_check(&ack, SAMPLE_ORIGIN, key.public_key), -1);
        ack.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ack.number++;
    assert_int_equal(ack_check(&ack, SAMPLE_ORIGIN, key.public_key), -1);
    ack.number--;
    ack.root.bytes[0] ^= 1;
    assert_int_equal(ack_check(&ack, SAMPLE_ORIGIN, key.public_key), -1);
}

static void test_the_record_of_an_acknowledgement(void **state)
{
    (void)state;
    seal_key_t key = sample_key(3);
    ack_t ack = signed_ack(&key, SAMPLE_ORIGIN);
    buf_t want = {0};
    buf_t text = {0};
    ack_print(&ack, SAMPLE_ORIGIN, key.id, &text);
    buf_printf(&want, "dabyl-ack/v1\n" SAMPLE_ORIGIN "\n%s\n12\n", key.id);
    buf_put_text(&want, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\nsig ed25519 ");
    buf_put_base64(&want, span_of(ack.signature, sizeof ack.signature));
    buf_put_u8(&want, '\n');
    assert_string_equal(buf_text(&text), buf_text(&want));
    buf_destroy(&want);
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_session_fields),
        cmocka_unit_test(test_publish_fields),
        cmocka_unit_test(test_answer_fields),
        cmocka_unit_test(test_deliver_fields),
        cmocka_unit_test(test_deliver_aside),
        cmocka_unit_test(test_other_fields),
        cmocka_unit_test(test_attachment_fields),
        cmocka_unit_test(test_ahead_fields),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_every_flipped_bit_shows),
        cmocka_unit_test(test_hostile_lengths),
        cmocka_unit_test(test_most_items),
        cmocka_unit_test(test_values_out_of_range),
        cmocka_unit_test(test_places_under_heads),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_a_table_has_a_text_once),
        cmocka_unit_test(test_what_announces_nothing),
        cmocka_unit_test(test_values_no_encoder_writes),
        cmocka_unit_test(test_words_that_would_be_logged),
        cmocka_unit_test(test_acknowledgements),
        cmocka_unit_test(test_the_record_of_an_acknowledgement),
    };
    return test_group(tests, NULL, NULL);
}
