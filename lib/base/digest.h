// digest - the SHA-256 of what a file has, read once from where it stands.

#ifndef LIB_BASE_DIGEST_H
#define LIB_BASE_DIGEST_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// Of all that an open descriptor yields, and how many bytes that was.
int digest_read(int fd, hash_t *out, uint64_t *size, cause_t *why);
// Who is told now and then how far it is: `before` bytes and those of this one, of `of`
// (0: nobody knows).  What is answered counts for nothing.
typedef struct {
    bool (*told)(void *context, uint64_t done, uint64_t of);
    void *context;
    uint64_t before, of;
} digest_watch_t;
// digest_read for a file that takes long; `watch` may be NULL.
int digest_read_told(
    int fd, const digest_watch_t *watch, hash_t *out, uint64_t *size, cause_t *why);
void digest_tell(const digest_watch_t *watch, uint64_t done); // NULL: nobody
// Of a regular file, which is no link.
int digest_file(const char *path, hash_t *out, uint64_t *size, cause_t *why);

#endif
