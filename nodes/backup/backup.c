// backup - first the checkpoint, then what it covers.  Everything is flushed at once,
// before the manifest.

#include "nodes/backup/backup.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/tlog/backup_mark.h"
#include "nodes/backup/backup_erase.h"
#include "nodes/backup/backup_files.h"
#include "nodes/backup/backup_log.h"
#include "nodes/upkeep/hub_files.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const backup_wish_t *wish;
    int lock;
    backup_manifest_t before, now;
    erasures_t erasures;
} work_t;

// Whether `inner` is `outer` or lies in it.
static bool is_within(const char *inner, const char *outer)
{
    char a[PATH_MAX], b[PATH_MAX];
    if (!realpath(inner, a) || !realpath(outer, b))
        return false;
    size_t length = strlen(b);
    return strncmp(a, b, length) == 0 && (a[length] == '/' || a[length] == 0);
}

// A hub's folder is no place for a copy of one, least of all of itself.
static int check_place(const backup_wish_t *wish, cause_t *why)
{
    char conf[PATH_MAX];
    if (path_join(conf, sizeof conf, wish->to, "hub.conf", why) != 0)
        return -1;
    if (access(conf, F_OK) == 0)
        return cause_set(why, "%s is a hub's folder, and stays one", wish->to);
    if (is_within(wish->to, wish->conf->journal) ||
        is_within(wish->conf->journal, wish->to))
        return cause_set(why,
            "%s and the hub's journal lie in each other: a copy belongs on another disk",
            wish->to);
    return 0;
}

// Whether there is nothing but what a backup makes first.
static void look(void *context, int folder, const char *name)
{
    (void)folder;
    bool *empty = context;
    if (strcmp(name, "lock") != 0)
        *empty = false;
}

static int is_empty(const char *path, bool *empty, cause_t *why)
{
    int folder = folder_open(path, why);
    if (folder < 0)
        return -1;
    *empty = true;
    int result = folder_each(folder, look, empty) == 0 ? 0 : cause_errno(why, "%s", path);
    (void)close(folder);
    return result;
}

// The folder says from the first moment whose it is.
static int claim(work_t *self, cause_t *why)
{
    char path[PATH_MAX], own[VKEY_MAX];
    log_vkey_t there;
    bool empty;
    if (path_join(path, sizeof path, self->wish->to, "log", why) != 0 ||
        is_empty(self->wish->to, &empty, why) != 0)
        return -1;
    log_vkey_print(&self->now.vkey, own);
    if (empty) {
        buf_t line = {0};
        buf_printf(&line, "%s\n", own);
        int result = file_create(path, buf_span(&line), 0600, why);
        buf_destroy(&line);
        return result;
    }
    if (access(path, F_OK) != 0)
        return cause_set(why, "%s is not empty and no backup: name a folder of its own",
            self->wish->to);
    if (log_vkey_read(&there, path, why) != 0)
        return -1;
    if (strcmp(there.origin, self->now.vkey.origin) != 0 ||
        memcmp(there.key, self->now.vkey.key, sizeof there.key) != 0)
        return cause_set(why, "%s is the backup of another log (%s): name another folder",
            self->wish->to, there.origin);
    return 0;
}

static int read_checkpoint(work_t *self, cause_t *why)
{
    char path[PATH_MAX];
    backup_manifest_t *now = &self->now;
    buf_clear(&now->note);
    if (path_join(path, sizeof path, self->wish->conf->journal, "checkpoint", why) != 0 ||
        file_read(path, NOTE_LIMIT, &now->note, why) != 0)
        return -1;
    if (checkpoint_open(&now->checkpoint, buf_span(&now->note), &now->vkey, why) != 0)
        return cause_prefix(why, "%s", path);
    if (now->checkpoint.size >= self->before.checkpoint.size)
        return 0;
    return cause_set(why,
        "the backup has %" PRIu64 " entries and the hub's checkpoint %" PRIu64
        ": the hub was set back; the backup is the newer one and is left as it is",
        self->before.checkpoint.size, now->checkpoint.size);
}

static int flush(const char *folder, cause_t *why)
{
    int fd = folder_open(folder, why);
    if (fd < 0)
        return -1;
    int result = syncfs(fd) == 0 ? 0 : cause_errno(why, "%s: flush", folder);
    (void)close(fd);
    return result;
}

