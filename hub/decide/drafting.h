// drafting - puts decisions into the turn's draft: a message becomes a refusal, the
// receipt it had before, or entries with everything that follows from it.
//
// All or nothing: a message is not taken without the messages that the law derives from
// it, and from these in turn.  Each of them is decided on before anything is kept; when
// one is refused, or cannot be made, so is the message, and the operator is alarmed.

#ifndef HUB_DECIDE_DRAFTING_H
#define HUB_DECIDE_DRAFTING_H

#include "hub/decide/decision.h"
#include "hub/journal/draft.h"
#include "lib/base/log.h"
#include "lib/json/schema.h"
#include "lib/message/document.h"
#include "lib/pki/roster.h"

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
} drafting_setup_t;

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
} drafting_trouble_t;

typedef struct drafting drafting_t;

drafting_t *drafting_new(const drafting_setup_t *setup);
void drafting_destroy(drafting_t **self_p);
// A new turn: what its messages are checked against and when they are made.  Borrowed
// until the next one.
void drafting_begin(drafting_t *self, const schemas_t *schemas, int64_t now_ms);
// 0, and the position that the receipt is for; -1 and a refusal, and then nothing was
// drafted.
int drafting_take(drafting_t *self, const sealed_message_t *message, uint64_t *position,
    refusal_t *refusal);
// What taking the message would come to, with its refusal; nothing is drafted, no alarm
// raised.  Borrowed until the next call.
const decision_t *drafting_explain(
    drafting_t *self, const member_t *author, const document_t *document);
// Decide on and draft a message of the hub's own.  One that does not fit its schema or
// the rules is left out and logged: that is the operator's to mend.
void drafting_say(drafting_t *self, span_t message);
const drafting_trouble_t *drafting_trouble(const drafting_t *self);
void drafting_forget_trouble(drafting_t *self); // another law is in force

#endif
