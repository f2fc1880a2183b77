// withdrawal - a message that corrects another (`supersedes`) or takes it back
// (`cancels`): who may, and what.
//
// Whoever had the original must have it, and nobody else: so it does not choose its
// receivers, and its marking may not keep it from any of them.

#ifndef HUB_STATE_WITHDRAWAL_H
#define HUB_STATE_WITHDRAWAL_H

#include "lib/rules/require.h"

// The reference to the original; NULL when the message withdraws nothing.
const reference_t *withdrawn_by(const document_t *document);
// 0, with the original's leaf; or -1 and a refusal.  The original is there (the caller
// has checked that the author was party to it).
int withdrawal_check(const precedents_t *log, const document_t *document,
    leaf_t *original, refusal_t *refusal);
// What a message began as: itself, or the first of those that it supersedes in turn.
void withdrawal_first(
    const precedents_t *log, const document_t *document, reference_t *first);
// What the incident of a message began as: of the one that it names in `incident`, else
// of itself.
void withdrawal_incident(
    const precedents_t *log, const document_t *document, reference_t *incident);

#endif
