// depot - a table of the files that are open, and a count of bytes.
//
// A file that comes in has a name of its own for each sender: nobody can spoil another's.
// One that is below whole/ too was hashed and flushed before it got that name, and is
// never written again.

#include "lib/blob/depot.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/blob/depot_names.h"
#include "lib/blob/partial.h"
#include "lib/blob/quota.h"
#include "lib/sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { OPEN_MAX = 64, OPEN_OF_ONE = 4 };

// What a file costs at least.  Many small files use up the disk's inodes before its
// bytes, and the journal needs inodes, too.
enum { COST_MIN = 16 * 1024 };

typedef struct {
    partial_t *file; // NULL: free
    depot_key_t key;
    bool checking; // all is there, and being hashed
    uint64_t used; // when it was last asked for
} coming_t;

struct depot {
    depot_options_t options;
    depot_names_t names;
    coming_t open[OPEN_MAX];
    uint64_t calls; // counted, as a clock for `used`
    quota_t *quota; // what all files cost, by sender
};

static uint64_t cost(uint64_t size)
{
    return size > COST_MIN ? size : COST_MIN;
}

// The count is kept beside the files and may go wrong when somebody else changes them;
// depot_sweep makes it anew.
static void recount(depot_t *self, const char *node, uint64_t more, uint64_t less)
{
    quota_count(self->quota, node, more, less);
}

static const char *name_in(const char *path)
{
    return strrchr(path, '/') + 1;
}

depot_t *depot_open(const depot_options_t *options, cause_t *why)
{
    depot_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    self->quota = quota_new(options->total_bytes, options->share_bytes);
    if (depot_names_make(&self->names, options->folder, why) != 0 ||
        depot_sweep(self, why) != 0)
        depot_close(&self);
    return self;
}

static void close_coming(coming_t *coming)
{
    partial_close(&coming->file);
    *coming = (coming_t){0};
}

void depot_close(depot_t **self_p)
{
    depot_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < OPEN_MAX; i++)
        close_coming(&self->open[i]);
    quota_destroy(&self->quota);
    free(self);
}

// The disk fails or is full, which is nothing that the sender could mend.
static depot_result_t later(
    depot_no_t *no, const char *by, const char *text, const cause_t *trouble)
{
    (void)refuse(&no->refusal, "disk.full", "", by, "%s", text);
    no->refusal.retry = true;
    no->trouble = trouble ? *trouble : (cause_t){""};
    return DEPOT_REFUSED;
}

static bool same(const depot_key_t *a, const depot_key_t *b)
{
    return hash_equal(&a->digest, &b->digest) && a->size == b->size &&
           strcmp(a->node, b->node) == 0;
}

static coming_t *find_coming(depot_t *self, const depot_key_t *key)
{
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (self->open[i].file && same(&self->open[i].key, key))
            return &self->open[i];
    return NULL;
}

static bool has_room(
    const depot_t *self, const depot_key_t *key, uint64_t more, depot_no_t *no)
{
    struct statvfs disk;
    switch (quota_room(self->quota, key->node, more)) {
    case QUOTA_SHARE:
        (void)later(no, "attachments.node_bytes",
            "no more attachments of this node are kept (operational default)", NULL);
        return false;
    case QUOTA_TOTAL:
        (void)later(no, "attachments.total_bytes",
            "no more attachments are kept (operational default)", NULL);
        return false;
    default:
        break;
    }
    if (statvfs(self->names.coming, &disk) != 0 ||
        (uint64_t)disk.f_bavail * disk.f_frsize >= self->options.reserve_bytes + more)
        return true;
    (void)later(no, "attachments.reserve_bytes",
        "the disk is nearly full (operational default)", NULL);
    return false;
}

static coming_t *longer_at_rest(coming_t *a, coming_t *b)
{
    if (!b || b->checking)
        return a;
    return a && a->used < b->used ? a : b;
}

// A free place, or that of the file that was asked for longest ago.  Closing that file
// may lose what was not flushed yet, so a sender with OPEN_OF_ONE files loses one of its
// own. NULL: all that could be closed are being hashed.
static coming_t *find_place(depot_t *self, const char *node)
{
    coming_t *empty = NULL, *oldest = NULL, *own = NULL;
    size_t owned = 0;
    for (size_t i = 0; i < OPEN_MAX; i++) {
        coming_t *coming = &self->open[i];
        if (!coming->file) {
            empty = coming;
        } else {
            bool is_own = strcmp(coming->key.node, node) == 0;
            oldest = longer_at_rest(oldest, coming);
            own = is_own ? longer_at_rest(own, coming) : own;
            owned += is_own;
        }
    }
    coming_t *place = owned >= OPEN_OF_ONE ? own : empty ? empty : oldest;
    if (place)
        close_coming(place);
    return place;
}

