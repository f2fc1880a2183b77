// fake_hub - a hub of a few lines for the tests of nodes: a CURVE ROUTER, a ZAP handler,
// a CA and a log with a key of its own.  It does what the test says, also what no hub
// would do.
//
// It runs in the test's own thread: `hub_step` lets both sides move for a moment.

#ifndef TESTS_LIB_FAKE_HUB_H
#define TESTS_LIB_FAKE_HUB_H

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/message/frame.h"
#include "lib/message/routing.h"
#include "nodes/link/link.h"
#include "nodes/net/sockets.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <czmq.h>
#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <unistd.h>

#define HUB_ORIGIN "hub.example/log"
enum { LOG_MAX = 4096, AUTHORS = 4 };
static const int64_t hub_time_ms = 1795348800000; // 2026-11-22T12:00:00Z

typedef struct {
    EVP_PKEY *key;
    X509 *x;
} fake_ca_t;

typedef struct {
    char name[32];
    seal_key_t key;
    buf_t der;
} fake_author_t;

typedef struct {
    zsock_t *router, *zap; // NULL while it hangs up
    uint8_t public_key[32], secret_key[32];
    int port; // 0: it has not listened yet
    char endpoint[64];
    const char *zap_status;
    uint8_t admitted[32]; // the key of the last handshake
    size_t handshakes;
    zframe_t *route; // of the node that spoke last
    seal_key_t log;
    log_vkey_t vkey;
    uint64_t size;
    hash_t leaf[LOG_MAX];
    buf_t text[LOG_MAX];
    fake_ca_t ca;
    scratch_t scratch; // has ca.pem
    fake_author_t author[AUTHORS];
    zframe_t *frame; // the last one received
} fake_hub_t;

static inline void fake_key(seal_key_t *key)
{
    crypto_sign_keypair(key->public_key, key->secret_key);
    seal_key_id(key->public_key, key->id);
}

static inline void fake_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
}

static inline X509 *fake_blank(const char *cn, const char *ou, EVP_PKEY *key, long days)
{
    X509 *x = X509_new();
    X509_NAME *subject = X509_get_subject_name(x);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), (long)randombytes_uniform(1 << 30) + 1);
    ASN1_TIME_set(X509_getm_notBefore(x), hub_time_ms / 1000 - days * 86400);
    ASN1_TIME_set(X509_getm_notAfter(x), hub_time_ms / 1000 + days * 86400);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_UTF8, (const uint8_t *)cn, -1, -1, 0);
    if (ou)
        X509_NAME_add_entry_by_txt(
            subject, "OU", MBSTRING_UTF8, (const uint8_t *)ou, -1, -1, 0);
    X509_NAME_add_entry_by_txt(
        subject, "O", MBSTRING_UTF8, (const uint8_t *)"KZ-TEST", -1, -1, 0);
    return x;
}

static inline void fake_ca(fake_ca_t *self)
{
    self->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    self->x = fake_blank("ca", NULL, self->key, 100);
    X509_set_issuer_name(self->x, X509_get_subject_name(self->x));
    fake_extension(self->x, self->x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    fake_extension(self->x, self->x, NID_key_usage, "critical,keyCertSign,cRLSign");
    fake_extension(self->x, self->x, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(self->x, self->key, NULL) > 0);
}

static inline void fake_ca_free(fake_ca_t *self)
{
    X509_free(self->x);
    EVP_PKEY_free(self->key);
}

// A sealing certificate for this key, valid so many days before and after the hub's time.
static inline void fake_cert(const fake_ca_t *ca, const char *name, const char *role,
    const char *node, const seal_key_t *key, long days, buf_t *der)
{
    char san[80];
    EVP_PKEY *public_key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->public_key, 32);
    X509 *x = fake_blank(name, role, public_key, days);
    X509_set_issuer_name(x, X509_get_subject_name(ca->x));
    fake_extension(x, ca->x, NID_basic_constraints, "critical,CA:FALSE");
    fake_extension(x, ca->x, NID_key_usage, "critical,digitalSignature,nonRepudiation");
    (void)snprintf(san, sizeof san, "DNS:%s", node);
    if (strcmp(role, "officer") == 0)
        fake_extension(x, ca->x, NID_subject_alt_name, san);
    fake_extension(x, ca->x, NID_subject_key_identifier, "hash");
    fake_extension(x, ca->x, NID_authority_key_identifier, "keyid:always");
    assert_true(X509_sign(x, ca->key, NULL) > 0);
    uint8_t *bytes = NULL;
    int size = i2d_X509(x, &bytes);
    buf_clear(der);
    buf_put(der, bytes, (size_t)size);
    OPENSSL_free(bytes);
    X509_free(x);
    EVP_PKEY_free(public_key);
}

