// subscription - what a message does to the feeds of its author, and whether it may.

#ifndef HUB_DECIDE_SUBSCRIPTION_H
#define HUB_DECIDE_SUBSCRIPTION_H

#include "hub/decide/evaluation.h"

// 0, or -1 and a refusal.  `most`: feeds that a node may have.
int subscription_check(const evaluation_t *evaluation, size_t most);
// The lines of the record by which it does it.
void subscription_record(const document_t *document, routing_t *routing);

#endif