static depot_result_t take_up(
    depot_t *self, const depot_key_t *key, coming_t **out, depot_no_t *no)
{
    char path[PATH_MAX];
    cause_t why;
    struct stat info;
    depot_names_coming(&self->names, key, path);
    bool there = stat(path, &info) == 0;
    if (there && depot_names_kept(&self->names, name_in(path), &info))
        return DEPOT_WHOLE; // it was kept before, and the sender does not know yet
    if (there && info.st_nlink > 1 && unlink(path) == 0) {
        recount(self, key->node, 0, cost((uint64_t)info.st_size));
        there =
            false; // a copy outside, as of a backup, shares its bytes: leave them alone
    }
    if (!there && !has_room(self, key, COST_MIN, no))
        return DEPOT_REFUSED;
    if (!(*out = find_place(self, key->node)))
        return later(no, "", "too many attachments come in at once", NULL);
    (*out)->file = partial_open(path, key->size, &why);
    if (!(*out)->file)
        return later(no, "", "it cannot be kept now", &why);
    (*out)->key = *key;
    recount(self, key->node, cost(partial_held((*out)->file)),
        there ? cost((uint64_t)info.st_size) : 0);
    return DEPOT_HELD;
}

static depot_result_t open_coming(
    depot_t *self, const depot_key_t *key, coming_t **out, depot_no_t *no)
{
    depot_result_t result = DEPOT_HELD;
    *out = find_coming(self, key);
    if (!*out)
        result = take_up(self, key, out, no);
    if (result != DEPOT_HELD)
        return result;
    (*out)->used = ++self->calls;
    return (*out)->checking ? DEPOT_CHECKING : DEPOT_HELD;
}

static depot_result_t state_of(coming_t *coming, uint64_t *held)
{
    *held = partial_held(coming->file);
    coming->checking = *held == partial_size(coming->file);
    return coming->checking ? DEPOT_CHECKING : DEPOT_HELD;
}

depot_result_t depot_give(
    depot_t *self, const depot_key_t *key, uint64_t *held, depot_no_t *no)
{
    coming_t *coming;
    depot_result_t result = open_coming(self, key, &coming, no);
    if (result != DEPOT_HELD)
        return result;
    if (!has_room(self, key, cost(key->size) - cost(partial_held(coming->file)), no))
        return DEPOT_REFUSED;
    return state_of(coming, held);
}

depot_result_t depot_write(depot_t *self, const depot_key_t *key, uint64_t offset,
    span_t data, uint64_t *held, depot_no_t *no)
{
    cause_t why;
    coming_t *coming;
    depot_result_t result = open_coming(self, key, &coming, no);
    if (result != DEPOT_HELD)
        return result;
    uint64_t before = partial_held(coming->file);
    if (offset != before || data.size > key->size - before)
        return state_of(coming, held);
    if (!has_room(self, key, cost(before + data.size) - cost(before), no))
        return DEPOT_REFUSED;
    partial_result_t written = partial_write(coming->file, data, &why);
    recount(self, key->node, cost(partial_held(coming->file)), cost(before));
    if (written != PARTIAL_OK)
        return later(no, "",
            written == PARTIAL_FULL ? "the disk is full" : "the disk fails", &why);
    return state_of(coming, held);
}

// There is a kept file with this digest already.  It may have been hashed long ago, or
// been put there by hand and never, so the file that was hashed just now takes its place.
static int take_place(depot_t *self, const char *from, const char *to)
{
    char next[PATH_MAX];
    struct stat info, before;
    if (stat(from, &info) != 0 || lstat(to, &before) != 0)
        return -1;
    if (depot_names_kept(&self->names, name_in(from), &info))
        return 0;
    (void)snprintf(next, PATH_MAX, "%.*s.new", PATH_MAX - 8, from);
    (void)unlink(next);
    if (link(from, next) != 0 || rename(next, to) != 0)
        return -1;
    // One with two names is counted as coming still.
    char sender[NODE_ID_MAX];
    depot_names_sender(&self->names, name_in(to), sender);
    recount(self, sender, 0, before.st_nlink == 1 ? cost((uint64_t)before.st_size) : 0);
    return 0;
}

// Give the file its second name, durably.
static int keep(depot_t *self, const depot_key_t *key, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX];
    depot_names_coming(&self->names, key, from);
    depot_names_whole(&self->names, &key->digest, to);
    if (link(from, to) != 0 && (errno != EEXIST || take_place(self, from, to) != 0))
        return cause_errno(why, "%s", to);
    depot_names_set_sender(&self->names, key);
    return folder_sync(self->names.whole, why) == 0 ? folder_sync(self->names.coming, why)
                                                    : -1;
}

static depot_result_t drop(depot_t *self, const depot_key_t *key, depot_no_t *no)
{
    char path[PATH_MAX];
    struct stat info;
    depot_names_coming(&self->names, key, path);
    if (stat(path, &info) == 0 && unlink(path) == 0)
        recount(self, key->node, 0, cost((uint64_t)info.st_size));
    (void)refuse(&no->refusal, "attachment.digest", "", "",
        "the bytes that came have another SHA-256; hand in the file that was named");
    no->trouble.text[0] = 0;
    return DEPOT_REFUSED;
}