// What was there before is closed by another thread: its address is free in a moment.
static inline void hub_bind(zsock_t *socket, const char *endpoint)
{
    int64_t until = clock_now().monotonic_ms + 20000;
    while (zsock_bind(socket, "%s", endpoint) < 0)
        assert_true(clock_now().monotonic_ms < until && poll(NULL, 0, 1) == 0);
}

// Bind where it was bound before, or anywhere.
static inline void hub_listen(fake_hub_t *self)
{
    self->zap = zsock_new(ZMQ_REP);
    self->router = zsock_new(ZMQ_ROUTER);
    hub_bind(self->zap, "inproc://zeromq.zap.01");
    zsock_set_curve_server(self->router, 1);
    zsock_set_curve_secretkey_bin(self->router, self->secret_key);
    zsock_set_linger(self->router, 0);
    zsock_set_sndtimeo(self->router, 0);
    zsock_set_router_mandatory(self->router, 1);
    if (self->port)
        hub_bind(self->router, self->endpoint);
    else
        self->port = zsock_bind(self->router, "tcp://127.0.0.1:*");
    (void)snprintf(
        self->endpoint, sizeof self->endpoint, "tcp://127.0.0.1:%d", self->port);
}

static inline void hub_hang_up(fake_hub_t *self)
{
    zsock_destroy(&self->router);
    zsock_destroy(&self->zap);
    zframe_destroy(&self->route);
}

static inline fake_hub_t *hub_new(void)
{
    cause_t why;
    fake_hub_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    assert_true(sodium_init() >= 0);
    crypto_box_keypair(self->public_key, self->secret_key);
    fake_key(&self->log);
    assert_int_equal(log_vkey_of(&self->vkey, HUB_ORIGIN, self->log.public_key, &why), 0);
    fake_ca(&self->ca);
    for (size_t i = 0; i < AUTHORS; i++) {
        fake_author_t *author = &self->author[i];
        (void)snprintf(author->name, sizeof author->name, "isoc-%zu", i);
        fake_key(&author->key);
        fake_cert(&self->ca, author->name, "isoc", "", &author->key, 10, &author->der);
    }
    scratch_open(&self->scratch);
    FILE *file = fopen(scratch_at(&self->scratch, "ca.pem"), "w");
    assert_int_equal(PEM_write_X509(file, self->ca.x), 1);
    (void)fclose(file);
    self->zap_status = "200";
    zsys_handler_set(NULL);
    hub_listen(self);
    return self;
}

static inline void hub_free(fake_hub_t *self)
{
    hub_hang_up(self);
    zframe_destroy(&self->frame);
    for (size_t i = 0; i < self->size; i++)
        buf_destroy(&self->text[i]);
    for (size_t i = 0; i < AUTHORS; i++)
        buf_destroy(&self->author[i].der);
    fake_ca_free(&self->ca);
    scratch_close(&self->scratch);
    free(self);
}

// RFC 27: version, request, domain, address, identity, mechanism, and the key.
static inline void hub_answer_zap(fake_hub_t *self)
{
    zframe_t *request, *key;
    if (!sockets_waits(self->zap))
        return;
    assert_int_equal(
        zsock_recv(self->zap, "sfssssf", NULL, &request, NULL, NULL, NULL, NULL, &key),
        0);
    assert_int_equal(zframe_size(key), sizeof self->admitted);
    memcpy(self->admitted, zframe_data(key), sizeof self->admitted);
    self->handshakes++;
    assert_int_equal(
        zsock_send(self->zap, "sfssss", "1.0", request, self->zap_status, "", "node", ""),
        0);
    zframe_destroy(&request);
    zframe_destroy(&key);
}

// Take one frame if there is one: its type, or -1.
static inline int hub_take(fake_hub_t *self)
{
    if (!self->router)
        return -1;
    hub_answer_zap(self);
    if (!sockets_waits(self->router))
        return -1;
    zframe_destroy(&self->route);
    zframe_destroy(&self->frame);
    assert_int_equal(zsock_recv(self->router, "ff", &self->route, &self->frame), 0);
    reader_t body;
    return frame_type(span_of(zframe_data(self->frame), zframe_size(self->frame)), &body);
}

static inline span_t hub_frame(fake_hub_t *self)
{
    return span_of(zframe_data(self->frame), zframe_size(self->frame));
}

// Let both sides go on until the node sends a frame of this type; others are dropped.
static inline void hub_await(fake_hub_t *self, link_t *node, int type)
{
    int64_t until = clock_now().monotonic_ms + 20000;
    while (clock_now().monotonic_ms < until) {
        if (node)
            link_wait(node, 2);
        if (hub_take(self) == type)
            return;
    }
    fail_msg("no frame of type %d came", type);
}

