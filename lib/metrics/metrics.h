// metrics - figures as text for whoever watches machines: the exposition format 0.0.4 of
// Prometheus.
//
// A family (name, type, help) is begun, then its samples follow.  Names end in their base
// unit, those of counters in `_total`; a label's value may be any text.

#ifndef LIB_METRICS_METRICS_H
#define LIB_METRICS_METRICS_H

#include "lib/base/bytes.h"
#include "lib/metrics/spread.h"

#include <stdbool.h>

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef enum { METRIC_GAUGE, METRIC_COUNTER, METRIC_HISTOGRAM } metric_type_t;

// Opaque; made by metrics_to.
typedef struct {
    buf_t *out;
    const char *name; // of the family that was begun last
} metrics_t;

metrics_t metrics_to(buf_t *out); // borrowed for as long as it is used
// Both are literals: nothing in them is escaped.
void metrics_family(
    metrics_t *self, const char *name, metric_type_t type, const char *help);
// Samples of that family; behind the value names and values of labels by turns, then
// NULL.
void metrics_count(metrics_t *self, uint64_t value, ...) __attribute__((sentinel));
void metrics_seconds(metrics_t *self, int64_t ms, ...) __attribute__((sentinel));
void metrics_spread(metrics_t *self, const spread_t *spread);
// A family of one sample without labels.
void metrics_one(metrics_t *self, const char *name, metric_type_t type, uint64_t value,
    const char *help);
void metrics_one_seconds(metrics_t *self, const char *name, int64_t ms, const char *help);

#endif
