// tray - what is taken between two flushes lies in a folder of its own, a batch
// (taken.h).
//
// Batches are made below state/taken.  Where the outbox is on another file system, so
// that a rename does not reach there, they are made below outbox/.taken instead, which
// must be a folder of ours that nobody else may enter.

#include "nodes/outbox/tray.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BESIDE ".taken" // below outbox, when state/ cannot be reached by a rename

enum { PRIVATE, BESIDE_OUTBOX, ROOTS };

struct tray {
    char *path;      // the node's folder, for causes
    int outbox;      // descriptors
    int root[ROOTS]; // -1: there is none
    int place;       // the root that new batches are made in
    int batch;       // -1: none was begun
    char name[TAKEN_BATCH];
    size_t emptied, room;      // batches that files were removed from since the last
    char (*from)[TAKEN_BATCH]; // flush
};

// A folder of our own that nobody else may enter, whoever else may write beside it.
static int open_own(int folder, const char *name, cause_t *why)
{
    struct stat info;
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cause_errno(why, "%s", name);
    if (fstat(fd, &info) != 0)
        (void)cause_errno(why, "%s", name);
    else if (info.st_uid != geteuid() || (info.st_mode & 077) != 0)
        (void)cause_set(why,
            "%s: others than this node's user may enter it, or own it; "
            "remove it",
            name);
    else
        return fd;
    (void)close(fd);
    return -1;
}

static int make_own(int folder, const char *name, cause_t *why)
{
    if (mkdirat(folder, name, 0700) != 0 && errno != EEXIST)
        return cause_errno(why, "%s", name);
    return open_own(folder, name, why);
}

// `flags`: an outbox may be a link, which is its owner's affair.
static int open_folder(
    const tray_t *self, const char *name, int flags, int *out, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->path, name, why) != 0 ||
        folder_make(path, 0700, why) != 0)
        return -1;
    *out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
    return *out < 0 ? cause_errno(why, "%s", path) : 0;
}

// Where an earlier process may have taken files to.  A folder of this name that is not
// ours is left alone, and matters only when a batch must be made beside the outbox.
static void open_beside(tray_t *self)
{
    cause_t ignored;
    int *root = &self->root[BESIDE_OUTBOX];
    if (*root >= 0)
        (void)close(*root);
    *root = open_own(self->outbox, BESIDE, &ignored);
    self->place = PRIVATE;
}

static int open_roots(tray_t *self, cause_t *why)
{
    if (open_folder(self, "outbox", 0, &self->outbox, why) != 0 ||
        open_folder(self, "state/taken", O_NOFOLLOW, &self->root[PRIVATE], why) != 0)
        return -1;
    open_beside(self);
    return 0;
}

