// worked - the worked bytes of schemas/PROTOCOL.md, made by the library from fixed keys,
// texts and moments: tests/tools/worked prints them, tests/unit/test_protocol compares
// them.

#ifndef TESTS_LIB_WORKED_H
#define TESTS_LIB_WORKED_H

#include "lib/message/attachment.h"
#include "lib/message/routing.h"
#include "lib/pki/rulesseal.h"
#include "tests/lib/samples.h"

#include <stdio.h>

#define WORKED_ORIGIN "hub.example/dabyl"
#define WORKED_ID "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"

static const int64_t worked_time_ms = INT64_C(1795340467250); // 2026-11-22T09:41:07.250Z

static const char *const worked_documents[2] = {
    "{\"dabyl\":1,\"id\":\"" WORKED_ID "\",\"kind\":\"incident.notice\","
    "\"from\":\"isoc-energy\",\"sent\":\"2026-11-22T09:41:07Z\",\"status\":\"actual\","
    "\"marking\":\"TLP:AMBER\",\"nonce\":\"8f2a1c7be09d4436a5d1f07c93be6e12\","
    "\"summary\":{\"en\":\"Automation of two substations stopped.\"},"
    "\"body\":{\"level\":2,\"determination\":\"confirmed\",\"sector\":\"power-supply\","
    "\"object\":\"kz-0417\"}}\n",
    "{\"dabyl\":1,\"id\":\"019abd3c-5c01-7b10-8000-0242ac130003\",\"kind\":\"threat."
    "report\","
    "\"from\":\"isoc-energy\",\"sent\":\"2026-11-22T09:41:07Z\",\"status\":\"actual\","
    "\"marking\":\"TLP:GREEN\",\"nonce\":\"0c5e2bb1d7f94a3f9a3be4d16f08a7c2\","
    "\"summary\":{\"en\":\"Scanning of remote access.\"},\"body\":{}}\n"};

// The keys of the examples, by the byte that fills their seeds.
enum { WORKED_LOG = 1, WORKED_ISOC = 2, WORKED_NCCIS = 3, WORKED_OFFICER = 4 };

static inline log_vkey_t worked_vkey(void)
{
    log_vkey_t vkey = {0};
    cause_t why;
    (void)log_vkey_of(&vkey, WORKED_ORIGIN, sample_key(WORKED_LOG).public_key, &why);
    return vkey;
}

static inline void worked_key_line(const char *name, uint8_t fill, buf_t *out)
{
    seal_key_t key = sample_key(fill);
    char seed[HASH_HEX];
    memset(seed, 0, sizeof seed);
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(seed + 2 * i, 3, "%02x", fill);
    buf_printf(out, "%s\n  seed   %s\n  public ", name, seed);
    buf_put_hex(out, span_of(key.public_key, sizeof key.public_key));
    buf_printf(out, "\n  key id %s\n", key.id);
}

static inline void worked_keys(buf_t *out)
{
    worked_key_line("log", WORKED_LOG, out);
    worked_key_line("isoc-energy", WORKED_ISOC, out);
    worked_key_line("nccis", WORKED_NCCIS, out);
    worked_key_line("officer of nccis", WORKED_OFFICER, out);
}

static inline void worked_vkey_text(buf_t *out)
{
    log_vkey_t vkey = worked_vkey();
    char text[VKEY_MAX];
    log_vkey_print(&vkey, text);
    buf_printf(out, "%s\n", text);
}

static inline void worked_document(buf_t *out)
{
    buf_put_text(out, worked_documents[0]);
}

static inline void worked_document_2(buf_t *out)
{
    buf_put_text(out, worked_documents[1]);
}

// The seal of the first of the two documents; the audit path is the second's leaf hash.
static inline seal_t worked_seal_value(void)
{
    seal_key_t key = sample_key(WORKED_ISOC);
    hash_t documents[2];
    seal_t seal = {.index = 0, .path_length = 1};
    cause_t why;
    for (size_t i = 0; i < 2; i++)
        sha256(span_text(worked_documents[i]), &documents[i]);
    seal_head_begin(&seal.head, WORKED_ORIGIN, documents, 2);
    (void)seal_head_sign(&seal.head, &key, &why);
    merkle_leaf(span_of(documents[1].bytes, 32), &seal.path[0]);
    return seal;
}

static inline void worked_seal_signed(buf_t *out)
{
    seal_t seal = worked_seal_value();
    seal_signed_text(&seal.head, seal.head.signature[0].key_id, out);
}

static inline void worked_seal_head(buf_t *out)
{
    seal_t seal = worked_seal_value();
    seal_head_print(&seal.head, out);
}

