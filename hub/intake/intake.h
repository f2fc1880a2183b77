// intake - what nodes publish, on its way from bytes to messages the hub can decide on.
//
// Frames are taken apart at once; seals, syntax and schemas are then checked item by
// item, in any order and on several threads: nothing here depends on the hub's state but
// the keys in force.  What fails carries its refusal.

#ifndef HUB_INTAKE_INTAKE_H
#define HUB_INTAKE_INTAKE_H

#include "hub/law/law.h"
#include "lib/message/document.h"
#include "lib/message/frame.h"

// A seal's head, shared by the documents sealed together.
typedef struct {
    const char *node; // who sent it: the first signature must be this node's
    sealed_head_t sealed;
    bool used;   // some item that was not put off is under it
    hash_t hash; // of the text
    seal_head_t head;
    refusal_t unread;  // the text cannot be used; code NULL: it can
    refusal_t refusal; // of places and signatures; code NULL: good
} intake_head_t;

typedef struct {
    int session;      // slot of the sender's session
    const char *node; // who sent it, until intake_clear
    size_t head;
    uint32_t index;
    size_t number; // of the item in its turn
    span_t bytes;  // the document as transmitted
    hash_t hash;
    bool put_off, parsed;
    document_t document; // when parsed
    refusal_t refusal;   // code NULL: good so far
} submission_t;

typedef struct intake intake_t;

// Both are borrowed.  `law` may be replaced by another between turns.
intake_t *intake_new(const hub_options_t *options, const law_t *law);
void intake_destroy(intake_t **self_p);
void intake_clear(intake_t *self); // before the next turn; frees what the turn held
// Take apart one PUBLISH frame; frame and node are copied: a session may end, and its
// place be another's, before the turn does.
int intake_frame(
    intake_t *self, int session, const char *node, span_t frame, cause_t *why);
// What came from `first` on is too much for now: refused before anything of it is looked
// at.
void intake_put_off(intake_t *self, size_t first, const refusal_t *refusal);
size_t intake_heads(const intake_t *self);
size_t intake_count(const intake_t *self);
// The checks of this turn, 0..intake_checks-1, in any order and on several threads: each
// head's places and signatures, by the keys that are in force at this moment; each item's
// document.  They do not wait for each other.
size_t intake_checks(intake_t *self, int64_t now_ms);
void intake_check(void *self, size_t i);
// When all checks are done: what a bad seal means for its items.
void intake_settle(intake_t *self);
submission_t *intake_at(intake_t *self, size_t i);
// Where it is under its seal, until intake_clear; the hash of that seal's head.
seal_place_t intake_place(const intake_t *self, const submission_t *item);
const hash_t *intake_head_hash(const intake_t *self, const submission_t *item);
// What a document may come to.
document_limits_t intake_limits(const intake_t *self);

// The checks of an item on a document that has no seal yet (explain).  The caller closes
// `document` when it returns 0.
int intake_document(const intake_t *self, span_t bytes, const char *node,
    document_t *document, refusal_t *refusal);

#endif
