// backup_log - the segment that is being written has another name until it is whole; one
// that grows takes the place of its shorter self at once.

#include "nodes/backup/backup_log.h"

#include "lib/base/file.h"
#include "lib/base/pio.h"
#include "nodes/backup/copied.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char unfinished[] = ".segment.part";

typedef struct {
    const backup_log_t *what;
    backup_manifest_t *now;
    merkle_t tree; // of all entries that are copied, or were before
    int fd;        // of the segment being written, or -1
    uint64_t at;
    backup_segment_t segment;
    crypto_hash_sha256_state digest;
    uint64_t written;
} copy_t;

static int part_path(const copy_t *self, char out[PATH_MAX], cause_t *why)
{
    char below[64];
    (void)snprintf(below, sizeof below, "journal/segments/%s", unfinished);
    return path_join(out, PATH_MAX, self->what->folder, below, why);
}

static int put(copy_t *self, span_t bytes, cause_t *why)
{
    char path[PATH_MAX];
    if (part_path(self, path, why) != 0)
        return -1;
    if (pio_write(self->fd, bytes, self->at) != 0)
        return cause_errno(why, "%s", path);
    (void)crypto_hash_sha256_update(&self->digest, bytes.data, bytes.size);
    self->at += bytes.size;
    self->written += bytes.size;
    return 0;
}

static int begin(copy_t *self, const batch_t *batch, cause_t *why)
{
    char path[PATH_MAX];
    buf_t bytes = {0};
    segment_header_t header = {
        .first = batch->segment, .sequence = batch->header.sequence};
    sha256(span_text(self->now->vkey.origin), &header.origin);
    self->segment = (backup_segment_t){.first = batch->segment,
        .sequence = batch->header.sequence,
        .before = self->tree};
    (void)crypto_hash_sha256_init(&self->digest);
    self->at = 0;
    self->fd = part_path(self, path, why) == 0 ? file_make(path, 0600, why) : -1;
    if (self->fd < 0)
        return -1;
    segment_header_put(&bytes, &header);
    int result = put(self, buf_span(&bytes), why);
    buf_destroy(&bytes);
    return result;
}

// Flushed before it takes its name: a manifest before this one may count on its bytes.
static int end(copy_t *self, cause_t *why)
{
    char part[PATH_MAX], path[PATH_MAX];
    if (self->fd < 0)
        return 0;
    int failed = fdatasync(self->fd);
    int error = errno;
    (void)close(self->fd);
    self->fd = -1;
    if (part_path(self, part, why) != 0 ||
        backup_segment_path(path, self->what->folder, self->segment.first, why) != 0)
        return -1;
    if (failed == 0 && rename(part, path) != 0) {
        failed = -1;
        error = errno;
    }
    errno = error;
    if (failed != 0)
        return cause_errno(why, "%s", path);
    (void)crypto_hash_sha256_final(&self->digest, self->segment.digest.bytes);
    self->segment.bytes = self->at;
    backup_manifest_segment(self->now, &self->segment);
    return 0;
}

// What an earlier checkpoint covers has to be the beginning of what is there now.
static int compare_before(const copy_t *self, cause_t *why)
{
    const checkpoint_t *before = &self->what->before->checkpoint;
    if (self->what->before->number == 0 || before->size != self->tree.size)
        return 0;
    return grown_is(
        &self->tree, before->size, &before->root, "the backup's checkpoint", why);
}

static int take(copy_t *self, const batch_t *batch, cause_t *why)
{
    if (self->fd >= 0 && batch->segment != self->segment.first && end(self, why) != 0)
        return -1;
    if (self->fd < 0 && begin(self, batch, why) != 0)
        return -1;
    if (copied_take(self->what->erasures, batch, why) != 0 ||
        grown_take(&self->tree, batch, why) != 0 || compare_before(self, why) != 0)
        return -1;
    if (self->what->progress)
        (void)progress_show(
            self->what->progress, self->tree.size, self->now->checkpoint.size);
    return put(self, buf_span(&batch->bytes), why);
}

static int copy(copy_t *self, segments_t *from, cause_t *why)
{
    batch_t batch = {0};
    uint64_t size = self->now->checkpoint.size;
    int result = 0;
    while (result == 0 && self->tree.size < size) {
        int got = segments_next(from, &batch, why);
        if (got == 0)
            result = cause_set(why,
                "the journal ends with entry %" PRIu64 ", before its own checkpoint of "
                "%" PRIu64,
                self->tree.size, size);
        else
            result = got == 1 ? take(self, &batch, why) : -1;
    }
    batch_close(&batch);
    if (result == 0)
        result = end(self, why);
    if (result != 0)
        return -1;
    return grown_is(
        &self->tree, size, &self->now->checkpoint.root, "the hub's checkpoint", why);
}

size_t backup_log_kept(const char *folder, const backup_manifest_t *before)
{
    char path[PATH_MAX];
    struct stat info;
    cause_t ignored;
    size_t kept = 0;
    while (kept + 1 < before->segments) {
        const backup_segment_t *segment = &before->segment[kept];
        if (backup_segment_path(path, folder, segment->first, &ignored) != 0 ||
            lstat(path, &info) != 0 || !S_ISREG(info.st_mode) ||
            (uint64_t)info.st_size != segment->bytes)
            break;
        kept++;
    }
    return kept;
}

// Go on with the first segment that is not there whole.
static int go_to(copy_t *self, segments_t *from, cause_t *why)
{
    const backup_manifest_t *before = self->what->before;
    size_t kept = backup_log_kept(self->what->folder, before);
    for (size_t i = 0; i < kept; i++)
        backup_manifest_segment(self->now, &before->segment[i]);
    if (kept == 0)
        return 0;
    const backup_segment_t *next = &before->segment[kept];
    self->tree = next->before;
    segments_place_t place = {next->first, SEGMENT_HEADER, next->sequence, next->first};
    return segments_go_to(from, &place, why);
}

int backup_log_copy(
    const backup_log_t *self, backup_manifest_t *now, uint64_t *written, cause_t *why)
{
    char path[PATH_MAX];
    copy_t work = {.what = self, .now = now, .fd = -1};
    now->segments = 0;
    if (path_join(path, sizeof path, self->folder, "journal/segments", why) != 0 ||
        folder_make(path, 0700, why) != 0)
        return -1;
    segments_t *from = segments_open(self->journal, now->vkey.origin, 0, why);
    int result = from && go_to(&work, from, why) == 0 ? copy(&work, from, why) : -1;
    segments_close(&from);
    if (work.fd >= 0)
        (void)close(work.fd);
    *written = work.written;
    return result == 0 ? folder_sync(path, why) : -1;
}