static coming_t *next_check(const depot_t *self)
{
    const coming_t *oldest = NULL;
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (self->open[i].checking && (!oldest || self->open[i].used < oldest->used))
            oldest = &self->open[i];
    return (coming_t *)(uintptr_t)oldest;
}

bool depot_checks(const depot_t *self)
{
    return next_check(self) != NULL;
}

bool depot_check(depot_t *self, depot_result_t *result, depot_key_t *key, depot_no_t *no)
{
    cause_t why;
    coming_t *coming = next_check(self);
    if (!coming)
        return false;
    *key = coming->key;
    *result = DEPOT_CHECKING;
    partial_result_t checked = partial_check(coming->file, &key->digest, &why);
    if (checked == PARTIAL_MORE)
        return true;
    close_coming(coming);
    if (checked == PARTIAL_WRONG)
        *result = drop(self, key, no);
    else if (checked == PARTIAL_OK && keep(self, key, &why) == 0)
        *result = DEPOT_WHOLE;
    else
        *result = later(no, "", "it cannot be kept now", &why);
    return true;
}

void depot_settle(depot_t *self, const depot_key_t *key)
{
    char path[PATH_MAX];
    struct stat info;
    coming_t *coming = find_coming(self, key);
    if (coming)
        close_coming(coming);
    depot_names_coming(&self->names, key, path);
    if (stat(path, &info) != 0)
        return;
    bool kept = depot_names_kept(&self->names, name_in(path), &info);
    // Otherwise it is another sender's copy that is kept.
    if (unlink(path) == 0 && !kept)
        recount(self, key->node, 0, cost((uint64_t)info.st_size));
}

int depot_erase(depot_t *self, const hash_t *digest, cause_t *why)
{
    for (size_t i = 0; i < OPEN_MAX; i++)
        if (self->open[i].file && hash_equal(&self->open[i].key.digest, digest))
            close_coming(&self->open[i]);
    int removed = depot_names_erase(&self->names, digest, why);
    return removed == 1 && depot_sweep(self, why) != 0 ? -1 : removed;
}

bool depot_path(const depot_t *self, const hash_t *digest, char *path, size_t room)
{
    char full[PATH_MAX];
    depot_names_whole(&self->names, digest, full);
    return (size_t)snprintf(path, room, "%s", full) < room && access(path, F_OK) == 0;
}

static ssize_t read_from(int fd, uint64_t offset, size_t most, buf_t *out, uint64_t *size)
{
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return -1;
    errno = EINVAL;
    if (!S_ISREG(info.st_mode))
        return -1;
    *size = (uint64_t)info.st_size;
    buf_clear(out);
    buf_reserve(out, most);
    ssize_t got = offset < *size ? pio_read(fd, out->data, most, offset) : 0;
    out->size = got > 0 ? (size_t)got : 0;
    return got;
}

int depot_read(depot_t *self, const hash_t *digest, uint64_t offset, size_t most,
    buf_t *out, uint64_t *size, depot_no_t *no)
{
    char path[PATH_MAX];
    *no = (depot_no_t){0};
    depot_names_whole(&self->names, digest, path);
    // Whatever lies there must not make it wait: a pipe would.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t got = read_from(fd, offset, most, out, size);
    if (got < 0)
        (void)cause_errno(&no->trouble, "%s", path);
    if (fd >= 0)
        (void)close(fd);
    if (got > 0 || (got == 0 && *size == 0 && offset == 0))
        return 0;
    return refuse(&no->refusal, "attachment.absent", "", "",
        got < 0 ? "it is not kept here any more" : "it does not have so many bytes");
}

// The bytes of one folder's files; those that nobody went on with for long are dropped
// when `coming`.
static int count(depot_t *self, const char *folder, bool coming, cause_t *why)
{
    names_t names;
    int64_t oldest_s = clock_ms(CLOCK_WALL) / 1000 - self->options.keep_ms / 1000;
    if (names_list(&names, folder, "", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        char path[PATH_MAX], node[NODE_ID_MAX];
        struct stat info;
        if (path_join(path, sizeof path, folder, names.name[i], why) != 0 ||
            stat(path, &info) != 0)
            continue;
        if (coming && (int64_t)info.st_mtim.tv_sec < oldest_s && unlink(path) == 0)
            continue;
        depot_names_owner(&self->names, names.name[i], coming, node);
        if (!coming || !depot_names_kept(&self->names, names.name[i],
                           &info)) // which is counted already
            recount(self, node, cost((uint64_t)info.st_size), 0);
    }
    names_free(&names);
    return 0;
}

uint64_t depot_used(const depot_t *self)
{
    return quota_used(self->quota);
}

int depot_sweep(depot_t *self, cause_t *why)
{
    quota_clear(self->quota);
    return count(self, self->names.whole, false, why) == 0 &&
                   count(self, self->names.coming, true, why) == 0
               ? depot_names_forget(&self->names, why)
               : -1;
}
