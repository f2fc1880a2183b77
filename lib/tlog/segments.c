// segments - one file is open at a time; a batch is read whole before it is looked at.

#include "lib/tlog/segments.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/torn.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct segments {
    char folder[PATH_MAX];
    names_t names;
    size_t at; // of the file that is open, or to be opened next
    int fd;    // -1 between files
    uint64_t size;
    uint64_t batch_most;
    bool origin_known;
    hash_t origin;
    segments_tail_t tail; // moves along: where the next batch is expected
};

void batch_close(batch_t *self)
{
    buf_destroy(&self->bytes);
    buf_destroy(&self->hashes);
    under_destroy(&self->under);
    batch_front_close(&self->front);
}

int batch_blame(const batch_t *self, uint64_t offset, cause_t *why)
{
    return cause_prefix(why, "segments/%s: offset %" PRIu64, self->file, offset);
}

batch_entries_t batch_entries(const batch_t *batch)
{
    batch_entries_t self = {.batch = batch, .position = batch->header.first};
    self.rest = reader_of(span_of(batch->bytes.data + BATCH_HEADER + batch->header.front,
        batch->header.length - batch->header.front));
    self.offset = batch->offset + BATCH_HEADER + batch->header.front;
    return self;
}

bool batch_path(const batch_t *self, size_t at, span_t *path)
{
    return self->under && under_path(self->under, at, path);
}

bool batch_next(batch_entries_t *self, entry_t *entry)
{
    size_t before = self->rest.rest.size;
    if (before == 0 || self->rest.bad)
        return false;
    *entry = entry_take(&self->rest, &self->batch->front, NULL);
    entry->hashes =
        (const entry_hashes_t *)(const void *)self->batch->hashes.data + self->at;
    entry->proven = entry->placed && batch_path(self->batch, self->at, &entry->path);
    self->offset += before - self->rest.rest.size;
    self->position++;
    self->at++;
    return !self->rest.bad;
}

// What an entry's document is: as its leaf has it, which also says it of one that was
// erased; where that is none, or has none, by the octets that are there.
static hash_t document_of(const entry_t *entry)
{
    leaf_t leaf;
    cause_t ignored;
    if (leaf_take(&leaf, entry->leaf, &ignored) != 0 || !leaf.has_document)
        sha256(entry->document, &leaf.document);
    return leaf.document;
}

// Two walks over the same entries: where each is, and then what.
void batch_prove(batch_t *self)
{
    reader_t from = batch_entries(self).rest;
    if (!self->under)
        self->under = under_new();
    under_clear(self->under);
    for (size_t i = 0; i < self->header.count && !from.bad; i++) {
        uint16_t head = 0;
        entry_t entry = entry_take(&from, &self->front, &head);
        under_add(
            self->under, entry.placed && !from.bad ? head : UNDER_NONE, entry.index);
    }
    under_sort(self->under, self->front.n);
    from = batch_entries(self).rest;
    for (size_t i = 0; i < self->header.count && !from.bad; i++) {
        entry_t entry = entry_take(&from, &self->front, NULL);
        if (!entry.placed || from.bad)
            continue;
        hash_t document = document_of(&entry);
        under_is(self->under, i, &document);
    }
    for (size_t head = 0; head < self->front.n; head++)
        (void)under_prove(self->under, head, &self->front.head[head], true);
}

// Put file and offset in front of the cause there is.
static int blame(const segments_t *self, uint64_t offset, cause_t *why)
{
    return cause_prefix(
        why, "segments/%s: offset %" PRIu64, self->names.name[self->at], offset);
}

static int check_names(const segments_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->names.n; i++) {
        uint64_t first;
        const char *name = self->names.name[i];
        if (!segment_name_parse(name, &first))
            return cause_set(why, "segments/%s: not a segment; move it away", name);
        if (i == 0 && first != 0)
            return cause_set(
                why, "segments/%s: the segments before this one are missing", name);
    }
    return 0;
}

segments_t *segments_open(
    const char *folder, const char *origin, uint64_t batch_most, cause_t *why)
{
    segments_t *self = memory_new(1, sizeof *self);
    self->fd = -1;
    self->batch_most = batch_most;
    self->origin_known = origin != NULL;
    if (origin)
        sha256(span_text(origin), &self->origin);
    if (path_join(self->folder, sizeof self->folder, folder, "segments", why) != 0 ||
        names_list(&self->names, self->folder, "", why) != 0 ||
        check_names(self, why) != 0)
        segments_close(&self);
    return self;
}

void segments_close(segments_t **self_p)
{
    segments_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    names_free(&self->names);
    free(self);
}

const segments_tail_t *segments_tail(const segments_t *self)
{
    return &self->tail;
}

static bool is_last(const segments_t *self)
{
    return self->at + 1 == self->names.n;
}

