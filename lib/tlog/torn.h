// torn - whether what stands at the end of a journal can be one batch whose writing a
// power cut or a kill interrupted, or must be damage.
//
// A write that was never flushed leaves each of its 512-byte sectors either written or as
// it was, that is zero; a write that was interrupted by a kill stops somewhere and leaves
// zeros behind.  So a batch with a wrong checksum whose sectors are all there was not
// torn: its bytes changed later, and cutting it would lose what has been acknowledged.

#ifndef LIB_TLOG_TORN_H
#define LIB_TLOG_TORN_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { SECTOR = 512 };

typedef struct {
    span_t rest;     // from the end of the good batches to the last byte that is not zero
    uint64_t offset; // of `rest` in its file: sectors are counted from the file's start
    uint64_t sequence; // of the batch that would stand there
    uint64_t first;    // its position
    uint64_t most;     // no batch takes more bytes; 0: not known
} torn_t;

// 0: explained, it may be cut.  -1: damage, with the cause and the offset in the file of
// what cannot be explained.
int torn_judge(const torn_t *self, uint64_t *offset, cause_t *why);

#endif