static inline void worked_seal(buf_t *out)
{
    seal_t seal = worked_seal_value();
    seal_print(&seal, out);
}

static inline void worked_sibling(buf_t *out)
{
    buf_put(out, worked_seal_value().path[0].bytes, 32);
}

static inline void worked_rules(buf_t *out)
{
    buf_put_text(out, "rules = ( {\n"
                      "    id = \"notice.nccis\";\n"
                      "    cites = \"8.3, 8.5, 10\";\n"
                      "    on = \"incident.notice\";\n"
                      "    from = [ \"isoc\", \"owner\" ];\n"
                      "    deliver = [ \"role:nccis\" ];\n"
                      "    tell = \"sender\";\n"
                      "} );\n");
}

static inline void worked_rules_seal(buf_t *out)
{
    seal_key_t key = sample_key(WORKED_OFFICER);
    rulesseal_t seal;
    buf_t rules = {0};
    worked_rules(&rules);
    rulesseal_make(&seal, WORKED_ORIGIN, buf_span(&rules), &key);
    rulesseal_print(&seal, out);
    buf_destroy(&rules);
}

static inline void worked_routing(buf_t *out)
{
    buf_put_text(out, "dabyl-routing/v1\n"
                      "nonce 00112233445566778899aabbccddeeff\n"
                      "rules 1\n"
                      "deliver nccis notice.nccis sender 488:8.3, 8.5, 10\n"
                      "remark object.unknown sender\n");
}

static inline void worked_routing_refers(buf_t *out)
{
    static const char *const references[][2] = {
        {"isoc-energy", WORKED_ID}, {"nccis", "019abd3c-7d10-7c11-8a52-1b2f90cc3e07"}};
    routing_t routing = {.rules_position = 1};
    route_t route = {.type = ROUTE_DELIVER,
        .tell = TELL_SENDER,
        .node = "nccis",
        .rule = "update.parties",
        .cites = "488:8.5, 12"};
    for (size_t i = 0; i < sizeof routing.nonce; i++)
        routing.nonce[i] = (uint8_t)(0xff - 0x11 * i);
    for (size_t i = 0; i < 2; i++) {
        route_t refers = {.type = ROUTE_REFER, .refer = i ? REFER_RE : REFER_INCIDENT};
        memcpy(refers.node, references[i][0], strlen(references[i][0]));
        memcpy(refers.id, references[i][1], strlen(references[i][1]));
        routing_add(&routing, &refers);
    }
    routing_add(&routing, &route);
    routing_print(&routing, out);
    routing_close(&routing);
}

static inline void worked_routing_members(buf_t *out)
{
    static const char *const nodes[] = {"telecom", "owner-grid"};
    routing_t routing = {.rules_position = 1};
    route_t refers = {
        .type = ROUTE_REFER, .refer = REFER_RE, .node = "hq", .id = WORKED_ID};
    for (size_t i = 0; i < sizeof routing.nonce; i++)
        routing.nonce[i] = (uint8_t)(0x88 + 0x11 * i);
    routing_add(&routing, &refers);
    for (size_t i = 0; i < 4; i++) {
        route_t route = {.type = i ? ROUTE_LEAVES : ROUTE_JOINS,
            .tell = TELL_SENDER,
            .author = "hq",
            .id = WORKED_ID,
            .rule = "membership.members",
            .cites = "488:21"};
        if (i >= 2)
            route.type = ROUTE_DELIVER;
        memcpy(route.node, nodes[i % 2], strlen(nodes[i % 2]));
        routing_add(&routing, &route);
    }
    routing_print(&routing, out);
    routing_close(&routing);
}

// The parts of the three entries as their leaves name them: of a seal, its head.
static inline void worked_parts(
    uint64_t position, buf_t *document, buf_t *seal, buf_t *record)
{
    if (position == 0) {
        worked_vkey_text(document);
    } else if (position == 1) {
        worked_rules(document);
        worked_rules_seal(seal);
    } else {
        worked_document(document);
        worked_seal_head(seal);
        worked_routing(record);
    }
}

static inline void worked_leaf(uint64_t position, buf_t *out)
{
    static const char *const types[] = {"origin", "rules", "message"};
    buf_t document = {0};
    buf_t seal = {0};
    buf_t record = {0};
    leaf_t leaf = {.position = position, .time_ms = worked_time_ms};
    worked_parts(position, &document, &seal, &record);
    memcpy(leaf.type, types[position], strlen(types[position]));
    if (position == 2) {
        memcpy(leaf.kind, "incident.notice", 15);
        memcpy(leaf.author, "isoc-energy", 11);
        memcpy(leaf.id, WORKED_ID, 36);
    }
    leaf.has_document = true;
    leaf.has_seal = seal.size > 0;
    leaf.has_record = record.size > 0;
    sha256(buf_span(&document), &leaf.document);
    sha256(buf_span(&seal), &leaf.seal);
    sha256(buf_span(&record), &leaf.record);
    leaf_put(&leaf, out);
    buf_destroy(&document);
    buf_destroy(&seal);
    buf_destroy(&record);
}

