// journal - batches go to the end of the current segment, each with one write and one
// flush.
//
// Recovery reads every batch once, in order, and hands its entries to the caller one
// batch late: when the next one has been found good, or when the last has been written
// again and flushed.  So nothing is ever told that a power cut could take back.  What the
// page cache shows after a crash need not be on the disk; that is why the last good batch
// is rewritten.
//
// Where something was saved, this begins with the last batch that it knows: the batch
// must be there, behind the same root, and have the same entries; else this is not the
// journal that it was saved of.  What lies before is not read.
//
// Where each entry is, segment_index.h knows; the file that is written, and the next, are
// roll.h's.

#include "hub/journal/journal.h"

#include "hub/journal/roll.h"
#include "hub/journal/segment_index.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/sys/random.h"
#include "lib/tlog/erasing.h"
#include "lib/tlog/segments.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// An entry's offset in its segment is kept in 32 bits.
#define SEGMENT_BYTES_MAX ((uint64_t)UINT32_MAX)

enum { BATCH_KEPT = 4 << 20 }; // memory that stays between batches

struct journal {
    char folder[PATH_MAX]; // the segments' folder
    uint64_t turn_bytes;
    hash_t origin;
    int lock;
    roll_t *roll;
    segment_index_t *places;
    uint64_t position;     // of the next entry
    uint64_t sequence;     // of the next batch
    uint64_t known;        // entries that were saved, and are not handed over
    segments_place_t last; // the last batch
    uint64_t cut;
    batcher_t *batcher;
    buf_t batch;  // memory for the one being written
    size_t waits; // entries of the batch that is written and not flushed
    bool failed;  // what is on the disk is no longer known
};

journal_options_t journal_options_of(const hub_options_t *options, uint64_t published)
{
    return (journal_options_t){.folder = options->journal,
        .state = options->state,
        .segment_bytes = (uint64_t)options->segment_bytes,
        .turn_bytes = JOURNAL_BATCH,
        .origin = options->origin,
        .published = published};
}

static int take_lock(journal_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, folder, "lock", why) != 0)
        return -1;
    self->lock = lock_take(path, why);
    return self->lock >= 0 ? 0 : -1;
}

static int check_options(const journal_options_t *options, cause_t *why)
{
    if (options->segment_bytes > SEGMENT_BYTES_MAX)
        return cause_set(why,
            "a segment of %" PRIu64 " bytes is above the limit of %" PRIu64,
            options->segment_bytes, SEGMENT_BYTES_MAX);
    if (options->turn_bytes < BATCH_AROUND || options->segment_bytes < SEGMENT_HEADER ||
        options->turn_bytes > options->segment_bytes - SEGMENT_HEADER)
        return cause_set(why,
            "a batch of up to %" PRIu64 " bytes does not fit into a segment of %" PRIu64,
            options->turn_bytes, options->segment_bytes);
    return 0;
}

static void take_saved(journal_t *self, reader_t *from)
{
    self->last.segment = take_u64(from);
    self->last.offset = take_u64(from);
    self->last.sequence = take_u64(from);
    self->last.position = take_u64(from);
    self->known = take_u64(from);
}

void journal_save(const journal_t *self, buf_t *out)
{
    assert(self->waits == 0);
    buf_put_u64(out, self->last.segment);
    buf_put_u64(out, self->last.offset);
    buf_put_u64(out, self->last.sequence);
    buf_put_u64(out, self->last.position);
    buf_put_u64(out, self->position);
    segment_index_save(self->places, out);
}

int journal_check(const journal_t *self, cause_t *why)
{
    return segment_index_check(self->places, why);
}

static int prepare(journal_t *self, const journal_options_t *options, cause_t *why)
{
    self->turn_bytes = options->turn_bytes;
    sha256(span_text(options->origin), &self->origin);
    if (check_options(options, why) != 0 ||
        path_join(self->folder, sizeof self->folder, options->folder, "segments", why) !=
            0 ||
        folder_make(self->folder, 0700, why) != 0 ||
        take_lock(self, options->folder, why) != 0)
        return -1;
    self->batcher = batcher_new();
    if (options->saved)
        take_saved(self, options->saved->from);
    self->places = options->saved ? segment_index_again(options->state, self->folder,
                                        options->saved->from, why)
                                  : segment_index_open(options->state, self->folder, why);
    self->roll =
        roll_open(self->folder, options->segment_bytes, options->turn_bytes, why);
    return self->places && self->roll ? 0 : -1;
}

