// link: a node against a hub that does as the test says: sessions, receipts, deliveries,
// and everything a broken, lying or rolled-back hub may send.

#include "tests/lib/fake_hub.h"

#include "lib/base/refusal.h"
#include "tests/lib/test.h"

typedef struct {
    fake_hub_t *hub;
    link_t *link;
    link_options_t options;
    seal_key_t seal;
    authority_t *ca;
    // what the link told
    size_t events[LINK_RETRY + 1];
    char code[64], text[512];
    size_t receipts, refused, certificates;
    uint64_t tags[64];
    uint64_t position;
    buf_t proof; // the tlog-proof of the last receipt
    uint64_t delivered[256];
    char carried[160];       // the ids of what was brought along, each as it was proven
    size_t deliveries, room; // at most `room` are taken
    char explained[64];
    char attachment[160]; // what was told of attachments, one after the other
} world_t;

static void on_event(void *context, const link_event_t *event)
{
    world_t *world = context;
    world->events[event->type]++;
    (void)snprintf(world->code, sizeof world->code, "%s", event->code);
    (void)snprintf(world->text, sizeof world->text, "%s", event->text);
}

static void on_receipts(
    void *context, const link_receipt_t *receipt, size_t n, span_t checkpoint)
{
    world_t *world = context;
    for (size_t i = 0; i < n; i++) {
        world->tags[world->receipts++ % 64] = receipt[i].tag;
        buf_clear(&world->proof);
        tlog_proof_write(&world->proof, receipt[i].leaf_bytes, receipt[i].leaf->position,
            receipt[i].path, checkpoint);
        assert_false(receipt[i].other_seal);
    }
}

static void on_refused(void *context, const link_refused_t *refused)
{
    world_t *world = context;
    world->refused++;
    (void)snprintf(world->code, sizeof world->code, "%.*s", (int)refused->code.size,
        refused->code.data);
}

static void on_certificate(void *context, const cert_t *cert)
{
    world_t *world = context;
    assert_int_equal(cert->use, CERT_SEAL);
    world->certificates++;
}

static void take_carried(world_t *world, const link_carried_t *carried)
{
    size_t used = strlen(world->carried);
    checkpoint_t shown;
    tlog_proof_t proof = {0};
    cause_t why;
    (void)snprintf(world->carried + used, sizeof world->carried - used, "%s ",
        carried->leaf->id + 33);
    buf_clear(&world->proof);
    tlog_proof_write(&world->proof, carried->leaf_bytes, carried->leaf->position,
        carried->path, carried->checkpoint);
    assert_int_equal(tlog_proof_parse(&proof, buf_span(&world->proof), &why), 0);
    assert_int_equal(tlog_proof_check(&proof, &world->hub->vkey, &shown, &why), 0);
    tlog_proof_close(&proof);
    hash_t hash;
    sha256(carried->document, &hash);
    assert_true(hash_equal(&hash, &carried->leaf->document));
}

static size_t on_deliveries(
    void *context, const link_delivery_t *delivery, size_t n, span_t checkpoint)
{
    world_t *world = context;
    size_t taken = n < world->room ? n : world->room;
    for (size_t i = 0; i < taken; i++) {
        seal_t seal;
        cause_t why;
        checkpoint_t shown;
        tlog_proof_t proof = {0};
        world->delivered[world->deliveries++] = delivery[i].number;
        assert_string_equal(delivery[i].author->name, delivery[i].leaf->author);
        assert_int_equal(seal_parse(&seal, delivery[i].seal, &why), 0);
        buf_clear(&world->proof);
        tlog_proof_write(&world->proof, delivery[i].leaf_bytes,
            delivery[i].leaf->position, delivery[i].path, checkpoint);
        assert_int_equal(tlog_proof_parse(&proof, buf_span(&world->proof), &why), 0);
        assert_int_equal(tlog_proof_check(&proof, &world->hub->vkey, &shown, &why), 0);
        tlog_proof_close(&proof);
        for (size_t k = 0; k < delivery[i].carries; k++)
            take_carried(world, &delivery[i].carried[k]);
    }
    world->room -= taken;
    return taken;
}

static void on_explained(void *context, uint32_t request, span_t json)
{
    world_t *world = context;
    (void)snprintf(world->explained, sizeof world->explained, "%u %.*s", request,
        (int)json.size, json.data);
}

static void on_held(void *context, const held_t *held)
{
    world_t *world = context;
    (void)snprintf(world->attachment, sizeof world->attachment, "held %d of %d, %d",
        (int)held->offset, (int)held->size, (int)held->piece);
}

static void on_piece(void *context, const piece_t *piece)
{
    world_t *world = context;
    (void)snprintf(world->attachment, sizeof world->attachment, "piece %.*s at %d of %d",
        (int)piece->data.size, (const char *)piece->data.data, (int)piece->offset,
        (int)piece->size);
}

static void on_attachment_refused(void *context, const refused_item_t *item)
{
    world_t *world = context;
    (void)snprintf(world->attachment, sizeof world->attachment, "refused %.*s",
        (int)item->code.size, (const char *)item->code.data);
}

static void on_handed_in(void *context, const link_receipt_t *receipt, span_t checkpoint)
{
    world_t *world = context;
    assert_true(checkpoint.size > 0 && receipt->leaf_bytes.size > 0);
    (void)snprintf(world->attachment, sizeof world->attachment, "handed in %.*s",
        (int)receipt->told.size, (const char *)receipt->told.data);
}

static void link_up(world_t *world)
{
    cause_t why;
    link_events_t events = {.context = world,
        .event = on_event,
        .receipts = on_receipts,
        .refused = on_refused,
        .certificate = on_certificate,
        .deliveries = on_deliveries,
        .explained = on_explained,
        .held = on_held,
        .piece = on_piece,
        .attachment_refused = on_attachment_refused,
        .handed_in = on_handed_in};
    world->link = link_open(&world->options, &events, &why);
    if (!world->link)
        fail_msg("%s", why.text);
}

static int set_up(void **state)
{
    static const char *endpoint[2];
    cause_t why;
    world_t *world = calloc(1, sizeof *world);
    world->hub = hub_new();
    world->room = SIZE_MAX;
    fake_key(&world->seal);
    world->ca = authority_open(scratch_at(&world->hub->scratch, "ca.pem"), NULL, &why);
    assert_non_null(world->ca);
    endpoint[0] = world->hub->endpoint;
    world->options = (link_options_t){.node = "isoc-energy",
        .agent = "test",
        .endpoint = endpoint,
        .endpoints = 1,
        .seal = &world->seal,
        .vkey = world->hub->vkey,
        .ca = world->ca,
        .window = 8,
        .retry_ms = 2,
        .paths = true};
    memcpy(world->options.hub_key, world->hub->public_key, 32);
    crypto_box_keypair(world->options.public_key, world->options.secret_key);
    leaf_t origin = {.type = "origin"};
    hub_append(world->hub, &origin);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    link_close(&world->link);
    authority_close(&world->ca);
    hub_free(world->hub);
    buf_destroy(&world->proof);
    free(world);
    return 0;
}

