// column - an append-only file of equal records, a cache that can be rebuilt from the journal.
//
// The tail is written behind; nothing is flushed.  Opening empties the file: its owner fills it
// again from the journal.  Keeps long lists (inboxes, offsets, hashes) out of memory.

#ifndef LIB_COLUMN_H
#define LIB_COLUMN_H

#include "lib/cause.h"

#include <stddef.h>
#include <stdint.h>

typedef struct column column_t;

column_t *column_open(const char *path, size_t record_size, cause_t *why);
void column_close(column_t **self_p);
uint64_t column_count(const column_t *self);
// -1 when the file cannot be written; the records so far stay readable.
int column_add(column_t *self, const void *record, cause_t *why);
int column_get(const column_t *self, uint64_t index, void *record, cause_t *why);

#endif
