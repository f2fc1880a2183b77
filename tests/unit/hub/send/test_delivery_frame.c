// delivery_frame: what a DELIVER frame holds is what the log holds, heads once, in
// bounded frames.

#include "hub/send/delivery_frame.h"

#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { ENTRIES = 3000, BATCH = 40, AUTHOR = 10, SIGNERS = 3 };

// An inbox of entries; BATCH of them are sealed together.
typedef struct {
    buf_t head; // of all seals: every batch has the same
    buf_t leaf[ENTRIES], path[ENTRIES], document[ENTRIES];
    size_t document_size;
    uint64_t displaced; // number of an entry whose path is cut; 0: none
    uint64_t aside;     // of one that is set aside; 0: none
    size_t signatures;
} inbox_t;

static inbox_t inbox;
static people_t people;
static roster_t *roster;
static sessions_t *sessions;
static session_t *session;
static buf_t sent; // the last frame
static stock_seal_t seals;
static stock_item_t items[ENTRIES];
static cause_t why;

static void make_entry(size_t i)
{
    leaf_t leaf = {.position = (i + 1) * 10,
        .type = "message",
        .kind = "advisory",
        .author = "isoc-b",
        .id = "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01",
        .has_document = true,
        .has_seal = true,
        .has_record = i % 3 > 0};
    if (inbox.head.size == 0)
        sample_seal_head(BATCH, inbox.signatures, &inbox.head);
    sample_path(BATCH, (uint32_t)(i % BATCH), &inbox.path[i]);
    buf_printf(&inbox.document[i], "{\"n\":%zu}", i);
    while (inbox.document[i].size < inbox.document_size)
        buf_put_text(&inbox.document[i], "                                ");
    sha256(buf_span(&inbox.document[i]), &leaf.document);
    sha256(buf_span(&inbox.head), &leaf.seal);
    leaf_put(&leaf, &inbox.leaf[i]);
}

// The certificate of one of those who sign.
static const cert_t *cert_of(uint8_t signer)
{
    seal_key_t key = sample_key((uint8_t)(AUTHOR + signer));
    const cert_t *cert = roster_any_seal(roster, key.id);
    assert_non_null(cert);
    return cert;
}

static delivery_frame_item_t entry(uint64_t number)
{
    size_t i = number - 1;
    assert_in_range(number, 1, ENTRIES);
    if (inbox.leaf[i].size == 0)
        make_entry(i);
    span_t path = buf_span(&inbox.path[i]);
    if (number == inbox.displaced)
        path.size -= sizeof(hash_t);
    stock_item_t *item = &items[i];
    *item = (stock_item_t){.position = number * 10,
        .leaf = buf_span(&inbox.leaf[i]),
        .document = buf_span(&inbox.document[i]),
        .seal = &seals,
        .place = {buf_span(&inbox.head), (uint32_t)(i % BATCH), path},
        .aside = number == inbox.aside};
    leaf_divide(item->leaf, &item->front, &item->back);
    seals = (stock_seal_t){.text = item->place.head, .certs = inbox.signatures};
    for (uint8_t k = 0; k < inbox.signatures; k++)
        seals.cert[k] = cert_of(k);
    return (delivery_frame_item_t){.number = number,
        .why =
            span_text(i % 2 ? "deliver isoc-a r sender 8.3" : "deliver isoc-a r none 9"),
        .entry = item};
}

static int open_people(void **state)
{
    static const uint8_t key[32] = {7};
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
    roster = people_roster(&people);
    sessions = sessions_new();
    session = sessions_open(sessions, span_text("r"), key, "isoc-a", 0);
    return 0;
}

