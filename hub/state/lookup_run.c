// lookup_run - tags are hashes, so a filter needs no others: the upper half says which
// block of 64 bytes, the lower one which bits of it.  One look into memory answers for
// nearly all that is not there.

#include "hub/state/lookup_run.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64, BITS = 5, AT_ONCE = 16 }; // pages that a merge reads of a run

struct lookup_run {
    uint64_t number, count, pages;
    paged_t file;
    pages_t *memory; // through which it is read; borrowed
    uint64_t *fence; // of each page
    uint8_t *filter;
    size_t blocks;
    char *path;
};

int lookup_compare(const lookup_record_t *a, const lookup_record_t *b)
{
    if (a->tag.high != b->tag.high)
        return a->tag.high < b->tag.high ? -1 : 1;
    if (a->tag.low != b->tag.low)
        return a->tag.low < b->tag.low ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

static bool same_tag(const lookup_tag_t *a, const lookup_tag_t *b)
{
    return a->high == b->high && a->low == b->low;
}

static int join_path(char *path, const char *folder, uint64_t number, cause_t *why)
{
    char name[32];
    (void)snprintf(name, sizeof name, "%" PRIu64 ".run", number);
    return path_join(path, PATH_MAX, folder, name, why);
}

bool lookup_run_parse(const char *name, uint64_t *number)
{
    const char *dot = strchr(name, '.');
    return dot && strcmp(dot, ".run") == 0 &&
           decimal_decode(span_of(name, (size_t)(dot - name)), number);
}

int lookup_run_remove(const char *folder, uint64_t number, cause_t *why)
{
    char path[PATH_MAX];
    if (join_path(path, folder, number, why) != 0)
        return -1;
    return unlink(path) == 0 ? 0 : cause_errno(why, "%s", path);
}

static lookup_run_t *new_run(const char *folder, uint64_t number, cause_t *why)
{
    char path[PATH_MAX], name[32];
    if (join_path(path, folder, number, why) != 0)
        return NULL;
    lookup_run_t *self = memory_new(1, sizeof *self);
    (void)snprintf(name, sizeof name, "run %" PRIu64, number);
    self->number = number;
    self->path = memory_text(path);
    self->file = (paged_t){-1, page_name(name), 0, self->path};
    return self;
}

void lookup_run_close(lookup_run_t **self_p)
{
    lookup_run_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->file.fd >= 0)
        (void)close(self->file.fd);
    free(self->fence);
    free(self->filter);
    free(self->path);
    free(self);
}

uint64_t lookup_run_number(const lookup_run_t *self)
{
    return self->number;
}

uint64_t lookup_run_count(const lookup_run_t *self)
{
    return self->count;
}

void lookup_run_remember(lookup_run_t *self, pages_t *pages)
{
    if (self->memory == pages)
        return;
    self->memory = pages;
    self->file.id = pages_id(pages);
}

// The lists of so many records, empty.
static void make_lists(lookup_run_t *self, uint64_t count)
{
    self->count = count;
    self->pages = (count + LOOKUP_IN_PAGE - 1) / LOOKUP_IN_PAGE;
    self->blocks = (size_t)((count + BLOCK - 1) / BLOCK);
    self->fence = memory_new(self->pages, sizeof *self->fence);
    self->filter = memory_new(self->blocks, BLOCK);
}

static uint8_t *block_of(const lookup_run_t *self, const lookup_tag_t *tag)
{
    uint64_t block = ((tag->high & UINT32_MAX) * self->blocks) >> 32;
    return self->filter + block * BLOCK;
}

static void mark(lookup_run_t *self, const lookup_tag_t *tag)
{
    uint8_t *block = block_of(self, tag);
    uint64_t bits = tag->low;
    for (int i = 0; i < BITS; i++, bits >>= 9)
        block[(bits & 511) >> 3] |= (uint8_t)(1 << (bits & 7));
}