// Both sides go on until the condition holds.  What the node says meanwhile is dropped,
// but not what it says in the turn that makes the condition true.
#define AWAIT(world, condition)                                                          \
    do {                                                                                 \
        int64_t until_ = clock_now().monotonic_ms + 20000;                               \
        for (;;) {                                                                       \
            assert_true(clock_now().monotonic_ms < until_);                              \
            link_wait((world)->link, 2);                                                 \
            if (condition)                                                               \
                break;                                                                   \
            (void)hub_take((world)->hub);                                                \
        }                                                                                \
    } while (0)

static void welcome(world_t *world, uint32_t window)
{
    size_t before = world->events[LINK_READY];
    hub_await(world->hub, world->link, FRAME_HELLO);
    hub_welcome(world->hub, window);
    AWAIT(world, world->events[LINK_READY] > before);
}

static const char *const ids[] = {"0192f0c1-0000-7000-8000-000000000001",
    "0192f0c1-0000-7000-8000-000000000002", "0192f0c1-0000-7000-8000-000000000003",
    "0192f0c1-0000-7000-8000-000000000004", "0192f0c1-0000-7000-8000-000000000005"};

// A parcel of n documents, tagged first, first+1, ...
static void publish(world_t *world, size_t first, size_t n)
{
    cause_t why;
    parcel_t *parcel = parcel_new();
    const seal_key_t *key = &world->seal;
    for (size_t i = first; i < first + n; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "{\"n\":%zu}", i);
        parcel_add(parcel, ids[i], span_text(text), i);
    }
    assert_int_equal(parcel_seal(parcel, HUB_ORIGIN, &key, 1, &why), 0);
    link_publish(world->link, &parcel);
    assert_null(parcel);
}

static void take_publish(world_t *world, publish_t *frame)
{
    cause_t why;
    hub_await(world->hub, world->link, FRAME_PUBLISH);
    assert_int_equal(publish_take(frame, hub_frame(world->hub), &why), 0);
}

static void greets_with_what_it_has(void **state)
{
    world_t *world = *state;
    hello_t hello;
    cause_t why;
    buf_t note = {0};
    hub_checkpoint(world->hub, 1, &note);
    world->options.stored = 7;
    world->options.position = 41;
    world->options.checkpoint = buf_span(&note);
    link_up(world);
    hub_await(world->hub, world->link, FRAME_HELLO);
    assert_int_equal(hello_take(&hello, hub_frame(world->hub), &why), 0);
    assert_true(span_is(hello.node, "isoc-energy"));
    buf_t agent = {0};
    peer_put_agent(&agent, "test");
    assert_true(span_equal(hello.agent, buf_span(&agent)));
    buf_destroy(&agent);
    assert_int_equal(hello.stored, 7);
    assert_int_equal(hello.position, 41);
    assert_int_equal(hello.window, 8);
    assert_true(span_equal(hello.checkpoint, buf_span(&note)));
    assert_memory_equal(world->hub->admitted, world->options.public_key, 32);
    buf_destroy(&note);
}

static void knows_what_its_hub_knows(void **state)
{
    world_t *world = *state;
    buf_t frame = {0};
    link_up(world);
    welcome(world, 8);
    assert_false(link_hub_knows(world->link, PEER_KNOWS)); // until it says so
    knows_put(&frame, span_text("dabyl-hub 3 +more +knows"));
    hub_send(world->hub, &frame);
    AWAIT(world, link_hub_knows(world->link, PEER_KNOWS));
    buf_clear(&frame);
    bare_put(&frame, FRAME_RESYNC);
    hub_send(world->hub, &frame); // an older one has taken its place
    AWAIT(world, !link_hub_knows(world->link, PEER_KNOWS));
    welcome(world, 8);
    assert_false(link_hub_knows(world->link, PEER_KNOWS));
    buf_destroy(&frame);
}

static void publishes_and_verifies_receipts(void **state)
{
    world_t *world = *state;
    publish_t *frame = calloc(1, sizeof *frame);
    buf_t out = {0};
    link_up(world);
    publish(world, 0, 3);
    welcome(world, 8);
    take_publish(world, frame);
    assert_int_equal(frame->n, 3);
    assert_int_equal(frame->heads, 1);
    hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
    hub_send(world->hub, &out);
    AWAIT(world, world->receipts == 3);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(world->tags[i], i);
    assert_int_equal(link_unanswered(world->link), 0);

    tlog_proof_t proof = {0};
    checkpoint_t checkpoint;
    cause_t why;
    assert_int_equal(tlog_proof_parse(&proof, buf_span(&world->proof), &why), 0);
    assert_int_equal(tlog_proof_check(&proof, &world->hub->vkey, &checkpoint, &why), 0);
    assert_int_equal(checkpoint.size, 4);
    tlog_proof_close(&proof);
    // The same receipt again changes nothing.
    hub_send(world->hub, &out);
    publish(world, 3, 1);
    take_publish(world, frame);
    hub_receipt(world->hub, frame, "isoc-energy", ids + 3, &out);
    hub_send(world->hub, &out);
    AWAIT(world, world->receipts == 4);
    assert_int_equal(world->events[LINK_BROKEN], 0);
    buf_destroy(&out);
    free(frame);
}

static void keeps_to_the_window(void **state)
{
    world_t *world = *state;
    publish_t *frame = calloc(1, sizeof *frame);
    buf_t out = {0};
    link_up(world);
    publish(world, 0, 3);
    publish(world, 3, 2);
    welcome(world, 2);
    take_publish(world, frame);
    assert_int_equal(frame->n, 2);
    hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
    hub_send(world->hub, &out);
    take_publish(world, frame); // the third of one parcel, the first of the next
    assert_int_equal(frame->n, 2);
    assert_int_equal(frame->heads, 2);
    assert_int_equal(world->receipts, 2);
    buf_destroy(&out);
    free(frame);
}

static void publishes_again_after_a_restart(void **state)
{
    world_t *world = *state;
    publish_t *frame = calloc(1, sizeof *frame);
    buf_t out = {0};
    link_up(world);
    publish(world, 0, 2);
    welcome(world, 8);
    take_publish(world, frame);
    hub_hang_up(world->hub);
    AWAIT(world, world->events[LINK_LOST] > 0);
    hub_listen(world->hub);
    welcome(world, 8);
    take_publish(world, frame);
    assert_int_equal(frame->n, 2);
    hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
    hub_send(world->hub, &out);
    AWAIT(world, world->receipts == 2);
    assert_int_equal(link_unanswered(world->link), 0);
    buf_destroy(&out);
    free(frame);
}

static void greets_again_when_asked(void **state)
{
    world_t *world = *state;
    publish_t *frame = calloc(1, sizeof *frame);
    buf_t out = {0};
    link_up(world);
    publish(world, 0, 1);
    welcome(world, 8);
    take_publish(world, frame);
    bare_put(&out, FRAME_RESYNC);
    hub_send(world->hub, &out);
    welcome(world, 8);
    take_publish(world, frame);
    assert_int_equal(frame->n, 1);
    assert_int_equal(world->hub->handshakes, 1);
    buf_destroy(&out);
    free(frame);
}

