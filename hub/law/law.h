// law - what an operator loads and an officer seals: schemas, roster, registry, rules.
// Replaced whole or not at all.

#ifndef HUB_LAW_LAW_H
#define HUB_LAW_LAW_H

#include "hub/journal/draft.h"
#include "hub/journal/enacted.h"
#include "hub/law/identity.h"
#include "lib/config/hub_options.h"
#include "lib/json/schema.h"
#include "lib/lawcheck/registry.h"
#include "lib/lawcheck/rules_warn.h"
#include "lib/pki/roster.h"
#include "lib/rules/rules.h"

// The hub's own keys: nobody else's certificate is for one of them.
typedef struct {
    const char *name;    // of the hub
    const char *seal_id; // of its seal key: receivers get the certificate from the
                         // roster, so that it must be there
    const uint8_t *log, *seal, *channel; // public keys
} law_own_t;

// What rules, registry and roster may come to together: they are written in one batch.
enum { LAW_BYTES = 40 << 20 };

typedef struct {
    const char *schemas, *roster, *ca, *crl, *registry, *rules; // paths
    const char *origin; // the rules' seal names it
    law_own_t own;
    const texts_t *absent_roles; // of which no warning is given
} law_source_t;

typedef struct {
    schemas_t *schemas;
    roster_t *roster;
    registry_t *registry;
    rules_t *rules;
    buf_t rules_seal;                  // those of the packs, as they go into the journal
    buf_t roster_text;                 // roster_print's
    hash_t roster_hash, registry_hash; // of the texts
    warnings_t warnings; // what may leave somebody untold, for as long as it is in force
    bool recalled;       // from the journal, which has all of it
} law_t;

// What was in force, after a restart too: then the journal says so.  `{0}` when there was
// none.
typedef struct {
    const roster_t *roster; // see roster_open
    enacted_t enacted;
    span_t rules, rules_seal; // the packs and their seals
} law_before_t;

// The texts of the law in force, as the journal has them.
typedef struct {
    span_t schemas, roster, registry, rules, rules_seal;
} law_texts_t;

law_source_t law_source_of(const hub_options_t *options, const identity_t *who);
// On failure `law` holds nothing, and what is in force elsewhere was not touched.
int law_open(law_t *law, const law_source_t *source, const law_before_t *before,
    int64_t now_ms, cause_t *why);
// The same at a start, after the journal was read: a CRL older than the one it knows is
// no law.  `texts` are those of the law in force as the journal has them, empty where it
// has none.
int law_begin(law_t *law, const law_source_t *source, const enacted_t *enacted,
    const law_texts_t *texts, int64_t now_ms, cause_t *why);
// The law of these texts, whatever the files say: it was judged when it came into force.
int law_recall(law_t *law, const law_source_t *source, const law_texts_t *texts,
    int64_t now_ms, cause_t *why);
// Warns of ages for kinds that the schemas do not have.
void law_warn_of_ages(law_t *law, const ages_t *ages);
void law_close(law_t *law);
// Draft an entry for each part that is not the one the log has.  The position of the
// rules in force with this draft.
uint64_t law_record(const law_t *law, const enacted_t *enacted, draft_t *draft);

#endif
