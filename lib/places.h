// places - where in the segments each entry is, and reading it back from there.
//
// Sixteen bytes an entry, in a column of the state folder.  A few older segments that
// were read from lately stay open.

#ifndef LIB_PLACES_H
#define LIB_PLACES_H

#include "lib/segment.h"

typedef struct places places_t;

// `segments` is the folder of the segment files.
places_t *places_open(const char *state, const char *segments, cause_t *why);
void places_close(places_t **self_p);
// The next entry: `size` bytes at `offset` of the segment that begins with position
// `segment`.  -1 also when either is beyond 32 bits: the file is not one of ours.
int places_add(
    places_t *self, uint64_t segment, uint64_t offset, size_t size, cause_t *why);
int places_settle(places_t *self, cause_t *why); // see column_settle
// The entry's spans borrow from `memory`, whose contents are replaced.
int places_read(
    places_t *self, uint64_t position, buf_t *memory, entry_t *entry, cause_t *why);
// Only its record, or its leaf, however large the document.
int places_read_record(
    places_t *self, uint64_t position, buf_t *memory, span_t *record, cause_t *why);
int places_read_leaf(
    places_t *self, uint64_t position, buf_t *memory, span_t *leaf, cause_t *why);

#endif