static bool may_hold(const lookup_run_t *self, const lookup_tag_t *tag)
{
    const uint8_t *block = block_of(self, tag);
    uint64_t bits = tag->low;
    bool held = true;
    for (int i = 0; i < BITS; i++, bits >>= 9)
        held &= (block[(bits & 511) >> 3] >> (bits & 7)) & 1;
    return held;
}

// --------------------------------------------------------------------------------

static span_t fences(const lookup_run_t *self)
{
    return span_of(self->fence, (size_t)self->pages * sizeof *self->fence);
}

static span_t filter(const lookup_run_t *self)
{
    return span_of(self->filter, self->blocks * BLOCK);
}

typedef struct {
    uint64_t count, fences, filter;
} foot_t;

static uint64_t sum_of(span_t bytes)
{
    static const uint8_t key[crypto_shorthash_KEYBYTES] = "a list of a run";
    uint64_t sum;
    (void)crypto_shorthash((uint8_t *)&sum, bytes.data, bytes.size, key);
    return sum;
}

static foot_t foot_of(const lookup_run_t *self)
{
    return (foot_t){self->count, sum_of(fences(self)), sum_of(filter(self))};
}

// The foot lies where the next page would, so that where it is tells how many there are.
static uint64_t lists_at(const lookup_run_t *self)
{
    return (self->pages + 1) * PAGE_BYTES;
}

static int write_lists(lookup_run_t *self, cause_t *why)
{
    uint8_t page[PAGE_BYTES] = {0};
    foot_t foot = foot_of(self);
    memcpy(page, &foot, sizeof foot);
    page_seal(page, self->file.name, self->pages);
    if (pio_write(self->file.fd, span_of(page, sizeof page), self->pages * PAGE_BYTES) !=
            0 ||
        pio_write(self->file.fd, fences(self), lists_at(self)) != 0 ||
        pio_write(self->file.fd, filter(self), lists_at(self) + fences(self).size) != 0 ||
        fdatasync(self->file.fd) != 0)
        return cause_errno(why, "%s", self->path);
    return 0;
}

static bool read_list(const lookup_run_t *self, span_t list, uint64_t at)
{
    return pio_read(self->file.fd, (void *)(uintptr_t)list.data, list.size, at) ==
           (ssize_t)list.size;
}

// How many records there are says the size of the file, and the foot the same.
static int read_lists(lookup_run_t *self, uint64_t count, cause_t *why)
{
    uint8_t page[PAGE_BYTES];
    foot_t foot, wanted;
    make_lists(self, count);
    if (pages_read(&self->file, self->pages, 1, page, why) != 0)
        return -1;
    if (!read_list(self, fences(self), lists_at(self)) ||
        !read_list(self, filter(self), lists_at(self) + fences(self).size))
        return cause_set(why, "%s: it ends early", self->path);
    memcpy(&foot, page, sizeof foot);
    wanted = foot_of(self);
    return memcmp(&foot, &wanted, sizeof foot) == 0
               ? 0
               : cause_set(why, "%s: its lists are damaged", self->path);
}

// The number of records is in the foot, which lies behind as many pages as they take: a
// file of this size has one of very few numbers of them.
static int find_count(const lookup_run_t *self, uint64_t *count, cause_t *why)
{
    uint8_t page[PAGE_BYTES];
    off_t size = lseek(self->file.fd, 0, SEEK_END);
    if (size < 0)
        return cause_errno(why, "%s", self->path);
    // A full page takes PAGE_BYTES, a fence and LOOKUP_IN_PAGE bytes of filter.
    uint64_t guess = (uint64_t)size / (PAGE_BYTES + 8 + LOOKUP_IN_PAGE) + 1;
    for (uint64_t pages = guess > 2 ? guess - 2 : 1; pages <= guess; pages++) {
        foot_t foot;
        cause_t ignored;
        if (pages_read(&self->file, pages, 1, page, &ignored) != 0)
            continue;
        memcpy(&foot, page, sizeof foot);
        *count = foot.count;
        if ((foot.count + LOOKUP_IN_PAGE - 1) / LOOKUP_IN_PAGE == pages)
            return 0;
    }
    return cause_set(why, "%s: it has no foot", self->path);
}

