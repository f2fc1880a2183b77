// backup_verify - a batch is named by its offset before the file that has it is named by
// its digest: who restores has to know where the damage is.

#include "nodes/backup/backup.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "nodes/backup/backup_files.h"
#include "nodes/backup/copied.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    const char *folder;
    const backup_manifest_t *has;
    backup_check_t *check;
    progress_t *progress; // or NULL
    erasures_t erasures;  // what the log says is erased, behind the checkpoint, too
    bool *goes;           // of each segment: what is behind explains what is gone
} verify_t;

static int missing(const verify_t *self, const char *path, cause_t *why)
{
    size_t length = strlen(self->folder);
    const char *below =
        strncmp(path, self->folder, length) == 0 ? path + length + 1 : path;
    if (errno == ENOENT)
        return cause_set(why, "%s: it is missing", below);
    return cause_errno(why, "%s", below);
}

// All are there, before any is read: what is missing is named, and not what follows.
static int check_there(const verify_t *self, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    for (size_t i = 0; i < self->has->segments; i++) {
        const backup_segment_t *segment = &self->has->segment[i];
        bool last = i + 1 == self->has->segments;
        if (backup_segment_path(path, self->folder, segment->first, why) != 0)
            return -1;
        if (lstat(path, &info) != 0)
            return missing(self, path, why);
        uint64_t bytes = (uint64_t)info.st_size;
        if (bytes < segment->bytes || (bytes > segment->bytes && !last))
            return cause_set(why, "%s: has %" PRIu64 " bytes, and should have %" PRIu64,
                path + strlen(self->folder) + 1, bytes, segment->bytes);
        if (last)
            self->check->beyond = bytes - segment->bytes;
    }
    return 0;
}

// What only an entry behind the checkpoint can explain.
static void note_gone(const verify_t *self)
{
    const backup_manifest_t *has = self->has;
    for (size_t i = 0; i < self->erasures.n; i++) {
        size_t at = has->segments;
        while (at > 1 && has->segment[at - 1].first > self->erasures.seen[i])
            at--;
        if (at > 0)
            self->goes[at - 1] = true;
    }
}

// Behind the checkpoint lies what a backup that was interrupted has copied.  It explains
// what is gone already and says nothing else, and may be torn.
static void read_on(verify_t *self, segments_t *from, batch_t *batch)
{
    cause_t ignored;
    while (segments_next(from, batch, &ignored) == 1 &&
           copied_take(&self->erasures, batch, &ignored) == 0)
        ;
}

static int take(verify_t *self, const batch_t *batch, merkle_t *tree, cause_t *why)
{
    return copied_take(&self->erasures, batch, why) == 0 ? grown_take(tree, batch, why)
                                                         : -1;
}

// Every batch up to the checkpoint.
static int walk(verify_t *self, segments_t *from, cause_t *why)
{
    batch_t batch = {0};
    merkle_t tree = {0};
    const checkpoint_t *checkpoint = &self->has->checkpoint;
    int result = 0;
    while (result == 0 && tree.size < checkpoint->size) {
        int got = segments_next(from, &batch, why);
        if (got == 0)
            result = cause_set(why,
                "the segments end with entry %" PRIu64
                ", and the checkpoint says %" PRIu64,
                tree.size, checkpoint->size);
        else
            result = got == 1 ? take(self, &batch, &tree, why) : -1;
        if (self->progress)
            (void)progress_show(self->progress, tree.size, checkpoint->size);
    }
    if (result == 0)
        result =
            grown_is(&tree, checkpoint->size, &checkpoint->root, "the checkpoint", why);
    if (result == 0) {
        note_gone(self);
        read_on(self, from, &batch);
        result = erasures_check(&self->erasures, why);
    }
    batch_close(&batch);
    return result;
}

static int check_log(verify_t *self, cause_t *why)
{
    char journal[PATH_MAX];
    if (path_join(journal, sizeof journal, self->folder, "journal", why) != 0)
        return -1;
    segments_t *from = segments_open(journal, self->has->vkey.origin, 0, why);
    int result = from ? walk(self, from, why) : -1;
    segments_close(&from);
    return result == 0 ? 0 : cause_prefix(why, "journal");
}

