// download - gets attachments: for each name in attachments/wanted the hub is asked,
// piece by piece, until all is there and has the SHA-256 that was asked for.
//
//     attachments/wanted/DIGEST    a request, made by anybody: a line with its size
//     attachments/coming/...       what there is so far
//     attachments/whole/DIGEST     the file; whoever wanted it takes it away
//     refused/DIGEST.reason.json   why there is none to be had
//
// One at a time, one piece on the way.

#ifndef NODES_ATTACHMENTS_DOWNLOAD_H
#define NODES_ATTACHMENTS_DOWNLOAD_H

#include "lib/base/times.h"
#include "lib/blob/depot.h"
#include "lib/message/frame.h"
#include "nodes/attachments/transfer.h"

typedef struct {
    void *context;
    // Ask for a piece: false when that cannot be done now.
    bool (*fetch)(void *context, const fetch_t *fetch);
    transfer_told_fn told;
} download_events_t;

typedef struct download download_t;

download_t *download_open(
    const char *folder, store_t *store, const download_events_t *events, cause_t *why);
void download_close(download_t **self_p);

const char *download_folder(const download_t *self); // to be watched
int64_t download_due_ms(const download_t *self);
// `may`: there is a session.  What is there is hashed in any case, a slice a turn.
void download_turn(download_t *self, now_t now, bool may);
void download_restart(download_t *self); // a new session
void download_hurry(download_t *self);   // a name appeared, or a message was delivered

void download_piece(download_t *self, const piece_t *piece);
void download_refused(download_t *self, const hash_t *digest, const refusal_t *refusal);

#endif
