// column - an append-only file of equal records, a cache that can be rebuilt from the
// journal.
//
// Whole pages are written behind; what is not a page yet is in memory, and goes with
// column_save.  Nothing is flushed here.  Keeps long lists (inboxes, offsets, hashes) out
// of memory.
//
// A full disk does not lose records: they wait in memory, up to a bound, and are written
// as soon as there is room again.

#ifndef HUB_JOURNAL_COLUMN_H
#define HUB_JOURNAL_COLUMN_H

#include "hub/journal/pages.h"

#include <stddef.h>
#include <stdint.h>

enum { COLUMN_WAITING_MAX = 16 << 20 }; // bytes that may wait for a disk that takes none

typedef struct column column_t;

// Empty, whatever there was; a record is PAGE_ROOM bytes at most.
column_t *column_open(const char *path, size_t record_size, cause_t *why);
// As it was when column_save wrote this; what was added since then is not there.  NULL
// also when the file has lost some of it.
column_t *column_again(
    const char *path, size_t record_size, reader_t *from, cause_t *why);
// What it takes to open it again, beside the file.
void column_save(const column_t *self, buf_t *out);
// Pages that are read are remembered in this memory, borrowed, and not in one of its own.
void column_remember(column_t *self, pages_t *pages);
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
// Of a column of positions that rise: the index of the first at `position` or behind it,
// or how many there are.
int column_find(const column_t *self, uint64_t position, uint64_t *index, cause_t *why);
// Whether every page that was wanted could be read.
int column_check(const column_t *self, cause_t *why);

#endif