static bool is_zero(const uint8_t *data, size_t size)
{
    return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

// One past the last byte at or after `from` that is not zero; `from` when all are.
static int find_end(segments_t *self, uint64_t from, uint64_t *end, cause_t *why)
{
    uint8_t chunk[16384];
    *end = from;
    for (uint64_t at = from; at < self->size;) {
        ssize_t got = pio_read(self->fd, chunk, sizeof chunk, at);
        if (got < 0) {
            (void)cause_errno(why, "read");
            return blame(self, at, why);
        }
        if (got == 0)
            break;
        size_t used = is_zero(chunk, (size_t)got) ? 0 : (size_t)got;
        while (used > 0 && chunk[used - 1] == 0)
            used--;
        if (used > 0)
            *end = at + used;
        at += (uint64_t)got;
    }
    return 0;
}

static int read_exact(
    segments_t *self, void *data, size_t size, uint64_t offset, cause_t *why)
{
    ssize_t got = pio_read(self->fd, data, size, offset);
    if (got >= 0 && (size_t)got == size)
        return 0;
    if (got < 0)
        (void)cause_errno(why, "read");
    else
        (void)cause_set(why, "the file is too short");
    return blame(self, offset, why);
}

static int check_header(segments_t *self, const segment_header_t *header, cause_t *why)
{
    uint64_t named = 0;
    (void)segment_name_parse(self->names.name[self->at], &named);
    if (header->first != named)
        return cause_set(why, "the header says position %" PRIu64 ", the name does not",
            header->first);
    if (header->first != self->tail.position)
        return cause_set(why,
            "this segment begins with position %" PRIu64
            ", but the one before ends before "
            "%" PRIu64 ": a segment or a part of one is missing",
            header->first, self->tail.position);
    if (self->at > 0 && header->sequence != self->tail.sequence)
        return cause_set(why,
            "this segment begins with batch %" PRIu64 " where %" PRIu64 " follows",
            header->sequence, self->tail.sequence);
    if (self->origin_known && !hash_equal(&header->origin, &self->origin))
        return cause_set(why, "this segment belongs to a log with another origin");
    return 0;
}

static int read_header(segments_t *self, cause_t *why)
{
    uint8_t bytes[SEGMENT_HEADER];
    segment_header_t header;
    if (read_exact(self, bytes, sizeof bytes, 0, why) != 0)
        return -1;
    if (segment_header_take(&header, span_of(bytes, sizeof bytes), why) != 0 ||
        check_header(self, &header, why) != 0)
        return blame(self, 0, why);
    self->origin = header.origin;
    self->origin_known = true;
    (void)memcpy(self->tail.file, self->names.name[self->at], SEGMENT_NAME);
    self->tail.segment = header.first;
    self->tail.sequence = header.sequence;
    self->tail.offset = SEGMENT_HEADER;
    return 1;
}

static int open_file(segments_t *self, cause_t *why)
{
    struct stat info;
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, self->names.name[self->at], why) != 0)
        return -1;
    self->fd = file_open_plain(path, O_RDONLY, why);
    if (self->fd < 0)
        return -1;
    if (fstat(self->fd, &info) != 0)
        return cause_errno(why, "%s", path);
    self->size = (uint64_t)info.st_size;
    return 0;
}

// Whether a segment holds nothing at all, as when the power went while it was being made.
// Its place must be right all the same: else what it held is missing.
static int check_unborn(segments_t *self, bool *unborn, cause_t *why)
{
    uint64_t end = 0;
    uint64_t named = 0;
    uint8_t header[SEGMENT_HEADER];
    ssize_t got = pio_read(self->fd, header, sizeof header, 0);
    *unborn = false;
    if (got < 0) {
        (void)cause_errno(why, "read");
        return blame(self, 0, why);
    }
    if (!is_zero(header, (size_t)got))
        return 0;
    if (find_end(self, 0, &end, why) != 0)
        return -1;
    (void)segment_name_parse(self->names.name[self->at], &named);
    *unborn = end == 0 && is_last(self) && named == self->tail.position;
    return 0;
}

// 1: a segment is open.  0: there is none left.
static int next_file(segments_t *self, cause_t *why)
{
    bool unborn;
    if (self->at == self->names.n)
        return 0;
    if (open_file(self, why) != 0 || check_unborn(self, &unborn, why) != 0)
        return -1;
    if (!unborn)
        return read_header(self, why);
    (void)memcpy(self->tail.unborn, self->names.name[self->at], SEGMENT_NAME);
    (void)close(self->fd);
    self->fd = -1;
    self->at++;
    return 0;
}

static int judge_end(segments_t *self, cause_t *why)
{
    uint64_t end = 0;
    uint64_t offset = self->tail.offset;
    if (find_end(self, offset, &end, why) != 0)
        return -1;
    if (end == offset)
        return 0;
    if (!is_last(self)) {
        (void)cause_set(why, "a bad batch, or bytes where there should be none, before "
                             "another segment");
        return blame(self, offset, why);
    }
    buf_t rest = {0};
    size_t size = (size_t)(end - offset);
    buf_reserve(&rest, size);
    int result = read_exact(self, rest.data, size, offset, why);
    if (result == 0) {
        torn_t torn = {.rest = span_of(rest.data, size),
            .offset = offset,
            .sequence = self->tail.sequence,
            .first = self->tail.position,
            .most = self->batch_most};
        result = torn_judge(&torn, &offset, why) == 0 ? 0 : blame(self, offset, why);
    }
    buf_destroy(&rest);
    if (result == 0)
        self->tail.torn = size;
    return result;
}

