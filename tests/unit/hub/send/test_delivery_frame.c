// delivery_frame: what a DELIVER frame holds is what the log holds, heads once, in
// bounded frames.

#include "hub/send/delivery_frame.h"

#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { ENTRIES = 3000, BATCH = 40, AUTHOR = 10, SIGNERS = 3 };

// An inbox of entries; BATCH of them are sealed together.
typedef struct {
    buf_t seal[ENTRIES];
    buf_t document[ENTRIES];
    size_t document_size;
    uint64_t unreadable; // number of an entry whose seal is spoiled; 0: none
    size_t signatures;
} inbox_t;

static inbox_t inbox;
static people_t people;
static delivery_receiver_t receiver;
static cause_t why;

static delivery_frame_item_t entry(uint64_t number)
{
    static const char spoiled[] = "dabyl-seal/v1\nindex 1\npath !\n";
    size_t i = number - 1;
    assert_in_range(number, 1, ENTRIES);
    if (inbox.seal[i].size == 0) {
        sample_seal(BATCH, (uint32_t)(i % BATCH), inbox.signatures, &inbox.seal[i]);
        buf_printf(&inbox.document[i], "{\"n\":%zu}", i);
        while (inbox.document[i].size < inbox.document_size)
            buf_put_text(&inbox.document[i], "                                ");
    }
    return (delivery_frame_item_t){.number = number,
        .position = number * 10,
        .leaf = span_text("a leaf\n"),
        .document = buf_span(&inbox.document[i]),
        .seal =
            number == inbox.unreadable ? span_text(spoiled) : buf_span(&inbox.seal[i]),
        .why = span_text("deliver isoc-a r sender 8.3")};
}

// The certificate of one of those who sign.
static const cert_t *cert_of(uint8_t signer)
{
    seal_key_t key = sample_key((uint8_t)(AUTHOR + signer));
    const cert_t *cert = roster_any_seal(receiver.roster, key.id);
    assert_non_null(cert);
    return cert;
}

static int open_people(void **state)
{
    static const uint8_t key[32] = {7};
    sessions_t *sessions = sessions_new();
    (void)state;
    people_open(&people, INT64_C(1795348800000));
    for (uint8_t i = 0; i < SIGNERS; i++) {
        seal_key_t signer = sample_key((uint8_t)(AUTHOR + i));
        char name[16];
        (void)snprintf(name, sizeof name, "isoc-%c", 'b' + i);
        person_t person = {name, "isoc", "STS", NULL, signer.public_key, 0};
        people_certify(&people, &person, CERT_SEAL);
        person.key = NULL;
        people_certify(&people, &person, CERT_CHANNEL);
    }
    people_publish(&people, 1);
    receiver = (delivery_receiver_t){people_roster(&people), sessions,
        sessions_open(sessions, span_text("r"), key, "isoc-a", 0)};
    return 0;
}

static int close_people(void **state)
{
    roster_t *roster = (roster_t *)receiver.roster;
    (void)state;
    sessions_destroy(&receiver.sessions);
    roster_close(&roster);
    people_close(&people);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    inbox = (inbox_t){.signatures = 1};
    sessions_forget_certs(receiver.sessions, NULL);
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

// A frame with the entries numbered first..last, as many as fit; how many, or -1.
static int fill(delivery_frame_t *packer, uint64_t first, uint64_t last)
{
    int added = 1;
    delivery_frame_begin(packer, &receiver);
    for (uint64_t number = first; added == 1 && number <= last; number++) {
        delivery_frame_item_t item = entry(number);
        added = delivery_frame_add(packer, &item, &why);
    }
    return added < 0 ? -1 : (int)delivery_frame_count(packer);
}

static size_t deliver_all(delivery_frame_t *packer, uint64_t last, deliver_t *frame)
{
    size_t frames = 0;
    for (uint64_t next = 1; next <= last; frames++) {
        int n = fill(packer, next, last);
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
    assert_true(span_equal(frame->cert[0], buf_span(&cert_of(0)->der)));
    free(frame);
    delivery_frame_destroy(&packer);
}

static void a_certificate_the_receiver_has_stays_here(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    inbox.signatures = SIGNERS;
    for (uint8_t known = 0; known < 2; known++)
        assert_true(
            sessions_new_cert(receiver.sessions, receiver.session, cert_of(known)));
    assert_int_equal(deliver_all(packer, 4, frame), 1);
    assert_int_equal(frame->certs, 1);
    assert_true(span_equal(frame->cert[0], buf_span(&cert_of(2)->der)));
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
    assert_int_equal(fill(packer, 1, 5), -1);
    assert_string_equal(why.text, "the seal at position 30 cannot be read");
    assert_int_equal(fill(packer, 1, 2), 2); // and goes on
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
    return test_group(tests, open_people, close_people);
}
