// law - what an operator loads and an officer seals: schemas, roster, registry, rules.
// Replaced whole or not at all.

#ifndef HUB_LAW_H
#define HUB_LAW_H

#include "lib/registry.h"
#include "lib/roster.h"
#include "lib/rules.h"
#include "lib/schema.h"

typedef struct {
    const char *schemas, *roster, *ca, *crl, *registry, *rules; // paths
    const char *origin; // the rules' seal names it
} law_source_t;

typedef struct {
    schemas_t *schemas;
    roster_t *roster;
    registry_t *registry;
    rules_t *rules;
    buf_t rules_seal;  // text, as it goes into the journal
    buf_t roster_text; // roster_print's
} law_t;

// What was in force, after a restart too: then the journal says so.  `{0}` when there was
// none.
typedef struct {
    const roster_t *roster;   // see roster_open
    hash_t rules, rules_seal; // SHA-256 of both texts
} law_before_t;

// On failure `law` holds nothing.
int law_open(law_t *law, const law_source_t *source, const law_before_t *before,
    int64_t now_ms, cause_t *why);
void law_close(law_t *law);
// The hub's own sealing certificate must be in the roster: receivers get it from there.
int law_knows(const law_t *law, const char *key_id, int64_t now_ms, cause_t *why);

#endif
