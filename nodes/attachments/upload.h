// upload - hands in attachments: what lies in attachments/outbox under its SHA-256 goes
// to the hub, piece by piece, as soon as a message that names it was accepted.
//
//     attachments/outbox/DIGEST              waits, or is on its way
//     attachments/sent/DIGEST.attachment     handed in: what the log says of it
//     attachments/sent/DIGEST.tlog-proof     its receipt; appears last
//     refused/DIGEST.reason.json             why it never will be
//
// One at a time, one piece on the way.  How much the hub has is asked at the beginning
// and in every new session, so there is nothing to remember.

#ifndef NODES_ATTACHMENTS_UPLOAD_H
#define NODES_ATTACHMENTS_UPLOAD_H

#include "lib/base/times.h"
#include "lib/message/frame.h"
#include "nodes/attachments/transfer.h"
#include "nodes/link/link.h"

typedef struct {
    void *context;
    // Send a frame: false when that cannot be done now.
    bool (*give)(void *context, const give_t *give);
    bool (*piece)(void *context, const piece_t *piece);
    transfer_told_fn told;
} upload_events_t;

typedef struct upload upload_t;

// Makes the folders below that of the node.  The store is borrowed, for refused/.
upload_t *upload_open(
    const char *folder, store_t *store, const upload_events_t *events, cause_t *why);
void upload_close(upload_t **self_p);

const char *upload_folder(const upload_t *self); // to be watched
// Monotonic: when to take a turn, should there be no other reason.
int64_t upload_due_ms(const upload_t *self);
// `may`: there is a session, and no message waits.
void upload_turn(upload_t *self, now_t now, bool may);
void upload_restart(upload_t *self); // a new session: nothing that was sent counts
// A name appeared in the folder, or a message was accepted: look, and try all again.
void upload_hurry(upload_t *self);

// The hub's answers.  What is about something else is ignored.
void upload_held(upload_t *self, const held_t *held);
void upload_refused(upload_t *self, const hash_t *digest, const refusal_t *refusal);
void upload_receipt(upload_t *self, const link_receipt_t *receipt, span_t checkpoint);

typedef struct {
    hash_t digest;
    uint64_t offset, size;
} upload_progress_t;
// What is on its way; false when nothing is.
bool upload_progress(const upload_t *self, upload_progress_t *out);

#endif
