// link - one node's conversation with its hub: sessions, credit, receipts, deliveries.
//
// A link touches no disk, keeps no global state and belongs to one thread.  It believes
// nothing: a receipt or delivery reaches its owner only when the checkpoint's signature,
// the proof, the leaf and (for deliveries) the author's certificate and seal have been
// verified.  It reconnects by itself, with jitter, through its endpoints in turn, and
// publishes again what was not answered.  A hub whose log did not grow out of the one
// seen, or that did not deliver what is stored, stops the link: nothing is sent or taken
// until a hub proves in its welcome that it has the very log.
//
//     link_t *link = link_open(&options, &events, &why);
//     while (!done)
//         link_wait(link, 100);          // sends, receives, calls the events
//     link_close(&link);

#ifndef NODES_LINK_LINK_H
#define NODES_LINK_LINK_H

#include "lib/base/times.h"
#include "lib/message/frame.h"
#include "lib/message/peer.h"
#include "lib/pki/authority.h"
#include "lib/tlog/note.h"
#include "nodes/link/parcel.h"

#include <poll.h>

// By which keys the two know each other, and whose certificates are believed.
enum { LINK_HUB_KEYS = 2 };
typedef struct {
    uint8_t hub_key[LINK_HUB_KEYS][32]; // X25519, of the hub's channel certificate and of
    size_t hub_keys;                    // its next: tried in turn
    uint8_t secret_key[32], public_key[32]; // this node's channel key
    const authority_t *ca;                  // borrowed; see link_options_t
} link_identity_t;

typedef struct {
    const char *node;  // this node's id
    const char *agent; // software and version; what this link knows is said behind it
    const char *const *endpoint;
    size_t endpoints;                       // at least 1
    uint8_t hub_key[32];                    // X25519, from the hub's channel certificate
    uint8_t secret_key[32], public_key[32]; // this node's channel key
    const seal_key_t *seal;                 // signs acknowledgements
    log_vkey_t vkey;                        // the hub's log
    // Checks authors' certificates.  Without a CRL: whether a key was revoked before or
    // after it sealed a message was the hub's to decide when it took the message.
    const authority_t *ca;
    uint64_t stored;   // inbox numbers 1..stored are on the disk
    uint64_t position; // in the log, of number `stored`; 0 when nothing is stored
    span_t checkpoint; // newest note verified so far, or empty
    uint32_t window;  // deliveries taken before an acknowledgement must have left; 0: 256
    int64_t pulse_ms; // 0: 2000
    // Without a frame for this long, the connection counts as lost; 0: 10000.
    int64_t silence_ms;
    int64_t retry_ms; // pause before reconnecting, doubled up to 64 times it; 0: 250
    bool paths;       // work out single audit paths (for tlog-proof files)
} link_options_t;

typedef enum {
    LINK_CONNECTING,
    LINK_READY,   // welcomed
    LINK_LOST,    // the connection ended; it will be made again
    LINK_REFUSED, // the hub does not let this node in; it will be asked again, slowly
    LINK_BROKEN,  // the hub sent what cannot be verified or read; it will be tried again
    LINK_STOPPED, // not the log that was seen: nothing is sent or taken until it is back
    LINK_RETRY,   // the hub asks to publish again later; the state is unchanged
} link_event_type_t;

typedef struct {
    link_event_type_t type;
    const char *code; // of the hub's refusal or good-bye, or ""
    const char *text; // plain words
} link_event_t;

// All spans and pointers die when the callback returns.
typedef struct {
    uint64_t tag;           // of parcel_add
    const parcel_t *parcel; // what was published: its i-th document
    size_t i;
    const leaf_t *leaf;
    span_t leaf_bytes;
    span_t told;     // routing lines the author may know
    span_t path;     // RFC 6962 audit path, if options.paths
    bool other_seal; // the log has this document under an earlier seal
} link_receipt_t;

typedef struct {
    uint64_t tag;
    const parcel_t *parcel;
    size_t i;
    span_t code, pointer, by, text;
} link_refused_t;

// An older message that a delivery brings along.
typedef struct {
    const leaf_t *leaf;
    span_t leaf_bytes;
    span_t line; // of the record, that brings it
    bool aside;  // as below
    span_t document, seal, path;
    span_t checkpoint; // that it is proven in
} link_carried_t;

typedef struct {
    uint64_t number; // in this node's inbox
    const leaf_t *leaf;
    span_t leaf_bytes;
    span_t why; // the lines of the record that are this node's, the first delivers it
    const link_carried_t *carried; // all that goes along, to be stored with it
    size_t carries;
    bool aside; // the log sets it aside: document, seal and author are not there
    span_t document;
    span_t seal; // the seal's whole text
    span_t path; // RFC 6962 audit path, if options.paths
    const cert_t *author;
} link_delivery_t;

