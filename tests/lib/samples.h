// samples - fixed keys, one frame of every type, and a codec's round trip, for the tests
// and fuzzers of the formats.

#ifndef TESTS_LIB_SAMPLES_H
#define TESTS_LIB_SAMPLES_H

#include "lib/message/frame.h"
#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/note.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_ORIGIN "hub.example/log"

// The Ed25519 key of a seed of 32 equal bytes.
static inline seal_key_t sample_key(uint8_t fill)
{
    seal_key_t key;
    uint8_t seed[crypto_sign_SEEDBYTES];
    memset(seed, fill, sizeof seed);
    (void)crypto_sign_seed_keypair(key.public_key, key.secret_key, seed);
    seal_key_id(key.public_key, key.id);
    return key;
}

// The head of a seal over `n` documents, which are their numbers' bytes.
static inline void sample_seal_head(size_t n, size_t signatures, buf_t *out)
{
    hash_t *documents = calloc(n, sizeof *documents);
    seal_head_t head;
    cause_t why;
    for (size_t i = 0; i < n; i++)
        sha256(span_of(&i, sizeof i), &documents[i]);
    seal_head_begin(&head, SAMPLE_ORIGIN, documents, n);
    for (size_t i = 0; i < signatures; i++) {
        seal_key_t key = sample_key((uint8_t)(10 + i));
        (void)seal_head_sign(&head, &key, &why);
    }
    seal_head_print(&head, out);
    free(documents);
}

// The audit path of one of them.
static inline void sample_path(size_t n, uint32_t index, buf_t *out)
{
    hash_t *leaves = calloc(n, sizeof *leaves);
    for (size_t i = 0; i < n; i++) {
        hash_t document;
        sha256(span_of(&i, sizeof i), &document);
        merkle_leaf(span_of(document.bytes, sizeof document), &leaves[i]);
    }
    merkle_path_of(leaves, n, index, out);
    free(leaves);
}

// The whole seal of one of them.
static inline void sample_seal(size_t n, uint32_t index, size_t signatures, buf_t *out)
{
    buf_t path = {0};
    sample_path(n, index, &path);
    sample_seal_head(n, signatures, out);
    seal_tail_print(index, (const hash_t *)path.data, path.size / 32, out);
    buf_destroy(&path);
}

// A checkpoint signed by sample_key(1) over `leaves` equal leaves.
static inline log_vkey_t sample_vkey(void)
{
    seal_key_t key = sample_key(1);
    log_vkey_t vkey = {0};
    cause_t why;
    (void)log_vkey_of(&vkey, SAMPLE_ORIGIN, key.public_key, &why);
    return vkey;
}

static inline void sample_note(uint64_t size, const hash_t *root, buf_t *out)
{
    seal_key_t key = sample_key(1);
    log_vkey_t vkey = sample_vkey();
    checkpoint_t checkpoint = {.origin = SAMPLE_ORIGIN, .size = size, .root = *root};
    checkpoint_sign(&checkpoint, &vkey, key.secret_key, out);
}

static const uint8_t sample_hashes[96] = {1, 2, 3, 32, 64, 96};

static inline sealed_t sample_sealed(uint16_t head, uint32_t index, const char *document)
{
    return (sealed_t){head, index, span_text(document)};
}

static inline sealed_head_t sample_head(const char *text, size_t hashes)
{
    return (sealed_head_t){span_text(text), span_of(sample_hashes, 32 * hashes)};
}

static inline void sample_publish(buf_t *out)
{
    publish_t *publish = calloc(1, sizeof *publish);
    publish->heads = 2;
    publish->head[0] = sample_head("first head", 2);
    publish->head[1] = sample_head("second head", 0);
    publish->n = 3;
    publish->item[0] = sample_sealed(0, 0, "{\"a\":1}");
    publish->item[1] = sample_sealed(0, 2, "{}");
    publish->item[2] = sample_sealed(1, 65535, "");
    publish_put(out, publish);
    free(publish);
}

static inline void sample_receipt(buf_t *out)
{
    receipt_t *receipt = calloc(1, sizeof *receipt);
    receipt->checkpoint = span_text("a note\n");
    receipt->proof = span_of(sample_hashes, 64);
    receipt->tolds = 2;
    receipt->told[0] = span_text("told\ntold\n");
    receipt->told[1] = span_text("");
    receipt->n = 2;
    receipt->item[0] = (receipt_item_t){span_text("leaf 4"), 0};
    receipt->item[1] = (receipt_item_t){span_text("leaf 7"), 1};
    receipt_put(out, receipt);
    free(receipt);
}

static inline void sample_refused(buf_t *out)
{
    refused_t *refused = calloc(1, sizeof *refused);
    refused->n = 2;
    refused->item[0] = (refused_item_t){.code = span_text("doc.schema"),
        .pointer = span_text("/body/level"),
        .by = span_text("incident.notice"),
        .text = span_text("6 is above 5")};
    refused->item[1] = (refused_item_t){.code = span_text("disk.full"), .retry = true};
    memset(refused->item[1].document.bytes, 0xee, 32);
    refused_put(out, refused);
    free(refused);
}

