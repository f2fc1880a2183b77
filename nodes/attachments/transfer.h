// transfer - what handing in and fetching attachments have in common: a folder whose
// names say what is to be transferred, one file at a time with one piece of it on the
// way, and for a file that fails a pause that doubles.
//
// Used by upload.c and download.c alone, which know what is sent and what is kept.

#ifndef NODES_ATTACHMENTS_TRANSFER_H
#define NODES_ATTACHMENTS_TRANSFER_H

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/attachments/retries.h"
#include "nodes/inbox/store.h"

#include <limits.h>

typedef enum {
    TRANSFER_BEGUN,   // from `offset` on
    TRANSFER_DONE,    // it is whole on the other side, or on this
    TRANSFER_LATER,   // why not now; told once while it stays so
    TRANSFER_REFUSED, // why not ever
} transfer_event_t;

typedef void (*transfer_told_fn)(void *context, transfer_event_t event,
    const hash_t *digest, uint64_t offset, const char *text);

typedef enum {
    TRANSFER_IDLE,
    TRANSFER_READY, // the next piece may go, or be asked for
    TRANSFER_ASKED, // something is on the way
    TRANSFER_CHECKING,
} transfer_state_t;

typedef struct {
    store_t *store; // borrowed, for refused/
    transfer_told_fn told;
    void *context;
    char folder[PATH_MAX]; // of the names
    transfer_state_t state;
    hash_t digest; // of what is under way
    uint64_t size, offset;
    bool announced;  // that it is
    bool may;        // as the last turn was told
    int64_t look_ms; // when the folder may hold something new; MOMENT_NEVER: it does not
    retries_t retries;
    now_t now;
} transfer_t;

// Makes the folder below that of the node.  Closed also when it failed.
int transfer_open(transfer_t *self, const char *node, const char *folder, cause_t *why);
void transfer_close(transfer_t *self);
// Begins a turn.  True: the folder is to be looked through.
bool transfer_turn(transfer_t *self, now_t now, bool may);
// What lies in the folder, for names_free; false: it cannot be read now.
bool transfer_names(transfer_t *self, names_t *names);
// Whether the name is a digest that may be tried at this moment, and where it lies.
bool transfer_may_try(
    const transfer_t *self, const char *name, hash_t *digest, char path[PATH_MAX]);
// This one is under way from now on; or nothing is, and the folder has nothing to try.
void transfer_take(transfer_t *self, const hash_t *digest, uint64_t size);
void transfer_none(transfer_t *self);
bool transfer_is(const transfer_t *self, const hash_t *digest);

void transfer_tell(transfer_t *self, transfer_event_t event, const char *text);
void transfer_announce(transfer_t *self); // told once that it has begun
// It is not under way any more.
void transfer_rest(transfer_t *self);
void transfer_later(transfer_t *self, const char *text);
// Keeps the refusal for people; -1 with the cause: it could not be kept.
int transfer_refuse(transfer_t *self, const refusal_t *refusal, cause_t *why);
void transfer_forget(transfer_t *self); // its name may be tried at once when it is back

void transfer_hurry(transfer_t *self); // look, and try all again
// Monotonic: when to take a turn, should there be no other reason.
int64_t transfer_due_ms(const transfer_t *self);

#endif
