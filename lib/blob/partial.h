// partial - a file that comes in pieces, from its front, and is believed when its bytes
// have the SHA-256 that was promised.
//
// What a process wrote before it was killed is taken up again.  After a power cut a file
// may have its size and not its bytes: so every MiB is flushed before a byte behind it is
// written, and what lies behind the last flush that can be told from the size is cut off
// when the file is opened.

#ifndef LIB_BLOB_PARTIAL_H
#define LIB_BLOB_PARTIAL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { PARTIAL_FLUSH = 1 << 20 }; // also how much one partial_check reads at most

typedef struct partial partial_t;

typedef enum {
    PARTIAL_OK,
    PARTIAL_MORE,   // partial_check: not all was read yet
    PARTIAL_WRONG,  // partial_check: these are other bytes
    PARTIAL_FULL,   // the disk or the quota has no room
    PARTIAL_FAILED, // anything else
} partial_result_t;

// Open the file, or make it; NULL on failure.
partial_t *partial_open(const char *path, uint64_t size, cause_t *why);
void partial_close(partial_t **self_p); // the file stays
uint64_t partial_held(const partial_t *self);
uint64_t partial_size(const partial_t *self); // of the whole
// Put `data` behind what is held; no more than is missing.  After a failure less may be
// held than before.
partial_result_t partial_write(partial_t *self, span_t data, cause_t *why);
// Once all is held: hash a slice of it.  PARTIAL_OK when the last slice is done, the hash
// is `digest` and everything is on stable storage.
partial_result_t partial_check(partial_t *self, const hash_t *digest, cause_t *why);

#endif