// CARRIED is a DELIVER that says for which number.
static inline void sample_deliver(buf_t *out, uint64_t carrier)
{
    deliver_t *deliver = calloc(1, sizeof *deliver);
    deliver->certs = 1;
    deliver->cert[0] = span_text("DER");
    deliver->checkpoint = span_text("a note\n");
    deliver->proof = span_of(sample_hashes, 32);
    deliver->heads = 1;
    deliver->head[0] = sample_head("a head", 3);
    deliver->whys = 2;
    deliver->why[0] = span_text("deliver a b none 8.3\n");
    deliver->why[1] = span_text("deliver a c none 10\n");
    deliver->n = 3;
    deliver->item[0] = (deliver_item_t){.number = 41,
        .front = span_text("front 4"),
        .back = span_text("back 4"),
        .sealed = sample_sealed(0, 0, "{\"a\":1}")};
    deliver->item[1] = (deliver_item_t){.number = 42,
        .why = 1,
        .front = span_text("front 9"),
        .sealed = sample_sealed(0, 1, "{}")};
    deliver->item[2] =
        (deliver_item_t){.number = 43, .aside = true, .leaf = span_text("leaf 10")};
    deliver->carrier = carrier;
    (carrier > 0 ? carried_put : deliver_put)(out, deliver);
    free(deliver);
}

// One frame of this type, all its fields filled.
static inline void sample_frame(frame_type_t type, buf_t *out)
{
    const explain_t explain = {7, span_text("{\"kind\":\"advisory\"}")};
    const ahead_t ahead = {
        3, 3, {{17, 4, 0, 0}, {90, 3, 3, INT64_C(1795347570123)}, {91, 0, 1, 0}}};
    const query_t query = {8, span_text("duties"), span_text("{\"all\":true}")};
    const hello_t hello = {span_text("isoc-energy"), span_text("dabyl-node 0.1"),
        UINT64_C(0x0102030405060708), 90, 256, span_text("a note\n")};
    const welcome_t welcome = {span_text(SAMPLE_ORIGIN), span_text("a note\n"),
        span_text("32 octets for one hash, no more."), 12, 64, 1048576,
        INT64_C(1795347570123)};
    const again_t again = {3, 9};
    const carry_ask_t carry = {12, 3};
    hash_t digest;
    memset(digest.bytes, 0x77, sizeof digest.bytes);
    const give_t give = {digest, UINT64_C(5000000000)};
    const held_t held = {digest, UINT64_C(5000000000), UINT64_C(4294967296), 65536};
    const fetch_t fetch = {digest, UINT64_C(4294967296)};
    const piece_t piece = {digest, 40, 30, span_text("ten octets")};
    const follow_t follow = {12, 64, 20};
    const tail_t tail = {
        12, 64, true, span_text("a note\n"), span_text("some octets of a segment")};
    ack_t ack = {.number = 12};
    memset(ack.root.bytes, 0xaa, sizeof ack.root.bytes);
    memset(ack.signature, 0x55, sizeof ack.signature);
    switch (type) {
    case FRAME_HELLO:
        hello_put(out, &hello);
        break;
    case FRAME_WELCOME:
        welcome_put(out, &welcome);
        break;
    case FRAME_PUBLISH:
        sample_publish(out);
        break;
    case FRAME_RECEIPT:
        sample_receipt(out);
        break;
    case FRAME_REFUSED:
        sample_refused(out);
        break;
    case FRAME_DELIVER:
        sample_deliver(out, 0);
        break;
    case FRAME_ACK:
        ack_put(out, &ack);
        break;
    case FRAME_AGAIN:
        again_put(out, &again);
        break;
    case FRAME_EXPLAIN:
    case FRAME_EXPLAINED:
    case FRAME_ANSWER:
        explain_put(out, type, &explain);
        break;
    case FRAME_CARRY:
        carry_ask_put(out, &carry);
        break;
    case FRAME_CARRIED:
        sample_deliver(out, 12);
        break;
    case FRAME_AHEAD:
        ahead_put(out, &ahead);
        break;
    case FRAME_KNOWS:
        knows_put(out, span_text("dabyl-hub 0.1 +knows"));
        break;
    case FRAME_FOLLOW:
        follow_put(out, &follow);
        break;
    case FRAME_TAIL:
        tail_put(out, &tail);
        break;
    case FRAME_ASK:
        query_put(out, &query);
        break;
    case FRAME_GIVE:
        give_put(out, &give);
        break;
    case FRAME_HELD:
        held_put(out, &held);
        break;
    case FRAME_FETCH:
        fetch_put(out, &fetch);
        break;
    case FRAME_PIECE:
        piece_put(out, &piece);
        break;
    case FRAME_PULSE:
    case FRAME_RESYNC:
        bare_put(out, type);
        break;
    case FRAME_BYE:
        bye_put(out, "hub.stopping", "The hub is stopping.");
        break;
    }
}