static int check_root(const batch_t *batch, const journal_replay_t *replay, cause_t *why)
{
    hash_t root;
    replay->root(replay->context, &root);
    if (hash_equal(&root, &batch->header.root_before))
        return 0;
    (void)cause_set(
        why, "the batch was written behind other entries than those before it");
    return batch_blame(batch, batch->offset, why);
}

// `places`, or NULL: it is only looked at.
static int hand_over(segment_index_t *places, const batch_t *batch,
    const journal_replay_t *replay, cause_t *why)
{
    entry_t entry;
    batch_entries_t entries = batch_entries(batch);
    uint64_t position = entries.position;
    uint64_t offset = entries.offset;
    while (batch_next(&entries, &entry)) {
        size_t size = (size_t)(entries.offset - offset);
        if ((places &&
                segment_index_add(places, batch->segment, offset, size, why) != 0) ||
            replay->entry(replay->context, position, &entry, why) != 0)
            return batch_blame(batch, offset, why);
        position = entries.position;
        offset = entries.offset;
    }
    return 0;
}

// Rewrite bytes that the disk may not have, however well they read.
static int rewrite(const journal_t *self, const batch_t *batch, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, batch->file, why) != 0)
        return -1;
    int fd = file_open_plain(path, O_WRONLY, why);
    if (fd < 0)
        return -1;
    int result =
        pio_write(fd, buf_span(&batch->bytes), batch->offset) == 0 && fdatasync(fd) == 0
            ? 0
            : cause_errno(why, "%s", path);
    (void)close(fd);
    return result;
}

static int remove_unborn(const journal_t *self, const segments_tail_t *tail, cause_t *why)
{
    char path[PATH_MAX];
    if (!*tail->unborn)
        return 0;
    if (path_join(path, sizeof path, self->folder, tail->unborn, why) != 0)
        return -1;
    return unlink(path) == 0 ? 0 : cause_errno(why, "%s", path);
}

// Begin the first segment, or make the end of the last one what it should be.
static int resume(journal_t *self, const segments_tail_t *tail, cause_t *why)
{
    uint8_t header[SEGMENT_HEADER];
    if (!*tail->file) {
        segment_header_t first = {0, 0, self->origin};
        return roll_next(self->roll, &first, why) == RESERVE_OK ? 0 : -1;
    }
    if (roll_resume(self->roll, tail->segment, tail->offset, why) != 0)
        return -1;
    int fd = roll_fd(self->roll);
    if (pio_read(fd, header, sizeof header, 0) != (ssize_t)sizeof header ||
        pio_write(fd, span_of(header, sizeof header), 0) != 0 ||
        pio_write_zeros(fd, tail->offset, tail->torn) != 0 || fsync(fd) != 0)
        return cause_errno(
            why, "segments/%s: cut at offset %" PRIu64, tail->file, tail->offset);
    self->cut = tail->torn;
    return 0;
}

// The names down to the segment: the folders may have been made a moment ago.
static int sync_folders(const journal_t *self, cause_t *why)
{
    static const char *const up[] = {".", "..", "../.."};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof up / sizeof *up; i++)
        if (path_join(path, sizeof path, self->folder, up[i], why) != 0 ||
            folder_sync(path, why) != 0)
            return -1;
    return 0;
}

// A flip in the last batch may look like a write that was interrupted, and a file that
// was cut shorter like one that never got longer.  What was published had been flushed
// before.
static int check_published(const segments_tail_t *tail, uint64_t published, cause_t *why)
{
    if (tail->position >= published)
        return 0;
    return cause_set(why,
        "segments/%s: offset %" PRIu64 ": the journal ends here, before position %" PRIu64
        ", but %" PRIu64
        " entries were published or marked: the rest is damaged or missing",
        *tail->file ? tail->file : "(none)", tail->offset, tail->position, published);
}

// `last` is the last good batch, if there is any.
static int settle(
    journal_t *self, const segments_tail_t *tail, const batch_t *last, cause_t *why)
{
    self->position = tail->position;
    self->sequence = tail->sequence;
    if (remove_unborn(self, tail, why) != 0 || resume(self, tail, why) != 0 ||
        (last->bytes.size > 0 && rewrite(self, last, why) != 0))
        return -1;
    return sync_folders(self, why);
}

static void note_last(journal_t *self, const batch_t *batch)
{
    self->last = (segments_place_t){
        batch->segment, batch->offset, batch->header.sequence, batch->header.first};
}

