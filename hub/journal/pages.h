// pages - files of pages with a checksum each, and a bounded memory of those read last.
//
// What lies in the state folder is a cache, and believed all the same until the hub is
// started again: so whatever is read of it is checked, and what was damaged, or lost in a
// power cut, is found before anything is made of it.

#ifndef HUB_JOURNAL_PAGES_H
#define HUB_JOURNAL_PAGES_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { PAGE_BYTES = 4096, PAGE_ROOM = PAGE_BYTES - 8 };

// A file of pages.  `name` is what its pages are checked by: one that belongs elsewhere
// is no page of this file.
typedef struct {
    int fd;
    uint64_t name;
    uint32_t id;      // among the files of one memory
    const char *path; // for causes; borrowed
} paged_t;

uint64_t page_name(const char *text);
// Fills in the checksum behind PAGE_ROOM bytes.
void page_seal(uint8_t page[PAGE_BYTES], uint64_t name, uint64_t number);
bool page_holds(const uint8_t page[PAGE_BYTES], uint64_t name, uint64_t number);
// Read `n` pages from a number on, past every memory.
int pages_read(
    const paged_t *file, uint64_t number, size_t n, uint8_t *pages, cause_t *why);

typedef struct pages pages_t;

pages_t *pages_new(size_t most); // pages that are remembered, at most
void pages_destroy(pages_t **self_p);
uint32_t pages_id(pages_t *self); // for a file, not given before
// The page, until the next call; NULL when it cannot be read, which pages_check knows
// from then on.
const uint8_t *pages_get(
    pages_t *self, const paged_t *file, uint64_t number, cause_t *why);
// -1, and why, when a page could not be had since the beginning.
int pages_check(const pages_t *self, cause_t *why);

#endif