static inline void worked_leaf_0(buf_t *out)
{
    worked_leaf(0, out);
}

static inline void worked_leaf_1(buf_t *out)
{
    worked_leaf(1, out);
}

static inline void worked_leaf_2(buf_t *out)
{
    worked_leaf(2, out);
}

// What is around the hashes of its document and seal.
static inline void worked_around_2(buf_t *out, bool before)
{
    buf_t leaf = {0};
    span_t front, back;
    worked_leaf(2, &leaf);
    leaf_divide(buf_span(&leaf), &front, &back);
    buf_put_span(out, before ? front : back);
    buf_destroy(&leaf);
}

static inline void worked_front_2(buf_t *out)
{
    worked_around_2(out, true);
}

static inline void worked_back_2(buf_t *out)
{
    worked_around_2(out, false);
}

static inline void worked_hashes(hash_t hashes[3])
{
    for (uint64_t i = 0; i < 3; i++) {
        buf_t text = {0};
        worked_leaf(i, &text);
        merkle_leaf(buf_span(&text), &hashes[i]);
        buf_destroy(&text);
    }
}

static inline hash_t worked_root(void)
{
    hash_t hashes[3];
    hash_t root;
    merkle_t tree = {0};
    worked_hashes(hashes);
    for (size_t i = 0; i < 3; i++)
        merkle_add(&tree, &hashes[i]);
    merkle_root(&tree, &root);
    return root;
}

static inline void worked_checkpoint(buf_t *out)
{
    seal_key_t key = sample_key(WORKED_LOG);
    log_vkey_t vkey = worked_vkey();
    checkpoint_t checkpoint = {.origin = WORKED_ORIGIN, .size = 3, .root = worked_root()};
    checkpoint_sign(&checkpoint, &vkey, key.secret_key, out);
}

// Of entry 2 of 3: the one hash is that over entries 0 and 1.
static inline void worked_path(buf_t *out)
{
    hash_t hashes[3];
    worked_hashes(hashes);
    merkle_path_of(hashes, 3, 2, out);
}

static inline void worked_proof(buf_t *out)
{
    buf_t leaf = {0};
    buf_t path = {0};
    buf_t note = {0};
    worked_leaf(2, &leaf);
    worked_path(&path);
    worked_checkpoint(&note);
    tlog_proof_write(out, buf_span(&leaf), 2, buf_span(&path), buf_span(&note));
    buf_destroy(&leaf);
    buf_destroy(&path);
    buf_destroy(&note);
}

static inline ack_t worked_ack_value(void)
{
    seal_key_t key = sample_key(WORKED_NCCIS);
    ack_t ack = {.number = 1, .root = worked_root()};
    buf_t text = {0};
    ack_signed_text(WORKED_ORIGIN, key.id, ack.number, &ack.root, &text);
    (void)crypto_sign_detached(ack.signature, NULL, text.data, text.size, key.secret_key);
    buf_destroy(&text);
    return ack;
}

static inline void worked_ack_record(buf_t *out)
{
    ack_t ack = worked_ack_value();
    ack_print(&ack, WORKED_ORIGIN, sample_key(WORKED_NCCIS).id, out);
}

static inline void worked_ack_frame(buf_t *out)
{
    ack_t ack = worked_ack_value();
    ack_put(out, &ack);
}

static inline void worked_hello(buf_t *out)
{
    const hello_t hello = {
        span_text("isoc-energy"), span_text("example 1"), 0, 0, 256, span_text("")};
    hello_put(out, &hello);
}

// The hub's answer: the log has three entries, the node's inbox none.
static inline void worked_welcome(buf_t *out)
{
    buf_t note = {0};
    worked_checkpoint(&note);
    const welcome_t welcome = {.origin = span_text(WORKED_ORIGIN),
        .checkpoint = buf_span(&note),
        .window = 1024,
        .size_limit = 1048576,
        .time_ms = worked_time_ms};
    welcome_put(out, &welcome);
    buf_destroy(&note);
}

