// passphrase - what protects the CA's key at rest: from a private file, or asked for.

#ifndef CERTS_FOLDER_PASSPHRASE_H
#define CERTS_FOLDER_PASSPHRASE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { PASSPHRASE_LEAST = 12, PASSPHRASE_MOST = 1000 }; // bytes

// For an existing key: the first line of `file`, or asked once on the terminal when it is
// NULL.
int passphrase_give(const char *file, buf_t *out, cause_t *why);
// For a new key: the same, asked twice; refuses a short one.
int passphrase_choose(const char *file, buf_t *out, cause_t *why);
// Overwrite and free.
void passphrase_wipe(buf_t *secret);

#endif
