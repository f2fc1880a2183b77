// fetching - gets attachments: for each name in attachments/wanted the hub is asked,
// piece by piece, until all is there and has the SHA-256 that was asked for.
//
//     attachments/wanted/DIGEST    a request, made by anybody: a line with its size
//     attachments/coming/...       what there is so far
//     attachments/whole/DIGEST     the file; whoever wanted it takes it away
//     refused/DIGEST.reason.json   why there is none to be had
//
// One at a time, one piece on the way.

#ifndef NODES_ATTACHMENTS_FETCHING_H
#define NODES_ATTACHMENTS_FETCHING_H

#include "lib/base/times.h"
#include "lib/blob/depot.h"
#include "lib/message/frame.h"
#include "nodes/inbox/store.h"

typedef enum {
    FETCHING_BEGUN,   // from `offset` on
    FETCHING_DONE,    // it is whole
    FETCHING_LATER,   // why not now; told once while it stays so
    FETCHING_REFUSED, // why not ever
} fetching_event_t;

typedef struct {
    void *context;
    // Ask for a piece: false when that cannot be done now.
    bool (*fetch)(void *context, const fetch_t *fetch);
    void (*told)(void *context, fetching_event_t event, const hash_t *digest,
        uint64_t offset, const char *text);
} fetching_events_t;

typedef struct fetching fetching_t;

fetching_t *fetching_open(
    const char *folder, store_t *store, const fetching_events_t *events, cause_t *why);
void fetching_close(fetching_t **self_p);

const char *fetching_folder(const fetching_t *self); // to be watched
int64_t fetching_due_ms(const fetching_t *self);
// `may`: there is a session.  What is there is hashed in any case, a slice a turn.
void fetching_turn(fetching_t *self, now_t now, bool may);
void fetching_restart(fetching_t *self); // a new session
void fetching_hurry(fetching_t *self);   // a name appeared, or a message was delivered

void fetching_piece(fetching_t *self, const piece_t *piece);
void fetching_refused(fetching_t *self, const hash_t *digest, const refusal_t *refusal);

#endif
