// column - an append-only file of equal records, a cache that can be rebuilt from the
// journal.
//
// The tail is written behind; nothing is flushed.  Opening empties the file: its owner
// fills it again from the journal.  Keeps long lists (inboxes, offsets, hashes) out of
// memory.
//
// A full disk does not lose records: they wait in memory, up to a bound, and are written
// as soon as there is room again.

#ifndef HUB_JOURNAL_COLUMN_H
#define HUB_JOURNAL_COLUMN_H

#include "lib/base/cause.h"

#include <stddef.h>
#include <stdint.h>

enum { COLUMN_WAITING_MAX = 16 << 20 }; // bytes that may wait for a disk that takes none

typedef struct column column_t;

column_t *column_open(const char *path, size_t record_size, cause_t *why);
void column_close(column_t **self_p);
uint64_t column_count(const column_t *self);
// -1 when the file cannot be written and the bound on what waits is reached; the records
// so far stay readable.
int column_add(column_t *self, const void *record, cause_t *why);
// `n` records that lie one after the other: all of them or, with -1, none.
int column_add_all(column_t *self, const void *records, size_t n, cause_t *why);
// Tries to write what waits.  0 when no more than the usual tail is in memory, -1 when
// the disk does not take it: then nothing more should be taken in until it does.
int column_settle(column_t *self, cause_t *why);
// Borrowed from nobody: `record` is filled.  -1 when there is no such record or the file
// cannot be read.
int column_get(const column_t *self, uint64_t index, void *record, cause_t *why);
// The same for `n` that follow each other.
int column_get_all(
    const column_t *self, uint64_t index, size_t n, void *records, cause_t *why);

#endif
