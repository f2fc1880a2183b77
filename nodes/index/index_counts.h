// index_counts - what a supervisor asks of a catalogue: incidents over time, and how long
// it took to answer.  Only what is real counts: no exercises and no tests.

#ifndef NODES_INDEX_INDEX_COUNTS_H
#define NODES_INDEX_INDEX_COUNTS_H

#include "nodes/index/mail_index.h"

// One incident as it stands: when this node had its first message, and what its newest
// one that stands says.  Not told of one that was withdrawn.
typedef struct {
    int64_t at_ms;
    int level;          // -1: none is said
    const char *sector; // or ""; until the next
} index_incident_t;
typedef void index_incident_visit_t(void *context, const index_incident_t *incident);
int index_incidents(
    mail_index_t *self, index_incident_visit_t *visit, void *context, cause_t *why);

// A message to this node that asked for an answer: it has got one from here, or it is of
// `level` or higher and stands.
typedef struct {
    const char *kind; // until the next
    int64_t at_ms;
    bool answered;
    int64_t answered_ms; // the first answer
} index_asked_t;
typedef void index_asked_visit_t(void *context, const index_asked_t *asked);
int index_asked(mail_index_t *self, int level, index_asked_visit_t *visit, void *context,
    cause_t *why);

#endif
