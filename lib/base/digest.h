// digest - the SHA-256 of what a file has, read once from where it stands.

#ifndef LIB_BASE_DIGEST_H
#define LIB_BASE_DIGEST_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// Of all that an open descriptor yields, and how many bytes that was.
int digest_read(int fd, hash_t *out, uint64_t *size, cause_t *why);
// Of a regular file, which is no link.
int digest_file(const char *path, hash_t *out, uint64_t *size, cause_t *why);

#endif