// A batch whose checksum is right was written by a hub: what is wrong with it now was
// wrong then, and no cutting helps.
static int check_batch(segments_t *self, batch_t *batch, cause_t *why)
{
    if (batch->header.sequence == self->tail.sequence &&
        batch->header.first == self->tail.position)
        return 1;
    (void)cause_set(why,
        "batch %" PRIu64 " at position %" PRIu64 " where batch %" PRIu64
        " at position %" PRIu64 " follows",
        batch->header.sequence, batch->header.first, self->tail.sequence,
        self->tail.position);
    self->tail.written = true;
    return blame(self, self->tail.offset, why);
}

static void forget_proofs(batch_t *batch)
{
    if (batch->under)
        under_clear(batch->under);
}

// 1: a batch that matches its checksum.  0: there is none at this offset.
static int read_batch(segments_t *self, batch_t *batch, cause_t *why)
{
    uint8_t head[BATCH_HEADER];
    uint64_t offset = self->tail.offset;
    uint64_t left = self->size > offset ? self->size - offset : 0;
    if (left < BATCH_AROUND)
        return 0;
    if (read_exact(self, head, sizeof head, offset, why) != 0)
        return -1;
    if (!batch_header_take(&batch->header, span_of(head, sizeof head)) ||
        batch->header.length > left - BATCH_AROUND)
        return 0;
    size_t size = (size_t)batch->header.length + BATCH_AROUND;
    buf_clear(&batch->bytes);
    buf_put(&batch->bytes, head, sizeof head);
    buf_reserve(&batch->bytes, size);
    if (read_exact(self, batch->bytes.data + sizeof head, size - sizeof head,
            offset + sizeof head, why) != 0)
        return -1;
    batch->bytes.size = size;
    buf_clear(&batch->hashes);
    forget_proofs(batch);
    batch_verdict_t verdict = batch_judge(buf_span(&batch->bytes), &batch->hashes, why);
    self->tail.written = verdict == BATCH_MALFORMED;
    if (verdict == BATCH_MALFORMED)
        return blame(self, offset, why);
    return verdict == BATCH_SOUND &&
                   batch_front_take(&batch->front,
                       span_of(batch->bytes.data + BATCH_HEADER, batch->header.front))
               ? 1
               : 0;
}

static int take_batch(segments_t *self, batch_t *batch, cause_t *why)
{
    int got = read_batch(self, batch, why);
    if (got == 1)
        got = check_batch(self, batch, why);
    if (got != 1)
        return got;
    (void)memcpy(batch->file, self->tail.file, SEGMENT_NAME);
    batch->segment = self->tail.segment;
    batch->offset = self->tail.offset;
    self->tail.offset += batch->bytes.size;
    self->tail.position += batch->header.count;
    self->tail.sequence++;
    return 1;
}

int segments_next(segments_t *self, batch_t *batch, cause_t *why)
{
    for (;;) {
        int got = 1;
        if (self->fd < 0)
            got = next_file(self, why);
        if (got != 1)
            return got;
        got = take_batch(self, batch, why);
        if (got == 0)
            got = judge_end(self, why);
        else
            return got;
        if (got != 0)
            return got;
        (void)close(self->fd);
        self->fd = -1;
        self->at++;
    }
}

static int find_segment(segments_t *self, uint64_t segment, cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(segment, name);
    while (self->at < self->names.n && strcmp(self->names.name[self->at], name) != 0)
        self->at++;
    return self->at < self->names.n ? 0
                                    : cause_set(why, "segments/%s: it is missing", name);
}

// What its header says of the segments before cannot be checked by them.
int segments_go_to(segments_t *self, const segments_place_t *place, cause_t *why)
{
    uint8_t bytes[SEGMENT_HEADER];
    segment_header_t header;
    if (find_segment(self, place->segment, why) != 0 || open_file(self, why) != 0 ||
        read_exact(self, bytes, sizeof bytes, 0, why) != 0)
        return -1;
    if (segment_header_take(&header, span_of(bytes, sizeof bytes), why) != 0)
        return blame(self, 0, why);
    self->tail.position = header.first;
    self->tail.sequence = header.sequence;
    if (check_header(self, &header, why) != 0)
        return blame(self, 0, why);
    if (place->offset < SEGMENT_HEADER || place->sequence < header.sequence)
        return cause_set(why, "segments/%s: no batch begins at offset %" PRIu64,
            self->names.name[self->at], place->offset);
    (void)memcpy(self->tail.file, self->names.name[self->at], SEGMENT_NAME);
    self->origin = header.origin;
    self->origin_known = true;
    self->tail.segment = header.first;
    self->tail.position = place->position;
    self->tail.sequence = place->sequence;
    self->tail.offset = place->offset;
    return 0;
}
