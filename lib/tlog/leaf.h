// leaf - one entry of the log as the Merkle tree has it: what it says, in a few octets.
//
//     leaf  = front [document] [seal] back
//     front = 01 has position time type kind author [id]
//     back  = [record] [former]
//
// `has` is the sum of 1 (there is a document), 2 (seal), 4 (record), 8 (id) and 16 (the
// type begins with "former.": a successor took it over from the log before, where it had
// the position `former`); position and former are u64, time a u64 of milliseconds since
// 1970, UTC; type, kind and author words with an octet before them that says how long
// they are; the id the 16 octets of a UUID; document, seal and record SHA-256 hashes.
//
// Each hash is of the bytes of that part of the entry, of a message's seal that of its
// head, so that `sha256sum` on a file of `sent/` gives what the leaf says.  Who is sent
// document and seal is sent front and back alone, and computes what is between them.
// Entry types are in PROTOCOL.md.

#ifndef LIB_TLOG_LEAF_H
#define LIB_TLOG_LEAF_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum {
    NODE_ID_MAX = 64,
    KIND_MAX = 64,
    MESSAGE_ID_MAX = 37,
    TYPE_MAX = 24,
    LEAF_FRONT_MAX = 18 + TYPE_MAX + KIND_MAX + NODE_ID_MAX + 16,
    LEAF_BACK_MAX = 32 + 8,
    LEAF_MAX = LEAF_FRONT_MAX + 64 + LEAF_BACK_MAX
};

typedef struct {
    uint64_t position;
    int64_t time_ms; // since the epoch, UTC
    char type[TYPE_MAX];
    char kind[KIND_MAX]; // "" where there is none, here and below
    char author[NODE_ID_MAX];
    char id[MESSAGE_ID_MAX]; // as text, in lower case
    bool has_document, has_seal, has_record;
    hash_t document, seal, record;
    uint64_t former; // position in the predecessor's log, of a former one
} leaf_t;

// Whether it was taken over from the log before; what that called it is behind the dot.
bool leaf_is_former(const leaf_t *self);
// The type without that "former.".
const char *leaf_own_type(const leaf_t *self);
// Whether it is of a message: of this log, or one that was taken over.
bool leaf_is_message(const leaf_t *self);

// Appends its octets; false, and nothing is appended, when its words are not such that
// leaf_take takes them back as they are.
bool leaf_put(const leaf_t *self, buf_t *out);
// Only the canonical octets are taken.
int leaf_take(leaf_t *self, span_t bytes, cause_t *why);

// What is before and behind the hashes of document and seal of a leaf that leaf_take
// takes and that has both.  They borrow from it.
void leaf_divide(span_t bytes, span_t *front, span_t *back);
// The leaf of front and back with these hashes between them, appended to `out`.
void leaf_join(
    span_t front, const hash_t *document, const hash_t *seal, span_t back, buf_t *out);

#endif
