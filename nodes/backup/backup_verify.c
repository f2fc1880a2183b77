// backup_verify - a batch is named by its offset before the file that has it is named by
// its digest: who restores has to know where the damage is.

#include "nodes/backup/backup.h"

#include "lib/base/file.h"
#include "lib/base/pio.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *folder;
    const backup_manifest_t *has;
    backup_check_t *check;
    progress_t *progress; // or NULL
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

// Every batch up to the checkpoint, and nothing of what lies behind.
static int walk(const verify_t *self, segments_t *from, cause_t *why)
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
            result = got == 1 ? grown_take(&tree, &batch, why) : -1;
        if (self->progress)
            (void)progress_show(self->progress, tree.size, checkpoint->size);
    }
    batch_close(&batch);
    if (result != 0)
        return -1;
    return grown_is(&tree, checkpoint->size, &checkpoint->root, "the checkpoint", why);
}

static int check_log(const verify_t *self, cause_t *why)
{
    char journal[PATH_MAX];
    if (path_join(journal, sizeof journal, self->folder, "journal", why) != 0)
        return -1;
    segments_t *from = segments_open(journal, self->has->vkey.origin, 0, why);
    int result = from ? walk(self, from, why) : -1;
    segments_close(&from);
    return result == 0 ? 0 : cause_prefix(why, "journal");
}

static int digest_first(int fd, uint64_t bytes, hash_t *digest)
{
    uint8_t chunk[64 << 10];
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (uint64_t at = 0; at < bytes;) {
        size_t want = bytes - at < sizeof chunk ? (size_t)(bytes - at) : sizeof chunk;
        ssize_t got = pio_read(fd, chunk, want, at);
        if (got <= 0)
            return -1;
        (void)crypto_hash_sha256_update(&state, chunk, (size_t)got);
        at += (uint64_t)got;
    }
    (void)crypto_hash_sha256_final(&state, digest->bytes);
    return 0;
}

// A file's first bytes against their digest; behind them there are only what `more` says.
static int check_file(const verify_t *self, const char *path, uint64_t bytes,
    const hash_t *digest, bool more, cause_t *why)
{
    hash_t found;
    struct stat info;
    const char *below = path + strlen(self->folder) + 1;
    cause_t ignored;
    errno = 0;
    int fd = file_open_plain(path, O_RDONLY, &ignored);
    if (fd < 0)
        return missing(self, path, why);
    int result = 0;
    if (fstat(fd, &info) != 0 || (uint64_t)info.st_size < bytes ||
        (!more && (uint64_t)info.st_size != bytes))
        result = cause_set(why,
            "%s: it has not the %" PRIu64 " bytes that it should have", below, bytes);
    else if (digest_first(fd, bytes, &found) != 0)
        result = cause_errno(why, "%s", below);
    else if (!hash_equal(&found, digest))
        result = cause_set(why,
            "%s: bytes 0 to %" PRIu64 " are not those that were written: it was changed",
            below, bytes);
    (void)close(fd);
    return result;
}

static int check_digests(const verify_t *self, cause_t *why)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < self->has->segments; i++) {
        const backup_segment_t *segment = &self->has->segment[i];
        if (backup_segment_path(path, self->folder, segment->first, why) != 0 ||
            check_file(self, path, segment->bytes, &segment->digest,
                i + 1 == self->has->segments, why) != 0)
            return -1;
    }
    for (size_t i = 0; i < self->has->files; i++) {
        const backup_file_t *file = &self->has->file[i];
        int found = file->path
                        ? path_join(path, sizeof path, self->folder, file->path, why)
                        : backup_attachment_path(path, self->folder, &file->digest, why);
        if (found != 0 ||
            check_file(self, path, file->bytes, &file->digest, false, why) != 0)
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
    verify_t self = {folder, &has, check, progress};
    check->vkey = has.vkey;
    check->checkpoint = has.checkpoint;
    check->made_ms = has.made_ms;
    check->segments = has.segments;
    int result = check_vkey(&self, vkey, why) != 0 || check_there(&self, why) != 0 ||
                         check_log(&self, why) != 0 || check_digests(&self, why) != 0 ||
                         check_checkpoint(&self, why) != 0
                     ? -1
                     : 0;
    backup_manifest_close(&has);
    return result;
}