static int write_checkpoint(const work_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->wish->to, "journal/checkpoint", why) != 0)
        return -1;
    return file_replace(path, buf_span(&self->now.note), 0600, why);
}

static int copy_once(work_t *self, backup_report_t *report, cause_t *why)
{
    const backup_wish_t *wish = self->wish;
    erasures_close(&self->erasures);
    const backup_log_t log = {
        wish->conf->journal, wish->to, &self->before, wish->progress, &self->erasures};
    return backup_log_copy(&log, &self->now, &report->written, why);
}

// A hub that erases while it is read has a batch torn for a moment, and documents gone
// that only an entry behind the checkpoint explains.
static int copy_log(work_t *self, backup_report_t *report, cause_t *why)
{
    enum { TRIES = 20, PAUSE_MS = 200 };
    int result = copy_once(self, report, why);
    if (result != 0)
        return copy_once(self, report, why);
    for (int i = 0; self->erasures.n > 0 && i < TRIES; i++) {
        uint64_t size = self->now.checkpoint.size;
        (void)poll(NULL, 0, PAUSE_MS);
        if (read_checkpoint(self, why) != 0 ||
            (self->now.checkpoint.size > size && copy_once(self, report, why) != 0))
            return -1;
    }
    return erasures_check(&self->erasures, why);
}

static int copy_all(work_t *self, backup_report_t *report, cause_t *why)
{
    const backup_wish_t *wish = self->wish;
    report->kept = backup_log_kept(wish->to, &self->before);
    if (copy_log(self, report, why) != 0 ||
        backup_files_copy(wish->hub, wish->conf, wish->to, &self->now, why) != 0)
        return -1;
    size_t files = self->now.files;
    if (wish->attachments && backup_attachments_copy(wish->conf, wish->to, &self->now,
                                 &report->attachments_copied, why) != 0)
        return -1;
    if (backup_erase(&self->erasures, wish->to, &self->now, why) != 0)
        return -1;
    report->erased = self->erasures.erased;
    report->attachments = self->now.files - files;
    return 0;
}

static int finish(work_t *self, cause_t *why)
{
    if (flush(self->wish->to, why) != 0 ||
        backup_manifest_write(&self->now, self->wish->to, why) != 0 ||
        write_checkpoint(self, why) != 0)
        return -1;
    backup_files_tidy(self->wish->to, self->now.number);
    return backup_mark_write(self->wish->conf->state,
        &(backup_mark_t){self->now.made_ms, self->now.checkpoint.size}, why);
}

static int make(work_t *self, backup_report_t *report, cause_t *why)
{
    if (claim(self, why) != 0 ||
        backup_manifest_read(&self->before, self->wish->to, why) < 0 ||
        read_checkpoint(self, why) != 0)
        return -1;
    self->now.number = self->before.number + 1;
    self->now.made_ms = self->wish->now_ms;
    report->before = self->before.checkpoint.size;
    if (copy_all(self, report, why) != 0 || finish(self, why) != 0)
        return -1;
    report->entries = self->now.checkpoint.size;
    report->segments = self->now.segments;
    return 0;
}

static int take_lock(work_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (folder_make(self->wish->to, 0700, why) != 0 ||
        path_join(path, sizeof path, self->wish->to, "lock", why) != 0)
        return -1;
    self->lock = lock_take(path, why);
    return self->lock < 0 ? -1 : 0;
}

int backup_make(const backup_wish_t *wish, backup_report_t *report, cause_t *why)
{
    char vkey[VKEY_MAX];
    work_t work = {.wish = wish, .lock = -1};
    *report = (backup_report_t){0};
    int result = check_place(wish, why);
    if (result == 0)
        result = hub_files_vkey(wish->conf->log_key, wish->conf->origin, vkey, why);
    if (result == 0)
        result = log_vkey_parse(&work.now.vkey, span_text(vkey), why);
    if (result == 0)
        result = take_lock(&work, why);
    if (result == 0)
        result = make(&work, report, why);
    erasures_close(&work.erasures);
    backup_manifest_close(&work.before);
    backup_manifest_close(&work.now);
    if (work.lock >= 0)
        (void)close(work.lock);
    return result;
}
