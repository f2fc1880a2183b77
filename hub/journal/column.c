// column - records 0..written-1 are in the file, in whole pages; the rest are in the
// tail.
//
// The tail's pages are written when it has grown to TAIL bytes, so that a hub with a
// thousand inboxes holds a few megabytes and makes one system call for hundreds of
// records.  When the disk takes nothing the tail grows, and the next attempt comes after
// another TAIL bytes.  A page is written once and never changed.

#include "hub/journal/column.h"

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL = 8192, REMEMBERED = 64 };

struct column {
    paged_t file;
    pages_t *pages, *own; // the memory that is read through; its own, or NULL
    size_t record;        // bytes of one
    size_t in_page;       // records
    uint64_t written;     // records in the file, a multiple of in_page
    buf_t tail;           // the records behind those
    size_t attempt;       // size of the tail at which it is written next
    char *path;
};

static column_t *new_column(const char *path, size_t record_size)
{
    assert(record_size > 0 && record_size <= PAGE_ROOM);
    const char *slash = strrchr(path, '/');
    column_t *self = memory_new(1, sizeof *self);
    *self = (column_t){
        .record = record_size, .in_page = PAGE_ROOM / record_size, .attempt = TAIL};
    self->path = memory_text(path);
    self->own = self->pages = pages_new(REMEMBERED);
    self->file = (paged_t){-1, page_name(slash ? slash + 1 : path), 0, self->path};
    self->file.id = pages_id(self->pages);
    return self;
}

column_t *column_open(const char *path, size_t record_size, cause_t *why)
{
    column_t *self = new_column(path, record_size);
    self->file.fd = file_make(path, 0600, why);
    if (self->file.fd < 0)
        column_close(&self);
    return self;
}

// The file holds so many records, and nothing behind them.
static int cut_file(column_t *self, uint64_t written, cause_t *why)
{
    struct stat info;
    uint64_t size = written / self->in_page * PAGE_BYTES;
    if (fstat(self->file.fd, &info) != 0)
        return cause_errno(why, "%s", self->path);
    if (!file_is_own(self->file.fd) || (uint64_t)info.st_size < size)
        return cause_set(why,
            "%s: %" PRIu64 " bytes, and there were %" PRIu64 " at least", self->path,
            (uint64_t)info.st_size, size);
    if (ftruncate(self->file.fd, (off_t)size) != 0)
        return cause_errno(why, "%s", self->path);
    self->written = written;
    return 0;
}

static int open_again(column_t *self, reader_t *from, cause_t *why)
{
    uint64_t written = take_u64(from);
    span_t tail = take_long(from);
    if (from->bad || written % self->in_page != 0 || tail.size % self->record != 0)
        return cause_set(why, "%s: nothing is known of it", self->path);
    self->file.fd = file_open_plain(self->path, O_RDWR, why);
    if (self->file.fd < 0 || cut_file(self, written, why) != 0)
        return -1;
    buf_put_span(&self->tail, tail);
    return 0;
}

column_t *column_again(const char *path, size_t record_size, reader_t *from, cause_t *why)
{
    column_t *self = new_column(path, record_size);
    if (open_again(self, from, why) != 0)
        column_close(&self);
    return self;
}

void column_save(const column_t *self, buf_t *out)
{
    buf_put_u64(out, self->written);
    buf_put_long(out, buf_span(&self->tail));
}

void column_remember(column_t *self, pages_t *pages)
{
    pages_destroy(&self->own);
    self->pages = pages;
    self->file.id = pages_id(pages);
}

void column_close(column_t **self_p)
{
    column_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->file.fd >= 0)
        (void)close(self->file.fd); // what the tail held is in the journal, too
    pages_destroy(&self->own);
    buf_destroy(&self->tail);
    free(self->path);
    free(self);
}

uint64_t column_count(const column_t *self)
{
    return self->written + self->tail.size / self->record;
}

