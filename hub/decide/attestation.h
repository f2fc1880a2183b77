// attestation - whether what somebody attests is a duty of its own, and when it was told.
//
// Notice may be given before the message that owes it reaches the hub: in an emergency
// the telephone is quicker.  Not before the moment that the message itself gives for what
// it tells of; there was nothing to tell then.

#ifndef HUB_DECIDE_ATTESTATION_H
#define HUB_DECIDE_ATTESTATION_H

#include "hub/state/duties.h"
#include "lib/message/document.h"

typedef struct {
    const duties_t *duties;
    history_t *history;
    reference_t first;    // what the message that is named in `re` began as
    const char *exercise; // that it is said within, or ""
    // As a duty_cause_t has them.
    int64_t latest_ms, earliest_ms;
} attestation_t;

// 0, or -1 and a refusal.  A duty that there is not and one that is not the author's are
// refused alike.
int attestation_check(
    const attestation_t *self, const document_t *document, refusal_t *refusal);

#endif
