// leaf - one line of the record: what an entry of the log says, as text of at most 1 KiB.
//
//     dabyl-leaf/v1
//     position <decimal>
//     time <RFC 3339, UTC, milliseconds>
//     type <entry type>
//     kind <message kind, or ->
//     author <node id, or ->
//     id <message id, or ->
//     document <hex SHA-256, or ->
//     seal <hex SHA-256, or ->
//     record <hex SHA-256, or ->
//
// and, where the type begins with "former.", because a successor took it over from the
// log before,
//
//     former <decimal>          its position there
//
// Each hash is of the bytes of that part of the entry ("-": the entry has no such part),
// so that `sha256sum` on a file of `sent/` gives what the leaf says.  Entry types are in
// PROTOCOL.md.

#ifndef LIB_TLOG_LEAF_H
#define LIB_TLOG_LEAF_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum {
    LEAF_MAX = 1024,
    NODE_ID_MAX = 64,
    KIND_MAX = 64,
    MESSAGE_ID_MAX = 37,
    TYPE_MAX = 24
};

typedef struct {
    uint64_t position;
    int64_t time_ms; // since the epoch, UTC
    char type[TYPE_MAX];
    char kind[KIND_MAX]; // "" where the text says "-", here and below
    char author[NODE_ID_MAX];
    char id[MESSAGE_ID_MAX];
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

// Whether its words are such that leaf_parse takes them back as they are.
bool leaf_fits(const leaf_t *self);
void leaf_print(const leaf_t *self, buf_t *out);
// Only the canonical text is taken.
int leaf_parse(leaf_t *self, span_t text, cause_t *why);

#endif