// That each of two segments begins where the one before it ends, as is known of them.
static int check_segment(
    const journal_t *self, const char *name, uint64_t first, uint64_t next, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    uint64_t segment, after, end;
    if (segment_index_place(self->places, first, &segment, &end, why) != 0 ||
        segment_index_place(self->places, next - 1, &after, &end, why) != 0 ||
        path_join(path, sizeof path, self->folder, name, why) != 0)
        return -1;
    if (segment != first || after != first)
        return cause_set(
            why, "segments/%s: a segment before or after it is missing", name);
    if (stat(path, &info) != 0)
        return cause_errno(why, "%s", path);
    return (uint64_t)info.st_size >= end
               ? 0
               : cause_set(why, "segments/%s: it ends early", name);
}

// That those that are known are there, by their names and sizes.
static int check_segments(const journal_t *self, cause_t *why)
{
    names_t names;
    uint64_t first = 0, next;
    int result = 0;
    if (names_list(&names, self->folder, "", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n && first < self->known && result == 0; i++) {
        uint64_t named;
        if (!segment_name_parse(names.name[i], &named) || named != first)
            result = cause_set(why, "segments/%s: not the one that begins with %" PRIu64,
                names.name[i], first);
        else if (i + 1 == names.n || !segment_name_parse(names.name[i + 1], &next) ||
                 next > self->known)
            next = self->known;
        if (result == 0)
            result = check_segment(self, names.name[i], first, next, why);
        first = next;
    }
    names_free(&names);
    if (result == 0 && first != self->known)
        result = cause_set(why, "segments are missing");
    return result;
}

static int check_known(const journal_t *self, const batch_t *batch,
    const journal_saved_t *saved, cause_t *why)
{
    hash_t root;
    entry_t entry;
    batch_entries_t entries = batch_entries(batch);
    uint64_t position = entries.position;
    if (batch->header.first + batch->header.count != self->known)
        return cause_set(why, "the batch does not end with entry %" PRIu64, self->known);
    if (saved->root_at(saved->context, batch->header.first, &root, why) != 0)
        return -1;
    if (!hash_equal(&root, &batch->header.root_before))
        return cause_set(why, "the batch was written behind other entries");
    while (batch_next(&entries, &entry)) {
        if (saved->knows(saved->context, position, &entry, why) != 0)
            return -1;
        position = entries.position;
    }
    return 0;
}

// The last batch that is known; from there on everything is new.
static int go_to_known(journal_t *self, segments_t *walk, batch_t *batch,
    const journal_saved_t *saved, cause_t *why)
{
    if (segment_index_count(self->places) != self->known || self->known == 0)
        return cause_set(why, "places: not those of %" PRIu64 " entries", self->known);
    if (check_segments(self, why) != 0 || segments_go_to(walk, &self->last, why) != 0)
        return -1;
    int got = segments_next(walk, batch, why);
    if (got == 0)
        return cause_set(why, "the journal ends before entry %" PRIu64, self->known);
    if (got != 1 || check_known(self, batch, saved, why) != 0)
        return -1;
    return saved->resumed(saved->context, self, why);
}

// The batch read before the newest one is on the disk.
static int take_batch(
    journal_t *self, const batch_t *batch, const journal_replay_t *replay, cause_t *why)
{
    note_last(self, batch);
    return batch->header.first < self->known
               ? 0
               : hand_over(self->places, batch, replay, why);
}

static int check_before(
    journal_t *self, const batch_t *batch, const journal_replay_t *replay, cause_t *why)
{
    return batch->header.first < self->known ? 0 : check_root(batch, replay, why);
}

static int recover(journal_t *self, segments_t *walk, const journal_options_t *options,
    const journal_replay_t *replay, cause_t *why)
{
    batch_t batch[2] = {0}; // the one just read, and the one before it
    size_t now = options->saved != NULL;
    int got = 1;
    if (options->saved && go_to_known(self, walk, &batch[0], options->saved, why) != 0)
        got = -1;
    while (got == 1 && (got = segments_next(walk, &batch[now], why)) == 1) {
        batch_prove(&batch[now]);
        const batch_t *before = &batch[1 - now];
        if (before->bytes.size > 0 && (check_before(self, before, replay, why) != 0 ||
                                          take_batch(self, before, replay, why) != 0)) {
            got = -1;
            break;
        }
        now = 1 - now;
    }
    const batch_t *last = &batch[1 - now];
    bool any = last->bytes.size > 0;
    if (got == 0 && any)
        got = check_before(self, last, replay, why); // before anything is changed
    if (got == 0)
        got = check_published(segments_tail(walk), options->published, why);
    if (got == 0)
        got = settle(self, segments_tail(walk), last, why);
    if (got == 0 && any)
        got = take_batch(self, last, replay, why);
    batch_close(&batch[0]);
    batch_close(&batch[1]);
    return got;
}

journal_t *journal_open(
    const journal_options_t *options, const journal_replay_t *replay, cause_t *why)
{
    segments_t *walk = NULL;
    journal_t *self = memory_new(1, sizeof *self);
    self->lock = -1;
    int result = prepare(self, options, why);
    if (result == 0)
        result = erasing_finish(options->folder, why); // or a batch is torn
    if (result == 0) {
        walk = segments_open(options->folder, options->origin, options->turn_bytes, why);
        result = walk ? recover(self, walk, options, replay, why) : -1;
    }
    segments_close(&walk);
    if (result != 0) {
        (void)cause_prefix(why, "%s", options->folder);
        journal_close(&self);
    }
    return self;
}

int journal_read_all(const journal_options_t *options, const journal_replay_t *replay,
    uint64_t *next, cause_t *why)
{
    char path[PATH_MAX];
    batch_t batch = {0};
    segments_t *walk = NULL;
    *next = 0;
    int got = check_options(options, why);
    if (got == 0)
        got = path_join(path, sizeof path, options->folder, "segments", why);
    if (got == 0 && access(path, F_OK) != 0)
        return 0; // there is none yet
    if (got == 0 && erasing_pending(options->folder))
        got = cause_set(why, "a document is half erased: the hub's next start ends it");
    if (got == 0 && !(walk = segments_open(
                          options->folder, options->origin, options->turn_bytes, why)))
        got = -1;
    while (got == 0 && (got = segments_next(walk, &batch, why)) == 1) {
        batch_prove(&batch);
        got = check_root(&batch, replay, why) == 0 ? hand_over(NULL, &batch, replay, why)
                                                   : -1;
    }
    if (got == 0)
        got = check_published(segments_tail(walk), options->published, why);
    if (got == 0)
        *next = segments_tail(walk)->position;
    batch_close(&batch);
    segments_close(&walk);
    return got == 0 ? 0 : cause_prefix(why, "%s", options->folder);
}

void journal_close(journal_t **self_p)
{
    journal_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    roll_close(&self->roll);
    segment_index_close(&self->places);
    batcher_destroy(&self->batcher);
    buf_destroy(&self->batch);
    if (self->lock >= 0)
        (void)close(self->lock); // last: until here nobody else may write
    free(self);
}

uint64_t journal_cut_bytes(const journal_t *self)
{
    return self->cut;
}

uint64_t journal_next(const journal_t *self)
{
    return self->position;
}

bool journal_has_room(journal_t *self)
{
    cause_t ignored;
    // The places of what is taken in would have to wait in memory: better that it waits
    // outside.
    if (self->failed || segment_index_settle(self->places, &ignored) != 0)
        return false;
    return roll_ready(self->roll);
}

static journal_result_t fail(journal_t *self)
{
    self->failed = true;
    return JOURNAL_FAILED;
}

static journal_result_t make_room(journal_t *self, uint64_t size, cause_t *why)
{
    if (roll_fits(self->roll, size))
        return JOURNAL_OK;
    segment_header_t header = {self->position, self->sequence, self->origin};
    switch (roll_next(self->roll, &header, why)) {
    case RESERVE_OK:
        return JOURNAL_OK;
    case RESERVE_FULL:
        return JOURNAL_FULL;
    case RESERVE_FAILED:
    default:
        return fail(self);
    }
}

static int remember_batch(
    journal_t *self, uint64_t offset, const entry_t *entries, size_t n, cause_t *why)
{
    for (size_t i = 0; i < n; i++) {
        size_t size = entry_size(&entries[i]);
        if (segment_index_add(self->places, roll_first(self->roll), offset, size, why) !=
            0)
            return -1;
        offset += size;
    }
    return 0;
}

journal_result_t journal_append(journal_t *self, uint64_t first,
    const hash_t *root_before, const entry_t *entries, size_t n, cause_t *why)
{
    assert(n > 0 && self->waits == 0);
    if (self->failed) {
        (void)cause_set(why, "the journal failed before; nothing more is written");
        return JOURNAL_FAILED;
    }
    if (first != self->position) {
        (void)cause_set(why, "position %" PRIu64 " is taken, the next is %" PRIu64, first,
            self->position);
        return JOURNAL_CONFLICT;
    }
    batch_header_t header = {
        .sequence = self->sequence, .first = first, .root_before = *root_before};
    random_bytes(header.id, sizeof header.id);
    buf_clear(&self->batch);
    if (batcher_put(self->batcher, &self->batch, &header, entries, n, why) != 0)
        return fail(self);
    if (self->batch.size > self->turn_bytes) {
        (void)cause_set(why, "a batch of %zu bytes, above the limit of %" PRIu64,
            self->batch.size, self->turn_bytes);
        return fail(self);
    }
    journal_result_t room = make_room(self, self->batch.size, why);
    if (room != JOURNAL_OK)
        return room;
    uint64_t start = roll_used(self->roll);
    if (roll_write(self->roll, buf_span(&self->batch), why) != 0)
        return fail(self);
    if (self->batch.room > BATCH_KEPT)
        buf_destroy(&self->batch);
    self->waits = n;
    self->last = (segments_place_t){roll_first(self->roll), start, self->sequence, first};
    uint64_t offset = start + BATCH_HEADER + header.front;
    return remember_batch(self, offset, entries, n, why) == 0 ? JOURNAL_OK : fail(self);
}

journal_result_t journal_wait(journal_t *self, cause_t *why)
{
    const size_t n = self->waits;
    if (n == 0)
        return JOURNAL_OK;
    self->waits = 0;
    if (roll_flush(self->roll, why) != 0)
        return fail(self);
    self->position += n;
    self->sequence++;
    return JOURNAL_OK;
}

int journal_read(
    const journal_t *self, uint64_t position, buf_t *memory, entry_t *entry, cause_t *why)
{
    return segment_index_read(self->places, position, memory, entry, why);
}

int journal_read_placed(
    const journal_t *self, uint64_t position, buf_t *memory, entry_t *entry, cause_t *why)
{
    return segment_index_read_placed(self->places, position, memory, entry, why);
}

int journal_read_record(
    const journal_t *self, uint64_t position, buf_t *memory, span_t *record, cause_t *why)
{
    return segment_index_read_record(self->places, position, memory, record, why);
}

int journal_read_leaf(
    const journal_t *self, uint64_t position, buf_t *memory, span_t *leaf, cause_t *why)
{
    return segment_index_read_leaf(self->places, position, memory, leaf, why);
}

// One that is finished was cut to what it has.
static int read_finished(const journal_t *self, const segments_place_t *place,
    size_t most, buf_t *out, bool *over, cause_t *why)
{
    char name[SEGMENT_NAME], path[PATH_MAX];
    struct stat info;
    segment_name(place->segment, name);
    if (path_join(path, sizeof path, self->folder, name, why) != 0)
        return -1;
    int fd = file_open_plain(path, O_RDONLY, why);
    if (fd < 0)
        return -1;
    int result = fstat(fd, &info) != 0 ? cause_errno(why, "%s", path) : 1;
    uint64_t end = result == 1 ? (uint64_t)info.st_size : 0;
    if (result == 1 && place->offset > end)
        result =
            cause_set(why, "%s: it ends before offset %" PRIu64, path, place->offset);
    if (result == 1) {
        size_t want = end - place->offset < most ? (size_t)(end - place->offset) : most;
        buf_reserve(out, want);
        ssize_t got = pio_read(fd, out->data + out->size, want, place->offset);
        if (got < 0 || (size_t)got < want)
            result = cause_errno(why, "%s", path);
        else
            out->size += want;
        *over = place->offset + want == end;
    }
    (void)close(fd);
    return result;
}

int journal_read_raw(const journal_t *self, const segments_place_t *place, size_t most,
    buf_t *out, bool *over, cause_t *why)
{
    *over = false;
    if (self->waits > 0)
        return 0; // the last batch is not durable yet
    if (place->segment != roll_first(self->roll))
        return place->segment < roll_first(self->roll)
                   ? read_finished(self, place, most, out, over, why)
                   : cause_set(
                         why, "no segment begins with entry %" PRIu64, place->segment);
    uint64_t end = roll_used(self->roll);
    if (place->offset >= end)
        return place->offset == end
                   ? 0
                   : cause_set(why, "the last segment ends before offset %" PRIu64,
                         place->offset);
    size_t want = end - place->offset < most ? (size_t)(end - place->offset) : most;
    buf_reserve(out, want);
    ssize_t got =
        pio_read(roll_fd(self->roll), out->data + out->size, want, place->offset);
    if (got < 0 || (size_t)got < want)
        return cause_errno(why, "reading the last segment");
    out->size += want;
    return 1;
}
