// deferred - what waits until a batch is written anyway: nodes' acknowledgements, and
// counts of what was refused.
//
// Neither makes the disk work for itself alone while it need not: it goes with a batch
// that is written anyway, or waits for as long as it may.  What an auditor would reject
// is never written.

#ifndef HUB_SEND_DEFERRED_H
#define HUB_SEND_DEFERRED_H

#include "hub/journal/refusals.h"
#include "hub/net/reception.h"
#include "hub/state/duties.h"
#include "hub/state/inboxes.h"
#include "lib/base/times.h"
#include "lib/config/hub_options.h"
#include "lib/pki/roster.h"

enum { DEFERRED_REFUSALS_MS = 1000 }; // between counts, however many batches go

// All is borrowed for as long as the deferred lives.
typedef struct {
    const hub_options_t *options;
    sessions_t *sessions;
    const inboxes_t *inboxes;
    refusals_t *refusals;
    reception_t *reception;
    duties_t *duties; // some are met by a delivery
} deferred_setup_t;

typedef enum {
    DEFERRED_DUE, // what something else is drafted with, or has waited long enough
    DEFERRED_ALL  // all that waits: nothing is left behind
} deferred_part_t;

typedef struct deferred deferred_t;

deferred_t *deferred_new(const deferred_setup_t *setup);
void deferred_destroy(deferred_t **self_p);
// A checkpoint leaves the hub: acknowledgements may name its root from now on.
void deferred_checkpoint(deferred_t *self, const hash_t *root, uint64_t size);
// An ACK frame of this session: its window moves on, and the acknowledgement waits.  -1
// when it cannot be read, or is of more than was sent.
int deferred_ack(deferred_t *self, session_t *session, span_t frame, int64_t monotonic_ms,
    cause_t *why);
// When a batch has to go for it (monotonic); MOMENT_NEVER: none waits.
int64_t deferred_due_ms(const deferred_t *self);
// Draft what goes with this turn's batch.
void deferred_draft(
    deferred_t *self, const duties_log_t *log, now_t now, deferred_part_t part);
// The batch is durable, and what waited with it; or it is not, and all of it waits on.
void deferred_durable(deferred_t *self);
void deferred_undrafted(deferred_t *self);

#endif