lookup_run_t *lookup_run_open(const char *folder, uint64_t number, cause_t *why)
{
    uint64_t count;
    lookup_run_t *self = new_run(folder, number, why);
    if (self &&
        ((self->file.fd = file_open_plain(self->path, O_RDONLY, why)) < 0 ||
            find_count(self, &count, why) != 0 || read_lists(self, count, why) != 0))
        lookup_run_close(&self);
    return self;
}

// --------------------------------------------------------------------------------

// A run on its way to the disk.
typedef struct {
    lookup_run_t *run;
    uint8_t page[PAGE_BYTES];
    size_t in_page;
    uint64_t done; // pages
} writing_t;

static int end_page(writing_t *to, cause_t *why)
{
    lookup_run_t *run = to->run;
    page_seal(to->page, run->file.name, to->done);
    if (pio_write(run->file.fd, span_of(to->page, PAGE_BYTES), to->done * PAGE_BYTES) !=
        0)
        return cause_errno(why, "%s", run->path);
    to->done++;
    to->in_page = 0;
    memset(to->page, 0, sizeof to->page);
    return 0;
}

static int put_record(writing_t *to, const lookup_record_t *record, cause_t *why)
{
    if (to->in_page == 0)
        to->run->fence[to->done] = record->tag.high;
    memcpy(to->page + to->in_page++ * sizeof *record, record, sizeof *record);
    mark(to->run, &record->tag);
    return to->in_page < LOOKUP_IN_PAGE ? 0 : end_page(to, why);
}

// What could not be written whole is of no use.
static lookup_run_t *end_run(writing_t *to, int result, cause_t *why)
{
    lookup_run_t *run = to->run;
    if (result == 0 && to->in_page > 0)
        result = end_page(to, why);
    if (result == 0)
        result = write_lists(run, why);
    if (result == 0)
        return run;
    (void)unlink(run->path);
    lookup_run_close(&run);
    return NULL;
}

static int begin_run(
    writing_t *to, const char *folder, uint64_t number, uint64_t count, cause_t *why)
{
    *to = (writing_t){.run = new_run(folder, number, why)};
    if (!to->run)
        return -1;
    make_lists(to->run, count);
    to->run->file.fd = file_make(to->run->path, 0600, why);
    if (to->run->file.fd < 0)
        lookup_run_close(&to->run);
    return to->run ? 0 : -1;
}

lookup_run_t *lookup_run_write(const char *folder, uint64_t number,
    const lookup_record_t *records, size_t n, cause_t *why)
{
    writing_t to;
    int result = 0;
    assert(n > 0);
    if (begin_run(&to, folder, number, n, why) != 0)
        return NULL;
    for (size_t i = 0; i < n && result == 0; i++)
        result = put_record(&to, &records[i], why);
    return end_run(&to, result, why);
}

// A run that is read from its beginning, on another thread than others look into it.
typedef struct {
    const lookup_run_t *run;
    uint64_t next; // record
    uint8_t *pages;
} reading_t;

static int read_more(reading_t *from, cause_t *why)
{
    uint64_t page = from->next / LOOKUP_IN_PAGE, left = from->run->pages - page;
    return pages_read(&from->run->file, page, left < AT_ONCE ? (size_t)left : AT_ONCE,
        from->pages, why);
}

// NULL at its end.
static const lookup_record_t *look(const reading_t *from)
{
    uint64_t page = from->next / LOOKUP_IN_PAGE % AT_ONCE;
    if (from->next == from->run->count)
        return NULL;
    return (const lookup_record_t *)(const void *)(from->pages + page * PAGE_BYTES) +
           from->next % LOOKUP_IN_PAGE;
}