static void put_refusal(
    const publish_t *frame, size_t i, const char *code, bool retry, buf_t *out)
{
    refused_t *refused = calloc(1, sizeof *refused);
    refused->n = 1;
    refused->item[0] = (refused_item_t){.code = span_text(code),
        .pointer = span_text("/level"),
        .by = span_text("test"),
        .text = span_text("words"),
        .retry = retry};
    sha256(frame->item[i].document, &refused->item[0].document);
    buf_clear(out);
    refused_put(out, refused);
    free(refused);
}

static void tells_refusals_and_retries(void **state)
{
    world_t *world = *state;
    publish_t *frame = calloc(1, sizeof *frame);
    buf_t out = {0};
    link_up(world);
    publish(world, 0, 2);
    welcome(world, 8);
    take_publish(world, frame);
    put_refusal(frame, 0, "doc.schema", false, &out);
    hub_send(world->hub, &out);
    put_refusal(frame, 1, "disk.full", true, &out);
    hub_send(world->hub, &out);
    take_publish(world, frame); // only the second comes again
    assert_int_equal(world->refused, 1);
    assert_int_equal(world->events[LINK_RETRY], 1);
    assert_string_equal(world->code, "disk.full");
    assert_int_equal(frame->n, 1);
    assert_true(span_is(frame->item[0].document, "{\"n\":1}"));
    assert_int_equal(link_unanswered(world->link), 1);
    buf_destroy(&out);
    free(frame);
}

static void believes_no_false_receipt(void **state)
{
    world_t *world = *state;
    publish_t *frame = calloc(1, sizeof *frame);
    buf_t out = {0};
    link_up(world);
    publish(world, 0, 1);
    for (int round = 0; round < 6; round++) {
        welcome(world, 8);
        take_publish(world, frame);
        size_t broken = world->events[LINK_BROKEN];
        switch (round) {
        case 0: // another author's
            hub_receipt(world->hub, frame, "isoc-water", ids, &out);
            break;
        case 1: // another message's
            hub_receipt(world->hub, frame, "isoc-energy", ids + 1, &out);
            break;
        case 2: // signed by another log
            world->hub->log.secret_key[0] ^= 1;
            hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
            world->hub->log.secret_key[0] ^= 1;
            break;
        case 3: // a leaf of another time than the one in the tree
            hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
            *((uint8_t *)memmem(out.data, out.size, "\x07message", 8) - 1) ^= 1;
            break;
        case 4: // cut short
            hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
            out.size--;
            break;
        default: // a proof with one hash more
            hub_receipt(world->hub, frame, "isoc-energy", ids, &out);
            receipt_t *receipt = calloc(1, sizeof *receipt);
            cause_t why;
            buf_t copy = {0}, proof = {0};
            assert_int_equal(receipt_take(receipt, buf_span(&out), &why), 0);
            buf_put_span(&proof, receipt->proof);
            buf_put(&proof, out.data, 32);
            receipt->proof = buf_span(&proof);
            receipt_put(&copy, receipt);
            hub_send(world->hub, &copy);
            buf_clear(&out);
            bare_put(&out, FRAME_PULSE);
            buf_destroy(&copy);
            buf_destroy(&proof);
            free(receipt);
        }
        hub_send(world->hub, &out);
        AWAIT(world, world->events[LINK_BROKEN] > broken);
        assert_int_equal(world->receipts, 0);
    }
    assert_int_equal(link_unanswered(world->link), 1);
    buf_destroy(&out);
    free(frame);
}

static void deliver(world_t *world, size_t author, uint64_t first, size_t n)
{
    buf_t out = {0};
    fake_delivery_t *delivery =
        delivery_new(world->hub, author, first, n, HUB_ORIGIN, hub_time_ms);
    delivery_put(world->hub, delivery, &out);
    hub_send(world->hub, &out);
    delivery_free(delivery);
    buf_destroy(&out);
}

// The first n items of a delivery.
static void send_first(world_t *world, fake_delivery_t *delivery, size_t n)
{
    buf_t out = {0};
    delivery->frame.n = n;
    delivery_prove_places(delivery, &delivery->frame);
    delivery_put(world->hub, delivery, &out);
    hub_send(world->hub, &out);
    buf_destroy(&out);
}

static void take_ack(world_t *world, uint64_t number)
{
    ack_t ack;
    cause_t why;
    hash_t root;
    do {
        hub_await(world->hub, world->link, FRAME_ACK);
        assert_int_equal(ack_take(&ack, hub_frame(world->hub), &why), 0);
        assert_int_equal(ack_check(&ack, HUB_ORIGIN, world->seal.public_key), 0);
        assert_true(ack.number <= number);
    } while (ack.number < number);
    hub_root(world->hub, world->hub->size, &root);
    assert_true(hash_equal(&root, &ack.root));
}

static void takes_deliveries_in_order(void **state)
{
    world_t *world = *state;
    link_up(world);
    welcome(world, 8);
    fake_delivery_t *one = delivery_new(world->hub, 0, 1, 3, HUB_ORIGIN, hub_time_ms);
    fake_delivery_t *two = delivery_new(world->hub, 1, 4, 3, HUB_ORIGIN, hub_time_ms);
    send_first(world, one, 3);
    send_first(world, two, 2);
    take_ack(world, 5);
    assert_int_equal(world->deliveries, 5);
    assert_int_equal(world->certificates, 2);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(world->delivered[i], i + 1);
    // What comes again is acknowledged again, and not handed over.
    send_first(world, two, 3);
    take_ack(world, 6);
    assert_int_equal(world->deliveries, 6);
    assert_int_equal(world->certificates, 2);
    send_first(world, one, 2);
    take_ack(world, 6);
    assert_int_equal(world->deliveries, 6);
    delivery_free(one);
    delivery_free(two);
}

static void asks_for_what_is_missing(void **state)
{
    world_t *world = *state;
    again_t again;
    cause_t why;
    link_up(world);
    welcome(world, 8);
    deliver(world, 0, 1, 1);
    deliver(world, 0, 4, 2);
    hub_await(world->hub, world->link, FRAME_AGAIN);
    assert_int_equal(again_take(&again, hub_frame(world->hub), &why), 0);
    assert_int_equal(again.first, 2);
    assert_int_equal(again.last, 5);
    assert_int_equal(world->deliveries, 1);
    deliver(world, 0, 2, 4);
    take_ack(world, 5);
    assert_int_equal(world->deliveries, 5);
}

static void stops_taking_when_there_is_no_room(void **state)
{
    world_t *world = *state;
    again_t again;
    cause_t why;
    link_up(world);
    world->room = 2;
    welcome(world, 8);
    deliver(world, 0, 1, 4);
    take_ack(world, 2);
    deliver(world, 0, 5, 1);
    bare_put(
        &world->proof, FRAME_PULSE); // the hub's pulse shows the frame before it was read
    AWAIT(world, world->deliveries == 2);
    world->room = SIZE_MAX;
    link_resume(world->link);
    hub_await(world->hub, world->link, FRAME_AGAIN);
    assert_int_equal(again_take(&again, hub_frame(world->hub), &why), 0);
    assert_int_equal(again.first, 3);
    deliver(world, 0, 3, 3);
    take_ack(world, 5);
    assert_int_equal(world->deliveries, 5);
}

