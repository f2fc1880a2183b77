// retries - when to try again what did not go: each digest after a pause of its own,
// which doubles.

#ifndef NODES_ATTACHMENTS_RETRIES_H
#define NODES_ATTACHMENTS_RETRIES_H

#include "lib/base/bytes.h"

enum { RETRIES_FIRST_MS = 1000, RETRIES_MOST_MS = 60000 };

typedef struct {
    hash_t digest;
    int64_t due_ms, pause_ms;
} retry_t;

typedef struct {
    size_t n, room;
    retry_t *item;
} retries_t; // {0} is valid and empty

void retries_free(retries_t *self);
// Whether it may be tried at this moment: what did not fail always may.
bool retries_due(const retries_t *self, const hash_t *digest, int64_t now_ms);
// True when it is the first time since it was forgotten.
bool retries_later(retries_t *self, const hash_t *digest, int64_t now_ms);
void retries_forget(retries_t *self, const hash_t *digest); // it went, or is gone
void retries_hurry(retries_t *self); // something has changed: all may be tried again
// Forget all that may be tried at this moment: none of it is there any more.
void retries_drop(retries_t *self, int64_t now_ms);
int64_t retries_next_ms(const retries_t *self); // MOMENT_NEVER: none waits

#endif
