// standby_copy - one segment is open; a batch goes to the disk whole, and so does a
// segment's header, with its first batch.

#include "nodes/backup/standby_copy_state.h"

#include "lib/base/file.h"
#include "lib/base/pio.h"
#include "lib/sys/clock.h"
#include "nodes/backup/copied.h"

#include <string.h>
#include <unistd.h>

enum { BATCH_MOST = 64 << 20, SIGN_EVERY_MS = 500 };

static int segment_path(
    const standby_copy_t *self, uint64_t first, char out[PATH_MAX], cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(first, name);
    return path_join(out, PATH_MAX, self->segments, name, why);
}

standby_place_t standby_copy_kept(const standby_copy_t *self)
{
    return self->kept;
}

standby_place_t standby_copy_wants(const standby_copy_t *self)
{
    return (standby_place_t){self->kept.segment, self->kept.offset + self->coming.size};
}

const merkle_t *standby_copy_tree(const standby_copy_t *self)
{
    return &self->tree;
}

const checkpoint_t *standby_copy_checkpoint(const standby_copy_t *self)
{
    return &self->checkpoint;
}

span_t standby_copy_note(const standby_copy_t *self)
{
    return buf_span(&self->note);
}

size_t standby_copy_erased(const standby_copy_t *self)
{
    return self->erasures.erased;
}

void standby_copy_forget(standby_copy_t *self)
{
    buf_clear(&self->coming);
}

static int check_header(standby_copy_t *self, span_t bytes, cause_t *why)
{
    segment_header_t header;
    hash_t origin;
    sha256(span_text(self->vkey.origin), &origin);
    if (segment_header_take(&header, bytes, why) != 0)
        return -1;
    if (header.first != self->tree.size || header.first != self->kept.segment ||
        (self->tree.size > 0 && header.sequence != self->sequence) ||
        !hash_equal(&header.origin, &origin))
        return cause_set(why, "the segment that came does not follow this copy");
    self->sequence = header.sequence; // of its first batch
    return 0;
}

static int write_at(standby_copy_t *self, span_t bytes, uint64_t offset, cause_t *why)
{
    if (pio_write(self->fd, bytes, offset) == 0)
        return 0;
    return cause_errno(why, "%s", self->segments);
}

// A segment's name comes with its first batch.
static int begin_segment(standby_copy_t *self, span_t header, cause_t *why)
{
    char path[PATH_MAX];
    if (segment_path(self, self->kept.segment, path, why) != 0)
        return -1;
    self->fd = file_make(path, 0600, why);
    if (self->fd < 0)
        return -1;
    return write_at(self, header, 0, why);
}

static int blame(const batch_t *batch, uint64_t offset, const char *text, cause_t *why)
{
    (void)cause_set(why, "%s", text);
    return batch_blame(batch, offset, why);
}

// The hub may have erased in a batch between two pieces of it: then it is whole when it
// comes again.  A second time it is damaged there.
static int64_t doubt(standby_copy_t *self, uint64_t offset, cause_t *why)
{
    bool again =
        self->doubted.segment == self->kept.segment && self->doubted.offset == offset;
    self->doubts = true;
    self->doubted = (standby_place_t){self->kept.segment, offset};
    (void)blame(&self->batch, offset, "the batch that came is damaged", why);
    return again ? -1 : 0;
}

// The batch in front of `bytes`, judged.  Its size, or 0 when it is not whole yet, or is
// doubted; -1.
static int64_t judge(standby_copy_t *self, span_t bytes, uint64_t offset, cause_t *why)
{
    batch_t *batch = &self->batch;
    if (bytes.size < BATCH_HEADER)
        return 0;
    segment_name(self->kept.segment, batch->file);
    batch->segment = self->kept.segment;
    batch->offset = offset;
    if (!batch_header_take(&batch->header, span_of(bytes.data, BATCH_HEADER)) ||
        batch->header.length > BATCH_MOST)
        return blame(batch, offset, "no batch begins there", why);
    size_t size = (size_t)batch->header.length + BATCH_AROUND;
    if (bytes.size < size)
        return 0;
    buf_clear(&batch->bytes);
    buf_put(&batch->bytes, bytes.data, size);
    buf_clear(&batch->hashes);
    if (batch_judge(buf_span(&batch->bytes), &batch->hashes, why) != BATCH_SOUND ||
        !batch_front_take(&batch->front,
            span_of(batch->bytes.data + BATCH_HEADER, batch->header.front)))
        return doubt(self, offset, why);
    return (int64_t)size;
}