// A file's first bytes against their digest; behind them there are only what `more` says.
static int check_file(const verify_t *self, const char *path, uint64_t bytes,
    const hash_t *digest, bool more, cause_t *why)
{
    hash_t found;
    struct stat info;
    const char *below = path + strlen(self->folder) + 1;
    if (lstat(path, &info) != 0)
        return missing(self, path, why);
    if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size < bytes ||
        (!more && (uint64_t)info.st_size != bytes))
        return cause_set(why, "%s: it has not the %" PRIu64 " bytes that it should have",
            below, bytes);
    if (backup_digest(path, bytes, &found, why) != 0)
        return -1;
    return hash_equal(&found, digest)
               ? 0
               : cause_set(why,
                     "%s: bytes 0 to %" PRIu64
                     " are not those that were written: it was changed",
                     below, bytes);
}

// Where documents are gone a segment may be another than its row says: each entry was
// held against its leaf, and the log explains what is gone.
static int check_segments(const verify_t *self, cause_t *why)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < self->has->segments; i++) {
        const backup_segment_t *segment = &self->has->segment[i];
        if (backup_segment_path(path, self->folder, segment->first, why) != 0)
            return -1;
        if (!self->goes[i] && check_file(self, path, segment->bytes, &segment->digest,
                                  i + 1 == self->has->segments, why) != 0)
            return -1;
    }
    return 0;
}

static bool is_erased(const verify_t *self, const backup_file_t *file, const char *path)
{
    return !file->path && erasures_has_file(&self->erasures, &file->digest) &&
           file_absent(path);
}

static int check_files(const verify_t *self, cause_t *why)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < self->has->files; i++) {
        const backup_file_t *file = &self->has->file[i];
        int found = file->path
                        ? path_join(path, sizeof path, self->folder, file->path, why)
                        : backup_attachment_path(path, self->folder, &file->digest, why);
        if (found != 0)
            return -1;
        if (is_erased(self, file, path))
            continue;
        if (check_file(self, path, file->bytes, &file->digest, false, why) != 0)
            return -1;
        *(file->path ? &self->check->files : &self->check->attachments) += 1;
    }
    return 0;
}

// It is written behind the manifest, so that it may be an older one's.
static int check_checkpoint(const verify_t *self, cause_t *why)
{
    char path[PATH_MAX];
    buf_t note = {0};
    checkpoint_t there;
    if (path_join(path, sizeof path, self->folder, "journal/checkpoint", why) != 0)
        return -1;
    int result = file_read_plain(path, NOTE_LIMIT, &note, why);
    if (result == 0 &&
        checkpoint_open(&there, buf_span(&note), &self->has->vkey, why) != 0)
        result = cause_prefix(why, "journal/checkpoint");
    buf_destroy(&note);
    if (result == 0 && there.size > self->has->checkpoint.size)
        result = cause_set(why, "journal/checkpoint: it covers more than the backup has");
    return result;
}

static int check_vkey(const verify_t *self, const log_vkey_t *vkey, cause_t *why)
{
    const log_vkey_t *own = &self->has->vkey;
    if (!vkey || (strcmp(own->origin, vkey->origin) == 0 &&
                     memcmp(own->key, vkey->key, sizeof own->key) == 0))
        return 0;
    return cause_set(why, "it is the backup of another log: %s", own->origin);
}

int backup_verify(const char *folder, const log_vkey_t *vkey, progress_t *progress,
    backup_check_t *check, cause_t *why)
{
    backup_manifest_t has;
    *check = (backup_check_t){0};
    int there = backup_manifest_read(&has, folder, why);
    if (there == 0)
        return cause_set(why,
            "%s has no manifest: it is no backup, or the first was interrupted", folder);
    if (there < 0)
        return -1;
    verify_t self = {.folder = folder, .has = &has, .check = check, .progress = progress};
    self.goes = memory_new(has.segments + 1, sizeof *self.goes);
    check->vkey = has.vkey;
    check->checkpoint = has.checkpoint;
    check->made_ms = has.made_ms;
    check->segments = has.segments;
    int result = check_vkey(&self, vkey, why) != 0 || check_there(&self, why) != 0 ||
                         check_log(&self, why) != 0 || check_segments(&self, why) != 0 ||
                         check_files(&self, why) != 0 || check_checkpoint(&self, why) != 0
                     ? -1
                     : 0;
    check->erased = self.erasures.erased;
    erasures_close(&self.erasures);
    free(self.goes);
    backup_manifest_close(&has);
    return result;
}
