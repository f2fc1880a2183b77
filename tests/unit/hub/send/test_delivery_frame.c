// delivery_frame: what a DELIVER frame holds is what the log holds, heads once, in
// bounded frames.

#include "hub/send/delivery_frame.h"

#include "lib/message/frame.h"
#include "tests/lib/samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { ENTRIES = 3000, BATCH = 40 };

// An inbox of entries; BATCH of them are sealed together.
typedef struct {
    buf_t seal[ENTRIES];
    buf_t document[ENTRIES];
    size_t document_size;
    uint64_t unreadable; // number of an entry whose seal is spoiled; 0: none
    size_t signatures;
    size_t known; // certificates the receiver has
    size_t asked; // certificates the packer asked for
} inbox_t;

static inbox_t inbox;
static cause_t why;

static int entry(
    void *context, uint64_t number, delivery_frame_item_t *item, cause_t *cause)
{
    static const char spoiled[] = "dabyl-seal/v1\nindex 1\npath !\n";
    size_t i = number - 1;
    (void)context;
    if (number == 0 || number > ENTRIES)
        return cause_set(cause, "no entry %d", (int)number);
    if (inbox.seal[i].size == 0) {
        sample_seal(BATCH, (uint32_t)(i % BATCH), inbox.signatures, &inbox.seal[i]);
        buf_printf(&inbox.document[i], "{\"n\":%zu}", i);
        while (inbox.document[i].size < inbox.document_size)
            buf_put_text(&inbox.document[i], "                                ");
    }
    *item = (delivery_frame_item_t){.position = number * 10,
        .leaf = span_text("a leaf\n"),
        .document = buf_span(&inbox.document[i]),
        .seal =
            number == inbox.unreadable ? span_text(spoiled) : buf_span(&inbox.seal[i]),
        .why = span_text("deliver isoc-a r sender 8.3")};
    return 0;
}

static span_t cert(void *context, const char *key_id)
{
    (void)context;
    assert_int_equal(strlen(key_id), HASH_HEX - 1);
    inbox.asked++;
    return inbox.asked <= inbox.known ? span_of(NULL, 0) : span_text("DER");
}

static const delivery_frame_supply_t supply = {entry, cert, NULL};

static int begin(void **state)
{
    (void)state;
    inbox = (inbox_t){.signatures = 1};
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENTRIES; i++) {
        buf_destroy(&inbox.seal[i]);
        buf_destroy(&inbox.document[i]);
    }
    return 0;
}

// That the seal put together from the frame is the one that was stored.
static void is_whole(const deliver_t *frame, size_t k)
{
    const deliver_item_t *item = &frame->item[k];
    size_t i = item->number - 1;
    buf_t seal = {0};
    sealed_print_seal(frame->head[item->sealed.head], &item->sealed, &seal);
    assert_true(span_equal(buf_span(&seal), buf_span(&inbox.seal[i])));
    assert_true(span_equal(item->sealed.document, buf_span(&inbox.document[i])));
    buf_destroy(&seal);
}

static size_t deliver_all(delivery_frame_t *packer, uint64_t last, deliver_t *frame)
{
    size_t frames = 0;
    for (uint64_t next = 1; next <= last; frames++) {
        int n = delivery_frame_fill(packer, &supply, next, last, &why);
        assert_in_range(n, 1, FRAME_ITEMS_MAX);
        span_t bytes =
            delivery_frame_finish(packer, span_text("note"), span_of(sample_hashes, 32));
        assert_int_equal(deliver_take(frame, bytes, &why), 0);
        assert_int_equal(frame->n, n);
        assert_true(span_is(frame->checkpoint, "note"));
        for (size_t k = 0; k < frame->n; k++) {
            assert_int_equal(frame->item[k].number, next + k);
            assert_int_equal(delivery_frame_positions(packer)[k], (next + k) * 10);
            is_whole(frame, k);
        }
        next += (uint64_t)n;
    }
    return frames;
}

static void everything_arrives_as_it_was_stored(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    assert_in_range(deliver_all(packer, ENTRIES, frame), 3, 10);
    free(frame);
    delivery_frame_destroy(&packer);
    assert_null(packer);
    delivery_frame_destroy(&packer);
}

static void what_was_sealed_together_shares_a_head(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    assert_int_equal(deliver_all(packer, 3 * BATCH, frame), 1);
    assert_int_equal(frame->heads, 1); // the sample's batches are all the same
    assert_int_equal(frame->certs, 1);
    assert_int_equal(inbox.asked, 1);
    free(frame);
    delivery_frame_destroy(&packer);
}

static void a_certificate_the_receiver_has_stays_here(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    inbox.signatures = 3;
    inbox.known = 2;
    assert_int_equal(deliver_all(packer, 4, frame), 1);
    assert_int_equal(inbox.asked, 3);
    assert_int_equal(frame->certs, 1);
    free(frame);
    delivery_frame_destroy(&packer);
}

static void large_documents_make_more_frames(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    inbox.document_size = 100 * 1024; // two in a frame
    assert_int_equal(deliver_all(packer, 10, frame), 5);
    free(frame);
    delivery_frame_destroy(&packer);
}

static void one_document_larger_than_a_frame_still_goes(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    inbox.document_size = 1 << 20;
    assert_int_equal(deliver_all(packer, 3, frame), 3);
    free(frame);
    delivery_frame_destroy(&packer);
}

static void what_cannot_be_read_is_a_failure(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    inbox.unreadable = 3;
    assert_int_equal(delivery_frame_fill(packer, &supply, 1, 5, &why), -1);
    assert_string_equal(why.text, "the seal at position 30 cannot be read");
    assert_int_equal(
        delivery_frame_fill(packer, &supply, ENTRIES, ENTRIES + 1, &why), -1);
    assert_string_equal(why.text, "no entry 3001");
    assert_int_equal(delivery_frame_fill(packer, &supply, 1, 2, &why), 2); // and goes on
    delivery_frame_destroy(&packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_arrives_as_it_was_stored, begin, end),
        cmocka_unit_test_setup_teardown(
            what_was_sealed_together_shares_a_head, begin, end),
        cmocka_unit_test_setup_teardown(
            a_certificate_the_receiver_has_stays_here, begin, end),
        cmocka_unit_test_setup_teardown(large_documents_make_more_frames, begin, end),
        cmocka_unit_test_setup_teardown(
            one_document_larger_than_a_frame_still_goes, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_a_failure, begin, end),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
