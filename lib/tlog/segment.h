// segment - the bytes of the journal's files: header, batches, entries.
//
//     segment = header batch* zeros
//     header  = "DABYLSEG" u32 version u32 0 u64 first-position u64 first-sequence
//               32 SHA-256(origin)
//     batch   = "DBATCH01" u32 length u32 count u64 sequence u64 first-position 16 id
//               32 root-before entries 32 SHA-256(batch up to its entries, hashes of
//               each)
//     entry   = short leaf, long document, long seal, long record
//
// `length` is that of the entries.  A segment's name is its first position in 20 digits,
// and ".seg".  See segments.h for reading a whole folder.
//
// A batch ends with a hash over hashes, which whoever writes the log has already: nothing
// is hashed once more for it.

#ifndef LIB_TLOG_SEGMENT_H
#define LIB_TLOG_SEGMENT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum {
    SEGMENT_HEADER = 64,
    SEGMENT_NAME = 25, // with the terminating zero
    BATCH_ID = 16,
    BATCH_HEADER = 80,
    BATCH_AROUND = BATCH_HEADER + 32, // header and checksum
    ENTRY_AROUND = 14                 // the lengths of the four parts
};

// merkle_leaf of the leaf, SHA-256 of the other parts; zeros for a part that is empty.
typedef struct {
    hash_t leaf, document, seal, record;
} entry_hashes_t;

// What is kept at a position.  The spans are borrowed; empty where the entry has no such
// part.
typedef struct {
    span_t leaf, document, seal, record;
    const entry_hashes_t *hashes; // borrowed too; NULL where nobody knows them yet
} entry_t;

typedef struct {
    uint64_t first;    // position of the segment's first entry
    uint64_t sequence; // of its first batch
    hash_t origin;     // SHA-256 of the log's origin
} segment_header_t;

typedef struct {
    uint32_t length; // bytes of the entries
    uint32_t count;  // of entries, at least 1
    uint64_t sequence;
    uint64_t first; // position of the first entry
    uint8_t id[BATCH_ID];
    hash_t root_before; // of the tree of the entries before `first`
} batch_header_t;

void segment_name(uint64_t first, char name[SEGMENT_NAME]);
bool segment_name_parse(const char *name, uint64_t *first);

void segment_header_put(buf_t *out, const segment_header_t *header);
// `bytes` has SEGMENT_HEADER bytes.  -1 when it is no header of this version.
int segment_header_take(segment_header_t *header, span_t bytes, cause_t *why);

size_t entry_size(const entry_t *entry); // as written
// One entry, borrowed from what the reader reads; the reader is bad when there is none.
entry_t entry_take(reader_t *from);

// The bytes that a batch of these entries takes in a segment.
uint64_t batch_size(const entry_t *entries, size_t n);
// The whole batch; `length` and `count` of the header are filled in from the entries.
void batch_put(buf_t *out, batch_header_t *header, const entry_t *entries, size_t n);
// `bytes` has at least BATCH_HEADER bytes.  False when they do not begin a batch.
bool batch_header_take(batch_header_t *header, span_t bytes);
// That the entries fill the batch and the checksum at its end is theirs.  The hashes that
// this takes are appended to `hashes`, an entry_hashes_t for each entry; it may be NULL.
bool batch_sound(span_t batch, buf_t *hashes);

#endif
