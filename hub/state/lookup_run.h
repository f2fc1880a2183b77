// lookup_run - a file of records, sorted by tag and then by value, that is written once
// and never changed: what lookup.h keeps on disk.
//
//     run   = page* lists foot
//     page  = up to LOOKUP_IN_PAGE records, and a checksum (hub/journal/pages.h)
//     lists = the first eight bytes of each page's first tag, a filter of a byte a record
//     foot  = a page with the number of records and a checksum of the lists
//
// The lists are in memory as long as it is open: what is not in a run costs one look at
// its filter in most cases, and what is there one page.

#ifndef HUB_STATE_LOOKUP_RUN_H
#define HUB_STATE_LOOKUP_RUN_H

#include "hub/journal/pages.h"

// The keyed hash of a name.
typedef struct {
    uint64_t high, low;
} lookup_tag_t;

typedef struct {
    lookup_tag_t tag;
    uint64_t value;
} lookup_record_t;

enum { LOOKUP_IN_PAGE = PAGE_ROOM / sizeof(lookup_record_t) };

int lookup_compare(const lookup_record_t *a, const lookup_record_t *b);

typedef struct lookup_run lookup_run_t;

// Each is named by a number, which is never used for another.
lookup_run_t *lookup_run_open(const char *folder, uint64_t number, cause_t *why);
void lookup_run_close(lookup_run_t **self_p);
uint64_t lookup_run_number(const lookup_run_t *self);
uint64_t lookup_run_count(const lookup_run_t *self); // records
int lookup_run_remove(const char *folder, uint64_t number, cause_t *why);
// A name in the folder that is a run's.
bool lookup_run_parse(const char *name, uint64_t *number);

// Write n > 0 sorted records, or those of several runs, into a new one and flush it.
// `damaged`: it failed for what the others hold, and not for what the disk takes.
lookup_run_t *lookup_run_write(const char *folder, uint64_t number,
    const lookup_record_t *records, size_t n, cause_t *why);
lookup_run_t *lookup_run_merge(const char *folder, uint64_t number,
    lookup_run_t *const *runs, size_t n, bool *damaged, cause_t *why);

// The pages of this run are remembered there from now on; borrowed.
void lookup_run_remember(lookup_run_t *self, pages_t *pages);
// 1 and the greatest value below `below` that the tag has; 0: it has none.
int lookup_run_find(const lookup_run_t *self, const lookup_tag_t *tag, uint64_t below,
    uint64_t *value, cause_t *why);

#endif