// Any may be NULL.  They may call link_publish, link_explain and link_query, not
// link_wait or link_turn.
typedef struct {
    void *context;
    void (*event)(void *context, const link_event_t *event);
    // All of one frame, covered by one checkpoint note.
    void (*receipts)(
        void *context, const link_receipt_t *receipt, size_t n, span_t checkpoint);
    void (*refused)(void *context, const link_refused_t *refused);
    // The certificate of an author not met before on this link, before its first
    // delivery.
    void (*certificate)(void *context, const cert_t *cert);
    // Returns how many, from the front, are now on stable storage.  Fewer than n: the
    // link takes no more deliveries until link_resume.
    size_t (*deliveries)(
        void *context, const link_delivery_t *delivery, size_t n, span_t checkpoint);
    // What of the deliveries to come is urgent: after each welcome that finds some.
    void (*ahead)(void *context, const ahead_t *ahead);
    // The answer to link_explain or link_query.
    void (*explained)(void *context, uint32_t request, span_t json);
    // Of attachments: what the hub has of one, a piece of another, a refusal, and the
    // receipt for one that this node handed in, whose `told` is what the log says of it.
    void (*held)(void *context, const held_t *held);
    void (*piece)(void *context, const piece_t *piece);
    void (*attachment_refused)(void *context, const refused_item_t *item);
    void (*handed_in)(void *context, const link_receipt_t *receipt, span_t checkpoint);
} link_events_t;

typedef struct link link_t;

link_t *link_open(
    const link_options_t *options, const link_events_t *events, cause_t *why);
void link_close(link_t **self_p); // sends a due acknowledgement; never blocks for long

// Queue a sealed parcel, which the link takes over.  It leaves at the next turn, as far
// as the hub's window allows, and again after every reconnect until each document was
// answered.
void link_publish(link_t *self, parcel_t **parcel_p);
// Whether the hub reads what came to the protocol after its first version: no, before it
// has said so.  Nothing of that is sent to a hub which does not.
bool link_hub_knows(const link_t *self, peer_word_t word);
// Documents queued or on the way.
size_t link_unanswered(const link_t *self);
// Ask who would receive a document.  -1 when there is no session; answers are never
// repeated.
int link_explain(link_t *self, uint32_t request, span_t document, cause_t *why);
// Ask what the hub knows about a topic; `arguments` is a JSON object.  As link_explain.
int link_query(
    link_t *self, uint32_t request, const char *topic, span_t arguments, cause_t *why);
// The same for attachments: hand one in, send a piece of it, ask for one.
int link_give(link_t *self, const give_t *give, cause_t *why);
int link_piece(link_t *self, const piece_t *piece, cause_t *why);
int link_fetch(link_t *self, const fetch_t *fetch, cause_t *why);
// There is room again: take deliveries from where it stopped.
void link_resume(link_t *self);

// One turn: wait at most timeout_ms (-1: for ever) for the hub, then do what is due.
void link_wait(link_t *self, int timeout_ms);

// For owners with sockets of their own: poll these, at most until link_due_ms, then turn.
enum { LINK_POLL_ITEMS = 3 };
size_t link_poll_items(link_t *self, struct pollfd item[LINK_POLL_ITEMS]);
// The wait is over, and it may be long until the next link_turn.
void link_work(link_t *self);
int64_t link_due_ms(const link_t *self); // on the clock of now_t.monotonic_ms
void link_turn(link_t *self, now_t now);
// Others from now on: a connection by a key that is none of them any more is made anew.
void link_identify(link_t *self, const link_identity_t *identity);
// Which of the hub's keys it proved in this session: 0 or 1.
size_t link_hub_key(const link_t *self);

typedef struct {
    link_event_type_t state;
    const char *endpoint;
    uint64_t stored;      // inbox numbers given to the owner and durable
    uint64_t inbox_last;  // the hub's, at the last welcome
    uint32_t window;      // for publishing, the hub's
    uint32_t size_limit;  // bytes of one document, the hub's
    int64_t hub_ahead_ms; // the hub's clock minus ours at the last welcome
    uint64_t sessions, receipts, refusals, deliveries; // counts
    checkpoint_t checkpoint;                           // newest verified; size 0: none
    span_t note;                                       // its bytes, borrowed
    // Why the last delivery was refused here: it was proven and contradicts itself.  ""
    // when none was, or one was stored since; borrowed.
    const char *contradiction;
} link_status_t;
void link_status(const link_t *self, link_status_t *out);

#endif
