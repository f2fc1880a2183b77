// clerk - puts decisions into the turn's draft: a message becomes a refusal, the receipt
// it had before, or entries with everything that follows from it.
//
// All or nothing: a message is not taken without the messages that the law derives from
// it, and from these in turn.  Each of them is decided on before anything is kept; when
// one is refused, or cannot be made, so is the message, and the operator is alarmed.

#ifndef HUB_CLERK_H
#define HUB_CLERK_H

#include "lib/decision.h"
#include "lib/document.h"
#include "lib/draft.h"
#include "lib/log.h"
#include "lib/roster.h"
#include "lib/schema.h"

#include <jansson.h>

// All is borrowed for as long as the clerk lives.
typedef struct {
    const member_t *hub; // author of what is derived
    draft_t *draft;
    // 0, and what follows; -1, and why not.  `seal` is that of the message, empty for
    // one of the hub's own.
    int (*decide)(void *context, const member_t *author, const document_t *document,
        span_t seal, decision_t *decision);
    // The message of this name, in the log or in the draft.
    bool (*find)(void *context, const char *author, const char *id, leaf_t *leaf);
    // Whether anybody receives what is to be derived, by this record, to whom it is news.
    bool (*news)(void *context, const emission_t *emission, const routing_t *routing);
    // The message is in the draft: its record, by which what is decided next finds it.
    void (*drafted)(void *context, const leaf_t *leaf, const routing_t *routing);
    // What was drafted last is not there any more; what the draft has still is.
    void (*undrafted)(void *context);
    // It stays, and does this to duties.
    void (*duties)(void *context, const document_t *document, const decision_t *decision,
        uint64_t position);
    // Whether recovery could read all that was drafted from this place on.  If not: -1
    // and a refusal, and the draft ends there again.
    int (*check)(void *context, size_t from, refusal_t *refusal);
    void (*log)(log_level_t level, const char *id, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    void *context;
} clerk_setup_t;

// A message as its author sealed it.  Bytes and seal are borrowed until the draft is
// cleared.
typedef struct {
    const member_t *author; // NULL: no longer a member
    const document_t *document;
    span_t bytes, seal;
    const hash_t *hash, *seal_hash;
} sealed_message_t;

// What the law has the hub say and does not let it say, since it is in force.
typedef struct {
    uint64_t count;      // of messages refused, or not said, for that
    char rule[96];       // the newest: the rule that derives it; "": the hub's own
    char kind[KIND_MAX]; // of what was to be said
    refusal_t refusal;   // and why it cannot be
} clerk_trouble_t;

typedef struct clerk clerk_t;

clerk_t *clerk_new(const clerk_setup_t *setup);
void clerk_destroy(clerk_t **self_p);
// A new turn: what its messages are checked against and when they are made.  Borrowed
// until the next one.
void clerk_begin(clerk_t *self, const schemas_t *schemas, int64_t now_ms);
// 0, and the position that the receipt is for; -1 and a refusal, and then nothing was
// drafted.
int clerk_take(clerk_t *self, const sealed_message_t *matter, uint64_t *position,
    refusal_t *refusal);
// What taking the message would come to, with its refusal; nothing is drafted, no alarm
// raised.  Borrowed until the next call.
const decision_t *clerk_explain(
    clerk_t *self, const member_t *author, const document_t *document);
// Decide on and draft a message of the hub's own; takes it over.  One that does not fit
// its schema or the rules is left out and logged: that is the operator's to mend.
void clerk_say(clerk_t *self, json_t *message);
const clerk_trouble_t *clerk_trouble(const clerk_t *self);
void clerk_forget_trouble(clerk_t *self); // another law is in force

#endif
