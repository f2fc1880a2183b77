// restore_source - one walk over the batches answers all: where each segment ends, and
// which roots the log had.

#include "nodes/backup/restore_source.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/memory.h"
#include "lib/tlog/erasing.h"
#include "nodes/backup/backup.h"
#include "nodes/backup/copied.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void claims_close(restore_source_t *self)
{
    for (size_t i = 0; i < self->claims; i++)
        buf_destroy(&self->claim[i].note);
    free(self->claim);
    self->claim = NULL;
    self->claims = 0;
}

void restore_source_close(restore_source_t *self)
{
    claims_close(self);
    backup_manifest_close(&self->files);
    buf_destroy(&self->note);
    free(self->segment);
    self->segment = NULL;
}

// A standby that was killed while it erased has a batch torn; what it would do at its
// next start is done here.
static int finish_erasing(const restore_source_t *self, cause_t *why)
{
    char journal[PATH_MAX], path[PATH_MAX];
    if (path_join(journal, sizeof journal, self->folder, "journal", why) != 0 ||
        path_join(path, sizeof path, self->folder, "lock", why) != 0)
        return -1;
    if (!erasing_pending(journal))
        return 0;
    int lock = lock_take(path, why);
    if (lock < 0)
        return -1;
    int result = erasing_finish(journal, why);
    (void)close(lock);
    return result;
}

// A backup says in its manifest what it has; a standby beside its segments.
static int read_standby(restore_source_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (finish_erasing(self, why) != 0 ||
        path_join(path, sizeof path, self->folder, "log", why) != 0 ||
        log_vkey_read(&self->vkey, path, why) != 0 ||
        path_join(path, sizeof path, self->folder, "journal/checkpoint", why) != 0 ||
        file_read_plain(path, NOTE_LIMIT, &self->note, why) != 0)
        return -1;
    return checkpoint_open(&self->checkpoint, buf_span(&self->note), &self->vkey, why) ==
                   0
               ? 0
               : cause_prefix(why, "%s", path);
}

static int read_backup(restore_source_t *self, progress_t *progress, cause_t *why)
{
    backup_check_t check;
    if (backup_verify(self->folder, NULL, progress, &check, why) != 0 ||
        backup_manifest_read(&self->files, self->folder, why) != 1)
        return cause_prefix(why, "%s", self->folder);
    self->vkey = self->files.vkey;
    self->checkpoint = self->files.checkpoint;
    buf_put_span(&self->note, buf_span(&self->files.note));
    self->files_folder = self->folder;
    return 0;
}

static int read_with(
    restore_source_t *self, const char *with, progress_t *progress, cause_t *why)
{
    backup_check_t check;
    backup_manifest_close(&self->files);
    if (backup_verify(with, &self->vkey, progress, &check, why) != 0 ||
        backup_manifest_read(&self->files, with, why) != 1)
        return cause_prefix(why, "%s", with);
    self->files_folder = with;
    return 0;
}

static int read_what(
    restore_source_t *self, const char *with, progress_t *progress, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, "manifest", why) != 0)
        return -1;
    int result = access(path, F_OK) == 0 ? read_backup(self, progress, why)
                                         : read_standby(self, why);
    if (result == 0 && with)
        result = read_with(self, with, progress, why);
    return result;
}

static int read_claims(
    restore_source_t *self, const char *const *paths, size_t n, cause_t *why)
{
    self->claim = memory_new(n, sizeof *self->claim);
    for (size_t i = 0; i < n; i++) {
        restore_claim_t *claim = &self->claim[self->claims++];
        claim->path = paths[i];
        if (file_read(paths[i], NOTE_LIMIT, &claim->note, why) != 0)
            return -1;
        if (checkpoint_open(
                &claim->checkpoint, buf_span(&claim->note), &self->vkey, why) != 0)
            return cause_prefix(why, "%s", paths[i]);
        if (!self->newest || claim->checkpoint.size > self->newest->checkpoint.size)
            self->newest = claim;
    }
    return 0;
}

