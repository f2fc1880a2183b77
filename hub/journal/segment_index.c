// segment_index - a column of places, and the files they are in.
//
// Nearly all reads are of entries that were written a moment ago; the others come in
// runs, when a node that was away catches up.  A handful of open files serves both.

#include "hub/journal/segment_index.h"

#include "hub/journal/column.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/tlog/leaf.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPEN_FILES = 8 };

typedef struct {
    uint64_t segment;
    uint32_t offset;
    uint32_t size;
} place_t;

struct segment_index {
    char segments[PATH_MAX];
    column_t *column;
    size_t turn; // which of the files is closed next
    struct {
        int fd; // -1: none
        uint64_t segment;
    } file[OPEN_FILES];
};

segment_index_t *segment_index_open(const char *state, const char *segments, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, state, "places", why) != 0)
        return NULL;
    segment_index_t *self = memory_new(1, sizeof *self);
    for (size_t i = 0; i < OPEN_FILES; i++)
        self->file[i].fd = -1;
    (void)snprintf(self->segments, sizeof self->segments, "%s", segments);
    self->column = column_open(path, sizeof(place_t), why);
    if (!self->column)
        segment_index_close(&self);
    return self;
}

void segment_index_close(segment_index_t **self_p)
{
    segment_index_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < OPEN_FILES; i++)
        if (self->file[i].fd >= 0)
            (void)close(self->file[i].fd);
    column_close(&self->column);
    free(self);
}

int segment_index_add(
    segment_index_t *self, uint64_t segment, uint64_t offset, size_t size, cause_t *why)
{
    if (offset > UINT32_MAX || size > UINT32_MAX)
        return cause_set(
            why, "%zu bytes at offset %" PRIu64 ": beyond 32 bits", size, offset);
    place_t place = {segment, (uint32_t)offset, (uint32_t)size};
    return column_add(self->column, &place, why);
}

int segment_index_settle(segment_index_t *self, cause_t *why)
{
    return column_settle(self->column, why);
}

static int open_segment(segment_index_t *self, uint64_t segment, cause_t *why)
{
    char name[SEGMENT_NAME];
    char path[PATH_MAX];
    segment_name(segment, name);
    if (path_join(path, sizeof path, self->segments, name, why) != 0)
        return -1;
    int fd = file_open_plain(path, O_RDONLY, why);
    if (fd < 0)
        return -1;
    size_t i = self->turn++ % OPEN_FILES;
    if (self->file[i].fd >= 0)
        (void)close(self->file[i].fd);
    self->file[i].fd = fd;
    self->file[i].segment = segment;
    return fd;
}

static int file_of(segment_index_t *self, uint64_t segment, cause_t *why)
{
    for (size_t i = 0; i < OPEN_FILES; i++)
        if (self->file[i].fd >= 0 && self->file[i].segment == segment)
            return self->file[i].fd;
    return open_segment(self, segment, why);
}

// Up to `most` bytes of an entry from its byte `from` on into `memory`.
static int read_some(segment_index_t *self, uint64_t position, size_t from, size_t most,
    buf_t *memory, cause_t *why)
{
    place_t place;
    if (column_get(self->column, position, &place, why) != 0)
        return -1;
    int fd = file_of(self, place.segment, why);
    if (fd < 0)
        return -1;
    if (from > place.size)
        from = place.size;
    size_t size = place.size - from < most ? place.size - from : most;
    buf_clear(memory);
    buf_reserve(memory, size);
    ssize_t got = pio_read(fd, memory->data, size, place.offset + from);
    memory->size = got > 0 ? (size_t)got : 0;
    if (got == (ssize_t)size)
        return 0;
    if (got < 0)
        (void)cause_errno(why, "read");
    else
        (void)cause_set(why, "entry %" PRIu64 " ends early", position);
    return cause_prefix(
        why, "segments/%020" PRIu64 ".seg: offset %" PRIu32, place.segment, place.offset);
}

static int misplaced(uint64_t position, cause_t *why)
{
    return cause_set(why, "entry %" PRIu64 " is not where it was written", position);
}

int segment_index_read(
    segment_index_t *self, uint64_t position, buf_t *memory, entry_t *entry, cause_t *why)
{
    if (read_some(self, position, 0, SIZE_MAX, memory, why) != 0)
        return -1;
    reader_t from = reader_of(buf_span(memory));
    *entry = entry_take(&from);
    return reader_done(&from) ? 0 : misplaced(position, why);
}

// The seal and the record follow the document: what lies before is read first, for where
// that ends.
int segment_index_read_record(
    segment_index_t *self, uint64_t position, buf_t *memory, span_t *record, cause_t *why)
{
    if (read_some(self, position, 0, LEAF_MAX + 2 + 4, memory, why) != 0)
        return -1;
    reader_t from = reader_of(buf_span(memory));
    size_t leaf = take_short(&from).size;
    size_t document = take_u32(&from);
    if (from.bad)
        return misplaced(position, why);
    if (read_some(self, position, 2 + leaf + 4 + document, SIZE_MAX, memory, why) != 0)
        return -1;
    from = reader_of(buf_span(memory));
    (void)take_long(&from);
    *record = take_long(&from);
    return reader_done(&from) ? 0 : misplaced(position, why);
}

int segment_index_read_leaf(
    segment_index_t *self, uint64_t position, buf_t *memory, span_t *leaf, cause_t *why)
{
    if (read_some(self, position, 0, LEAF_MAX + 2, memory, why) != 0)
        return -1;
    reader_t from = reader_of(buf_span(memory));
    *leaf = take_short(&from);
    return from.bad ? misplaced(position, why) : 0;
}
