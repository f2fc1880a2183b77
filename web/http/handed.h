// handed - a body that goes into a file, hashed on its way.
//
// The file has a random name in a folder of ours and is gone when nobody has moved it
// away.

#ifndef WEB_HTTP_HANDED_H
#define WEB_HTTP_HANDED_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <limits.h>
#include <sodium.h>

typedef struct {
    char path[PATH_MAX];
    int fd;
    uint64_t size;
    crypto_hash_sha256_state state;
    cause_t why; // the first fault; the rest is only counted
} handed_t;

// `size` as announced: there must be room for it, and some besides.
int handed_open(handed_t *self, const char *folder, uint64_t size, cause_t *why);
void handed_take(handed_t *self, span_t bytes);
// All is there and durable.
int handed_end(handed_t *self, hash_t *out, cause_t *why);
void handed_close(handed_t *self); // accepts one that failed to open

#endif
