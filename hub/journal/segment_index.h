// segment_index - where in the segments each entry is, and reading it back from there.
//
// Sixteen bytes an entry, in a column of the state folder.  A few older segments that
// were read from lately stay open.

#ifndef HUB_JOURNAL_SEGMENT_INDEX_H
#define HUB_JOURNAL_SEGMENT_INDEX_H

#include "lib/tlog/segment.h"

typedef struct segment_index segment_index_t;

// `segments` is the folder of the segment files.
segment_index_t *segment_index_open(
    const char *state, const char *segments, cause_t *why); // empty
// As it was when segment_index_save wrote this.
segment_index_t *segment_index_again(
    const char *state, const char *segments, reader_t *from, cause_t *why);
void segment_index_save(const segment_index_t *self, buf_t *out);
void segment_index_close(segment_index_t **self_p);
// The next entry: `size` bytes at `offset` of the segment that begins with position
// `segment`.  -1 also when either is beyond 32 bits: the file is not one of ours.
int segment_index_add(
    segment_index_t *self, uint64_t segment, uint64_t offset, size_t size, cause_t *why);
int segment_index_settle(segment_index_t *self, cause_t *why); // see column_settle
// Whether every place that was wanted could be read.
int segment_index_check(const segment_index_t *self, cause_t *why);
uint64_t segment_index_count(const segment_index_t *self); // entries
// In which segment an entry is, and where that ends.
int segment_index_place(const segment_index_t *self, uint64_t position, uint64_t *segment,
    uint64_t *end, cause_t *why);
// The entry's spans borrow from `memory`, whose contents are replaced, but its seal and
// path: they live until the next of these calls.
int segment_index_read(segment_index_t *self, uint64_t position, buf_t *memory,
    entry_t *entry, cause_t *why);
// With the path to its place under its seal: its whole batch is read for it, and kept for
// the next of it.
int segment_index_read_placed(segment_index_t *self, uint64_t position, buf_t *memory,
    entry_t *entry, cause_t *why);
// Only its record, or its leaf, however large the document.
int segment_index_read_record(segment_index_t *self, uint64_t position, buf_t *memory,
    span_t *record, cause_t *why);
int segment_index_read_leaf(
    segment_index_t *self, uint64_t position, buf_t *memory, span_t *leaf, cause_t *why);

#endif