static int close_people(void **state)
{
    (void)state;
    sessions_destroy(&sessions);
    roster_close(&roster);
    people_close(&people);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    inbox = (inbox_t){.signatures = 1};
    sessions_forget_certs(sessions, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_destroy(&sent);
    buf_destroy(&inbox.head);
    for (size_t i = 0; i < ENTRIES; i++) {
        buf_destroy(&inbox.leaf[i]);
        buf_destroy(&inbox.path[i]);
        buf_destroy(&inbox.document[i]);
    }
    return 0;
}

// That leaf, document, seal and line put together from the frame are those of the log.
static void is_whole(const deliver_t *frame, size_t k)
{
    const deliver_item_t *item = &frame->item[k];
    delivery_frame_item_t in = entry(item->number);
    const stock_item_t *was = in.entry;
    const sealed_head_t *head = &frame->head[item->sealed.head];
    hash_t document, seal;
    buf_t leaf = {0};
    assert_true(span_equal(frame->why[item->why], in.why));
    assert_int_equal(item->aside, was->aside);
    if (item->aside) {
        assert_true(span_equal(item->leaf, was->leaf));
        return;
    }
    sha256(item->sealed.document, &document);
    sha256(head->text, &seal);
    leaf_join(item->front, &document, &seal, item->back, &leaf);
    assert_true(span_equal(buf_span(&leaf), was->leaf));
    assert_true(span_equal(item->sealed.document, was->document));
    assert_true(span_equal(head->text, was->place.head));
    assert_int_equal(item->sealed.index, was->place.index);
    buf_destroy(&leaf);
}

// That each head's proof gives back the paths of its items.
static void are_proven(const deliver_t *frame)
{
    for (size_t h = 0; h < frame->heads; h++) {
        uint64_t index[FRAME_ITEMS_MAX];
        hash_t leaf[FRAME_ITEMS_MAX];
        size_t item[FRAME_ITEMS_MAX], n = 0;
        buf_t *path = calloc(FRAME_ITEMS_MAX, sizeof *path);
        for (size_t k = 0; k < frame->n; k++)
            if (!frame->item[k].aside && frame->item[k].sealed.head == h) {
                size_t i = frame->item[k].sealed.index;
                hash_t document;
                sha256(span_of(&i, sizeof i), &document); // as sample_seal_head has it
                merkle_leaf(span_of(document.bytes, sizeof document), &leaf[n]);
                index[n] = i;
                item[n++] = frame->item[k].number - 1;
            }
        assert_int_equal(sealing_paths(&frame->head[h], index, leaf, n, path), 0);
        for (size_t k = 0; k < n; k++) {
            assert_true(span_equal(buf_span(&path[k]), buf_span(&inbox.path[item[k]])));
            buf_destroy(&path[k]);
        }
        free(path);
    }
}

// A frame with the entries numbered first..last, as many as fit; how many.
static int fill(delivery_frame_t *packer, uint64_t first, uint64_t last)
{
    bool added = true;
    delivery_frame_begin(packer, sessions, session);
    for (uint64_t number = first; added && number <= last; number++) {
        delivery_frame_item_t item = entry(number);
        added = delivery_frame_add(packer, &item);
    }
    return (int)delivery_frame_count(packer);
}

static int finish(delivery_frame_t *packer)
{
    buf_clear(&sent);
    return delivery_frame_finish(
        packer, span_text("note"), span_of(sample_hashes, 32), &sent, &why);
}

static size_t deliver_all(delivery_frame_t *packer, uint64_t last, deliver_t *frame)
{
    size_t frames = 0;
    for (uint64_t next = 1; next <= last; frames++) {
        int n = fill(packer, next, last);
        assert_in_range(n, 1, FRAME_ITEMS_MAX);
        if (finish(packer) != 0)
            fail_msg("%s", why.text);
        assert_int_equal(deliver_take(frame, buf_span(&sent), &why), 0);
        assert_int_equal(frame->n, n);
        assert_true(span_is(frame->checkpoint, "note"));
        for (size_t k = 0; k < frame->n; k++) {
            assert_int_equal(frame->item[k].number, next + k);
            assert_int_equal(delivery_frame_positions(packer)[k], (next + k) * 10);
            is_whole(frame, k);
        }
        are_proven(frame);
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
    assert_int_equal(deliver_all(packer, BATCH, frame), 1);
    assert_int_equal(frame->heads, 1);
    assert_int_equal(frame->head[0].proof.size, 0); // all that it covers is there
    assert_int_equal(frame->whys, 2);               // each line once, too
    sessions_forget_certs(sessions, NULL);
    // The sample's batches all have the same head, but their places begin anew.
    assert_int_equal(deliver_all(packer, 3 * BATCH, frame), 1);
    assert_int_equal(frame->heads, 3);
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
        assert_true(sessions_new_cert(sessions, session, cert_of(known)));
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

static void what_is_not_at_its_place_is_a_failure(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    inbox.displaced = 3;
    assert_int_equal(fill(packer, 1, 5), 5);
    assert_int_equal(finish(packer), -1);
    assert_string_equal(why.text, "a document is not where its seal has it");
    assert_int_equal(fill(packer, 1, 2), 2); // and goes on
    assert_int_equal(finish(packer), 0);
    delivery_frame_destroy(&packer);
}

// The frame for these entries, and whether it takes over what the one before had.
static bool repeats(delivery_frame_t *packer, uint64_t first, uint64_t last)
{
    deliver_t *frame = malloc(sizeof *frame);
    assert_int_equal(fill(packer, first, last), last + 1 - first);
    bool same = delivery_frame_repeats(packer);
    assert_int_equal(finish(packer), 0);
    assert_int_equal(deliver_take(frame, buf_span(&sent), &why), 0);
    for (size_t k = 0; k < frame->n; k++)
        is_whole(frame, k);
    are_proven(frame);
    free(frame);
    return same;
}

static void who_gets_the_same_gets_the_same_proofs(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    assert_false(repeats(packer, 3, 2 * BATCH));
    assert_true(repeats(packer, 3, 2 * BATCH));
    assert_false(repeats(packer, 3, 2 * BATCH - 1));
    assert_false(repeats(packer, 3, 2 * BATCH));
    assert_false(repeats(packer, 4, 2 * BATCH));
    assert_true(repeats(packer, 4, 2 * BATCH));
    inbox.aside = 5; // from now on
    assert_false(repeats(packer, 4, 2 * BATCH));
    assert_true(repeats(packer, 4, 2 * BATCH));
    inbox.aside = 0;
    inbox.displaced = 5;
    (void)fill(packer, 4, 2 * BATCH);
    assert_int_equal(finish(packer), -1);
    inbox.displaced = 0;
    assert_false(repeats(packer, 4, 2 * BATCH)); // there was nothing to take over
    delivery_frame_destroy(&packer);
}

// Of what is set aside the leaf goes alone: without a head, a certificate or its weight.
static void what_is_set_aside_is_its_leaf(void **state)
{
    (void)state;
    delivery_frame_t *packer = delivery_frame_new();
    deliver_t *frame = malloc(sizeof *frame);
    inbox.aside = 1;
    assert_int_equal(deliver_all(packer, 1, frame), 1);
    assert_int_equal(frame->heads, 0);
    assert_int_equal(frame->certs, 0);
    inbox.aside = 3;
    assert_int_equal(deliver_all(packer, 5, frame), 1);
    assert_int_equal(frame->heads, 1);
    assert_true(frame->item[2].aside);
    free(frame);
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
        cmocka_unit_test_setup_teardown(
            what_is_not_at_its_place_is_a_failure, begin, end),
        cmocka_unit_test_setup_teardown(
            who_gets_the_same_gets_the_same_proofs, begin, end),
        cmocka_unit_test_setup_teardown(what_is_set_aside_is_its_leaf, begin, end),
    };
    return test_group(tests, open_people, close_people);
}