// Whoever has gone meanwhile gets nothing.
static inline void hub_send(fake_hub_t *self, const buf_t *frame)
{
    assert_non_null(self->route);
    (void)zsock_send(self->router, "fb", self->route, frame->data, frame->size);
}

// The log.

static inline uint64_t hub_append(fake_hub_t *self, const leaf_t *leaf)
{
    assert_true(self->size < LOG_MAX);
    leaf_t placed = *leaf;
    placed.position = self->size;
    if (placed.time_ms == 0)
        placed.time_ms = hub_time_ms;
    leaf_put(&placed, &self->text[self->size]);
    merkle_leaf(buf_span(&self->text[self->size]), &self->leaf[self->size]);
    return self->size++;
}

static inline int hub_fetch(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const fake_hub_t *self = context;
    merkle_t tree = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_add(&tree, &self->leaf[i]);
    merkle_root(&tree, out);
    return 0;
}

static inline void hub_root(const fake_hub_t *self, uint64_t size, hash_t *out)
{
    merkle_t tree = {0};
    for (uint64_t i = 0; i < size; i++)
        merkle_add(&tree, &self->leaf[i]);
    merkle_root(&tree, out);
}

static inline void hub_checkpoint(const fake_hub_t *self, uint64_t size, buf_t *note)
{
    checkpoint_t checkpoint = {.origin = HUB_ORIGIN, .size = size};
    hub_root(self, size, &checkpoint.root);
    buf_clear(note);
    checkpoint_sign(&checkpoint, &self->vkey, self->log.secret_key, note);
}

// That the log grew out of the one in the hello that came last.
static inline void hub_consistency(fake_hub_t *self, buf_t *proof)
{
    cause_t why;
    hello_t hello;
    checkpoint_t seen;
    if (hello_take(&hello, hub_frame(self), &why) == 0 && hello.checkpoint.size > 0 &&
        checkpoint_open(&seen, hello.checkpoint, &self->vkey, &why) == 0 &&
        seen.size < self->size)
        assert_int_equal(
            merkle_prove_consistency(seen.size, self->size, hub_fetch, self, proof), 0);
}

static inline void hub_welcome(fake_hub_t *self, uint32_t window)
{
    buf_t note = {0}, proof = {0}, out = {0};
    hub_checkpoint(self, self->size, &note);
    hub_consistency(self, &proof);
    welcome_t welcome = {.origin = span_text(HUB_ORIGIN),
        .checkpoint = buf_span(&note),
        .consistency = buf_span(&proof),
        .inbox_last = UINT64_MAX,
        .window = window,
        .size_limit = 1 << 20,
        .time_ms = hub_time_ms};
    welcome_put(&out, &welcome);
    hub_send(self, &out);
    buf_destroy(&note);
    buf_destroy(&proof);
    buf_destroy(&out);
}

// Append what a PUBLISH frame holds (as `author`, ids as given) and write the receipt.
static inline void hub_receipt(fake_hub_t *self, const publish_t *frame,
    const char *author, const char *const *id, buf_t *out)
{
    uint64_t position[64];
    buf_t note = {0}, proof = {0};
    receipt_t *receipt = calloc(1, sizeof *receipt);
    receipt->tolds = 1;
    receipt->told[0] = span_text("remark object.unknown sender\n");
    receipt->n = frame->n;
    for (size_t i = 0; i < frame->n; i++) {
        leaf_t leaf = {.type = "message", .kind = "advisory"};
        (void)snprintf(leaf.author, sizeof leaf.author, "%s", author);
        (void)snprintf(leaf.id, sizeof leaf.id, "%s", id[i]);
        leaf.has_document = leaf.has_seal = true;
        sha256(frame->item[i].document, &leaf.document);
        sha256(frame->head[frame->item[i].head].text, &leaf.seal);
        position[i] = hub_append(self, &leaf);
        receipt->item[i].leaf = buf_span(&self->text[position[i]]);
    }
    hub_checkpoint(self, self->size, &note);
    assert_int_equal(
        merkle_prove_run(position, frame->n, self->size, hub_fetch, self, &proof), 0);
    receipt->checkpoint = buf_span(&note);
    receipt->proof = buf_span(&proof);
    buf_clear(out);
    receipt_put(out, receipt);
    free(receipt);
    buf_destroy(&note);
    buf_destroy(&proof);
}

// A delivery in the making: the test may spoil any part before it is written.
typedef struct {
    deliver_t frame;
    leaf_t leaf;     // of the first item
    int64_t time_ms; // the entries'
    buf_t head, note, proof, document[8];
    uint64_t position[8];
    size_t sealed_n;  // so many were sealed together,
    hash_t sealed[8]; // as these leaves of the seal's tree
} fake_delivery_t;