typedef enum {
    SPOIL_DOCUMENT,
    SPOIL_INDEX,
    SPOIL_PLACES,
    SPOIL_FRONT,
    SPOIL_BACK,
    SPOIL_SHIFTED,
    SPOIL_HEAD,
    SPOIL_ORIGIN,
    SPOIL_NO_CERT,
    SPOIL_OTHER_CA,
    SPOIL_OTHER_AUTHOR,
    SPOIL_LATE,
    SPOIL_CERT_BYTES,
    SPOIL_ROLE,
    SPOIL_END,
} spoil_t;

// An entry that names another document: what came is hashed to where it has its seal and
// its record.
static void shift_leaf(fake_hub_t *hub, fake_delivery_t *delivery)
{
    deliver_item_t *item = &delivery->frame.item[2];
    leaf_t leaf;
    cause_t why;
    assert_int_equal(
        leaf_take(&leaf, buf_span(&hub->text[delivery->position[2]]), &why), 0);
    leaf.has_record = true;
    leaf.record = leaf.seal;
    leaf.seal = leaf.document;
    memset(leaf.document.bytes, 7, sizeof leaf.document);
    delivery->position[2] = hub_append(hub, &leaf);
    const buf_t *octets = &hub->text[delivery->position[2]];
    item->front = span_of(octets->data, octets->size - 2 * sizeof(hash_t));
    item->back = (span_t){0};
}

// One delivery with one thing wrong.  Author 3's certificates are only used here.
static void put_spoiled(world_t *world, spoil_t spoil, buf_t *out)
{
    fake_hub_t *hub = world->hub;
    fake_author_t *by = &hub->author[3];
    fake_ca_t other = {0};
    const char *origin = spoil == SPOIL_ORIGIN ? "other.example/log" : HUB_ORIGIN;
    int64_t time_ms = spoil == SPOIL_LATE ? hub_time_ms + 20 * 86400000LL : hub_time_ms;
    fake_key(&by->key); // nothing remembered from an earlier round may help
    fake_cert(&hub->ca, by->name, spoil == SPOIL_ROLE ? "officer" : "isoc", "isoc-3",
        &by->key, 10, &by->der);
    if (spoil == SPOIL_OTHER_CA) {
        fake_ca(&other);
        fake_cert(&other, by->name, "isoc", "", &by->key, 10, &by->der);
        fake_ca_free(&other);
    }
    if (spoil == SPOIL_OTHER_AUTHOR)
        fake_cert(&hub->ca, "isoc-9", "isoc", "", &by->key, 10, &by->der);
    fake_delivery_t *delivery = delivery_new(hub, 3, 1, 3, origin, time_ms);
    deliver_t *frame = &delivery->frame;
    switch (spoil) {
    case SPOIL_DOCUMENT:
        delivery->document[1].data[3] ^= 1;
        break;
    case SPOIL_INDEX: // of two of the three
        frame->n = 2;
        delivery_prove_places(delivery, frame);
        frame->item[1].sealed.index = 2;
        break;
    case SPOIL_PLACES:
        frame->n = 2;
        delivery_prove_places(delivery, frame);
        delivery->proof.data[5] ^= 1;
        break;
    case SPOIL_FRONT: // its kind
        *(uint8_t *)memmem(hub->text[delivery->position[1]].data,
            frame->item[1].front.size, "advisory", 8) ^= 1;
        break;
    case SPOIL_BACK:
        frame->item[1].back = span_of("one more hash, 32 octets of it.", 32);
        break;
    case SPOIL_SHIFTED:
        shift_leaf(hub, delivery);
        break;
    case SPOIL_HEAD: // another signature, the rest as it was
        delivery->head.data[delivery->head.size - 10] ^= 1;
        break;
    case SPOIL_NO_CERT:
        frame->certs = 0;
        break;
    case SPOIL_CERT_BYTES:
        by->der.data[by->der.size / 2] ^= 1;
        break;
    default:
        break;
    }
    delivery_put(hub, delivery, out);
    delivery_free(delivery);
}

// Leaves are made of what came: whatever is not the log's leads elsewhere.
static const char *const spoilt_words[SPOIL_END] = {
    [SPOIL_DOCUMENT] = "leads to another root than the checkpoint's",
    [SPOIL_INDEX] = "not where the seal has them",
    [SPOIL_PLACES] = "not where the seal has them",
    [SPOIL_FRONT] = "leads to another root than the checkpoint's",
    [SPOIL_BACK] = "malformed leaf",
    [SPOIL_SHIFTED] = "is not of this document and seal",
    [SPOIL_HEAD] = "leads to another root than the checkpoint's",
};

static void believes_no_false_delivery(void **state)
{
    world_t *world = *state;
    buf_t out = {0};
    link_up(world);
    for (spoil_t spoil = 0; spoil < SPOIL_END; spoil++) {
        size_t broken = world->events[LINK_BROKEN];
        welcome(world, 8);
        put_spoiled(world, spoil, &out);
        hub_send(world->hub, &out);
        AWAIT(world, world->events[LINK_BROKEN] > broken);
        assert_int_equal(world->deliveries, 0);
        if (spoilt_words[spoil] && !strstr(world->text, spoilt_words[spoil]))
            fail_msg("spoil %d: \"%s\"", (int)spoil, world->text);
    }
    welcome(world, 8);
    put_spoiled(world, SPOIL_END, &out); // nothing wrong with this one
    hub_send(world->hub, &out);
    AWAIT(world, world->deliveries == 3);
    buf_destroy(&out);
}

#define SAME_ID "0192f0c1-0000-7000-8000-000000000002"
#define OTHER_ID "0192f0c1-0000-7000-8000-000000000009"

// A sealed, logged and proven delivery that says one thing in two ways.
static const fake_twist_t twists[] = {
    {.kind = "incident.notice"},
    {.kind = "advisor"},
    {.id = OTHER_ID},
    {.document = ""},
    {.document = "no JSON"},
    {.document = "[]"},
    {.document = "null"},
    {.document = "{}"},
    {.document = "{\"id\":\"" SAME_ID "\",\"from\":\"isoc-1\",\"kind\":\"advisory\"} {}"},
    {.document = "{\"id\":\"" SAME_ID "\",\"from\":\"isoc-1\",\"kind\":\"advisory\""},
    {.document = "{\"id\":\"" SAME_ID "\",\"from\":\"isoc-1\",\"kind\":\"advisory\","
                 "\"kind\":\"advisory\"}"},
    {.document = "{\"id\":\"" OTHER_ID "\",\"from\":\"isoc-1\",\"kind\":\"advisory\"}"},
    {.document = "{\"id\":\"" SAME_ID "\",\"from\":\"isoc-2\",\"kind\":\"advisory\"}"},
    {.document =
            "{\"id\":\"" SAME_ID "\",\"from\":\"isoc-1\",\"kind\":\"threat.notice\"}"},
    {.document = "{\"id\":\"" SAME_ID "\",\"from\":\"isoc-1\"}"},
    {.document = "{\"id\":7,\"from\":\"isoc-1\",\"kind\":\"advisory\"}"},
    {.document = "{\"id\":\"" SAME_ID "\",\"from\":[\"isoc-1\"],\"kind\":\"advisory\"}"},
    {.why = ""},
    {.why = "\n"},
    {.why = "because"},
    {.why = "deliver isoc-energy"},
    {.why = "deliver isoc-energy rule-1 none"},
    {.why = "deliver isoc-water rule-1 none 4"},
    {.why = "deliver isoc-energ rule-1 none 4"},
    {.why = "withhold isoc-energy rule-1 none marking.withheld 4"},
    {.why = "emit advisory " SAME_ID " rule-1 none 4"},
    {.why = "remark object.unknown sender"},
    {.why = "deliver isoc-energy rule-1 all 4"},
    {.why = "deliver  isoc-energy rule-1 none 4"},
    {.why = "deliver isoc-energy rule-1 none 4\n"},
    {.why = "deliver isoc-energy rule-1 none 4\ndeliver isoc-energy rule-2 none 5"},
    {.why = "deliver isoc-energy rule-1 none 4\ncarries isoc-water isoc-0 " SAME_ID},
    {.why = "deliver isoc-energy rule-1 none 4\nomits isoc-water marking.tlp 1"},
    {.why = "deliver isoc-energy rule-1 none 4\nrefers re isoc-0 " SAME_ID},
    {.why = "carries isoc-energy isoc-0 " SAME_ID},
    {.why = "deliver isoc-energy rule-1 none 4\n\nremark object.none sender"},
};

