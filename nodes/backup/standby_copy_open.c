// standby_copy_open - the folder is claimed for one log before anything else, and is read
// as a hub reads its own after a crash: what is no whole batch is cut, and what the log
// says is erased goes.

#include "nodes/backup/standby_copy_state.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/memory.h"
#include "lib/tlog/erasing.h"
#include "nodes/backup/copied.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int claim(standby_copy_t *self, cause_t *why)
{
    char path[PATH_MAX], own[VKEY_MAX];
    log_vkey_t there;
    if (path_join(path, sizeof path, self->folder, "hub.conf", why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return cause_set(why, "%s is a hub's folder, and stays one", self->folder);
    if (path_join(path, sizeof path, self->folder, "manifest", why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return cause_set(why,
            "%s is a backup: name a folder of its own for what follows the log",
            self->folder);
    if (path_join(path, sizeof path, self->folder, "log", why) != 0)
        return -1;
    if (access(path, F_OK) == 0) {
        if (log_vkey_read(&there, path, why) != 0)
            return -1;
        return strcmp(there.origin, self->vkey.origin) == 0 &&
                       memcmp(there.key, self->vkey.key, sizeof there.key) == 0
                   ? 0
                   : cause_set(why, "%s has a copy of another log (%s)", self->folder,
                         there.origin);
    }
    buf_t line = {0};
    log_vkey_print(&self->vkey, own);
    buf_printf(&line, "%s\n", own);
    int result = file_create(path, buf_span(&line), 0600, why);
    buf_destroy(&line);
    return result;
}

static int take_lock(standby_copy_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (folder_make(self->folder, 0700, why) != 0 ||
        path_join(path, sizeof path, self->folder, "lock", why) != 0)
        return -1;
    self->lock = lock_take(path, why);
    return self->lock < 0 ? -1 : 0;
}

static int take_all(standby_copy_t *self, segments_t *from, cause_t *why)
{
    int got;
    while ((got = segments_next(from, &self->batch, why)) == 1)
        if (copied_take(&self->erasures, &self->batch, why) != 0 ||
            grown_take(&self->tree, &self->batch, why) != 0)
            return -1;
    return got;
}

// What a crash left of a batch, or of a segment, comes again.
static int cut(standby_copy_t *self, const segments_tail_t *tail, cause_t *why)
{
    char path[PATH_MAX];
    if (tail->unborn[0]) {
        if (path_join(path, sizeof path, self->segments, tail->unborn, why) != 0)
            return -1;
        if (unlink(path) != 0)
            return cause_errno(why, "%s", path);
    }
    if (!tail->file[0])
        return 0;
    if (path_join(path, sizeof path, self->segments, tail->file, why) != 0)
        return -1;
    self->fd = file_open_plain(path, O_WRONLY, why);
    if (self->fd < 0)
        return -1;
    if (ftruncate(self->fd, (off_t)tail->offset) != 0 || fdatasync(self->fd) != 0)
        return cause_errno(why, "%s", path);
    self->kept = (standby_place_t){tail->segment, tail->offset};
    self->sequence = tail->sequence;
    return 0;
}

static int read_segments(standby_copy_t *self, cause_t *why)
{
    segments_t *from = segments_open(self->journal, self->vkey.origin, 0, why);
    int result =
        from && take_all(self, from, why) == 0 ? cut(self, segments_tail(from), why) : -1;
    segments_close(&from);
    return result == 0 ? 0 : cause_prefix(why, "%s", self->journal);
}

// What was begun in the middle of a batch comes before anything is read, and what the
// log wants before anything comes.
static int open_segments(standby_copy_t *self, cause_t *why)
{
    if (path_join(self->journal, PATH_MAX, self->folder, "journal", why) != 0 ||
        path_join(self->segments, PATH_MAX, self->journal, "segments", why) != 0 ||
        folder_make(self->segments, 0700, why) != 0 ||
        erasing_finish(self->journal, why) != 0 || read_segments(self, why) != 0)
        return -1;
    return copied_erase(&self->erasures, self->journal, why);
}

// An older checkpoint than the segments is what a crash leaves; its root was compared
// when it was written.
static int read_note(standby_copy_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, "journal/checkpoint", why) != 0)
        return -1;
    if (file_absent(path))
        return 0;
    if (file_read_plain(path, NOTE_LIMIT, &self->note, why) != 0)
        return -1;
    if (checkpoint_open(&self->checkpoint, buf_span(&self->note), &self->vkey, why) != 0)
        return cause_prefix(why, "%s", path);
    if (self->checkpoint.size > self->tree.size)
        return cause_set(why,
            "%s: it covers %" PRIu64 " entries, and the segments have %" PRIu64
            ": move this copy away, and begin another",
            path, self->checkpoint.size, self->tree.size);
    return 0;
}

standby_copy_t *standby_copy_open(
    const char *folder, const log_vkey_t *vkey, cause_t *why)
{
    standby_copy_t *self = memory_new(1, sizeof *self);
    self->vkey = *vkey;
    self->lock = self->fd = -1;
    (void)snprintf(self->folder, sizeof self->folder, "%s", folder);
    if (take_lock(self, why) != 0 || claim(self, why) != 0 ||
        open_segments(self, why) != 0 || read_note(self, why) != 0)
        standby_copy_close(&self);
    return self;
}

void standby_copy_close(standby_copy_t **self_p)
{
    standby_copy_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    if (self->lock >= 0)
        (void)close(self->lock);
    batch_close(&self->batch);
    buf_destroy(&self->coming);
    buf_destroy(&self->note);
    erasures_close(&self->erasures);
    free(self);
}
