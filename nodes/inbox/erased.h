// erased - messages of this node whose text the hub's log says was erased by law, and
// those whose text this node has erased as well.
//
//     state/erased/AUTHOR.ID    the words of the entry that says so, the tlog-proof of
//                               that entry, and the tlog-proof of the message's leaf
//     state/erase/AUTHOR.ID     its text is still here: "waits", or "begun" and by whom
//     state/erasures            how far the log was asked: its origin and a position
//     FOLDER/STEM.erased        beside seal and proof, in the stead of the document that
//                               this node has erased: when, and by whom
//
// The first is written by the daemon when it has verified both proofs, and holds them so
// that others can.  Everything survives a power cut when a function returns 0.

#ifndef NODES_INBOX_ERASED_H
#define NODES_INBOX_ERASED_H

#include "lib/base/cause.h"
#include "lib/base/names.h"
#include "lib/message/document.h"
#include "lib/tlog/note.h"

#include <stdio.h>

enum { ERASED_BY_MAX = 128 };

typedef struct {
    bool there;        // else the log says nothing of it, as far as this node has asked
    int64_t at_ms;     // when, by the hub's clock
    uint64_t position; // of the entry that says so
    bool waits;        // its text is here still
} erased_t;

// What is known of a message at a node's folder; only the form is looked at.
erased_t erased_of(const char *node, const reference_t *message);
// "ERASED BY LAW at the hub, 2026-11-22 14:11:38 UTC  (its text is still here ...)".
void erased_print(const erased_t *self, FILE *out);

// The mark, and whether its text waits here.  1: it is new; 0: it was known; -1: failed.
int erased_note(
    const char *node, const reference_t *message, span_t mark, bool waits, cause_t *why);
void erased_mark(
    buf_t *out, span_t words, span_t proof_of_erasure, span_t proof_of_message);
// The three parts of a mark, borrowed; false when it is none.
bool erased_parts(span_t mark, span_t *words, span_t *erasure, span_t *message);
// Whether the mark's proofs are of this log and say that the message was erased.
int erased_check(span_t mark, const reference_t *message, const log_vkey_t *vkey,
    erased_t *out, cause_t *why);

// The same of what is kept at a node's folder.  1: it says so; 0: nothing is kept.
int erased_verify(const char *node, const reference_t *message, const log_vkey_t *vkey,
    erased_t *out, cause_t *why);

// The names of those whose text waits, "AUTHOR.ID"; none where there is no such folder.
int erased_waiting(const char *node, names_t *names, cause_t *why);
bool erased_name(const char *name, reference_t *message);
// Somebody takes it away, and whoever finds that unfinished goes on in the same name.
int erased_begin(
    const char *node, const reference_t *message, const char *by, cause_t *why);
bool erased_begun(const char *node, const reference_t *message, char by[ERASED_BY_MAX]);
int erased_done(const char *node, const reference_t *message, cause_t *why);

// From where on to ask; 0 where nothing is known of this log.
uint64_t erased_asked(const char *node, const char *origin);
int erased_asked_to(
    const char *node, const char *origin, uint64_t position, cause_t *why);

#endif
