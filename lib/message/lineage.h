// lineage - one identity of a message through all its corrections: the first of the chain
// in which each supersedes the one before it, and a withdrawal ends it; and what the
// thread that it is in began with.
//
// Folded from routing records alone, in the log's order, and nothing is walked: what a
// message began as is known when the message is added, however long the chain is.  Over
// what is durable lies what a turn has drafted.  In memory some ninety bytes for a
// message that refers to another, and as much for one that is referred to; what is
// durable may be kept elsewhere.

#ifndef LIB_MESSAGE_LINEAGE_H
#define LIB_MESSAGE_LINEAGE_H

#include "lib/message/document.h"
#include "lib/message/routing.h"

typedef struct lineage lineage_t;

// What is told of a message by naming another, and what is told of it alone.
typedef enum {
    KIN_FIRST,
    KIN_ROOT,
    KIN_LATEST, // of a first; the newest counts
    KINS,
    KIN_REPLACED = KINS, // superseded or cancelled
    KIN_CANCELS,         // it is a withdrawal
    KIN_WITHDRAWN,       // of a first: its chain has ended
} kinship_t;

// Who keeps what is durable.
typedef struct {
    // `other` is NULL from KINS on.
    void (*say)(void *context, kinship_t kinship, const reference_t *message,
        const reference_t *other);
    // Whether that was said of it, and what last.
    bool (*said)(
        void *context, kinship_t kinship, const reference_t *message, reference_t *other);
    void *context;
} lineage_keeper_t;

lineage_t *lineage_new(void); // in memory
lineage_t *lineage_kept(const lineage_keeper_t *keeper);
void lineage_destroy(lineage_t **self_p);
// A message with this record is durable.
void lineage_add(
    lineage_t *self, const char *author, const char *id, const routing_t *routing);
// One that is only drafted.
void lineage_draft(
    lineage_t *self, const char *author, const char *id, const routing_t *routing);
// Forget what was drafted: it is durable by now, or was never written.
void lineage_begin(lineage_t *self);

// The first of its chain: itself, when it corrects nothing.
void lineage_first(const lineage_t *self, const reference_t *message, reference_t *first);
// The newest of its chain, of whatever is asked about; a withdrawal counts.
void lineage_latest(
    const lineage_t *self, const reference_t *message, reference_t *latest);
// What its thread began with: by `incident`, else `re`, else what it withdraws, as far up
// as there is anything, and there the first of the chain.
void lineage_root(const lineage_t *self, const reference_t *message, reference_t *root);
// Neither superseded nor cancelled, nor itself but a cancellation.
bool lineage_stands(const lineage_t *self, const reference_t *message);
// Whether its chain ended by a withdrawal.
bool lineage_withdrawn(const lineage_t *self, const reference_t *message);

#endif
