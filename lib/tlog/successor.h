// successor - what a new log tells the nodes of the log before: a folder that its
// operator hands to them.
//
//     vkey                 the new log's verifier key
//     origin               the document of its first entry (origin.h)
//     origin.tlog-proof    that this is its first entry
//     hashes               of the predecessor's leaves that were read, 32 bytes each
//
// With the hashes anybody sees that an older checkpoint of the predecessor leads to the
// one in the origin.

#ifndef LIB_TLOG_SUCCESSOR_H
#define LIB_TLOG_SUCCESSOR_H

#include "lib/tlog/origin.h"

#include <limits.h>

// "<journal>/succession": its first part, once all is taken over.
int successor_write(
    const char *journal, const log_vkey_t *vkey, span_t hashes, cause_t *why);
// The proof and what it proves, when there is a checkpoint.
int successor_prove(const char *journal, span_t origin, span_t proof, cause_t *why);
// Whether that is there already.
bool successor_proven(const char *journal);

typedef struct {
    origin_t origin; // what the proof proves
    buf_t document, proof, hashes;
} successor_t;

// Read a folder that was handed over: the proof leads to the first entry of the log whose
// key is there, and that entry names it.
int successor_read(successor_t *self, const char *folder, cause_t *why);
void successor_close(successor_t *self);
// Whether a checkpoint of the predecessor leads to the one that the successor embeds.
// 1: it does.  0: there are too few hashes to tell.  -1: it does not, or is newer.
int successor_check(const successor_t *self, const checkpoint_t *own, cause_t *why);

#endif
