// segments - reading a journal's segment files from the first batch to the last; nothing
// is written.
//
// Every header, checksum, sequence number and position is checked on the way; what is
// left to the caller is the root before each batch.  A cause names file and offset:
// "segments/00000000000000000000.seg: offset 64: ...".

#ifndef LIB_TLOG_SEGMENTS_H
#define LIB_TLOG_SEGMENTS_H

#include "lib/tlog/segment.h"
#include "lib/tlog/under.h"

// `{0}` is valid and empty.
typedef struct {
    char file[SEGMENT_NAME]; // the segment it is in
    uint64_t segment;        // that segment's first position
    uint64_t offset;         // in the file
    batch_header_t header;
    buf_t bytes;         // the whole batch, owned
    buf_t hashes;        // of its entries, owned
    batch_front_t front; // owned, as long as the bytes stay
    under_t *under;      // see batch_prove; owned
} batch_t;

void batch_close(batch_t *self);
// Finds the paths of all documents that are where the heads of their seals have them, by
// what their leaves say of them.  Until the next batch is read, entries have them.
void batch_prove(batch_t *self);
// What is known of the entry at this place in the batch: false when nothing is.
bool batch_path(const batch_t *self, size_t at, span_t *path);
// Fills `why` with file, offset and what stood in it before.  Always returns -1.
int batch_blame(const batch_t *self, uint64_t offset, cause_t *why);

// The entries of a batch, one after the other.
typedef struct {
    const batch_t *batch;
    reader_t rest;
    size_t at;         // of the entry that comes next: in the batch,
    uint64_t position; // in the log
    uint64_t offset;   // of that entry in the file
} batch_entries_t;
batch_entries_t batch_entries(const batch_t *batch);
// False at the end.  The entry borrows from the batch.
bool batch_next(batch_entries_t *self, entry_t *entry);

// Where the good batches end.  Valid once segments_next has returned 0.
typedef struct {
    char file[SEGMENT_NAME]; // "" when there is no segment
    uint64_t segment;
    uint64_t offset;           // the next batch would begin here
    uint64_t torn;             // bytes behind it of one batch that was not written whole
    char unborn[SEGMENT_NAME]; // a last segment that never got its header, or ""
    uint64_t position;         // of the next entry
    uint64_t sequence;         // of the next batch
    bool written; // what segments_next failed at has a checksum that is right: it was
                  // written so, and is neither torn nor damaged; valid after -1, too
} segments_tail_t;

typedef struct segments segments_t;

// `folder` is the journal's, with `segments` below it.  `origin` may be NULL: then that
// of the first segment is taken.  `batch_most` is the most that one batch takes, or 0
// when that is not known.  Names that are not a segment's are refused, except those
// beginning with a dot.
segments_t *segments_open(
    const char *folder, const char *origin, uint64_t batch_most, cause_t *why);
void segments_close(segments_t **self_p);
// Before anything was read: begin with the batch of this number that begins at this place
// with this position, and pass over what lies before it.  -1 when there is no such place.
typedef struct {
    uint64_t segment, offset, sequence, position;
} segments_place_t;
int segments_go_to(segments_t *self, const segments_place_t *place, cause_t *why);
// 1: the next batch.  0: there is no more.  -1: damage, or the files cannot be read.
int segments_next(segments_t *self, batch_t *batch, cause_t *why);
const segments_tail_t *segments_tail(const segments_t *self);

#endif