static void takes_nothing_that_contradicts_itself(void **state)
{
    world_t *world = *state;
    link_status_t status;
    buf_t out = {0};
    link_up(world);
    welcome(world, 8);
    deliver(world, 0, 1, 1);
    take_ack(world, 1);
    for (size_t i = 0; i < sizeof twists / sizeof twists[0]; i++) {
        size_t broken = world->events[LINK_BROKEN];
        if (i > 0)
            welcome(world, 8);
        fake_delivery_t *delivery =
            delivery_twisted(world->hub, 1, 2, 1, HUB_ORIGIN, hub_time_ms, &twists[i]);
        send_first(world, delivery, 1);
        delivery_free(delivery);
        AWAIT(world, world->events[LINK_BROKEN] > broken || world->deliveries > 1);
        if (world->deliveries > 1)
            fail_msg("twist %zu was taken", i);
        assert_string_equal(world->code, "delivery.contradicts");
        link_status(world->link, &status);
        assert_int_equal(status.stored, 1);
        assert_non_null(strstr(status.contradiction, "delivery 2 contradicts itself"));
    }
    welcome(world, 8);
    link_status(world->link, &status);
    assert_true(status.contradiction[0] != 0); // a welcome proves nothing of it
    deliver(world, 1, 2, 1);
    take_ack(world, 2);
    link_status(world->link, &status);
    assert_string_equal(status.contradiction, "");
    buf_destroy(&out);
}

// Items that share their lines have them looked at once; others' are looked at as well.
static void looks_at_all_lines_of_a_frame(void **state)
{
    world_t *world = *state;
    link_status_t status;
    link_up(world);
    welcome(world, 8);
    fake_delivery_t *delivery =
        delivery_new(world->hub, 1, 1, 3, HUB_ORIGIN, hub_time_ms);
    deliver_t *frame = &delivery->frame;
    frame->why[frame->whys] = span_text("deliver isoc-water rule-1 none 4");
    frame->item[2].why = (uint16_t)frame->whys++;
    send_first(world, delivery, 3);
    delivery_free(delivery);
    AWAIT(world, world->events[LINK_BROKEN] > 0 || world->deliveries > 0);
    assert_int_equal(world->deliveries, 0);
    link_status(world->link, &status);
    assert_non_null(strstr(status.contradiction, "delivery 3 contradicts itself"));
}