static inline void worked_publish(buf_t *out)
{
    publish_t *publish = calloc(1, sizeof *publish);
    buf_t head = {0};
    buf_t sibling = {0};
    worked_seal_head(&head);
    worked_sibling(&sibling);
    publish->heads = 1;
    publish->head[0] = (sealed_head_t){buf_span(&head), buf_span(&sibling)};
    publish->n = 1;
    publish->item[0] = (sealed_t){0, 0, span_text(worked_documents[0])};
    publish_put(out, publish);
    buf_destroy(&head);
    buf_destroy(&sibling);
    free(publish);
}

static inline void worked_receipt(buf_t *out)
{
    receipt_t *receipt = calloc(1, sizeof *receipt);
    buf_t note = {0};
    buf_t path = {0};
    buf_t leaf = {0};
    worked_checkpoint(&note);
    worked_path(&path);
    worked_leaf(2, &leaf);
    receipt->checkpoint = buf_span(&note);
    receipt->proof = buf_span(&path);
    receipt->tolds = 1;
    receipt->told[0] = span_text("deliver nccis notice.nccis sender 488:8.3, 8.5, 10\n"
                                 "remark object.unknown sender\n");
    receipt->n = 1;
    receipt->item[0] = (receipt_item_t){buf_span(&leaf), 0};
    receipt_put(out, receipt);
    buf_destroy(&note);
    buf_destroy(&path);
    buf_destroy(&leaf);
    free(receipt);
}

// The first of the two documents, proven and sealed as a hub hands it over.
typedef struct {
    deliver_t deliver;
    buf_t note, path, leaf, head, sibling;
} worked_handed_t;

static inline worked_handed_t *worked_handed(const char *why)
{
    worked_handed_t *handed = calloc(1, sizeof *handed);
    deliver_t *deliver = &handed->deliver;
    worked_checkpoint(&handed->note);
    worked_path(&handed->path);
    worked_leaf(2, &handed->leaf);
    worked_seal_head(&handed->head);
    worked_sibling(&handed->sibling);
    deliver->checkpoint = buf_span(&handed->note);
    deliver->proof = buf_span(&handed->path);
    deliver->heads = 1;
    deliver->head[0] =
        (sealed_head_t){buf_span(&handed->head), buf_span(&handed->sibling)};
    deliver->whys = 1;
    deliver->why[0] = span_text(why);
    deliver->n = 1;
    deliver->item[0] =
        (deliver_item_t){.number = 1, .sealed = {0, 0, span_text(worked_documents[0])}};
    leaf_divide(buf_span(&handed->leaf), &deliver->item[0].front, &deliver->item[0].back);
    return handed;
}

static inline void worked_handed_free(worked_handed_t *handed)
{
    buf_destroy(&handed->note);
    buf_destroy(&handed->path);
    buf_destroy(&handed->leaf);
    buf_destroy(&handed->head);
    buf_destroy(&handed->sibling);
    free(handed);
}

// The same message as the first of nccis' inbox, without its author's certificate.
static inline void worked_deliver(buf_t *out)
{
    worked_handed_t *handed =
        worked_handed("deliver nccis notice.nccis sender 488:8.3, 8.5, 10");
    deliver_put(out, &handed->deliver);
    worked_handed_free(handed);
}

// Somebody is brought in by number 5 of its inbox, and asks for what that brings along.
static inline void worked_carry(buf_t *out)
{
    carry_ask_put(out, &(carry_ask_t){5, 1});
}

static inline void worked_carried(buf_t *out)
{
    worked_handed_t *handed = worked_handed("carries knb isoc-energy " WORKED_ID);
    handed->deliver.carrier = 5;
    carried_put(out, &handed->deliver);
    worked_handed_free(handed);
}

// Of a level, of a level and a duty, of a duty that is played in an exercise.
static inline void worked_ahead(buf_t *out)
{
    const ahead_t ahead = {0, 3,
        {{41, 4, 0, 0}, {121, 4, AHEAD_OWED, worked_time_ms + 86400000},
            {127, 0, AHEAD_OWED | AHEAD_PLAYED, worked_time_ms + 900000}}};
    ahead_put(out, &ahead);
}

static inline void worked_knows(buf_t *out)
{
    knows_put(out, span_text("dabyl-hub 0.1.0 +knows"));
}

static inline void worked_follow(buf_t *out)
{
    follow_put(out, &(follow_t){.offset = 64});
}

static inline void worked_tail(buf_t *out)
{
    tail_put(out, &(tail_t){.offset = 64, .data = span_text("DBATCH01")});
}