static int step(reading_t *from, cause_t *why)
{
    from->next++;
    return from->next < from->run->count &&
                   from->next % ((uint64_t)LOOKUP_IN_PAGE * AT_ONCE) == 0
               ? read_more(from, why)
               : 0;
}

static reading_t *least(reading_t *from, size_t n)
{
    reading_t *least = NULL;
    for (size_t i = 0; i < n; i++)
        if (look(&from[i]) && (!least || lookup_compare(look(&from[i]), look(least)) < 0))
            least = &from[i];
    return least;
}

static int merge(writing_t *to, reading_t *from, size_t n, bool *damaged, cause_t *why)
{
    reading_t *next;
    for (size_t i = 0; i < n && !*damaged; i++)
        *damaged = read_more(&from[i], why) != 0;
    while (!*damaged && (next = least(from, n)) != NULL) {
        if (put_record(to, look(next), why) != 0)
            return -1;
        *damaged = step(next, why) != 0;
    }
    return *damaged ? -1 : 0;
}

lookup_run_t *lookup_run_merge(const char *folder, uint64_t number,
    lookup_run_t *const *runs, size_t n, bool *damaged, cause_t *why)
{
    writing_t to;
    uint64_t count = 0;
    *damaged = false;
    for (size_t i = 0; i < n; i++)
        count += runs[i]->count;
    if (begin_run(&to, folder, number, count, why) != 0)
        return NULL;
    reading_t *from = memory_new(n, sizeof *from);
    for (size_t i = 0; i < n; i++)
        from[i] = (reading_t){runs[i], 0, memory_new(AT_ONCE, PAGE_BYTES)};
    int result = merge(&to, from, n, damaged, why);
    for (size_t i = 0; i < n; i++)
        free(from[i].pages);
    free(from);
    return end_run(&to, result, why);
}

// --------------------------------------------------------------------------------

// The first page from `low` on, before `high`, that begins with such a fence or a later
// one.
static uint64_t first_page(
    const lookup_run_t *self, uint64_t low, uint64_t high, uint64_t fence)
{
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (self->fence[middle] < fence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const lookup_record_t *records_of(
    const lookup_run_t *self, uint64_t page, cause_t *why)
{
    const uint8_t *bytes = pages_get(self->memory, &self->file, page, why);
    return (const lookup_record_t *)(const void *)bytes;
}

// How many of these records stand before this one.
static size_t before(const lookup_record_t *records, size_t n, const lookup_record_t *at)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lookup_compare(&records[middle], at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The last page that begins before the record; most tags are on one page, and its fence
// tells.
static int find_page(
    const lookup_run_t *self, const lookup_record_t *at, uint64_t *page, cause_t *why)
{
    uint64_t low = first_page(self, 0, self->pages, at->tag.high);
    uint64_t high = at->tag.high == UINT64_MAX
                        ? self->pages
                        : first_page(self, low, self->pages, at->tag.high + 1);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const lookup_record_t *records = records_of(self, middle, why);
        if (!records)
            return -1;
        if (lookup_compare(&records[0], at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *page = low;
    return low > 0; // the one before this
}

int lookup_run_find(const lookup_run_t *self, const lookup_tag_t *tag, uint64_t below,
    uint64_t *value, cause_t *why)
{
    const lookup_record_t at = {*tag, below};
    uint64_t page;
    if (!may_hold(self, tag))
        return 0;
    int found = find_page(self, &at, &page, why);
    if (found != 1)
        return found;
    const lookup_record_t *records = records_of(self, --page, why);
    if (!records)
        return -1;
    uint64_t left = self->count - page * LOOKUP_IN_PAGE;
    size_t n = left < LOOKUP_IN_PAGE ? (size_t)left : LOOKUP_IN_PAGE;
    size_t i = before(records, n, &at);
    if (i == 0 || !same_tag(&records[i - 1].tag, tag))
        return 0;
    *value = records[i - 1].value;
    return 1;
}