static int take_batch(standby_copy_t *self, cause_t *why)
{
    batch_t *batch = &self->batch;
    if (batch->header.sequence != self->sequence)
        return blame(batch, batch->offset, "another batch follows here", why);
    if (copied_take(&self->erasures, batch, why) != 0 ||
        grown_take(&self->tree, batch, why) != 0)
        return -1;
    self->sequence = batch->header.sequence + 1;
    return 0;
}

// All whole batches of what came; what was written is flushed by who calls.
static int take_batches(standby_copy_t *self, size_t *used, cause_t *why)
{
    span_t all = buf_span(&self->coming);
    size_t header = self->kept.offset == 0 ? SEGMENT_HEADER : 0;
    *used = 0;
    if (header &&
        (all.size < header || check_header(self, span_of(all.data, header), why) != 0))
        return all.size < header ? 0 : -1;
    for (size_t at = header;;) {
        span_t rest = span_of(all.data + at, all.size - at);
        int64_t size = judge(self, rest, self->kept.offset + at, why);
        if (size <= 0)
            return (int)size;
        if (take_batch(self, why) != 0)
            return -1;
        if (self->fd < 0 && begin_segment(self, span_of(all.data, header), why) != 0)
            return -1;
        if (write_at(
                self, span_of(rest.data, (size_t)size), self->kept.offset + at, why) != 0)
            return -1;
        at += (size_t)size;
        *used = at;
    }
}

static void drop_front(buf_t *bytes, size_t size)
{
    if (size == 0)
        return;
    memmove(bytes->data, bytes->data + size, bytes->size - size);
    bytes->size -= size;
}

static int end_segment(standby_copy_t *self, cause_t *why)
{
    if (self->coming.size > 0 || self->fd < 0)
        return cause_set(why, "the segment that came ends within a batch");
    (void)close(self->fd);
    self->fd = -1;
    self->kept = (standby_place_t){self->tree.size, 0};
    return 0;
}

int standby_copy_put(standby_copy_t *self, span_t data, bool over, cause_t *why)
{
    size_t used;
    bool born = self->fd < 0;
    self->doubts = false;
    buf_put_span(&self->coming, data);
    if (take_batches(self, &used, why) != 0)
        return -1;
    if (used > 0) {
        if (fdatasync(self->fd) != 0)
            return cause_errno(why, "%s: flush", self->segments);
        if (born && folder_sync(self->segments, why) != 0)
            return -1;
        self->kept.offset += used;
        drop_front(&self->coming, used);
    }
    if (copied_erase(&self->erasures, self->journal, why) != 0)
        return -1;
    if (self->doubts)
        return 1;
    return over ? end_segment(self, why) : 0;
}

static int write_note(standby_copy_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, "journal/checkpoint", why) != 0 ||
        file_replace(path, buf_span(&self->note), 0600, why) != 0)
        return -1;
    self->unsigned_yet = false;
    self->signed_ms = clock_ms(CLOCK_STEADY);
    return 0;
}

int standby_copy_sign(standby_copy_t *self, span_t note, bool now, cause_t *why)
{
    checkpoint_t checkpoint;
    if (note.size > 0) {
        if (checkpoint_open(&checkpoint, note, &self->vkey, why) != 0 ||
            grown_is(&self->tree, checkpoint.size, &checkpoint.root,
                "the hub's checkpoint", why) != 0)
            return -1;
        self->checkpoint = checkpoint;
        buf_clear(&self->note);
        buf_put_span(&self->note, note);
        self->unsigned_yet = true;
    }
    bool due = clock_ms(CLOCK_STEADY) - self->signed_ms >= SIGN_EVERY_MS;
    return self->unsigned_yet && (now || due) ? write_note(self, why) : 0;
}