static inline void worked_refused(buf_t *out)
{
    refused_t *refused = calloc(1, sizeof *refused);
    refused->n = 1;
    refused->item[0] = (refused_item_t){.code = span_text("doc.schema"),
        .pointer = span_text("/body/level"),
        .by = span_text("incident.notice"),
        .text = span_text("6 is more than 5")};
    sha256(span_text(worked_documents[0]), &refused->item[0].document);
    refused_put(out, refused);
    free(refused);
}

static inline void worked_pulse(buf_t *out)
{
    bare_put(out, FRAME_PULSE);
}

static const char worked_file[] = "The plan, in brief.\n";

static inline attachment_t worked_attachment_value(void)
{
    attachment_t attachment = {.size = sizeof worked_file - 1};
    sha256(span_text(worked_file), &attachment.digest);
    return attachment;
}

static inline void worked_attachment(buf_t *out)
{
    attachment_t attachment = worked_attachment_value();
    attachment_print(&attachment, out);
}

static inline void worked_attachment_digest(buf_t *out)
{
    buf_put(out, worked_attachment_value().digest.bytes, sizeof(hash_t));
}

static inline void worked_give(buf_t *out)
{
    attachment_t file = worked_attachment_value();
    give_put(out, &(give_t){file.digest, file.size});
}

static inline void worked_held(buf_t *out)
{
    attachment_t file = worked_attachment_value();
    held_put(out, &(held_t){file.digest, file.size, 0, 65536});
}

static inline void worked_fetch(buf_t *out)
{
    fetch_put(out, &(fetch_t){worked_attachment_value().digest, 0});
}

static inline void worked_piece(buf_t *out)
{
    attachment_t file = worked_attachment_value();
    piece_put(out, &(piece_t){file.digest, file.size, 0, span_text(worked_file)});
}

typedef enum { WORKED_TEXT, WORKED_BYTES } worked_form_t;
typedef struct {
    const char *name;
    worked_form_t form;
    void (*make)(buf_t *out);
} worked_t;

static const worked_t worked[] = {
    {"keys", WORKED_TEXT, worked_keys},
    {"vkey", WORKED_TEXT, worked_vkey_text},
    {"document", WORKED_TEXT, worked_document},
    {"document-2", WORKED_TEXT, worked_document_2},
    {"seal-signed", WORKED_TEXT, worked_seal_signed},
    {"seal-head", WORKED_TEXT, worked_seal_head},
    {"seal", WORKED_TEXT, worked_seal},
    {"rules", WORKED_TEXT, worked_rules},
    {"rules-seal", WORKED_TEXT, worked_rules_seal},
    {"routing", WORKED_TEXT, worked_routing},
    {"routing-refers", WORKED_TEXT, worked_routing_refers},
    {"routing-members", WORKED_TEXT, worked_routing_members},
    {"leaf-0", WORKED_BYTES, worked_leaf_0},
    {"leaf-1", WORKED_BYTES, worked_leaf_1},
    {"front-2", WORKED_BYTES, worked_front_2},
    {"back-2", WORKED_BYTES, worked_back_2},
    {"leaf-2", WORKED_BYTES, worked_leaf_2},
    {"checkpoint", WORKED_TEXT, worked_checkpoint},
    {"tlog-proof", WORKED_TEXT, worked_proof},
    {"ack-record", WORKED_TEXT, worked_ack_record},
    {"sibling", WORKED_BYTES, worked_sibling},
    {"run-proof", WORKED_BYTES, worked_path},
    {"hello", WORKED_BYTES, worked_hello},
    {"welcome", WORKED_BYTES, worked_welcome},
    {"publish", WORKED_BYTES, worked_publish},
    {"receipt", WORKED_BYTES, worked_receipt},
    {"deliver", WORKED_BYTES, worked_deliver},
    {"carry", WORKED_BYTES, worked_carry},
    {"carried", WORKED_BYTES, worked_carried},
    {"ahead", WORKED_BYTES, worked_ahead},
    {"knows", WORKED_BYTES, worked_knows},
    {"follow", WORKED_BYTES, worked_follow},
    {"tail", WORKED_BYTES, worked_tail},
    {"refused", WORKED_BYTES, worked_refused},
    {"ack", WORKED_BYTES, worked_ack_frame},
    {"pulse", WORKED_BYTES, worked_pulse},
    {"attachment", WORKED_TEXT, worked_attachment},
    {"attachment-digest", WORKED_BYTES, worked_attachment_digest},
    {"give", WORKED_BYTES, worked_give},
    {"held", WORKED_BYTES, worked_held},
    {"fetch", WORKED_BYTES, worked_fetch},
    {"piece", WORKED_BYTES, worked_piece},
};
enum { WORKED_COUNT = sizeof worked / sizeof worked[0] };

#endif
