// segment_index - a column of places, and the files they are in.
//
// Nearly all reads are of entries that were written a moment ago; the others come in
// runs, when a node that was away catches up.  A handful of open files serves both, and
// the batch that was looked into last is kept: its front, which has the heads of seals,
// or all of it, for the places under them.

#include "hub/journal/segment_index.h"

#include "hub/journal/column.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/segments.h"

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
    batch_t held;
    bool any, whole; // of `held`
};

// Who asks for the place of one asks for the next; what is larger is not kept.
enum { HELD_MAX = 4 << 20 };

// `from` says what was in it; NULL: it is to be empty.
static segment_index_t *open_places(
    const char *state, const char *segments, reader_t *from, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, state, "places", why) != 0)
        return NULL;
    segment_index_t *self = memory_new(1, sizeof *self);
    for (size_t i = 0; i < OPEN_FILES; i++)
        self->file[i].fd = -1;
    (void)snprintf(self->segments, sizeof self->segments, "%s", segments);
    self->column = from ? column_again(path, sizeof(place_t), from, why)
                        : column_open(path, sizeof(place_t), why);
    if (!self->column)
        segment_index_close(&self);
    return self;
}

segment_index_t *segment_index_open(const char *state, const char *segments, cause_t *why)
{
    return open_places(state, segments, NULL, why);
}

segment_index_t *segment_index_again(
    const char *state, const char *segments, reader_t *from, cause_t *why)
{
    return open_places(state, segments, from, why);
}

