// remarks - what the author should know of a message that is accepted all the same: it
// contradicts the registry, comes long after what it tells of, or answers what had
// expired.

#ifndef HUB_DECIDE_REMARKS_H
#define HUB_DECIDE_REMARKS_H

#include "hub/decide/evaluation.h"

// Of what the message says of itself.  Its objects are known.
void remarks_facts(evaluation_t *evaluation, int64_t detection_ms);
// Of what it answers, which has this record.
void remarks_answered(evaluation_t *evaluation, const routing_t *answered);
// The moment at which a message expires, as a line of its record.
void remarks_note_expiry(routing_t *routing, const document_t *document);

#endif