// What a hub says otherwise than it is; NULL: as it is.
typedef struct {
    const char *document; // sealed, logged and delivered as these bytes
    const char *kind, *id, *why;
} fake_twist_t;

// Documents first..first+n-1 of this author's inbox entries, sealed together.
static inline fake_delivery_t *delivery_twisted(fake_hub_t *hub, size_t author,
    uint64_t first, size_t n, const char *origin, int64_t time_ms,
    const fake_twist_t *twist)
{
    fake_delivery_t *self = calloc(1, sizeof *self);
    fake_author_t *by = &hub->author[author];
    const seal_key_t *key = &by->key;
    parcel_t *parcel = parcel_new();
    cause_t why;
    for (size_t i = 0; i < n; i++) {
        char id[64];
        (void)snprintf(id, sizeof id, "0192f0c1-0000-7000-8000-%012llu",
            (unsigned long long)(first + i));
        if (twist->document)
            buf_put(&self->document[i], twist->document, strlen(twist->document));
        else
            buf_printf(&self->document[i],
                "{\"id\":\"%s\",\"from\":\"%s\",\"kind\":\"advisory\"}", id, by->name);
        parcel_add(parcel, id, buf_span(&self->document[i]), i);
    }
    assert_int_equal(parcel_seal(parcel, origin, &key, 1, &why), 0);
    buf_put_span(&self->head, parcel_head(parcel));
    self->frame.certs = 1;
    self->frame.cert[0] = buf_span(&by->der);
    self->frame.heads = 1;
    self->frame.head[0].text = buf_span(&self->head);
    self->frame.whys = 1;
    self->frame.why[0] =
        span_text(twist->why ? twist->why : "deliver isoc-energy rule-1 none 4");
    self->frame.n = self->sealed_n = n;
    for (size_t i = 0; i < n; i++) {
        parcel_item_t item = parcel_item(parcel, i);
        leaf_t leaf = {.type = "message", .kind = "advisory", .time_ms = time_ms};
        strcpy(leaf.author, by->name);
        strcpy(leaf.id, twist->id ? twist->id : item.id);
        if (twist->kind)
            strcpy(leaf.kind, twist->kind);
        leaf.has_document = leaf.has_seal = true;
        leaf.document = item.hash;
        leaf.seal = item.seal;
        self->position[i] = hub_append(hub, &leaf);
        merkle_leaf(span_of(item.hash.bytes, sizeof item.hash), &self->sealed[i]);
        deliver_item_t *out = &self->frame.item[i];
        *out = (deliver_item_t){
            .number = first + i,
            .sealed = {.index = item.index, .document = buf_span(&self->document[i])},
        };
        leaf_divide(buf_span(&hub->text[self->position[i]]), &out->front, &out->back);
    }
    parcel_destroy(&parcel);
    return self;
}

static inline fake_delivery_t *delivery_new(fake_hub_t *hub, size_t author,
    uint64_t first, size_t n, const char *origin, int64_t time_ms)
{
    static const fake_twist_t none = {0};
    return delivery_twisted(hub, author, first, n, origin, time_ms, &none);
}

// The proof that a frame with some of what was sealed needs.
static inline void delivery_prove_places(fake_delivery_t *self, deliver_t *frame)
{
    uint64_t index[8];
    buf_t path[8] = {{0}};
    span_t paths[8];
    buf_clear(&self->proof);
    for (size_t i = 0; i < frame->n; i++) {
        index[i] = frame->item[i].sealed.index;
        merkle_path_of(self->sealed, self->sealed_n, (size_t)index[i], &path[i]);
        paths[i] = buf_span(&path[i]);
    }
    assert_int_equal(
        merkle_run_of_paths(index, paths, frame->n, self->sealed_n, &self->proof), 0);
    frame->head[0].proof = buf_span(&self->proof);
    for (size_t i = 0; i < frame->n; i++)
        buf_destroy(&path[i]);
}

// Prove it against the log as it is now, and write the frame.
static inline void delivery_put(fake_hub_t *hub, fake_delivery_t *self, buf_t *out)
{
    buf_t proof = {0};
    hub_checkpoint(hub, hub->size, &self->note);
    assert_int_equal(merkle_prove_run(self->position, self->frame.n, hub->size, hub_fetch,
                         hub, &proof),
        0);
    self->frame.checkpoint = buf_span(&self->note);
    self->frame.proof = buf_span(&proof);
    buf_clear(out);
    deliver_put(out, &self->frame);
    buf_destroy(&proof);
}

static inline void delivery_free(fake_delivery_t *self)
{
    for (size_t i = 0; i < 8; i++)
        buf_destroy(&self->document[i]);
    buf_destroy(&self->head);
    buf_destroy(&self->note);
    buf_destroy(&self->proof);
    free(self);
}

#endif