void segment_index_save(const segment_index_t *self, buf_t *out)
{
    column_save(self->column, out);
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
    batch_close(&self->held);
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

int segment_index_check(const segment_index_t *self, cause_t *why)
{
    return column_check(self->column, why);
}

uint64_t segment_index_count(const segment_index_t *self)
{
    return column_count(self->column);
}

int segment_index_place(const segment_index_t *self, uint64_t position, uint64_t *segment,
    uint64_t *end, cause_t *why)
{
    place_t place;
    if (column_get(self->column, position, &place, why) != 0)
        return -1;
    *segment = place.segment;
    *end = (uint64_t)place.offset + place.size;
    return 0;
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

// Appends that many bytes of a segment to `out`.
static int read_at(segment_index_t *self, uint64_t segment, uint64_t offset, size_t size,
    buf_t *out, cause_t *why)
{
    int fd = file_of(self, segment, why);
    if (fd < 0)
        return -1;
    buf_reserve(out, size);
    ssize_t got = pio_read(fd, out->data + out->size, size, offset);
    if (got == (ssize_t)size) {
        out->size += size;
        return 0;
    }
    if (got < 0)
        (void)cause_errno(why, "read");
    else
        (void)cause_set(why, "the file ends early");
    return cause_prefix(
        why, "segments/%020" PRIu64 ".seg: offset %" PRIu64, segment, offset);
}

// Up to `most` bytes of an entry from its byte `from` on into `memory`.
static int read_some(segment_index_t *self, uint64_t position, size_t from, size_t most,
    buf_t *memory, cause_t *why)
{
    place_t place;
    if (column_get(self->column, position, &place, why) != 0)
        return -1;
    if (from > place.size)
        from = place.size;
    size_t size = place.size - from < most ? place.size - from : most;
    buf_clear(memory);
    return read_at(self, place.segment, place.offset + from, size, memory, why);
}

static int misplaced(uint64_t position, cause_t *why)
{
    return cause_set(why, "entry %" PRIu64 " is not where it was written", position);
}

// The front of the batch at this offset, or all of it, into `held`.
static int hold(
    segment_index_t *self, uint64_t segment, uint64_t offset, bool whole, cause_t *why)
{
    batch_t *held = &self->held;
    if (self->any && held->segment == segment && held->offset == offset &&
        (self->whole || !whole))
        return 0;
    self->any = false;
    if (held->bytes.room > HELD_MAX)
        buf_destroy(&held->bytes);
    buf_clear(&held->bytes);
    if (read_at(self, segment, offset, BATCH_HEADER, &held->bytes, why) != 0)
        return -1;
    if (!batch_header_take(&held->header, buf_span(&held->bytes)))
        return cause_set(why, "there is no batch at offset %" PRIu64, offset);
    size_t more = whole ? held->header.length : held->header.front;
    if (read_at(self, segment, offset + BATCH_HEADER, more, &held->bytes, why) != 0)
        return -1;
    if (!batch_front_take(
            &held->front, span_of(held->bytes.data + BATCH_HEADER, held->header.front)))
        return cause_set(why, "the batch at offset %" PRIu64 " cannot be read", offset);
    held->segment = segment;
    held->offset = offset;
    if (whole)
        batch_prove(held);
    self->whole = whole;
    self->any = true;
    return 0;
}

// What the entry's first bytes say of its seal.
static int find_seal(segment_index_t *self, uint64_t position, const buf_t *memory,
    bool whole, entry_t *entry, cause_t *why)
{
    place_t place;
    uint16_t head;
    uint32_t back = entry_back(buf_span(memory));
    if (column_get(self->column, position, &place, why) != 0)
        return -1;
    if (back > place.offset)
        return misplaced(position, why);
    if (hold(self, place.segment, place.offset - back, whole, why) != 0)
        return cause_prefix(why, "entry %" PRIu64, position);
    const batch_t *held = &self->held;
    if (position < held->header.first ||
        position - held->header.first >= held->header.count)
        return misplaced(position, why);
    reader_t from = reader_of(buf_span(memory));
    *entry = entry_take(&from, &held->front, &head);
    if (!reader_done(&from))
        return misplaced(position, why);
    entry->proven =
        whole && batch_path(held, (size_t)(position - held->header.first), &entry->path);
    return 0;
}

static int read_entry(segment_index_t *self, uint64_t position, buf_t *memory, bool whole,
    entry_t *entry, cause_t *why)
{
    if (read_some(self, position, 0, SIZE_MAX, memory, why) != 0)
        return -1;
    reader_t from = reader_of(buf_span(memory));
    *entry = entry_take(&from, NULL, NULL);
    if (!reader_done(&from))
        return misplaced(position, why);
    return entry->placed ? find_seal(self, position, memory, whole, entry, why) : 0;
}

int segment_index_read(
    segment_index_t *self, uint64_t position, buf_t *memory, entry_t *entry, cause_t *why)
{
    return read_entry(self, position, memory, false, entry, why);
}

int segment_index_read_placed(
    segment_index_t *self, uint64_t position, buf_t *memory, entry_t *entry, cause_t *why)
{
    return read_entry(self, position, memory, true, entry, why);
}

// What stands before the document of an entry that has no text for a seal.
enum { BEFORE_DOCUMENT = ENTRY_AROUND + ENTRY_PLACE + LEAF_MAX };

// An entry's first bytes, to the length of its document: a reader at its leaf, and how
// far behind the entry's beginning that is.
static int read_front(segment_index_t *self, uint64_t position, buf_t *memory,
    reader_t *leaf, size_t *start, cause_t *why)
{
    if (read_some(self, position, 0, BEFORE_DOCUMENT, memory, why) != 0)
        return -1;
    *start = entry_leaf_start(buf_span(memory));
    if (*start <= 1 + ENTRY_PLACE) {
        *leaf = reader_of(buf_span(memory));
        (void)take_bytes(leaf, *start);
        return 0;
    }
    if (read_some(self, position, *start, BEFORE_DOCUMENT, memory, why) != 0)
        return -1;
    *leaf = reader_of(buf_span(memory));
    return 0;
}

// The record follows the document: what lies before is read first, for where that ends.
int segment_index_read_record(
    segment_index_t *self, uint64_t position, buf_t *memory, span_t *record, cause_t *why)
{
    reader_t from;
    size_t start;
    if (read_front(self, position, memory, &from, &start, why) != 0)
        return -1;
    size_t leaf = take_short(&from).size;
    size_t document = take_u32(&from);
    if (from.bad)
        return misplaced(position, why);
    if (read_some(
            self, position, start + 2 + leaf + 4 + document, SIZE_MAX, memory, why) != 0)
        return -1;
    from = reader_of(buf_span(memory));
    *record = take_long(&from);
    return reader_done(&from) ? 0 : misplaced(position, why);
}

int segment_index_read_leaf(
    segment_index_t *self, uint64_t position, buf_t *memory, span_t *leaf, cause_t *why)
{
    reader_t from;
    size_t start;
    if (read_front(self, position, memory, &from, &start, why) != 0)
        return -1;
    *leaf = take_short(&from);
    return from.bad ? misplaced(position, why) : 0;
}