// The next whole page of the tail, which begins there.
static int write_page(column_t *self, size_t at, uint64_t number, cause_t *why)
{
    uint8_t page[PAGE_BYTES] = {0};
    memcpy(page, self->tail.data + at, self->in_page * self->record);
    page_seal(page, self->file.name, number);
    if (pio_write(self->file.fd, span_of(page, sizeof page), number * PAGE_BYTES) != 0)
        return cause_errno(why, "%s", self->path);
    return 0;
}

// The tail's pages by so many at a time, until it is less than TAIL again: so what is in
// the file depends on how many records there are, and not on how many came at once.
static int write_tail(column_t *self, cause_t *why)
{
    size_t done = 0, size = self->in_page * self->record, lot = TAIL / size;
    int result = 0;
    while (result == 0 && self->tail.size - done >= TAIL)
        for (size_t i = 0; result == 0 && i < lot; i++) {
            result = write_page(self, done, self->written / self->in_page, why);
            if (result == 0) {
                done += size;
                self->written += self->in_page;
            }
        }
    self->tail.size -= done;
    if (done > 0)
        memmove(self->tail.data, self->tail.data + done, self->tail.size);
    self->attempt = result == 0 ? TAIL : self->tail.size + TAIL;
    if (self->tail.room > (size_t)4 * TAIL && self->tail.size <= TAIL) { // it was full
        buf_t less = {0};
        buf_put_span(&less, buf_span(&self->tail));
        buf_destroy(&self->tail);
        self->tail = less;
    }
    return result;
}

int column_settle(column_t *self, cause_t *why)
{
    return self->tail.size < TAIL ? 0 : write_tail(self, why);
}

int column_add_all(column_t *self, const void *records, size_t n, cause_t *why)
{
    size_t size = n * self->record;
    if (self->tail.size + size > COLUMN_WAITING_MAX && write_tail(self, why) != 0)
        return -1;
    buf_put(&self->tail, records, size);
    if (self->tail.size >= self->attempt) {
        cause_t ignored; // the records are kept, which is all that was promised
        (void)write_tail(self, &ignored);
    }
    return 0;
}

int column_add(column_t *self, const void *record, cause_t *why)
{
    return column_add_all(self, record, 1, why);
}

int column_get(const column_t *self, uint64_t index, void *record, cause_t *why)
{
    return column_get_all(self, index, 1, record, why);
}

// As many of them as the place where the first one is has.
static int get_some(
    const column_t *self, uint64_t index, size_t n, void *records, cause_t *why)
{
    if (index >= self->written) {
        size_t offset = (size_t)(index - self->written) * self->record;
        memcpy(records, self->tail.data + offset, n * self->record);
        return (int)n;
    }
    size_t at = (size_t)(index % self->in_page), left = self->in_page - at;
    const uint8_t *page = pages_get(self->pages, &self->file, index / self->in_page, why);
    if (!page)
        return -1;
    if (n > left)
        n = left;
    memcpy(records, page + at * self->record, n * self->record);
    return (int)n;
}

int column_get_all(
    const column_t *self, uint64_t index, size_t n, void *records, cause_t *why)
{
    uint64_t count = column_count(self);
    uint8_t *out = records;
    if (index > count || n > count - index)
        return cause_set(why, "%s: no record %" PRIu64, self->path,
            index > count ? index : index + n - 1);
    while (n > 0) {
        int got = get_some(self, index, n, out, why);
        if (got < 0)
            return -1;
        index += (size_t)got;
        n -= (size_t)got;
        out += (size_t)got * self->record;
    }
    return 0;
}

int column_find(const column_t *self, uint64_t position, uint64_t *index, cause_t *why)
{
    uint64_t low = 0, high = column_count(self), at;
    assert(self->record == sizeof at);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (column_get(self, middle, &at, why) != 0)
            return -1;
        if (at < position)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return 0;
}

int column_check(const column_t *self, cause_t *why)
{
    return pages_check(self->pages, why);
}