// Decoding for the big frames: their structs are too large for the stack.
typedef deliver_t carried_t;
#define SAMPLE_AGAIN(name)                                                               \
    static inline int again_##name(span_t frame, buf_t *out, cause_t *why)               \
    {                                                                                    \
        name##_t *self = malloc(sizeof *self);                                           \
        int result = name##_take(self, frame, why);                                      \
        if (result == 0)                                                                 \
            name##_put(out, self);                                                       \
        free(self);                                                                      \
        return result;                                                                   \
    }
SAMPLE_AGAIN(hello)
SAMPLE_AGAIN(welcome)
SAMPLE_AGAIN(publish)
SAMPLE_AGAIN(receipt)
SAMPLE_AGAIN(refused)
SAMPLE_AGAIN(deliver)
SAMPLE_AGAIN(carried)
SAMPLE_AGAIN(carry_ask)
SAMPLE_AGAIN(ack)
SAMPLE_AGAIN(again)
SAMPLE_AGAIN(query)
SAMPLE_AGAIN(give)
SAMPLE_AGAIN(held)
SAMPLE_AGAIN(fetch)
SAMPLE_AGAIN(piece)
SAMPLE_AGAIN(follow)
SAMPLE_AGAIN(tail)
#undef SAMPLE_AGAIN

static inline int again_explain(span_t frame, frame_type_t type, buf_t *out, cause_t *why)
{
    explain_t explain;
    int result = explain_take(&explain, frame, why);
    if (result == 0)
        explain_put(out, type, &explain);
    return result;
}

static inline int again_bye(span_t frame, buf_t *out, cause_t *why)
{
    span_t code;
    span_t text;
    char code_text[65536];
    char text_text[65536];
    if (bye_take(frame, &code, &text, why) != 0)
        return -1;
    memcpy(code_text, code.data, code.size);
    code_text[code.size] = 0;
    if (text.size)
        memcpy(text_text, text.data, text.size);
    text_text[text.size] = 0;
    bye_put(out, code_text, text_text);
    return 0;
}

static inline int again_ahead(span_t frame, buf_t *out, cause_t *why)
{
    ahead_t ahead;
    if (ahead_take(&ahead, frame, why) != 0)
        return -1;
    ahead_put(out, &ahead);
    return 0;
}

static inline int again_knows(span_t frame, buf_t *out, cause_t *why)
{
    span_t agent;
    if (knows_take(&agent, frame, why) != 0)
        return -1;
    knows_put(out, agent);
    return 0;
}

// Decode a frame of any type and encode what was understood.  -1 when it is refused.
static inline int frame_again(span_t frame, buf_t *out, cause_t *why)
{
    reader_t body;
    int type = frame_type(frame, &body);
    switch (type) {
    case FRAME_HELLO:
        return again_hello(frame, out, why);
    case FRAME_WELCOME:
        return again_welcome(frame, out, why);
    case FRAME_PUBLISH:
        return again_publish(frame, out, why);
    case FRAME_RECEIPT:
        return again_receipt(frame, out, why);
    case FRAME_REFUSED:
        return again_refused(frame, out, why);
    case FRAME_DELIVER:
        return again_deliver(frame, out, why);
    case FRAME_CARRY:
        return again_carry_ask(frame, out, why);
    case FRAME_CARRIED:
        return again_carried(frame, out, why);
    case FRAME_AHEAD:
        return again_ahead(frame, out, why);
    case FRAME_KNOWS:
        return again_knows(frame, out, why);
    case FRAME_FOLLOW:
        return again_follow(frame, out, why);
    case FRAME_TAIL:
        return again_tail(frame, out, why);
    case FRAME_ACK:
        return again_ack(frame, out, why);
    case FRAME_AGAIN:
        return again_again(frame, out, why);
    case FRAME_EXPLAIN:
    case FRAME_EXPLAINED:
    case FRAME_ANSWER:
        return again_explain(frame, (frame_type_t)type, out, why);
    case FRAME_ASK:
        return again_query(frame, out, why);
    case FRAME_GIVE:
        return again_give(frame, out, why);
    case FRAME_HELD:
        return again_held(frame, out, why);
    case FRAME_FETCH:
        return again_fetch(frame, out, why);
    case FRAME_PIECE:
        return again_piece(frame, out, why);
    case FRAME_PULSE:
    case FRAME_RESYNC:
        if (body.rest.size)
            return cause_set(why, "something follows");
        bare_put(out, (frame_type_t)type);
        return 0;
    case FRAME_BYE:
        return again_bye(frame, out, why);
    default:
        return cause_set(why, "unknown type");
    }
}

#endif
