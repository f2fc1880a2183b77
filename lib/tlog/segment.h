// segment - the bytes of the journal's files: header, batches, entries.
//
//     segment = header batch* zeros
//     header  = "DABYLSEG" u32 version u32 0 u64 first-position u64 first-sequence
//               32 SHA-256(origin)
//     batch   = "DBATCH01" u32 length u32 front u32 count u64 sequence
//               u64 first-position 16 id 32 root-before seals entries
//               32 SHA-256(batch up to its entries, seal and hashes of each)
//     seals   = u16 n, n times head (sealing.h)
//     entry   = seal, short leaf, long document, long record
//     seal    = 00, or 01 u32 back u16 head u32 index, or 02 long text (not empty)
//
// `length` is that of seals and entries, `front` that of the seals alone, `back` how far
// the entry begins behind the batch.  Of a message's seal the head stands in front, once
// for all entries of it; what else is called one (of rules) is a text.  Heads are in the
// order in which entries first name them, each is named, and places under one rise.  A
// segment's name is its first position in 20 digits, and ".seg".  See segments.h for
// reading a whole folder.
//
// A batch ends with a hash over hashes, which whoever writes the log has already: nothing
// is hashed once more for it.

#ifndef LIB_TLOG_SEGMENT_H
#define LIB_TLOG_SEGMENT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/sealing.h"

enum {
    SEGMENT_HEADER = 64,
    SEGMENT_NAME = 25, // with the terminating zero
    BATCH_ID = 16,
    BATCH_HEADER = 84,
    BATCH_AROUND = BATCH_HEADER + 32, // header and checksum
    ENTRY_AROUND = 11,                // of one without a seal: its lengths
    ENTRY_PLACE = 10,                 // more, of one that has a place under a head
};

// merkle_leaf of the leaf, SHA-256 of the other parts; zeros for a part that is empty.
typedef struct {
    hash_t leaf, document, seal, record;
} entry_hashes_t;

// What is kept at a position.  The spans are borrowed; empty where the entry has no such
// part.
typedef struct {
    span_t leaf, document;
    span_t seal; // of a message, its head
    span_t record;
    const entry_hashes_t *hashes; // borrowed too; NULL where nobody knows them yet
    bool placed;                  // `seal` is a head, and the document is under it:
    uint32_t index;               // at this place,
    bool proven;                  // to which this audit path is known to lead
    span_t path;
} entry_t;

typedef struct {
    uint64_t first;    // position of the segment's first entry
    uint64_t sequence; // of its first batch
    hash_t origin;     // SHA-256 of the log's origin
} segment_header_t;

typedef struct {
    uint32_t length; // bytes of seals and entries
    uint32_t front;  // of the seals
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

size_t entry_size(const entry_t *entry); // as written, without the head of its seal

// The heads in front of a batch, which they borrow from.
typedef struct {
    size_t n, room;
    sealed_head_t *head; // owned
} batch_front_t;

void batch_front_close(batch_front_t *self);
// `seals` is all of it.  False when it is not.
bool batch_front_take(batch_front_t *self, span_t seals);
// One entry, borrowed from what the reader reads and from the heads in front; the reader
// is bad when there is none.  `front` may be NULL, where a head is not wanted; `head` is
// the number of it, for who asks.
entry_t entry_take(reader_t *from, const batch_front_t *front, uint16_t *head);
// Where its leaf begins, by its first five bytes.
size_t entry_leaf_start(span_t bytes);
// How far it begins behind its batch; 0 when it does not say so.  `bytes` are its first.
uint32_t entry_back(span_t bytes);

// Writes batches; its memory serves one after the other.
typedef struct batcher batcher_t;
batcher_t *batcher_new(void);
void batcher_destroy(batcher_t **self_p);
// The whole batch; `length`, `front` and `count` of the header are filled in.  -1 when a
// path is none of its seal's tree, or there is too much for a batch; `out` is then as it
// was.
int batcher_put(batcher_t *self, buf_t *out, batch_header_t *header,
    const entry_t *entries, size_t n, cause_t *why);

// `bytes` has at least BATCH_HEADER bytes.  False when they do not begin a batch.
bool batch_header_take(batch_header_t *header, span_t bytes);
// What stands there: no batch, since seals and entries do not fill it or the checksum at
// its end is not theirs; one; or one whose checksum is right and that has not the one
// form which PROTOCOL.md gives, so that who wrote it was wrong: then `why` says in what.
// The hashes that this takes are appended to `hashes`, an entry_hashes_t for each entry;
// it may be NULL.
typedef enum { BATCH_NONE, BATCH_SOUND, BATCH_MALFORMED } batch_verdict_t;
batch_verdict_t batch_judge(span_t batch, buf_t *hashes, cause_t *why);
// The checksum of what stands there, whatever its end says; false where it is no batch.
bool batch_checksum(span_t batch, hash_t *sum);

#endif