tray_t *tray_open(const char *folder, cause_t *why)
{
    tray_t *self = memory_new(1, sizeof *self);
    self->path = memory_text(folder);
    self->outbox = self->batch = -1;
    for (size_t i = 0; i < ROOTS; i++)
        self->root[i] = -1;
    if (open_roots(self, why) != 0)
        tray_close(&self);
    return self;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void tray_close(tray_t **self_p)
{
    tray_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    shut(&self->batch);
    shut(&self->outbox);
    for (size_t i = 0; i < ROOTS; i++)
        shut(&self->root[i]);
    free(self->from);
    free(self->path);
    free(self);
}

int tray_outbox(const tray_t *self)
{
    return self->outbox;
}

int tray_follow(tray_t *self, cause_t *why)
{
    char path[PATH_MAX];
    struct stat there, held;
    if (path_join(path, sizeof path, self->path, "outbox", why) != 0)
        return -1;
    if (stat(path, &there) != 0 || fstat(self->outbox, &held) != 0)
        return cause_errno(why, "%s", path);
    if (there.st_ino == held.st_ino && there.st_dev == held.st_dev)
        return 0;
    int fd = folder_open(path, why);
    if (fd < 0)
        return -1;
    (void)close(self->outbox);
    self->outbox = fd;
    open_beside(self);
    return 1;
}

look_result_t tray_look(const tray_t *self, const char *name, look_t *out, cause_t *why)
{
    return look_open(self->outbox, name, out, why);
}

// The folder of a batch, in whichever root it is; -1: there is none.
static int open_named(const tray_t *self, const char *batch, int *root)
{
    int fd = -1;
    for (*root = 0; *root < ROOTS; ++*root) {
        if (self->root[*root] >= 0)
            fd = openat(self->root[*root], batch,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            return fd;
    }
    return -1;
}

// The folder of the batch that a taken file lies in; -1: there is none.
static int open_batch(const tray_t *self, const char *take, int *root)
{
    char name[TAKEN_BATCH];
    if (!taken_is_valid(take))
        return -1;
    taken_batch(take, name);
    return open_named(self, name, root);
}

look_result_t tray_look_taken(
    const tray_t *self, const char *take, look_t *out, cause_t *why)
{
    int root;
    int folder = open_batch(self, take, &root);
    *out = (look_t){.fd = -1};
    look_result_t result =
        folder < 0 ? LOOK_GONE : look_open(folder, taken_name(take), out, why);
    shut(&folder);
    return result;
}

static int begin_batch(tray_t *self, int64_t now_ms, cause_t *why)
{
    taken_new_batch(now_ms, self->name);
    self->batch = make_own(self->root[self->place], self->name, why);
    return self->batch < 0 ? cause_prefix(why, "%s/state/taken", self->path) : 0;
}

// Rename, over nothing that is there.  Where the file system has no RENAME_NOREPLACE, a
// look before will do: nobody else can make a name in the folder that it goes to.
static int move(int from, const char *name, int to, const char *new_name)
{
    int result = renameat2(from, name, to, new_name, RENAME_NOREPLACE);
    if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
        struct stat info;
        if (fstatat(to, new_name, &info, AT_SYMLINK_NOFOLLOW) == 0) {
            errno = EEXIST;
            return -1;
        }
        result = renameat(from, name, to, new_name);
    }
    return result;
}

// No rename reaches state/taken from here: go on beside the files.  Two mounts of one
// file system look like one to stat, so that it is only known now.
static int go_beside(tray_t *self, int64_t now_ms, cause_t *why)
{
    int *root = &self->root[BESIDE_OUTBOX];
    shut(&self->batch);
    (void)unlinkat(self->root[PRIVATE], self->name, AT_REMOVEDIR);
    if (*root < 0 && (*root = make_own(self->outbox, BESIDE, why)) < 0)
        return cause_prefix(why, "%s/outbox", self->path);
    self->place = BESIDE_OUTBOX;
    return begin_batch(self, now_ms, why);
}

tray_result_t tray_take(tray_t *self, const char *name, const look_t *look,
    int64_t now_ms, char take[TAKEN_MAX], cause_t *why)
{
    struct stat info;
    if (self->batch < 0 && begin_batch(self, now_ms, why) != 0)
        return TRAY_STUCK;
    int result = move(self->outbox, name, self->batch, name);
    if (result != 0 && errno == EXDEV && self->place == PRIVATE) {
        if (go_beside(self, now_ms, why) != 0)
            return TRAY_STUCK;
        result = move(self->outbox, name, self->batch, name);
    }
    if (result != 0 && errno == ENOENT)
        return TRAY_GONE;
    if (result != 0) {
        (void)cause_errno(why, "it cannot be taken");
        return TRAY_FAILED;
    }
    (void)snprintf(take, TAKEN_MAX, "%s/%s", self->name, name);
    // The descriptor is still open, so its inode's number is nobody else's.
    bool same = fstatat(self->batch, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                info.st_ino == look->info.st_ino && info.st_dev == look->info.st_dev;
    return same ? TRAY_TAKEN : TRAY_OTHER;
}

// Names that were removed stay so: in the batch, or with it.
static int flush_removed(tray_t *self)
{
    int root, result = 0;
    for (size_t i = 0; i < self->emptied && result == 0; i++) {
        int folder = open_named(self, self->from[i], &root);
        if (folder >= 0)
            result = fsync(folder);
        shut(&folder);
    }
    for (size_t i = 0; i < ROOTS && self->emptied > 0 && result == 0; i++)
        if (self->root[i] >= 0)
            result = fsync(self->root[i]);
    if (result == 0)
        self->emptied = 0;
    return result;
}

int tray_flush(tray_t *self, cause_t *why)
{
    int result = 0;
    // Both sides of the renames; the batch's own name lies in its root.
    if (self->batch >= 0 &&
        (fsync(self->batch) != 0 || fsync(self->root[self->place]) != 0 ||
            fsync(self->outbox) != 0))
        result = -1;
    if (result == 0)
        shut(&self->batch);
    if (result != 0 || flush_removed(self) != 0)
        return cause_errno(why, "%s/state/taken: flush", self->path);
    return 0;
}

static void note_emptied(tray_t *self, const char *batch)
{
    if (self->emptied > 0 && strcmp(self->from[self->emptied - 1], batch) == 0)
        return;
    if (self->emptied == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->from = memory_grow(self->from, self->room, sizeof *self->from);
    }
    (void)snprintf(self->from[self->emptied++], TAKEN_BATCH, "%s", batch);
}

int tray_remove(tray_t *self, const char *take, cause_t *why)
{
    int root;
    char batch[TAKEN_BATCH];
    int folder = open_batch(self, take, &root);
    if (folder < 0)
        return 0;
    int result = 0;
    if (unlinkat(folder, taken_name(take), 0) != 0 && errno != ENOENT)
        result = cause_errno(why, "%s/state/taken/%s", self->path, take);
    taken_batch(take, batch);
    note_emptied(self, batch);
    // One that is being filled is empty now and then, and goes on.
    if (self->batch < 0 || strcmp(batch, self->name) != 0)
        (void)unlinkat(self->root[root], batch, AT_REMOVEDIR);
    shut(&folder);
    return result;
}

// It cannot leave the outbox's file system: under a dot name it is no message any more.
static int put_back(const tray_t *self, int batch, const char *take)
{
    uint8_t random[16];
    char name[64] = ".refused-";
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, name + strlen(name));
    return move(batch, taken_name(take), self->outbox, name);
}

int tray_move_taken(const tray_t *self, const char *take, int folder, const char *to)
{
    int root;
    int batch = open_batch(self, take, &root);
    int result = batch < 0 ? -1 : move(batch, taken_name(take), folder, to);
    int error = batch < 0 ? ENOENT : errno;
    if (result != 0 && error == EXDEV) {
        result = put_back(self, batch, take);
        error = errno;
    }
    shut(&batch);
    errno = error;
    return result;
}

// A file that an earlier process took.
typedef struct {
    struct timespec changed; // a rename sets it: the order of taking within a batch
    char take[TAKEN_MAX];
} found_t;

typedef struct {
    size_t n, room;
    found_t *found;
} list_t;

static int by_taking(const void *a, const void *b)
{
    const found_t *x = a, *y = b;
    int batch = memcmp(x->take, y->take, TAKEN_BATCH);
    if (batch != 0)
        return batch;
    if (x->changed.tv_sec != y->changed.tv_sec)
        return x->changed.tv_sec < y->changed.tv_sec ? -1 : 1;
    if (x->changed.tv_nsec != y->changed.tv_nsec)
        return x->changed.tv_nsec < y->changed.tv_nsec ? -1 : 1;
    return strcmp(x->take, y->take);
}

typedef struct {
    list_t *list;
    const char *batch;
    int error;
} walk_t;

static void add_file(void *context, int folder, const char *name)
{
    walk_t *walk = context;
    list_t *list = walk->list;
    struct stat info;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->found = memory_grow(list->found, list->room, sizeof *list->found);
    }
    found_t *found = &list->found[list->n++];
    found->changed = info.st_ctim;
    (void)snprintf(found->take, sizeof found->take, "%s/%s", walk->batch, name);
}

static void add_batch(void *context, int root, const char *name)
{
    walk_t *walk = context;
    // What is empty was left behind by a crash.
    if (unlinkat(root, name, AT_REMOVEDIR) == 0 || !taken_is_batch(name))
        return;
    int folder = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    walk->batch = name;
    if (folder < 0 || folder_each(folder, add_file, walk) != 0)
        walk->error = errno;
    shut(&folder);
}

int tray_each(const tray_t *self, void (*visit)(void *context, const char *take),
    void *context, cause_t *why)
{
    list_t list = {0};
    walk_t walk = {.list = &list};
    assert(self->batch < 0);
    for (size_t i = 0; i < ROOTS; i++)
        if (self->root[i] >= 0 && folder_each(self->root[i], add_batch, &walk) != 0)
            walk.error = errno;
    if (list.n > 1)
        qsort(list.found, list.n, sizeof *list.found, by_taking);
    for (size_t i = 0; i < list.n && walk.error == 0; i++)
        visit(context, list.found[i].take);
    free(list.found);
    errno = walk.error;
    return walk.error == 0 ? 0 : cause_errno(why, "%s/state/taken", self->path);
}