// Entries of the log under the numbers that each step gives them: the last step is wrong.
static void positions_only_rise(void **state)
{
    world_t *world = *state;
    static const struct {
        const char *what;
        uint64_t entry[2], number[2]; // entries are made in the order 0, 1, 2
    } cases[] = {
        {"an entry before the last one stored, as new", {1, 0}, {1, 2}},
        {"the last one once more, as new", {1, 1}, {1, 2}},
        {"a later one in the place of one that is stored", {1, 2}, {1, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_delivery_t *entry[3];
        size_t broken = world->events[LINK_BROKEN];
        world->deliveries = 0;
        link_up(world);
        welcome(world, 8);
        for (size_t j = 0; j < 3; j++)
            entry[j] = delivery_new(world->hub, 0, 1 + j, 1, HUB_ORIGIN, hub_time_ms);
        for (size_t j = 0; j < 2; j++) {
            entry[cases[i].entry[j]]->frame.item[0].number = cases[i].number[j];
            send_first(world, entry[cases[i].entry[j]], 1);
            if (j == 0)
                take_ack(world, 1);
        }
        AWAIT(world, world->events[LINK_BROKEN] > broken || world->deliveries > 1);
        if (world->events[LINK_BROKEN] == broken)
            fail_msg("taken: %s", cases[i].what);
        assert_string_equal(world->code, "delivery.contradicts");
        assert_int_equal(world->deliveries, 1);
        for (size_t j = 0; j < 3; j++)
            delivery_free(entry[j]);
        link_close(&world->link);
    }
}

// What was stored before this start counts as well.
static void positions_rise_over_a_restart(void **state)
{
    world_t *world = *state;
    fake_delivery_t *old = delivery_new(world->hub, 0, 6, 1, HUB_ORIGIN, hub_time_ms);
    fake_delivery_t *new = delivery_new(world->hub, 0, 6, 1, HUB_ORIGIN, hub_time_ms);
    world->options.stored = 5;
    world->options.position = old->position[0];
    link_up(world);
    welcome(world, 8);
    send_first(world, old, 1);
    AWAIT(world, world->events[LINK_BROKEN] > 0);
    assert_int_equal(world->deliveries, 0);
    welcome(world, 8);
    send_first(world, new, 1);
    take_ack(world, 6);
    delivery_free(old);
    delivery_free(new);
}

static void outlives_every_cut_and_flip(void **state)
{
    world_t *world = *state;
    fake_delivery_t *delivery =
        delivery_new(world->hub, 0, 1, 1, HUB_ORIGIN, hub_time_ms);
    buf_t good = {0}, bad = {0};
    delivery_put(world->hub, delivery, &good);
    link_up(world);
    size_t rounds = 0;
    for (size_t i = 0; i < good.size; i += 1 + good.size / 40, rounds++) {
        size_t broken = world->events[LINK_BROKEN];
        welcome(world, 8);
        buf_clear(&bad);
        buf_put(&bad, good.data, rounds % 2 ? i : good.size);
        if (rounds % 2 == 0)
            bad.data[i] ^= (uint8_t)(1 << rounds / 2 % 8);
        hub_send(world->hub, &bad);
        // A flip inside the rule of the `why` line, which nobody signs, may pass.
        AWAIT(world, world->events[LINK_BROKEN] > broken || world->deliveries > 0);
        if (world->deliveries > 0)
            break;
    }
    assert_true(rounds > 20);
    delivery_free(delivery);
    buf_destroy(&good);
    buf_destroy(&bad);
}

static void outlives_garbage(void **state)
{
    world_t *world = *state;
    buf_t out = {0};
    link_up(world);
    for (int round = 0; round < 40; round++) {
        size_t lost = world->events[LINK_BROKEN] + world->events[LINK_LOST] +
                      world->events[LINK_REFUSED];
        uint8_t bytes[200];
        hub_await(world->hub, world->link, FRAME_HELLO);
        buf_clear(&out);
        buf_put_u8(&out, round == 0 ? 9 : FRAME_VERSION);
        buf_put_u8(&out, (uint8_t)(round % 20));
        randombytes_buf(bytes, sizeof bytes);
        buf_put(&out, bytes, randombytes_uniform(sizeof bytes));
        if (round % 20 == FRAME_PULSE || round % 20 == FRAME_RESYNC ||
            round % 20 == FRAME_EXPLAINED)
            out.size = 1;
        hub_send(world->hub, &out);
        AWAIT(world, world->events[LINK_BROKEN] + world->events[LINK_LOST] +
                             world->events[LINK_REFUSED] >
                         lost);
    }
    welcome(world, 8);
    // Several parts are no frame of ours, and are not even looked at.
    assert_int_equal(
        zsock_send(world->hub->router, "fss", world->hub->route, "\1\2", "\1\3"), 0);
    deliver(world, 0, 1, 1);
    AWAIT(world, world->deliveries == 1);
    buf_destroy(&out);
}

// Also while it connects anew and says hello: its state is what it waits for.
static void is_stopped(world_t *world)
{
    link_status_t status;
    hub_await(world->hub, world->link, FRAME_HELLO);
    link_status(world->link, &status);
    assert_int_equal(status.state, LINK_STOPPED);
    hub_welcome(world->hub, 8);
    size_t stopped = world->events[LINK_STOPPED];
    AWAIT(world, world->events[LINK_STOPPED] > stopped);
    link_status(world->link, &status);
    assert_int_equal(status.state, LINK_STOPPED);
}

static void stops_at_a_smaller_log(void **state)
{
    world_t *world = *state;
    leaf_t leaf = {.type = "start"};
    hub_append(world->hub, &leaf);
    link_up(world);
    welcome(world, 8);
    hub_hang_up(world->hub);
    AWAIT(world, world->events[LINK_LOST] > 0);
    buf_destroy(&world->hub->text[--world->hub->size]);
    hub_listen(world->hub);
    hub_await(world->hub, world->link, FRAME_HELLO);
    hub_welcome(world->hub, 8);
    AWAIT(world, world->events[LINK_STOPPED] == 1);
    assert_non_null(strstr(world->text, "rolled back"));
    publish(world, 0, 1); // it waits
    is_stopped(world);
    hub_append(world->hub, &leaf); // and the true log is back, and has grown
    hub_append(world->hub, &leaf);
    welcome(world, 8);
    hub_await(world->hub, world->link, FRAME_PUBLISH);
}

// Another log under the same name and key, which by now is larger than the one seen.
static void stops_at_a_larger_log_that_did_not_grow_out_of_the_one_seen(void **state)
{
    world_t *world = *state;
    leaf_t leaf = {.type = "start"};
    hub_append(world->hub, &leaf);
    hub_append(world->hub, &leaf);
    link_up(world);
    welcome(world, 8);
    hub_hang_up(world->hub);
    AWAIT(world, world->events[LINK_LOST] > 0);
    hub_append(world->hub, &leaf);
    hub_append(world->hub, &leaf);
    world->hub->leaf[1].bytes[0] ^= 1;
    hub_listen(world->hub);
    hub_await(world->hub, world->link, FRAME_HELLO);
    hub_welcome(world->hub, 8);
    AWAIT(world, world->events[LINK_STOPPED] == 1);
    is_stopped(world);
    world->hub->leaf[1].bytes[0] ^= 1;
    welcome(world, 8);
}

static void stops_when_the_hub_did_not_deliver_what_is_stored(void **state)
{
    world_t *world = *state;
    buf_t out = {0}, note = {0};
    world->options.stored = 3;
    world->options.position = 9;
    link_up(world);
    hub_await(world->hub, world->link, FRAME_HELLO);
    hub_checkpoint(world->hub, world->hub->size, &note);
    welcome_put(&out, &(welcome_t){.origin = span_text(HUB_ORIGIN),
                          .checkpoint = buf_span(&note),
                          .inbox_last = 2,
                          .window = 8,
                          .time_ms = hub_time_ms});
    hub_send(world->hub, &out);
    AWAIT(world, world->events[LINK_STOPPED] == 1);
    assert_string_equal(world->code, "session.stored");
    buf_clear(&out);
    bye_put(&out, "session.stored", "words");
    hub_await(world->hub, world->link, FRAME_HELLO);
    hub_send(world->hub, &out);
    AWAIT(world, world->events[LINK_STOPPED] == 2);
    assert_int_equal(world->events[LINK_READY], 0);
    welcome(world, 8);
    buf_destroy(&out);
    buf_destroy(&note);
}

static void stops_at_another_log_of_the_same_size(void **state)
{
    world_t *world = *state;
    link_up(world);
    welcome(world, 8);
    hub_hang_up(world->hub);
    AWAIT(world, world->events[LINK_LOST] > 0);
    world->hub->leaf[0].bytes[0] ^= 1;
    hub_listen(world->hub);
    hub_await(world->hub, world->link, FRAME_HELLO);
    hub_welcome(world->hub, 8);
    AWAIT(world, world->events[LINK_STOPPED] == 1);
    assert_non_null(strstr(world->text, "two different logs"));
}

static void stops_when_the_hub_says_it_was_rolled_back(void **state)
{
    world_t *world = *state;
    buf_t out = {0};
    link_up(world);
    hub_await(world->hub, world->link, FRAME_HELLO);
    bye_put(&out, "session.checkpoint", "this hub has less than it once signed");
    hub_send(world->hub, &out);
    AWAIT(world, world->events[LINK_STOPPED] == 1);
    buf_destroy(&out);
}

static void says_why_it_is_not_let_in(void **state)
{
    world_t *world = *state;
    world->hub->zap_status = "400";
    link_up(world);
    AWAIT(world, world->events[LINK_REFUSED] > 0);
    assert_non_null(strstr(world->text, "does not admit"));
    assert_non_null(strstr(world->text, "revoked"));
    world->hub->zap_status = "200"; // the roster was reloaded
    welcome(world, 8);
}

static void says_when_the_key_is_not_the_hubs(void **state)
{
    world_t *world = *state;
    world->options.hub_key[3] ^= 1;
    link_up(world);
    AWAIT(world, world->events[LINK_LOST] > 0);
    assert_non_null(strstr(world->text, "certificate"));
    assert_int_equal(world->events[LINK_READY], 0);
}

static void tries_every_endpoint(void **state)
{
    world_t *world = *state;
    const char *endpoint[] = {"tcp://127.0.0.1:1", world->hub->endpoint};
    world->options.endpoint = endpoint;
    world->options.endpoints = 2;
    link_up(world);
    welcome(world, 8);
    assert_int_equal(world->events[LINK_LOST], 1);
}

static void passes_questions_on(void **state)
{
    world_t *world = *state;
    explain_t question;
    cause_t why;
    buf_t out = {0};
    link_up(world);
    assert_int_equal(link_explain(world->link, 7, span_text("{}"), &why), -1);
    welcome(world, 8);
    assert_int_equal(link_explain(world->link, 7, span_text("{}"), &why), 0);
    hub_await(world->hub, world->link, FRAME_EXPLAIN);
    assert_int_equal(explain_take(&question, hub_frame(world->hub), &why), 0);
    question.text = span_text("[]");
    explain_put(&out, FRAME_EXPLAINED, &question);
    hub_send(world->hub, &out);
    AWAIT(world, world->explained[0]);
    assert_string_equal(world->explained, "7 []");
    query_t query;
    assert_int_equal(link_query(world->link, 8, "duties", span_text("{}"), &why), 0);
    hub_await(world->hub, world->link, FRAME_ASK);
    assert_int_equal(query_take(&query, hub_frame(world->hub), &why), 0);
    assert_true(span_is(query.topic, "duties") && span_is(query.arguments, "{}"));
    buf_clear(&out);
    explain_put(&out, FRAME_ANSWER, &(explain_t){8, span_text("{}")});
    hub_send(world->hub, &out);
    AWAIT(world, world->explained[0] == '8');
    assert_string_equal(world->explained, "8 {}");
    buf_destroy(&out);
}

static void carries_attachments(void **state)
{
    world_t *world = *state;
    cause_t why;
    buf_t out = {0};
    give_t give = {.size = 20};
    fetch_t fetch = {.offset = 7};
    piece_t piece = {.size = 20, .offset = 3, .data = span_text("abc")};
    link_up(world);
    assert_int_equal(link_give(world->link, &give, &why), -1); // there is no session
    welcome(world, 8);
    assert_int_equal(link_give(world->link, &give, &why), 0);
    hub_await(world->hub, world->link, FRAME_GIVE);
    held_put(&out, &(held_t){.size = 20, .offset = 3, .piece = 8});
    hub_send(world->hub, &out);
    AWAIT(world, world->attachment[0] == 'h');
    assert_string_equal(world->attachment, "held 3 of 20, 8");
    assert_int_equal(link_piece(world->link, &piece, &why), 0);
    hub_await(world->hub, world->link, FRAME_PIECE);
    assert_int_equal(piece_take(&piece, hub_frame(world->hub), &why), 0);
    assert_true(span_is(piece.data, "abc") && piece.offset == 3);
    assert_int_equal(link_fetch(world->link, &fetch, &why), 0);
    hub_await(world->hub, world->link, FRAME_FETCH);
    buf_clear(&out);
    piece_put(&out, &(piece_t){.size = 9, .offset = 7, .data = span_text("yz")});
    hub_send(world->hub, &out);
    AWAIT(world, world->attachment[0] == 'p');
    assert_string_equal(world->attachment, "piece yz at 7 of 9");
    refused_t *refused = calloc(1, sizeof *refused);
    refused->n = 1;
    refused->item[0].code = span_text("attachment.absent");
    refused->item[0].retry = true;
    buf_clear(&out);
    refused_put(&out, refused);
    hub_send(world->hub, &out);
    AWAIT(world, world->attachment[0] == 'r');
    assert_string_equal(world->attachment, "refused attachment.absent");
    assert_int_equal(world->refused, 0); // no message of this node was
    free(refused);
    buf_destroy(&out);
}

// The receipt that `author` handed in what `text` says, told as `told`.
static void send_handed_in(
    world_t *world, const char *author, const char *text, const char *told)
{
    buf_t note = {0}, proof = {0}, out = {0};
    receipt_t *receipt = calloc(1, sizeof *receipt);
    leaf_t leaf = {.type = "attachment", .has_document = true};
    (void)snprintf(leaf.author, sizeof leaf.author, "%s", author);
    sha256(span_text(text), &leaf.document);
    uint64_t position = hub_append(world->hub, &leaf);
    hub_checkpoint(world->hub, world->hub->size, &note);
    assert_int_equal(
        merkle_prove_run(&position, 1, world->hub->size, hub_fetch, world->hub, &proof),
        0);
    receipt->n = 1;
    receipt->item[0].leaf = buf_span(&world->hub->text[position]);
    receipt->tolds = 1;
    receipt->told[0] = span_text(told);
    receipt->checkpoint = buf_span(&note);
    receipt->proof = buf_span(&proof);
    receipt_put(&out, receipt);
    hub_send(world->hub, &out);
    free(receipt);
    buf_destroy(&note);
    buf_destroy(&proof);
    buf_destroy(&out);
}

static void believes_receipts_for_its_own_attachments(void **state)
{
    world_t *world = *state;
    link_up(world);
    welcome(world, 8);
    send_handed_in(world, "isoc-energy", "this one", "this one");
    AWAIT(world, world->attachment[0]);
    assert_string_equal(world->attachment, "handed in this one");
    assert_int_equal(world->receipts, 0); // of messages
    world->attachment[0] = 0;
    send_handed_in(world, "isoc-energy", "this one", "another");
    AWAIT(world, world->events[LINK_BROKEN] == 1);
    welcome(world, 8);
    send_handed_in(world, "isoc-water", "this one", "this one");
    AWAIT(world, world->events[LINK_BROKEN] == 2);
    assert_string_equal(world->attachment, "");
}

static void gives_up_a_silent_hub(void **state)
{
    world_t *world = *state;
    world->options.silence_ms = 150;
    world->options.pulse_ms = 20;
    link_up(world);
    welcome(world, 8);
    hub_await(world->hub, world->link, FRAME_PULSE);
    AWAIT(world, world->events[LINK_LOST] > 0);
    assert_non_null(strstr(world->text, "silent"));
}

#define OLD(digits) "0192f0c1-0000-7000-8000-0000000000" digits
#define BRINGS(digits) "carries isoc-energy isoc-0 " OLD(digits)

static const fake_twist_t bringing = {
    .why = "deliver isoc-energy rule-1 none 4\n" BRINGS("50") "\n" BRINGS("51")};

// Two older messages, a third that is of no concern, and then what brings the two along.
static fake_delivery_t *write_down(world_t *world, fake_delivery_t **older)
{
    *older = delivery_new(world->hub, 0, 50, 3, HUB_ORIGIN, hub_time_ms);
    return delivery_twisted(world->hub, 1, 1, 1, HUB_ORIGIN, hub_time_ms, &bringing);
}

static void take_carry(world_t *world, uint64_t number, uint64_t first)
{
    carry_ask_t ask;
    cause_t why;
    hub_await(world->hub, world->link, FRAME_CARRY);
    assert_int_equal(carry_ask_take(&ask, hub_frame(world->hub), &why), 0);
    assert_int_equal(ask.number, number);
    assert_int_equal(ask.first, first);
}

// The `at`-th of the older ones as the answer for a line, of what a number brings along.
static void send_carried(world_t *world, fake_delivery_t *older, size_t at,
    uint64_t carrier, uint64_t place, const char *line)
{
    buf_t proof = {0}, note = {0}, out = {0};
    deliver_t *frame = malloc(sizeof *frame);
    *frame = older->frame;
    frame->carrier = carrier;
    frame->n = 1;
    frame->item[0] = older->frame.item[at];
    frame->item[0].number = place;
    delivery_prove_places(older, frame);
    frame->whys = 1;
    frame->why[0] = span_text(line);
    frame->item[0].why = 0;
    hub_checkpoint(world->hub, world->hub->size, &note);
    assert_int_equal(merkle_prove_run(&older->position[at], 1, world->hub->size,
                         hub_fetch, world->hub, &proof),
        0);
    frame->checkpoint = buf_span(&note);
    frame->proof = buf_span(&proof);
    carried_put(&out, frame);
    hub_send(world->hub, &out);
    buf_destroy(&proof);
    buf_destroy(&note);
    buf_destroy(&out);
    free(frame);
}

static void has_what_is_brought_along_before_it_takes_it(void **state)
{
    world_t *world = *state;
    again_t again;
    cause_t why;
    fake_delivery_t *older, *brings = write_down(world, &older);
    link_up(world);
    welcome(world, 8);
    send_first(world, brings, 1);
    take_carry(world, 1, 1);
    send_carried(world, older, 1, 1, 2, BRINGS("51")); // not asked for yet
    send_carried(world, older, 0, 7, 1, BRINGS("50")); // of another number
    send_first(world, brings, 1);                      // once more, meanwhile
    send_carried(world, older, 0, 1, 1, BRINGS("50"));
    take_carry(world, 1, 2);
    assert_int_equal(world->deliveries, 0);
    send_carried(world, older, 1, 1, 2, BRINGS("51"));
    hub_await(world->hub, world->link, FRAME_AGAIN);
    assert_int_equal(again_take(&again, hub_frame(world->hub), &why), 0);
    assert_int_equal(again.first, 1);
    assert_int_equal(world->deliveries, 0);
    send_first(world, brings, 1);
    take_ack(world, 1);
    assert_int_equal(world->deliveries, 1);
    assert_string_equal(world->carried, "050 051 ");
    deliver(world, 0, 2, 1); // it goes on as ever
    take_ack(world, 2);
    delivery_free(older);
    delivery_free(brings);
}

// What the hub hands over instead: of the older ones which, for which line.
static const struct {
    size_t at;
    uint64_t place;
    const char *line, *words;
} instead[] = {
    {2, 1, BRINGS("50"), "is brought along, and it is"},
    {1, 1, BRINGS("50"), "is brought along, and it is"},
    {0, 1, BRINGS("51"), "not for the line"},
    {0, 1, "carries isoc-energy isoc-0", "not for the line"},
};

static void takes_nothing_else_for_what_is_brought_along(void **state)
{
    world_t *world = *state;
    link_status_t status;
    fake_delivery_t *older, *brings = write_down(world, &older);
    link_up(world);
    for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++) {
        size_t broken = world->events[LINK_BROKEN];
        welcome(world, 8);
        send_first(world, brings, 1);
        take_carry(world, 1, 1);
        send_carried(world, older, instead[i].at, 1, instead[i].place, instead[i].line);
        AWAIT(world, world->events[LINK_BROKEN] > broken);
        assert_string_equal(world->code, "delivery.contradicts");
        link_status(world->link, &status);
        assert_non_null(strstr(status.contradiction, instead[i].words));
        assert_int_equal(world->deliveries, 0);
    }
    // one that is younger than what would bring it along
    fake_delivery_t *younger =
        delivery_new(world->hub, 0, 50, 1, HUB_ORIGIN, hub_time_ms);
    size_t broken = world->events[LINK_BROKEN];
    welcome(world, 8);
    send_first(world, brings, 1);
    take_carry(world, 1, 1);
    send_carried(world, younger, 0, 1, 1, BRINGS("50"));
    AWAIT(world, world->events[LINK_BROKEN] > broken);
    assert_non_null(strstr(world->text, "not from before it"));
    // and one with another document
    welcome(world, 8);
    send_first(world, brings, 1);
    take_carry(world, 1, 1);
    older->frame.item[0].sealed.document = span_text("{}");
    broken = world->events[LINK_BROKEN];
    send_carried(world, older, 0, 1, 1, BRINGS("50"));
    AWAIT(world, world->events[LINK_BROKEN] > broken);
    assert_int_equal(world->deliveries, 0);
    delivery_free(older);
    delivery_free(brings);
    delivery_free(younger);
}

static void says_what_is_not_handed_over(void **state)
{
    world_t *world = *state;
    link_status_t status;
    buf_t pulse = {0};
    fake_delivery_t *older, *brings = write_down(world, &older);
    world->options.silence_ms = 200;
    world->options.pulse_ms = 20;
    link_up(world);
    welcome(world, 8);
    send_first(world, brings, 1);
    take_carry(world, 1, 1);
    bare_put(&pulse, FRAME_PULSE);
    int64_t until = clock_now().monotonic_ms + 20000;
    while (world->events[LINK_BROKEN] == 0) { // it answers, and hands nothing over
        assert_true(clock_now().monotonic_ms < until);
        link_wait(world->link, 2);
        if (hub_take(world->hub) == FRAME_PULSE)
            hub_send(world->hub, &pulse);
    }
    link_status(world->link, &status);
    assert_non_null(strstr(status.contradiction, "does not hand it over"));
    assert_non_null(strstr(status.contradiction, OLD("50")));
    assert_int_equal(world->deliveries, 0);
    buf_destroy(&pulse);
    delivery_free(older);
    delivery_free(brings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(greets_with_what_it_has),
        TEST(knows_what_its_hub_knows),
        TEST(publishes_and_verifies_receipts),
        TEST(keeps_to_the_window),
        TEST(publishes_again_after_a_restart),
        TEST(greets_again_when_asked),
        TEST(tells_refusals_and_retries),
        TEST(believes_no_false_receipt),
        TEST(takes_deliveries_in_order),
        TEST(asks_for_what_is_missing),
        TEST(stops_taking_when_there_is_no_room),
        TEST(believes_no_false_delivery),
        TEST(takes_nothing_that_contradicts_itself),
        TEST(looks_at_all_lines_of_a_frame),
        TEST(has_what_is_brought_along_before_it_takes_it),
        TEST(takes_nothing_else_for_what_is_brought_along),
        TEST(says_what_is_not_handed_over),
        TEST(positions_only_rise),
        TEST(positions_rise_over_a_restart),
        TEST(outlives_every_cut_and_flip),
        TEST(outlives_garbage),
        TEST(stops_at_a_smaller_log),
        TEST(stops_at_a_larger_log_that_did_not_grow_out_of_the_one_seen),
        TEST(stops_when_the_hub_did_not_deliver_what_is_stored),
        TEST(stops_at_another_log_of_the_same_size),
        TEST(stops_when_the_hub_says_it_was_rolled_back),
        TEST(says_why_it_is_not_let_in),
        TEST(says_when_the_key_is_not_the_hubs),
        TEST(tries_every_endpoint),
        TEST(passes_questions_on),
        TEST(carries_attachments),
        TEST(believes_receipts_for_its_own_attachments),
        TEST(gives_up_a_silent_hub),
    };
    return test_group(tests, NULL, NULL);
}
