// figures - what the hub counts, as metrics (hub/MONITORING.md says what each is for).
//
// No name of a person is among the labels: of officers' certificates only the node that
// they belong to.  Names of metrics are promised to whoever watches: add, never rename.

#ifndef HUB_ASK_FIGURES_H
#define HUB_ASK_FIGURES_H

#include "hub/ask/oldest.h"
#include "hub/ask/status.h"
#include "hub/journal/publisher.h"
#include "hub/journal/refusals.h"
#include "hub/net/gate.h"
#include "lib/base/times.h"
#include "lib/metrics/metrics.h"
#include "lib/rules/duty_counts.h"

// What is counted as it happens, since the start; all zeros.
typedef struct {
    int64_t started_ms; // monotonic
    uint64_t receipts;  // new ones, and those that were asked for again
    spread_t turns;     // from the end of waiting to the next wait
    spread_t flushes;   // of batches
} figures_t;

// All is borrowed.
typedef struct {
    const hub_status_t *status;
    const figures_t *figures;
    const hub_options_t *options;
    const duty_counts_t *duties;
    const refusals_t *refusals;
    const gate_counts_t *gate;
    oldest_t *oldest; // has begun
    published_t published;
    uint64_t attachment_bytes;
    size_t attachments; // that the log has
    now_t now;
} figures_source_t;

void figures_print(const figures_source_t *self, buf_t *out);

#endif
