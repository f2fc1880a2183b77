// outbox - files become sealed messages: each file one message, whatever crashes in
// between.
//
// What waits is sealed together, up to 128 at once, the most urgent first (precedence.h).
// A parcel leaves this module only when it is on stable storage.

#ifndef NODES_OUTBOX_OUTBOX_H
#define NODES_OUTBOX_OUTBOX_H

#include "lib/base/times.h"
#include "nodes/inbox/store.h"
#include "nodes/outbox/letter.h"
#include "nodes/outbox/pending.h"
#include "nodes/outbox/sorting.h"

enum {
    OUTBOX_TOGETHER = 128,
    // Sealed and not answered; more wait unsealed, so that what is urgent can pass them.
    OUTBOX_AHEAD = 1024,
};

typedef struct {
    const char *folder;    // the node's; files come into folder/outbox
    letter_rules_t rules;  // what it points at is borrowed
    const char *origin;    // of the hub's log, borrowed
    const seal_key_t *key; // borrowed
    tray_t *tray;          // borrowed
    store_t *store;        // borrowed, for refused/
    pending_t *pending;    // borrowed; sealed parcels go there
} outbox_options_t;

typedef struct {
    void *context;
    // Names of files are as text_show has them.  A file became a message.
    void (*taken)(void *context, const char *file, const char *id, const char *kind);
    // A file was refused here and moved to refused/.
    void (*refused)(void *context, const char *file, const refusal_t *refusal);
    // A file was left where it is, and why; told once while it stays.
    void (*left)(void *context, const char *file, const char *reason);
} outbox_events_t;

typedef struct outbox outbox_t;

outbox_t *outbox_open(
    const outbox_options_t *options, const outbox_events_t *events, cause_t *why);
void outbox_close(outbox_t **self_p);

int outbox_fd(const outbox_t *self);         // readable: take a turn; -1: no inotify here
int64_t outbox_due_ms(const outbox_t *self); // monotonic: when to take a turn in any case
// Take what waits, one parcel at most.  -1: the disk did not take it, the files stay
// where they are and the next turn tries again.
int outbox_turn(outbox_t *self, now_t now, cause_t *why);
size_t outbox_waiting(const outbox_t *self); // taken, and not sealed
void outbox_each_waiting(
    const outbox_t *self, void (*visit)(void *context, const char *take), void *context);
// What stays in the outbox, by its names as they are.
void outbox_each_left(const outbox_t *self,
    void (*visit)(void *context, const leftover_t *item), void *context);
void outbox_set_limit(outbox_t *self, size_t bytes); // of one document, as the hub says

#endif
