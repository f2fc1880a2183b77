// enacted - what the log has of the law: where its newest parts are, and the hashes of
// their texts.

#ifndef HUB_JOURNAL_ENACTED_H
#define HUB_JOURNAL_ENACTED_H

#include "lib/tlog/leaf.h"

// All zeros: nothing yet; no part of the law is at position 0.
typedef struct {
    uint64_t rules_position; // of the rules in force
    uint64_t roster_position, registry_position, schemas_position;
    hash_t rules, rules_seal, roster, registry,
        schemas; // SHA-256 of what was loaded last
} enacted_t;

// Fold one entry; false when it is none of the law's.
bool enacted_add(enacted_t *self, const leaf_t *leaf);

#endif
