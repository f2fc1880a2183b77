// backup_erase - a segment is copied beside, erased there and put in the place of the one
// before: at every moment all are whole, and a copy that shares their bytes keeps its
// own.
//
// The manifest that is there meanwhile names the digests of before: backup_verify takes
// other bytes where the log explains them.

#include "nodes/backup/backup_erase.h"

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/memory.h"
#include "nodes/backup/backup_files.h"
#include "nodes/backup/copied.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    const char *folder;
    backup_manifest_t *now;
    char beside[PATH_MAX], segments[PATH_MAX];
    bool *goes; // of each segment: something in it
} work_t;

// The row of the segment that has a position.
static size_t row_of(const backup_manifest_t *now, uint64_t position)
{
    size_t at = now->segments;
    while (at > 1 && now->segment[at - 1].first > position)
        at--;
    return at - 1;
}

static int beside_path(const work_t *self, size_t row, char out[PATH_MAX], cause_t *why)
{
    char name[SEGMENT_NAME];
    segment_name(self->now->segment[row].first, name);
    return path_join(out, PATH_MAX, self->segments, name, why);
}

static int copy_beside(const work_t *self, size_t row, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX];
    hash_t digest;
    uint64_t bytes;
    if (backup_segment_path(from, self->folder, self->now->segment[row].first, why) !=
            0 ||
        beside_path(self, row, to, why) != 0)
        return -1;
    return backup_copy(from, to, 0600, UINT64_MAX, &digest, &bytes, why);
}

// It was flushed when it was erased.
static int put_back(const work_t *self, size_t row, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX];
    backup_segment_t *segment = &self->now->segment[row];
    if (beside_path(self, row, from, why) != 0 ||
        backup_segment_path(to, self->folder, segment->first, why) != 0 ||
        backup_digest(from, segment->bytes, &segment->digest, why) != 0)
        return -1;
    return rename(from, to) == 0 ? 0 : cause_errno(why, "%s", to);
}

static int each(
    const work_t *self, int (*what)(const work_t *, size_t, cause_t *), cause_t *why)
{
    for (size_t i = 0; i < self->now->segments; i++)
        if (self->goes[i] && what(self, i, why) != 0)
            return -1;
    return 0;
}

static int erase_documents(work_t *self, erasures_t *erasures, cause_t *why)
{
    char there[PATH_MAX];
    if (path_join(there, sizeof there, self->folder, "journal/segments", why) != 0 ||
        path_join(self->beside, PATH_MAX, self->folder, ".erasing", why) != 0 ||
        path_join(self->segments, PATH_MAX, self->beside, "segments", why) != 0)
        return -1;
    folder_remove(self->beside); // of one that was interrupted
    if (erasures->names == 0)
        return 0;
    for (size_t i = 0; i < erasures->names; i++)
        self->goes[row_of(self->now, erasures->named[i])] = true;
    if (folder_make(self->segments, 0700, why) != 0 ||
        each(self, copy_beside, why) != 0 ||
        copied_erase(erasures, self->beside, why) != 0 || each(self, put_back, why) != 0)
        return -1;
    folder_remove(self->beside);
    return folder_sync(there, why);
}

static void drop_row(backup_manifest_t *now, const hash_t *digest)
{
    size_t n = 0;
    for (size_t i = 0; i < now->files; i++)
        if (now->file[i].path || !hash_equal(&now->file[i].digest, digest))
            now->file[n++] = now->file[i];
    now->files = n;
}

static int erase_attachments(const work_t *self, const erasures_t *erasures, cause_t *why)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < erasures->files; i++) {
        if (backup_attachment_path(path, self->folder, &erasures->file[i], why) != 0)
            return -1;
        if (unlink(path) != 0 && errno != ENOENT)
            return cause_errno(why, "%s", path);
        drop_row(self->now, &erasures->file[i]);
    }
    return 0;
}

int backup_erase(
    erasures_t *erasures, const char *folder, backup_manifest_t *now, cause_t *why)
{
    work_t self = {.folder = folder, .now = now};
    self.goes = memory_new(now->segments + 1, sizeof *self.goes);
    int result = now->segments == 0 || erase_documents(&self, erasures, why) == 0
                     ? erase_attachments(&self, erasures, why)
                     : -1;
    free(self.goes);
    return result == 0 ? 0 : cause_prefix(why, "erasing in the backup");
}
