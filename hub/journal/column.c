// column - records 0..written-1 are in the file, the rest are in the tail.
//
// The tail is written whole when it has grown to TAIL bytes, so that a hub with a
// thousand inboxes holds a few megabytes and makes one system call for hundreds of
// records.  When the disk takes nothing the tail grows, and the next attempt comes after
// another TAIL bytes.

#include "hub/journal/column.h"
#include "lib/base/file.h"

#include "lib/base/bytes.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAIL = 8192 };

struct column {
    int fd;
    size_t record;    // bytes of one
    uint64_t written; // records in the file
    buf_t tail;       // the records behind those
    size_t attempt;   // size of the tail at which it is written next
    char *path;       // for causes
};

column_t *column_open(const char *path, size_t record_size, cause_t *why)
{
    assert(record_size > 0 && record_size <= TAIL);
    column_t *self = memory_new(1, sizeof *self);
    *self = (column_t){.fd = -1, .record = record_size, .attempt = TAIL};
    self->path = memory_text(path);
    self->fd = file_make(path, 0600, why);
    if (self->fd < 0)
        column_close(&self);
    return self;
}

void column_close(column_t **self_p)
{
    column_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd); // what the tail held is in the journal, too
    buf_destroy(&self->tail);
    free(self->path);
    free(self);
}

uint64_t column_count(const column_t *self)
{
    return self->written + self->tail.size / self->record;
}

static int write_tail(column_t *self, cause_t *why)
{
    if (pio_write(self->fd, buf_span(&self->tail), self->written * self->record) != 0) {
        self->attempt = self->tail.size + TAIL;
        return cause_errno(why, "%s", self->path);
    }
    self->written += self->tail.size / self->record;
    self->attempt = TAIL;
    buf_clear(&self->tail);
    if (self->tail.room > (size_t)4 * TAIL) // after a full disk
        buf_destroy(&self->tail);
    return 0;
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

// Those in the file, and then those in the tail.
int column_get_all(
    const column_t *self, uint64_t index, size_t n, void *records, cause_t *why)
{
    uint64_t count = column_count(self);
    if (index > count || n > count - index)
        return cause_set(why, "%s: no record %" PRIu64, self->path,
            index > count ? index : index + n - 1);
    size_t left = index < self->written ? (size_t)(self->written - index) : 0;
    size_t filed = (left < n ? left : n) * self->record;
    ssize_t got =
        filed > 0 ? pio_read(self->fd, records, filed, index * self->record) : 0;
    if (got < 0)
        return cause_errno(why, "%s: record %" PRIu64, self->path, index);
    if ((size_t)got != filed)
        return cause_set(why, "%s: record %" PRIu64 " is missing: the file was shortened",
            self->path, index + (size_t)got / self->record);
    size_t rest = n * self->record - filed;
    if (rest > 0)
        memcpy((uint8_t *)records + filed,
            self->tail.data +
                (size_t)(index + filed / self->record - self->written) * self->record,
            rest);
    return 0;
}
