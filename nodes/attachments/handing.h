// handing - hands in attachments: what lies in attachments/outbox under its SHA-256 goes
// to the hub, piece by piece, as soon as a message that names it was accepted.
//
//     attachments/outbox/DIGEST              waits, or is on its way
//     attachments/sent/DIGEST.attachment     handed in: what the log says of it
//     attachments/sent/DIGEST.tlog-proof     its receipt; appears last
//     refused/DIGEST.reason.json             why it never will be
//
// One at a time, one piece on the way.  How much the hub has is asked at the beginning
// and in every new session, so there is nothing to remember.

#ifndef NODES_ATTACHMENTS_HANDING_H
#define NODES_ATTACHMENTS_HANDING_H

#include "lib/base/times.h"
#include "lib/message/frame.h"
#include "nodes/inbox/store.h"
#include "nodes/link/link.h"

typedef enum {
    HANDING_BEGUN,   // the hub has `offset` bytes and takes more
    HANDING_DONE,    // it has all, and gave its receipt
    HANDING_LATER,   // why not now; told once while it stays so
    HANDING_REFUSED, // why not ever
} handing_event_t;

typedef struct {
    void *context;
    // Send a frame: false when that cannot be done now.
    bool (*give)(void *context, const give_t *give);
    bool (*piece)(void *context, const piece_t *piece);
    void (*told)(void *context, handing_event_t event, const hash_t *digest,
        uint64_t offset, const char *text);
} handing_events_t;

typedef struct handing handing_t;

// Makes the folders below that of the node.  The store is borrowed, for refused/.
handing_t *handing_open(
    const char *folder, store_t *store, const handing_events_t *events, cause_t *why);
void handing_close(handing_t **self_p);

const char *handing_folder(const handing_t *self); // to be watched
// Monotonic: when to take a turn, should there be no other reason.
int64_t handing_due_ms(const handing_t *self);
// `may`: there is a session, and no message waits.
void handing_turn(handing_t *self, now_t now, bool may);
void handing_restart(handing_t *self); // a new session: nothing that was sent counts
// A name appeared in the folder, or a message was accepted: look, and try all again.
void handing_hurry(handing_t *self);

// The hub's answers.  What is about something else is ignored.
void handing_held(handing_t *self, const held_t *held);
void handing_refused(handing_t *self, const hash_t *digest, const refusal_t *refusal);
void handing_receipt(handing_t *self, const link_receipt_t *receipt, span_t checkpoint);

typedef struct {
    hash_t digest;
    uint64_t offset, size;
} handing_progress_t;
// What is on its way; false when nothing is.
bool handing_progress(const handing_t *self, handing_progress_t *out);

#endif