static int compare(restore_source_t *self, const merkle_t *tree, cause_t *why)
{
    for (size_t i = 0; i < self->claims; i++) {
        restore_claim_t *claim = &self->claim[i];
        if (claim->checkpoint.size != tree->size)
            continue;
        if (grown_is(tree, tree->size, &claim->checkpoint.root, claim->path, why) != 0)
            return -1;
        claim->contained = true;
    }
    return 0;
}

static void note_segment(restore_source_t *self, const batch_t *batch)
{
    restore_segment_t *last = self->segments ? &self->segment[self->segments - 1] : NULL;
    if (!last || last->first != batch->segment) {
        self->segment =
            memory_grow(self->segment, self->segments + 1, sizeof *self->segment);
        last = &self->segment[self->segments++];
        last->first = batch->segment;
    }
    last->bytes = batch->offset + batch->bytes.size;
}

// Before the checkpoint, or before an entry that explains what is gone.
static int ends(const merkle_t *tree, const checkpoint_t *end, const erasures_t *erasures,
    cause_t *why)
{
    if (tree->size >= end->size)
        return erasures_check(erasures, why);
    return cause_set(why,
        "the segments end with entry %" PRIu64 ", and the checkpoint says %" PRIu64,
        tree->size, end->size);
}

static int reach(
    const merkle_t *tree, const checkpoint_t *end, bool *reached, cause_t *why)
{
    if (*reached || tree->size < end->size)
        return 0;
    *reached = true;
    return grown_is(tree, end->size, &end->root, "the checkpoint", why);
}

// Up to the checkpoint; what a standby has behind it counts where it says that documents
// were erased, which are gone from the copy already.
static int walk(
    restore_source_t *self, segments_t *from, progress_t *progress, cause_t *why)
{
    batch_t batch = {0};
    merkle_t tree = {0};
    erasures_t erasures = {0};
    const checkpoint_t *end = &self->checkpoint;
    bool reached = false;
    int result = reach(&tree, end, &reached, why);
    while (result == 0 && (tree.size < end->size || erasures.n > 0)) {
        int got = segments_next(from, &batch, why);
        if (got == 0)
            result = ends(&tree, end, &erasures, why);
        else if (got != 1 || copied_take(&erasures, &batch, why) != 0 ||
                 grown_take(&tree, &batch, why) != 0)
            result = -1;
        else
            note_segment(self, &batch);
        if (result == 0)
            result = compare(self, &tree, why);
        if (result == 0)
            result = reach(&tree, end, &reached, why);
        if (progress)
            (void)progress_show(progress, tree.size, end->size);
    }
    batch_close(&batch);
    erasures_close(&erasures);
    return result;
}

// The log signs where batches end, and nowhere else.
static int check_claims(const restore_source_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->claims; i++) {
        const restore_claim_t *claim = &self->claim[i];
        if (claim->checkpoint.size > 0 && !claim->contained &&
            claim->checkpoint.size <= self->checkpoint.size)
            return cause_set(why,
                "%s: this copy has no checkpoint of %" PRIu64
                " entries: these are two histories",
                claim->path, claim->checkpoint.size);
    }
    return 0;
}

static int check_log(restore_source_t *self, progress_t *progress, cause_t *why)
{
    char journal[PATH_MAX];
    if (path_join(journal, sizeof journal, self->folder, "journal", why) != 0)
        return -1;
    segments_t *from = segments_open(journal, self->vkey.origin, 0, why);
    int result = from ? walk(self, from, progress, why) : -1;
    segments_close(&from);
    return result == 0 ? check_claims(self, why) : cause_prefix(why, "%s", journal);
}

int restore_source_open(restore_source_t *self, const char *folder, const char *with,
    const char *const *claims, size_t n, progress_t *progress, cause_t *why)
{
    *self = (restore_source_t){.folder = folder};
    if (read_what(self, with, progress, why) == 0 &&
        read_claims(self, claims, n, why) == 0 && check_log(self, progress, why) == 0)
        return 0;
    restore_source_close(self);
    return -1;
}

bool restore_source_is_newest(const restore_source_t *self)
{
    return self->newest && self->newest->checkpoint.size <= self->checkpoint.size;
}
